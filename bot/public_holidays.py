"""Public holidays by country and region, from the `holidays` library: loaded when somebody has a region, not before."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources

# A region is an ISO 3166 country, or one of its parts as the library spells it: "DE", "DE-BY", "GB-SCT".
_NOBODY: Mapping[date, str] = {}


@lru_cache(maxsize=1024)
def public_holidays(region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of a region in a year with their names; none for a region that is not known."""
    import holidays

    country, _, part = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return _NOBODY
    # A holiday of another year may come along where its day in lieu lies in this one.
    return {day: str(name) for day, name in found.items() if day.year == year}


@lru_cache(maxsize=1024)
def days_of(region: str | None) -> Callable[[int], Collection[date]]:
    """Return a function from a year to the public holidays of a region: the same one for the same region."""

    def in_year(year: int) -> Collection[date]:
        return public_holidays(region, year) if region else _NOBODY

    return in_year


def find_region(words: str, *, near: str | None = None) -> str | None:
    """Return the region that is meant: "DE-BY", "Germany", "Deutschland, Bayern", "uk"; None when none is known.

    `near` is the country of whoever says it: its parts may be named alone, like "Bayern".
    """
    named, _, part_named = words.replace(" - ", ",").partition("," if "," in words else "-")
    country = _countries_by_name().get(named.strip().casefold())
    if country is None and near in countries():
        country, part_named = near, words
    if country is None or not part_named.strip():
        return country
    wanted = part_named.strip().casefold()
    parts = parts_of(country)
    found = [part for part, names in parts.items() if wanted in {part.casefold(), *(n.casefold() for n in names)}]
    return f"{country}-{found[0]}" if found else None


def name_of(region: str, locale: str) -> str:
    """Return a region in words: "Germany, Bayern"."""
    from babel import Locale

    country, _, part = region.partition("-")
    language = "de" if locale.lower().startswith("de") else "en"
    said = str(Locale(language).territories.get(country, country))
    names = parts_of(country).get(part) if part else None
    return f"{said}, {next(iter(names), part)}" if names is not None else said


@lru_cache(maxsize=1)
def _countries_by_name() -> Mapping[str, str]:
    """Names in the languages that the bot speaks, and codes, in lower case."""
    from babel import Locale

    known = countries()
    names = {
        str(name).casefold(): code
        for language in ("en", "de")
        for code, name in Locale(language).territories.items()
        if code in known
    }
    spoken = {"uk": "GB", "england": "GB", "great britain": "GB", "usa": "US", "holland": "NL"}
    return {**names, **spoken, **{code.casefold(): code for code in known}}


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the ISO codes of the countries whose holidays are known, without loading any of them."""
    from holidays.registry import COUNTRIES

    return frozenset(names[1] for names in COUNTRIES.values())


@lru_cache(maxsize=256)
def parts_of(country: str) -> Mapping[str, tuple[str, ...]]:
    """Return the parts of a country that have holidays of their own, with their names: "BY" → ("Bayern",)."""
    import holidays

    found = holidays.country_holidays(country)
    names = found.get_subdivision_aliases()
    return {part: tuple(names.get(part) or ()) for part in found.subdivisions}


@lru_cache(maxsize=1)
def _country_by_zone() -> Mapping[str, str]:
    """The zone table of the time-zone database: each zone with the one country whose clocks it is named for."""
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of_zone(timezone: str) -> str | None:
    """Return the country of a time zone; None for zones of no country, like UTC."""
    return _country_by_zone().get(timezone)
