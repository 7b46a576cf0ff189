"""Saying something that no row stands for: a sentence to one person, or a text in a thread."""

from datetime import datetime
from typing import Any

from bot.usecases.entries import Place
from storage import outbox
from storage.columns import new_id
from storage.ledger import Ledger


def whisper(
    ledger: Ledger, message: dict[str, Any], *, channel: str, slack_user_id: str, thread_ts: str | None, now: datetime
) -> None:
    """Owe a message without customers' cards in it that only one person in a conversation sees."""
    owed = outbox.Owed(
        key=f"whisper:{new_id()}",
        kind="whisper",
        channel=channel,
        thread_ts=thread_ts,
        payload={"user": slack_user_id, **message},
    )
    outbox.owe(ledger, owed, now=now)


def answer(ledger: Ledger, message: dict[str, Any], *, response_url: str, now: datetime) -> None:
    """Owe the same below a private message, even where the bot is not in the conversation."""
    payload = {"url": response_url, "what": "sentence", "replace_original": False, "message": message}
    key = f"answer:{new_id()}"
    outbox.owe(ledger, outbox.Owed(key=key, kind="replace", channel=key, payload=payload), now=now)


def owe_text(ledger: Ledger, message: dict[str, Any], *, place: Place, now: datetime) -> None:
    """Owe a text without customers in it, like help, where somebody wrote."""
    owed = outbox.Owed(
        key=f"text:{place.channel_id}:{place.ts}",
        kind="text",
        channel=place.channel_id,
        thread_ts=place.thread_ts,
        payload=message,
    )
    outbox.owe(ledger, owed, now=now)
