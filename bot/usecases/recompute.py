"""Working derived state out again from the ledger: learned cadences, median values, every customer's rhythm and keys.

A touch keeps its own customer up to date; this is for what changes many at once: an import, a new cadence, a new rate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from math import log2
from operator import attrgetter
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.domain.model import Rhythm, Segment
from bot.domain.rhythm import (
    DEFAULT_CADENCE_DAYS,
    SMALLEST_VALUE,
    after_touch,
    derive,
    learned_cadence_days,
    sort_key,
)
from bot.usecases.worth import Worth
from storage import rhythms
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow
from storage.rhythms import CountedTouch, StoredState
from storage.segments import segment_of

# Keys of a whole segment are rewritten only when its cadence moves by more than this share.
CADENCE_MOVES_BY = 0.2
# And its customers of unknown value only when the middle of the known ones does.
MEDIAN_MOVES_BY = 0.2


@dataclass(frozen=True, slots=True)
class Difference:
    """A customer whose stored state is not what the ledger gives: {column: (stored, replayed)}."""

    customer_id: int
    name: str
    columns: dict[str, tuple[Any, Any]]


def recompute_workspace(ledger: Ledger) -> int:
    """Work out every segment and customer of the workspace; return how many customers changed."""
    return sum(recompute_segment(ledger, row.id) for row in rhythms.segment_rows(ledger))


def recompute_segment(ledger: Ledger, segment_id: int) -> int:
    """Work out a segment's cadence, median value and customers, not its exponent; return how many customers changed."""
    row = ledger.get(SegmentRow, segment_id)
    if row is None:
        return 0
    mine = col(Customer.segment_id) == segment_id
    worth = Worth.of(ledger)
    row.cadence_days = row.set_cadence_days or _learned(row, rhythms.touch_spans(ledger, mine))
    row.median_value = _median_value(ledger, segment_id, worth)
    ledger.session.flush()
    return _replay(ledger, row, worth, mine)


def learn_cadence(ledger: Ledger, row: SegmentRow) -> None:
    """Set a segment's cadence to the one that a person chose, else to what its customers' stored days teach."""
    row.cadence_days = row.set_cadence_days or _learned(
        row, rhythms.stored_spans(ledger, col(Customer.segment_id) == row.id)
    )
    ledger.session.flush()


def replay_customers(ledger: Ledger, row: SegmentRow, *where: ColumnElement[bool]) -> int:
    """Replay the customers that match under the policy that holds for each; return how many changed."""
    return _replay(ledger, row, Worth.of(ledger), *where)


def rekey_customers(ledger: Ledger, row: SegmentRow, *where: ColumnElement[bool]) -> int:
    """Work out keys and days of the customers that match from their stored rhythms, where a changed policy leaves
    those as they are (`keeps_rhythms`): no touch is read. Return how many changed.
    """
    worth, policy, changed = Worth.of(ledger), segment_of(row), 0
    for states in rhythms.states(ledger, *where, locks=True):
        changed += _write(
            ledger,
            (
                (state, _values(state, *_rhythm_of(state), policy.of(state.id), row.median_value, worth))
                for state in states
            ),
            rhythms.KEYS,
        )
    return changed


def reweigh_customers(ledger: Ledger, row: SegmentRow, *, after: int, until: int) -> int:
    """Work out the place in the list of a segment's customers with ids above `after` and up to `until`, where a changed
    policy `only_weighs_anew`: no other column moves. Return how many there are.
    """
    weighed = rhythms.weighed(ledger, row.id, after=after, until=until)
    rows = [(sort_key(value, key, row.exponent), customer_id) for customer_id, value, key in weighed]
    rhythms.write_states(ledger, rows, ("sort_key",))
    return len(rows)


