"""Logging by writing: a reply, a direct message or a command becomes touches, questions, and a confirmation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import col

from bot.domain.model import Direction, Source, Teammate, TouchKind
from bot.domain.named_customers import Named
from bot.domain.promises import find_promise
from bot.domain.replies import Chatter, Line, SaidTouch, parse_reply
from bot.domain.touch_reading import DateFinder, Said
from bot.domain.working_time import is_time_left, local_day
from bot.errors import InputRefused, NotFound
from bot.usecases.days_off import days_off_of
from bot.usecases.entry_confirmation import confirm, refresh, refresh_homes
from bot.usecases.entry_lines import follow, lines_of, take_back, write_lines
from storage import customers, outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Contact, Delivery, DigestCard, Entry, EntryLine, Nudge

NAMES_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands in Slack: its conversation, its own `ts`, and the thread it replies to."""

    channel_id: str
    ts: str
    thread_ts: str | None = None


def cards_of_thread(ledger: Ledger, root: Delivery) -> dict[int, Named]:
    """Return the customers of a message of ours by their numbers; a message about one customer has number 1."""
    if root.kind == "digest":
        rows = [
            (place.position, ledger.get(Nudge, place.nudge_id))
            for place in ledger.rows(DigestCard, col(DigestCard.digest_id) == root.subject_id)
        ]
        wanted = {position: nudge.customer_id for position, nudge in rows if nudge is not None}
    elif root.kind in {"list_post", "list"}:
        wanted = dict(enumerate(root.payload.get("customers", []), start=1))
    elif root.kind in {"handed_over", "noted"} and root.subject_id:
        wanted = {1: root.subject_id}
    else:
        wanted = {}
    found = customers.by_ids(ledger, wanted.values())
    contacts: dict[int, tuple[str, ...]] = {}
    for contact in ledger.rows(Contact, col(Contact.customer_id).in_(found)):
        contacts[contact.customer_id] = (*contacts.get(contact.customer_id, ()), contact.name)
    return {n: Named(i, found[i].name, contacts.get(i, ())) for n, i in wanted.items() if i in found}


def thread_root(ledger: Ledger, place: Place) -> Delivery | None:
    """Return our message at the top of a thread, or None when the thread is not one of ours."""
    return outbox.posted_at(ledger, place.channel_id, place.thread_ts) if place.thread_ts else None


def log_entry(
    ledger: Ledger,
    text: str,
    *,
    by: Teammate,
    source: Source,
    cards: Mapping[int, Named],
    find_date: DateFinder,
    find_ahead: DateFinder | None = None,
    now: datetime,
    place: Place | None = None,
) -> int | None:
    """Log what a text says, line by line, and owe its confirmation; None when it says nothing to log.

    `text` is plain (Slack's markup taken out). A text at a place that was read before is not read again.
    """
    if place and _entry_at(ledger, place):
        return None
    lines = _read(ledger, text, by=by, cards=cards, find_date=find_date, find_ahead=find_ahead, now=now)
    if all(isinstance(line, Chatter) for line in lines):
        return None
    entry = Entry(
        workspace_id=ledger.workspace_id,
        id=new_id(),
        teammate_id=by.id,
        source=source,
        slack_channel_id=place.channel_id if place else None,
        slack_ts=place.ts if place else None,
        slack_thread_ts=place.thread_ts if place else None,
        written_at=now,
    )
    ledger.add(entry)
    write_lines(ledger, entry, lines, by=by, now=now)
    if place:
        confirm(ledger, entry, now=now)
    refresh_homes(ledger, entry, now=now)
    return entry.id


def read_message(
    ledger: Ledger, text: str, *, by: Teammate, find_date: DateFinder, written_at: datetime
) -> tuple[Named | None, Said | None]:
    """Read anybody's message as if it were one line of a reply: the customer, if it names one alone, and the touch.

    `find_date` reads days as of `written_at`. Nothing is logged.
    """
    lines = _read(ledger, " ".join(text.split()), by=by, cards={}, find_date=find_date, now=written_at)
    if not lines or isinstance(lines[0], Chatter):
        return None, None
    named = lines[0].customers
    return named[0] if len(named) == 1 else None, lines[0].said


