"""Recording touches: one entry of the ledger and the customer's state, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.domain.model import Direction, Rhythm, Segment, Source, Standing, TouchKind
from bot.domain.rhythm import Derived, after_touch, derive, replay
from bot.domain.standing import is_act
from bot.errors import NotFound, TooLate
from bot.usecases.answers_to_nudges import AWAKE, Answer, Sleep, end_nudges, ends_sleep, follow, take_back
from bot.usecases.showing import refresh_messages
from storage import customers, touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Touch
from storage.segments import segment_with_id


@dataclass(frozen=True, slots=True)
class NewTouch:
    """A touch to record. `on` is its local date, `at` the instant (noon when only the day is known)."""

    customer_id: int
    at: datetime
    on: date
    kind: TouchKind
    direction: Direction
    source: Source
    by_id: int | None = None
    contact: str | None = None
    note: str | None = None
    external_id: str | None = None


def record_touch(ledger: Ledger, new: NewTouch, *, now: datetime, today: date) -> int:
    """Append a touch, move the customer's clock and end the nudge that it answers; return the touch's id.

    Raises NotFound when the customer is not in this workspace.
    """
    state = lock_customer(ledger, new.customer_id)
    touch_id = new_id()
    touches.append(
        ledger,
        {
            "id": touch_id,
            "customer_id": new.customer_id,
            "external_id": new.external_id,
            "revision": 1,
            "retracted": False,
            "touched_at": new.at,
            "touched_on": new.on,
            "kind": new.kind,
            "direction": new.direction,
            "by_id": new.by_id,
            "contact": new.contact,
            "note": new.note,
            "source": new.source,
            "recorded_at": now,
        },
    )
    if new.kind.counts:
        answer = Answer(touch_id, new.customer_id, new.at, new.on, new.by_id)
        _account_for(ledger, state, answer, now=now, today=today)
    if state.standing == Standing.LURKER and is_act(new.kind, new.direction):
        _tell_of_act(ledger, new.customer_id, by_id=new.by_id, now=now)
    refresh_messages(ledger, new.customer_id, now=now)
    return touch_id


def change_touch(ledger: Ledger, touch_id: int, changes: dict[str, Any], *, now: datetime, today: date) -> int:
    """Supersede a touch by one with `changes` (columns of the ledger); return the id of the entry that now stands.

    What it says now counts as if it had been said at first: it may end a nudge, and for another customer. Raises
    TooLate when somebody changed or removed it in the meantime, NotFound when it or the customer is not here.
    """
    return _supersede(ledger, touch_id, changes, now=now, today=today)


def retract_touch(ledger: Ledger, touch_id: int, *, now: datetime) -> int:
    """Take a touch back: the ledger keeps both entries, the customer's state forgets it.

    The nudge that it ended opens again and the snooze that it ended goes on. Raises TooLate, NotFound.
    """
    return _supersede(ledger, touch_id, {"retracted": True}, now=now, today=None)


def recompute_customer(ledger: Ledger, customer_id: int) -> None:
    """Replay one customer's ledger into its state: what a late, changed or removed touch needs."""
    state = lock_customer(ledger, customer_id)
    _replay(ledger, state, sleep=state.sleep)


def derived_of(ledger: Ledger, customer_id: int, **changes: Any) -> Derived:
    """Return the stored keys and days of a customer as they are after `changes` to what people decide about it."""
    return lock_customer(ledger, customer_id).derived(**changes)


@dataclass(frozen=True, slots=True)
class State:
    """The columns of a customer that a touch reads."""

    id: int
    since_on: date
    ranked_value: float
    standing: Any
    muted_because: str | None
    sleep: Sleep
    rhythm: Rhythm | None
    segment: Segment

    def derived(self, **changes: Any) -> Derived:
        """Return the stored keys and days, as they are after `changes` to what they follow from."""
        values = {
            "rhythm": self.rhythm,
            "since_on": self.since_on,
            "segment": self.segment,
            "ranked_value": self.ranked_value,
            "standing": self.standing,
            "snoozed_until_on": self.sleep.until_on,
            "muted": self.muted_because is not None,
        } | changes
        return derive(values.pop("rhythm"), **values)


_STATE = (
    select(
        col(Customer.since_on), col(Customer.ranked_value), col(Customer.standing),
        col(Customer.muted_because), col(Customer.snoozed_until_on), col(Customer.snoozed_in_a_row),
        col(Customer.touch_days), col(Customer.first_on), col(Customer.last_on), col(Customer.warmth),
        col(Customer.segment_id),
    )
    .where(col(Customer.workspace_id) == bindparam("workspace_id"), col(Customer.id) == bindparam("customer_id"))
    .with_for_update(key_share=True)
)  # fmt: skip


