"""Acting on a card: the first to act wins, everything can be taken back, and nobody's later word is overwritten."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.domain.model import NudgeState, TouchKind
from bot.domain.views import Card, CardRef
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases import nudges
from bot.usecases.digests import audience_of, plan_for
from bot.usecases.recompute import differences
from storage import people
from storage.engine import Store
from storage.models import Delivery, Nudge, Touch
from tests.support.desk import MONDAY, NOW, TODAY, Desk, open_desk

DAY = timedelta(days=1)


@pytest.fixture
def desk(store: Store, workspace: int) -> Iterator[Desk]:
    with store.write(workspace) as ledger:
        yield open_desk(ledger)


ENDS = {
    "done": NudgeState.DONE,
    "snooze": NudgeState.SNOOZED,
    "dismiss": NudgeState.DISMISSED,
    "hand over": NudgeState.HANDED_OVER,
}


@pytest.mark.parametrize(("what", "state"), ENDS.items())
@pytest.mark.parametrize("from_list", [False, True])
def test_an_act_ends_the_nudge_and_says_who_did_it_and_when(
    desk: Desk, what: str, state: NudgeState, from_list: bool
) -> None:
    card = desk.act(what, desk.listed if from_list else None, by="U0BEN")
    assert (card.state, card.ended_by, card.ended_at, card.nudge_id) == (state, "Ben", NOW, desk.nudge_id)
    assert desk.nudge().state is state
    assert list(differences(desk.ledger)) == []


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_whoever_is_second_is_too_late_and_sees_what_the_first_did(desk: Desk, first: str, second: str) -> None:
    desk.act(first, by="U0BEN")
    before = (desk.customer().model_dump(), desk.nudge().model_dump(), len(desk.ledger.rows(Touch)))
    with pytest.raises(TooLate) as late:
        desk.act(second)
    card = late.value.card
    assert isinstance(card, Card)
    assert (card.state, card.ended_by) == (ENDS[first], "Ben")
    assert (desk.customer().model_dump(), desk.nudge().model_dump(), len(desk.ledger.rows(Touch))) == before


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_whoever_is_second_on_a_list_is_too_late_as_well(desk: Desk, first: str, second: str) -> None:
    drawn = desk.listed
    desk.act(first, drawn, by="U0BEN")
    if first == "hand over" and second != "hand over":
        desk.act(second, drawn)  # the customer has another owner, and is waited for all the same
        return
    with pytest.raises((TooLate, InputRefused)):
        desk.act(second, drawn)
    assert len(desk.ledger.rows(Nudge)) == 1


def test_two_hand_overs_from_one_list_are_one(desk: Desk) -> None:
    drawn = desk.listed
    nudges.hand_over(desk.ledger, drawn, to=desk.someone("U0CHI"), by=desk.who("U0ANA"), now=NOW)
    with pytest.raises(TooLate) as late:
        nudges.hand_over(desk.ledger, drawn, to=desk.someone("U0BEN"), by=desk.who("U0BEN"), now=NOW)
    assert isinstance(late.value.card, Card)
    assert (late.value.card.handed_to, desk.customer().owner_id) == ("Chi", desk.who("U0CHI").id)


def test_a_new_owner_may_hand_over_at_once(desk: Desk) -> None:
    desk.act("hand over")
    nudges.hand_over(desk.ledger, desk.listed, to=desk.someone("U0BEN"), by=desk.who("U0CHI"), now=NOW)
    assert desk.customer().owner_id == desk.who("U0BEN").id


@pytest.mark.parametrize("what", ENDS)
def test_every_act_can_be_taken_back_and_done_again(desk: Desk, what: str) -> None:
    before = desk.customer().model_dump()
    desk.act(what)
    assert desk.customer().model_dump() != before
    card = desk.undo()
    assert (card.state, card.ended_by, card.ended_at) == (NudgeState.OPEN, None, None)
    assert desk.customer().model_dump() == before
    assert list(differences(desk.ledger)) == []
    with pytest.raises(TooLate):
        desk.undo()
    assert desk.act(what).state is ENDS[what]


@pytest.mark.parametrize("what", ENDS)
def test_only_who_did_it_or_looks_after_the_customer_takes_it_back(desk: Desk, what: str) -> None:
    desk.act(what)
    with pytest.raises(NotAllowed):
        desk.undo(by="U0BEN")
    assert desk.nudge().state is ENDS[what]
    desk.undo(by="U0CHI" if what == "hand over" else "U0ANA")


def test_done_logs_a_touch_and_takes_the_customer_off_the_list(desk: Desk) -> None:
    assert desk.is_listed()
    nudges.mark_done(desk.ledger, desk.ref, by=desk.who(), now=NOW, kind=TouchKind.CALL, note="all good")
    touch = desk.ledger.get(Touch, desk.customer().last_touch_id)
    assert touch is not None
    assert (touch.kind, touch.note, touch.by_id, touch.touched_on) == (
        TouchKind.CALL, "all good", desk.who().id, TODAY,
    )  # fmt: skip
    assert not desk.is_listed()


def test_done_for_an_earlier_day_or_with_a_note_ends_the_card_too(desk: Desk) -> None:
    nudges.mark_done(desk.ledger, desk.ref, by=desk.who(), now=NOW, on=TODAY - timedelta(days=70))
    assert desk.nudge().state is NudgeState.DONE
    desk.undo()
    card = nudges.mark_done(desk.ledger, desk.ref, by=desk.who(), now=NOW, kind=TouchKind.NOTE, note="waits for May")
    assert (card.state, card.note, desk.is_listed()) == (NudgeState.DONE, "waits for May", True)


def test_a_day_ahead_is_refused_and_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(InputRefused):
        nudges.mark_done(desk.ledger, desk.ref, by=desk.who(), now=NOW, on=TODAY + DAY)
    for until_on in (TODAY, TODAY - DAY, TODAY + timedelta(days=731)):
        with pytest.raises(InputRefused):
            nudges.snooze(desk.ledger, desk.ref, until_on=until_on, by=desk.who(), now=NOW)
    assert (desk.nudge().state, len(desk.ledger.rows(Touch))) == (NudgeState.OPEN, 3)


def test_a_snoozed_customer_comes_back_on_its_day_and_not_before(desk: Desk) -> None:
    card = desk.act("snooze")
    assert card.back_on == MONDAY
    assert not desk.is_listed(MONDAY - DAY)
    assert desk.is_listed(MONDAY)


def test_snoozes_in_a_row_are_counted_and_the_third_asks(desk: Desk) -> None:
    for count in (1, 2, 3):
        now = NOW + timedelta(days=10 * count)
        listed = CardRef(desk.acme, 0 if count > 1 else desk.nudge_id, desk.customer().last_touch_id or 0)
        card = nudges.snooze(desk.ledger, listed, until_on=now.date() + DAY, by=desk.who(), now=now)
        assert (desk.customer().snoozed_in_a_row, card.ask_about_cadence) == (count, count == 3)
    desk.undo(card.nudge_id, now=now)
    assert desk.customer().snoozed_in_a_row == 2


def test_a_touch_starts_the_count_of_snoozes_anew_and_its_removal_does_not(desk: Desk) -> None:
    desk.act("snooze")
    later = NOW + timedelta(days=10)
    again = desk.ledger.add(
        Nudge(workspace_id=desk.ledger.workspace_id, customer_id=desk.acme, planned_on=later.date())
    )
    nudges.mark_done(desk.ledger, CardRef(desk.acme, again.id), by=desk.who(), now=later)
    assert desk.customer().snoozed_in_a_row == 0
    desk.undo(again.id, now=later)
    assert desk.customer().snoozed_in_a_row == 1


def test_waking_ends_the_snooze_and_the_card_waits_again(desk: Desk) -> None:
    desk.act("snooze")
    nudges.wake(desk.ledger, desk.acme, now=NOW)
    customer = desk.customer()
    assert (customer.snoozed_until_on, customer.snoozed_in_a_row) == (None, 0)
    assert (desk.is_listed(), desk.nudge().state) == (True, NudgeState.OPEN)
    assert desk.act("done").state is NudgeState.DONE


def test_a_dismissed_customer_never_comes_back_by_itself(desk: Desk) -> None:
    desk.act("dismiss")
    for days in (1, 30, 300):
        assert not desk.is_listed(TODAY + timedelta(days=days))
    ana = people.teammate(desk.someone("U0ANA"))
    assert plan_for(desk.ledger, audience_of(desk.ledger, ana), now=NOW + timedelta(days=20), due_at=NOW) is None
    desk.undo()
    assert desk.is_listed()


def test_a_card_that_was_taken_back_does_not_push_a_newer_one_away(desk: Desk) -> None:
    desk.act("hand over")
    newer = desk.ledger.add(Nudge(workspace_id=desk.ledger.workspace_id, customer_id=desk.acme, planned_on=TODAY))
    assert desk.undo().state is NudgeState.SUPERSEDED
    assert desk.nudge(newer.id).state is NudgeState.OPEN


@pytest.mark.parametrize("what", ["snooze", "hand over"])
def test_an_undo_leaves_a_newer_decision_alone(desk: Desk, what: str) -> None:
    desk.act(what)
    later = NOW + timedelta(days=10)
    if what == "snooze":
        nudges.snooze(desk.ledger, desk.listed, until_on=later.date() + 9 * DAY, by=desk.who(), now=later)
    else:
        nudges.hand_over(desk.ledger, desk.listed, to=desk.someone("U0BEN"), by=desk.who("U0CHI"), now=later)
    before = desk.customer().model_dump()
    with pytest.raises(TooLate):
        desk.undo(now=later)
    assert desk.customer().model_dump() == before


def test_a_button_of_an_older_digest_acts_on_the_newer_nudge(desk: Desk) -> None:
    old = desk.nudge()
    old.state = NudgeState.SUPERSEDED
    desk.ledger.add(old)
    newer = desk.ledger.add(Nudge(workspace_id=desk.ledger.workspace_id, customer_id=desk.acme, planned_on=TODAY))
    assert desk.act("done").nudge_id == newer.id
    with pytest.raises(TooLate) as late:
        desk.act("done")
    assert isinstance(late.value.card, Card)
    assert late.value.card.state is NudgeState.DONE


def test_the_new_owner_is_told_once_and_again_only_after_an_undo_for_somebody_else(desk: Desk) -> None:
    def told() -> list[str]:
        return [row.channel for row in desk.ledger.rows(Delivery, col(Delivery.kind) == "handed_over")]

    desk.act("hand over")
    assert told() == ["U0CHI"]
    desk.undo()
    nudges.hand_over(desk.ledger, desk.ref, to=desk.someone("U0BEN"), by=desk.who(), now=NOW)
    assert sorted(told()) == ["U0BEN", "U0CHI"]


def test_a_customer_is_not_handed_to_who_has_it_already(desk: Desk) -> None:
    with pytest.raises(InputRefused):
        nudges.hand_over(desk.ledger, desk.ref, to=desk.someone("U0ANA"), by=desk.who("U0BEN"), now=NOW)
    assert desk.nudge().state is NudgeState.OPEN


def test_a_card_of_something_that_is_gone_is_not_found(desk: Desk) -> None:
    for ref in (CardRef(12345), CardRef(desk.acme, 12345), CardRef(12345, desk.nudge_id)):
        with pytest.raises(NotFound):
            desk.act("done", ref)
    with pytest.raises(NotFound):
        desk.undo(12345)


def test_the_database_keeps_one_open_nudge_a_customer(desk: Desk) -> None:
    savepoint = desk.ledger.session.begin_nested()
    with pytest.raises(IntegrityError):
        desk.ledger.add(Nudge(workspace_id=desk.ledger.workspace_id, customer_id=desk.acme, planned_on=TODAY))
    savepoint.rollback()
