"""Days off: whose are which, and the company's own, which an admin writes down."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.days_off import DaysOff, guess_region
from bot.domain.model import Teammate
from bot.errors import InputRefused
from bot.public_holidays import country_of_zone, days_of, is_known
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


def check_region(region: str) -> str:
    """Return a region as it is stored; "" is none. Raises InputRefused for one that is not known."""
    wanted = region.strip().upper() if "-" not in region else region.strip()
    if wanted and not is_known(wanted):
        raise InputRefused(
            "I don't know the holidays of '{region}'. Write a country like DE, or a part of one like DE-BY.",
            about="holidays",
            region=region,
        )
    return wanted
