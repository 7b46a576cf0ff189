"""How the bot speaks: phrases in every language it knows, and a voice that fills them for one reader.

A phrase keeps its languages side by side: no translation can be forgotten, and a misspelt name is a type error.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self

from babel.dates import format_date, format_skeleton
from babel.numbers import get_currency_precision

from bot.blocks.saying import say_date, say_money, say_number, say_span, say_time
from bot.blocks.text import cut, tidy
from bot.domain.facts import DEFAULT_LOCALE, language_of
from bot.domain.model import Teammate
from bot.domain.working_time import local_day, zone


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence of the bot in English and German, with the same `{fields}` in both."""

    en: str
    de: str

    def in_language(self, language: str) -> str:
        """Return the unfilled sentence in a language of `LANGUAGES`."""
        return self.de if language == "de" else self.en


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence with a `{number}`, for one and for any other number."""

    one: Phrase
    many: Phrase


_GROUPED_FROM = 1000
ON = Phrase("on {day}", "am {day}")
FOR = Phrase("for {day}", "für {day}")
FOR_DATE = Phrase("for {day}", "für den {day}")
TODAY_AT = Phrase("at {time}", "um {time} Uhr")
DAY_AT = Phrase("{day} at {time}", "{day} um {time} Uhr")
QUOTE = Phrase("'{words}'", "„{words}“")
AND = Phrase("{first} and {last}", "{first} und {last}")


@dataclass(frozen=True, slots=True)
class Voice:
    """The bot talking to one reader: their locale like "de-DE", their IANA zone, and the day it is for them."""

    locale: str
    timezone: str
    today: date

    @classmethod
    def to(cls, locale: str, *, timezone: str = "UTC", today: date) -> Self:
        """Return the voice for a reader; who speaks a language that the bot does not is talked to in English."""
        spoken = locale if language_of(locale) == locale[:2].casefold() else DEFAULT_LOCALE
        return cls(spoken, timezone, today)

    @classmethod
    def to_teammate(cls, reader: Teammate, *, today: date) -> Self:
        """Return the voice for a teammate, in the language they chose and their zone."""
        return cls.to(reader.speaks, timezone=reader.timezone, today=today)

    @property
    def language(self) -> str:
        """The language of the phrases: "en" or "de"."""
        return language_of(self.locale)

    def __call__(self, phrase: Phrase, **values: object) -> str:
        """Say a phrase, its fields filled with `values`: plain text, nothing escaped."""
        return phrase.in_language(self.language).format(**values)

    def count(self, counted: Counted, number: int, **values: object) -> str:
        """Say a phrase in the form that fits a number."""
        return self(counted.one if number == 1 else counted.many, number=self.whole(number), **values)

    def whole(self, number: int) -> str:
        """Say a whole number as the reader groups it: "40,000", "40.000"."""
        return self.number(number) if number >= _GROUPED_FROM else str(number)

    def day(self, day: date) -> str:
        """Say a day: "yesterday", "Tuesday", "4 November"."""
        return say_date(day, today=self.today, locale=self.locale)

    def on(self, day: date) -> str:
        """Say a day inside a sentence: "tomorrow", "on Tuesday", "on 4 November"."""
        said = self.day(day)
        return said if abs((day - self.today).days) <= 1 else self(ON, day=said)

    def for_day(self, day: date) -> str:
        """Say what something is noted for: "for tomorrow", "for Tuesday", "for 4 November"."""
        said = self.day(day)
        return self(FOR_DATE if said[0].isdigit() else FOR, day=said)

    def full_day(self, day: date) -> str:
        """Say a day with its weekday, inside a sentence: "tomorrow", "on Monday, 30 November"."""
        if abs((day - self.today).days) <= 1:
            return self.day(day)
        return self(ON, day=f"{self.weekday(day)}, {self.calendar_day(day)}")

    def calendar_day(self, day: date) -> str:
        """Say a date, with the year unless it is this one: "30 November"."""
        if day.year == self.today.year:
            return str(format_skeleton("MMMMd", day, locale=self._babel))
        return str(format_date(day, "long", locale=self._babel))

    def day_of_year(self, month: int, day: int) -> str:
        """Say a day that comes every year, as far as the year has it: "29 February"."""
        return str(format_skeleton("MMMMd", date(2000, month, day), locale=self._babel))

    def weekday(self, day: date) -> str:
        """Say the name of a day's weekday."""
        return str(format_date(day, "EEEE", locale=self._babel))

    def month(self, day: date) -> str:
        """Say a day's month, with the year once it could be mistaken: "June", "June 2024"."""
        recent = 0 <= (self.today - day).days < 330
        return str(format_date(day, "LLLL" if recent else "LLLL y", locale=self._babel))

    def at(self, instant: datetime) -> str:
        """Say a moment inside a sentence: "at 9:12", "yesterday at 9:12", "on Monday at 9:12"."""
        day = local_day(instant, self.timezone)
        time = self.time(instant)
        return self(TODAY_AT, time=time) if day == self.today else self(DAY_AT, day=self.on(day), time=time)

    def time(self, instant: datetime) -> str:
        """Say the wall-clock time of an instant."""
        return say_time(instant, timezone=zone(self.timezone).key, locale=self.locale)

    def clock(self, minute: int) -> str:
        """Say a wall-clock time given in minutes since midnight."""
        return say_time(datetime(2000, 1, 1, minute // 60, minute % 60, tzinfo=UTC), timezone="UTC", locale=self.locale)

    def span(self, days: int) -> str:
        """Say a length of time: "7 weeks"."""
        return say_span(days, locale=self.locale)

    def money(self, minor: int, currency: str) -> str:
        """Say an amount in minor units."""
        return say_money(minor, currency, locale=self.locale)

    def units(self, major: float, currency: str) -> str:
        """Say an amount in major units."""
        return say_money(round(major * 10 ** get_currency_precision(currency)), currency, locale=self.locale)

    def number(self, number: float, *, digits: int = 2) -> str:
        """Say a number with at most so many decimals."""
        return say_number(number, digits=digits, locale=self.locale)

    def quote(self, words: str | None, limit: int) -> str | None:
        """Quote somebody on one line of at most `limit` characters; None when they said nothing."""
        said = cut(tidy(words or ""), limit)
        return self(QUOTE, words=said) if said else None

    def names(self, names: list[str]) -> str:
        """List names: "Ana", "Ana and Ben", "Ana, Ben and Chi"."""
        if len(names) < 2:
            return "".join(names)
        return self(AND, first=", ".join(names[:-1]), last=names[-1])

    @property
    def _babel(self) -> str:
        return self.locale.replace("-", "_")
