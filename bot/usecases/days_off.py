"""Days off: whose are which, and the company's own, which an admin writes down."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.days_off import DaysOff, guess_region
from bot.domain.model import Teammate
from bot.errors import InputRefused, NotFound
from bot.public_holidays import country_of_zone, days_of, find_region, name_of
from storage import days_off as stored
from storage.ledger import Ledger

LONGEST_BREAK = timedelta(days=60)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Break:
    """A holiday of the company, both ends included."""

    first_on: date
    last_on: date
    name: str


def region_of(teammate: Teammate) -> str | None:
    """Return the region whose public holidays a teammate has: the one they chose, else a guess where it is clear."""
    if teammate.holiday_region is not None:
        return teammate.holiday_region or None
    return guess_region(country_of_zone(teammate.timezone), teammate.locale)


def days_off_of(ledger: Ledger, teammate: Teammate) -> DaysOff:
    """Return the days on which a teammate is not nudged, beside their weekends."""
    return DaysOff(stored.company_spans(ledger), days_of(region_of(teammate)))


def company_days_off(ledger: Ledger) -> DaysOff:
    """Return the days on which nobody in the workspace is nudged: all that a channel knows of."""
    return DaysOff(stored.company_spans(ledger))


def company_breaks(ledger: Ledger) -> list[Break]:
    """Return the company's holidays, the earliest first."""
    return [Break(row.first_on, row.last_on, row.name) for row in stored.company_holidays(ledger)]


def parse_span(text: str) -> tuple[date, date]:
    """Read "2026-12-24" or "2026-12-24..2027-01-01"; raises InputRefused with what to write."""
    first, dots, last = text.strip().partition("..")
    try:
        span = date.fromisoformat(first.strip()), date.fromisoformat((last if dots else first).strip())
    except ValueError:
        raise InputRefused(
            "'{text}' is not a day or a span of days. Write 2026-12-24 or 2026-12-24..2027-01-01.",
            about="company_holiday",
            text=text,
        ) from None
    if not timedelta(0) <= span[1] - span[0] <= LONGEST_BREAK:
        raise InputRefused(
            "{text} ends before it begins, or lasts for more than {most} days.",
            about="company_holiday",
            text=text,
            most=LONGEST_BREAK.days,
        )
    return span


def add_break(ledger: Ledger, span: str, name: str) -> Break:
    """Write a holiday of the company. Raises InputRefused for days that can't be read or are there already."""
    first_on, last_on = parse_span(span)
    if not stored.add_company_holiday(ledger, first_on, last_on, name.strip()[:LONGEST_NAME]):
        raise InputRefused("{text} is there already.", about="company_holiday", text=span)
    return Break(first_on, last_on, name.strip()[:LONGEST_NAME])


def set_breaks(ledger: Ledger, text: str) -> int:
    """Write all holidays of the company anew, one a line like "2026-12-24..2027-01-01 Company break"; return how many.

    Raises InputRefused with the line that can't be read; nothing is changed then.
    """
    wanted: dict[tuple[date, date], str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        span, _, name = line.partition(" ")
        wanted[parse_span(span)] = name.strip()[:LONGEST_NAME]
    for known in stored.company_holidays(ledger):
        stored.remove_company_holiday(ledger, known.first_on, known.last_on)
    for (first_on, last_on), name in wanted.items():
        stored.add_company_holiday(ledger, first_on, last_on, name)
    return len(wanted)


def remove_break(ledger: Ledger, span: str) -> Break:
    """Take a holiday of the company away. Raises NotFound when there is none on those days."""
    first_on, last_on = parse_span(span)
    if not stored.remove_company_holiday(ledger, first_on, last_on):
        raise NotFound("The company has no holiday on {text}.", text=span)
    return Break(first_on, last_on, "")


def check_region(words: str, *, of: Teammate) -> str:
    """Return the region that somebody names, "" for none: a code or a name, or a part of the country they are in.

    Raises InputRefused for unknown ones.
    """
    near = (region_of(of) or country_of_zone(of.timezone) or "").partition("-")[0]
    region = find_region(words, near=near) if words.strip() else ""
    if region is None:
        raise InputRefused(
            "I don't know the holidays of '{region}'. Write a country like Germany, or a part of one like"
            " Germany, Bayern.",
            about="holidays",
            region=words.strip(),
        )
    return region


def say_region(teammate: Teammate) -> str:
    """Return the region whose holidays a teammate has, in words of their language; empty for none."""
    region = region_of(teammate)
    return name_of(region, teammate.speaks) if region else ""
