"""Whoever is snoozed comes back with a digest, so its day is said: the owner's, or their cover's."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.model import Frequency
from bot.domain.views import CardRef
from bot.usecases import nudges
from bot.usecases.days_off import add_break
from bot.usecases.returning import back_on, first_digest_on
from storage import people
from storage.engine import Store
from tests.support.rounds import DAY, TODAY, Team, build_team
from tests.usecases.test_attention import at_nine
from tests.usecases.test_covering import away

FRIDAY, SUNDAY, MONDAY = (TODAY + timedelta(days=days) for days in (3, 5, 6))


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def returns(team: Team, until_on: date, owner: str | None = "U0ANA") -> date:
    with team.store.read(team.workspace_id) as ledger:
        row = people.by_slack_id(ledger, owner) if owner else None
        return back_on(ledger, until_on, people.teammate(row) if row else None)


@pytest.mark.parametrize(
    ("settings", "until_on", "said"),
    [
        ({}, FRIDAY, FRIDAY),
        ({}, SUNDAY, MONDAY),
        ({"work_days": "1234567"}, SUNDAY, SUNDAY),
        ({"work_days": "24"}, MONDAY, MONDAY + DAY),
        ({"digest_frequency": Frequency.WEEKLY}, FRIDAY, MONDAY),
        ({"digest_frequency": Frequency.OFF}, SUNDAY, SUNDAY),
        ({"paused_until_on": MONDAY + 2 * DAY}, FRIDAY, MONDAY + 2 * DAY),
        ({"paused_until_on": SUNDAY}, FRIDAY, MONDAY),
        ({"holiday_region": "DE-BY"}, date(2026, 12, 25), date(2026, 12, 28)),
    ],
)
def test_the_day_is_that_of_the_owners_digest(team: Team, settings: dict[str, Any], until_on: date, said: date) -> None:
    team.person("U0ANA", **settings)
    assert returns(team, until_on) == said


def test_over_a_break_of_the_company_it_is_the_day_after(team: Team) -> None:
    with team.store.write(team.workspace_id) as ledger:
        add_break(ledger, f"{FRIDAY}..{MONDAY}", "Off-site")
    assert returns(team, FRIDAY) == MONDAY + DAY


def test_while_the_owner_is_away_it_is_their_covers_digest(team: Team) -> None:
    away(team, "U0ANA", "U0BEN", MONDAY + 7 * DAY)
    assert returns(team, SUNDAY) == MONDAY
    assert returns(team, MONDAY + 7 * DAY) == MONDAY + 7 * DAY


def test_without_an_owner_it_is_the_day_that_was_chosen(team: Team) -> None:
    assert returns(team, SUNDAY, owner=None) == SUNDAY


def test_the_said_day_is_the_day_on_which_it_comes(team: Team) -> None:
    team.customer("Acme", snoozed_until_on=SUNDAY)
    team.ticks(at_nine(TODAY), 14, every=DAY)
    assert team.days()[0] == returns(team, SUNDAY) == MONDAY


@pytest.mark.parametrize(
    "customer",
    [
        {"silent": 60},
        {"silent": 3, "birthday_on": date(1980, TODAY.month, TODAY.day)},
        {"silent": 3, "renewal_on": TODAY + timedelta(days=20)},
    ],
    ids=["silent", "birthday", "renewal"],
)
def test_whoever_was_put_off_comes_back_on_the_day_that_was_said_whatever_they_were_told_for(
    team: Team, customer: dict[str, Any]
) -> None:
    team.customer("Elm", **customer)
    team.tick(at_nine(TODAY))
    (card,) = team.digests()[0].cards
    ana = team.person()
    with team.store.write(team.workspace_id) as ledger:
        ref = CardRef(card.relationship.customer_id, card.nudge_id)
        put_off = nudges.snooze(ledger, ref, until_on=SUNDAY, by=ana, now=at_nine(TODAY))
    assert put_off.back_on is not None
    # Of a birthday that was put off nobody is told once more: its card says when silence brings them back.
    assert (put_off.back_on == MONDAY) == ("birthday_on" not in customer)
    team.ticks(at_nine(TODAY + DAY), (put_off.back_on - TODAY).days, every=DAY)
    assert team.days() == [TODAY, put_off.back_on]


def test_digests_come_again_on_a_day_with_one(team: Team) -> None:
    ana = team.person("U0ANA", paused_until_on=SUNDAY)
    with team.store.read(team.workspace_id) as ledger:
        assert first_digest_on(ledger, ana, TODAY) == MONDAY
