"""Acting on a card: the first to act wins, everything can be taken back, and nobody's later word is overwritten."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.domain.model import NudgeState, Teammate, TouchKind
from bot.domain.views import Card, CardRef
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases import nudges
from bot.usecases.digests import audience_of, plan_for
from bot.usecases.recompute import differences
from storage import neglect_list, people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, Delivery, DigestCard, Nudge, TeammateRow, Touch
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MONDAY = TODAY + timedelta(days=6)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """Acme, overdue and Ana's, with its nudge of today, and what people do with it."""

    ledger: Ledger
    acme: int
    nudge_id: int

    def who(self, slack_user_id: str = "U0ANA") -> Teammate:
        return people.teammate(self.someone(slack_user_id))

    def someone(self, slack_user_id: str) -> TeammateRow:
        row = people.by_slack_id(self.ledger, slack_user_id)
        assert row is not None
        return row

    @property
    def ref(self) -> CardRef:
        return CardRef(self.acme, self.nudge_id)

    @property
    def listed(self) -> CardRef:
        """Acme on a list, as it stands now."""
        return CardRef(self.acme, 0, self.customer().last_touch_id or 0)

    def customer(self) -> Customer:
        row = self.ledger.get(Customer, self.acme)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def nudge(self, nudge_id: int | None = None) -> Nudge:
        row = self.ledger.get(Nudge, nudge_id or self.nudge_id)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def act(self, what: str, ref: CardRef | None = None, *, by: str = "U0ANA", now: datetime = NOW) -> Card:
        """Do one of the four things that a card offers."""
        ref = ref or self.ref
        match what:
            case "done":
                return nudges.mark_done(self.ledger, ref, by=self.who(by), now=now)
            case "snooze":
                return nudges.snooze(self.ledger, ref, until_on=MONDAY, by=self.who(by), now=now)
            case "dismiss":
                return nudges.dismiss(self.ledger, ref, because="gone", by=self.who(by), now=now)
        return nudges.hand_over(self.ledger, ref, to=self.someone("U0CHI"), by=self.who(by), now=now)

    def undo(self, nudge_id: int | None = None, *, by: str = "U0ANA", now: datetime = NOW) -> Card:
        return nudges.undo(self.ledger, nudge_id or self.nudge_id, by=self.who(by), now=now)

    def is_listed(self, on: date = TODAY) -> bool:
        return bool(neglect_list.neglected(self.ledger, today=on, limit=1, whole_team=True))


def open_desk(ledger: Ledger) -> Desk:
    books = Books(ledger)
    clients = books.segment("Clients", set_cadence_days=30)
    ana = books.person("U0ANA")
    acme = books.customer(
        "Acme", segment_id=clients, since_on=date(2025, 1, 1), owner_id=ana, value=84_000,
        touched=[TODAY - timedelta(days=days) for days in (120, 90, 60)],
    )  # fmt: skip
    books.settle()
    nudge = Nudge(workspace_id=ledger.workspace_id, customer_id=acme, teammate_id=ana, planned_on=TODAY)
    return Desk(ledger, acme, ledger.add(nudge).id)


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
    assert card.until_on == MONDAY
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


def at_once(store: Store, workspace_id: int, *acts: Callable[[Desk], object], desk: Desk) -> list[object]:
    """Run acts in as many transactions that begin together; return what each gave, or the TooLate it raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[Desk], object]) -> object:
        start.wait(timeout=10)
        try:
            with store.write(workspace_id) as ledger:
                return act(Desk(ledger, desk.acme, desk.nudge_id))
        except TooLate as late:
            return late

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize(("one", "other"), [("done", "done"), ("done", "snooze"), ("snooze", "dismiss"),
                                            ("hand over", "done"), ("dismiss", "hand over")])  # fmt: skip
@pytest.mark.parametrize("from_list", [False, True])
def test_of_two_people_at_once_one_acts_and_the_other_sees_the_card(
    store: Store, workspace: int, one: str, other: str, from_list: bool
) -> None:
    if from_list and "hand over" in {one, other}:
        pytest.skip("a customer with a new owner waits all the same")
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        ref = desk.listed if from_list else desk.ref
        if from_list:
            ledger.session.delete(desk.nudge())
    results = at_once(
        store, workspace, lambda d: d.act(one, ref), lambda d: d.act(other, ref, by="U0BEN"), desk=desk
    )  # fmt: skip
    late = [result for result in results if isinstance(result, TooLate)]
    done = [result for result in results if isinstance(result, Card)]
    assert (len(late), len(done)) == (1, 1)
    assert isinstance(late[0].card, Card)
    assert (late[0].card.state, late[0].card.ended_by) == (done[0].state, done[0].ended_by)
    with store.write(workspace) as ledger:
        ended = ledger.rows(Nudge)
        assert [row.state for row in ended] == [done[0].state]
        assert len(ledger.rows(Touch)) == 3 + (done[0].state is NudgeState.DONE)
        assert list(differences(ledger)) == []


def test_of_two_undos_at_once_one_takes_the_touch_back(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        desk.act("done")
    results = at_once(store, workspace, lambda d: d.undo(), lambda d: d.undo(), desk=desk)
    assert sum(isinstance(result, TooLate) for result in results) == 1
    with store.write(workspace) as ledger:
        assert len(ledger.rows(Touch)) == 5
        assert Desk(ledger, desk.acme, desk.nudge_id).nudge().state is NudgeState.OPEN


def test_a_digest_planned_while_somebody_acts_neither_breaks_nor_undoes_it(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        old = desk.nudge()
        old.planned_on = TODAY - timedelta(days=10)
        ledger.add(old)

    def plan(d: Desk) -> object:
        return plan_for(d.ledger, audience_of(d.ledger, people.teammate(d.someone("U0ANA"))), now=NOW, due_at=NOW)

    at_once(store, workspace, plan, lambda d: d.act("done", by="U0BEN"), desk=desk)
    with store.write(workspace) as ledger:
        states = sorted(row.state for row in ledger.rows(Nudge))
        assert states in (["done"], ["done", "open"], ["done", "superseded"])
        assert len(ledger.rows(Touch)) == 4
        places = {place.nudge_id for place in ledger.rows(DigestCard)}
        assert places <= {row.id for row in ledger.rows(Nudge)}
