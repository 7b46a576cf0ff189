"""Dates, spans, times and money as people say them, in the reader's locale."""

import re
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_unit

_NEAR_DAYS = {
    "en": ("yesterday", "today", "tomorrow"),
    "de": ("gestern", "heute", "morgen"),
    "fr": ("hier", "aujourd'hui", "demain"),
    "es": ("ayer", "hoy", "mañana"),
}
_WEEK = 7
_MONTH = 365.25 / 12
_YEAR = 365.25


def say_date(day: date, *, today: date, locale: str) -> str:
    """Say a day as seen from `today`: "yesterday", "Tuesday", "4 November", "4 November 2025".

    A weekday alone stands for at most six days either way; the sentence around it says which way.
    """
    spoken = _locale(locale)
    away = (day - today).days
    if abs(away) <= 1 and spoken.language in _NEAR_DAYS:
        return _NEAR_DAYS[spoken.language][away + 1]
    if abs(away) < _WEEK:
        return format_date(day, "EEEE", locale=spoken)
    if day.year == today.year:
        return format_skeleton("MMMMd", day, locale=spoken)
    return format_date(day, "long", locale=spoken)


def say_span(days: int, *, locale: str) -> str:
    """Say a length of time in the unit people would use: "5 days", "7 weeks", "4 months", "2 years".

    Days below two weeks, weeks below eleven, months below 700 days. Always a number with a unit ("12 months", never
    "a year"), so that it fits "every …" as well as "it has been …"; in German it fits "alle" and "es sind", but
    not "vor", which wants "Tagen" and "Monaten".
    """
    spoken = _locale(locale)
    if days < 2 * _WEEK:
        return format_unit(days, "duration-day", locale=spoken)
    if days < 11 * _WEEK:
        return format_unit(round(days / _WEEK), "duration-week", locale=spoken)
    if days < 700:
        return format_unit(round(days / _MONTH), "duration-month", locale=spoken)
    return format_unit(round(days / _YEAR), "duration-year", locale=spoken)


def say_money(minor: int, currency: str, *, locale: str) -> str:
    """Say an amount given in minor units, rounded to whole major units: "€84,000", "84.000 €"."""
    spoken = _locale(locale)
    major = minor / 10 ** get_currency_precision(currency)
    said = format_currency(
        round(major), currency, format=_whole_money(str(spoken)), locale=spoken, currency_digits=False
    )
    return str(said).replace("\u00a0", " ").replace("\u202f", " ")


def say_number(number: float, *, digits: int, locale: str) -> str:
    """Say a number with at most so many decimals: "0.45", "125,000", "125.000"."""
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return str(format_decimal(number, format=pattern, locale=_locale(locale)))


def say_time(instant: datetime, *, timezone: str, locale: str) -> str:
    """Say the wall-clock time of an aware instant: "9:12", "21:05", in America "9:12 AM"."""
    spoken = _locale(locale)
    local = instant.astimezone(ZoneInfo(timezone))
    if "a" in spoken.time_formats["short"].pattern:
        return str(format_time(local.time(), "short", locale=spoken)).replace("\u202f", " ")
    return f"{local.hour}:{local.minute:02}"


@lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    """The babel locale of a Slack locale such as `de-DE`; English when Slack names one that nobody knows."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


@lru_cache(maxsize=256)
def _whole_money(locale: str) -> str:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return re.sub(r"\.0+", "", pattern)
