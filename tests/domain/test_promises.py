"""What a person wrote that they will do, with its day: found where it is probable, never in what was or is theirs."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import find_date
from bot.domain.found_date import FoundDate
from bot.domain.promises import LONGEST_WHAT, find_promise, plan_in_words, thing_promised

TODAY = date(2026, 11, 24)  # a Tuesday


def ahead(text: str, today: date = TODAY) -> FoundDate | None:
    return find_date(text, today=today, languages=["en-GB"], direction="future")


def found(text: str, today: date = TODAY) -> tuple[str, date] | None:
    promise = find_promise(text, find_ahead=lambda words: ahead(words, today), today=today)
    return (promise.what, promise.due_on) if promise else None


@pytest.mark.parametrize(
    ("text", "what", "due_on"),
    [
        ("2 called, send docs by Friday", "send docs", date(2026, 11, 27)),
        ("2 send docs by Friday", "send docs", date(2026, 11, 27)),
        ("Acme: send docs by Friday", "send docs", date(2026, 11, 27)),
        ("called and will send the docs on Friday", "send the docs", date(2026, 11, 27)),
        ("Acme: met Ana, I'll get back to her by Monday", "get back to her", date(2026, 11, 30)),
        ("called yesterday, call back next Tuesday", "call back", date(2026, 12, 1)),
        ("follow up on 3 December", "follow up", date(2026, 12, 3)),
        ("I promised to send the data sheet until Thursday", "send the data sheet", date(2026, 11, 26)),
        ("need to send the offer in 2 weeks", "send the offer", date(2026, 12, 8)),
        ("called, send docs by 5 January", "send docs", date(2027, 1, 5)),
        ("wants pricing by Friday", "wants pricing", date(2026, 11, 27)),
        ("2 angerufen, schicke bis Freitag die Unterlagen", "schicke die Unterlagen", date(2026, 11, 27)),
        ("telefoniert, bis Freitag Unterlagen schicken", "Unterlagen schicken", date(2026, 11, 27)),
        ("am Montag zurückrufen", "zurückrufen", date(2026, 11, 30)),
        ("Angebot bis 30.11. schicken", "Angebot schicken", date(2026, 11, 30)),
        ("gemailt, nachfassen am 1. Dezember", "nachfassen", date(2026, 12, 1)),
    ],
)
def test_what_is_to_be_done_and_by_when(text: str, what: str, due_on: date) -> None:
    assert found(text) == (what, due_on)


@pytest.mark.parametrize(
    "text",
    [
        "sent docs on Friday",
        "Unterlagen am Freitag geschickt",
        "she will send docs by Friday",
        "er schickt uns bis Freitag die Unterlagen",
        "sie schicken bis Freitag die Unterlagen",
        "Frau Müller schickt bis Freitag die Unterlagen",
        "won't send docs by Friday",
        "called, renewal next Friday",
        "send docs",
        "send docs today",
        "wants pricing",
        "wants to talk on Friday",
        "",
    ],
)
def test_what_was_what_is_theirs_and_what_has_no_day_is_none(text: str) -> None:
    assert found(text) is None


def test_a_day_that_was_is_never_offered() -> None:
    assert found("send docs by 20 November 2026") is None


def test_from_the_29_of_february_a_year_on() -> None:
    assert found("call back on 29 February", date(2028, 2, 28)) == ("call back", date(2028, 2, 29))
    assert found("call back on 1 January", date(2026, 12, 31)) == ("call back", date(2027, 1, 1))


@given(st.text(max_size=200))
def test_whatever_is_written_a_promise_is_short_and_ahead(text: str) -> None:
    promise = find_promise(text, find_ahead=ahead, today=TODAY)
    assert promise is None or (0 < len(promise.what) <= LONGEST_WHAT and promise.due_on > TODAY)


@pytest.mark.parametrize(
    ("what", "thing"),
    [
        ("send the data sheet", "the data sheet"),
        ("send them docs", "docs"),
        ("Unterlagen schicken", "Unterlagen"),
        ("das Angebot zusenden", "das Angebot"),
        ("call back", None),
        ("zurückrufen", None),
    ],
)
def test_only_a_thing_to_send_is_told_to_the_customer(what: str, thing: str | None) -> None:
    assert thing_promised(what) == thing


FRIDAY = date(2026, 11, 27)
IN_A_WEEK = date(2026, 12, 4)


def said_on(text: str, today: date, *, works: bool = True, language: str = "en-GB") -> tuple[date, date | None] | None:
    def find(words: str) -> FoundDate | None:
        return find_date(words, today=today, languages=[language], direction="future")

    promise = find_promise(text, find_ahead=find, today=today, works_today=works)
    return (promise.due_on, promise.or_on) if promise else None


@pytest.mark.parametrize(
    "text",
    [
        "called, send docs by Friday",
        "send docs by Friday afternoon",
        "send docs until friday",
        "send docs by fri",
        "wants pricing by Friday",
        "send docs before Friday",
        "2 angerufen, schicke bis Freitag die Unterlagen",
        "bis Freitag Unterlagen schicken",
        "Unterlagen bis spätestens Freitag schicken",
        "Angebot spätestens am Freitag schicken",
        "braucht bis Freitagabend ein Angebot",
    ],
)
def test_by_a_weekday_on_that_weekday_is_today_and_perhaps_in_a_week(text: str) -> None:
    assert said_on(text, FRIDAY) == (FRIDAY, IN_A_WEEK)
    assert said_on(text, FRIDAY, works=False) == (IN_A_WEEK, None), "who has gone home means the next one"
    assert said_on(text, FRIDAY - timedelta(days=1)) == (FRIDAY, None)


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("send docs by next Friday", IN_A_WEEK),
        ("send docs on Friday", IN_A_WEEK),
        ("call back Friday", IN_A_WEEK),
        ("send docs in a week", IN_A_WEEK),
        ("send docs by 4 December", IN_A_WEEK),
        ("Unterlagen am Freitag schicken", IN_A_WEEK),
        ("bis nächsten Freitag Unterlagen schicken", IN_A_WEEK),
        ("bis 4.12. Unterlagen schicken", IN_A_WEEK),
        ("send docs by Monday", date(2026, 11, 30)),
    ],
)
def test_a_weekday_without_a_deadline_and_a_date_are_what_they_say(text: str, due_on: date) -> None:
    assert said_on(text, FRIDAY) == (due_on, None)


@pytest.mark.parametrize("text", ["send docs by today", "send docs by this Friday", "bis heute Unterlagen schicken"])
def test_a_deadline_that_names_today_is_today_while_there_is_time(text: str) -> None:
    assert said_on(text, FRIDAY) == (FRIDAY, None)
    assert said_on(text, FRIDAY, works=False) is None


@given(st.text(max_size=200), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_whatever_is_written_a_promise_is_never_behind_us(text: str, today: date) -> None:
    found_on = said_on(text, today)
    assert found_on is None or (found_on[0] >= today and (found_on[1] is None or found_on[1] > found_on[0]))


@pytest.mark.parametrize(
    ("text", "day", "plan"),
    [
        ("2 call next Friday", "next Friday", "call"),
        ("Birch: meeting on 30 November", "on 30 November", "Birch: meeting"),
        ("werde Birch am Montag anrufen", "am Montag", "Birch anrufen"),
        ("next Friday", "next Friday", "next Friday"),
    ],
)
def test_a_plan_is_said_without_its_day(text: str, day: str, plan: str) -> None:
    assert plan_in_words(text, day) == plan
