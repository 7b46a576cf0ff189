"""The arithmetic of days that words ask for: the last Friday, the end of the month, 4 November of the right year."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

from bot.dates.words import Unit

Direction = Literal["past", "future"]

# A day and month without a year mean the last such day, unless that is longer ago: then the next one is meant.
LAST_YEAR_AFTER_DAYS = 270
MOST_DAYS = 31
# "35 March" is a slip; higher numbers beside a month count something.
_MISTYPED = 39
_LIKELY_YEARS = range(1950, 2100)


class NoSuchDay(ValueError):
    """The calendar has no such day: 31 February, or 29 February in most years. `nearest` is one that it has."""

    def __init__(self, nearest: date) -> None:
        super().__init__(f"no such day; the nearest is {nearest}")
        self.nearest = nearest


def step(day: date, unit: Unit, count: int) -> date:
    """Go `count` units from a day; months and years keep the day of the month where it exists."""
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def monday(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def first_day(day: date, unit: Unit) -> date:
    """The first day of the unit that the day is in."""
    if unit == "week":
        return monday(day)
    return day if unit == "day" else day.replace(day=1, month=1 if unit == "year" else day.month)


def middle_day(day: date, unit: Unit) -> date:
    """Wednesday, the 15th or about the first of July."""
    half_way = {"day": 0, "week": 2, "month": 14, "year": 181}
    return first_day(day, unit) + timedelta(days=half_way[unit])


def last_day(day: date, unit: Unit) -> date:
    """The last day of the unit; a week ends on Friday, as in every office."""
    if unit == "week":
        return monday(day) + timedelta(days=4)
    return step(first_day(day, unit), unit, 1) - timedelta(days=1) if unit != "day" else day


def weekday_before(number: int, today: date) -> date:
    """The last such weekday (Monday 0) before today; never today, which people call today."""
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


def weekday_after(number: int, today: date) -> date:
    """The next such weekday (Monday 0) after today."""
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def day_of_month(day: int, today: date, way: Direction) -> date | None:
    """The last such day, or the next; None when no month has it: "the 40th" is an anniversary."""
    turn = -1 if way == "past" else 1
    start = today if way == "past" else today + timedelta(days=1)
    for count in range(4):
        month = step(start.replace(day=1), "month", turn * count)
        found = _date_or_none(month.year, month.month, day)
        if found and (found <= today if way == "past" else found > today):
            return found
    return None


def in_some_year(day: int, month: int, year: str | None, today: date, way: Direction) -> date | None:
    """The day in the year given; without one the year that the direction asks for (see LAST_YEAR_AFTER_DAYS).

    None for numbers that are hardly meant as a day. Raises NoSuchDay for those that are, but that no calendar has.
    """
    if year:
        number = int(year) + (2000 if len(year) == 2 else 0)
        found_in_year = _date_or_none(number, month, day)
        if found_in_year is None and number in _LIKELY_YEARS:
            raise NoSuchDay(_nearest(number, month, day))
        return found_in_year
    years = range(today.year - 8, today.year + 9)  # 29 February may be eight years away
    found = [when for when in (_date_or_none(y, month, day) for y in years) if when]
    behind = [when for when in found if when <= today]
    ahead = [when for when in found if when > today]
    if not behind or not ahead:
        if not (1 <= month <= 12 and 1 <= day <= _MISTYPED):
            return None
        nearest = [_nearest(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
        raise NoSuchDay(
            max(when for when in nearest if when <= today)
            if way == "past"
            else min(when for when in nearest if when > today)
        )
    is_old = (today - behind[-1]).days > LAST_YEAR_AFTER_DAYS
    return ahead[0] if way == "future" or is_old else behind[-1]


def _nearest(year: int, month: int, day: int) -> date:
    """The last day of the month that is too short; where day and month changed places, the day that was meant."""
    if month > 12 and 1 <= day <= 12:
        month, day = day, month
    month = min(max(month, 1), 12)
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
