"""Recording touches: one entry of the ledger and the customer's state, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Rhythm, Segment, Source, TouchKind
from bot.domain.nudges import touch_ends_nudge
from bot.domain.rhythm import Derived, after_touch, derive, replay
from bot.errors import NotFound, TooLate
from bot.usecases.showing import refresh_messages
from storage import customers, touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Nudge, SegmentRow, Touch


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
    state = _state_of(ledger, new.customer_id)
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
        due = _move_clock(ledger, state, new.on, touch_id)
        _end_nudge(ledger, new, touch_id, due_on=due, now=now, today=today)
    refresh_messages(ledger, new.customer_id, now=now)
    return touch_id


def change_touch(ledger: Ledger, touch_id: int, changes: dict[str, Any], *, now: datetime) -> int:
    """Supersede a touch by one with `changes` (columns of the ledger); return the id of the entry that now stands.

    Raises TooLate when somebody changed or removed it in the meantime.
    """
    return _supersede(ledger, touch_id, changes, now=now)


def retract_touch(ledger: Ledger, touch_id: int, *, now: datetime) -> int:
    """Take a touch back: the ledger keeps both entries, the customer's state forgets it, its nudge opens again."""
    entry_id = _supersede(ledger, touch_id, {"retracted": True}, now=now)
    _reopen_nudge(ledger, entry_id)
    return entry_id


def recompute_customer(ledger: Ledger, customer_id: int) -> None:
    """Replay one customer's ledger into its state: what a late, changed or removed touch needs."""
    state = _state_of(ledger, customer_id)
    found = touches.counting_days(ledger, customer_id)
    rhythm = replay({day for _, day, _ in found}, state.segment.cadence_days)
    _write(ledger, state, rhythm, last_touch_id=found[-1][0] if found else None)


def derived_of(ledger: Ledger, customer_id: int, **changes: Any) -> Derived:
    """Return the stored keys and days of a customer as they are after `changes` to what people decide about it."""
    return _state_of(ledger, customer_id).derived(**changes)


@dataclass(frozen=True, slots=True)
class _State:
    """The columns of a customer that a touch reads."""

    id: int
    since_on: date
    ranked_value: float
    standing: Any
    muted_because: str | None
    snoozed_until_on: date | None
    rhythm: Rhythm | None
    segment: Segment

    def derived(self, **changes: Any) -> Derived:
        values = {
            "rhythm": self.rhythm,
            "since_on": self.since_on,
            "segment": self.segment,
            "ranked_value": self.ranked_value,
            "standing": self.standing,
            "snoozed_until_on": self.snoozed_until_on,
            "muted": self.muted_because is not None,
        } | changes
        return derive(values.pop("rhythm"), **values)


def _state_of(ledger: Ledger, customer_id: int) -> _State:
    query = (
        select(
            col(Customer.since_on), col(Customer.ranked_value), col(Customer.standing),
            col(Customer.muted_because), col(Customer.snoozed_until_on), col(Customer.touch_days),
            col(Customer.first_on), col(Customer.last_on), col(Customer.warmth), col(SegmentRow.id),
            col(SegmentRow.name), col(SegmentRow.policy), col(SegmentRow.cadence_days), col(SegmentRow.exponent),
        )
        .join(
            SegmentRow,
            (col(SegmentRow.workspace_id) == col(Customer.workspace_id))
            & (col(SegmentRow.id) == col(Customer.segment_id)),
        )
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == customer_id)
        .with_for_update(of=Customer)
    )  # fmt: skip
    row = ledger.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("That customer is not in this workspace any more.")
    since_on, value, standing, muted, snoozed, days, first, last, warmth, *segment = tuple(row)
    rhythm = Rhythm(days, first, last, warmth) if days else None
    return _State(customer_id, since_on, value, standing, muted, snoozed, rhythm, Segment(*segment))


def _move_clock(ledger: Ledger, state: _State, on: date, touch_id: int) -> date:
    if state.rhythm and on <= state.rhythm.last_on:
        recompute_customer(ledger, state.id)
        # A touch that came in late says nothing about a snooze that was chosen after it.
        return _state_of(ledger, state.id).derived().due_on
    return _write(
        ledger,
        state,
        after_touch(state.rhythm, on, state.segment.cadence_days),
        last_touch_id=touch_id,
        wake=True,
    )


def _write(
    ledger: Ledger, state: _State, rhythm: Rhythm | None, *, last_touch_id: int | None, wake: bool = False
) -> date:
    snoozed_until_on = None if wake else state.snoozed_until_on
    derived = state.derived(rhythm=rhythm, snoozed_until_on=snoozed_until_on)
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
    }
    if wake:
        values |= {"snoozed_until_on": None, "snoozed_in_a_row": 0}
    customers.change(ledger, state.id, values)
    return derived.due_on


def _end_nudge(ledger: Ledger, new: NewTouch, touch_id: int, *, due_on: date, now: datetime, today: date) -> None:
    nudge = ledger.first(Nudge, col(Nudge.customer_id) == new.customer_id, col(Nudge.state) == NudgeState.OPEN)
    if nudge and touch_ends_nudge(touched_on=new.on, planned_on=nudge.planned_on, due_on=due_on, today=today):
        nudge.state = NudgeState.DONE
        nudge.ended_at = now
        nudge.ended_by_id = new.by_id
        nudge.touch_id = touch_id
        ledger.add(nudge)


def _live_touch(ledger: Ledger, touch_id: int) -> Touch:
    touch = ledger.get(Touch, touch_id)
    if touch is None:
        raise NotFound("That touch is not in the ledger any more.")
    if touch.retracted or touches.is_superseded(ledger, touch_id):
        raise TooLate("That touch was changed or removed in the meantime.")
    return touch


def _supersede(ledger: Ledger, touch_id: int, changes: dict[str, Any], *, now: datetime) -> int:
    old = _live_touch(ledger, touch_id)
    entry_id = new_id()
    values = old.model_dump(exclude={"workspace_id"}) | changes
    values |= {"id": entry_id, "supersedes_id": old.id, "revision": old.revision + 1, "recorded_at": now}
    touches.append(ledger, values)
    for nudge in ledger.rows(Nudge, col(Nudge.touch_id) == old.id):
        nudge.touch_id = entry_id
        ledger.add(nudge)
    for customer_id in {old.customer_id, values["customer_id"]}:
        recompute_customer(ledger, customer_id)
        refresh_messages(ledger, customer_id, now=now)
    return entry_id


def _reopen_nudge(ledger: Ledger, entry_id: int) -> None:
    answered = ledger.first(Nudge, col(Nudge.touch_id) == entry_id, col(Nudge.state) == NudgeState.DONE)
    if answered is None:
        return
    other = ledger.first(Nudge, col(Nudge.customer_id) == answered.customer_id, col(Nudge.state) == NudgeState.OPEN)
    answered.state = NudgeState.SUPERSEDED if other else NudgeState.OPEN
    answered.ended_at = answered.ended_by_id = answered.touch_id = None
    ledger.add(answered)
