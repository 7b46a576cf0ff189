"""Erasing a teammate: what they wrote stays in the ledger as a former teammate's, and nothing else of them does."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Verb
from bot.domain.model import NudgeState, Role, Seat
from bot.usecases import audit
from bot.usecases.teammates import row_of
from storage import erasure, one, outbox
from storage.ledger import Ledger

FORMER = "a former teammate"
# Who covers for whom, and who is drafting, means nothing without the person.
_WITHOUT_THEM = ("cover", "draft")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who is gone, how many customers nobody owns now, and how many messages in Slack change."""

    name: str
    customers: int
    messages: int

    @property
    def sentence(self) -> str:
        """Say it: "Ana is gone, here and in 6 messages. 12 customers have no owner now. This can't be undone."."""
        where = f", here and in {self.messages} message{'' if self.messages == 1 else 's'}" if self.messages else ""
        one_of_them = self.customers == 1
        owns = (
            f" {self.customers} customer{' has' if one_of_them else 's have'} no owner now." if self.customers else ""
        )
        return f"{self.name} is gone{where}.{owns} This can't be undone."


def erase_teammate(ledger: Ledger, teammate_id: int, *, now: datetime, place: str = "") -> Forgotten:
    """Take a person out of the ledger, and owe Slack the change of every message that shows their name.

    1. Find those messages. 2. Take the customers they own and their open nudges from them. 3. Forget what was sent to
    them, where they wrote, and who covers for them. 4. Empty their row; touches and entries still point to it. If they
    use the bot again, they begin as somebody new. Their name in notes of others, and messages in their own
    conversation with the bot, stay. Raises NotFound.
    """
    row = row_of(ledger, teammate_id)
    name, slack_user_id = row.name or row.email or row.slack_user_id or "They", row.slack_user_id
    erasure.wipe_deleted(ledger)
    messages = [m for m in one.messages_naming(ledger, teammate_id) if m.channel != slack_user_id]
    ended = {"state": NudgeState.SUPERSEDED.value, "ended_at": now}
    customers = one.leave_customers(ledger, teammate_id, values=ended)
    one.forget_places(ledger, teammate_id, slack_user_id)
    one.delete_ties(ledger, _WITHOUT_THEM, teammate_id)
    if row.name:
        one.rename_author(ledger, row.name, FORMER)
    row.slack_user_id = row.email = row.language = row.paused_until_on = row.next_digest_at = row.seen_at = None
    row.name, row.seat, row.role, row.timezone, row.locale = FORMER, Seat.GONE, Role.MEMBER, "UTC", "en-US"
    ledger.add(row)
    for message in messages:
        outbox.owe_update(ledger, message, now=now)
    audit.note(ledger, Verb.ERASED, now=now, by_id=None, subject=("teammate", teammate_id), place=place)
    ledger.session.flush()
    ledger.session.expire_all()
    return Forgotten(name, customers, sum(message.slack_ts is not None for message in messages))
