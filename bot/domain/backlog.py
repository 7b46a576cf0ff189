"""When a backlog is worked off: what is due and will be due, against what somebody does a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.model import Rhythm, Segment
from bot.domain.rhythm import due_on

LOOK_AHEAD_DAYS = 366
# Growth is told over half a year: the first weeks after an import say little about it.
_TREND_DAYS = 182


@dataclass(frozen=True, slots=True)
class Backlog:
    """On which day nobody is left over, or None and by how many a week the list grows (0 when it stays as it is)."""

    done_on: date | None
    growth_a_week: int = 0


def days_until_due_again(customers_by_segment: Mapping[Segment, int], today: date) -> float:
    """Return after how many days somebody who was talked to is due again, on average over the work that they make."""
    total = sum(customers_by_segment.values())
    daily = sum(number / _patience_days(segment, today) for segment, number in customers_by_segment.items())
    return total / daily if daily else float(LOOK_AHEAD_DAYS)


def _patience_days(segment: Segment, today: date) -> int:
    """The silence that is usual in a segment, for a customer who keeps to its cadence."""
    gaps = 9
    first_on = segment.counted.day(segment.counted.number(today) - round(gaps * segment.cadence_days))
    regular = Rhythm(touch_days=gaps + 1, first_on=first_on, last_on=today, recent=1.0)
    return max(1, (due_on(regular, first_on, segment) - today).days)


def plan_backlog(
    due: int,
    arrivals: Mapping[date, int],
    *,
    today: date,
    a_day: float,
    works_on: Callable[[date], bool],
    back_after_days: float,
) -> Backlog:
    """Work a list off day by day, from tomorrow on, and say when nobody is left over.

    `due` are waiting today; `arrivals` become due on coming days by what the ledger knows; whoever is dealt with
    becomes due again `back_after_days` later. `a_day` is how many are dealt with on a day that `works_on`. Customers
    that nobody gets to leave the list for the lost in the end; that is no way to work it off, and is not counted.
    """
    coming: Counter[date] = Counter(arrivals)
    waiting, room, back_after = float(due), 0.0, timedelta(days=max(1, round(back_after_days)))
    at_trend = waiting
    for day in _days_after(today):
        waiting += coming[day]
        if works_on(day):
            room += a_day
            dealt_with = min(waiting, float(int(room)))
            room -= int(room)
            waiting -= dealt_with
            coming[day + back_after] += int(dealt_with)
        if waiting < 1:
            return Backlog(day)
        if day == today + timedelta(days=_TREND_DAYS):
            at_trend = waiting
    return Backlog(None, max(0, round((at_trend - due) / (_TREND_DAYS / 7))))


def _days_after(today: date) -> Iterable[date]:
    return (today + timedelta(days=n) for n in range(1, LOOK_AHEAD_DAYS + 1))
