"""Days and spans as people say them inside of a letter, with the preposition that goes before them."""

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

from bot.domain.facts import language_of

LONG_SILENT_DAYS = 120

_ON = {"en": "on", "de": "am"}
_IN = {"en": "in", "de": "im"}
_NEAR = {"en": ("yesterday", "today", "tomorrow"), "de": ("gestern", "heute", "morgen")}


def spoken_locale(name: str) -> Locale:
    """The locale of ours that a customer is written to in."""
    language = language_of(name)
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse("en_GB" if language == "en" else language)
    return locale if locale.language == language else Locale.parse("en_GB")


def say_when(day: date, today: date, spoken: Locale) -> str:
    """A day as people say it in a letter: "yesterday", "on Tuesday", "on 4 November", "in September", "in May 2025"."""
    language, away = language_of(spoken.language), (day - today).days
    if abs(away) <= 1:
        return _NEAR[language][away + 1]
    if abs(away) < 7:
        return f"{_ON[language]} {format_date(day, 'EEEE', locale=spoken)}"
    if abs(away) <= 35 or away > 0:
        near = day.year == today.year or away < 200
        words = format_skeleton("MMMMd", day, locale=spoken) if near else format_date(day, "long", locale=spoken)
        return f"{_ON[language]} {words}"
    return f"{_IN[language]} {say_month(day, today, spoken)}"


def say_month(day: date, today: date, spoken: Locale) -> str:
    """The month, with its year once it could be mistaken."""
    month = str(format_date(day, "LLLL", locale=spoken))
    return month if 0 <= (today - day).days < 330 else f"{month} {day.year}"


def say_since(silent_days: int, last_on: date, today: date, spoken: Locale) -> str | None:
    """How long it has been quiet, once that is long: "since March", "for more than 2 years"."""
    if silent_days < LONG_SILENT_DAYS:
        return None
    german = language_of(spoken.language) == "de"
    years = silent_days // 365
    if years == 0:
        return f"{'seit' if german else 'since'} {say_month(last_on, today, spoken)}"
    if german:
        return "seit über einem Jahr" if years == 1 else f"seit über {years} Jahren"
    return "for more than a year" if years == 1 else f"for more than {years} years"


def say_ahead(days: int, language: str) -> str | None:
    """ "in 5 weeks", "in 4 Monaten"; nothing within two weeks, when the date says it."""
    if days < 14:
        return None
    weeks, months = {"en": ("weeks", "months"), "de": ("Wochen", "Monaten")}[language]
    return f"in {round(days / 7)} {weeks}" if days < 70 else f"in {round(days / 30.4)} {months}"


def say_years(since_on: date, today: date, language: str) -> str | None:
    """How many whole years: "a year", "4 years"; in German as it follows "für"."""
    years = today.year - since_on.year - ((today.month, today.day) < (since_on.month, since_on.day))
    if years < 1:
        return None
    one, many = {"en": ("a year", "years"), "de": ("ein Jahr", "Jahre")}[language]
    return one if years == 1 else f"{years} {many}"
