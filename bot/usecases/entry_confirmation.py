"""The confirmation of an entry in Slack: a check mark, and what was understood with a way back."""

from datetime import datetime

from sqlmodel import col

from bot.usecases.entry_lines import lines_of
from bot.usecases.showing import refresh_deliveries, refresh_owners_home
from storage import outbox
from storage.ledger import Ledger
from storage.models import Delivery, Entry

CHECK_MARK = "white_check_mark"


def confirm(ledger: Ledger, entry: Entry, *, now: datetime, privately_to: str | None = None) -> None:
    """Owe the confirmation below the text, or in the direct messages of the person who used a form."""
    react(ledger, entry, now=now)
    owed = outbox.Owed(
        key=f"logged:{entry.id}",
        kind="logged",
        channel=entry.slack_channel_id or privately_to or "",
        thread_ts=entry.slack_thread_ts or entry.slack_ts,
        subject_id=entry.id,
    )
    ids = [i for line in lines_of(ledger, entry.id) for i in line.reading.get("customers", [])]
    outbox.owe(ledger, owed, now=now, customer_ids=ids)


def refresh_homes(ledger: Ledger, entry: Entry, *, now: datetime) -> None:
    """Owe the owners of an entry's customers a fresh App Home."""
    for customer_id in {i for line in lines_of(ledger, entry.id) for i in line.reading.get("customers", [])}:
        refresh_owners_home(ledger, customer_id, now=now)


def react(ledger: Ledger, entry: Entry, *, now: datetime) -> None:
    """Owe a check mark on the text once a line of it is logged."""
    logged = any(line.status == "logged" for line in lines_of(ledger, entry.id))
    if not logged or entry.withdrawn or entry.slack_channel_id is None:
        return
    payload = {"name": CHECK_MARK, "ts": entry.slack_ts}
    owed = outbox.Owed(
        key=f"react:{entry.id}", kind="react", channel=entry.slack_channel_id, subject_id=entry.id, payload=payload
    )
    outbox.owe(ledger, owed, now=now)


def refresh(ledger: Ledger, entry: Entry, *, now: datetime) -> None:
    """Owe the confirmation its new look after an answer, a correction or an edit."""
    react(ledger, entry, now=now)
    refresh_homes(ledger, entry, now=now)
    told = ledger.rows(Delivery, col(Delivery.kind) == "logged", col(Delivery.subject_id) == entry.id)
    refresh_deliveries(ledger, told, now=now)