def lock_customer(ledger: Ledger, customer_id: int) -> State:
    """Return a customer's state and hold its row until the transaction ends: of two at once, the second sees the first.

    Raises NotFound. The lock lets others write rows that point to the customer. The segment is read once it is held: a
    query that had to wait for the row would join the segment as it was before, and a changed policy may be why it did.
    """
    asked = {"workspace_id": ledger.workspace_id, "customer_id": customer_id}
    row = ledger.session.connection().execute(_STATE, asked).one_or_none()
    if row is None:
        raise NotFound("That customer is not in this workspace any more.")
    since_on, value, standing, muted, until, in_a_row, days, first, last, warmth, segment_id = tuple(row)
    rhythm = Rhythm(days, first, last, warmth) if days else None
    segment = segment_with_id(ledger, segment_id).of(customer_id)
    return State(customer_id, since_on, value, standing, muted, Sleep(until, in_a_row), rhythm, segment)


def _account_for(
    ledger: Ledger, state: State, answer: Answer, *, now: datetime, today: date, replaces: bool = False
) -> None:
    """Let a touch that counts move the customer's clock, end its snooze and the nudge that it answers.

    `replaces` says that the state still holds the entry that it supersedes.
    """
    newest = state.rhythm is None or answer.on > state.rhythm.last_on
    woken = ends_sleep(ledger, state.sleep, answer, newest=newest)
    sleep = AWAKE if woken else state.sleep
    if newest and not replaces:
        rhythm = after_touch(state.rhythm, answer.on, state.segment)
        due_on = _write(ledger, state, rhythm, last_touch_id=answer.touch_id, sleep=sleep)
    else:
        due_on = _replay(ledger, state, sleep=sleep)
    end_nudges(ledger, answer, sleep=state.sleep, woken=woken, due_on=due_on, now=now, today=today)


def _replay(ledger: Ledger, state: State, *, sleep: Sleep) -> date:
    found = touches.counting_days(ledger, state.id)
    rhythm = replay({day for _, day, _ in found}, state.segment)
    return _write(ledger, state, rhythm, last_touch_id=found[-1][0] if found else None, sleep=sleep)


def _write(ledger: Ledger, state: State, rhythm: Rhythm | None, *, last_touch_id: int | None, sleep: Sleep) -> date:
    derived = state.derived(rhythm=rhythm, snoozed_until_on=sleep.until_on)
    values: dict[str, Any] = {
        "touch_days": rhythm.touch_days if rhythm else 0,
        "first_on": rhythm.first_on if rhythm else None,
        "last_on": rhythm.last_on if rhythm else None,
        "warmth": rhythm.warmth if rhythm else None,
        "last_touch_id": last_touch_id,
        "warm_key": derived.warm_key,
        "sort_key": derived.sort_key,
        "due_on": derived.due_on,
        "silent_since_on": derived.silent_since_on,
        "nudge_from_on": derived.nudge_from_on,
        "snoozed_until_on": sleep.until_on,
        "snoozed_in_a_row": sleep.in_a_row,
    }
    customers.change(ledger, state.id, values)
    return derived.due_on


def _supersede(ledger: Ledger, touch_id: int, changes: dict[str, Any], *, now: datetime, today: date | None) -> int:
    """Write the entry that supersedes a touch. `today` is None when it is taken back and answers nothing."""
    old = ledger.get(Touch, touch_id)
    if old is None:
        raise NotFound("That touch is not in the ledger any more.")
    values = old.model_dump(exclude={"workspace_id"}) | changes
    if values["touched_on"] == old.touched_on:
        values["touched_at"] = old.touched_at
    states = {
        # In the order of ids, so that two people who move touches to and fro never wait for each other.
        customer_id: lock_customer(ledger, customer_id)
        for customer_id in sorted({old.customer_id, values["customer_id"]})
    }
    if old.retracted or touches.is_superseded(ledger, touch_id):
        raise TooLate("That touch was changed or removed in the meantime.")
    entry_id = new_id()
    values |= {"id": entry_id, "supersedes_id": old.id, "revision": old.revision + 1, "recorded_at": now}
    touches.append(ledger, values)
    stays = not values["retracted"] and values["customer_id"] == old.customer_id
    if stays:
        follow(ledger, old.id, entry_id)
    for customer_id, state in states.items():
        sleep = state.sleep
        if customer_id == old.customer_id and not stays:
            sleep = take_back(ledger, old.id, sleep=sleep)
        if today and customer_id == values["customer_id"] and TouchKind(values["kind"]).counts:
            answer = Answer(entry_id, customer_id, values["touched_at"], values["touched_on"], values["by_id"])
            _account_for(ledger, state, answer, now=now, today=today, replaces=True)
            if state.standing == Standing.LURKER and is_act(TouchKind(values["kind"]), Direction(values["direction"])):
                _tell_of_act(ledger, customer_id, by_id=values["by_id"], now=now)
        else:
            _replay(ledger, state, sleep=sleep)
        refresh_messages(ledger, customer_id, now=now)
    return entry_id


def _tell_of_act(ledger: Ledger, customer_id: int, *, by_id: int | None, now: datetime) -> None:
    # What is proposed writes the customer's state, as touches do, so neither can be imported first; it is rare.
    from bot.usecases.promotions import lurker_acted

    lurker_acted(ledger, customer_id, by_id=by_id, now=now)
