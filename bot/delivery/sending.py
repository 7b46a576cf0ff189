"""Sending one delivery, effectively once.

1. The row was written with its cause. 2. It is claimed: a lease and an attempt, committed before Slack is called.
3. After an attempt whose outcome is unknown we look for our key in the conversation. 4. Only then we post, if the claim
is still ours. 5. The outcome is marked with the message's place, if the claim is still ours. 6. Where it is not and the
message stands there twice, ours is taken back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.delivery.call import (
    BROKEN,
    Answer,
    Call,
    Verdict,
    find_posted,
    judge,
    metadata,
    open_conversation,
    refuse_outsiders,
    send,
)
from bot.delivery.draw import draw
from bot.delivery.expiry import has_expired
from bot.delivery.settling import Sender, is_still_ours, mark, postpone, settle
from bot.errors import NotFound
from storage import lanes
from storage.columns import KeyMissing
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState

# Slack's clock and ours may disagree: a message may carry a time before the attempt that posted it.
LOOK_BACK = timedelta(minutes=5)

# What may go to a channel, and shows customers to whoever reads it.
_FOR_CHANNELS = {"digest", "list_post", "update"}

# A token that is not known yet may come with a new installation, a key that is missing with the right settings.
TOKEN_WAIT = timedelta(minutes=5)

# The Web API client of a workspace, None when its token is gone.
ClientFor = Callable[[int], WebClient | None]

log = structlog.get_logger()


def attempt(
    store: Store, delivery: Delivery, client_for: ClientFor, *, sender: Sender, clock: Callable[[], datetime]
) -> DeliveryState:
    """Make one attempt at a claimed delivery, or give it back while its workspace has no token.

    So is what cannot be read without a key that the settings lack: nothing is lost until they have it again.
    """
    try:
        client = client_for(delivery.workspace_id)
        if client is not None:
            return deliver(store, delivery, client, sender=sender, clock=clock)
        because = "no_token"
    except KeyMissing:
        because = "no_key"
    log.warning(because, workspace=delivery.workspace_id, delivery=delivery.id)
    return postpone(store, delivery, sender=sender, until_at=clock() + TOKEN_WAIT, because=because)


def deliver(
    store: Store, delivery: Delivery, client: WebClient, *, sender: Sender, clock: Callable[[], datetime]
) -> DeliveryState:
    """Make one attempt at a claimed delivery and mark its outcome; return the state it is in then.

    Raises DBAPIError when the database cannot be used: the lease runs out, and the delivery is tried again. Raises
    KeyMissing before anything is sent.
    """
    try:
        with store.read(delivery.workspace_id) as ledger:
            call = draw(ledger, delivery, now=clock())
            place = _place(ledger, delivery) if delivery.attempts > 1 else None
            expired = has_expired(ledger, delivery, now=clock())
    except (DBAPIError, KeyMissing):
        raise
    except NotFound:
        call, place, expired = None, None, False
    except Exception:
        # Drawn again it would fail again, and hold up its channel for ever.
        log.exception("delivery_not_drawn", delivery=delivery.id, kind=delivery.kind)
        return settle(store, delivery, sender, Answer(Verdict.REFUSED, error="not_drawn"), now=clock())
    if call is None:
        return mark(store, delivery, sender, state=DeliveryState.CANCELLED)
    if call.leaves_a_mark:
        call = Call(call.method, {**call.arguments, "metadata": metadata(delivery.id)})
    answer = None
    if delivery.attempts > 1 and call.shows_twice:
        answer = _look_up(client, delivery, call, place, sender)
    if answer is None and expired:
        return mark(store, delivery, sender, state=DeliveryState.CANCELLED, error="too_late")
    if answer is None and delivery.kind in _FOR_CHANNELS and call.method != "chat.delete":
        answer = refuse_outsiders(client, delivery.channel)
    if answer is not None:
        return settle(store, delivery, sender, answer, now=clock())
    with sender.calls:
        if not is_still_ours(store, delivery, sender, now=clock()):
            return DeliveryState.SENDING
        answer = send(client, call)
    state = settle(store, delivery, sender, answer, now=clock(), paced_by=lanes.method_of(delivery.kind))
    if state is DeliveryState.SENDING and answer.verdict is Verdict.DONE:
        take_back_twin(store, delivery, client, answer)
    return state


def take_back_twin(store: Store, delivery: Delivery, client: WebClient, posted: Answer) -> None:
    """Delete the message that we posted although another replica had sent it: we were suspended for longer than our
    lease, right before the call.
    """
    with store.read(delivery.workspace_id) as ledger:
        row = ledger.get(Delivery, delivery.id)
    if row is None or row.state is not DeliveryState.SENT or None in {row.slack_ts, posted.ts}:
        return
    if row.slack_ts != posted.ts:
        log.warning("twin_taken_back", delivery=delivery.id)
        send(client, Call("chat.delete", {"channel": posted.channel, "ts": posted.ts}))


def _place(ledger: Ledger, delivery: Delivery) -> str | None:
    """Return the conversation to look into: of a person, the one that an earlier message went to."""
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
    if not call.leaves_a_mark or delivery.first_attempt_at is None:
        return unknowable
    oldest = (delivery.first_attempt_at - LOOK_BACK).timestamp()
    try:
        place = place or open_conversation(client, delivery.channel)
        return find_posted(client, channel=place, thread_ts=delivery.thread_ts, key=delivery.id, oldest=oldest)
    except BROKEN as broken:
        answer = judge(broken)
        return unknowable if answer.verdict is Verdict.REFUSED else answer
