"""Reading the ledger as it was on a day: streams over every touch, customer by customer, one in memory at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, distinct, func, select, type_coerce
from sqlmodel import col

from bot.domain.model import TouchKind
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, Touch
from storage.touches import is_live

_FETCHED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class History:
    """One customer's days of contact up to a day, oldest first and each day once, and the newest touch among them."""

    customer_id: int
    days: Sequence[date]
    last_touch_id: int
    last_kind: TouchKind


def _counts_by(ledger: Ledger, day: date) -> ColumnElement[bool]:
    return and_(
        col(Touch.workspace_id) == ledger.workspace_id,
        col(Touch.touched_on) <= day,
        col(Touch.kind) != TouchKind.NOTE,
        is_live(),
    )


def _of_customers(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    same = (col(Customer.workspace_id) == col(Touch.workspace_id)) & (col(Customer.id) == col(Touch.customer_id))
    return query.join(Customer, same)


def histories(ledger: Ledger, *, until: date, of: Sequence[ColumnElement[bool]] = ()) -> Iterator[History]:
    """Stream the contact with each customer up to and including a day, by customer id; `of` narrows the customers.

    Customers without a touch that counts by then are left out.
    """
    query = select(
        col(Touch.customer_id), col(Touch.touched_on), col(Touch.id), type_coerce(col(Touch.kind), String)
    ).select_from(Touch).where(_counts_by(ledger, until), *of)  # fmt: skip
    if of:
        query = _of_customers(query)
    query = query.order_by(col(Touch.customer_id), col(Touch.touched_on), col(Touch.touched_at), col(Touch.id))
    rows = ledger.session.execute(query.execution_options(yield_per=_FETCHED_AT_ONCE))
    for customer_id, touches in groupby(rows, key=itemgetter(0)):
        found = list(touches)
        days = list(dict.fromkeys(day for _, day, _, _ in found))
        _, _, newest_id, kind = found[-1]
        yield History(customer_id, days, newest_id, TouchKind(kind))


def spans(ledger: Ledger, *, until: date) -> Iterator[tuple[int, int, date, date]]:
    """Stream (segment id, days with a touch, first, last) of every customer with contact by a day."""
    query = select(
        func.min(col(Customer.segment_id)), func.count(col(Touch.touched_on).distinct()),
        func.min(col(Touch.touched_on)), func.max(col(Touch.touched_on)),
    ).select_from(Touch).where(_counts_by(ledger, until)).group_by(col(Touch.customer_id))  # fmt: skip
    for row in ledger.session.execute(_of_customers(query).execution_options(yield_per=_FETCHED_AT_ONCE)):
        yield row[0], row[1], row[2], row[3]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person set of a segment, else None: its cadence in days and its exponent; and its horizon in days."""

    cadence_days: float | None
    exponent: float | None
    horizon_days: int


def chosen_by_segment(ledger: Ledger) -> dict[int, Chosen]:
    """Return what people set of each segment, by its id."""
    return {row.id: Chosen(row.set_cadence_days, row.set_exponent, row.horizon_days) for row in ledger.rows(SegmentRow)}


def may_be_nudged() -> ColumnElement[bool]:
    """Match customers that a digest may name, by what their row says of lurkers and of those whom somebody muted."""
    return col(Customer.nudge_from_on).is_not(None)


def most_valuable(ledger: Ledger, *, of: Sequence[ColumnElement[bool]], limit: int) -> set[int]:
    """Return the ids of the most valuable customers that match."""
    query = (
        select(col(Customer.id))
        .where(col(Customer.workspace_id) == ledger.workspace_id, *of)
        .order_by(col(Customer.ranked_value).desc(), col(Customer.id))
        .limit(limit)
    )
    return set(ledger.session.execute(query).scalars())


def sampled(ledger: Ledger, segment_id: int, every: int) -> list[int]:
    """Return the ids of about every `every`th of a segment's customers that a digest may name, the same every time."""
    query = (
        select(col(Customer.id))
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.segment_id) == segment_id)
        .where(may_be_nudged(), col(Customer.id) % every == 0)
    )
    return list(ledger.session.execute(query).scalars())


