"""Saying something to one person only, where they are."""

from datetime import datetime

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
