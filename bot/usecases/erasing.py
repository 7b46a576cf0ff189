"""Erasing a customer: in the ledger, in what people wrote about them, and in the messages that stand in Slack."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Verb
from bot.errors import NotFound
from bot.usecases import audit
from bot.usecases.showing import refresh_home
from storage import erasure, outbox
from storage.ledger import Ledger
from storage.models import Customer, Entry, EntryLine, TeammateRow

_GONE = "…"


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone: the customer, how many touches stood in the ledger, and how many messages in Slack change."""

    name: str
    touches: int
    messages: int

    @property
    def sentence(self) -> str:
        """Say it: "Acme and 34 touches are gone, here and in 6 messages. This can't be undone."."""
        touches = _counted(self.touches, "touch", "touches")
        what = f"{self.name} and {touches} are" if self.touches else f"{self.name} is"
        where = f", here and in {_counted(self.messages, 'message', 'messages')}" if self.messages else ""
        return f"{what} gone{where}. This can't be undone."


def erase_customer(
    ledger: Ledger, customer_id: int, *, now: datetime, by_id: int | None = None, place: str = ""
) -> Erased:
    """Delete a customer with everything that hangs on it, and owe Slack the change of every message that shows it.

    1. Take the lines that ask about the customer away, and its name out of lines about others. 2. Find the messages
    while the rows still say which they are. 3. Empty what deliveries hold in words. 4. Delete the customer; contacts,
    touches with their whole history, nudges and cards go with it. 5. Owe the updates: a message with nothing left to
    show is deleted. What people wrote in Slack themselves stays theirs. Raises NotFound.
    """
    row = ledger.get(Customer, customer_id)
    if row is None:
        raise NotFound("That customer is not in this workspace any more.")
    name, owner = row.name, ledger.get(TeammateRow, row.owner_id)
    erasure.wipe_deleted(ledger)
    count = erasure.count_touches(ledger, customer_id)
    entry_ids = _forget_lines(ledger, customer_id, name)
    messages = erasure.messages_showing(ledger, customer_id, entry_ids)
    _forget_words(ledger, customer_id, name)
    erasure.forget_next(ledger, customer_id)
    ledger.session.flush()
    erasure.delete_customer(ledger, customer_id)
    erasure.delete_rows(ledger, Entry, erasure.entries_without_lines(ledger, entry_ids))
    for message in messages:
        outbox.owe_update(ledger, message, now=now)
    if owner is not None:
        refresh_home(ledger, owner, now=now)
    subject = ("customer", customer_id)
    audit.note(ledger, Verb.ERASED, now=now, by_id=by_id, subject=subject, place=place, detail=f"{count} touches")
    ledger.session.expire_all()
    return Erased(name, count, sum(message.slack_ts is not None for message in messages))


def _forget_lines(ledger: Ledger, customer_id: int, name: str) -> set[int]:
    """Delete the lines that ask about a customer, blank its name in lines about others; return the entries they are in.

    Lines whose touch is the customer's are deleted with the touch.
    """
    called = _called(name)
    entry_ids, asking = set(), []
    for line, about in erasure.lines(ledger):
        if about == customer_id:
            entry_ids.add(line.entry_id)
        elif about is None and (customer_id in line.reading.get("customers", []) or called.search(line.words)):
            entry_ids.add(line.entry_id)
            asking.append(line.id)
        elif called.search(line.words):
            entry_ids.add(line.entry_id)
            line.words = called.sub(_GONE, line.words)
            ledger.session.add(line)
    ledger.session.flush()
    erasure.delete_rows(ledger, EntryLine, asking)
    return entry_ids


def _forget_words(ledger: Ledger, customer_id: int, name: str) -> None:
    """Empty the whispers that name a customer, its hand-overs' notes, and its place in lists."""
    called = _called(name)
    for delivery in erasure.worded(ledger):
        if called.search(json.dumps(delivery.payload, ensure_ascii=False)):
            erasure.replace_payload(ledger, delivery, {})
    for delivery in erasure.handed_over(ledger, customer_id):
        erasure.replace_payload(ledger, delivery, delivery.payload | {"note": None})
    for delivery in erasure.listing(ledger):
        shown = delivery.payload.get("customers", [])
        if customer_id in shown:
            left = [other for other in shown if other != customer_id]
            erasure.replace_payload(ledger, delivery, delivery.payload | {"customers": left})


def _called(name: str) -> re.Pattern[str]:
    """Return what finds a name as a word of its own, whatever its case and spacing."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, name.split())) + r"(?!\w)", re.IGNORECASE)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
