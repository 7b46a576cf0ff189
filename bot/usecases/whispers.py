"""Saying something that no row stands for: a sentence to one person, or a text in a thread."""

from datetime import datetime
from typing import Any

from bot.usecases.entries import Place
from storage import outbox
from storage.columns import new_id
from storage.ledger import Ledger


def whisper(
    ledger: Ledger, *, channel: str, slack_user_id: str, sentence: str, thread_ts: str | None, now: datetime
) -> None:
    """Owe a sentence that only one person in a conversation sees."""
    owed = outbox.Owed(
        key=f"whisper:{new_id()}",
        kind="whisper",
        channel=channel,
        thread_ts=thread_ts,
        payload={"user": slack_user_id, "text": sentence},
    )
    outbox.owe(ledger, owed, now=now)


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
