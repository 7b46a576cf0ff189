"""How long a message may wait and still be wanted: afterwards it would only interrupt, and is given up.

Most messages have no age: they are drawn with what is true when they are sent.
"""

from datetime import datetime, timedelta

from bot.domain.working_time import is_worth_sending
from bot.usecases.entry_lines import lines_of
from storage.ledger import Ledger
from storage.models import ChannelRow, Delivery, Digest, TeammateRow

# Answers to what somebody has just done. A response_url ends after half an hour by itself
# (docs.slack.dev/interactivity/handling-user-interaction).
_LONGEST = {
    "replace": timedelta(minutes=30),
    "whisper": timedelta(hours=1),
    "react": timedelta(days=1),
    "logged": timedelta(days=1),
    "text": timedelta(days=1),
    "list_post": timedelta(days=1),
}


def has_expired(ledger: Ledger, delivery: Delivery, *, now: datetime) -> bool:
    """Say whether nobody waits any more for a delivery that was not sent yet.

    A digest is worth sending on its day, for eight hours; what asks somebody something is never dropped.
    """
    if delivery.kind == "digest":
        timezone = _timezone_of_digest(ledger, delivery.subject_id or 0)
        return timezone is not None and not is_worth_sending(delivery.created_at, now, timezone)
    longest = _LONGEST.get(delivery.kind)
    if longest is None or now - delivery.created_at <= longest:
        return False
    return not (delivery.kind == "logged" and _asks(ledger, delivery.subject_id or 0))


def _timezone_of_digest(ledger: Ledger, digest_id: int) -> str | None:
    digest = ledger.get(Digest, digest_id)
    if digest is None:
        return None
    reader = ledger.get(TeammateRow, digest.teammate_id) or ledger.get(ChannelRow, digest.channel_id)
    return reader.timezone if reader else None


def _asks(ledger: Ledger, entry_id: int) -> bool:
    return any(line.status == "asking" for line in lines_of(ledger, entry_id))
