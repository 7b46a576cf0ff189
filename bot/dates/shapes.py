"""The shapes that a date takes inside a sentence, and the day that each of them means.

A shape is a pattern with a rule. Only words that have the shape of a date are read as one, so that "may have to call
again" or "sent 3 mails" stay what they are; a general parser let loose on sentences takes both for dates.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from bot.dates.days import (
    MOST_DAYS,
    Direction,
    NoSuchDay,
    day_of_month,
    first_day,
    in_some_year,
    last_day,
    middle_day,
    monday,
    step,
    weekday_after,
    weekday_before,
)
from bot.dates.words import LANGUAGES, DateWords, Unit
from bot.domain.folding import fold
from bot.domain.found_date import FoundDate

Match = re.Match[str]
Rule = Callable[[Match, date, Direction], date | None]
Edge = Callable[[date, Unit], date]

_SAFE_ABBREVIATIONS = "mon|tues?|wed|thu(?:rs?)?|fri"
_AFTER_MAY = (
    r"(?! (?:have|be|need|want|not|come|call|go|get|take|ask|also|still|buy|order|sign|leave|churn|require|become)\b)"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to give a date; `rough` when it names no single day, `is_weekday` when it is a weekday's name alone."""

    pattern: re.Pattern[str]
    rule: Rule
    rough: bool = False
    is_weekday: bool = False


def find_shapes(text: str, shapes: Iterable[Shape], *, today: date, direction: Direction) -> list[FoundDate]:
    """All dates in a text in reading order; where shapes overlap the longest wins."""
    folded = fold(text)
    hits: list[FoundDate] = []
    for shape in shapes:
        for match in shape.pattern.finditer(folded):
            when, exists = _ruled(shape, match, today, direction)
            if when is not None:
                start, end = match.span()
                hits.append(FoundDate(when, text[start:end], start, end, shape.rough, shape.is_weekday, exists))
    kept: list[FoundDate] = []
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _ruled(shape: Shape, match: Match, today: date, direction: Direction) -> tuple[date | None, bool]:
    """The day that a match means, and whether there is one; the nearest where there is none."""
    try:
        return shape.rule(match, today, direction), True
    except NoSuchDay as missing:
        return missing.nearest, False
    except (ValueError, OverflowError):  # a million weeks
        return None, True


@lru_cache(maxsize=64)
def shapes_of(languages: tuple[str, ...], *, month_first: bool) -> tuple[Shape, ...]:
    """The shapes of these languages (`de`, `en`); a language without a table has weekdays and calendar dates only."""
    names = _Names(languages)
    shapes = [*_calendar_shapes(names, month_first=month_first)]
    for language in languages:
        if language in LANGUAGES:
            shapes += _worded_shapes(LANGUAGES[language], names)
    return tuple(shapes)


