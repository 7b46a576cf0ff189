"""Everything that hangs on one customer or one teammate, found by the database's own ties."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Table, or_, select, update
from sqlmodel import col

from bot.domain.model import NudgeState
from storage.bulk import BATCH
from storage.ledger import Ledger
from storage.models import Appearance, Customer, DedupeKey, Delivery, DeliveryState, Entry, Nudge, Touch
from storage.models_outbox import Lane
from storage.tables import metadata
from storage.workspaces import Workspace

# What a teammate looks after is the company's, not theirs: an export about them names it by its id alone.
_NOT_THEIRS = {"customer", "channel", "digest"}


def ties_to(target: str) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Yield the tables that point to another, with the columns that do."""
    for table in metadata.sorted_tables:
        found = [
            list(key.columns)[-1]
            for key in table.foreign_key_constraints
            if key.referred_table.name == target and len(key.column_keys) == 2
        ]
        if found:
            yield table, found


def about(ledger: Ledger, target: str, row_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (table, columns) of a customer or a teammate and of every row that points to it, and the lines of those."""
    own = metadata.tables[target]
    yield from _rows(ledger, own, own.c.id == row_id)
    for table, columns in ties_to(target):
        if table.name not in _NOT_THEIRS and table.name != "appearance":
            yield from _rows(ledger, table, or_(*(column == row_id for column in columns)))
    lines = metadata.tables["entry_line"]
    parents = {"customer": (Touch, "touch_id", Touch.customer_id), "teammate": (Entry, "entry_id", Entry.teammate_id)}
    model, pointer, owner = parents[target]
    mine = select(col(model.id)).where(col(model.workspace_id) == ledger.workspace_id, col(owner) == row_id)  # type: ignore[attr-defined]
    yield from _rows(ledger, lines, lines.c[pointer].in_(mine))


def _rows(ledger: Ledger, table: Table, where: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    query = select(table).where(table.c.workspace_id == ledger.workspace_id, where)
    for row in ledger.session.execute(query.execution_options(yield_per=BATCH)):
        yield table.name, {name: value for name, value in row._mapping.items() if name != "workspace_id"}


def messages_naming(ledger: Ledger, teammate_id: int) -> list[Delivery]:
    """Return the messages in Slack that can show a teammate's name: of customers they own or talked to."""
    talked = select(col(Touch.customer_id)).where(
        col(Touch.workspace_id) == ledger.workspace_id, col(Touch.by_id) == teammate_id
    )
    owned = select(col(Customer.id)).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id) == teammate_id
    )
    shown = select(col(Appearance.delivery_id)).where(
        col(Appearance.workspace_id) == ledger.workspace_id,
        or_(col(Appearance.customer_id).in_(talked), col(Appearance.customer_id).in_(owned)),
    )
    there = col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN))
    return list(ledger.rows(Delivery, col(Delivery.id).in_(shown), there))


def forget_places(ledger: Ledger, teammate_id: int, slack_user_id: str | None) -> None:
    """Forget where a teammate wrote in Slack and what was sent to them alone; requests that carry their id go too."""
    mine = col(Entry.workspace_id) == ledger.workspace_id, col(Entry.teammate_id) == teammate_id
    places = {"slack_channel_id": None, "slack_ts": None, "slack_thread_ts": None}
    _change(ledger, update(Entry).where(*mine).values(**places))
    if not slack_user_id:
        return
    for delivery in ledger.rows(Delivery):
        if delivery.channel == slack_user_id or slack_user_id in str(delivery.payload):
            ledger.session.delete(delivery)
    for lane in ledger.rows(Lane, col(Lane.name).contains(slack_user_id)):
        ledger.session.delete(lane)
    for key in ledger.rows(DedupeKey, col(DedupeKey.key).contains(slack_user_id)):
        ledger.session.delete(key)
    _change(
        ledger,
        update(Workspace)
        .where(col(Workspace.id) == ledger.workspace_id, col(Workspace.slack_installer_id) == slack_user_id)
        .values(slack_installer_id=None),
    )


def leave_customers(ledger: Ledger, teammate_id: int, *, values: dict[str, Any]) -> int:
    """Take a teammate from the customers they own, end their open nudges with `values`; return how many customers."""
    owned = col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id) == teammate_id
    count = _change(ledger, update(Customer).where(*owned).values(owner_id=None))
    mine = col(Nudge.workspace_id) == ledger.workspace_id, col(Nudge.teammate_id) == teammate_id
    waiting = (*mine, col(Nudge.state) == NudgeState.OPEN)
    _change(ledger, update(Nudge).where(*waiting).values(**values))
    return count


def rename_author(ledger: Ledger, name: str, other: str) -> None:
    """Write another name where an import brought a name instead of a person."""
    named = col(Touch.workspace_id) == ledger.workspace_id, col(Touch.by_name) == name
    _change(ledger, update(Touch).where(*named).values(by_name=other))


def delete_ties(ledger: Ledger, names: Iterable[str], teammate_id: int) -> None:
    """Delete the rows of the named tables that point to a teammate: they say nothing without them."""
    wanted = set(names)
    for table, columns in ties_to("teammate"):
        if table.name in wanted:
            ledger.session.execute(
                table.delete().where(
                    table.c.workspace_id == ledger.workspace_id, or_(*(column == teammate_id for column in columns))
                )
            )


def _change(ledger: Ledger, statement: Any) -> int:
    result = ledger.session.connection().execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)
