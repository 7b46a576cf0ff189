"""When a digest comes: zones from −11 to +14, both clock changes, working days, pauses and lateness."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Frequency
from bot.domain.working_time import (
    instant_at,
    is_time_left,
    is_worth_sending,
    local_day,
    next_digest_at,
    next_working_day,
    parse_work_days,
    sends_on,
    works_on,
    zone,
)

NINE = 9 * 60
ZONES = ["Pacific/Pago_Pago", "America/New_York", "UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati"]


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def digest_after(after: datetime, timezone: str = "Europe/Berlin", **changes: Any) -> datetime | None:
    asked = {"minute": NINE, "work_days": "12345", "frequency": Frequency.DAILY, **changes}
    return next_digest_at(after, timezone=timezone, **asked)


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("Pacific/Pago_Pago", date(2026, 11, 23)),  # −11
        ("America/New_York", date(2026, 11, 24)),
        ("UTC", date(2026, 11, 24)),
        ("Pacific/Kiritimati", date(2026, 11, 25)),  # +14
    ],
)
def test_the_day_is_the_readers_own(timezone: str, day: date) -> None:
    assert local_day(utc(2026, 11, 24, 10, 30), timezone) == day


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "Europe"])
def test_a_zone_nobody_knows_is_taken_as_utc(name: str) -> None:
    assert zone(name) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("timezone", "instant"),
    [
        ("Pacific/Pago_Pago", utc(2026, 11, 24, 20)),
        ("America/New_York", utc(2026, 11, 24, 14)),
        ("Europe/Berlin", utc(2026, 11, 24, 8)),
        ("Asia/Kathmandu", utc(2026, 11, 24, 3, 15)),
        ("Pacific/Kiritimati", utc(2026, 11, 23, 19)),
    ],
)
def test_nine_oclock_is_nine_where_the_reader_lives(timezone: str, instant: datetime) -> None:
    assert instant_at(date(2026, 11, 24), NINE, timezone) == instant


def test_an_hour_that_the_spring_skips_is_the_hour_after_it() -> None:
    """29 March 2026: at 02:00 Berlin's clocks go to 03:00."""
    at = instant_at(date(2026, 3, 29), 2 * 60 + 30, "Europe/Berlin")
    assert at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "03:30"


def test_a_last_hour_that_the_spring_skips_is_the_minute_before_it() -> None:
    """In Nuuk the clocks go from 22:59 of the 28th to midnight."""
    at = instant_at(date(2026, 3, 28), 23 * 60 + 30, "America/Nuuk")
    assert (at, local_day(at, "America/Nuuk")) == (utc(2026, 3, 29, 0, 59), date(2026, 3, 28))


def test_an_hour_that_happens_twice_is_taken_the_first_time() -> None:
    """25 October 2026: at 03:00 Berlin's clocks go back to 02:00."""
    assert instant_at(date(2026, 10, 25), 2 * 60 + 30, "Europe/Berlin") == utc(2026, 10, 25, 0, 30)


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("start", [date(2026, 3, 1), date(2026, 10, 18)])
@pytest.mark.parametrize("minute", [0, 90, 150, NINE])
def test_across_a_clock_change_there_is_one_digest_for_every_day(timezone: str, start: date, minute: int) -> None:
    at = instant_at(start, 0, timezone) - timedelta(minutes=1)
    days = []
    for _ in range(35):
        found = digest_after(at, timezone, minute=minute, work_days="1234567")
        assert found is not None
        days.append(local_day(found, timezone))
        at = found
    assert days == [start + timedelta(days=n) for n in range(35)]


def test_the_second_0230_of_autumn_brings_no_second_digest() -> None:
    first = utc(2026, 10, 25, 0, 30)
    assert digest_after(first, minute=150, work_days="1234567") == utc(2026, 10, 26, 1, 30)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (utc(2026, 11, 24, 7, 59), utc(2026, 11, 24, 8)),  # a Tuesday, a minute before nine
        (utc(2026, 11, 24, 8, 0), utc(2026, 11, 25, 8)),  # at nine: strictly after
        (utc(2026, 11, 24, 8, 1), utc(2026, 11, 25, 8)),
        (utc(2026, 11, 27, 8, 0), utc(2026, 11, 30, 8)),  # Friday, then Monday
        (utc(2026, 11, 28, 12, 0), utc(2026, 11, 30, 8)),
    ],
)
def test_a_digest_comes_at_its_hour_on_the_next_working_day(after: datetime, expected: datetime) -> None:
    assert digest_after(after) == expected


def test_a_weekly_digest_comes_on_the_first_working_day_of_the_week() -> None:
    weekly: dict[str, Any] = {"frequency": Frequency.WEEKLY}
    assert digest_after(utc(2026, 11, 24, 9), **weekly) == utc(2026, 11, 30, 8)
    assert digest_after(utc(2026, 11, 24, 9), work_days="347", **weekly) == utc(2026, 11, 25, 8)
    assert digest_after(utc(2026, 11, 25, 9), work_days="347", **weekly) == utc(2026, 12, 2, 8)


