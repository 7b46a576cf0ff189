"""Who is going quiet on any day: today by the index, on an earlier day by replaying the ledger as it was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import nsmallest
from itertools import islice

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.domain.exponent import Stayed, learned_exponent
from bot.domain.model import Relationship, Segment, Standing, TouchKind
from bot.domain.nudges import reason_for
from bot.domain.rhythm import (
    DEFAULT_CADENCE_DAYS,
    DEFAULT_EXPONENT,
    LARGEST_LOG_SCORE,
    derive,
    is_lost,
    learned_cadence_days,
    log_score,
    replay,
    warm_key,
    warmth_on,
)
from bot.domain.views import Reason
from bot.errors import NotFound
from bot.usecases.stayed import who_stayed
from storage import customers, neglect_list, people, touches
from storage.ledger import Ledger
from storage.models import Customer
from storage.replay import Chosen, History, chosen_by_segment, histories, spans

_READ_AT_ONCE = 2_000
_EVERYBODY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of the list: a relationship as it stood on `as_of`, with the numbers that put it in its place.

    `owner` is a Slack user id, else an e-mail address or a name; None when nobody owns the customer. `warmth` is
    that of `as_of`; `score` is value / warmth^e in major units of the base currency.
    """

    relationship: Relationship
    as_of: date
    owner: str | None
    last_touch_kind: TouchKind | None
    score: float
    warmth: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Placed:
    """A relationship as it stood on a day and its place in the order, with the last touch's kind if a replay saw it."""

    relationship: Relationship
    log_score: float
    warmth: float
    last_kind: TouchKind | None = None


def rank(
    ledger: Ledger,
    *,
    as_of: date,
    now_day: date,
    owner: str | None = None,
    segment: str | None = None,
    limit: int | None = None,
    everyone: bool = False,
) -> list[Ranked]:
    """Return who is going quiet on a day, best first; `everyone` adds those who are not due, asleep, lost or lurkers.

    A day before `now_day` is judged by what the ledger held then: later touches do not count, cadences are learned from
    the touches until then unless somebody set them, and who came later is new on that day. What people decided (owner,
    segment, value, standing, muting) holds for every day, a snooze from `now_day` on.
    Raises NotFound when nobody is called `owner` or no segment `segment`.
    """
    owner_id = _owner_id(ledger, owner) if owner is not None else None
    segment_id = _segment_id(ledger, segment) if segment is not None else None
    if as_of >= now_day and not everyone:
        due = neglect_list.neglected(
            ledger,
            today=as_of,
            limit=limit if limit is not None else _EVERYBODY,
            owner_id=owner_id,
            whole_team=owner is None,
            segment_ids=None if segment_id is None else frozenset({segment_id}),
        )
        return _ranked(ledger, [_place(relationship, as_of) for relationship in due], as_of)
    narrowed: list[ColumnElement[bool]] = []
    if owner is not None:
        narrowed.append(customers.owned_by(owner_id))
    if segment_id is not None:
        narrowed.append(col(Customer.segment_id) == segment_id)
    then = _stored(ledger, narrowed) if as_of >= now_day else _replayed(ledger, narrowed, as_of)
    wanted = ((found, kind) for found, kind in then if everyone or _is_neglected(found, as_of))
    placed = (_place(found, as_of, kind) for found, kind in wanted)
    best = sorted(placed, key=_order) if limit is None else nsmallest(limit, placed, key=_order)
    return _ranked(ledger, best, as_of)


def relationship_on(ledger: Ledger, customer_id: int, *, as_of: date, now_day: date) -> Relationship:
    """Return a customer as it stood on a day, judged like the list of that day.

    Raises NotFound when it is not in this workspace, or was not there yet.
    """
    mine = [col(Customer.id) == customer_id]
    then = _stored(ledger, mine) if as_of >= now_day else _replayed(ledger, mine, as_of)
    found, _ = next(then, (None, None))
    if found is None:
        raise NotFound("That customer is not in this workspace any more.")
    if found.rhythm is None and found.since_on > as_of:
        raise NotFound("That customer was not here yet on {day}.", day=as_of)
    return found


def _owner_id(ledger: Ledger, owner: str) -> int:
    wanted = owner.strip().removeprefix("@").casefold()
    everybody = people.everybody(ledger).values()
    for words in ("slack_user_id", "email", "name"):
        for teammate in everybody:
            if (getattr(teammate, words) or "").casefold() == wanted:
                return teammate.id
    known = ", ".join(sorted(teammate.slack_user_id or teammate.name for teammate in everybody)[:10])
    raise NotFound(f"owner {owner!r}: no Slack id, e-mail address or name here. Known: {known or 'nobody'}.")


def _segment_id(ledger: Ledger, segment: str) -> int:
    wanted = segment.strip().casefold()
    known = customers.segments(ledger).values()
    for found in known:
        if found.name.casefold() == wanted:
            return found.id
    names = ", ".join(sorted(found.name for found in known))
    raise NotFound(f"segment {segment!r}: there is none of that name. Known: {names or 'none'}.")


def _place(relationship: Relationship, as_of: date, kind: TouchKind | None = None) -> _Placed:
    # Who comes later is as warm as who comes on that day: warmth that has yet to fade is none.
    begun = relationship if relationship.since_on <= as_of else relationship._replace(since_on=as_of)
    key = warm_key(begun.rhythm, begun.since_on, begun.segment)
    place = log_score(begun.ranked_value, key, begun.segment, as_of)
    return _Placed(relationship, place, warmth_on(begun, as_of), kind)


