"""Working a changed policy into a segment, some hundred customers a transaction, wherever the process was killed.

Each transaction works out the next customers by id and says in the segment's row how far it came, both or neither. A
customer that was not reached follows the policy before, so at every moment its state is what a replay of its ledger
gives under the policy that holds for it: a touch that comes meanwhile needs to know nothing of this.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot.domain.rhythm import keeps_rhythms, only_weighs_anew
from bot.usecases.recompute import (
    cadence_moved,
    is_recomputing,
    learn_cadence,
    rekey_customers,
    replay_customers,
    reweigh_customers,
)
from bot.usecases.showing import refresh_home
from storage import rhythms
from storage.jobs import taken_back_alone
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, TeammateRow
from storage.segments import policy_text, segment_of

# Whoever touches one of them waits for so many; a place in the list alone is written sooner than all keys and days.
CUSTOMERS_AT_ONCE = 500
REWEIGHED_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a segment is worked out: `done` of `total` customers, and whether that is all."""

    segment_name: str
    done: int
    total: int
    finished: bool


def start(ledger: Ledger, row: SegmentRow, *, by_id: int | None) -> None:
    """Keep the policy that a segment's customers follow until the new one, written next, reaches them."""
    row.policy_before, row.reached_id = policy_text(row), 0
    row.recomputed, row.to_recompute = 0, rhythms.count_customers(ledger, row.id)
    row.changed_by_id = by_id


def relearn_cadences(ledger: Ledger, *, now: datetime) -> int:
    """Begin to learn the cadence anew where it moved by more than a fifth; return in how many segments.

    Once a day is often enough, and where a changed policy is being worked in, it brings its cadence with it.
    """
    moved = [row for row in ledger.rows(SegmentRow) if not is_recomputing(row) and cadence_moved(ledger, row)]
    for row in moved:
        start(ledger, row, by_id=None)
        ledger.add(row)
        work_in_first(ledger, row, now=now)
    return len(moved)


def work_in_first(ledger: Ledger, row: SegmentRow, *, now: datetime, at_once: int = CUSTOMERS_AT_ONCE) -> None:
    """Work a small segment in within the transaction of the change; leave a large one, and one of whose customers
    somebody holds, to the background.
    """
    if row.to_recompute > at_once:
        return
    try:
        with taken_back_alone(ledger.session):
            progress = work_in(ledger, now=now, segment_id=row.id, at_once=at_once)
            if progress and not progress.finished and progress.done == progress.total:
                work_in(ledger, now=now, segment_id=row.id, at_once=at_once)
    except OperationalError as held:
        if not rhythms.is_held(held):
            raise
        ledger.session.refresh(row)


def work_in(
    ledger: Ledger, *, now: datetime, segment_id: int | None = None, at_once: int | None = None
) -> Progress | None:
    """Work out the next customers of a segment whose policy changed; None when there is no such segment.

    1. Hold the customers, then the segment's row, waiting for neither. 2. With the first ones learn the cadence, unless
    it was set. 3. Replay them under the new policy, or only work out their keys where it leaves the rhythms as they
    are, or their place in the list alone. 4. Say how far it came, or that it is in force for everybody. `at_once` is
    how many customers; as many as let nobody wait for long by default.
    Raises OperationalError when somebody holds one of the rows: try again.
    """
    found = _next_segment(ledger, segment_id)
    if found is None or found.reached_id is None:
        return None
    after = found.reached_id
    ids = rhythms.lock_customers_after(ledger, found.id, after, limit=at_once or _at_once(found))
    row = rhythms.lock_segment(ledger, found.id)
    if row is None or row.reached_id != after:
        return Progress(found.name, found.recomputed, found.to_recompute, finished=False)
    if after == 0:
        learn_cadence(ledger, row)
    if ids:
        row.reached_id = ids[-1]
        _work_out(ledger, row, after=after, until=ids[-1])
        row.recomputed += len(ids)
        row.to_recompute = max(row.to_recompute, row.recomputed)
    else:
        row.policy_before, row.reached_id = None, None
    ledger.add(row)
    _show(ledger, row, len(ids), now=now)
    return Progress(row.name, row.recomputed, row.to_recompute, finished=not is_recomputing(row))


def _at_once(row: SegmentRow) -> int:
    policy = segment_of(row)
    reweighs = policy.before is not None and only_weighs_anew(policy.before, policy)
    return REWEIGHED_AT_ONCE if reweighs else CUSTOMERS_AT_ONCE


def _work_out(ledger: Ledger, row: SegmentRow, *, after: int, until: int) -> None:
    """Bring customers to the new policy by the least that has to be read: all else follows from what is stored."""
    policy = segment_of(row)
    before = policy.before
    if before is not None and only_weighs_anew(before, policy):
        reweigh_customers(ledger, row, after=after, until=until)
        return
    work_out = rekey_customers if before is not None and keeps_rhythms(before, policy) else replay_customers
    customer_id = col(Customer.id)
    work_out(ledger, row, col(Customer.segment_id) == row.id, customer_id > after, customer_id <= until)


def _next_segment(ledger: Ledger, segment_id: int | None) -> SegmentRow | None:
    if segment_id is not None:
        return ledger.get(SegmentRow, segment_id)
    return ledger.first(SegmentRow, col(SegmentRow.reached_id).is_not(None))


def _show(ledger: Ledger, row: SegmentRow, worked: int, *, now: datetime) -> None:
    """Let the person who changed the policy see every tenth of the way in their App Home, and the end of it."""
    total = max(1, row.to_recompute)
    passed_a_tenth = 10 * row.recomputed // total > 10 * (row.recomputed - worked) // total
    teammate = ledger.get(TeammateRow, row.changed_by_id)
    if teammate is not None and (passed_a_tenth or not is_recomputing(row)):
        refresh_home(ledger, teammate, now=now)