def recompute_stale(ledger: Ledger, *, values_moved: bool) -> int:
    """Work out the customers marked stale, and what follows for everybody else; return how many stale ones changed.

    1. Learn the cadences of their segments, from the ledger for stale customers and from the stored state for the rest.
    2. Where one moved by more than a fifth the whole segment is replayed, else the stale customers are. 3. After values
    moved, customers without one are ranked by the new median of their segment.
    """
    stale = rhythms.stale_counts(ledger)
    changed = 0
    worth = Worth.of(ledger)
    for row in rhythms.segment_rows(ledger):
        moved = row.id in stale and not is_recomputing(row) and _move_cadence(row, _spans_now(ledger, row))
        median_before = row.median_value
        if values_moved:
            row.median_value = _median_value(ledger, row.id, worth)
        ledger.session.flush()
        if row.id in stale:
            mine = col(Customer.segment_id) == row.id
            changed += _replay(ledger, row, worth, mine, *(() if moved else (rhythms.is_stale(),)))
        if not moved and row.median_value != median_before:
            _rank_unknown(ledger, row)
    return changed


def relearn_medians(ledger: Ledger) -> int:
    """Look at the middle of every segment's known values again; return in how many it moved by more than a fifth.

    An import does so at once; this is for what people add one by one, and for who was erased.
    """
    return sum(relearn_median(ledger, row) for row in rhythms.segment_rows(ledger))


def relearn_median(ledger: Ledger, row: SegmentRow) -> bool:
    """Rank a segment's customers of unknown value by the middle of the known ones, where that moved by more than a
    fifth; say whether it did.
    """
    median_value = _median_value(ledger, row.id, Worth.of(ledger))
    if abs(median_value - row.median_value) <= MEDIAN_MOVES_BY * row.median_value:
        return False
    row.median_value = median_value
    ledger.add(row)
    _rank_unknown(ledger, row)
    return True


def _rank_unknown(ledger: Ledger, row: SegmentRow) -> None:
    """Give a segment's customers of unknown value the place in the list that its median value makes."""
    if is_recomputing(row):
        mine, unknown = col(Customer.segment_id) == row.id, col(Customer.value_minor).is_(None)
        rekey_customers(ledger, row, mine, unknown)
        return
    rhythms.revalue_unknown(
        ledger, row.id, ranked_value=row.median_value,
        log2_value=log2(max(row.median_value, SMALLEST_VALUE)), exponent=row.exponent,
    )  # fmt: skip


def differences(ledger: Ledger, *among: ColumnElement[bool]) -> Iterator[Difference]:
    """Yield the customers whose stored state a replay of the ledger does not give, cadences and medians as stored."""
    worth = Worth.of(ledger)
    for row in rhythms.segment_rows(ledger):
        for states, touches in rhythms.states_and_touches(ledger, col(Customer.segment_id) == row.id, *among):
            for state, replayed in _replayed(states, touches, row, worth):
                pairs = zip(rhythms.DERIVED, _stored(state), replayed, strict=True)
                columns = {name: (stored, value) for name, stored, value in pairs if stored != value}
                if columns:
                    yield Difference(state.id, state.name, columns)


def is_recomputing(row: SegmentRow) -> bool:
    """Say whether a changed policy is being worked in: it brings the cadence with it."""
    return row.reached_id is not None


def _spans_now(ledger: Ledger, row: SegmentRow) -> Iterable[tuple[int, date, date]]:
    """Return (days, first, last) of a segment's customers: the ledger's for stale ones, what is stored for the rest."""
    mine, stale = col(Customer.segment_id) == row.id, rhythms.is_stale()
    return chain(rhythms.touch_spans(ledger, mine, stale), rhythms.stored_spans(ledger, mine, ~stale))


def cadence_moved(ledger: Ledger, row: SegmentRow) -> bool:
    """Say whether a segment's customers have come to be talked to so differently that its keys must be rewritten."""
    spans = rhythms.stored_spans(ledger, col(Customer.segment_id) == row.id)
    return _moved_to(row, spans) is not None


def _move_cadence(row: SegmentRow, spans: Iterable[tuple[int, date, date]]) -> bool:
    """Learn the segment's cadence anew and keep it if it moved by more than a fifth; say whether it was kept."""
    moved_to = _moved_to(row, spans)
    if moved_to is not None:
        row.cadence_days = moved_to
    return moved_to is not None


