"""The outbox: what the bot owes to Slack, written with its cause; `storage.claiming` is how it gets there."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from json import dumps
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, select, type_coerce, update
from sqlmodel import Session, col

from storage import lanes
from storage.columns import new_id, new_ids
from storage.jobs import Due, note_owed
from storage.ledger import Ledger
from storage.models import Appearance, Delivery, DeliveryState

# How long a job waits before it looks again whether its delivery's turn has come.
TURN = timedelta(seconds=0.25)
OWED = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)


class Owed(NamedTuple):
    """One thing to tell Slack. Only ids are stored in `payload`: the words are drawn when it is sent.

    `key` makes it unique in the workspace, `channel` is a conversation or a person, `subject_id` what it is about,
    `target_id` the delivery whose message it changes.
    """

    key: str
    kind: str
    channel: str
    subject_id: int | None = None
    target_id: int | None = None
    thread_ts: str | None = None
    payload: dict[str, Any] | None = None
    due_at: datetime | None = None


_WRITE = """INSERT INTO delivery (workspace_id, id, key, kind, channel, subject_id, target_id, thread_ts, payload,
    state, due_at, created_at, attempts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0) ON CONFLICT DO NOTHING"""
_WAITING = "SELECT {0} FROM delivery WHERE workspace_id = ? AND kind = ? AND {0} IN ({1}) AND state = 'pending'"
_EVER_OWED = "SELECT DISTINCT subject_id FROM delivery WHERE workspace_id = ? AND kind = ? AND subject_id "
_SHOW = "INSERT INTO appearance (workspace_id, customer_id, delivery_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def owe(ledger: Ledger, owed: Owed, *, now: datetime, customer_ids: Sequence[int] = ()) -> int | None:
    """Write a delivery with its cause; None when its key is already there. `customer_ids` stand in the message."""
    return owe_all(ledger, [(owed, customer_ids)], now=now)[0]


def owe_all(ledger: Ledger, messages: Sequence[tuple[Owed, Sequence[int]]], *, now: datetime) -> list[int | None]:
    """Write deliveries, each with the customers that stand in it; return their ids, None where the key was there."""
    drawn: list[int | None] = list(new_ids(len(messages)))
    at, *due_at = ledger.stored((now, *(owed.due_at or now for owed, _ in messages)))
    rows = [
        (
            ledger.workspace_id, delivery_id, owed.key, owed.kind, owed.channel, owed.subject_id, owed.target_id,
            owed.thread_ts, dumps(owed.payload) if owed.payload else "{}", due, at,
        )
        for delivery_id, (owed, _), due in zip(drawn, messages, due_at, strict=True)
    ]  # fmt: skip
    if ledger.tell_each(_WRITE, rows) < len(rows):
        there = _written(ledger, drawn)
        drawn = [delivery_id if delivery_id in there else None for delivery_id in drawn]
    shown: list[tuple[int, int, int]] = []
    for delivery_id, (owed, customer_ids) in zip(drawn, messages, strict=True):
        if delivery_id is not None:
            later_at = owed.due_at if owed.due_at and owed.due_at > now else None
            note_owed(ledger.session, Due(ledger.workspace_id, delivery_id, owed.kind, owed.channel, later_at))
            shown += [(ledger.workspace_id, customer_id, delivery_id) for customer_id in dict.fromkeys(customer_ids)]
    ledger.tell_each(_SHOW, shown)
    return drawn


def _written(ledger: Ledger, delivery_ids: Sequence[int | None]) -> set[int]:
    places = ", ".join("?" * len(delivery_ids))
    query = f"SELECT id FROM delivery WHERE workspace_id = ? AND id IN ({places})"  # noqa: S608  our own words
    return {row[0] for row in ledger.ask(query, ledger.workspace_id, *delivery_ids)}


def waiting(ledger: Ledger, kind: str, column: str, ids: Collection[int]) -> set[int]:
    """Return those of the ids (in a column) for which a delivery waits that will be drawn after this transaction.

    The rows are locked until the caller commits. One that a dispatcher is claiming may be drawn before that, with the
    words of before, so it does not count: on PostgreSQL its lock is skipped, on SQLite there is one writer.
    """
    if not ids:
        return set()
    query = _WAITING.format(column, ", ".join("?" * len(ids)))
    locking = "" if ledger.has_one_writer else " FOR UPDATE SKIP LOCKED"
    return {row[0] for row in ledger.ask(query + locking, ledger.workspace_id, kind, *ids)}


def ever_owed(ledger: Ledger, kind: str, subject_ids: Collection[int]) -> set[int]:
    """Return those subjects of which a delivery of that kind was ever written."""
    if not subject_ids:
        return set()
    query = _EVER_OWED + ledger.is_any_of
    return {row[0] for row in ledger.ask(query, ledger.workspace_id, kind, ledger.many(subject_ids))}


def owe_update(ledger: Ledger, target: Delivery, *, now: datetime) -> None:
    """Owe one change of a posted message; ten changes before it is sent are one."""
    owe_updates(ledger, [target], now=now)


def owe_updates(ledger: Ledger, targets: Sequence[Delivery], *, now: datetime) -> None:
    """Owe one change of each posted message, unless one waits."""
    wait = waiting(ledger, "update", "target_id", [target.id for target in targets])
    changes = [
        (Owed(key=f"update:{target.id}:{new_id()}", kind="update", channel=target.channel, target_id=target.id), ())
        for target in targets
        if target.id not in wait
    ]
    owe_all(ledger, changes, now=now)


def messages_showing(ledger: Ledger, *customer_ids: int, since: datetime) -> Sequence[Delivery]:
    """Return the messages posted or owed since `since` that show one of the customers."""
    places = ", ".join("?" * len(customer_ids))
    shown = f"SELECT 1 FROM appearance WHERE workspace_id = ? AND customer_id IN ({places}) LIMIT 1"  # noqa: S608  ours
    if not customer_ids or not ledger.ask(shown, ledger.workspace_id, *customer_ids):
        return ()
    query = (
        select(Delivery)
        .join(
            Appearance,
            and_(
                col(Appearance.workspace_id) == col(Delivery.workspace_id),
                col(Appearance.delivery_id) == col(Delivery.id),
            ),
        )
        .where(
            col(Delivery.workspace_id) == ledger.workspace_id,
            col(Appearance.customer_id).in_(customer_ids),
            col(Delivery.created_at) >= since,
            col(Delivery.state) != DeliveryState.FAILED,
        )
    )
    return ledger.session.execute(query).scalars().unique().all()


def posted_at(ledger: Ledger, slack_channel_id: str, slack_ts: str) -> Delivery | None:
    """Return the delivery behind a message in Slack, or None when it is not one of ours."""
    return ledger.first(
        Delivery, col(Delivery.slack_channel_id) == slack_channel_id, col(Delivery.slack_ts) == slack_ts
    )


def is_owed(state: Any) -> ColumnElement[bool]:
    """The condition of the outbox's indexes, in their own words: a database can't tell it from parameters."""
    owed: BindParameter[Any] = bindparam("owed", [str(state) for state in OWED], expanding=True, literal_execute=True)
    return type_coerce(state, String).in_(owed)


def claimable_at(session: Session, workspace_id: int, delivery_id: int, *, now: datetime) -> datetime | None:
    """Return when one delivery can be claimed: very soon while it waits for its turn; None when nothing is owed."""
    delivery = session.get(Delivery, (workspace_id, delivery_id), populate_existing=True)
    if delivery is None or delivery.state not in OWED:
        return None
    waits = (delivery.due_at, delivery.lease_until_at, lanes.free_at(session, delivery))
    return max(now + TURN, *(moment for moment in waits if moment is not None))


def try_again(session: Session, workspace_id: int, *, now: datetime) -> None:
    """Let what Slack refused be tried at once, as it may take it now.

    It is forgotten when Slack does: what goes on is no news that an admin would be told again. Where nothing waits to
    be tried it is forgotten here.
    """
    refused = [lane for lane in lanes.troubles(session) if lane.workspace_id == workspace_id]
    if not refused:
        return
    owed = (
        select(col(Delivery.kind), col(Delivery.channel))
        .where(col(Delivery.workspace_id) == workspace_id, is_owed(col(Delivery.state)))
        .distinct()
    )
    waited_for = {name for kind, channel in session.execute(owed) for name in lanes.lanes_of(kind, channel)}
    for lane in refused:
        if lane.name in waited_for:
            lane.free_at = now
            session.add(lane)
        else:
            session.delete(lane)
    session.flush()


def cancel_owed(session: Session, workspace_id: int) -> None:
    """Give up everything that is owed to a workspace that removed the bot."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.workspace_id) == workspace_id, col(Delivery.state).in_(OWED))
        .values(state=DeliveryState.CANCELLED, error="uninstalled", lease_owner=None, lease_until_at=None)
        .execution_options(synchronize_session=False)
    )