def _order(placed: _Placed) -> tuple[float, int]:
    """Best first; ties by id, so that the list is the same every time."""
    return -placed.log_score, placed.relationship.customer_id


def _is_neglected(relationship: Relationship, as_of: date) -> bool:
    due = relationship.nudge_from_on is not None and relationship.nudge_from_on <= as_of
    return due and not is_lost(relationship.silent_since_on, relationship.segment, as_of)


def _by_id(ledger: Ledger, narrowed: Sequence[ColumnElement[bool]]) -> Iterator[Relationship]:
    """Stream customers by id, some thousand rows in memory at a time."""
    after = -1
    while page := customers.relationships(
        ledger, col(Customer.id) > after, *narrowed, order_by=col(Customer.id), limit=_READ_AT_ONCE
    ):
        yield from page
        after = page[-1].customer_id


def _stored(ledger: Ledger, narrowed: Sequence[ColumnElement[bool]]) -> Iterator[tuple[Relationship, TouchKind | None]]:
    return ((relationship, None) for relationship in _by_id(ledger, narrowed))


def _replayed(
    ledger: Ledger, narrowed: Sequence[ColumnElement[bool]], as_of: date
) -> Iterator[tuple[Relationship, TouchKind | None]]:
    """Stream customers as the ledger until `as_of` gives them: two streams in the order of ids, walked side by side."""
    segments = segments_as_of(ledger, as_of)
    past = histories(ledger, until=as_of, of=narrowed)
    history = next(past, None)
    for relationship in _by_id(ledger, narrowed):
        while history and history.customer_id < relationship.customer_id:
            history = next(past, None)
        own = history if history and history.customer_id == relationship.customer_id else None
        yield _as_it_stood(relationship, own, segments[relationship.segment.id]), own.last_kind if own else None


def segments_as_of(ledger: Ledger, as_of: date) -> dict[int, Segment]:
    """Return the segments with the cadences and exponents that a day's ledger teaches; what somebody set wins."""
    gaps: dict[int, list[tuple[int, date, date]]] = {}
    for segment_id, days, first, last in spans(ledger, until=as_of):
        if days > 1:
            gaps.setdefault(segment_id, []).append((days, first, last))
    chosen = chosen_by_segment(ledger)
    horizons = {segment_id: found.horizon_days for segment_id, found in chosen.items() if found.exponent is None}
    stayed = who_stayed(ledger, horizons, today=as_of)
    return {
        segment.id: replace(
            segment,
            before=None,
            cadence_days=chosen[segment.id].cadence_days
            or learned_cadence_days(gaps.get(segment.id, ()), segment.counted)
            or DEFAULT_CADENCE_DAYS,
            exponent=_exponent(chosen[segment.id], stayed.get(segment.id)),
        )
        for segment in customers.segments(ledger).values()
    }


def _exponent(chosen: Chosen, stayed: Stayed | None) -> float:
    if chosen.exponent is not None:
        return chosen.exponent
    return learned_exponent(stayed.looked_at, stayed.slipped) if stayed and stayed.looked_at else DEFAULT_EXPONENT


def _as_it_stood(relationship: Relationship, history: History | None, segment: Segment) -> Relationship:
    rhythm = replay(history.days, segment) if history else None
    derived = derive(
        rhythm,
        since_on=relationship.since_on,
        segment=segment,
        ranked_value=relationship.ranked_value,
        standing=relationship.standing,
        snoozed_until_on=None,
        muted=relationship.nudge_from_on is None and relationship.standing is not Standing.LURKER,
    )
    return relationship._replace(
        segment=segment,
        rhythm=rhythm,
        due_on=derived.due_on,
        nudge_from_on=derived.nudge_from_on,
        snoozed_until_on=None,
        last_touch_id=history.last_touch_id if history else None,
    )


def _ranked(ledger: Ledger, placed: Sequence[_Placed], as_of: date) -> list[Ranked]:
    owners = {
        teammate.id: teammate.slack_user_id or teammate.email or teammate.name
        for teammate in people.everybody(ledger).values()
    }
    unseen = [p.relationship.last_touch_id for p in placed if p.last_kind is None]
    kinds = _kinds(ledger, (touch_id for touch_id in unseen if touch_id is not None))
    last = {
        place.relationship.customer_id: place.last_kind or kinds.get(place.relationship.last_touch_id or 0)
        for place in placed
    }
    buyers = touches.buyers(ledger, last.items())
    return [
        Ranked(
            relationship=place.relationship,
            as_of=as_of,
            owner=owners.get(place.relationship.owner_id or 0),
            last_touch_kind=last[place.relationship.customer_id],
            score=2.0 ** min(place.log_score, LARGEST_LOG_SCORE),
            warmth=place.warmth,
            reason=replace(reason_for(place.relationship, as_of), only_buys=place.relationship.customer_id in buyers),
        )
        for place in placed
    ]


def _kinds(ledger: Ledger, touch_ids: Iterable[int]) -> dict[int, TouchKind]:
    """Return the kinds of touches by id, asked for in lists that every database takes."""
    found: dict[int, TouchKind] = {}
    source = iter(touch_ids)
    while page := list(islice(source, _READ_AT_ONCE)):
        found |= {touch_id: view.kind for touch_id, view in touches.views_by_id(ledger, page).items()}
    return found
