"""Which days nobody is nudged on: the company's holidays and the public ones of a region, as a set of days."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

Span = tuple[date, date]


def _no_public_holidays(_year: int) -> Collection[date]:
    return ()


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days off of one reader. `company` are spans with both ends in them; `public` are the holidays of a year."""

    company: tuple[Span, ...] = ()
    public: Callable[[int], Collection[date]] = _no_public_holidays

    def __contains__(self, day: object) -> bool:
        """Say whether nobody is nudged on a day."""
        if not isinstance(day, date):
            return False
        return any(first <= day <= last for first, last in self.company) or day in self.public(day.year)


def guess_region(country_of_zone: str | None, locale: str) -> str | None:
    """Return the country whose holidays a reader most likely has, None when that is not clear.

    A time zone alone says little: Slack offers one zone for Amsterdam, Berlin, Bern, Rome and Vienna. It is believed
    where the region of the reader's language says the same.
    """
    _, _, spoken_in = locale.replace("_", "-").partition("-")
    return country_of_zone if country_of_zone and spoken_in.upper() == country_of_zone else None
