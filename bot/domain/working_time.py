"""When it is a good moment: local days, digest hours and working days, across zones, clock changes and holidays.

`off` are the days on which nobody is nudged whatever weekday they are: see `days_off`.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.model import Frequency

# A digest that could not be sent is still worth sending this long after its hour; later it would only interrupt.
LATEST_AFTER = timedelta(hours=8)
_LOOK_AHEAD_DAYS = 400
# Until then somebody who says "by Friday" on a Friday means that day.
_WORK_ENDS = time(17)
# What falls on days off is told before them, but for breaks that are longer than this.
_LONGEST_BREAK_DAYS = 31
_NO_DAYS: Container[date] = frozenset()


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; UTC when the name is unknown, so that a bad profile never stops a digest."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def local_day(now: datetime, timezone: str) -> date:
    """Return the calendar day that it is at `now` in a zone."""
    return now.astimezone(zone(timezone)).date()


def instant_at(day: date, minute: int, timezone: str) -> datetime:
    """Return the UTC instant of a wall-clock minute of a day.

    An hour that the clock change skips is taken as the hour after it; one that happens twice, as its first time. Where
    it skips the last hour of a day, as in Greenland, it is the minute before.
    """
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone(timezone))
    instant = wall.astimezone(UTC)
    if instant.astimezone(wall.tzinfo).date() == day:
        return instant
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=wall.tzinfo).astimezone(UTC) - timedelta(minutes=1)


def works_on(day: date, work_days: str) -> bool:
    """Say whether a day is one of the ISO weekdays in `work_days`, like "12345"."""
    return str(day.isoweekday()) in work_days


def is_time_left(now: datetime, *, timezone: str, work_days: str, off: Container[date] = _NO_DAYS) -> bool:
    """Say whether somebody's working day is not over: it is one of theirs, and before five in the afternoon there."""
    local = now.astimezone(zone(timezone))
    return works_on(local.date(), work_days) and local.date() not in off and local.time() < _WORK_ENDS


def sends_on(day: date, *, work_days: str, frequency: Frequency, off: Container[date] = _NO_DAYS) -> bool:
    """Say whether a digest of this frequency is sent on a day: the weekly one on the week's first day of work."""
    if frequency is Frequency.OFF or not works_on(day, work_days) or day in off:
        return False
    if frequency is Frequency.DAILY:
        return True
    earlier = (day - timedelta(days=n) for n in range(1, day.isoweekday()))
    return not any(works_on(one, work_days) and one not in off for one in earlier)


def next_digest_at(
    after: datetime,
    *,
    timezone: str,
    minute: int,
    work_days: str,
    frequency: Frequency,
    paused_until_on: date | None = None,
    off: Container[date] = _NO_DAYS,
) -> datetime | None:
    """Return the first digest instant strictly after `after`; None when none ever comes."""
    if frequency is Frequency.OFF or not work_days:
        return None
    first = local_day(after, timezone)
    if paused_until_on and paused_until_on > first:
        first = paused_until_on
    for offset in range(_LOOK_AHEAD_DAYS):
        day = first + timedelta(days=offset)
        if sends_on(day, work_days=work_days, frequency=frequency, off=off):
            instant = instant_at(day, minute, timezone)
            if instant > after:
                return instant
    return None


def is_worth_sending(due: datetime, now: datetime, timezone: str) -> bool:
    """Say whether a digest that was due at `due` still helps at `now`: on the same local day, within eight hours."""
    return now - due <= LATEST_AFTER and local_day(due, timezone) == local_day(now, timezone)


def next_working_day(day: date, work_days: str) -> date:
    """Return the first working day after `day`; the day after when no weekday is a working day."""
    for offset in range(1, 8):
        if works_on(day + timedelta(days=offset), work_days):
            return day + timedelta(days=offset)
    return day + timedelta(days=1)


def next_sending_day(day: date, *, work_days: str, frequency: Frequency, off: Container[date] = _NO_DAYS) -> date:
    """Return the next day with a digest after `day`; where none comes for a month, the next working day."""
    for offset in range(1, _LONGEST_BREAK_DAYS + 1):
        if sends_on(day + timedelta(days=offset), work_days=work_days, frequency=frequency, off=off):
            return day + timedelta(days=offset)
    return next_working_day(day, work_days)


def parse_work_days(text: str) -> str:
    """Return ISO weekdays in order without repeats, from any mix of digits; raises ValueError for others."""
    if any(letter not in "1234567" for letter in text):
        raise ValueError(f"work days {text!r}: write digits from 1 (Monday) to 7 (Sunday)")
    return "".join(sorted(set(text)))
