"""Holidays, quiet hours, do-not-disturb, outages and travel: a digest for every day that is one, and never two."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from bot.domain.model import Frequency, Seat
from bot.domain.people import SlackPerson
from bot.domain.working_time import LATEST_AFTER, instant_at, local_day, next_digest_at
from bot.usecases import teammates
from bot.usecases.digest_rounds import plan_due_digests
from storage import days_off
from storage.columns import new_id
from storage.engine import Store
from storage.models import Digest, TeammateRow
from tests.support.books import Books

TUESDAY = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
)


class Ana:
    """Ana with ten customers a day to be told about, and a clock that is moved by hand."""

    def __init__(self, store: Store, workspace_id: int, *, today: date = TUESDAY, **row: Any) -> None:
        self.store, self.workspace_id = store, workspace_id
        with store.write(workspace_id) as ledger:
            books = Books(ledger)
            clients = books.segment("Clients", set_cadence_days=30)
            owner_id = books.person("U0ANA")
            for number in range(50):
                books.customer(f"C{number}", segment_id=clients, since_on=today - timedelta(days=90), owner_id=owner_id)
            books.settle()
            for someone in ledger.rows(TeammateRow):
                someone.next_digest_at = None
                ledger.add(someone)
        self.set(**{"timezone": "UTC", "next_digest_at": MIDNIGHT + 9 * HOUR, **row})

    def set(self, **changes: Any) -> None:
        with self.store.write(self.workspace_id) as ledger:
            row = ledger.first(TeammateRow, col(TeammateRow.slack_user_id) == "U0ANA")
            assert row is not None
            for column, value in changes.items():
                setattr(row, column, value)
            ledger.add(row)

    def travel(self, timezone: str, now: datetime) -> None:
        with self.store.write(self.workspace_id) as ledger:
            ana = SlackPerson("U0ANA", "Ana", timezone, "en-US", Seat.MEMBER, email="ana@example.com")
            teammates.update_known(ledger, ana, now=now)

    def tick(self, now: datetime, **given: Any) -> int:
        return plan_due_digests(self.store, now=now, **given)

    def ticks(self, hours: int, *, since: datetime = MIDNIGHT) -> None:
        for hour in range(hours):
            self.tick(since + hour * HOUR)

    def digests(self) -> dict[date, datetime]:
        """When each digest was planned, by its local day."""
        with self.store.read(self.workspace_id) as ledger:
            return {row.local_on: row.planned_at for row in ledger.rows(Digest, order_by=col(Digest.local_on))}

    def days(self) -> list[int]:
        return [day.day for day in self.digests()]


@pytest.fixture
def ana(store: Store, workspace: int) -> Ana:
    return Ana(store, workspace)


def company_holiday(ana: Ana, first: int, last: int) -> None:
    with ana.store.write(ana.workspace_id) as ledger:
        days_off.add_company_holiday(ledger, date(2026, 11, first), date(2026, 11, last), "Off-site")


def test_on_a_holiday_of_the_company_nobody_is_nudged(ana: Ana) -> None:
    company_holiday(ana, 25, 26)
    ana.ticks(7 * 24)
    assert ana.days() == [24, 27, 30]


def test_a_public_holiday_of_the_chosen_region_brings_no_digest_there(ana: Ana) -> None:
    ana.set(holiday_region="US")
    ana.ticks(5 * 24)
    assert ana.days() == [24, 25, 27]  # Thanksgiving is on the 26th


@pytest.mark.parametrize(
    ("timezone", "locale", "days"),
    [
        ("America/New_York", "en-US", [24, 25, 27]),
        ("America/New_York", "de-DE", [24, 25, 26, 27]),  # not clear: the holidays of neither
        ("Europe/Amsterdam", "en-US", [24, 25, 26, 27]),
    ],
)
def test_a_region_is_guessed_only_where_zone_and_language_agree(
    ana: Ana, timezone: str, locale: str, days: list[int]
) -> None:
    ana.set(timezone=timezone, locale=locale)
    ana.ticks(4 * 24 + 12)
    assert ana.days() == days


def test_a_weekly_digest_comes_on_the_first_day_of_work_after_a_holiday(ana: Ana) -> None:
    ana.set(digest_frequency="weekly", next_digest_at=MIDNIGHT + 6 * DAY + 9 * HOUR)
    company_holiday(ana, 30, 30)
    ana.ticks(9 * 24)
    assert [day.isoformat() for day in ana.digests()] == ["2026-12-01"]


def test_quiet_hours_hold_a_digest_that_is_late_until_they_end(ana: Ana) -> None:
    ana.set(quiet_from_minute=11 * 60, quiet_until_minute=14 * 60)
    assert ana.tick(MIDNIGHT + 12 * HOUR) == 0  # nothing ticked since nine
    assert ana.tick(MIDNIGHT + 13 * HOUR) == 0
    assert ana.tick(MIDNIGHT + 14 * HOUR) == 1


def test_quiet_hours_that_last_for_too_long_leave_the_digest_to_the_next_day(ana: Ana) -> None:
    ana.set(quiet_from_minute=11 * 60, quiet_until_minute=18 * 60)
    ana.ticks(40, since=MIDNIGHT + 12 * HOUR)
    assert ana.days() == [25]


def test_a_digest_waits_until_do_not_disturb_ends(ana: Ana) -> None:
    def resting(workspace_id: int, who: object) -> dict[str, datetime]:
        return {"U0ANA": MIDNIGHT + 11 * HOUR}

    assert ana.tick(MIDNIGHT + 9 * HOUR, resting=resting) == 0
    assert ana.tick(MIDNIGHT + 10 * HOUR) == 0
    assert ana.tick(MIDNIGHT + 11 * HOUR) == 1


def test_who_rests_until_the_evening_gets_the_next_day_s(ana: Ana) -> None:
    ana.tick(MIDNIGHT + 9 * HOUR, resting=lambda *_: {"U0ANA": MIDNIGHT + 18 * HOUR})
    ana.ticks(30, since=MIDNIGHT + 10 * HOUR)
    assert ana.days() == [25]


@pytest.mark.parametrize(("outage", "days"), [(3, [24, 25]), (12, [25]), (72, [27])])
def test_after_an_outage_what_still_helps_is_sent_once(ana: Ana, outage: int, days: list[int]) -> None:
    ana.ticks(36 if outage < 72 else 24, since=MIDNIGHT + (9 + outage) * HOUR - timedelta(minutes=5))
    assert ana.days() == days


def test_whoever_flies_over_the_date_line_has_a_digest_on_every_day_they_live(ana: Ana) -> None:
    ana.set(timezone="Pacific/Honolulu", next_digest_at=instant_at(TUESDAY, 540, "Pacific/Honolulu"))
    ana.tick(instant_at(TUESDAY, 541, "Pacific/Honolulu"))
    arrived = instant_at(TUESDAY, 541, "Pacific/Honolulu") + 3 * HOUR  # Wednesday, eleven o'clock in Auckland
    ana.travel("Pacific/Auckland", arrived)
    ana.tick(arrived)
    assert ana.days() == [24, 25]
    ana.travel("Pacific/Honolulu", arrived + 2 * HOUR)  # Tuesday once more, which had its digest
    ana.ticks(24, since=arrived + 2 * HOUR)
    assert ana.days() == [24, 25]


minutes = st.integers(0, 9 * 24 * 60)
trips = st.lists(st.tuples(minutes, st.sampled_from(ZONES)), max_size=3)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    home=st.sampled_from(ZONES),
    trips=trips,
    ticks=st.lists(minutes, min_size=1, max_size=25),
    every=st.sampled_from([0, 7 * 60, 60]),
    hour=st.integers(0, 23),
    start=st.sampled_from([date(2026, 3, 23), date(2026, 3, 30), date(2026, 9, 25), date(2026, 10, 20), TUESDAY]),
)
def test_every_working_day_has_one_digest_wherever_one_lives_and_travels(
    sqlite_store: Store,
    make_workspace: Callable[[Store, str], int],
    home: str,
    trips: list[tuple[int, str]],
    ticks: list[int],
    every: int,
    hour: int,
    start: date,
) -> None:
    """Around both clock changes, under any ticks: a day's digest is there once its hour has come and something ticked.

    A day's digest is planned in its hour, where its reader is then, or up to eight hours after it or after arriving.
    """
    begun = datetime(start.year, start.month, start.day, tzinfo=UTC)
    first = next_digest_at(begun, timezone=home, minute=hour * 60, work_days="12345", frequency=Frequency.DAILY)
    ana = Ana(
        sqlite_store, make_workspace(sqlite_store, f"T{new_id()}"), today=start, timezone=home, locale="en-US",
        holiday_region="", digest_minute=hour * 60, next_digest_at=first,
    )  # fmt: skip
    events = [(minute, "") for minute in [*ticks, *(range(0, 9 * 24 * 60, every) if every else ())]]
    zone, arrived = home, begun
    for minute, destination in sorted([*events, *trips]):
        now = begun + timedelta(minutes=minute)
        if destination:
            ana.travel(destination, now)
            zone, arrived = destination, now
            continue
        before = set(ana.digests())
        ana.tick(now)
        today = local_day(now, zone)
        due_at = instant_at(today, hour * 60, zone)
        fresh = set(ana.digests()) - before
        assert fresh <= {today}
        if (
            today.isoweekday() <= 5
            and begun < due_at <= now <= due_at + LATEST_AFTER
            and local_day(due_at, zone) == today
        ):
            assert today in ana.digests()
        if fresh:
            assert today.isoweekday() <= 5
            assert due_at <= now <= max(due_at, arrived) + LATEST_AFTER