@pytest.mark.parametrize("changes", [{"frequency": Frequency.OFF}, {"work_days": ""}])
def test_no_digest_ever_comes_when_it_is_off_or_no_day_is_worked(changes: dict[str, Any]) -> None:
    assert digest_after(utc(2026, 11, 24, 9), **changes) is None


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (date(2026, 11, 24), utc(2026, 11, 25, 8)),  # over today
        (date(2026, 11, 26), utc(2026, 11, 26, 8)),
        (date(2026, 11, 28), utc(2026, 11, 30, 8)),  # ends on a Saturday
        (date(2027, 11, 24), utc(2027, 11, 24, 8)),  # a year's leave
    ],
)
def test_a_pause_ends_with_the_first_working_day_from_its_date(until: date, expected: datetime) -> None:
    assert digest_after(utc(2026, 11, 24, 9), paused_until_on=until) == expected


@pytest.mark.parametrize(
    ("late", "worth"),
    [
        (timedelta(0), True),
        (timedelta(hours=8), True),
        (timedelta(hours=8, minutes=1), False),
        (timedelta(days=1), False),
    ],
)
def test_a_late_digest_is_sent_within_eight_hours(late: timedelta, worth: bool) -> None:
    due = utc(2026, 11, 24, 8)
    assert is_worth_sending(due, due + late, "Europe/Berlin") is worth


def test_an_evening_digest_is_not_sent_after_midnight() -> None:
    due = instant_at(date(2026, 11, 24), 23 * 60, "Europe/Berlin")
    assert is_worth_sending(due, due + timedelta(minutes=59), "Europe/Berlin")
    assert not is_worth_sending(due, due + timedelta(minutes=61), "Europe/Berlin")


def test_days_of_the_week_are_iso_days() -> None:
    tuesday = date(2026, 11, 24)
    assert works_on(tuesday, "2")
    assert not works_on(tuesday, "13")


@pytest.mark.parametrize(
    ("frequency", "days"),
    [(Frequency.DAILY, "12345"), (Frequency.WEEKLY, "1"), (Frequency.OFF, "")],
)
def test_each_frequency_has_its_days(frequency: Frequency, days: str) -> None:
    monday = date(2026, 11, 23)
    sent = [n for n in range(7) if sends_on(monday + timedelta(days=n), work_days="12345", frequency=frequency)]
    assert "".join(str(n + 1) for n in sent) == days


@pytest.mark.parametrize(
    ("day", "work_days", "expected"),
    [
        (date(2026, 11, 24), "12345", date(2026, 11, 25)),
        (date(2026, 11, 27), "12345", date(2026, 11, 30)),
        (date(2026, 11, 24), "2", date(2026, 12, 1)),
        (date(2026, 11, 24), "", date(2026, 11, 25)),
    ],
)
def test_the_next_working_day_may_be_a_week_away(day: date, work_days: str, expected: date) -> None:
    assert next_working_day(day, work_days) == expected


@pytest.mark.parametrize(("text", "days"), [("12345", "12345"), ("5311", "135"), ("", "")])
def test_working_days_are_read_in_any_order(text: str, days: str) -> None:
    assert parse_work_days(text) == days


@pytest.mark.parametrize("text", ["0", "8", "mon", "1,2", "1 2"])
def test_working_days_that_are_no_days_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write digits from 1"):
        parse_work_days(text)


@given(
    after=st.integers(0, 5_000_000).map(lambda minutes: utc(2020, 1, 1) + timedelta(minutes=minutes)),
    timezone=st.sampled_from(ZONES),
    minute=st.integers(0, 1439),
    work_days=st.sets(st.sampled_from("1234567"), min_size=1).map(lambda days: "".join(sorted(days))),
    frequency=st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]),
)
def test_the_next_digest_is_always_ahead_and_never_twice_on_one_day(
    after: datetime, timezone: str, minute: int, work_days: str, frequency: Frequency
) -> None:
    found, at = [], after
    for _ in range(4):
        following = digest_after(at, timezone, minute=minute, work_days=work_days, frequency=frequency)
        assert following is not None
        found.append(following)
        at = following
    assert all(one < other for one, other in pairwise([after, *found]))
    days = [local_day(at, timezone) for at in found]
    assert all(works_on(day, work_days) for day in days)
    assert len(set(days)) == len(days)


@pytest.mark.parametrize(
    ("instant", "zone_name", "left"),
    [
        ("2026-11-27T08:00", "Europe/Berlin", True),
        ("2026-11-27T15:59", "Europe/Berlin", True),
        ("2026-11-27T16:00", "Europe/Berlin", False),
        ("2026-11-27T16:00", "Europe/London", True),
        ("2026-11-26T23:30", "Pacific/Auckland", True),
        ("2026-11-28T10:00", "Europe/Berlin", False),
    ],
)
def test_a_working_day_has_time_left_until_five_where_somebody_is(instant: str, zone_name: str, left: bool) -> None:
    now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert is_time_left(now, timezone=zone_name, work_days="12345") is left
    assert not is_time_left(now, timezone=zone_name, work_days="12345", off={date(2026, 11, 27)})