class _Names:
    """Month and weekday names of some languages, as patterns and as numbers (January 1, Monday 0)."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.months: dict[str, int] = {"sept": 9} if "en" in languages else {}
        self.weekdays: dict[str, int] = {}
        full_weekdays: list[str] = []
        lead_ins: list[str] = []
        for language in languages:
            locale = Locale.parse(language)
            for width in ("wide", "abbreviated"):
                for context in ("format", "stand-alone"):
                    self.months |= {_bare(name): n for n, name in locale.months[context][width].items()}
                    self.weekdays |= {_bare(name): n for n, name in locale.days[context][width].items()}
            full_weekdays += map(_bare, locale.days["format"]["wide"].values())
            if words := LANGUAGES.get(language):
                self.weekdays |= words.extra_weekdays
                lead_ins.append(words.on)
        self.month = _any(self.months)
        self.any_weekday = _any(self.weekdays)
        # "so", "do" and "mi" are words as well: two letters are a day only where the sentence stops.
        two_letters = [name for name in self.weekdays if len(name) == 2]
        longer = [name for name in self.weekdays if len(name) > 2]
        self.weekday = rf"{_any(longer)}|(?:{_any(two_letters) or '(?!)'})(?=\.|,|\s*$)"
        self.full_weekday = _any(full_weekdays)
        self.on = "|".join(lead_ins) or "on"
        self.lead = rf"(?:(?:{self.on}) )?(?:(?:{self.any_weekday})\.?,? (?:den |dem |the |le |el )?)?"


def _calendar_shapes(names: _Names, *, month_first: bool) -> Iterator[Shape]:
    """Dates of the calendar: 4 November, Nov 4th 2025, 3.5., 3/5, 2026-11-04, and weekdays by name."""
    year = r"(?:,? (?:del? )?(?P<year>(?:19|20)\d\d))?"

    def named(match: Match, today: date, direction: Direction) -> date | None:
        return in_some_year(int(match["day"]), names.months[match["month"]], match["year"], today, direction)

    def dotted(match: Match, today: date, direction: Direction) -> date | None:
        day, month = int(match["day"]), int(match["month"])
        return in_some_year(day, month, match["year"], today, direction) if match["year"] or day <= MOST_DAYS else None

    def ordered(match: Match, today: date, direction: Direction) -> date | None:
        first, second = int(match["first"]), int(match["second"])
        day, month = (second, first) if (month_first and first <= 12) or second > 12 else (first, second)
        is_share = match[0].endswith("24/7") or (not match["year"] and day > MOST_DAYS)
        return None if is_share else in_some_year(day, month, match["year"], today, direction)

    month = rf"(?P<month>{names.month})\b"
    yield _shape(
        rf"{names.lead}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)? ?(?:of |de )?{month}{_AFTER_MAY}\.?{year}", named
    )
    yield _shape(rf"{names.lead}{month}\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:,]\d){year}", named)
    yield _shape(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", dotted)
    yield _shape(rf"{names.lead}(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?(?P<year>\d{{4}}|\d\d(?!\d))", dotted)
    opening = rf"^\s*|(?:am|on|le|el) |(?<=vom )|(?<=zum )|(?<=bis )|(?:{names.any_weekday})\.?,? (?:den )?"
    without_year = r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})(?P<year>)"
    yield _shape(
        rf"(?:{opening}){without_year}\.(?!\d)",
        dotted,
    )
    yield _shape(rf"am {without_year}(?![.,]?\d)", dotted)
    no_fraction = r"(?! ?(?:of|von|stars?|sterne|points?|punkte|people|hours?|days?|cups?|%)\b)(?![/\d])"
    slashed = r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?"
    yield _shape(rf"{names.lead}(?<![\d/]){slashed}{no_fraction}", ordered)
    yield _shape(r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4})", ordered)

    def weekday(match: Match, today: date, direction: Direction) -> date:
        number = names.weekdays[match["weekday"]]
        return weekday_before(number, today) if direction == "past" else weekday_after(number, today)

    times = "|".join(words.time_of_day for words in LANGUAGES.values())
    tail = rf"(?:[ -]?(?:{times}))?"
    yield _shape(rf"(?:(?:{names.on}) )?(?P<weekday>{names.full_weekday}){tail}", weekday, is_weekday=True)
    yield _shape(rf"(?:{names.on}) (?P<weekday>{names.weekday})\.?{tail}", weekday, is_weekday=True)
    yield _shape(rf"(?<=\w )(?P<weekday>{_SAFE_ABBREVIATIONS})(?=\s*(?:$|[,.;:!)]))", weekday, is_weekday=True)


def _worded_shapes(words: DateWords, names: _Names) -> Iterator[Shape]:
    """Dates given from today in one language: yesterday, two weeks ago, next Friday, end of May."""
    tail = rf"(?: (?:{words.time_of_day}))?"
    for phrase, days in words.near.items():

        def near(_match: Match, today: date, _way: Direction, days: int = days) -> date:
            return today + timedelta(days=days)

        yield _shape(rf"(?:{phrase}){tail}", near)
    if words.day_of_month:

        def of_month(match: Match, today: date, way: Direction) -> date | None:
            return day_of_month(int(match["day"]), today, way)

        yield _shape(words.day_of_month, of_month)

    number = rf"(?P<n>\d{{1,3}}|{'|'.join(words.numbers)})"
    unit = rf"(?P<unit>{'|'.join(words.units.values())})"
    for template, sign in [*((t, -1) for t in words.ago), *((t, 1) for t in words.ahead)]:

        def counted(match: Match, today: date, _way: Direction, sign: int = sign) -> date:
            return step(today, _unit(words, match["unit"]), sign * _number(words, match["n"]))

        yield _shape(template.format(n=number, unit=unit), counted)
        yield _shape(template.format(n=rf"(?P<n>{words.few})", unit=unit), counted, rough=True)
    yield from _modified_shapes(words, names, unit)
    yield from _edge_shapes(words, names, unit)


def _modified_shapes(words: DateWords, names: _Names, unit: str) -> Iterator[Shape]:
    """Last, this and next: a weekday, a unit of time, or a weekday of such a week."""
    weekday = rf"(?P<weekday>{names.weekday})"
    for templates, turn in ((words.last, -1), (words.this, 0), (words.next, 1)):

        def of_weekday(match: Match, today: date, _way: Direction, turn: int = turn) -> date:
            number = names.weekdays[match["weekday"]]
            if turn == 0:
                return monday(today) + timedelta(days=number)
            return weekday_after(number, today) if turn > 0 else weekday_before(number, today)

        def of_week(match: Match, today: date, _way: Direction, turn: int = turn) -> date:
            return monday(today) + timedelta(days=7 * turn + names.weekdays[match["weekday"]])

        def of_unit(match: Match, today: date, way: Direction, turn: int = turn) -> date:
            named = _unit(words, match["unit"])
            if turn > 0:
                return first_day(step(today, named, 1), named)
            if turn < 0:
                return step(today, named, -1)
            return today if way == "past" else last_day(today, named)

        for template in templates:
            week = template.format(x=f"(?:{words.units['week']})")
            yield _shape(template.format(x=weekday), of_weekday)
            yield _shape(template.format(x=unit), of_unit, rough=True)
            yield _shape(rf"(?:(?:{words.on}) )?{weekday} {week}", of_week)
            yield _shape(rf"{week},? (?:(?:{words.on}) )?{weekday}", of_week)


def _edge_shapes(words: DateWords, names: _Names, unit: str) -> Iterator[Shape]:
    """End, middle and start of a unit of time or of a month by name: rough but useful when putting something off."""
    for templates, edge in ((words.end, last_day), (words.middle, middle_day), (words.start, first_day)):

        def of_month(match: Match, today: date, way: Direction, edge: Edge = edge) -> date | None:
            day = in_some_year(1, names.months[match["month"]], match["year"], today, way)
            return day and edge(day, "month")

        for template in templates:
            year = r"(?: (?:de )?(?P<year>20\d\d))?"
            yield _shape(template.format(x=rf"(?P<month>{names.month})") + year, of_month, rough=True)
            for modifiers, turn in ((("{x}",), 0), (words.last, -1), (words.this, 0), (words.next, 1)):

                def of_unit(match: Match, today: date, _way: Direction, turn: int = turn, edge: Edge = edge) -> date:
                    named = _unit(words, match["unit"])
                    return edge(step(first_day(today, named), named, turn), named)

                for modifier in modifiers:
                    yield _shape(template.format(x=modifier.format(x=unit)), of_unit, rough=True)


def _shape(pattern: str, rule: Rule, *, rough: bool = False, is_weekday: bool = False) -> Shape:
    return Shape(re.compile(rf"(?<![\w.,-])(?:{pattern})(?![\w-])(?!'s)(?!\.\d)"), rule, rough, is_weekday)


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, set(names)), key=len, reverse=True))


def _bare(name: str) -> str:
    return fold(name).rstrip(".")


def _number(words: DateWords, said: str) -> int:
    if said.isdigit():
        return int(said)
    return next((n for phrase, n in words.numbers.items() if re.fullmatch(phrase, said)), 3)


def _unit(words: DateWords, said: str) -> Unit:
    return next(unit for unit, phrase in words.units.items() if re.fullmatch(phrase, said))
