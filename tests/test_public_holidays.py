"""Public holidays by region: found by code and by name, guessed only where it is clear, loaded only when asked for."""

import subprocess
import sys
from datetime import date

import pytest

from bot.domain.days_off import DaysOff, guess_region
from bot.domain.quiet_hours import QuietHours
from bot.public_holidays import country_of_zone, days_of, find_region, name_of, public_holidays


@pytest.mark.parametrize(("words", "region"), [
    ("DE", "DE"), ("de-by", "DE-BY"), ("Germany", "DE"), ("Deutschland, Bayern", "DE-BY"), ("UK", "GB"),
    ("united states, california", "US-CA"), ("Atlantis", None), ("DE-XX", None), ("Germany, Texas", None),
])  # fmt: skip
def test_a_region_is_found_by_code_and_by_name(words: str, region: str | None) -> None:
    assert find_region(words) == region


@pytest.mark.parametrize(("words", "near", "region"), [
    ("Bayern", "DE", "DE-BY"), ("Bayern", "GB", None), ("Bayern", "", None), ("UK", "DE", "GB"),
    ("California", "US", "US-CA"), ("Atlantis", "DE", None),
])  # fmt: skip
def test_a_part_of_ones_own_country_may_be_named_alone(words: str, near: str, region: str | None) -> None:
    assert find_region(words, near=near) == region


@pytest.mark.parametrize(("region", "locale", "words"), [
    ("DE-BY", "en-GB", "Germany, Bayern"), ("DE", "de-DE", "Deutschland"),
    ("US-CA", "en-US", "United States, California"),
])  # fmt: skip
def test_a_region_is_said_so_that_it_is_found_again(region: str, locale: str, words: str) -> None:
    assert name_of(region, locale) == words
    assert find_region(words) == region


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert epiphany in public_holidays("DE-BY", 2027)
    assert epiphany not in public_holidays("DE", 2027)
    assert public_holidays("XX", 2027) == {}


@pytest.mark.parametrize(("timezone", "country"), [
    ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("UTC", None), ("Mars/Olympus", None),
])  # fmt: skip
def test_a_zone_belongs_to_the_country_it_is_named_for(timezone: str, country: str | None) -> None:
    assert country_of_zone(timezone) == country


@pytest.mark.parametrize(("country", "locale", "region"), [
    ("DE", "de-DE", "DE"), ("DE", "en-US", None), ("DE", "de", None), (None, "de-DE", None), ("GB", "en_gb", "GB"),
])  # fmt: skip
def test_a_region_is_guessed_where_zone_and_language_agree(
    country: str | None, locale: str, region: str | None
) -> None:
    assert guess_region(country, locale) == region


def test_days_off_are_the_company_s_spans_and_the_region_s_holidays() -> None:
    off = DaysOff(((date(2026, 12, 24), date(2027, 1, 1)),), days_of("DE"))
    assert [day in off for day in (date(2026, 12, 23), date(2026, 12, 24), date(2027, 1, 1), date(2027, 1, 2))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert date(2026, 10, 3) in off
    assert date(2026, 10, 3) not in DaysOff()


@pytest.mark.parametrize(("quiet", "minute", "covered"), [
    ((1080, 480), 1079, False), ((1080, 480), 1080, True), ((1080, 480), 479, True), ((1080, 480), 480, False),
    ((600, 660), 630, True), ((600, 660), 660, False), ((600, 600), 600, False),
])  # fmt: skip
def test_quiet_hours_go_over_midnight_when_their_end_comes_first(
    quiet: tuple[int, int], minute: int, covered: bool
) -> None:
    assert QuietHours(*quiet).covers(minute) is covered


def test_the_library_is_loaded_when_somebody_has_a_region_and_not_before() -> None:
    code = "import sys, bot.app; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
