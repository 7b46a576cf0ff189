"""The outbox: what the bot owes to Slack, written with its cause; `storage.claiming` is how it gets there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, select, type_coerce, update
from sqlmodel import Session, col

from storage import lanes
from storage.columns import new_id
from storage.jobs import Due, note_owed
from storage.ledger import Ledger
from storage.models import Appearance, Delivery, DeliveryState

# How long a job waits before it looks again whether its delivery's turn has come.
TURN = timedelta(seconds=0.25)
OWED = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Owed:
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


def owe(ledger: Ledger, owed: Owed, *, now: datetime, customer_ids: Sequence[int] = ()) -> int | None:
    """Write a delivery with its cause; None when its key is already there. `customer_ids` stand in the message."""
    delivery_id = new_id()
    written = ledger.insert_once(
        Delivery,
        {
            "id": delivery_id,
            "key": owed.key,
            "kind": owed.kind,
            "channel": owed.channel,
            "subject_id": owed.subject_id,
            "target_id": owed.target_id,
            "thread_ts": owed.thread_ts,
            "payload": owed.payload or {},
            "state": DeliveryState.PENDING,
            "due_at": owed.due_at or now,
            "created_at": now,
            "attempts": 0,
        },
    )
    if not written:
        return None
    note_owed(ledger.session, Due(ledger.workspace_id, delivery_id, owed.kind, owed.channel, owed.due_at or now))
    shown = ({"customer_id": customer_id, "delivery_id": delivery_id} for customer_id in dict.fromkeys(customer_ids))
    ledger.insert_all_once(Appearance, shown)
    return delivery_id


def shown_in(ledger: Ledger, customer_id: int, delivery_id: int) -> None:
    """Remember that a customer stands in a message."""
    ledger.insert_once(Appearance, {"customer_id": customer_id, "delivery_id": delivery_id})


def is_waiting(ledger: Ledger, kind: str, where: ColumnElement[bool]) -> bool:
    """Say whether a delivery that matches waits and will be drawn after this transaction.

    The row is locked until the caller commits. One that a dispatcher is claiming may be drawn before that, with the
    words of before, so it does not count: on PostgreSQL its lock is skipped, on SQLite there is one writer.
    """
    query = (
        select(col(Delivery.id))
        .where(
            col(Delivery.workspace_id) == ledger.workspace_id,
            col(Delivery.kind) == kind,
            col(Delivery.state) == DeliveryState.PENDING,
            where,
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return ledger.session.execute(query).first() is not None


def owe_update(ledger: Ledger, target: Delivery, *, now: datetime) -> None:
    """Owe one change of a posted message; ten changes before it is sent are one."""
    if not is_waiting(ledger, "update", col(Delivery.target_id) == target.id):
        key = f"update:{target.id}:{new_id()}"
        owe(ledger, Owed(key=key, kind="update", channel=target.channel, target_id=target.id), now=now)


def messages_showing(ledger: Ledger, customer_id: int, *, since: datetime) -> Sequence[Delivery]:
    """Return the messages posted or owed since `since` that show a customer."""
    shown = "SELECT 1 FROM appearance WHERE workspace_id = ? AND customer_id = ? LIMIT 1"
    if not ledger.ask(shown, ledger.workspace_id, customer_id):
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
            col(Appearance.customer_id) == customer_id,
            col(Delivery.created_at) >= since,
            col(Delivery.state) != DeliveryState.FAILED,
        )
    )
    return ledger.session.execute(query).scalars().all()


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


def cancel_owed(session: Session, workspace_id: int) -> None:
    """Give up everything that is owed to a workspace that removed the bot."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.workspace_id) == workspace_id, col(Delivery.state).in_(OWED))
        .values(state=DeliveryState.CANCELLED, error="uninstalled", lease_owner=None, lease_until_at=None)
        .execution_options(synchronize_session=False)
    )
