"""What may be read no longer is taken down: in channels that people of another organisation begin to read, where the
digest ends, and from whoever is no member of the workspace any more.
"""

from datetime import datetime

from sqlmodel import col

from bot.domain.audit import Verb
from bot.domain.model import Frequency
from bot.usecases import audit
from bot.usecases.covers import when_to_reach
from storage import outbox, people
from storage.ledger import Ledger
from storage.models import ChannelRow, Delivery, DeliveryState

# What shows customers, in a channel and to a person.
_SHOWS_CUSTOMERS = ("digest", "list_post", "handed_over", "noted", "logged", "promotion", "back")


def open_channels(ledger: Ledger) -> list[str]:
    """Return the channels in which an admin allowed customers."""
    return [row.slack_channel_id for row in ledger.rows(ChannelRow, col(ChannelRow.frequency) != Frequency.OFF)]


def take_down(ledger: Ledger, channel: str, *, now: datetime, because: str) -> None:
    """Owe the removal of the messages that show customers somewhere, and give up what waits to be sent there."""
    for shown in ledger.rows(Delivery, col(Delivery.channel) == channel, col(Delivery.kind).in_(_SHOWS_CUSTOMERS)):
        if shown.slack_ts:
            owed = outbox.Owed(
                key=f"remove:{shown.id}", kind="update", channel=channel, target_id=shown.id, payload={"remove": True}
            )
            outbox.owe(ledger, owed, now=now)
        elif shown.state is DeliveryState.PENDING:
            shown.state, shown.error = DeliveryState.CANCELLED, because
            ledger.session.add(shown)


def close_shared(ledger: Ledger, slack_channel_id: str, *, now: datetime) -> bool:
    """End the digest of a channel that others read now; say whether it had one.

    In one transaction: no more digests, the messages that show customers there are owed their removal, what waits to be
    sent there is given up, and each admin is told once.
    """
    row = ledger.first(ChannelRow, col(ChannelRow.slack_channel_id) == slack_channel_id)
    if row is None or row.frequency is Frequency.OFF:
        return False
    row.frequency, row.next_digest_at = Frequency.OFF, None
    ledger.add(row)
    take_down(ledger, slack_channel_id, now=now, because="shared_channel")
    audit.note(ledger, Verb.CHANGED, now=now, by_id=None, subject=("channel", row.id), place="slack", detail="shared")
    for admin in people.admins(ledger):
        owed = outbox.Owed(
            key=f"shared:{slack_channel_id}:{admin.id}:{now.timestamp():.0f}",
            kind="shared",
            channel=admin.slack_user_id or "",
            subject_id=admin.id,
            payload={"channel": slack_channel_id},
            due_at=when_to_reach(admin, now),
        )
        outbox.owe(ledger, owed, now=now)
    return True
