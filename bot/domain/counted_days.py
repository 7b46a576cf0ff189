"""The days on which a segment's silence counts: every day or working days, without the weeks in which it sleeps.

Rhythm, warmth, due day and lost day count in these days, so that a pause in August makes nobody overdue. Counting is
arithmetic, not a walk through the calendar: the Gregorian calendar repeats, weekdays included, every 400 years.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise

# Days are numbered from here: a late epoch keeps day/cadence small, so that doubles stay exact enough to order by.
EPOCH = date(2020, 1, 1)

# A leap year, whose days number the days of every year.
_EVERY_DATE = 2000
_29_FEBRUARY = 60
_CYCLE_YEARS = 400
# A segment that sleeps for longer than this has no rhythm left to speak of.
LONGEST_PAUSES_DAYS = 183

_PAUSE = re.compile(r"\s*(\d{1,2})-(\d{1,2})\s*(?:\.\.|…|–)\s*(\d{1,2})-(\d{1,2})\s*")


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Weeks in which a segment sleeps every year, from `first` to `last` inclusive, both (month, day).

    One whose last day lies before its first goes over New Year.
    """

    first: tuple[int, int]
    last: tuple[int, int]

    def __str__(self) -> str:
        return "{:02}-{:02}..{:02}-{:02}".format(*self.first, *self.last)

    @classmethod
    def parse(cls, text: str) -> "Pause":
        """Read "08-01..08-31". Raises ValueError when it is not two days of a year."""
        found = _PAUSE.fullmatch(text)
        if found is None:
            raise ValueError(text)
        first_month, first_day, last_month, last_day = map(int, found.groups())
        # A date that does not exist is refused here.
        first, last = date(_EVERY_DATE, first_month, first_day), date(_EVERY_DATE, last_month, last_day)
        return cls((first.month, first.day), (last.month, last.day))

    @property
    def is_over_new_year(self) -> bool:
        """Whether its last day lies before its first."""
        return self.last < self.first

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """The numbers of its first and last day in a leap year; two such pairs when it goes over New Year."""
        first, last = (date(_EVERY_DATE, *day).timetuple().tm_yday for day in (self.first, self.last))
        return [(first, last)] if first <= last else [(1, last), (first, 366)]


@dataclass(frozen=True, slots=True)
class CountedDays:
    """Which days count: all or, with `working`, Monday to Friday, and none of the yearly `pauses`."""

    working: bool = False
    pauses: tuple[Pause, ...] = ()
    # Whether all days count, which makes counting a subtraction.
    every_day: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "every_day", not self.working and not self.pauses)

    @property
    def paused_days(self) -> int:
        """How many days of a leap year the pauses take, days that are in two of them once."""
        return sum(last - first + 1 for first, last in _stretches(self))

    def number(self, day: date) -> int:
        """Return how many days count after the epoch until `day` inclusive; before the epoch it is negative."""
        if self.every_day:
            return (day - EPOCH).days
        return _until(self, day) - _until(self, EPOCH)

    def between(self, first: date, last: date) -> int:
        """Return how many days count after `first` until `last` inclusive."""
        if self.every_day:
            return (last - first).days
        return _until(self, last) - _until(self, first)

    def day(self, number: int) -> date:
        """Return the first day of that number, which is always a day that counts; at the calendar's ends, its end."""
        if self.every_day:
            return _day_of(EPOCH.toordinal() + number)
        return _reached(self, _until(self, EPOCH) + number)

    def after(self, day: date, count: int) -> date:
        """Return the day on which `count` more days have counted since `day`; `count` is at least 1."""
        if self.every_day:
            return day + timedelta(days=count)
        return _reached(self, _until(self, day) + count)

    def paused_between(self, first: date, last: date) -> int:
        """Return how many days of the calendar after `first` until `last` inclusive lie in a pause."""
        if not self.pauses or last <= first:
            return 0
        return (last - first).days - CountedDays(pauses=self.pauses).between(first, last)

    def in_calendar_days(self, count: float) -> float:
        """Return how long a stretch of counted days lasts for people, outside the pauses: 5 working days are 7."""
        return count * 7 / 5 if self.working else count


EVERY_DAY = CountedDays()