def _moved_to(row: SegmentRow, spans: Iterable[tuple[int, date, date]]) -> float | None:
    learned: float = row.set_cadence_days or _learned(row, spans)
    # 30 days are nobody's own gap yet, so the first that is learned replaces them however near it is.
    first = row.cadence_days == DEFAULT_CADENCE_DAYS
    if learned == row.cadence_days or not (first or abs(learned / row.cadence_days - 1) > CADENCE_MOVES_BY):
        return None
    return learned


def _learned(row: SegmentRow, spans: Iterable[tuple[int, date, date]]) -> float:
    return learned_cadence_days(spans, segment_of(row).counted) or DEFAULT_CADENCE_DAYS


def _median_value(ledger: Ledger, segment_id: int, worth: Worth) -> float:
    values = [worth.ranked(minor, currency) for minor, currency in rhythms.known_values(ledger, segment_id)]
    return median(values) if values else SMALLEST_VALUE


def _replay(ledger: Ledger, row: SegmentRow, worth: Worth, *where: Any) -> int:
    changed = 0
    for states, touches in rhythms.states_and_touches(ledger, *where, locks=True):
        changed += _write(ledger, _replayed(states, touches, row, worth))
    return changed


def _write(
    ledger: Ledger,
    worked_out: Iterable[tuple[StoredState, tuple[Any, ...]]],
    columns: Sequence[str] = rhythms.DERIVED,
) -> int:
    """Write the states that are not what is stored, of them the last of the derived columns; return how many."""
    first = len(rhythms.DERIVED) - len(columns)
    rows = [
        (*(value.isoformat() if isinstance(value, date) else value for value in values[first:]), state.id)
        for state, values in worked_out
        if values != _stored(state)
    ]
    rhythms.write_states(ledger, rows, columns)
    return len(rows)


def _replayed(
    states: Iterable[StoredState], touches: Iterator[CountedTouch], row: SegmentRow, worth: Worth
) -> Iterator[tuple[StoredState, tuple[Any, ...]]]:
    """Join customers and their touches, both in the order of customers' ids, into (customer, values as in DERIVED)."""
    policy = segment_of(row)
    touch = next(touches, None)
    for state in states:
        segment = policy.of(state.id)
        rhythm: Rhythm | None = None
        last_touch_id: int | None = None
        while touch is not None and touch[0] == state.id:
            rhythm = after_touch(rhythm, touch[1], segment)
            last_touch_id = touch[2]
            touch = next(touches, None)
        yield state, _values(state, rhythm, last_touch_id, segment, row.median_value, worth)


def _rhythm_of(state: StoredState) -> tuple[Rhythm | None, int | None]:
    """Return the rhythm and the last touch that are stored."""
    if state.first_on is None or state.last_on is None or state.warmth is None:
        return None, state.last_touch_id
    return Rhythm(state.touch_days, state.first_on, state.last_on, state.warmth), state.last_touch_id


def _values(
    state: StoredState,
    rhythm: Rhythm | None,
    last_touch_id: int | None,
    segment: Segment,
    median_value: float,
    worth: Worth,
) -> tuple[Any, ...]:
    """Return a customer's values as in DERIVED under the policy `segment` that it follows."""
    minor = state.value_minor
    ranked = median_value if minor is None else worth.ranked(minor, state.currency)
    derived = derive(
        rhythm, since_on=state.since_on, segment=segment, ranked_value=ranked,
        standing=state.standing, snoozed_until_on=state.snoozed_until_on, muted=state.muted_because is not None,
    )  # fmt: skip
    return (
        rhythm.touch_days if rhythm else 0,
        rhythm.first_on if rhythm else None,
        rhythm.last_on if rhythm else None,
        last_touch_id,
        rhythm.recent if rhythm else None,
        derived.warm_key, ranked, derived.sort_key, derived.due_on, derived.silent_since_on, derived.nudge_from_on,
    )  # fmt: skip


_stored = attrgetter(*rhythms.DERIVED)
