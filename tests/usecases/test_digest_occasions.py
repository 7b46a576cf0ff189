"""Birthdays and the ends of contracts are told on their day, once, whoever was named the day before."""

from datetime import date

import pytest

from bot.domain.model import Frequency, Occasion
from storage.engine import Store
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, Team, build_team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def test_a_birthday_is_told_though_the_customer_was_named_yesterday(team: Team) -> None:
    team.customer("Acme", birthday_on=date(1980, 11, 26))
    team.ticks(MIDNIGHT, 7)
    assert team.days() == [TODAY, TODAY + 2 * DAY]
    assert Occasion.BIRTHDAY in team.digests()[1].cards[0].reason.occasions


@pytest.mark.parametrize("born_on", [date(1980, 11, 27), date(1980, 11, 28), date(1980, 11, 29)])
def test_fridays_digest_tells_the_birthdays_until_monday(team: Team, born_on: date) -> None:
    team.customer("Birch", silent=3, birthday_on=born_on)
    team.ticks(MIDNIGHT, 12)
    assert team.days() == [date(2026, 11, 27)]


def test_a_weekly_digest_tells_the_birthdays_of_its_week(team: Team) -> None:
    team.customer("Birch", silent=3, birthday_on=date(1980, 12, 3))
    team.customer("Fern", silent=3, birthday_on=date(1980, 12, 7))
    team.person(digest_frequency=Frequency.WEEKLY)
    team.ticks(MIDNIGHT, 15)
    assert (team.days(), team.named()) == ([date(2026, 11, 30), date(2026, 12, 7)], [["Birch"], ["Fern"]])


def test_a_renewal_is_told_once_though_the_customer_was_named_before(team: Team) -> None:
    team.customer("Acme", renewal_on=TODAY + 33 * DAY)
    team.tick(MIDNIGHT + 9 * HOUR)
    team.ticks(MIDNIGHT + DAY, 40, every=3 * HOUR)
    renewals = [
        view.local_on for view in team.digests() for card in view.cards if card.reason.occasions == (Occasion.RENEWAL,)
    ]
    with_renewal = [
        view.local_on for view in team.digests() for card in view.cards if Occasion.RENEWAL in card.reason.occasions
    ]
    assert with_renewal[0] == TODAY + 3 * DAY
    assert len(renewals) <= 1
    assert len(set(team.days())) == len(team.days())


def test_a_renewal_of_somebody_fresh_is_told_on_one_day_only(team: Team) -> None:
    team.customer("Birch", silent=1, renewal_on=TODAY + 30 * DAY)
    team.ticks(MIDNIGHT, 31, every=3 * HOUR)
    assert team.days() == [TODAY]


def test_the_end_of_a_contract_is_told_of_a_lost_customer_too(team: Team) -> None:
    team.customer("Acme", silent=200, renewal_on=TODAY + 20 * DAY)
    team.tick(MIDNIGHT + 9 * HOUR)
    view = team.digests()[0]
    assert (view.cards[0].reason.occasions, view.left_out) == ((Occasion.RENEWAL,), 0)
