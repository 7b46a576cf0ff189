"""What people read: dates, spans, times and money."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.saying import say_date, say_money, say_span, say_time

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("day", "locale", "said"),
    [
        (date(2026, 11, 18), "en-GB", "today"),
        (date(2026, 11, 17), "en-GB", "yesterday"),
        (date(2026, 11, 19), "en-US", "tomorrow"),
        (date(2026, 11, 16), "en-GB", "Monday"),
        (date(2026, 11, 12), "en-GB", "Thursday"),
        (date(2026, 11, 11), "en-GB", "11 November"),
        (date(2026, 11, 24), "en-GB", "Tuesday"),
        (date(2026, 11, 25), "en-GB", "25 November"),
        (date(2026, 11, 4), "en-US", "November 4"),
        (date(2025, 11, 4), "en-GB", "4 November 2025"),
        (date(2025, 11, 4), "en-US", "November 4, 2025"),
        (date(2026, 11, 17), "de-DE", "gestern"),
        (date(2026, 11, 19), "de-DE", "morgen"),
        (date(2026, 11, 16), "de-DE", "Montag"),
        (date(2026, 5, 3), "de-DE", "3. Mai"),
        (date(2025, 5, 3), "de-DE", "3. Mai 2025"),
        (date(2026, 11, 17), "fr-FR", "hier"),
        (date(2026, 5, 3), "es-ES", "3 de mayo"),
        (date(2026, 11, 17), "it-IT", "martedì"),
        (date(2026, 11, 4), "xx-YY", "4 November"),
    ],
)
def test_a_date_is_said_as_people_say_it(day: date, locale: str, said: str) -> None:
    assert say_date(day, today=WEDNESDAY, locale=locale) == said


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (1, "1 day", "1 Tag"),
        (5, "5 days", "5 Tage"),
        (13, "13 days", "13 Tage"),
        (14, "2 weeks", "2 Wochen"),
        (21, "3 weeks", "3 Wochen"),
        (49, "7 weeks", "7 Wochen"),
        (69, "10 weeks", "10 Wochen"),
        (76, "11 weeks", "11 Wochen"),
        (77, "3 months", "3 Monate"),
        (365, "12 months", "12 Monate"),
        (699, "23 months", "23 Monate"),
        (700, "2 years", "2 Jahre"),
        (1100, "3 years", "3 Jahre"),
    ],
)
def test_a_span_is_said_in_the_unit_people_would_use(days: int, english: str, german: str) -> None:
    assert say_span(days, locale="en-GB") == english
    assert say_span(days, locale="de-DE") == german


@given(st.integers(min_value=0, max_value=20_000))
def test_a_longer_span_never_sounds_shorter(days: int) -> None:
    units = {"day": 1.0, "week": 7.0, "mont": 30.4, "year": 365.25}

    def weighed(said: str) -> float:
        number, unit = said.split()
        return float(number.replace(",", "")) * units[unit.rstrip("s")[:4].removesuffix("s")]

    shorter, longer = (say_span(d, locale="en-GB") for d in (days, days + 1))
    assert weighed(shorter) <= weighed(longer) * 1.15


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "said"),
    [
        (8_400_000, "EUR", "de-DE", "84.000 €"),
        (8_400_000, "EUR", "en-GB", "€84,000"),
        (8_400_049, "USD", "en-US", "$84,000"),
        (84_000, "JPY", "en-US", "¥84,000"),
        (8_400_000, "EUR", "fr-FR", "84 000 €"),
        (0, "EUR", "de-DE", "0 €"),
        (-150_000, "GBP", "en-GB", "-£1,500"),
    ],
)
def test_money_is_said_without_decimals(minor: int, currency: str, locale: str, said: str) -> None:
    assert say_money(minor, currency, locale=locale) == said


@pytest.mark.parametrize(
    ("timezone", "locale", "said"),
    [
        ("Europe/London", "en-GB", "8:12"),
        ("Europe/Berlin", "de-DE", "9:12"),
        ("America/New_York", "en-US", "3:12 AM"),
    ],
)
def test_a_time_is_said_in_the_zone_of_the_reader(timezone: str, locale: str, said: str) -> None:
    assert say_time(datetime(2026, 11, 18, 8, 12, tzinfo=UTC), timezone=timezone, locale=locale) == said
