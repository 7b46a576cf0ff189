"""What the ledger says of many relationships at once, for working their derived state out again."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from bot.domain.model import Standing, TouchKind
from storage.bulk import BATCH, rewrite
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, Touch
from storage.staging import STALE_CUSTOMER
from storage.touches import is_live


class StoredState(NamedTuple):
    """A customer's derived columns as they are, and what they follow from."""

    id: int
    name: str
    segment_id: int
    standing: Standing
    value_minor: int | None
    currency: str
    since_on: date
    snoozed_until_on: date | None
    muted_because: str | None
    touch_days: int
    first_on: date | None
    last_on: date | None
    last_touch_id: int | None
    warmth: float | None
    warm_key: float
    ranked_value: float
    sort_key: float
    due_on: date
    silent_since_on: date
    nudge_from_on: date | None


DERIVED = (
    "touch_days", "first_on", "last_on", "last_touch_id", "warmth", "warm_key", "ranked_value", "sort_key",
    "due_on", "silent_since_on", "nudge_from_on",
)  # fmt: skip

# Those of them that follow from the rhythm, the value and the policy.
KEYS = DERIVED[5:]
_WEIGHED = """SELECT id, ranked_value, warm_key FROM customer
    WHERE workspace_id = ? AND segment_id = ? AND id > ? AND id <= ? ORDER BY id"""

CountedTouch = tuple[int, date, int]


def last_touch_on(ledger: Ledger) -> date | None:
    """Return the day of the last touch of anybody; None when there is none yet."""
    query = select(func.max(col(Customer.last_on))).where(col(Customer.workspace_id) == ledger.workspace_id)
    found: date | None = ledger.session.execute(query).scalar_one()
    return found


def is_stale() -> ColumnElement[bool]:
    """Match customers that were marked with `mark_stale`."""
    return col(Customer.id).in_(select(STALE_CUSTOMER.c.customer_id))


def states(ledger: Ledger, *where: ColumnElement[bool], locks: bool = False) -> Iterator[list[StoredState]]:
    """Yield the customers that match in batches, in the order of their ids.

    `locks` holds the rows until the transaction ends, so that a touch meanwhile waits and is not lost.
    """
    connection = ledger.session.connection()
    columns = [col(getattr(Customer, name)) for name in StoredState._fields]
    query = (
        select(*columns)
        .where(col(Customer.workspace_id) == ledger.workspace_id, *where)
        .order_by(col(Customer.id))
        .limit(BATCH)
    )
    if locks:
        query = query.with_for_update(key_share=True)
    after = 0
    while batch := [StoredState(*row) for row in connection.execute(query.where(col(Customer.id) > after)).all()]:
        yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def weighed(ledger: Ledger, segment_id: int, *, after: int, until: int) -> list[tuple[int, float, float]]:
    """Return (id, ranked value, warm key) of a segment's customers with ids above `after` and up to `until`."""
    return ledger.ask(_WEIGHED, ledger.workspace_id, segment_id, after, until)


def states_and_touches(
    ledger: Ledger, *where: ColumnElement[bool], locks: bool = False
) -> Iterator[tuple[list[StoredState], Iterator[CountedTouch]]]:
    """Yield the customers that match as `states` does, each batch with its touches that count.

    Touches are (customer id, local day, id), oldest first within a customer. They stream: read them before the
    next batch.
    """
    connection = ledger.session.connection()
    touches = (
        select(col(Touch.customer_id), col(Touch.touched_on), col(Touch.id))
        .where(col(Touch.workspace_id) == ledger.workspace_id, col(Touch.kind) != TouchKind.NOTE, is_live())
        .order_by(col(Touch.customer_id), col(Touch.touched_on), col(Touch.touched_at), col(Touch.id))
        .execution_options(yield_per=BATCH)
    )
    for batch in states(ledger, *where, locks=locks):
        within = (col(Touch.customer_id) >= batch[0].id, col(Touch.customer_id) <= batch[-1].id)
        counted = touches.where(*within)
        if where:
            counted = counted.where(col(Touch.customer_id).in_([state.id for state in batch]))
        yield batch, ((row[0], row[1], row[2]) for row in connection.execute(counted))


def touch_spans(ledger: Ledger, *where: ColumnElement[bool]) -> Iterator[tuple[int, date, date]]:
    """Yield (days with a touch, first, last) from the ledger's touches of the customers that match."""
    customers = select(col(Customer.id)).where(col(Customer.workspace_id) == ledger.workspace_id, *where)
    days = col(Touch.touched_on)
    query = (
        select(func.count(days.distinct()), func.min(days), func.max(days))
        .where(
            col(Touch.workspace_id) == ledger.workspace_id,
            col(Touch.customer_id).in_(customers),
            col(Touch.kind) != TouchKind.NOTE,
            is_live(),
        )
        .group_by(col(Touch.customer_id))
        .having(func.count(days.distinct()) > 1)
    )
    for row in ledger.session.connection().execute(query.execution_options(yield_per=BATCH)):
        yield row[0], row[1], row[2]


