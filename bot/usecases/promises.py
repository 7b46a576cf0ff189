"""Promises: what somebody asked to be reminded of from a line that they wrote, and what became of it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col

from bot.domain.model import NudgeState, PromiseState, Role, Teammate
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases.answers_to_nudges import open_nudge
from bot.usecases.showing import refresh_messages, refresh_owners_home
from storage import promises
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, EntryLine, Promise, Touch


def give(ledger: Ledger, line: EntryLine, *, by: Teammate, now: datetime, today: date) -> None:
    """Keep what a line says is to be done, once however often it is pressed. Raises InputRefused, TooLate.

    Whoever owns the customer keeps it when the owner gave it, so that it follows a hand-over; else who gave it.
    """
    said = line.reading.get("promise")
    if said is None:
        raise TooLate("That line says nothing to be reminded of any more.")
    due_on = date.fromisoformat(said["on"])
    if due_on <= today:
        raise InputRefused("That day is not ahead. Choose tomorrow or later.")
    for customer_id in _customers_of(ledger, line):
        customer = ledger.get(Customer, customer_id)
        if customer is None:
            continue
        values = {
            "customer_id": customer_id,
            "teammate_id": by.id,
            "as_owner": customer.owner_id == by.id,
            "what": said["what"],
            "due_on": due_on,
            "state": PromiseState.OPEN,
        }
        key = {"id": new_id(), "line_id": line.id, "nudge_id": None, "made_at": now}
        if not ledger.insert_once(Promise, values | key):
            row = ledger.first(Promise, col(Promise.line_id) == line.id, col(Promise.customer_id) == customer_id)
            if row is not None:
                _change(ledger, row, state=PromiseState.OPEN, what=said["what"], due_on=due_on)


def drop_of_line(ledger: Ledger, line: EntryLine, *, now: datetime) -> None:
    """Forget the promises of a line that was taken back, deleted, or unsaid by its writer."""
    for row in _of_line(ledger, line):
        _end(ledger, row, PromiseState.DROPPED, now=now)


def follow_line(ledger: Ledger, line: EntryLine, *, now: datetime) -> None:
    """Let the promises of an edited line say what it says now; without such words they are dropped."""
    said = line.reading.get("promise")
    for row in _of_line(ledger, line):
        if said is None:
            _end(ledger, row, PromiseState.DROPPED, now=now)
        else:
            _change(ledger, row, what=said["what"], due_on=date.fromisoformat(said["on"]))
            refresh_messages(ledger, row.customer_id, now=now)


def move(ledger: Ledger, line: EntryLine, customer_id: int) -> None:
    """Let the promises of a line be about the customer to whom its touch was moved."""
    for row in _of_line(ledger, line):
        row.customer_id, row.nudge_id = customer_id, None
        ledger.add(row)


def end_promise(ledger: Ledger, promise_id: int, state: PromiseState, *, by: Teammate, now: datetime) -> int:
    """Mark a promise as kept or dropped; return its customer's id. Raises NotFound, NotAllowed, TooLate."""
    row = ledger.get(Promise, promise_id)
    customer = ledger.get(Customer, row.customer_id) if row else None
    if row is None or customer is None:
        raise NotFound("That promise is not there any more.")
    if by.id not in {row.teammate_id, customer.owner_id} and by.role is not Role.ADMIN:
        raise NotAllowed("Only the person who gave it, or the owner, can end this promise.")
    if row.state is not PromiseState.OPEN:
        raise TooLate("That promise was ended already.")
    _end(ledger, row, state, by=by, now=now)
    return row.customer_id


def _end(ledger: Ledger, row: Promise, state: PromiseState, *, now: datetime, by: Teammate | None = None) -> None:
    """End a promise, and with its last one the nudge that had no other reason."""
    row.state = state
    ledger.add(row)
    nudge = open_nudge(ledger, row.customer_id)
    others = [told for told in promises.told_by_nudges(ledger, [nudge.id]) if told.id != row.id] if nudge else []
    if nudge and nudge.id == row.nudge_id and nudge.occasions == "promise" and not others:
        kept = state is PromiseState.KEPT
        nudge.state = NudgeState.DONE if kept else NudgeState.SUPERSEDED
        nudge.ended_at, nudge.ended_by_id = (now, by.id if by else None) if kept else (None, None)
        ledger.add(nudge)
    refresh_messages(ledger, row.customer_id, now=now)
    refresh_owners_home(ledger, row.customer_id, now=now)


def _change(ledger: Ledger, row: Promise, *, what: str, due_on: date, state: PromiseState | None = None) -> None:
    if row.due_on != due_on or state:
        row.nudge_id = None
    row.what, row.due_on, row.state = what, due_on, state or row.state
    ledger.add(row)


def _of_line(ledger: Ledger, line: EntryLine) -> Sequence[Promise]:
    return ledger.rows(Promise, col(Promise.line_id) == line.id, col(Promise.state) == PromiseState.OPEN)


def _customers_of(ledger: Ledger, line: EntryLine) -> Sequence[int]:
    touch = ledger.get(Touch, line.touch_id)
    return [touch.customer_id] if touch else line.reading.get("customers", [])
