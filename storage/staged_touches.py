"""Turning staged rows of a touches file into entries of the ledger: what is new, what corrects, what is known."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Source, TouchKind
from storage.bulk import BATCH, instant_encoder, load
from storage.columns import Instant
from storage.exporting import OUR_IDS
from storage.ledger import Ledger
from storage.models import Customer, Nudge, Touch
from storage.staging import REJECTED, STAGED_CUSTOMER, STAGED_TOUCH, STALE_CUSTOMER, mark_stale, tell_planner

_STAGED = STAGED_TOUCH.c

_SAID = (
    "customer_id", "touched_at", "touched_on", "kind", "direction", "by_id", "by_name", "contact", "amount_minor",
    "currency", "note",
)  # fmt: skip


def customers_by(ledger: Ledger, column: str, values: Iterable[str]) -> Iterator[Row[Any]]:
    """Yield (id, external_id, name, name_key, currency) of the customers with one of the values in `column`."""
    columns = ("id", "external_id", "name", "name_key", "currency")
    query = select(*(col(getattr(Customer, name)) for name in columns)).where(
        col(Customer.workspace_id) == ledger.workspace_id
    )
    connection, source = ledger.session.connection(), iter(values)
    while some := list(islice(source, BATCH)):
        yield from connection.execute(query.where(col(getattr(Customer, column)).in_(some))).all()


def reject_repeated(connection: Connection) -> None:
    """Reject staged rows whose external id an earlier row has."""
    first = func.min(_STAGED.line).over(partition_by=_STAGED.external_id).label("first")
    inner = select(_STAGED.line, _STAGED.external_id, first).where(_STAGED.said_id).subquery()
    why = literal("is on line ") + cast(inner.c.first, Text) + literal(" already. Every touch needs an id of its own.")
    rows = select(inner.c.line, literal("external_id"), inner.c.external_id, why).where(inner.c.line > inner.c.first)
    connection.execute(insert(REJECTED).from_select(["line", "field", "value", "remedy"], rows))
    connection.execute(delete(STAGED_TOUCH).where(_STAGED.line.in_(select(REJECTED.c.line))))


def judge(ledger: Ledger) -> None:
    """Say of every staged row whether it is `new`, `changed`, or the `same` as before.

    A row is held against the newest entry that an import wrote under its external id, so that what people corrected or
    removed in the meantime stands until the file itself says something else; a removed touch stays removed. What the
    workspace itself exported under the ledger's own ids is always the same.
    """
    connection = ledger.session.connection()
    newest, imported, later = aliased(Touch), aliased(Touch), aliased(Touch)
    first_line = select(func.min(_STAGED.line)).group_by(_STAGED.external_id)
    connection.execute(
        update(STAGED_TOUCH).values(verdict="same").where(~_STAGED.said_id, _STAGED.line.not_in(first_line))
    )
    connection.execute(update(STAGED_TOUCH).values(verdict="same").where(_STAGED.verdict.is_(None), _is_ours(ledger)))
    if not ledger.session.scalar(select(exists().where(col(Touch.workspace_id) == ledger.workspace_id))):
        connection.execute(update(STAGED_TOUCH).values(verdict="new", revision=1).where(_STAGED.verdict.is_(None)))
        return

    def under_its_id(entry: Any) -> Any:
        return and_(col(entry.workspace_id) == ledger.workspace_id, col(entry.external_id) == _STAGED.external_id)

    highest = select(func.max(col(newest.revision))).where(under_its_id(newest)).scalar_subquery()
    connection.execute(
        update(STAGED_TOUCH).values(revision=func.coalesce(highest, 0) + 1).where(_STAGED.verdict.is_(None))
    )
    connection.execute(
        update(STAGED_TOUCH).values(verdict="new").where(_STAGED.verdict.is_(None), _STAGED.revision == 1)
    )
    last_import = (
        select(func.max(col(newest.revision)))
        .where(under_its_id(newest), col(newest.source) == Source.IMPORT)
        .correlate(STAGED_TOUCH)
        .scalar_subquery()
    )
    said_before = exists().where(
        under_its_id(imported),
        col(imported.revision) == last_import,
        *(_same(getattr(_STAGED, name), col(getattr(imported, name))) for name in _SAID),
    )
    connection.execute(update(STAGED_TOUCH).values(verdict="same").where(_STAGED.verdict.is_(None), said_before))
    closed = exists().where(
        under_its_id(newest),
        col(newest.revision) == _STAGED.revision - 1,
        or_(
            col(newest.retracted),
            exists().where(col(later.workspace_id) == ledger.workspace_id, col(later.supersedes_id) == col(newest.id)),
        ),
    )
    connection.execute(update(STAGED_TOUCH).values(verdict="same").where(_STAGED.verdict.is_(None), closed))
    head = (
        select(col(newest.id))
        .where(under_its_id(newest), col(newest.revision) == _STAGED.revision - 1)
        .scalar_subquery()
    )
    connection.execute(update(STAGED_TOUCH).values(verdict="changed", touch_id=head).where(_STAGED.verdict.is_(None)))


def _is_ours(ledger: Ledger) -> ColumnElement[bool]:
    """Match rows of this workspace's own export that name an entry by the ledger's id."""
    written = _STAGED.external_id
    ours = and_(written.like(f"{OUR_IDS}%"), written.regexp_match(f"^{OUR_IDS}[0-9]{{1,18}}$"))
    known = case((ours, cast(func.substr(written, len(OUR_IDS) + 1), BigInteger)))
    return exists().where(col(Touch.workspace_id) == ledger.workspace_id, col(Touch.id) == known)


def _same(staged: Any, stored: Any) -> Any:
    return (
        cast(staged, Text).is_not_distinct_from(cast(stored, Text))
        if staged.name in ("kind", "direction")
        else (staged.is_not_distinct_from(stored))
    )


def verdicts(connection: Connection) -> dict[str, int]:
    """Return how many staged rows got each verdict."""
    query = select(_STAGED.verdict, func.count()).group_by(_STAGED.verdict)
    return {row[0]: row[1] for row in connection.execute(query)}


def insert_judged(ledger: Ledger, *, recorded_at: datetime) -> None:
    """Append the rows that are new or changed, and mark the customers stale whom they move."""
    connection = ledger.session.connection()
    taken = _STAGED.verdict.in_(("new", "changed"))
    values = {
        "workspace_id": literal(ledger.workspace_id), "id": _STAGED.id, "external_id": _STAGED.external_id,
        "revision": _STAGED.revision, "supersedes_id": _STAGED.touch_id, "retracted": false(),
        **{name: _STAGED[name] for name in _SAID},
        "source": literal(Source.IMPORT.value), "recorded_at": literal(recorded_at, Instant()),
    }  # fmt: skip
    mark_stale(connection, select(_STAGED.customer_id).where(taken))
    replaced = select(_STAGED.touch_id).where(_STAGED.touch_id.is_not(None))
    moved_from = select(col(Touch.customer_id)).where(
        col(Touch.workspace_id) == ledger.workspace_id, col(Touch.id).in_(replaced)
    )
    mark_stale(connection, moved_from)
    rows = select(*(value.label(name) for name, value in values.items())).where(taken).order_by(_STAGED.line)
    connection.execute(insert(Touch).from_select(list(values), rows, include_defaults=False))
    tell_planner(connection, STALE_CUSTOMER, Customer.__table__, Touch.__table__)  # type: ignore[attr-defined]


def insert_plain(
    ledger: Ledger, touches: Iterable[tuple[int, int, str, datetime, date]], *,
    kind: TouchKind, direction: Direction, source: Source, recorded_at: datetime,
) -> None:  # fmt: skip
    """Append touches of which only the day is known, given as (id, customer id, external id, instant, day)."""
    connection = ledger.session.connection()
    instant = instant_encoder(connection)
    rows = [
        (
            ledger.workspace_id, touch_id, customer_id, external_id, 1, False, instant(at), day.isoformat(), kind.value,
            direction.value, source.value, instant(recorded_at),
        )
        for touch_id, customer_id, external_id, at, day in touches
    ]  # fmt: skip
    columns = (
        "workspace_id", "id", "customer_id", "external_id", "revision", "retracted", "touched_at", "touched_on", "kind",
        "direction", "source", "recorded_at",
    )  # fmt: skip
    load(connection, Touch.__table__, columns, rows)  # type: ignore[attr-defined]
    mark = select(col(Touch.customer_id)).where(
        col(Touch.workspace_id) == ledger.workspace_id, col(Touch.id).in_([row[1] for row in rows])
    )
    mark_stale(connection, mark)


def later_contacts(ledger: Ledger) -> Iterator[list[tuple[int, date, bool]]]:
    """Yield batches of (customer id, day, whether the customer was known) of staged last contacts after every touch."""
    staged = STAGED_CUSTOMER.c
    customer_id = func.coalesce(staged.customer_id, staged.id)
    connection = ledger.session.connection()
    last = connection.scalar(select(func.max(staged.line))) or 0
    query = (
        select(customer_id, staged.last_contact_on, staged.customer_id.is_not(None))
        .join(Customer, and_(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == customer_id))
        .where(
            staged.last_contact_on.is_not(None),
            or_(col(Customer.last_on).is_(None), col(Customer.last_on) < staged.last_contact_on),
        )
    )
    for start in range(0, last, BATCH):
        rows = connection.execute(query.where(staged.line > start, staged.line <= start + BATCH)).all()
        if rows:
            yield [(row[0], row[1], bool(row[2])) for row in rows]


def begin_with_first_touch(ledger: Ledger, stale: Any) -> None:
    """A relationship began with its first touch at the latest."""
    ledger.session.connection().execute(
        update(Customer)
        .where(
            col(Customer.workspace_id) == ledger.workspace_id, stale, col(Customer.first_on) < col(Customer.since_on)
        )
        .values(since_on=col(Customer.first_on))
    )


def wake_snoozed(ledger: Ledger) -> None:
    """End the snooze of customers whose staged touches are later than every touch known so far."""
    later = exists().where(
        _STAGED.customer_id == col(Customer.id),
        _STAGED.verdict.in_(("new", "changed")),
        _STAGED.kind != TouchKind.NOTE.value,
        or_(col(Customer.last_on).is_(None), _STAGED.touched_on > col(Customer.last_on)),
    )
    ledger.session.connection().execute(
        update(Customer)
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.snoozed_until_on).is_not(None), later)
        .values(snoozed_until_on=None, snoozed_in_a_row=0)
    )


def open_nudges(ledger: Ledger, stale: ColumnElement[bool]) -> Iterator[tuple[Nudge, date | None, date, int | None]]:
    """Yield (nudge, last_on, due_on, last_touch_id) of open nudges about customers that match."""
    query = (
        select(Nudge, col(Customer.last_on), col(Customer.due_on), col(Customer.last_touch_id))
        .join(
            Customer,
            and_(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == col(Nudge.customer_id)),
        )
        .where(col(Nudge.workspace_id) == ledger.workspace_id, col(Nudge.state) == NudgeState.OPEN, stale)
    )
    yield from ledger.session.execute(query).all()
