"""What people write in threads and in direct messages: logged, followed when edited, taken back when deleted."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext

from bot.blocks.help import build_help
from bot.blocks.kit import Json
from bot.blocks.rhythm_said import build_rhythm
from bot.domain.commands import Help, Pause, Resume, ShowSettings, is_greeting, parse_keepwarm
from bot.domain.model import Source
from bot.domain.slack_text import plain_text
from bot.usecases import entries, teammates
from bot.usecases.desk import Desk, Ledger
from bot.usecases.entries import Place
from bot.usecases.returning import first_digest_on
from bot.usecases.whispers import owe_text
from handlers.dates import day_ahead, days_ahead, past_dates
from handlers.edge import Answer, Visit, come_in, workspace_of
from handlers.reception import Listener

# What a person writes themselves; a broadcast thread reply and a file with words count as well.
WRITTEN = {None, "thread_broadcast", "file_share"}


def is_for_us(body: Mapping[str, Any]) -> bool:
    """Say whether a message event can be something that a person logs: not an app's, not in a shared channel."""
    event = body["event"]
    if body.get("is_ext_shared_channel"):
        return False
    inner = event.get("message") or event.get("previous_message") or event
    if inner.get("bot_id") or inner.get("subtype") == "bot_message" or not inner.get("user"):
        return False
    return event.get("subtype") in {*WRITTEN, "message_changed", "message_deleted"}


def listen(desk: Desk) -> Listener:
    """Return the listener for messages: whoever writes elsewhere is nobody's business, and not even looked up."""

    def listen_to_message(body: Mapping[str, Any], context: BoltContext) -> None:
        if is_for_us(body) and _is_in_our_place(desk, body, workspace_of(context)):
            handle_message(come_in(desk, body, context))

    return listen_to_message


def _is_in_our_place(desk: Desk, body: Mapping[str, Any], workspace_id: int) -> bool:
    """Say whether a message stands under one of ours, or in the direct messages with the bot."""
    event = body["event"]
    place = _place(event, event.get("message") or event.get("previous_message") or event)
    if _is_direct(event):
        return True
    with desk.look(workspace_id) as ledger:
        return entries.thread_root(ledger, place) is not None


def handle_message(visit: Visit) -> Answer:
    """Log a reply under one of our messages, or a line in the direct messages with the bot."""
    event = visit.body["event"]
    match event.get("subtype"):
        case "message_changed":
            return _follow_edit(visit, event)
        case "message_deleted":
            with visit.effect() as ledger:
                entries.withdraw_entry(ledger, _place(event, event["previous_message"]), now=visit.now)
            return None
    place = _place(event, event)
    text = plain_text(str(event.get("text") or ""), _names(visit))
    with visit.effect() as ledger:
        root = entries.thread_root(ledger, place)
        if root is None and (answer := _answer_wish(ledger, visit, text)):
            owe_text(ledger, answer, place=place, now=visit.now)
            return None
        teammates.may_write(visit.teammate)
        entries.log_entry(
            ledger,
            text,
            by=visit.teammate,
            source=Source.REPLY,
            cards=entries.cards_of_thread(ledger, root) if root else {},
            find_date=past_dates(visit),
            find_ahead=days_ahead(visit),
            now=visit.now,
            place=place,
        )
    return None


def _answer_wish(ledger: Ledger, visit: Visit, text: str) -> Json | None:
    """Do what a person wants of the bot itself: help, or their digests to pause and to come again. None: a touch."""
    if is_greeting(text):
        return build_help("/keepwarm", visit.voice)
    match parse_keepwarm(text):
        case Help() | ShowSettings():
            return build_help("/keepwarm", visit.voice)
        case Resume():
            return build_rhythm(teammates.resume(ledger, visit.teammate.id, now=visit.now), visit.voice)
        # Customers may be called "Stop & Shop", so that what is no day is no pause.
        case Pause(until) if until is None or (day := day_ahead(visit, until)):
            changed = teammates.pause(ledger, visit.teammate.id, until_on=day if until else None, now=visit.now)
            return build_rhythm(changed, visit.voice, again_on=first_digest_on(ledger, changed, visit.today))
    return None


def _follow_edit(visit: Visit, event: Mapping[str, Any]) -> Answer:
    message, before = event["message"], event.get("previous_message") or {}
    # Slack also says "changed" for an unfurled link or a new reply count.
    if message.get("text") == before.get("text"):
        return None
    place = _place(event, message)
    text = plain_text(str(message.get("text") or ""), _names(visit))
    with visit.effect() as ledger:
        root = entries.thread_root(ledger, place)
        entries.rewrite_entry(
            ledger,
            place,
            text,
            by=visit.teammate,
            cards=entries.cards_of_thread(ledger, root) if root else {},
            find_date=past_dates(visit),
            find_ahead=days_ahead(visit),
            now=visit.now,
        )
    return None


def _place(event: Mapping[str, Any], message: Mapping[str, Any]) -> Place:
    ts = str(message["ts"])
    thread_ts = message.get("thread_ts")
    return Place(str(event["channel"]), ts, str(thread_ts) if thread_ts and thread_ts != ts else None)


def _is_direct(event: Mapping[str, Any]) -> bool:
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def _names(visit: Visit) -> Mapping[str, str]:
    with visit.look() as ledger:
        return teammates.names_by_slack_id(ledger)
