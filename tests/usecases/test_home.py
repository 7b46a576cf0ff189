"""The App Home shows whom the digest of a day would name, with every reason, until they are dealt with."""

from datetime import date
from typing import Any

import pytest

from bot.domain.model import Direction, Frequency, Occasion, Source, Standing, TouchKind
from bot.domain.views import CardRef
from bot.usecases import nudges
from bot.usecases.touches import NewTouch, record_touch
from storage.engine import Store
from tests.support.rounds import DAY, TODAY, Team, build_team
from tests.usecases.test_attention import at_nine, change, home, home_on, promise, touch

OVERDUE, BIRTHDAY, RENEWAL = Occasion.OVERDUE, Occasion.BIRTHDAY, Occasion.RENEWAL


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def waiting(team: Team, day: date = TODAY) -> dict[str, set[Occasion]]:
    view = home_on(team, day)
    assert view.due_total == len(view.due)
    return {card.relationship.name: set(card.reason.occasions) for card in view.due}


def with_reasons(team: Team) -> None:
    """Write one customer for every reason, two with two of them, and two who are left in peace."""
    team.customer("Acme", silent=60, renewal_on=TODAY + 20 * DAY)
    team.customer("Birch", silent=60)
    team.customer("Cedar", silent=3, birthday_on=date(1980, 11, 24))
    change(team, team.customer("Dune", silent=3), joined_on=date(2024, 11, 24), joined_key=1124)
    team.customer("Elm", silent=3, renewal_on=TODAY + 9 * DAY)
    promise(team, team.customer("Fir", silent=60), TODAY)
    team.customer("Gum", silent=3, birthday_on=date(1980, 11, 24), snoozed_until_on=TODAY + 9 * DAY)
    team.customer("Holm", silent=3, birthday_on=date(1980, 11, 24), standing=Standing.LURKER)
    team.customer("Ivy", silent=3)


def test_home_shows_the_people_of_the_digest_with_its_reasons(team: Team) -> None:
    with_reasons(team)
    team.person(touches_a_week=400)
    before = waiting(team)
    team.tick(at_nine(TODAY))
    (digest,) = team.digests()
    named = {card.relationship.name: set(card.reason.occasions) for card in digest.cards}
    assert named == before == waiting(team)
    assert before["Acme"] == {RENEWAL, OVERDUE}
    assert before["Fir"] == {Occasion.PROMISE, OVERDUE}
    assert set(before) == {"Acme", "Birch", "Cedar", "Dune", "Elm", "Fir"}


def test_a_promise_is_said_in_its_words(team: Team) -> None:
    promise(team, team.customer("Fir", silent=3), TODAY)
    (card,) = home(team).due
    assert [(noted.what, noted.by) for noted in card.reason.promises] == [("send docs", None)]


def test_what_was_promised_today_is_kept_by_what_follows_not_by_what_was_before(team: Team) -> None:
    fir = team.customer("Fir", silent=3)
    touch(team, fir, TODAY)
    promise(team, fir, TODAY)
    assert waiting(team) == {"Fir": {Occasion.PROMISE}}
    with team.store.write(team.workspace_id) as ledger:
        later = NewTouch(fir, at_nine(TODAY), TODAY, TouchKind.EMAIL, Direction.OUTBOUND, Source.COMMAND)
        record_touch(ledger, later, now=at_nine(TODAY), today=TODAY)
    assert waiting(team) == {}


def test_a_renewal_waits_on_the_home_until_it_is_dealt_with(team: Team) -> None:
    acme = team.customer("Acme", silent=3, renewal_on=TODAY + 20 * DAY)
    team.tick(at_nine(TODAY))
    assert waiting(team, TODAY + 3 * DAY) == {"Acme": {RENEWAL}}, "the digest is silent about it by now"
    (card,) = team.digests()[0].cards
    with team.store.write(team.workspace_id) as ledger:
        nudges.mark_done(ledger, CardRef(acme, card.nudge_id), by=team.person(), now=at_nine(TODAY + 3 * DAY))
    assert waiting(team, TODAY + 3 * DAY) == waiting(team, TODAY + 4 * DAY) == {}


def test_who_was_talked_to_on_the_day_is_not_waiting(team: Team) -> None:
    cedar = team.customer("Cedar", silent=3, birthday_on=date(1980, 11, 24))
    assert waiting(team) == {"Cedar": {BIRTHDAY}}
    touch(team, cedar, TODAY)
    assert waiting(team) == {}


def test_a_day_that_no_digest_comes_on_belongs_to_the_one_before(team: Team) -> None:
    team.customer("Cedar", silent=3, birthday_on=date(1980, 11, 28))
    shown = {day: list(waiting(team, TODAY + day * DAY)) for day in range(2, 7)}
    assert shown == {2: [], 3: ["Cedar"], 4: ["Cedar"], 5: [], 6: []}


@pytest.mark.parametrize("settings", [{"digest_frequency": Frequency.OFF}, {"paused_until_on": TODAY + 9 * DAY}])
def test_whoever_gets_no_digest_sees_the_day_all_the_same(team: Team, settings: dict[str, Any]) -> None:
    team.customer("Cedar", silent=3, birthday_on=date(1980, 11, 24))
    team.person(**settings)
    assert waiting(team) == {"Cedar": {BIRTHDAY}}


def test_those_with_a_day_come_first_and_the_number_counts_everybody(team: Team) -> None:
    for number in range(12):
        team.customer(f"C{number}", value=90_000)
    team.customer("Cedar", value=10, silent=3, birthday_on=date(1980, 11, 24))
    view = home(team)
    assert view.due[0].relationship.name == "Cedar"
    assert (len(view.due), view.due_total) == (10, 13)
