"""What a touch does beside moving the clock: it ends the snooze before it and the nudge that it answers; and back."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import col

from bot.domain.model import NudgeState, Sleep
from bot.domain.nudges import touch_ends_nudge
from storage.columns import day_of, new_id
from storage.ledger import Ledger
from storage.models import Nudge, Touch
from storage.touches import Entry

_WAITING = """SELECT id, customer_id, teammate_id, occasions, planned_on FROM nudge
WHERE workspace_id = ? AND state = 'open' AND customer_id {}"""
_OPEN = """INSERT INTO nudge (workspace_id, id, customer_id, teammate_id, occasions, planned_on, state, before)
VALUES (?, ?, ?, ?, ?, ?, 'open', '{}') ON CONFLICT DO NOTHING"""
_TOLD_LATER = """SELECT id FROM touch WHERE workspace_id = ? AND customer_id = ? AND id > ? AND touched_on >= ?
AND kind <> 'note' AND NOT retracted AND NOT EXISTS (
    SELECT 1 FROM touch AS newer WHERE newer.workspace_id = touch.workspace_id AND newer.supersedes_id = touch.id)
ORDER BY touched_on DESC, touched_at DESC, id DESC LIMIT 1"""


def ends_sleep(ledger: Ledger, sleep: Sleep, answer: Entry, *, newest: bool) -> bool:
    """Say whether a touch ends a snooze: one from before the snooze was chosen says nothing about it.

    Where nobody chose it on a card, the newest touch ends it (`newest`).
    """
    if not sleep:
        return False
    snoozed = _newest_snoozed(ledger, answer.customer_id)
    return newest if snoozed is None or snoozed.ended_at is None else answer.touched_at >= snoozed.ended_at


def end_nudges(
    ledger: Ledger,
    answer: Entry,
    nudge: Nudge | None,
    *,
    sleep: Sleep,
    woken: bool,
    due_on: date,
    now: datetime,
    today: date,
) -> None:
    """Mark the nudge that waits as done if a touch answers it, and the one that put to sleep whom the touch woke.

    What was before is kept with the nudge, so that taking the touch back restores it.
    """
    if woken and sleep.until_on and sleep.until_on > today:
        snoozed = _newest_snoozed(ledger, answer.customer_id)
        if snoozed and snoozed.snoozed_until_on == sleep.until_on and snoozed.ended_at:
            slept = {"ended_at": snoozed.ended_at.isoformat(), "ended_by_id": snoozed.ended_by_id}
            snoozed.before = {**snoozed.before, "slept": slept, "in_a_row": sleep.in_a_row}
            _done(ledger, snoozed, answer, now=now)
    if nudge and touch_ends_nudge(
        touched_on=answer.touched_on,
        planned_on=nudge.planned_on,
        due_on=due_on,
        today=today,
        occasions=nudge.occasions.split(","),
    ):
        nudge.before = {"in_a_row": sleep.in_a_row}
        _done(ledger, nudge, answer, now=now)


def follow(ledger: Ledger, touch_id: int, entry_id: int) -> None:
    """Let the nudges that a touch ended point to the entry that supersedes it."""
    for nudge in _ended_by(ledger, touch_id):
        nudge.touch_id = entry_id
        ledger.add(nudge)


def take_back(ledger: Ledger, touch_id: int, *, sleep: Sleep) -> Sleep:
    """Open the nudges again that a touch ended; return how the customer sleeps then.

    `sleep` is how it sleeps now: what somebody chose since then stays. A nudge that another touch has answered since
    stays done, by that one: nobody is asked to write to somebody they talked to today.
    """
    for nudge in sorted(_ended_by(ledger, touch_id), key=lambda nudge: "slept" not in nudge.before):
        before = nudge.before
        if nudge.state is NudgeState.DONE and "slept" in before:
            nudge.state = NudgeState.SNOOZED
            nudge.ended_at = datetime.fromisoformat(before["slept"]["ended_at"])
            nudge.ended_by_id = before["slept"]["ended_by_id"]
            sleep = sleep or Sleep(nudge.snoozed_until_on, before["in_a_row"])
            nudge.before = {key: value for key, value in before.items() if key not in {"slept", "in_a_row"}}
        elif nudge.state is NudgeState.DONE and (later := _told_later(ledger, nudge, touch_id)):
            nudge.ended_at, nudge.ended_by_id, nudge.touch_id = later.recorded_at, later.by_id, later.id
            ledger.add(nudge)
            continue
        elif nudge.state is NudgeState.DONE:
            reopen(ledger, nudge)
            sleep = sleep or Sleep(None, before.get("in_a_row", 0))
        nudge.touch_id = None
        ledger.add(nudge)
    return sleep


def open_nudge(ledger: Ledger, customer_id: int) -> Nudge | None:
    """Return the nudge about a customer that waits for somebody."""
    # Most touches answer no nudge, and to find that out this way costs a tenth of asking for the row.
    found = ledger.ask(
        "SELECT id FROM nudge WHERE workspace_id = ? AND customer_id = ? AND state = 'open'",
        ledger.workspace_id,
        customer_id,
    )
    return ledger.get(Nudge, found[0][0]) if found else None


class Waiting(NamedTuple):
    """A nudge that waits, or is to wait, for somebody. `occasions` are joined by commas."""

    id: int
    customer_id: int
    teammate_id: int | None
    occasions: str
    planned_on: date


def waiting_about(ledger: Ledger, customer_ids: Collection[int]) -> dict[int, Waiting]:
    """Return the nudges that wait, by customer."""
    if not customer_ids:
        return {}
    words, ids = ledger.one_of(customer_ids)
    rows = ledger.ask(_WAITING.format(words), ledger.workspace_id, *ids)
    return {row[1]: Waiting(row[0], row[1], row[2], row[3], day_of(row[4])) for row in rows}


def open_once(ledger: Ledger, customer_id: int, *, teammate_id: int | None, occasions: str, planned_on: date) -> int:
    """Open a nudge unless one waits already, even since this very moment; return the id of the one that waits."""
    waiting = open_nudge(ledger, customer_id)
    wanted = Waiting(new_id(), customer_id, teammate_id, occasions, planned_on)
    return waiting.id if waiting else open_all_once(ledger, [wanted])[customer_id]


def open_all_once(ledger: Ledger, wanted: Sequence[Waiting]) -> dict[int, int]:
    """Open nudges where none waits, even since this very moment; return the ids of those that wait, by customer."""
    ids = {nudge.customer_id: nudge.id for nudge in wanted}
    rows = {
        nudge.customer_id: (
            ledger.workspace_id, nudge.id, nudge.customer_id, nudge.teammate_id, nudge.occasions,
            nudge.planned_on.isoformat(),
        )
        for nudge in wanted
    }  # fmt: skip
    while ledger.tell_each(_OPEN, list(rows.values())) < len(rows):
        there = waiting_about(ledger, rows)
        ids |= {customer_id: nudge.id for customer_id, nudge in there.items()}
        rows = {customer_id: row for customer_id, row in rows.items() if customer_id not in there}
    return ids


def reopen(ledger: Ledger, nudge: Nudge) -> None:
    """Let a nudge wait again; when another one waits for the same customer meanwhile, that one stands for it."""
    other = open_nudge(ledger, nudge.customer_id)
    nudge.state = NudgeState.SUPERSEDED if other and other.id != nudge.id else NudgeState.OPEN
    nudge.ended_at = nudge.ended_by_id = nudge.touch_id = None
    nudge.snoozed_until_on = nudge.because = None
    nudge.before = {}
    ledger.add(nudge)


def _newest_snoozed(ledger: Ledger, customer_id: int) -> Nudge | None:
    found = ledger.ask(
        "SELECT id FROM nudge WHERE workspace_id = ? AND customer_id = ? AND state = 'snoozed'"
        " ORDER BY ended_at DESC LIMIT 1",
        ledger.workspace_id,
        customer_id,
    )
    return ledger.get(Nudge, found[0][0]) if found else None


def _told_later(ledger: Ledger, nudge: Nudge, touch_id: int) -> Touch | None:
    """Return the newest touch that answers a nudge as well and was told after the one that ended it."""
    found = ledger.ask(_TOLD_LATER, ledger.workspace_id, nudge.customer_id, touch_id, nudge.planned_on.isoformat())
    return ledger.get(Touch, found[0][0]) if found else None


def _ended_by(ledger: Ledger, touch_id: int) -> Sequence[Nudge]:
    return ledger.rows(Nudge, col(Nudge.touch_id) == touch_id)


def _done(ledger: Ledger, nudge: Nudge, answer: Entry, *, now: datetime) -> None:
    nudge.state = NudgeState.DONE
    nudge.ended_at, nudge.ended_by_id, nudge.touch_id = now, answer.by_id, answer.id
    ledger.add(nudge)
