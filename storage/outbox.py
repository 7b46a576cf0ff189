"""The outbox: what the bot owes to Slack, written with its cause and claimed by one sender at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage import lanes
from storage.columns import Instant, new_id
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


def _blocked(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a delivery must wait for another one of its channel.

    One call a channel is on its way at a time, and what was begun or is due earlier goes first: a message that waits
    for Slack after an attempt is not overtaken, one that is planned for later is. A person's App Home is a place of its
    own beside their messages.
    """
    other = aliased(Delivery)
    is_under_way = and_(col(other.state) == DeliveryState.SENDING, col(other.id) != col(Delivery.id))
    goes_first = and_(
        col(other.id) < col(Delivery.id), or_(col(other.due_at) <= now, col(other.first_attempt_at).is_not(None))
    )
    query = select(col(other.id)).where(
        col(other.workspace_id) == col(Delivery.workspace_id),
        col(other.channel) == col(Delivery.channel),
        is_owed(col(other.state)),
        (col(other.kind) == "home") == (col(Delivery.kind) == "home"),
        or_(is_under_way, goes_first),
    )
    return query.exists()


@cache
def _claimable(one: bool) -> Select[Delivery]:
    """The query of `claim`, put together once: that took longer than the database's answer."""
    now, since = bindparam("now", type_=Instant()), bindparam("since", type_=Instant())
    this_one = (
        col(Delivery.workspace_id) == bindparam("workspace_id", type_=BigInteger()),
        col(Delivery.id) == bindparam("delivery_id", type_=BigInteger()),
    )
    return (
        select(Delivery)
        .where(
            is_owed(col(Delivery.state)),
            col(Delivery.due_at) <= since,
            or_(col(Delivery.lease_until_at).is_(None), col(Delivery.lease_until_at) <= since),
            _not_among_them(),
            ~_blocked(now),
            ~lanes.is_closed(now),
            *(this_one if one else ()),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
    )


@cache
def _earliest() -> Select[datetime]:
    """The query of `next_due_at`, put together once."""
    now = bindparam("now", type_=Instant())
    earliest = func.min(func.coalesce(col(Delivery.lease_until_at), col(Delivery.due_at)))
    owed = is_owed(col(Delivery.state))
    return select(earliest).where(owed, _not_among_them(), ~_blocked(now), ~lanes.is_closed(now))


def _not_among_them() -> ColumnElement[bool]:
    return col(Delivery.id).not_in(bindparam("except_ids", expanding=True, type_=BigInteger()))


def claim(
    session: Session,
    *,
    now: datetime,
    lease_owner: str,
    lease: timedelta,
    limit: int,
    except_ids: Collection[int] = (),
    only: tuple[int, int] | None = None,
    patience: timedelta = timedelta(0),
) -> Sequence[Delivery]:
    """Claim deliveries that are due and whose lanes are free, the first of each channel, so that it keeps its order.

    A claim counts as an attempt and is committed by the caller before Slack is called. A lease that ran out is taken
    over: its sender died between the claim and the mark. `except_ids` are never taken over: the caller knows that their
    senders live. `only` (a workspace and a delivery) claims that one or none; `patience` leaves alone what could have
    been claimed for less than that.
    """
    values = {"now": now, "since": now - patience, "except_ids": list(except_ids), "most": limit}
    if only is not None:
        values |= {"workspace_id": only[0], "delivery_id": only[1]}
    claimed = session.execute(_claimable(only is not None), values).scalars().all()
    for delivery in claimed:
        delivery.state = DeliveryState.SENDING
        delivery.lease_owner = lease_owner
        delivery.lease_until_at = now + lease
        delivery.attempts += 1
        delivery.first_attempt_at = delivery.first_attempt_at or now
    session.flush()
    lanes.take(session, claimed, now=now)
    return claimed


def mark(session: Session, delivery: Delivery, lease_owner: str, **values: Any) -> bool:
    """Write the outcome of an attempt if the claim is still ours, and give the lease back; say whether it was ours."""
    return _change_claimed(session, delivery, lease_owner, {"lease_owner": None, "lease_until_at": None, **values})


def renew(session: Session, delivery: Delivery, lease_owner: str, *, until_at: datetime) -> bool:
    """Hold a claim for longer; False when somebody else has taken it over."""
    return _change_claimed(session, delivery, lease_owner, {"lease_until_at": until_at})


def _change_claimed(session: Session, delivery: Delivery, lease_owner: str, values: dict[str, Any]) -> bool:
    """The number of the attempt is the fence: one owner may have claimed a delivery twice."""
    result = session.connection().execute(
        update(Delivery)
        .where(
            col(Delivery.workspace_id) == delivery.workspace_id,
            col(Delivery.id) == delivery.id,
            col(Delivery.lease_owner) == lease_owner,
            col(Delivery.attempts) == delivery.attempts,
        )
        .values(**values)
    )
    return bool(result.rowcount)


def next_due_at(session: Session, *, now: datetime, except_ids: Collection[int] = ()) -> datetime | None:
    """Return when the next delivery can be claimed or taken over; None when nothing is owed.

    What waits for another delivery of its channel is not looked at: that one's turn comes first. What waits for a lane
    can be claimed when the lane is free.
    """
    values = {"now": now, "except_ids": list(except_ids)}
    found: datetime | None = session.execute(_earliest(), values).scalar_one()
    return min(filter(None, (found, lanes.next_free_at(session, now=now))), default=None)


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