def stored_spans(ledger: Ledger, *where: ColumnElement[bool]) -> Iterator[tuple[int, date, date]]:
    """Yield (days with a touch, first, last) as stored on the customers that match."""
    query = select(col(Customer.touch_days), col(Customer.first_on), col(Customer.last_on)).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.touch_days) > 1, *where
    )
    for row in ledger.session.connection().execute(query.execution_options(yield_per=BATCH)):
        if row[1] is not None and row[2] is not None:
            yield row[0], row[1], row[2]


def known_values(ledger: Ledger, segment_id: int) -> Iterator[tuple[int, str]]:
    """Yield (value in minor units, currency) of the segment's customers whose value is known."""
    query = select(col(Customer.value_minor), col(Customer.currency)).where(
        col(Customer.workspace_id) == ledger.workspace_id,
        col(Customer.segment_id) == segment_id,
        col(Customer.value_minor).is_not(None),
    )
    for minor, currency in ledger.session.connection().execute(query.execution_options(yield_per=BATCH)):
        if minor is not None:
            yield minor, currency


def stale_counts(ledger: Ledger) -> dict[int, int]:
    """Return how many customers are marked stale, by segment."""
    query = (
        select(col(Customer.segment_id), func.count())
        .where(col(Customer.workspace_id) == ledger.workspace_id, is_stale())
        .group_by(col(Customer.segment_id))
    )
    return {row[0]: row[1] for row in ledger.session.connection().execute(query)}


def revalue_unknown(
    ledger: Ledger, segment_id: int, *, ranked_value: float, log2_value: float, exponent: float
) -> None:
    """Rank the segment's customers without a value by `ranked_value`: sort_key = log2 v − e·warm_key."""
    ledger.session.connection().execute(
        update(Customer)
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.segment_id) == segment_id,
            col(Customer.value_minor).is_(None),
        )
        .values(ranked_value=ranked_value, sort_key=log2_value - exponent * col(Customer.warm_key))
    )


def write_states(ledger: Ledger, rows: list[tuple[Any, ...]], columns: Sequence[str] = DERIVED) -> None:
    """Write derived columns; each row is their values (dates as ISO text) and the customer's id."""
    rewrite(
        ledger.session.connection(), Customer.__table__, ["workspace_id", "id"], columns,  # type: ignore[attr-defined]
        [(*row[:-1], ledger.workspace_id, row[-1]) for row in rows],
    )  # fmt: skip


def segment_rows(ledger: Ledger) -> list[SegmentRow]:
    """Return the workspace's segments."""
    return list(ledger.rows(SegmentRow))


def lock_customers_after(ledger: Ledger, segment_id: int, after_id: int, *, limit: int) -> list[int]:
    """Return the ids of a segment's next customers and hold their rows, without waiting for anybody.

    Raises OperationalError when one of them is held: whoever waits for nothing while it holds rows blocks nobody for
    good, in whatever order the others take theirs.
    """
    query = (
        select(col(Customer.id))
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.segment_id) == segment_id,
            col(Customer.id) > after_id,
        )
        .order_by(col(Customer.id))
        .limit(limit)
        .with_for_update(key_share=True, nowait=True)
    )
    return list(ledger.session.connection().execute(query).scalars())


def is_held(error: OperationalError) -> bool:
    """Say whether a row could not be held because somebody else does (lock_not_available, PostgreSQL's 55P03)."""
    return getattr(error.orig, "sqlstate", None) == "55P03"


def lock_segment(ledger: Ledger, segment_id: int) -> SegmentRow | None:
    """Return a segment as it is now and hold its row, without waiting for anybody; None when it is gone.

    Raises OperationalError when it is held.
    """
    query = (
        select(SegmentRow)
        .where(col(SegmentRow.workspace_id) == ledger.workspace_id, col(SegmentRow.id) == segment_id)
        .with_for_update(nowait=True)
        .execution_options(populate_existing=True)
    )
    return ledger.session.execute(query).scalar_one_or_none()


def count_customers(ledger: Ledger, segment_id: int, *where: ColumnElement[bool]) -> int:
    """Return how many of a segment's customers match."""
    query = select(func.count()).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.segment_id) == segment_id, *where
    )
    return int(ledger.session.connection().execute(query).scalar_one())


def workspaces_recomputing(session: Session) -> list[int]:
    """Return the workspaces in which a changed policy is being worked in."""
    query = select(col(SegmentRow.workspace_id)).where(col(SegmentRow.reached_id).is_not(None)).distinct()
    return list(session.connection().execute(query).scalars())
