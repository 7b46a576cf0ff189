"""What an answer of Slack's means for the delivery behind it, written where the claim is still ours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore
from typing import Any

import structlog

from bot.delivery.call import Answer, Verdict
from bot.delivery.troubles import close_lane, lane_refused
from bot.metrics import SETTLED
from bot.usecases.lateness import tell_of_lost
from storage import claiming, lanes, outbox
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState

# How many calls of Slack one process makes at once.
SENDERS = 8
# The lease outlasts every call of one attempt: Slack has ten seconds for each step of a call.
LEASE = timedelta(seconds=60)
# A claim older than this share of its lease is looked at again before Slack is called.
_FRESH_SHARE = 12
MOST_ATTEMPTS = 8
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=2)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the name its leases carry, and what it does when it cannot know whether a message arrived.

    `calls` lets so many calls of Slack through at once.
    """

    name: str
    send_when_unsure: bool = False
    lease: timedelta = LEASE
    calls: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SENDERS), compare=False)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after an attempt of unknown outcome: 5 s, 20 s, 80 s, … an hour at the most."""
    return timedelta(seconds=min(3600, 5 * 4 ** (attempts - 1)))


def wait_for_slack(unreachable_for: timedelta) -> timedelta:
    """Return how long to wait when Slack could not be reached: a quarter of the time so far, 5 s to 2 min."""
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, unreachable_for / 4))


def settle(
    store: Store, delivery: Delivery, sender: Sender, answer: Answer, *, now: datetime, paced_by: str | None = None
) -> DeliveryState:
    """Mark what became of an attempt; return the state the delivery is in then.

    `paced_by` is the lane whose limit a 429 speaks of, None when it was an errand's on the way.
    """
    match answer.verdict:
        case Verdict.DONE:
            return mark(
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
            return _again(store, delivery, sender, answer, now=now, paced_by=paced_by)
        case Verdict.UNSURE if delivery.attempts < MOST_ATTEMPTS:
            due_at = now + backoff(delivery.attempts)
            return mark(store, delivery, sender, state=DeliveryState.UNKNOWN, due_at=due_at, error=answer.error)
        case Verdict.REFUSED if lane := lane_refused(delivery, answer, on_the_way=paced_by is None):
            return _keep(store, delivery, sender, answer, now=now, lane=lane)
        case _:
            log.error("delivery_failed", delivery=delivery.id, kind=delivery.kind, error=answer.error)
            tell = partial(tell_of_lost, now=now) if delivery.kind == "digest" else None
            return mark(store, delivery, sender, state=DeliveryState.FAILED, also=tell, error=answer.error)


def _again(
    store: Store, delivery: Delivery, sender: Sender, answer: Answer, *, now: datetime, paced_by: str | None
) -> DeliveryState:
    """Slack did not take it: this was no attempt, so the next one need not look for it."""
    due_at = now + timedelta(seconds=answer.retry_after)
    if answer.verdict is Verdict.UNSENT:
        due_at = now + wait_for_slack(now - (delivery.first_attempt_at or now))

    def others_wait_too(ledger: Ledger) -> None:
        if answer.verdict is Verdict.LATER and paced_by is not None:
            lanes.wait(ledger, paced_by, until_at=due_at)

    return mark(
        store,
        delivery,
        sender,
        state=DeliveryState.PENDING,
        also=others_wait_too,
        due_at=due_at,
        attempts=delivery.attempts - 1,
        error=answer.error,
    )


def _keep(
    store: Store, delivery: Delivery, sender: Sender, answer: Answer, *, now: datetime, lane: str
) -> DeliveryState:
    """Slack takes nothing there: the delivery stays owed until that is mended."""
    return mark(
        store,
        delivery,
        sender,
        state=DeliveryState.PENDING,
        also=lambda ledger: close_lane(ledger, lane, answer, now=now),
        attempts=delivery.attempts - 1,
        error=answer.error,
    )


def postpone(store: Store, delivery: Delivery, *, sender: Sender, until_at: datetime, because: str) -> DeliveryState:
    """Give a claimed delivery back untried."""
    attempts = delivery.attempts - 1
    return mark(
        store, delivery, sender, state=DeliveryState.PENDING, due_at=until_at, attempts=attempts, error=because
    )  # fmt: skip


def mark(
    store: Store,
    delivery: Delivery,
    sender: Sender,
    *,
    state: DeliveryState,
    also: Callable[[Ledger], None] | None = None,
    **values: Any,
) -> DeliveryState:
    """Write the outcome of an attempt, and what else it means, if the claim is still ours.

    Return the state it is in then; SENDING when somebody else has taken it over.
    """
    if also is None:
        with store.statement() as session:
            ours = claiming.mark(session, delivery, sender.name, state=state, **values)
    else:
        with store.write(delivery.workspace_id) as ledger:
            ours = claiming.mark(ledger.session, delivery, sender.name, state=state, **values)
            if ours:
                also(ledger)
    if not ours:
        log.warning("lease_lost", delivery=delivery.id)
        return DeliveryState.SENDING
    if state not in outbox.OWED:
        SETTLED.labels(delivery.kind, state.value).inc()
    return state


def is_still_ours(store: Store, delivery: Delivery, sender: Sender, *, now: datetime) -> bool:
    """Say whether nobody has taken a claim over, right before Slack is called; an old one is renewed.

    A process that was suspended for longer than its lease finds out here. What remains is the moment between this and
    the first byte of the call: see `sending.take_back_twin`.
    """
    expires_at = delivery.lease_until_at
    if expires_at is not None and now <= expires_at - sender.lease + sender.lease / _FRESH_SHARE:
        return True
    with store.statement() as session:
        ours = claiming.renew(session, delivery, sender.name, until_at=now + sender.lease)
    if not ours:
        log.warning("lease_lost", delivery=delivery.id)
    return ours
