"""Whoever travels or changes their settings gets the digest of the day by the new ones, and no second one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.model import Frequency, Seat
from bot.domain.people import SlackPerson
from bot.usecases import teammates
from storage import people
from storage.engine import Store
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, Team, build_team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def remembered(team: Team, zone: str, now: datetime) -> None:
    person = SlackPerson("U0ANA", "Ana", zone, "en-GB", Seat.MEMBER)
    with team.store.write(team.workspace_id) as ledger:
        teammates.remember(ledger, person, now=now)


@pytest.mark.parametrize(
    ("zone", "moved_at", "expected"),
    [
        # Before the digest, to where nine o'clock is over: it comes at once.
        ("Europe/Berlin", MIDNIGHT + timedelta(hours=8, minutes=30), [TODAY, TODAY + DAY]),
        # After the digest, to where nine o'clock is still ahead: it comes no second time.
        ("America/New_York", MIDNIGHT + timedelta(hours=9, minutes=30), [TODAY, TODAY + DAY]),
        ("Pacific/Honolulu", MIDNIGHT + timedelta(hours=9, minutes=30), [TODAY, TODAY + DAY]),
        # In the evening of the new zone it would only interrupt.
        ("Pacific/Auckland", MIDNIGHT + timedelta(hours=8, minutes=30), [TODAY + DAY, TODAY + 2 * DAY]),
    ],
)
def test_a_journey_gives_no_day_two_digests_and_skips_none_that_helps(
    team: Team, zone: str, moved_at: datetime, expected: list[date]
) -> None:
    team.customers(f"C{number}" for number in range(15))
    team.ticks(MIDNIGHT, (moved_at - MIDNIGHT) / DAY, every=HOUR / 2)
    remembered(team, zone, moved_at)
    team.ticks(moved_at, (MIDNIGHT + 2 * DAY - moved_at) / DAY, every=HOUR / 2)
    assert team.days() == expected


def change(team: Team, now: datetime, **changes: Any) -> None:
    with team.store.write(team.workspace_id) as ledger:
        row = people.by_slack_id(ledger, "U0ANA")
        assert row is not None
        teammates.change_settings(ledger, row.id, now=now, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"digest_minute": 8 * 60}, [0, 1, 2]),  # the hour chosen has just passed: today's comes at once
        ({"digest_minute": 11 * 60}, [0, 1, 2]),
        ({"pause_until_on": TODAY + 2 * DAY}, [2]),
        ({"frequency": Frequency.OFF}, []),
        ({"frequency": Frequency.WEEKLY}, []),
        ({"work_days": "4"}, [2]),
    ],
)
def test_settings_changed_before_the_digest_count_for_it(
    team: Team, changes: dict[str, Any], expected: list[int]
) -> None:
    team.customers(f"C{number}" for number in range(15))
    change(team, MIDNIGHT + timedelta(hours=8, minutes=30), **changes)
    team.ticks(MIDNIGHT + timedelta(hours=8, minutes=30), 2.6)
    assert team.days() == [TODAY + n * DAY for n in expected]


def test_settings_changed_after_the_digest_bring_no_second_one(team: Team) -> None:
    team.customers(f"C{number}" for number in range(15))
    team.tick(MIDNIGHT + 9 * HOUR)
    change(team, MIDNIGHT + 10 * HOUR, digest_minute=11 * 60)
    change(team, MIDNIGHT + 10 * HOUR, frequency=Frequency.OFF)
    change(team, MIDNIGHT + 10 * HOUR, frequency=Frequency.DAILY, resume=True)
    team.ticks(MIDNIGHT + 10 * HOUR, 0.5)
    assert team.days() == [TODAY]
