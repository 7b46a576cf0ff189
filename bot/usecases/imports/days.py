"""Reading dates and times as people write them, in a column whose other cells say whether the day comes first."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from bot.usecases.imports.refusal import FieldRefused

FIRST_YEAR, LAST_YEAR = 1900, 2199
_REMEDY = "Write it like 2026-05-09."
_NUMERIC = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{2,4})(?:(?:[T,]\s?|\s+)(.+))?")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s?-?([^\W\d_]+)\.?,?[\s-]?(\d{4})(?:(?:,|\s)\s*(.+))?")
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2}),?\s+(\d{4})(?:(?:,|\s)\s*(.+))?")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?)?\s*(?:uhr)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
# Dates repeat; remembering this many spares most of the work and bounds the memory.
_REMEMBERED = 10_000


@dataclass(slots=True)
class DayColumn:
    """The dates of one column: first every cell is shown to `witness`, then each can be read."""

    day_first: bool = False
    month_first: bool = False
    _read: dict[str, tuple[date, str | None]] = field(default_factory=dict)

    def witness(self, cell: str) -> None:
        """Note what the cell proves about the order of day and month."""
        if cell[:4].isdigit() or ("/" not in cell and "-" not in cell):
            return
        if (found := _NUMERIC.fullmatch(cell.strip())) and len(found[1]) < 3:
            first, second = int(found[1]), int(found[3])
            self.day_first |= 12 < first <= 31 and second <= 12
            self.month_first |= 12 < second <= 31 and first <= 12

    def read_day(self, cell: str) -> date:
        """Return the local date; a time of day is left out."""
        return self._split(cell)[0]

    def read_birthday(self, cell: str, today: date) -> date:
        """Return the day of birth; two-digit years are of the past."""
        day = self._split(cell)[0]
        if day > today and not re.search(r"\d{4}", cell):
            day = day.replace(year=day.year - 100)
        if day > today:
            raise FieldRefused(f"is a birthday ahead of us. {_REMEDY}")
        return day

    def read_instant(self, cell: str, zone: ZoneInfo) -> tuple[datetime, date]:
        """Return (the UTC instant, the local date); a time without a zone is local, a date alone is its noon."""
        day, time = self._split(cell)
        if time is None:
            return _noon(day, zone), day
        if (found := _TIME.fullmatch(time.strip())) is None:
            raise FieldRefused("has a time that cannot be read. Write it like 2026-05-09 14:30.")
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4]:
            if not 1 <= hour <= 12:
                raise FieldRefused("has a time that cannot be read. Write it like 2026-05-09 14:30.")
            hour = hour % 12 + (12 if found[4].casefold() == "p" else 0)
        try:
            naive = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001  the zone follows
        except ValueError:
            raise FieldRefused("has a time that no clock shows. Write it like 2026-05-09 14:30.") from None
        if found[5] is None:
            return naive.replace(tzinfo=zone).astimezone(UTC), day
        at = naive.replace(tzinfo=UTC) - _offset(found[5])
        return at, at.astimezone(zone).date()

    def is_day(self, cell: str) -> bool:
        """Say whether the cell names a day without a time."""
        return self._split(cell)[1] is None

    def _split(self, cell: str) -> tuple[date, str | None]:
        if (known := self._read.get(cell)) is not None:
            return known
        day, time = self._parse(cell)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise FieldRefused(f"is in the year {day.year}. {_REMEDY}")
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[cell] = day, time
        return day, time

    def _parse(self, cell: str) -> tuple[date, str | None]:
        if cell[4:5] == "-" and cell[7:8] == "-":
            try:
                return date.fromisoformat(cell[:10]), cell[11:] or None
            except ValueError:
                pass
        try:
            if found := _NUMERIC.fullmatch(cell):
                return self._ordered(found), found[5]
            if found := _DAY_MONTH.fullmatch(cell):
                return date(int(found[3]), _month(found[2]), int(found[1])), found[4]
            if found := _MONTH_DAY.fullmatch(cell):
                return date(int(found[3]), _month(found[1]), int(found[2])), found[4]
        except FieldRefused:
            raise
        except ValueError:
            raise FieldRefused(f"is a day that no calendar has. {_REMEDY}") from None
        raise FieldRefused(f"is not a date. {_REMEDY}")

    def _ordered(self, found: re.Match[str]) -> date:
        first, mark, second, third = int(found[1]), found[2], int(found[3]), int(found[4])
        if len(found[1]) >= 3:
            return date(first, second, third)
        year = third if len(found[4]) > 2 else third + (2000 if third < 70 else 1900)
        if mark == "." or first > 12 or first == second:
            return date(year, second, first)
        if second > 12:
            return date(year, first, second)
        if self.day_first == self.month_first:
            raise FieldRefused(
                f"can mean {date(year, second, first)} or {date(year, first, second)}. Write the one it is."
            )
        return date(year, second, first) if self.day_first else date(year, first, second)


@lru_cache(_REMEMBERED)
def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)


def _offset(written: str) -> timedelta:
    if written[0] not in "+-":
        return timedelta()
    digits = written[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return ahead if written[0] == "+" else -ahead


def _month(word: str) -> int:
    month = (
        _months().get(word.casefold().rstrip(".")[:3]) if len(word) < 3 else _months().get(word.casefold().rstrip("."))
    )
    if month is None:
        raise FieldRefused(f"is not a date. {_REMEDY}")
    return month


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = {"sept": 9}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    months.setdefault(name.casefold().rstrip("."), number)
    return months
