"""Logging by writing: a reply, a direct message or a command becomes touches, questions, and a confirmation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from bot.domain.model import Direction, Role, Source, Teammate, TouchKind, TouchView
from bot.domain.named_customers import Named
from bot.domain.replies import Ask, Chatter, Line, SaidTouch, parse_reply
from bot.domain.touch_reading import DateFinder, Said
from bot.domain.views import EntryView, LineView
from bot.domain.working_time import instant_at, local_day
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases.touches import NewTouch, change_touch, record_touch, retract_touch
from storage import customers, outbox, people, touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Delivery, DeliveryState, DigestCard, Entry, EntryLine, Nudge, TeammateRow, Touch

NOON = 12 * 60
CHECK_MARK = "white_check_mark"
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
    elif root.kind == "handed_over" and root.subject_id:
        wanted = {1: root.subject_id}
    else:
        wanted = {}
    found = customers.by_ids(ledger, wanted.values())
    return {n: Named(i, found[i].name) for n, i in wanted.items() if i in found}


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
    now: datetime,
    place: Place | None = None,
) -> int | None:
    """Log what a text says, line by line, and owe its confirmation; None when it says nothing to log.

    `text` is plain (Slack's markup taken out). A text at a place that was read before is not read again.
    """
    lines = _read(ledger, text, by=by, cards=cards, find_date=find_date, now=now)
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
    _write_lines(ledger, entry, lines, by=by, now=now)
    if place:
        _confirm(ledger, entry, place, now=now)
    return entry.id


def rewrite_entry(
    ledger: Ledger,
    place: Place,
    text: str,
    *,
    by: Teammate,
    cards: Mapping[int, Named],
    find_date: DateFinder,
    now: datetime,
) -> bool:
    """Follow an edited reply: a line that changed supersedes its touch; lines that stayed are left alone.

    Return False when that message was never logged.
    """
    entry = _entry_at(ledger, place)
    if entry is None or entry.withdrawn:
        return False
    kept = {line.words: line for line in _lines(ledger, entry.id)}
    lines = _read(ledger, text, by=by, cards=cards, find_date=find_date, now=now)
    said_again = {line.text for line in lines}
    gone = [line for words, line in kept.items() if words not in said_again]
    changed = [line for line in lines if line.text not in kept]
    for old, new in zip(list(gone), list(changed), strict=False):
        if _follow(ledger, old, new, by=by, now=now):
            gone.remove(old)
            changed.remove(new)
    for old in gone:
        _take_back(ledger, old, now=now)
        ledger.session.execute(
            delete(EntryLine).where(col(EntryLine.workspace_id) == ledger.workspace_id, col(EntryLine.id) == old.id)
        )
    _write_lines(ledger, entry, changed, by=by, now=now, start=len(kept))
    _refresh(ledger, entry, now=now)
    return True


def withdraw_entry(ledger: Ledger, place: Place, *, now: datetime) -> bool:
    """Follow a deleted reply: its touches are taken back. Return False when it was never logged."""
    entry = _entry_at(ledger, place)
    if entry is None or entry.withdrawn:
        return False
    for line in _lines(ledger, entry.id):
        _take_back(ledger, line, now=now)
    entry.withdrawn = True
    ledger.add(entry)
    _refresh(ledger, entry, now=now)
    return True


def answer_customer(ledger: Ledger, line_id: int, customer_id: int, *, by: Teammate, now: datetime) -> int:
    """Answer "which customer?" and log the line; return the entry's id. Raises TooLate, NotAllowed, NotFound."""
    line, entry = _asking(ledger, line_id, by)
    reading = line.reading | {"customers": [customer_id]}
    if reading.get("ahead"):
        line.reading = reading | {"question": "future_date"}
        ledger.add(line)
    else:
        _log_reading(ledger, line, reading, by=by, source=entry.source, now=now)
    _refresh(ledger, entry, now=now)
    return entry.id


def answer_date(ledger: Ledger, line_id: int, on: date, *, by: Teammate, now: datetime) -> int:
    """Answer "which day?" and log the line; return the entry's id. Raises InputRefused for a day ahead."""
    line, entry = _asking(ledger, line_id, by)
    if on > local_day(now, by.timezone):
        raise InputRefused("That day is still ahead. Choose today or an earlier day.")
    reading = {**line.reading, "on": on.isoformat(), "ahead": None}
    _log_reading(ledger, line, reading, by=by, source=entry.source, now=now)
    _refresh(ledger, entry, now=now)
    return entry.id


def leave_line(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime) -> int:
    """Leave a question unanswered: nothing is logged. Return the entry's id."""
    line, entry = _asking(ledger, line_id, by)
    line.status = "left"
    ledger.add(line)
    _refresh(ledger, entry, now=now)
    return entry.id


def undo_line(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime) -> int:
    """Take back a logged line; return the entry's id. Raises TooLate when it was taken back already."""
    line, entry = _line_of(ledger, line_id, by)
    if line.status != "logged":
        raise TooLate("It was taken back already.")
    _take_back(ledger, line, now=now)
    line.status = "undone"
    ledger.add(line)
    _refresh(ledger, entry, now=now)
    return entry.id


def change_line(
    ledger: Ledger,
    line_id: int,
    *,
    customer_id: int,
    kind: TouchKind,
    direction: Direction,
    on: date,
    note: str | None,
    by: Teammate,
    now: datetime,
) -> int:
    """Supersede the touch of a logged line by what a person corrected; return the entry's id."""
    line, entry = _line_of(ledger, line_id, by)
    if on > local_day(now, by.timezone):
        raise InputRefused("That day is still ahead. Choose today or an earlier day.")
    if line.status != "logged" or line.touch_id is None:
        raise TooLate("It was taken back already.")
    if ledger.get(Customer, customer_id) is None:
        raise NotFound("That customer is not in this workspace.")
    changes = {
        "customer_id": customer_id,
        "kind": kind,
        "direction": direction,
        "touched_on": on,
        "touched_at": instant_at(on, NOON, by.timezone),
        "note": note,
    }
    line.touch_id = change_touch(ledger, line.touch_id, changes, now=now)
    ledger.add(line)
    _refresh(ledger, entry, now=now)
    return entry.id


def entry_view(ledger: Ledger, entry_id: int, *, now: datetime) -> EntryView:
    """Return an entry with its lines as its writer sees the confirmation. Raises NotFound."""
    entry = ledger.get(Entry, entry_id)
    writer = ledger.get(TeammateRow, entry.teammate_id) if entry else None
    if entry is None or writer is None:
        raise NotFound("That entry is gone.")
    lines = [line for line in _lines(ledger, entry_id) if line.status != "left"]
    ids = {i for line in lines for i in (*line.reading.get("customers", []), *line.reading.get("candidates", []))}
    logged = dict(touches.with_customer(ledger, [line.touch_id for line in lines if line.touch_id]))
    names = {r.customer_id: r.name for r in customers.by_ids(ledger, ids).values()}
    reader = people.teammate(writer)
    return EntryView(
        id=entry.id,
        lines=tuple(_line_view(line, names, logged) for line in lines),
        withdrawn=entry.withdrawn,
        today=local_day(now, writer.timezone),
        locale=reader.speaks,
    )


def _line_view(line: EntryLine, names: Mapping[int, str], logged: Mapping[int, tuple[str, TouchView]]) -> LineView:
    found = logged.get(line.touch_id or 0)
    reading = line.reading
    if found is not None:
        name, touch = found
        return LineView(
            id=line.id, words=line.words, status=line.status, customer_name=name, kind=touch.kind,
            direction=touch.direction, on=touch.on, note=touch.note,
        )  # fmt: skip
    ahead = reading.get("ahead")
    chosen = [names[i] for i in reading.get("customers", []) if i in names]
    return LineView(
        id=line.id,
        words=reading.get("ahead_words") or line.words,
        status=line.status,
        customer_name=", ".join(chosen) or None,
        question=reading.get("question"),
        candidates=tuple((i, names[i]) for i in reading.get("candidates", []) if i in names),
        asked_on=date.fromisoformat(reading["perhaps_on"]) if reading.get("perhaps_on") else None,
        on=date.fromisoformat(ahead) if ahead else None,
    )


def touch_of_line(ledger: Ledger, line_id: int, *, by: Teammate) -> tuple[int, str, TouchView]:
    """Return customer id, name and touch of a logged line, to fill the form that changes it. Raises TooLate."""
    line, _ = _line_of(ledger, line_id, by)
    touch = ledger.get(Touch, line.touch_id)
    found = touches.with_customer(ledger, [touch.id] if touch else [])
    if line.status != "logged" or touch is None or not found:
        raise TooLate("It was taken back already.")
    name, view = found[0][1]
    return touch.customer_id, name, view


def _read(
    ledger: Ledger, text: str, *, by: Teammate, cards: Mapping[int, Named], find_date: DateFinder, now: datetime
) -> list[Line]:
    def customers_named(key: str) -> Sequence[Named]:
        found = customers.with_key_prefix(ledger, key, limit=NAMES_OFFERED)
        return [Named(i, name) for i, name, _ in sorted(found, key=lambda row: len(row[2]))]

    return parse_reply(
        text, cards=cards, customers_named=customers_named, find_date=find_date, today=local_day(now, by.timezone)
    )


def _write_lines(
    ledger: Ledger, entry: Entry, lines: Sequence[Line], *, by: Teammate, now: datetime, start: int = 0
) -> None:
    position = start
    for line in lines:
        for reading in _readings(line):
            position += 1
            row = EntryLine(
                workspace_id=ledger.workspace_id, id=new_id(), entry_id=entry.id, position=position,
                words=line.text, status="left" if isinstance(line, Chatter) else "asking", reading=reading,
            )  # fmt: skip
            ledger.add(row)
            if isinstance(line, SaidTouch):
                _log_reading(ledger, row, reading, by=by, source=entry.source, now=now)


def _readings(line: Line) -> list[dict[str, Any]]:
    """Return what is kept of a line: one reading for each customer of a touch, one for a question."""
    match line:
        case SaidTouch():
            return [_said(line.said) | {"customers": [named.id]} for named in line.customers]
        case Ask():
            reading = _said(line.said) if line.said else {}
            return [
                reading
                | {
                    "question": line.reason.value,
                    "customers": [named.id for named in line.customers],
                    "candidates": [named.id for named in line.candidates],
                    "ahead": line.ahead.when.isoformat() if line.ahead else None,
                    "ahead_words": line.ahead.words if line.ahead else None,
                    "perhaps_on": line.perhaps_on.isoformat() if line.perhaps_on else None,
                }
            ]
    return [{}]


def _said(said: Said) -> dict[str, Any]:
    return {
        "kind": said.kind.value,
        "direction": said.direction.value,
        "on": said.on.isoformat(),
        "note": said.note,
    }


def _log_reading(
    ledger: Ledger, line: EntryLine, reading: dict[str, Any], *, by: Teammate, source: Source, now: datetime
) -> None:
    today = local_day(now, by.timezone)
    on = date.fromisoformat(reading.get("on") or today.isoformat())
    for number, customer_id in enumerate(reading["customers"]):
        new = NewTouch(
            customer_id=customer_id,
            at=now if on == today else instant_at(on, NOON, by.timezone),
            on=on,
            kind=TouchKind(reading.get("kind") or TouchKind.MESSAGE),
            direction=Direction(reading.get("direction") or Direction.OUTBOUND),
            source=source,
            by_id=by.id,
            note=reading.get("note"),
        )
        target = line
        if number:
            target = EntryLine(
                workspace_id=ledger.workspace_id, id=new_id(), entry_id=line.entry_id, position=line.position,
                words=line.words, status="logged",
            )  # fmt: skip
        target.reading = reading | {"customers": [customer_id], "question": None}
        target.touch_id = record_touch(ledger, new, now=now, today=today)
        target.status = "logged"
        ledger.add(target)


def _follow(ledger: Ledger, old: EntryLine, new: Line, *, by: Teammate, now: datetime) -> bool:
    """Supersede the touch of a line that now says something else about the same customer; False when it cannot."""
    if not isinstance(new, SaidTouch) or old.status != "logged" or old.touch_id is None:
        return False
    if [named.id for named in new.customers] != old.reading.get("customers"):
        return False
    same_day = new.said.on == local_day(now, by.timezone)
    changes = {
        "kind": new.said.kind,
        "direction": new.said.direction,
        "touched_on": new.said.on,
        "touched_at": now if same_day else instant_at(new.said.on, NOON, by.timezone),
        "note": new.said.note,
    }
    old.touch_id = change_touch(ledger, old.touch_id, changes, now=now)
    old.words = new.text
    old.reading = _readings(new)[0]
    ledger.add(old)
    return True


def _take_back(ledger: Ledger, line: EntryLine, *, now: datetime) -> None:
    if line.status == "logged" and line.touch_id and not touches.is_superseded(ledger, line.touch_id):
        retract_touch(ledger, line.touch_id, now=now)


def _confirm(ledger: Ledger, entry: Entry, place: Place, *, now: datetime) -> None:
    thread_ts = place.thread_ts or place.ts
    if any(line.status == "logged" for line in _lines(ledger, entry.id)):
        _react(ledger, entry, place, now=now)
    owed = outbox.Owed(
        key=f"logged:{entry.id}",
        kind="logged",
        channel=place.channel_id,
        thread_ts=thread_ts,
        subject_id=entry.id,
    )
    ids = [i for line in _lines(ledger, entry.id) for i in line.reading.get("customers", [])]
    outbox.owe(ledger, owed, now=now, customer_ids=ids)


def _react(ledger: Ledger, entry: Entry, place: Place, *, now: datetime) -> None:
    payload = {"name": CHECK_MARK, "ts": place.ts}
    owed = outbox.Owed(
        key=f"react:{entry.id}", kind="react", channel=place.channel_id, subject_id=entry.id, payload=payload
    )
    outbox.owe(ledger, owed, now=now)


def _refresh(ledger: Ledger, entry: Entry, *, now: datetime) -> None:
    """Owe the confirmation its new look, and the check mark once the first line is logged."""
    if entry.slack_channel_id is None or entry.slack_ts is None:
        return
    if not entry.withdrawn and any(line.status == "logged" for line in _lines(ledger, entry.id)):
        _react(ledger, entry, Place(entry.slack_channel_id, entry.slack_ts), now=now)
    for delivery in ledger.rows(Delivery, col(Delivery.kind) == "logged", col(Delivery.subject_id) == entry.id):
        if delivery.state is DeliveryState.SENT:
            outbox.owe_update(ledger, delivery, now=now)


def _entry_at(ledger: Ledger, place: Place) -> Entry | None:
    return ledger.first(Entry, col(Entry.slack_channel_id) == place.channel_id, col(Entry.slack_ts) == place.ts)


def _lines(ledger: Ledger, entry_id: int) -> Sequence[EntryLine]:
    return ledger.rows(
        EntryLine, col(EntryLine.entry_id) == entry_id, order_by=(col(EntryLine.position), col(EntryLine.id))
    )


def _line_of(ledger: Ledger, line_id: int, by: Teammate) -> tuple[EntryLine, Entry]:
    line = ledger.get(EntryLine, line_id)
    entry = ledger.get(Entry, line.entry_id) if line else None
    if line is None or entry is None:
        raise NotFound("That line is gone.")
    if entry.teammate_id != by.id and by.role is not Role.ADMIN:
        raise NotAllowed("Only the person who wrote this can change it.")
    return line, entry


def _asking(ledger: Ledger, line_id: int, by: Teammate) -> tuple[EntryLine, Entry]:
    line, entry = _line_of(ledger, line_id, by)
    if line.status != "asking" or entry.withdrawn:
        raise TooLate("That question is answered already.")
    return line, entry
