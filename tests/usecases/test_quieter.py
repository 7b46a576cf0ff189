"""Rules that were in the way for four weeks propose their own change to the admins, who answer once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Occasion, Policy, Role, Teammate
from bot.errors import NotAllowed, TooLate
from bot.usecases import quieter
from bot.usecases.recompute import differences
from storage import customers, people
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, Nudge, SegmentRow, TeammateRow, Touch
from storage.models_voice import Proposal
from tests.conftest import NOW
from tests.support.books import Books

TODAY = NOW.date()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass
class Team:
    """A workspace whose admin is Ana, with a segment whose customers are meant for every 30 days."""

    ledger: Ledger
    books: Books
    retail: int

    def person(self, name: str) -> Teammate:
        (row,) = self.ledger.rows(TeammateRow, col(TeammateRow.name) == name)
        return people.teammate(row)

    def nudged(
        self,
        count: int,
        state: NudgeState,
        *,
        silent: int = 33,
        planned: int = 10,
        ended: int = 9,
        occasions: str = "overdue",
        direction: Direction = Direction.OUTBOUND,
    ) -> None:
        """So many nudges about customers silent for so long, planned and ended so many days ago."""
        for _ in range(count):
            customer_id = self.books.customer(
                f"c{new_id()}", segment_id=self.retail, since_on=ago(400), touched=[ago(planned + silent)]
            )
            touch_id = None
            if state is NudgeState.DONE:
                touch_id = self.books.touch(customer_id, ago(ended))
                touch = self.ledger.get(Touch, touch_id)
                assert touch is not None
                touch.direction = direction
                self.ledger.add(touch)
            self.ledger.add(
                Nudge(
                    workspace_id=self.ledger.workspace_id, customer_id=customer_id, occasions=occasions,
                    planned_on=ago(planned), state=state, ended_at=NOW - timedelta(days=ended), touch_id=touch_id,
                    snoozed_until_on=ago(ended) + timedelta(days=14) if state is NudgeState.SNOOZED else None,
                )
            )  # fmt: skip
        self.books.settle()

    def propose(self, *, after: timedelta = timedelta(0)) -> int:
        now = NOW + after
        return quieter.propose(self.ledger, quieter.changes_to_propose(self.ledger, now=now), now=now)

    def proposal(self) -> Proposal:
        self.ledger.session.expire_all()
        (row,) = self.ledger.rows(Proposal)
        return row

    def segment(self) -> SegmentRow:
        self.ledger.session.expire_all()
        row = self.ledger.get(SegmentRow, self.retail)
        assert row is not None
        return row

    def owed(self, kind: str = "proposal") -> list[str]:
        return sorted(row.channel for row in self.ledger.rows(Delivery, col(Delivery.kind) == kind))


@pytest.fixture
def team(store: Store, workspace: int) -> Iterator[Team]:
    with store.write(workspace) as ledger:
        for row in ledger.rows(TeammateRow, col(TeammateRow.name) == "Ana"):
            row.role = Role.ADMIN
            ledger.add(row)
        books = Books(ledger)
        yield Team(ledger, books, books.segment("Retail", policy=Policy.FIXED, set_cadence_days=30))


def test_a_rule_that_came_too_early_asks_the_admins_once_with_its_figures(team: Team) -> None:
    team.nudged(9, NudgeState.SNOOZED)
    team.nudged(15, NudgeState.DONE, silent=60)
    assert team.propose() == 1
    row = team.proposal()
    assert (row.nudges, row.too_early, row.wrong, row.from_days, row.to_days, row.left_out, row.later) == (
        24, 9, 0, 30, 38, 9, 0,
    )  # fmt: skip
    assert team.owed() == ["U0ANA"]
    assert team.propose() == 0
    assert team.propose(after=timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("snoozed", "done"), [(9, 10), (6, 14), (0, 40)], ids=["too few", "thirty percent", "all useful"]
)
def test_a_rule_that_is_useful_enough_says_nothing(team: Team, snoozed: int, done: int) -> None:
    team.nudged(snoozed, NudgeState.SNOOZED)
    team.nudged(done, NudgeState.DONE, silent=60)
    assert team.propose() == 0


def test_only_four_weeks_count(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED, planned=40, ended=29)
    assert team.propose() == 0


def test_a_nudge_with_two_reasons_says_nothing_about_either(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED, occasions="birthday,overdue")
    assert team.propose() == 0


def test_customers_who_came_forward_by_themselves_were_nudged_about_too_early(team: Team) -> None:
    team.nudged(20, NudgeState.DONE, direction=Direction.INBOUND)
    assert team.propose() == 1
    assert team.proposal().too_early == 20


def test_another_segment_is_another_rule(team: Team) -> None:
    team.nudged(12, NudgeState.SNOOZED)
    team.retail = team.books.segment("Wholesale", policy=Policy.FIXED, set_cadence_days=30)
    team.nudged(12, NudgeState.SNOOZED)
    assert team.propose() == 0


def test_an_admin_changes_the_cadence_and_may_take_that_back(team: Team) -> None:
    ana = team.person("Ana")
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    quieter.accept(team.ledger, team.proposal().id, by=ana, now=NOW)
    assert (team.segment().set_cadence_days, team.segment().cadence_days) == (38, 38.0)
    assert (team.proposal().accepted, team.proposal().answered_by_id) == (True, ana.id)
    assert list(differences(team.ledger)) == []
    quieter.take_back(team.ledger, team.proposal().id, by=ana, now=NOW)
    assert team.segment().set_cadence_days == 30
    assert team.proposal().answered_at is None
    assert list(differences(team.ledger)) == []


@pytest.mark.parametrize(("later", "asked"), [(5, 0), (29, 0), (181, 0), (182, 1)])
def test_leaving_it_changes_nothing_and_asks_no_more_for_half_a_year(team: Team, later: int, asked: int) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    quieter.leave(team.ledger, team.proposal().id, by=team.person("Ana"), now=NOW)
    assert team.segment().set_cadence_days == 30
    team.nudged(24, NudgeState.SNOOZED, planned=3 - later, ended=2 - later)
    assert team.propose(after=timedelta(days=later)) == asked


def test_what_nobody_answered_says_its_new_figures_where_it_stands(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    team.nudged(31, NudgeState.SNOOZED, planned=-20, ended=-21)
    assert team.propose(after=timedelta(days=29)) == 0
    assert (team.proposal().nudges, team.proposal().answered_at) == (31, None)
    assert team.owed() == ["U0ANA"]


def test_what_was_made_as_quiet_by_hand_is_proposed_no_more(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    ana, row = team.person("Ana"), team.segment()
    row.set_cadence_days, row.cadence_days = 60, 60.0
    team.ledger.add(row)
    assert quieter.open_proposals(team.ledger) == ()
    with pytest.raises(TooLate, match="changed again since"):
        quieter.accept(team.ledger, team.proposal().id, by=ana, now=NOW)
    assert team.segment().set_cadence_days == 60


def test_nudges_from_before_the_last_proposal_are_not_counted_again(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    quieter.leave(team.ledger, team.proposal().id, by=team.person("Ana"), now=NOW)
    team.nudged(24, NudgeState.SNOOZED, planned=3, ended=-175)
    assert team.propose(after=timedelta(days=182)) == 0


def test_the_second_admin_is_told_of_the_first(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    quieter.leave(team.ledger, team.proposal().id, by=team.person("Ana"), now=NOW)
    with pytest.raises(TooLate, match="Ana answered that already"):
        quieter.accept(team.ledger, team.proposal().id, by=team.person("Ana"), now=NOW)
    assert team.segment().set_cadence_days == 30


def test_nobody_but_an_admin_answers(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    ben = team.person("Ben")
    for answer in (quieter.accept, quieter.leave, quieter.take_back):
        with pytest.raises(NotAllowed):
            answer(team.ledger, team.proposal().id, by=ben, now=NOW)
    assert team.proposal().answered_at is None


def test_a_change_that_was_changed_again_is_not_taken_back(team: Team) -> None:
    ana = team.person("Ana")
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    quieter.accept(team.ledger, team.proposal().id, by=ana, now=NOW)
    row = team.segment()
    row.set_cadence_days = 50
    team.ledger.add(row)
    with pytest.raises(TooLate):
        quieter.take_back(team.ledger, team.proposal().id, by=ana, now=NOW)


def test_an_occasion_that_is_in_the_way_is_stopped_and_comes_back(team: Team) -> None:
    ana = team.person("Ana")
    team.nudged(22, NudgeState.DISMISSED, occasions="birthday")
    assert team.propose() == 1
    assert team.proposal().to_days is None
    quieter.accept(team.ledger, team.proposal().id, by=ana, now=NOW)
    assert customers.segments(team.ledger)[team.retail].without == {Occasion.BIRTHDAY}
    quieter.take_back(team.ledger, team.proposal().id, by=ana, now=NOW)
    assert customers.segments(team.ledger)[team.retail].without == set()


def test_who_is_asked_after_a_third_snooze_are_the_admins_and_once(team: Team) -> None:
    customer_id = team.books.customer("Acme", segment_id=team.retail, since_on=ago(100))
    for _ in range(2):
        quieter.ask_admins(team.ledger, customer_id, now=NOW)
    row = team.proposal()
    assert (row.asked, row.from_days, row.to_days) == (True, 30, 60)
    assert team.owed() == ["U0ANA"]


def test_admins_see_what_is_open(team: Team) -> None:
    assert quieter.open_proposals(team.ledger) == ()
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    (view,) = quieter.open_proposals(team.ledger)
    assert (view.segment_name, view.change.nudges) == ("Retail", 24)
    quieter.leave(team.ledger, view.id, by=team.person("Ana"), now=NOW)
    assert quieter.open_proposals(team.ledger) == ()


def test_another_workspace_sees_nothing(team: Team) -> None:
    team.nudged(24, NudgeState.SNOOZED)
    team.propose()
    elsewhere = Ledger(team.ledger.session, team.ledger.workspace_id + 1)
    assert quieter.proposal_view(elsewhere, team.proposal().id) is None
    assert quieter.open_proposals(elsewhere) == ()
