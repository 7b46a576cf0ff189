"""Answering what the bot asked about a logged text, and correcting what it understood."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.domain.model import Direction, Relationship, Role, Teammate, TouchKind, TouchView
from bot.domain.promises import plan_in_words
from bot.domain.replies import AskReason
from bot.domain.views import CardRef, EntryView, LineView
from bot.domain.working_time import instant_at, local_day
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases import nudges, promises
from bot.usecases.answers_to_nudges import open_nudge
from bot.usecases.entry_confirmation import refresh
from bot.usecases.entry_lines import NOON, lines_of, log_reading, take_back
from bot.usecases.returning import back_on
from bot.usecases.touches import change_touch
from storage import customers, people, touches
from storage import promises as promised
from storage.ledger import Ledger
from storage.models import Customer, Entry, EntryLine, Promise, TeammateRow, Touch

# Where a reading keeps the words of the day that a question is about.
_DAY_IN_WORDS = {AskReason.FUTURE_DATE.value: "ahead_words", AskReason.NO_SUCH_DAY.value: "no_such_day"}


def answer_customer(ledger: Ledger, line_id: int, customer_id: int, *, by: Teammate, now: datetime) -> int:
    """Answer "which customer?" and log the line, or ask for its day; return the entry's id.

    Raises TooLate, NotAllowed, NotFound.
    """
    line, entry = _asking(ledger, line_id, by)
    reading = line.reading | {"customers": [customer_id]}
    if reading.get("ahead") or reading.get("no_such_day"):
        question = AskReason.FUTURE_DATE if reading.get("ahead") else AskReason.NO_SUCH_DAY
        line.reading = reading | {"question": question.value, "candidates": []}
        ledger.add(line)
    else:
        log_reading(ledger, line, reading, by=by, source=entry.source, now=now)
    refresh(ledger, entry, now=now)
    return entry.id


def answer_date(ledger: Ledger, line_id: int, on: date, *, by: Teammate, now: datetime) -> int:
    """Answer "which day?" and log the line; return the entry's id. Raises InputRefused for a day ahead."""
    line, entry = _asking(ledger, line_id, by)
    if on > local_day(now, by.timezone):
        raise InputRefused("That day is still ahead. Choose today or an earlier day.", about="on")
    reading = {**line.reading, "on": on.isoformat(), "ahead": None, "no_such_day": None}
    log_reading(ledger, line, reading, by=by, source=entry.source, now=now)
    refresh(ledger, entry, now=now)
    return entry.id


def remind_instead(ledger: Ledger, line_id: int, on: date, *, by: Teammate, now: datetime) -> int:
    """Take a line as a plan: its customers come back on the day that it names; return the entry's id.

    Of somebody who is not due by then, or in no digest, none would tell on that day: the plan is kept as a promise.
    Raises TooLate, NotAllowed, and InputRefused for a day that is too far ahead.
    """
    line, entry = _asking(ledger, line_id, by)
    today = local_day(now, by.timezone)
    planned = [found for each in line.reading["customers"] if (found := ledger.get(Customer, each)) is not None]
    untold = any(customer.due_on > on or customer.nudge_from_on is None for customer in planned)
    if untold and not line.reading.get("promise"):
        if on > today + nudges.FURTHEST_SNOOZE:
            raise InputRefused("That is more than two years ahead. Choose an earlier day.")
        what = plan_in_words(line.words, line.reading.get("ahead_words") or "")
        line.reading = line.reading | {"promise": {"what": what, "on": on.isoformat()}}
        ledger.add(line)
    if line.reading.get("promise"):
        return remind(ledger, line_id, by=by, now=now)
    for customer in planned:
        customer_id = customer.id
        if customer.snoozed_until_on and customer.snoozed_until_on > today:
            nudges.wake(ledger, customer_id, now=now)
        waiting = open_nudge(ledger, customer_id)
        ref = CardRef(customer_id, waiting.id if waiting else 0, customer.last_touch_id or 0)
        nudges.snooze(ledger, ref, until_on=on, by=by, now=now)
    line.status, line.reading = "left", line.reading | {"remind_on": on.isoformat()}
    ledger.add(line)
    refresh(ledger, entry, now=now)
    return entry.id


def remind(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime, on: date | None = None) -> int:
    """Keep what a line says is to be done, and tell of it on its day, or on the other that was meant (`on`).

    Return the entry's id.

    A line that asked whether it happened at all is answered with that. Raises TooLate, NotAllowed, InputRefused.
    """
    line, entry = _line_of(ledger, line_id, by)
    if entry.withdrawn or line.status == "undone":
        raise TooLate("It was taken back already.")
    promises.give(ledger, line, by=by, now=now, today=local_day(now, by.timezone), on=on)
    if line.status == "asking":
        line.status = "left"
        ledger.add(line)
    refresh(ledger, entry, now=now)
    return entry.id