def log_form(
    ledger: Ledger,
    *,
    customer_id: int,
    kind: TouchKind,
    direction: Direction,
    on: date,
    note: str | None,
    by: Teammate,
    source: Source,
    find_ahead: DateFinder | None = None,
    now: datetime,
) -> None:
    """Log what a form says and owe its confirmation to the person's direct messages. Raises InputRefused, NotFound."""
    if on > local_day(now, by.timezone):
        raise InputRefused("That day is still ahead. Choose today or an earlier day.", about="on")
    found = customers.by_ids(ledger, [customer_id])
    if customer_id not in found:
        raise NotFound("That customer is not in this workspace.")
    said = Said(kind=kind, kind_guessed=False, direction=direction, on=on, note=note)
    today = local_day(now, by.timezone)
    works = _works_today(ledger, by, now=now)
    promise = find_promise(note or "", find_ahead=find_ahead, today=today, works_today=works) if find_ahead else None
    line = SaidTouch(note or kind.value, (Named(customer_id, found[customer_id].name),), said, promise)
    entry = ledger.add(
        Entry(workspace_id=ledger.workspace_id, id=new_id(), teammate_id=by.id, source=source, written_at=now)
    )
    write_lines(ledger, entry, [line], by=by, now=now)
    confirm(ledger, entry, now=now, privately_to=by.slack_user_id)
    refresh_homes(ledger, entry, now=now)


def rewrite_entry(
    ledger: Ledger,
    place: Place,
    text: str,
    *,
    by: Teammate,
    cards: Mapping[int, Named],
    find_date: DateFinder,
    find_ahead: DateFinder | None = None,
    now: datetime,
) -> bool:
    """Follow an edited reply: a line that changed supersedes its touch; lines that stayed are left alone.

    Return False when that message was never logged.
    """
    entry = _entry_at(ledger, place)
    if entry is None or entry.withdrawn:
        return False
    kept = {line.words: line for line in lines_of(ledger, entry.id)}
    lines = _read(ledger, text, by=by, cards=cards, find_date=find_date, find_ahead=find_ahead, now=now)
    said_again = {line.text for line in lines}
    gone = [line for words, line in kept.items() if words not in said_again]
    changed = [line for line in lines if line.text not in kept]
    for old, new in zip(list(gone), list(changed), strict=False):
        if follow(ledger, old, new, by=by, now=now):
            gone.remove(old)
            changed.remove(new)
    for old in gone:
        take_back(ledger, old, now=now)
        ledger.session.execute(
            delete(EntryLine).where(col(EntryLine.workspace_id) == ledger.workspace_id, col(EntryLine.id) == old.id)
        )
    write_lines(ledger, entry, changed, by=by, now=now, start=len(kept))
    refresh(ledger, entry, now=now)
    return True


def withdraw_entry(ledger: Ledger, place: Place, *, now: datetime) -> bool:
    """Follow a deleted reply: its touches are taken back. Return False when it was never logged."""
    entry = _entry_at(ledger, place)
    if entry is None or entry.withdrawn:
        return False
    for line in lines_of(ledger, entry.id):
        take_back(ledger, line, now=now)
    entry.withdrawn = True
    ledger.add(entry)
    refresh(ledger, entry, now=now)
    return True


def _read(
    ledger: Ledger,
    text: str,
    *,
    by: Teammate,
    cards: Mapping[int, Named],
    find_date: DateFinder,
    find_ahead: DateFinder | None = None,
    now: datetime,
) -> list[Line]:
    def customers_named(key: str) -> Sequence[Named]:
        found = customers.with_key_prefix(ledger, key, limit=NAMES_OFFERED)
        return [Named(i, name) for i, name, _ in sorted(found, key=lambda row: len(row[2]))]

    return parse_reply(
        text, cards=cards, customers_named=customers_named, find_date=find_date, today=local_day(now, by.timezone),
        find_ahead=find_ahead, works_today=_works_today(ledger, by, now=now),
    )  # fmt: skip


def _works_today(ledger: Ledger, by: Teammate, *, now: datetime) -> bool:
    return is_time_left(now, timezone=by.timezone, work_days=by.work_days, off=days_off_of(ledger, by))


def _entry_at(ledger: Ledger, place: Place) -> Entry | None:
    return ledger.first(Entry, col(Entry.slack_channel_id) == place.channel_id, col(Entry.slack_ts) == place.ts)