@lru_cache(maxsize=1024)
def counted_days(counts: str, pauses: str) -> CountedDays:
    """Read what a segment stores: "all" or "working", and pauses like "08-01..08-31,12-24..01-01"."""
    if counts == "all" and not pauses:
        return EVERY_DAY
    return CountedDays(counts == "working", tuple(Pause.parse(text) for text in pauses.split(",") if text))


def pauses_text(pauses: Iterable[Pause]) -> str:
    """Write pauses as they are stored, in the order of the year and each once."""
    return ",".join(map(str, sorted(set(pauses))))


@lru_cache(maxsize=1024)
def _stretches(counted: CountedDays) -> tuple[tuple[int, int], ...]:
    """Return the days of a leap year in a pause, as (first, last) in order, none touching the next."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(stretch for pause in counted.pauses for stretch in pause.stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _until(counted: CountedDays, day: date) -> int:
    """Return how many days count from the first day of the calendar until `day` inclusive."""
    cycles, year = divmod(day.year - MINYEAR, _CYCLE_YEARS)
    years = _years(counted)
    before = date(day.year, 1, 1).toordinal() - 1
    return cycles * years[_CYCLE_YEARS] + years[year] + _within(counted, before, day.toordinal())


def _within(counted: CountedDays, before: int, until: int) -> int:
    """Return how many days count after the ordinal `before`, the last of a year, until `until` in the year after it."""
    total = _unpaused(counted, until) - _unpaused(counted, before)
    for first, last in _paused_in(counted, before):
        if first >= until:
            break
        total -= _unpaused(counted, min(last, until)) - _unpaused(counted, first)
    return total


def _reached(counted: CountedDays, total: int) -> date:
    """Return the first day until which `total` days count: the inverse of `_until`."""
    years = _years(counted)
    # The last day of a cycle must be found in it, not on the first that counts of the next.
    cycles, rest = divmod(total - 1, years[_CYCLE_YEARS])
    year = _year_of(years, rest)
    number = MINYEAR + cycles * _CYCLE_YEARS + year
    if not MINYEAR <= number <= MAXYEAR:
        return date.min if number < MINYEAR else date.max
    before = date(number, 1, 1).toordinal() - 1
    wanted = _unpaused(counted, before) + rest + 1 - years[year]
    found = _nth(counted, wanted)
    for first, last in _paused_in(counted, before):
        if found <= first:
            break
        wanted += _unpaused(counted, last) - _unpaused(counted, first)
        found = _nth(counted, wanted)
    return _day_of(found)


def _year_of(years: tuple[int, ...], rest: int) -> int:
    """Return the year of the cycle in which the day comes before which `rest` days of the cycle count."""
    year = min(rest * _CYCLE_YEARS // years[_CYCLE_YEARS], _CYCLE_YEARS - 1)
    while years[year] > rest:
        year -= 1
    while years[year + 1] <= rest:
        year += 1
    return year


@lru_cache(maxsize=1024)
def _years(counted: CountedDays) -> tuple[int, ...]:
    """Return how many days count before each year of a cycle of the calendar, and in all of it."""
    starts = [date(year, 1, 1).toordinal() - 1 for year in range(1, _CYCLE_YEARS + 2)]
    each = (_within(counted, first, last) for first, last in pairwise(starts))
    return (0, *accumulate(each))


def _paused_in(counted: CountedDays, before: int) -> Iterable[tuple[int, int]]:
    """Yield the pauses of the year after the ordinal `before`, as (the day before, the last day)."""
    if not counted.pauses:
        return
    year = date.fromordinal(before + 1).year
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    for first, last in _stretches(counted):
        yield before + _in_year(first - 1, leap), before + _in_year(last, leap)


def _in_year(number: int, leap: bool) -> int:
    """Return how many days of a year lie in the first `number` days of a leap year."""
    return number if leap or number < _29_FEBRUARY else number - 1


def _unpaused(counted: CountedDays, ordinal: int) -> int:
    """Return how many days from the first of the calendar, a Monday, would count without pauses."""
    if not counted.working:
        return ordinal
    weeks, days = divmod(ordinal, 7)
    return 5 * weeks + min(days, 5)


def _nth(counted: CountedDays, number: int) -> int:
    """Return the ordinal of the day that is the `number`th to count without pauses: the inverse of `_unpaused`."""
    if not counted.working:
        return number
    weeks, days = divmod(number - 1, 5)
    return 7 * weeks + days + 1


def _day_of(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