def people_and_days(
    ledger: Ledger, *, until: date, of: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[int, int | None, date, Sequence[date]]]:
    """Stream (customer id, owner id, day it began, days of contact until a day, oldest first) of those that match.

    Two streams in the order of ids, walked side by side; customers who came later and were not touched are left out.
    """
    query = (
        select(col(Customer.id), col(Customer.owner_id), col(Customer.since_on))
        .where(col(Customer.workspace_id) == ledger.workspace_id, *of)
        .order_by(col(Customer.id))
    )
    past = histories(ledger, until=until, of=of)
    history = next(past, None)
    for customer_id, owner_id, since_on in ledger.session.execute(query.execution_options(yield_per=_FETCHED_AT_ONCE)):
        while history and history.customer_id < customer_id:
            history = next(past, None)
        if history and history.customer_id == customer_id:
            yield customer_id, owner_id, since_on, history.days
        elif since_on <= until:
            yield customer_id, owner_id, since_on, ()


@dataclass(frozen=True, slots=True)
class Windows:
    """The last horizon, the days after `then`; and the two before it, the days after `first` up to `then`."""

    first: date
    then: date
    until: date


@dataclass(frozen=True, slots=True)
class Contact:
    """How many days of contact with a customer fall into each window, and how many touches in both carry an amount."""

    customer_id: int
    segment_id: int
    ranked_value: float
    before: int
    since: int
    amounts: int


def contact_in(ledger: Ledger, segment_ids: Collection[int], windows: Windows) -> Iterator[Contact]:
    """Stream the days of contact with the customers of segments, by customer id; those without any are left out."""
    on = col(Touch.touched_on)
    query = _of_customers(
        select(
            col(Touch.customer_id), func.min(col(Customer.segment_id)), func.min(col(Customer.ranked_value)),
            func.count(distinct(case((on <= windows.then, on)))), func.count(distinct(case((on > windows.then, on)))),
            func.count(col(Touch.amount_minor)),
        ).select_from(Touch).where(
            _counts_by(ledger, windows.until), on > windows.first, col(Customer.segment_id).in_(segment_ids)
        )
    ).group_by(col(Touch.customer_id)).order_by(col(Touch.customer_id))  # fmt: skip
    for row in ledger.session.execute(query.execution_options(yield_per=_FETCHED_AT_ONCE)):
        yield Contact(*row)


_DAYS_UNTIL = """SELECT customer_id, count(DISTINCT touched_on) FROM touch
WHERE workspace_id = ? AND customer_id {is_any_of} AND touched_on <= ? AND kind <> 'note' AND NOT retracted
    AND NOT EXISTS (
        SELECT 1 FROM touch AS newer WHERE newer.workspace_id = touch.workspace_id AND newer.supersedes_id = touch.id)
GROUP BY customer_id"""


def days_until(ledger: Ledger, customer_ids: Collection[int], day: date) -> dict[int, int]:
    """Return on how many days until a day there was contact with customers, by their ids; none are left out."""
    query = _DAYS_UNTIL.format(is_any_of=ledger.is_any_of)
    return dict(ledger.ask(query, ledger.workspace_id, ledger.many(customer_ids), day.isoformat()))


def spent_in(
    ledger: Ledger, segment_ids: Collection[int], windows: Windows
) -> Iterator[tuple[int, str | None, int, int]]:
    """Stream (customer id, currency, minor units spent in the two horizons before, and in the last one)."""
    on, amount = col(Touch.touched_on), col(Touch.amount_minor)
    query = _of_customers(
        select(
            col(Touch.customer_id), col(Touch.currency),
            func.sum(case((on <= windows.then, amount), else_=0)), func.sum(case((on > windows.then, amount), else_=0)),
        ).select_from(Touch).where(
            _counts_by(ledger, windows.until), on > windows.first, amount.is_not(None),
            col(Customer.segment_id).in_(segment_ids),
        )
    ).group_by(col(Touch.customer_id), col(Touch.currency))  # fmt: skip
    for row in ledger.session.execute(query.execution_options(yield_per=_FETCHED_AT_ONCE)):
        yield row[0], row[1], int(row[2]), int(row[3])
