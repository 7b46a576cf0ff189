"""Dates out of what people type, for logging (what happened) and for snoozing (what is to come).

Our own shapes say where in a sentence a date stands. Where they know nothing, dateparser reads the whole text (and
sentences in languages without a table of ours, with guards), and timelength reads lengths such as "1 month 2 weeks".
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from bot.dates.days import Direction, step
from bot.dates.shapes import Shape, find_shapes, shapes_of
from bot.dates.words import DEADLINE, LANGUAGES, Unit
from bot.domain.folding import fold
from bot.domain.found_date import FoundDate

# dateparser loads two hundred languages, longer than the rest of a start: it waits for the first text that needs it.
if TYPE_CHECKING:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

__all__ = ["Direction", "FoundDate", "find_date", "parse_snooze"]

_LONGEST = 3_000
_DEADLINE_BEFORE = re.compile(rf"\b{DEADLINE}\s*$")
_UNTIL = re.compile(r"(?:until|till|til|for|bis|fuer|fur|pour|jusqu'au?|hasta|para)\s+(?:the\s+|zum\s+|le\s+|el\s+)?")
_AT_TIME = re.compile(
    r",?\s+(?:(?:at|um|a las|@)\s*\d{1,2}(?::\d\d)?|\d{1,2}:\d\d|\d{1,2}(?=\s*[apuh]))\s*(?:am|pm|uhr|h)?$"
)
_LENGTH = re.compile(r"(?:in\s+)?(?P<n>\d{1,4}(?:[.,]\d)?)\s*(?P<unit>[a-z]+)")
_SHORT_UNITS: dict[str, Unit] = {"d": "day", "t": "day", "w": "week", "m": "month", "mo": "month", "y": "year"}
_DAYS_IN: dict[Unit, float] = {"day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}


def find_date(text: str, *, today: date, languages: Sequence[str], direction: Direction) -> FoundDate | None:
    """Find the date in a sentence; `languages` are locales such as `en-GB`, the first one decides what 3/5 means.

    Looking back, a deadline ("by Friday") is no date, a day that has been wins over one to come, and a day that can
    only be ahead ("next Friday") comes back as it is: ask `is_ahead_of(today)`. So does one that no calendar has (31
    February): ask whether it `exists`. English and German are always understood, since many write German in a Slack set
    to English; French and Spanish only when named ("hier").
    """
    found = list(_dates_in(text[:_LONGEST], today=today, languages=languages, direction=direction))
    if direction == "past":
        found = [hit for hit in found if not _DEADLINE_BEFORE.search(fold(text[: hit.start]))]
    wanted = [hit for hit in found if hit.is_ahead_of(today) == (direction == "future")]
    return next(iter(wanted or found), None)


def parse_snooze(text: str, *, today: date, languages: Sequence[str]) -> FoundDate | None:
    """Read until when something is put off: "2w", "in 2 weeks", "next Monday", "30 Nov", "1.5 weeks", "Monday 9am".

    None when the words name no day. A day that is not ahead, or that no calendar has, comes back as it is: ask
    `is_ahead_of(today)`, and whether it `exists`.
    """
    said = re.sub(r"[!?\s]+$|(?<!\d)\.$", "", text.strip())[:100]
    start = _UNTIL.match(fold(said))
    words = said[start.end() :] if start else said
    folded = _AT_TIME.sub("", fold(words)) or fold(words)
    when = _length_from(folded, today) or _month_ahead(folded, today, languages)
    if when is None:
        inside = find_date(words, today=today, languages=languages, direction="future")
        if inside:
            return FoundDate(inside.when, said, 0, len(said), inside.rough, exists=inside.exists)
        when = _weekday_alone(folded, today, languages) or _compound_length(folded, today)
        when = when or _read_whole(words, today, languages)
    return FoundDate(when, said, 0, len(said)) if when else None


def _dates_in(text: str, *, today: date, languages: Sequence[str], direction: Direction) -> Iterator[FoundDate]:
    spoken = _spoken(tuple(languages))
    yield from find_shapes(text, _shapes(tuple(languages)), today=today, direction=direction)
    for language in spoken:
        if language not in LANGUAGES:
            yield from _searched(text, today=today, languages=languages, language=language, direction=direction)


def _searched(
    text: str, *, today: date, languages: Sequence[str], language: str, direction: Direction
) -> Iterator[FoundDate]:
    """What dateparser finds in a sentence, without what it is known to mistake for a date."""
    from dateparser.search import search_dates  # type: ignore[import-untyped]

    hits = search_dates(text, languages=[language], settings=_settings(today, direction, tuple(languages)))
    after = 0
    for words, _ in hits or ():
        start = text.find(words, after)
        again = _parser(today, direction, tuple(languages)).get_date_data(words)
        if start < 0 or len(words) < 4 or again.date_obj is None or again.period not in {"day", "week"}:
            continue
        if any(letter.isalpha() for letter in words):  # numbers alone are for our shapes
            after = start + len(words)
            yield FoundDate(again.date_obj.date(), words, start, after, rough=again.period != "day")


def _length_from(folded: str, today: date) -> date | None:
    """The day after a length of one unit: 2w, 10d, 3 Wochen, 1.5 weeks (part weeks and months are rounded to days)."""
    match = _LENGTH.fullmatch(folded.strip())
    unit = _unit_named(match["unit"]) if match else None
    if match is None or unit is None:
        return None
    count = float(match["n"].replace(",", "."))
    try:
        if count.is_integer():
            return step(today, unit, int(count))
        return today + timedelta(days=int(count * _DAYS_IN[unit] + 0.5))
    except (OverflowError, ValueError):
        return None


def _unit_named(said: str) -> Unit | None:
    if said in _SHORT_UNITS:
        return _SHORT_UNITS[said]
    for words in LANGUAGES.values():
        for unit, pattern in words.units.items():
            if re.fullmatch(pattern, said):
                return unit
    return None


def _month_ahead(folded: str, today: date, languages: Sequence[str]) -> date | None:
    """The first of the month that the whole text names: "March", "im März"."""
    name = re.sub(r"^(?:in|im|en)\s+", "", folded.strip())
    for language in _spoken(tuple(languages)):
        locale = Locale.parse(language)
        for number, month in locale.months["stand-alone"]["wide"].items():
            if name == fold(month):
                return date(today.year + (number <= today.month), number, 1)
    return None


def _weekday_alone(folded: str, today: date, languages: Sequence[str]) -> date | None:
    """The next such weekday, when an abbreviation is all there is: "sat", "Mo"."""
    for language in _spoken(tuple(languages)):
        for number, name in Locale.parse(language).days["format"]["abbreviated"].items():
            if folded.strip(" .") == fold(name).rstrip("."):
                return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _compound_length(folded: str, today: date) -> date | None:
    if not re.fullmatch(r"[a-z0-9 .,]+", folded):
        return None
    from timelength import TimeLength

    try:
        length = TimeLength(folded).result
        if not length.success or length.invalid or length.seconds < 86_400:
            return None
        return today + timedelta(days=int(length.seconds / 86_400 + 0.5))
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):  # timelength trips over "inf"
        return None


def _read_whole(words: str, today: date, languages: Sequence[str]) -> date | None:
    if len(words) < 4 or not any(letter.isalpha() for letter in words):
        return None
    read = _parser(today, "future", tuple(languages)).get_date_data(words)
    return read.date_obj.date() if read.date_obj and read.period in {"day", "week"} else None


@lru_cache(maxsize=64)
def _parser(today: date, direction: Direction, languages: tuple[str, ...]) -> "DateDataParser":
    """One parser a day for each audience: building one costs far more than using it."""
    from dateparser.date import DateDataParser

    return DateDataParser(languages=list(_spoken(languages)), settings=_settings(today, direction, languages))


def _settings(today: date, direction: Direction, languages: tuple[str, ...]) -> dict[str, object]:
    return {
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "PREFER_DATES_FROM": direction,
        "DATE_ORDER": "MDY" if _month_first(languages) else "DMY",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }


@lru_cache(maxsize=256)
def _shapes(languages: tuple[str, ...]) -> tuple[Shape, ...]:
    return shapes_of(_spoken(languages), month_first=_month_first(languages))


@lru_cache(maxsize=256)
def _spoken(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The language codes of some locales, English and German included; codes that nobody knows are left out."""
    known = [locale.language for locale in map(_locale, languages) if locale]
    return tuple(dict.fromkeys([*known, "en", "de"]))


@lru_cache(maxsize=256)
def _month_first(languages: tuple[str, ...]) -> bool:
    """Whether 3/5 is a day in March: what CLDR's short date of the first locale says."""
    locale = _locale(languages[0]) if languages else None
    pattern: str = locale.date_formats["short"].pattern if locale else "d/M"
    return pattern.lower().index("m") < pattern.lower().index("d")


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
