"""The lines of an entry: what is kept of each, and the touch that it becomes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import col

from bot.domain.model import Direction, Source, Teammate, TouchKind
from bot.domain.replies import Ask, Chatter, Line, SaidTouch
from bot.domain.touch_reading import Said
from bot.domain.working_time import instant_at, local_day
from bot.usecases import promises
from bot.usecases.touches import NewTouch, change_touch, record_touch, retract_touch
from storage import touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Entry, EntryLine

NOON = 12 * 60


def write_lines(
    ledger: Ledger, entry: Entry, lines: Sequence[Line], *, by: Teammate, now: datetime, start: int = 0
) -> None:
    """Write the lines of an entry after `start`, and the touches that they say."""
    position = start
    for line in lines:
        for reading in readings(line):
            position += 1
            row = EntryLine(
                workspace_id=ledger.workspace_id, id=new_id(), entry_id=entry.id, position=position,
                words=line.text, status="left" if isinstance(line, Chatter) else "asking", reading=reading,
            )  # fmt: skip
            ledger.add(row)
            if isinstance(line, SaidTouch):
                log_reading(ledger, row, reading, by=by, source=entry.source, now=now)


def readings(line: Line) -> list[dict[str, Any]]:
    """Return what is kept of a line: one reading for each customer of a touch, one for a question."""
    match line:
        case SaidTouch():
            promise = _promise(line)
            return [_said(line.said) | promise | {"customers": [named.id]} for named in line.customers]
        case Ask():
            reading = _said(line.said) if line.said else {}
            return [
                reading
                | _promise(line)
                | {
                    "question": line.reason.value,
                    "customers": [named.id for named in line.customers],
                    "candidates": [named.id for named in line.candidates],
                    "ahead": line.ahead.when.isoformat() if line.ahead else None,
                    "ahead_words": line.ahead.words if line.ahead else None,
                    "no_such_day": line.no_such_day.words if line.no_such_day else None,
                    "perhaps_on": line.perhaps_on.isoformat() if line.perhaps_on else None,
                }
            ]
    return [{}]


def _promise(line: SaidTouch | Ask) -> dict[str, Any]:
    """What a line says is to be done, if it says so."""
    promise = line.promise
    if promise is None:
        return {}
    other = {"or": promise.or_on.isoformat()} if promise.or_on else {}
    return {"promise": {"what": promise.what, "on": promise.due_on.isoformat(), **other}}


def _said(said: Said) -> dict[str, Any]:
    return {
        "kind": said.kind.value,
        "direction": said.direction.value,
        "on": said.on.isoformat(),
        "note": said.note,
    }


def log_reading(
    ledger: Ledger, line: EntryLine, reading: dict[str, Any], *, by: Teammate, source: Source, now: datetime
) -> None:
    """Record the touch of a line, one for each customer that it names; further customers get lines of their own."""
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


def follow(ledger: Ledger, old: EntryLine, new: Line, *, by: Teammate, now: datetime) -> bool:
    """Supersede the touch of a line that now says something else about the same customer; False when it cannot."""
    if not isinstance(new, SaidTouch) or old.status != "logged" or old.touch_id is None:
        return False
    if [named.id for named in new.customers] != old.reading.get("customers"):
        return False
    today = local_day(now, by.timezone)
    changes = {
        "kind": new.said.kind,
        "direction": new.said.direction,
        "touched_on": new.said.on,
        "touched_at": now if new.said.on == today else instant_at(new.said.on, NOON, by.timezone),
        "note": new.said.note,
    }
    old.touch_id = change_touch(ledger, old.touch_id, changes, now=now, today=today)
    old.words = new.text
    old.reading = readings(new)[0]
    ledger.add(old)
    promises.follow_line(ledger, old, now=now)
    return True


def take_back(ledger: Ledger, line: EntryLine, *, now: datetime) -> None:
    """Retract the touch of a logged line, unless that was done already, and forget what it promised."""
    promises.drop_of_line(ledger, line, now=now)
    if line.status == "logged" and line.touch_id and not touches.is_superseded(ledger, line.touch_id):
        retract_touch(ledger, line.touch_id, now=now)


def lines_of(ledger: Ledger, entry_id: int) -> Sequence[EntryLine]:
    """Return the lines of an entry in their order."""
    return ledger.rows(
        EntryLine, col(EntryLine.entry_id) == entry_id, order_by=(col(EntryLine.position), col(EntryLine.id))
    )