def forget(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime) -> int:
    """Take back the reminder of a line; return the entry's id. Raises NotAllowed, NotFound."""
    line, entry = _line_of(ledger, line_id, by)
    promises.drop_of_line(ledger, line, now=now)
    if line.status == "left" and line.reading.get("question"):
        line.status = "asking"
        ledger.add(line)
    refresh(ledger, entry, now=now)
    return entry.id


def leave_line(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime) -> int:
    """Leave a question unanswered: nothing is logged. Return the entry's id."""
    line, entry = _asking(ledger, line_id, by)
    line.status = "left"
    ledger.add(line)
    refresh(ledger, entry, now=now)
    return entry.id


def undo_line(ledger: Ledger, line_id: int, *, by: Teammate, now: datetime) -> int:
    """Take back a logged line; return the entry's id. Raises TooLate when it was taken back already."""
    line, entry = _line_of(ledger, line_id, by)
    if line.status != "logged":
        raise TooLate("It was taken back already.")
    take_back(ledger, line, now=now)
    line.status = "undone"
    ledger.add(line)
    refresh(ledger, entry, now=now)
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
    today = local_day(now, by.timezone)
    if on > today:
        raise InputRefused("That day is still ahead. Choose today or an earlier day.", about="on")
    if line.status != "logged" or line.touch_id is None:
        raise TooLate("It was taken back already.")
    if ledger.get(Customer, customer_id) is None:
        raise NotFound("That customer is not in this workspace.")
    changes = {
        "customer_id": customer_id,
        "kind": kind,
        "direction": direction,
        "touched_on": on,
        "touched_at": now if on == today else instant_at(on, NOON, by.timezone),
        "note": note,
    }
    line.touch_id = change_touch(ledger, line.touch_id, changes, now=now, today=today)
    ledger.add(line)
    promises.move(ledger, line, customer_id)
    refresh(ledger, entry, now=now)
    return entry.id


def entry_view(ledger: Ledger, entry_id: int, *, now: datetime) -> EntryView:
    """Return an entry with its lines as its writer sees the confirmation. Raises NotFound."""
    entry = ledger.get(Entry, entry_id)
    writer = ledger.get(TeammateRow, entry.teammate_id) if entry else None
    if entry is None or writer is None:
        raise NotFound("That entry is gone.")
    lines = [line for line in lines_of(ledger, entry_id) if line.status != "left" or line.reading]
    ids = {i for line in lines for i in (*line.reading.get("customers", []), *line.reading.get("candidates", []))}
    logged = dict(touches.with_customer(ledger, [line.touch_id for line in lines if line.touch_id]))
    known = customers.by_ids(ledger, ids)
    names = {r.customer_id: r.name for r in known.values()}
    reader = people.teammate(writer)
    told = promised.of_lines(ledger, [line.id for line in lines])
    today = local_day(now, writer.timezone)
    return EntryView(
        id=entry.id,
        lines=tuple(
            replace(
                _line_view(line, names, logged),
                **_promise_view(line, told.get(line.id), today),
                **_reminder_view(ledger, line, known),
            )
            for line in lines
        ),
        withdrawn=entry.withdrawn,
        today=today,
        locale=reader.speaks,
    )


def _promise_view(line: EntryLine, promise: Promise | None, today: date) -> dict[str, Any]:
    """What a line's confirmation says of a reminder: that there is one, or that there could be."""
    if promise is not None:
        return {"reminder": (promise.what, promise.due_on)}
    said = line.reading.get("promise")
    days = [day for day in promises.days_of(said) if day >= today] if said else []
    if said is None or not days or line.status not in {"logged", "asking"}:
        return {}
    return {"offer": (said["what"], days[0]), "or_on": days[1] if len(days) > 1 else None}


def _reminder_view(ledger: Ledger, line: EntryLine, known: Mapping[int, Relationship]) -> dict[str, Any]:
    """On which day a digest brings back the customers of a line that was taken as a plan: the last of them."""
    remind_on = line.reading.get("remind_on")
    team = people.everybody(ledger) if remind_on else {}
    days = [
        back_on(ledger, date.fromisoformat(remind_on), team.get(known[customer_id].owner_id or 0))
        for customer_id in line.reading.get("customers", [])
        if remind_on and customer_id in known
    ]
    return {"on": max(days)} if days else {}


def _line_view(line: EntryLine, names: Mapping[int, str], logged: Mapping[int, tuple[str, TouchView]]) -> LineView:
    found = logged.get(line.touch_id or 0)
    reading = line.reading
    if found is not None:
        name, touch = found
        return LineView(
            id=line.id, words=line.words, status=line.status, customer_name=name, kind=touch.kind,
            direction=touch.direction, on=touch.on, note=touch.note,
        )  # fmt: skip
    remind_on = reading.get("remind_on")
    ahead = remind_on or reading.get("ahead")
    chosen = [names[i] for i in reading.get("customers", []) if i in names]
    return LineView(
        id=line.id,
        words=reading.get(_DAY_IN_WORDS.get(reading.get("question") or "", "")) or line.words,
        status="reminded" if remind_on else line.status,
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
