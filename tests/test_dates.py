"""Dates that people type: in a sentence about what happened, and alone when something is put off."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import FoundDate, find_date, parse_snooze

WEDNESDAY = date(2026, 11, 18)
SCRAPS = "2 3/5 3.5. may next last friday in vor Wochen am Ende of 29 Feb 0000-00-00 99999 w inf 1e9 weeks and"


def looking_back(text: str, *languages: str, today: date = WEDNESDAY) -> FoundDate | None:
    return find_date(text, today=today, languages=languages or ("en-GB", "de-DE"), direction="past")


def put_off(text: str, *languages: str, today: date = WEDNESDAY) -> FoundDate | None:
    return parse_snooze(text, today=today, languages=languages or ("en-GB", "de-DE"))


@pytest.mark.parametrize(
    ("text", "words", "nearest"),
    [
        ("called on 31 Feb", "on 31 Feb", "2026-02-28"),
        ("called on Feb 30th, all good", "on Feb 30th", "2026-02-28"),
        ("31 June was never", "31 June", "2026-06-30"),
        ("am 31. November angerufen", "am 31. November", "2025-11-30"),
        ("am 31.4. telefoniert", "am 31.4.", "2026-04-30"),
        ("met on 31/6", "on 31/6", "2026-06-30"),
        ("met on 29 Feb 2026", "on 29 Feb 2026", "2026-02-28"),
        ("met 2026-02-30", "2026-02-30", "2026-02-28"),
        ("met 2026-13-05", "2026-13-05", "2026-05-13"),
        ("am 31.13.2025 getroffen", "am 31.13.2025", "2025-12-31"),
        ("called on 35 March", "on 35 March", "2026-03-31"),
    ],
)
def test_a_day_that_no_calendar_has_is_found_and_said_not_to_exist(text: str, words: str, nearest: str) -> None:
    found = looking_back(text)
    assert found is not None
    assert (found.words, found.when.isoformat(), found.exists) == (words, nearest, False)


@pytest.mark.parametrize(
    "text",
    ["a split of 40/2", "part 1234-56-78", "version 45.12", "sold 50 May tickets", "the 40th call"],
)
def test_numbers_that_no_calendar_has_are_no_day_either(text: str) -> None:
    assert looking_back(text) is None


def test_29_february_is_the_next_or_the_last_that_there_is() -> None:
    found = looking_back("called on 29 Feb", today=date(2028, 5, 1))
    assert found is not None
    assert (found.when, found.exists) == (date(2028, 2, 29), True)


@pytest.mark.parametrize("text", ["31 Feb", "until 30 February", "31.4.", "2027-02-29", "29 Feb 2027"])
def test_nothing_is_put_off_to_a_day_that_no_calendar_has(text: str) -> None:
    found = put_off(text)
    assert found is not None
    assert not found.exists


@pytest.mark.parametrize(
    ("text", "words", "when"),
    [
        ("called yesterday, wants pricing", "yesterday", "2026-11-17"),
        ("the day before yesterday: met Ana", "the day before yesterday", "2026-11-16"),
        ("emailed this morning", "this morning", "2026-11-18"),
        ("we spoke last night", "last night", "2026-11-17"),
        ("met Ana last Friday", "last Friday", "2026-11-13"),
        ("met Ana on Friday", "on Friday", "2026-11-13"),
        ("met Ana on Wednesday", "on Wednesday", "2026-11-11"),
        ("called mon", "mon", "2026-11-16"),
        ("spoke on Tue about it", "on Tue", "2026-11-17"),
        ("called Tuesday afternoon", "Tuesday afternoon", "2026-11-17"),
        ("met on Tuesday last week", "on Tuesday last week", "2026-11-10"),
        ("two weeks ago we met", "two weeks ago", "2026-11-04"),
        ("a couple of days ago, call", "a couple of days ago", "2026-11-16"),
        ("called 3 days ago", "3 days ago", "2026-11-15"),
        ("Nov 4th call", "Nov 4th", "2026-11-04"),
        ("met on 4 November", "on 4 November", "2026-11-04"),
        ("met on the 4th of November 2025", "4th of November 2025", "2025-11-04"),
        ("Tuesday 3 November: call", "Tuesday 3 November", "2026-11-03"),
        ("call on the 3rd", "on the 3rd", "2026-11-03"),
        ("call on the 25th", "on the 25th", "2026-10-25"),
        ("call 3/5", "3/5", "2026-05-03"),
        ("call 2026-11-04", "2026-11-04", "2026-11-04"),
        ("gestern angerufen", "gestern", "2026-11-17"),
        ("vorgestern telefoniert", "vorgestern", "2026-11-16"),
        ("heute Morgen geschrieben", "heute Morgen", "2026-11-18"),
        ("gestern Abend getroffen", "gestern Abend", "2026-11-17"),
        ("letzten Dienstag telefoniert", "letzten Dienstag", "2026-11-17"),
        ("am 3. Mai getroffen", "am 3. Mai", "2026-05-03"),
        ("am 3.5. telefoniert", "am 3.5.", "2026-05-03"),
        ("am Freitag, den 6. November getroffen", "am Freitag, den 6. November", "2026-11-06"),
        ("03.05.2026 Mail", "03.05.2026", "2026-05-03"),
        ("vor 2 Wochen besucht", "vor 2 Wochen", "2026-11-04"),
        ("vor einer Woche besucht", "vor einer Woche", "2026-11-11"),
        ("am 3. angerufen", "am 3.", "2026-11-03"),
        ("letzte Woche Dienstag", "letzte Woche Dienstag", "2026-11-10"),
        ("Montag angerufen", "Montag", "2026-11-16"),
        ("angerufen am Mo.", "am Mo", "2026-11-16"),
        ("Di 3.11. angerufen", "Di 3.11.", "2026-11-03"),
    ],
)
def test_a_day_that_has_been_is_found_with_its_words(text: str, words: str, when: str) -> None:
    found = looking_back(text)
    assert found is not None
    assert found.when == date.fromisoformat(when)
    assert words in found.words
    assert text[found.start : found.end] == found.words
    assert not found.is_ahead_of(WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "language", "when"),
    [
        ("appelé hier, veut un prix", "fr-FR", "2026-11-17"),
        ("il y a 2 semaines", "fr-FR", "2026-11-04"),
        ("vu lundi dernier", "fr-FR", "2026-11-16"),
        ("rencontré le 3 mai", "fr-FR", "2026-05-03"),
        ("avant-hier au téléphone", "fr-FR", "2026-11-16"),
        ("llamé ayer", "es-ES", "2026-11-17"),
        ("hace 3 días", "es-ES", "2026-11-15"),
        ("el lunes pasado", "es-ES", "2026-11-16"),
        ("reunión el 3 de mayo", "es-ES", "2026-05-03"),
        ("chiamato ieri", "it-IT", "2026-11-17"),
        ("gisteren gebeld", "nl-NL", "2026-11-17"),
    ],
)
def test_other_languages_are_understood_when_they_are_the_readers(text: str, language: str, when: str) -> None:
    found = looking_back(text, language)
    assert found is not None
    assert found.when == date.fromisoformat(when)


@pytest.mark.parametrize(
    "text",
    [
        "may have to call again",
        "2 may have to wait",
        "sent 3 mails",
        "we met the second time",
        "2 people came",
        "Sun Microsystems wants pricing",
        "sat with Ana",
        "Mark said may",
        "March Capital met us",
        "met Jan",
        "talked for 30 minutes",
        "wants 3 seats by Friday",
        "wants it until the 3rd of December",
        "Angebot bis Freitag",
        "Rechnung vom 3.5. bezahlt",
        "wants the three-year price",
        "open 24/7",
        "based on so far nothing",
        "fix this so they can go on",
        "next do the demo",
        "gave us 4/5 stars",
        "version 2.5 is out",
        "price is 84.000 €",
        "they loved last week's webinar",
        "guten Morgen",
        "hat im März Budget",
        "done",
        "",
        "!?",
    ],
)
def test_words_that_only_look_like_a_date_are_left_alone(text: str) -> None:
    assert looking_back(text) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("next friday", "2026-11-20"),
        ("meeting next Friday", "2026-11-20"),
        ("nächsten Montag", "2026-11-23"),
        ("call tomorrow", "2026-11-19"),
        ("morgen anrufen", "2026-11-19"),
        ("in 2 weeks", "2026-12-02"),
        ("call on 30 Nov", "2026-11-30"),
        ("this Friday", "2026-11-20"),
        ("next week", "2026-11-23"),
    ],
)
def test_a_day_to_come_is_told_as_such_and_never_bent_into_the_past(text: str, when: str) -> None:
    found = looking_back(text)
    assert found is not None
    assert found.when == date.fromisoformat(when)
    assert found.is_ahead_of(WEDNESDAY)


def test_a_day_that_has_been_wins_over_one_to_come() -> None:
    found = looking_back("next week they decide, called yesterday")
    assert found is not None
    assert found.words == "yesterday"


@pytest.mark.parametrize(
    ("language", "when"), [("en-US", "2026-03-05"), ("en-GB", "2026-05-03"), ("de-DE", "2026-05-03")]
)
def test_the_locale_decides_which_number_is_the_month(language: str, when: str) -> None:
    found = looking_back("call 3/5", language)
    assert found is not None
    assert found.when == date.fromisoformat(when)


def test_german_is_understood_in_a_slack_set_to_english() -> None:
    found = looking_back("gestern angerufen", "en-US")
    assert found is not None
    assert found.when == date(2026, 11, 17)
    assert looking_back("der Kunde war hier", "en-US") is None


def test_a_number_that_can_be_no_month_is_the_day_everywhere() -> None:
    for language in ("en-US", "en-GB"):
        for text in ("met 25/10", "met 10/25"):
            found = looking_back(text, language)
            assert found is not None
            assert found.when == date(2026, 10, 25)


@pytest.mark.parametrize("text", ["last week", "last month", "a few days ago", "letzte Woche", "end of last month"])
def test_words_that_name_no_single_day_are_marked_rough(text: str) -> None:
    found = looking_back(text)
    assert found is not None
    assert found.rough


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2w", "2026-12-02"),
        ("10d", "2026-11-28"),
        ("1.5 weeks", "2026-11-29"),
        ("3 Wochen", "2026-12-09"),
        ("two weeks", "2026-12-02"),
        ("1 month", "2026-12-18"),
        ("1 month 2 weeks", "2027-01-02"),
        ("in 2 weeks", "2026-12-02"),
        ("in einem Monat", "2026-12-18"),
        ("tomorrow", "2026-11-19"),
        ("übermorgen", "2026-11-20"),
        ("next monday", "2026-11-23"),
        ("nächsten Montag", "2026-11-23"),
        ("naechsten Montag", "2026-11-23"),
        ("wednesday", "2026-11-25"),
        ("Friday next week", "2026-11-27"),
        ("sat", "2026-11-21"),
        ("Mo", "2026-11-23"),
        ("until Friday", "2026-11-20"),
        ("bis Freitag", "2026-11-20"),
        ("monday 9am", "2026-11-23"),
        ("morgen um 9 Uhr", "2026-11-19"),
        ("30 Nov", "2026-11-30"),
        ("4 November", "2027-11-04"),
        ("December 4", "2026-12-04"),
        ("March 3 at 9", "2027-03-03"),
        ("March 3 9:30", "2027-03-03"),
        ("on 4 December at 10am", "2026-12-04"),
        ("25.12.", "2026-12-25"),
        ("24/12", "2026-12-24"),
        ("2026-12-24", "2026-12-24"),
        ("the 15th", "2026-12-15"),
        ("next week", "2026-11-23"),
        ("next month", "2026-12-01"),
        ("end of month", "2026-11-30"),
        ("Ende des Monats", "2026-11-30"),
        ("Monatsende", "2026-11-30"),
        ("Ende nächsten Monats", "2026-12-31"),
        ("mid January", "2027-01-15"),
        ("Anfang Januar", "2027-01-01"),
        ("im März", "2027-03-01"),
        ("March", "2027-03-01"),
        ("a fortnight", "2026-12-02"),
        ("next monday please", "2026-11-23"),
    ],
)
def test_a_snooze_in_words_is_a_day_ahead(text: str, when: str) -> None:
    found = put_off(text)
    assert found is not None
    assert found.when == date.fromisoformat(when)
    assert found.is_ahead_of(WEDNESDAY)


@pytest.mark.parametrize(
    "text", ["", "banana", "15", "5", "never", "2 x", "in a quarter of an hour", "9999999w", "inf", "0-0 0000!of:0"]
)
def test_a_snooze_that_names_no_day_is_not_guessed(text: str) -> None:
    assert put_off(text) is None


@pytest.mark.parametrize("text", ["yesterday", "today", "0d", "last Friday", "2025-11-04"])
def test_a_snooze_into_the_past_is_told_as_such(text: str) -> None:
    found = put_off(text)
    assert found is not None
    assert not found.is_ahead_of(WEDNESDAY)


@pytest.mark.parametrize(
    ("today", "text", "when"),
    [
        (date(2027, 1, 2), "called 30 Dec", date(2026, 12, 30)),
        (date(2027, 1, 31), "a month ago", date(2026, 12, 31)),
        (date(2027, 3, 31), "one month ago", date(2027, 2, 28)),
        (date(2026, 1, 1), "yesterday", date(2025, 12, 31)),
    ],
)
def test_the_turn_of_a_year_and_short_months_are_counted_right(today: date, text: str, when: date) -> None:
    found = looking_back(text, today=today)
    assert found is not None
    assert found.when == when


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(SCRAPS.split()),
        max_size=8,
    ).map(" ".join),
    st.sampled_from(["en-US", "de-DE", "fr-FR", "es-ES", "nl-NL", "zh-CN", "xx", ""]),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)),
)
def test_no_text_breaks_it_and_words_are_always_quoted_exactly(text: str, language: str, today: date) -> None:
    for direction in ("past", "future"):
        found = find_date(text, today=today, languages=[language], direction=direction)
        assert found is None or text[found.start : found.end] == found.words != ""
    parse_snooze(text, today=today, languages=[language])


def test_finding_a_date_is_quick_once_a_language_is_known() -> None:
    looking_back("warm up")
    started = time.perf_counter()
    for _ in range(200):
        looking_back("heute Morgen mit Ana telefoniert, will bis Freitag ein Angebot über 3 Lizenzen")
    assert (time.perf_counter() - started) / 200 < 0.010
