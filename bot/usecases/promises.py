"""Promises: what somebody asked to be reminded of from a line that they wrote, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import col

from bot.domain.model import NudgeState, Occasion, PromiseState, Role, Teammate
from bot.domain.nudges import reason_for
from bot.domain.views import Card, NotedPromise
from bot.domain.working_time import instant_at, local_day
from bot.errors import NotAllowed, NotFound, TooLate
from bot.usecases.answers_to_nudges import open_nudge
from bot.usecases.cards import cards_for, with_nudges
from bot.usecases.covers import covered_by, when_to_reach
from bot.usecases.showing import refresh_messages, refresh_owners_home
from storage import customers, outbox, people, promises
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Delivery, EntryLine, Promise, TeammateRow, Touch

# What is to be done today is told in the afternoon, and not before somebody had an hour to do it.
TOLD_AT = 15 * 60
SOONEST = timedelta(hours=1)


def give(ledger: Ledger, line: EntryLine, *, by: Teammate, now: datetime, today: date, on: date | None = None) -> None:
    """Keep what a line says is to be done, once however often it is pressed. Raises TooLate.

    `on` is the day that was chosen where the words may mean two. What is to be done today is told today. Whoever owns
    the customer keeps it when the owner gave it, so that it follows a hand-over; else who gave it.
    """
    said = line.reading.get("promise")
    if said is None:
        raise TooLate("That line says nothing to be reminded of any more.")
    days = days_of(said)
    due_on = on if on in days else days[0]
    if due_on < today:
        raise TooLate("That line says nothing to be reminded of any more.")
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
        row = ledger.first(Promise, col(Promise.line_id) == line.id, col(Promise.customer_id) == customer_id)
        if row is not None and due_on == today:
            tell_today(ledger, row, to=by, now=now)


def days_of(said: Mapping[str, str]) -> list[date]:
    """Return the days that a line's words may mean, the likelier first."""
    return [date.fromisoformat(said[key]) for key in ("on", "or") if key in said]


def tell_today(ledger: Ledger, row: Promise, *, to: Teammate, now: datetime) -> None:
    """Owe somebody a word in the afternoon about what they want to do today, unless today's digest is still to come.

    Where their quiet hours last into the next day, the next digest tells it.
    """
    teller = ledger.get(TeammateRow, to.id)
    today = local_day(now, to.timezone)
    if teller is None or teller.slack_user_id is None:
        return
    if teller.next_digest_at is not None and local_day(teller.next_digest_at, to.timezone) == today:
        return
    at = when_to_reach(teller, max(now + SOONEST, instant_at(today, TOLD_AT, to.timezone)))
    if local_day(at, to.timezone) != today:
        return
    owed = outbox.Owed(
        key=f"noted:{row.id}:{row.made_at.timestamp():.0f}:{today}",
        kind="noted",
        channel=teller.slack_user_id,
        subject_id=row.customer_id,
        payload={"promise": row.id, "to": to.id},
        due_at=at,
    )
    outbox.owe(ledger, owed, now=now, customer_ids=[row.customer_id])


def noted_view(ledger: Ledger, delivery: Delivery, *, now: datetime) -> tuple[Card, bool] | None:
    """Return the card of a promise of today and whether it waits; None when there is nothing to say of it any more."""
    found = promises.by_ids(ledger, [delivery.payload["promise"]])
    customer = customers.by_ids(ledger, [delivery.subject_id or 0]).get(delivery.subject_id or 0)
    reader = ledger.get(TeammateRow, delivery.payload["to"])
    if customer is None or reader is None:
        return None
    was_sent, today = delivery.slack_ts is not None, local_day(now, reader.timezone)
    waits = bool(found) and found[0].waits
    if not was_sent and not (waits and found[0].due_on == today):
        return None
    since = delivery.sent_at or now
    plain = cards_for(ledger, [customer], today=today, reader_id=reader.id)
    (card,) = with_nudges(ledger, plain, since=since, today=today, reader_id=reader.id)
    if card.state is not NudgeState.OPEN:
        return card, waits
    told = tuple(NotedPromise(one.id, one.what, one.due_on) for one in found)
    reason = reason_for(card.relationship, today, occasions=(Occasion.PROMISE,), promises=told)
    return replace(card, reason=reason), waits


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
            days = days_of(said)
            _change(ledger, row, what=said["what"], due_on=row.due_on if row.due_on in days else days[0])
            writer = ledger.get(TeammateRow, row.teammate_id)
            if writer is not None and row.due_on == local_day(now, writer.timezone):
                tell_today(ledger, row, to=people.teammate(writer), now=now)
            refresh_messages(ledger, row.customer_id, now=now)


def move(ledger: Ledger, line: EntryLine, customer_id: int) -> None:
    """Let the promises of a line be about the customer to whom its touch was moved."""
    for row in _of_line(ledger, line):
        row.customer_id, row.nudge_id = customer_id, None
        ledger.add(row)


def end_promise(ledger: Ledger, promise_id: int, state: PromiseState, *, by: Teammate, now: datetime) -> int:
    """Mark a promise as kept or dropped; return its customer's id. Raises NotFound, NotAllowed, TooLate.

    Whoever covers for the one who gave it, or for the owner, may do it in their place while they are away.
    """
    row = ledger.get(Promise, promise_id)
    customer = ledger.get(Customer, row.customer_id) if row else None
    if row is None or customer is None:
        raise NotFound("That promise is not there any more.")
    acts_for = {by.id, *covered_by(ledger, by.id, today=local_day(now, by.timezone))}
    if acts_for.isdisjoint({row.teammate_id, customer.owner_id}) and by.role is not Role.ADMIN:
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
