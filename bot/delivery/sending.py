"""Sending one delivery, effectively once.

1. The row was written with its cause. 2. It is claimed: a lease and an attempt, committed before Slack is called.
3. After an attempt whose outcome is unknown we look for our key in the conversation. 4. Only then we post, if the claim
is still ours. 5. The outcome is marked with the message's place, if the claim is still ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.delivery.call import BROKEN, Answer, Call, Verdict, find_posted, judge, metadata, refuse_outsiders, send
from bot.delivery.draw import draw, has_expired
from bot.errors import NotFound
from bot.metrics import SETTLED
from storage import outbox
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState

# The lease outlasts every call of one attempt. It is renewed between the look-up and the post.
LEASE = timedelta(seconds=60)
# Slack's clock and ours may disagree: a message may carry a time before the attempt that posted it.
LOOK_BACK = timedelta(minutes=5)
MOST_ATTEMPTS = 8
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=2)

# What may go to a channel, and shows customers to whoever reads it.
_FOR_CHANNELS = {"digest", "list_post"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the name its leases carry, and what it does when it cannot know whether a message arrived."""

    name: str
    send_when_unsure: bool = False


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after an attempt of unknown outcome: 5 s, 20 s, 80 s, … an hour at the most."""
    return timedelta(seconds=min(3600, 5 * 4 ** (attempts - 1)))


def wait_for_slack(unreachable_for: timedelta) -> timedelta:
    """Return how long to wait when Slack could not be reached: a quarter of the time so far, 5 s to 2 min."""
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, unreachable_for / 4))


def deliver(
    store: Store, delivery: Delivery, client: WebClient, *, sender: Sender, clock: Callable[[], datetime]
) -> DeliveryState:
    """Make one attempt at a claimed delivery and mark its outcome; return the state it is in then.

    Raises DBAPIError when the database cannot be used: the lease runs out, and the delivery is tried again.
    """
    try:
        with store.read(delivery.workspace_id) as ledger:
            call = draw(ledger, delivery, now=clock())
            place = _place(ledger, delivery)
            expired = has_expired(ledger, delivery, now=clock())
    except DBAPIError:
        raise
    except NotFound:
        call, place, expired = None, None, False
    except Exception:
        # Drawn again it would fail again, and hold up its channel for ever.
        log.exception("delivery_not_drawn", delivery=delivery.id, kind=delivery.kind)
        return _settle(store, delivery, sender, Answer(Verdict.REFUSED, error="not_drawn"), now=clock())
    if call is None:
        return _mark(store, delivery, sender, state=DeliveryState.CANCELLED)
    if call.leaves_a_mark:
        call = Call(call.method, {**call.arguments, "metadata": metadata(delivery.id)})
    answer = None
    if delivery.attempts > 1 and call.shows_twice:
        answer = _look_up(client, delivery, call, place, sender)
        if answer is None and not _is_still_ours(store, delivery, sender, now=clock()):
            log.warning("lease_lost", delivery=delivery.id)
            return DeliveryState.SENDING
    if answer is None and expired:
        return _mark(store, delivery, sender, state=DeliveryState.CANCELLED, error="too_late")
    if answer is None and delivery.kind in _FOR_CHANNELS:
        answer = refuse_outsiders(client, delivery.channel)
    return _settle(store, delivery, sender, answer or send(client, call), now=clock())


def _place(ledger: Ledger, delivery: Delivery) -> str | None:
    """Return the conversation to look into: a person's id only names it once a message has been sent there."""
    if not delivery.channel.startswith(("U", "W")):
        return delivery.channel
    earlier = ledger.first(
        Delivery,
        col(Delivery.channel) == delivery.channel,
        col(Delivery.slack_channel_id).is_not(None),
        col(Delivery.slack_ts).is_not(None),
    )
    return earlier.slack_channel_id if earlier else None


def _look_up(client: WebClient, delivery: Delivery, call: Call, place: str | None, sender: Sender) -> Answer | None:
    """Return the answer of an earlier attempt that reached Slack; None when the call is to be made."""
    unknowable = None if sender.send_when_unsure else Answer(Verdict.REFUSED, error="unknown_outcome")
    if place is None or not call.leaves_a_mark or delivery.first_attempt_at is None:
        return unknowable
    oldest = (delivery.first_attempt_at - LOOK_BACK).timestamp()
    try:
        return find_posted(client, channel=place, thread_ts=delivery.thread_ts, key=delivery.id, oldest=oldest)
    except BROKEN as broken:
        answer = judge(broken)
        return unknowable if answer.verdict is Verdict.REFUSED else answer


def _is_still_ours(store: Store, delivery: Delivery, sender: Sender, *, now: datetime) -> bool:
    with store.session() as session:
        return outbox.renew(session, delivery, sender.name, until_at=now + LEASE)


def _settle(store: Store, delivery: Delivery, sender: Sender, answer: Answer, *, now: datetime) -> DeliveryState:
    match answer.verdict:
        case Verdict.DONE:
            return _mark(
                store,
                delivery,
                sender,
                state=DeliveryState.SENT,
                sent_at=now,
                slack_channel_id=answer.channel or delivery.slack_channel_id,
                slack_ts=answer.ts or delivery.slack_ts,
                error=None,
            )
        case Verdict.LATER | Verdict.UNSENT:
            wait = timedelta(seconds=answer.retry_after)
            if answer.verdict is Verdict.UNSENT:
                wait = wait_for_slack(now - (delivery.first_attempt_at or now))
            # Slack did not take it: this was no attempt, so the next one need not look for it.
            return _mark(
                store,
                delivery,
                sender,
                state=DeliveryState.PENDING,
                due_at=now + wait,
                attempts=delivery.attempts - 1,
                error=answer.error,
            )
        case Verdict.UNSURE if delivery.attempts < MOST_ATTEMPTS:
            return _mark(
                store,
                delivery,
                sender,
                state=DeliveryState.UNKNOWN,
                due_at=now + backoff(delivery.attempts),
                error=answer.error,
            )
        case _:
            log.error("delivery_failed", delivery=delivery.id, kind=delivery.kind, error=answer.error)
            return _mark(store, delivery, sender, state=DeliveryState.FAILED, error=answer.error)


def postpone(store: Store, delivery: Delivery, *, sender: Sender, until_at: datetime, because: str) -> None:
    """Give a claimed delivery back untried."""
    _mark(
        store,
        delivery,
        sender,
        state=DeliveryState.PENDING,
        due_at=until_at,
        attempts=delivery.attempts - 1,
        error=because,
    )


def _mark(store: Store, delivery: Delivery, sender: Sender, *, state: DeliveryState, **values: Any) -> DeliveryState:
    with store.session() as session:
        ours = outbox.mark(session, delivery, sender.name, state=state, **values)
    if not ours:
        log.warning("lease_lost", delivery=delivery.id)
    elif state not in outbox.OWED:
        SETTLED.labels(delivery.kind, state.value).inc()
    return state
