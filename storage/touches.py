"""Touches in the ledger: appending, superseding, and reading the ones that are live."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.model import Direction, TouchKind, TouchView
from storage.ledger import Ledger
from storage.models import Customer, TeammateRow, Touch


@cache
def is_live() -> ColumnElement[bool]:
    """Match ledger entries that nothing supersedes and that were not taken back."""
    newer = aliased(Touch)
    superseded = select(col(newer.id)).where(
        col(newer.workspace_id) == col(Touch.workspace_id), col(newer.supersedes_id) == col(Touch.id)
    )
    return ~col(Touch.retracted) & ~superseded.exists()


def append(ledger: Ledger, values: dict[str, Any]) -> None:
    """Write one entry of the ledger."""
    entry = {"workspace_id": ledger.workspace_id, **values}
    ledger.session.connection().execute(insert(Touch.__table__), entry)  # type: ignore[attr-defined]


def counting_days(ledger: Ledger, customer_id: int) -> list[tuple[int, Any, Any]]:
    """Return (id, day, instant) of a customer's live touches that count, oldest first."""
    query = (
        select(col(Touch.id), col(Touch.touched_on), col(Touch.touched_at))
        .where(
            col(Touch.workspace_id) == ledger.workspace_id,
            col(Touch.customer_id) == customer_id,
            col(Touch.kind) != TouchKind.NOTE,
            is_live(),
        )
        .order_by(col(Touch.touched_on), col(Touch.touched_at), col(Touch.id))
    )
    return [(row[0], row[1], row[2]) for row in ledger.session.execute(query)]


_VIEW = (
    col(Touch.id), col(Touch.touched_at), col(Touch.touched_on), col(Touch.kind), col(Touch.direction),
    func.coalesce(col(TeammateRow.name), col(Touch.by_name)), col(Touch.contact), col(Touch.note), col(Touch.by_id),
    col(Touch.amount_minor), col(Touch.currency),
)  # fmt: skip


def _views(ledger: Ledger, *where: ColumnElement[bool], limit: int | None = None) -> list[tuple[int, TouchView]]:
    query = (
        select(col(Touch.customer_id), *_VIEW)
        .join(
            TeammateRow,
            (col(TeammateRow.workspace_id) == col(Touch.workspace_id)) & (col(TeammateRow.id) == col(Touch.by_id)),
            isouter=True,
        )
        .where(col(Touch.workspace_id) == ledger.workspace_id, *where)
        .order_by(col(Touch.touched_on).desc(), col(Touch.touched_at).desc(), col(Touch.id).desc())
        .limit(limit)
    )
    return [(row[0], TouchView(*row[1:])) for row in ledger.session.execute(query)]


def views_by_id(ledger: Ledger, touch_ids: Iterable[int]) -> dict[int, TouchView]:
    """Return touches by id, live or not."""
    wanted = list(touch_ids)
    return {view.id: view for _, view in _views(ledger, col(Touch.id).in_(wanted))} if wanted else {}


def latest(ledger: Ledger, customer_id: int, *, limit: int) -> list[TouchView]:
    """Return a customer's live touches, newest first, notes included."""
    return [view for _, view in _views(ledger, col(Touch.customer_id) == customer_id, is_live(), limit=limit)]


def latest_note(ledger: Ledger, customer_id: int) -> str | None:
    """Return the newest live note of a customer's touches, or None."""
    found = _views(ledger, col(Touch.customer_id) == customer_id, col(Touch.note).is_not(None), is_live(), limit=1)
    return found[0][1].note if found else None


def logged_by(ledger: Ledger, teammate_id: int, *, since: date) -> list[TouchKind]:
    """Return the kinds of the live touches that a teammate logged from a day on, imported ones left out."""
    query = select(col(Touch.kind)).where(
        col(Touch.workspace_id) == ledger.workspace_id,
        col(Touch.by_id) == teammate_id,
        col(Touch.touched_on) >= since,
        # The index leaves out what was imported; it is used when the query says so in its words.
        text("source <> 'import'"),
        is_live(),
    )
    return list(ledger.session.execute(query).scalars())


def acts(ledger: Ledger, customer_id: int, *, since: date) -> list[TouchView]:
    """Return a customer's live touches since a day that came from them, went both ways or were a purchase."""
    theirs = or_(col(Touch.direction) != Direction.OUTBOUND, col(Touch.kind) == TouchKind.PURCHASE)
    counted = (col(Touch.kind) != TouchKind.NOTE, col(Touch.touched_on) >= since, theirs, is_live())
    return [view for _, view in _views(ledger, col(Touch.customer_id) == customer_id, *counted)]


def is_superseded(ledger: Ledger, touch_id: int) -> bool:
    """Say whether a later entry replaces or removes this one."""
    query = select(col(Touch.id)).where(
        col(Touch.workspace_id) == ledger.workspace_id, col(Touch.supersedes_id) == touch_id
    )
    return ledger.session.execute(query).first() is not None


def with_customer(ledger: Ledger, touch_ids: Iterable[int]) -> list[tuple[int, tuple[str, TouchView]]]:
    """Return (touch id, (customer name, touch)) for touches, live or not."""
    wanted = list(touch_ids)
    if not wanted:
        return []
    query = (
        select(col(Touch.id), col(Customer.name))
        .join(
            Customer,
            (col(Customer.workspace_id) == col(Touch.workspace_id)) & (col(Customer.id) == col(Touch.customer_id)),
        )
        .where(col(Touch.workspace_id) == ledger.workspace_id, col(Touch.id).in_(wanted))
    )
    views = views_by_id(ledger, wanted)
    return [(row[0], (row[1], views[row[0]])) for row in ledger.session.execute(query)]
