"""Recording touches: one entry of the ledger and the customer's state, in one transaction."""

from datetime import date, datetime
from typing import Any, NamedTuple

from bot.domain.model import AWAKE, Direction, Rhythm, Sleep, Source, Standing, TouchKind
from bot.domain.rhythm import Derived, after_touch, derive, replay
from bot.domain.standing import is_act
from bot.errors import NotFound, TooLate
from bot.usecases.answers_to_nudges import end_nudges, ends_sleep, follow, open_nudge, take_back
from bot.usecases.showing import refresh_messages
from storage import touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Nudge, Touch
from storage.states import MOVE, State, hold, moved
from storage.touches import Entry


class NewTouch(NamedTuple):
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
    customer_id, at, on, kind, direction, source, by_id, contact, note, external_id = new
    entry = Entry(new_id(), customer_id, at, on, kind, direction, source, now, by_id, contact, note, external_id)
    if kind is TouchKind.NOTE:
        touches.append(ledger, entry)
    else:
        _append_counting(ledger, state, entry, now=now, today=today)
    if state.standing is Standing.LURKER and is_act(kind, direction):
        _tell_of_act(ledger, customer_id, by_id=by_id, now=now)
    if state.is_shown:
        refresh_messages(ledger, customer_id, now=now)
    return entry.id


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


def derived_of(ledger: Ledger, customer_id: int, **changes: Any) -> Derived:
    """Return the stored keys and days of a customer as they are after `changes` to what people decide about it."""
    state = lock_customer(ledger, customer_id)
    decided: dict[str, Any] = {
        "standing": state.standing,
        "snoozed_until_on": state.sleep.until_on,
        "muted": state.muted,
    }
    return derive(
        state.rhythm,
        since_on=state.since_on,
        segment=state.segment,
        ranked_value=state.ranked_value,
        **decided | changes,
    )


def lock_customer(ledger: Ledger, customer_id: int) -> State:
    """Return a customer's state and hold its row until the transaction ends. Raises NotFound."""
    state = hold(ledger, customer_id)
    if state is None:
        raise NotFound("That customer is not in this workspace any more.")
    return state


def _append_counting(ledger: Ledger, state: State, entry: Entry, *, now: datetime, today: date) -> None:
    """Append a touch that counts, and let it move the customer's clock, end its snooze and the nudge it answers."""
    sleep, on = state.sleep, entry.touched_on
    newest = state.rhythm is None or on > state.rhythm.last_on
    woken = sleep is not AWAKE and ends_sleep(ledger, sleep, entry, newest=newest)
    after = AWAKE if woken else sleep
    if newest:
        rhythm = after_touch(state.rhythm, on, state.segment)
        derived = _derived(state, rhythm, after)
        touches.append(ledger, entry, moved(ledger, state.id, rhythm, entry.id, derived, after))
    else:
        touches.append(ledger, entry)
        derived = _replay(ledger, state, sleep=after)
    if woken or state.nudge_id is not None:
        nudge = ledger.get(Nudge, state.nudge_id)
        due_on = derived.due_on
        end_nudges(ledger, entry, nudge, sleep=sleep, woken=woken, due_on=due_on, now=now, today=today)


def _replay(ledger: Ledger, state: State, *, sleep: Sleep) -> Derived:
    """Fold a customer's ledger into its row; return its keys and days."""
    found = touches.counting_days(ledger, state.id)
    rhythm = replay({day for _, day in found}, state.segment)
    derived = _derived(state, rhythm, sleep)
    ledger.session.tell(MOVE, moved(ledger, state.id, rhythm, found[-1][0] if found else None, derived, sleep))
    return derived


def _derived(state: State, rhythm: Rhythm | None, sleep: Sleep) -> Derived:
    return derive(
        rhythm,
        since_on=state.since_on,
        segment=state.segment,
        ranked_value=state.ranked_value,
        standing=state.standing,
        snoozed_until_on=sleep.until_on,
        muted=state.muted,
    )


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
    entry = Entry(**values)
    touches.append(ledger, entry)
    stays = not entry.retracted and entry.customer_id == old.customer_id
    if stays:
        follow(ledger, old.id, entry_id)
    for customer_id, state in states.items():
        sleep = state.sleep
        if customer_id == old.customer_id and not stays:
            sleep = take_back(ledger, old.id, sleep=sleep)
        if today and customer_id == entry.customer_id and TouchKind(entry.kind).counts:
            # The state still holds the entry that is superseded, so nothing short of a replay tells how it stands now.
            newest = state.rhythm is None or entry.touched_on > state.rhythm.last_on
            woken = ends_sleep(ledger, sleep, entry, newest=newest)
            due_on = _replay(ledger, state, sleep=AWAKE if woken else sleep).due_on
            nudge = open_nudge(ledger, customer_id)
            end_nudges(ledger, entry, nudge, sleep=sleep, woken=woken, due_on=due_on, now=now, today=today)
            if state.standing is Standing.LURKER and is_act(TouchKind(entry.kind), Direction(entry.direction)):
                _tell_of_act(ledger, customer_id, by_id=entry.by_id, now=now)
        else:
            _replay(ledger, state, sleep=sleep)
        refresh_messages(ledger, customer_id, now=now)
    return entry_id


def _tell_of_act(ledger: Ledger, customer_id: int, *, by_id: int | None, now: datetime) -> None:
    # What is proposed writes the customer's state, as touches do, so neither can be imported first; it is rare.
    from bot.usecases.promotions import lurker_acted

    lurker_acted(ledger, customer_id, by_id=by_id, now=now)
