"""What a touch does to the card and the snooze of its customer, and what taking it back brings back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.domain.model import NudgeState, TouchKind
from bot.domain.views import CardRef
from bot.usecases.nudges import snooze, undo
from storage import people
from storage.engine import Store
from storage.models import Nudge, TeammateRow
from tests.support.told import NOW, TODAY, Told, ago, tell


@pytest.fixture
def told(store: Store, workspace: int) -> Iterator[Told]:
    with store.write(workspace) as ledger:
        yield tell(ledger)


def test_a_touch_by_anybody_ends_the_open_nudge_and_taking_it_back_opens_it_again(told: Told) -> None:
    told.touch(100)
    nudge = told.nudge()
    touch_id = told.touch(0)
    assert (told.state(nudge), nudge.ended_by_id, nudge.touch_id) == (NudgeState.DONE, told.ana, touch_id)
    told.retract(touch_id)
    assert (told.state(nudge), nudge.ended_by_id, nudge.touch_id) == (NudgeState.OPEN, None, None)


def test_a_nudge_that_another_touch_answered_since_stays_done_by_that_one(told: Told) -> None:
    told.touch(100)
    nudge = told.nudge()
    by_button, by_reply = told.touch(0), told.touch(0, TouchKind.MEETING)
    told.retract(by_button)
    assert (told.state(nudge), nudge.ended_by_id, nudge.touch_id) == (NudgeState.DONE, told.ana, by_reply)
    told.retract(by_reply)
    assert (told.state(nudge), nudge.touch_id) == (NudgeState.OPEN, None)


@pytest.mark.parametrize(("days", "kind"), [(0, TouchKind.NOTE), (3, TouchKind.CALL)])
def test_a_note_or_an_older_touch_told_since_does_not_keep_a_nudge_done(told: Told, days: int, kind: TouchKind) -> None:
    told.touch(100)
    nudge = told.nudge()
    by_button = told.touch(0)
    told.touch(days, kind)
    told.retract(by_button)
    assert told.state(nudge) is NudgeState.OPEN


def test_a_touch_told_before_the_one_that_answered_does_not_keep_a_nudge_done(told: Told) -> None:
    told.touch(0)
    nudge = told.nudge(occasions="promise")
    told.retract(told.touch(0))
    assert told.state(nudge) is NudgeState.OPEN


def test_a_note_ends_no_nudge(told: Told) -> None:
    told.touch(100)
    nudge = told.nudge()
    told.touch(0, TouchKind.NOTE)
    assert told.state(nudge) is NudgeState.OPEN


def test_an_old_touch_answers_no_birthday(told: Told) -> None:
    told.touch(5)
    nudge = told.nudge(occasions="birthday")
    told.touch(40)
    assert told.state(nudge) is NudgeState.OPEN
    told.touch(0)
    assert told.state(nudge) is NudgeState.DONE


def test_a_nudge_follows_the_correction_of_the_touch_that_ended_it(told: Told) -> None:
    told.touch(100)
    nudge = told.nudge()
    entry_id = told.change(told.touch(0), note="corrected")
    assert (told.state(nudge), nudge.touch_id) == (NudgeState.DONE, entry_id)
    told.retract(entry_id)
    assert told.state(nudge) is NudgeState.OPEN


def test_a_touch_moved_to_its_right_customer_answers_there(told: Told) -> None:
    told.touch(100)
    told.touch(100, of=told.birch)
    acmes, birchs = told.nudge(), told.nudge(of=told.birch)
    touch_id = told.touch(0)
    assert (told.state(acmes), told.state(birchs)) == (NudgeState.DONE, NudgeState.OPEN)
    told.change(touch_id, customer_id=told.birch)
    assert (told.state(acmes), told.state(birchs)) == (NudgeState.OPEN, NudgeState.DONE)


def test_a_note_corrected_to_a_call_ends_the_nudge(told: Told) -> None:
    told.touch(100)
    nudge = told.nudge()
    told.change(told.touch(0, TouchKind.NOTE), kind=TouchKind.CALL)
    assert told.state(nudge) is NudgeState.DONE


def snoozed(told: Told, *, at: datetime = NOW, days: int = 30) -> Nudge:
    """Acme, overdue, put to sleep by Ana on its card."""
    told.touch(100)
    nudge = told.nudge()
    row = told.ledger.get(TeammateRow, told.ana)
    assert row is not None
    snooze(
        told.ledger,
        CardRef(told.acme, nudge.id),
        until_on=TODAY + timedelta(days=days),
        by=people.teammate(row),
        now=at,
    )
    return nudge


def test_a_touch_ends_the_snooze_and_its_card(told: Told) -> None:
    nudge = snoozed(told)
    told.touch(0)
    assert (told.row().snoozed_until_on, told.row().snoozed_in_a_row) == (None, 0)
    assert told.row().nudge_from_on == told.row().due_on
    assert told.state(nudge) is NudgeState.DONE


def test_a_touch_from_before_the_snooze_says_nothing_about_it(told: Told) -> None:
    nudge = snoozed(told)
    told.touch(1)
    assert (told.row().last_on, told.row().snoozed_until_on) == (ago(1), TODAY + timedelta(days=30))
    assert told.state(nudge) is NudgeState.SNOOZED


@pytest.mark.parametrize(("days", "kind"), [(0, TouchKind.NOTE), (120, TouchKind.CALL)])
def test_a_note_or_a_late_entry_ends_no_snooze(told: Told, days: int, kind: TouchKind) -> None:
    nudge = snoozed(told)
    told.touch(days, kind)
    assert told.row().snoozed_until_on == TODAY + timedelta(days=30)
    assert told.state(nudge) is NudgeState.SNOOZED


def test_a_touch_that_is_taken_back_puts_the_customer_to_sleep_again(told: Told) -> None:
    nudge = snoozed(told)
    before = (nudge.ended_at, nudge.ended_by_id, nudge.before)
    told.retract(told.touch(0))
    assert (told.row().snoozed_until_on, told.row().snoozed_in_a_row) == (TODAY + timedelta(days=30), 1)
    assert told.row().nudge_from_on == TODAY + timedelta(days=30)
    assert (told.state(nudge), nudge.touch_id) == (NudgeState.SNOOZED, None)
    assert (nudge.ended_at, nudge.ended_by_id, nudge.before) == before


def test_undo_of_the_snooze_still_works_after_a_touch_was_taken_back(told: Told) -> None:
    nudge = snoozed(told)
    told.retract(told.touch(0))
    row = told.ledger.get(TeammateRow, told.ana)
    assert row is not None
    undo(told.ledger, nudge.id, by=people.teammate(row), now=NOW)
    assert (told.row().snoozed_until_on, told.row().snoozed_in_a_row) == (None, 0)
    assert told.state(nudge) is NudgeState.OPEN


def test_a_snooze_chosen_after_the_touch_outlives_its_removal(told: Told) -> None:
    touch_id = told.touch(0)
    row = told.row()
    row.snoozed_until_on, row.snoozed_in_a_row = TODAY + timedelta(days=9), 1
    told.ledger.add(row)
    told.retract(touch_id)
    assert told.row().snoozed_until_on == TODAY + timedelta(days=9)
