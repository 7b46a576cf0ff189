"""Touches in the ledger: appending, superseding, and reading the ones that are live."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.model import Direction, Source, TouchKind, TouchView
from storage.bulk import BATCH
from storage.columns import day_of
from storage.ledger import Ledger
from storage.models import Customer, TeammateRow, Touch
from storage.sealed import seal
from storage.states import MOVE


@cache
def is_live() -> ColumnElement[bool]:
    """Match ledger entries that nothing supersedes and that were not taken back."""
    newer = aliased(Touch)
    superseded = select(col(newer.id)).where(
        col(newer.workspace_id) == col(Touch.workspace_id), col(newer.supersedes_id) == col(Touch.id)
    )
    return ~col(Touch.retracted) & ~superseded.exists()


class Entry(NamedTuple):
    """One entry of the ledger, in the order in which its columns are written."""

    id: int
    customer_id: int
    touched_at: datetime
    touched_on: date
    kind: TouchKind
    direction: Direction
    source: Source
    recorded_at: datetime
    by_id: int | None = None
    contact: str | None = None
    note: str | None = None
    external_id: str | None = None
    revision: int = 1
    supersedes_id: int | None = None
    retracted: bool = False
    by_name: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


_COLUMNS = ("workspace_id", *Entry._fields)
_NOTE = _COLUMNS.index("note")
_INSERT = f"INSERT INTO touch ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  our own names
_INSERT_AND_MOVE = f"WITH entry AS ({_INSERT}) {MOVE}"


def append(ledger: Ledger, entry: Entry, moves: tuple[Any, ...] = ()) -> None:
    """Write one entry of the ledger, and to what it `moves` the state of its customer (`storage.states.moved`).

    All in one statement on PostgreSQL, where a round trip takes longer than the writing.
    """
    session, written = ledger.session, [ledger.workspace_id, *entry]
    written[_NOTE] = seal(entry.note)
    if moves and not session.has_one_writer:
        session.tell(_INSERT_AND_MOVE, (*written, *moves))
        return
    session.tell(_INSERT, written)
    if moves:
        session.tell(MOVE, moves)


_COUNTING = """SELECT id, touched_on FROM touch
WHERE workspace_id = ? AND customer_id = ? AND kind <> 'note' AND NOT retracted AND NOT EXISTS (
    SELECT 1 FROM touch AS newer WHERE newer.workspace_id = touch.workspace_id AND newer.supersedes_id = touch.id)
ORDER BY touched_on, touched_at, id"""


def counting_days(ledger: Ledger, customer_id: int) -> list[tuple[int, date]]:
    """Return (id, day) of a customer's live touches that count, oldest first."""
    found = ledger.ask(_COUNTING, ledger.workspace_id, customer_id)
    return [(touch_id, day_of(day)) for touch_id, day in found]


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


def buyers(ledger: Ledger, last_kinds: Iterable[tuple[int, TouchKind | None]]) -> set[int]:
    """Return which customers have purchases alone, given (customer, last kind); notes count for nothing."""
    found: set[int] = set()
    likely = iter(customer_id for customer_id, kind in last_kinds if kind is TouchKind.PURCHASE)
    while page := set(islice(likely, BATCH)):
        query = select(col(Touch.customer_id)).where(
            col(Touch.workspace_id) == ledger.workspace_id,
            col(Touch.customer_id).in_(page),
            col(Touch.kind).not_in((TouchKind.PURCHASE, TouchKind.NOTE)),
            is_live(),
        )
        found |= page - set(ledger.session.execute(query.distinct()).scalars())
    return found


# The index leaves out what was imported; it is used when the query says so in its words.
_LOGGED = """SELECT t.by_id, t.kind FROM touch t
WHERE t.workspace_id = ? AND t.by_id IN ({}) AND t.touched_on >= ? AND source <> 'import' AND NOT t.retracted
    AND NOT EXISTS (SELECT 1 FROM touch n WHERE n.workspace_id = t.workspace_id AND n.supersedes_id = t.id)"""


def logged_by(ledger: Ledger, teammate_ids: Collection[int], *, since: date) -> dict[int, list[TouchKind]]:
    """Return by teammate the kinds of the live touches that they logged from a day on, imported ones left out."""
    found: dict[int, list[TouchKind]] = {}
    if not teammate_ids:
        return found
    query = _LOGGED.format(", ".join("?" * len(teammate_ids)))
    for teammate_id, kind in ledger.ask(query, ledger.workspace_id, *teammate_ids, since.isoformat()):
        found.setdefault(teammate_id, []).append(TouchKind(kind))
    return found


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
