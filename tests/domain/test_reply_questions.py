"""Whatever a reply leaves open is asked, with the likeliest answers first; nothing is guessed and nothing dropped."""

from datetime import date
from functools import partial

import pytest

from bot.dates import find_date
from bot.domain.replies import MAX_LINES, Ask, AskReason, SaidTouch, parse_reply
from tests.domain.replying import (
    ACME,
    ACMES_THREAD,
    ANA_LTD,
    BIRCH,
    CALL,
    CEDAR,
    DIGEST,
    DUNE,
    ELM,
    EVERYONE,
    FIG,
    FIG_TOO,
    GLOBEX,
    GLOBEX_LABS,
    LOOKING_BACK,
    PEOPLE,
    WEDNESDAY,
    ask,
    named_among,
    replied,
    touch,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("called yesterday", AskReason.WHICH_CUSTOMER),
        ("zzz: call", AskReason.WHICH_CUSTOMER),
        ("wants pricing", AskReason.WHICH_CUSTOMER),
        ("done", AskReason.WHICH_CUSTOMER),
        ("2 people came to the meeting", AskReason.WHICH_CUSTOMER),
        ("2 emails sent", AskReason.WHICH_CUSTOMER),
        ("2 Leute getroffen", AskReason.WHICH_CUSTOMER),
        ("3. Mai telefoniert", AskReason.WHICH_CUSTOMER),
        ("2 days ago we called", AskReason.WHICH_CUSTOMER),
        ("fig: called", AskReason.WHICH_CUSTOMER),
        ("Ana called yesterday", AskReason.WHICH_CUSTOMER),
        ("called Globex about Acme", AskReason.WHICH_CUSTOMER),
        ("next friday call", AskReason.WHICH_CUSTOMER),
        ("9 called", AskReason.NO_SUCH_CARD),
        ("2, 9 called", AskReason.NO_SUCH_CARD),
        ("0 called", AskReason.NO_SUCH_CARD),
        ("2 next friday", AskReason.FUTURE_DATE),
        ("2 call next friday", AskReason.FUTURE_DATE),
        ("2 werde morgen anrufen", AskReason.FUTURE_DATE),
        ("Acme: meeting on 30 November", AskReason.FUTURE_DATE),
        ("2 called on 31 Feb", AskReason.NO_SUCH_DAY),
        ("Acme: am 31. April telefoniert", AskReason.NO_SUCH_DAY),
        ("2 met Ana, 2026-02-30", AskReason.NO_SUCH_DAY),
        ("called on 31 Feb", AskReason.WHICH_CUSTOMER),
        ("2 will call", AskReason.NOT_DONE),
        ("2 haven't called yet", AskReason.NOT_DONE),
        ("2 please call them", AskReason.NOT_DONE),
        ("2 nicht angerufen", AskReason.NOT_DONE),
        ("2 anrufen", AskReason.NOT_DONE),
        ("2 may have to call again", AskReason.NOT_DONE),
        ("2", AskReason.UNCLEAR),
        ("2 ok", AskReason.UNCLEAR),
        ("2 call?", AskReason.UNCLEAR),
        ("2 was ist mit denen?", AskReason.UNCLEAR),
        ("Acme", AskReason.UNCLEAR),
    ],
)
def test_what_is_doubtful_is_asked(text: str, reason: AskReason) -> None:
    assert ask(text).reason is reason


def test_a_reply_that_names_nobody_asks_with_the_cards_of_the_thread() -> None:
    asked = ask("called yesterday, wants pricing")
    assert asked.candidates == (ACME, BIRCH, CEDAR, DUNE, ELM)
    assert asked.said is not None
    assert (asked.said.kind, asked.said.on, asked.said.note) == (CALL, date(2026, 11, 17), "wants pricing")


def test_a_number_that_counts_people_offers_that_card_first() -> None:
    assert ask("2 people came to the meeting").candidates[0] == BIRCH


def test_a_name_that_two_customers_share_offers_both() -> None:
    assert ask("fig: called").candidates == (FIG, FIG_TOO)


def test_a_name_that_may_be_a_contact_is_asked_with_the_cards_beside_it() -> None:
    assert ask("Ana called yesterday").candidates == (ANA_LTD, ACME, BIRCH, CEDAR, DUNE, ELM)


def test_a_first_name_at_two_cards_asks_which_of_them() -> None:
    assert ask("Sam called", PEOPLE).candidates == (ACME, BIRCH)


def test_the_cards_of_the_thread_come_before_everybody_else() -> None:
    cards = {1: GLOBEX_LABS, 2: BIRCH}
    assert touch("glob: called", cards).customers == (GLOBEX_LABS,)
    assert ask("globex: called", cards).candidates == (GLOBEX_LABS, GLOBEX)


def test_a_number_beyond_the_list_keeps_the_numbers_that_were_right() -> None:
    asked = ask("2, 9 called")
    assert asked.customers == (BIRCH,)
    assert BIRCH not in asked.candidates


def test_a_day_ahead_comes_with_the_day_that_was_perhaps_meant() -> None:
    asked = ask("2 call next friday")
    assert asked.ahead is not None
    assert (asked.ahead.when, asked.ahead.words) == (date(2026, 11, 20), "next friday")
    assert asked.perhaps_on == date(2026, 11, 13)
    assert asked.customers == (BIRCH,)


def test_a_day_that_no_calendar_has_comes_with_the_nearest_whoever_it_is_about() -> None:
    for text, customers in (("2 called on 31 Feb", (BIRCH,)), ("called on 31 Feb", ())):
        asked = ask(text)
        assert asked.no_such_day is not None
        assert (asked.no_such_day.words, asked.perhaps_on) == ("on 31 Feb", date(2026, 2, 28))
        assert (asked.customers, asked.ahead) == (customers, None)


def test_another_number_in_a_thread_of_one_card_is_asked() -> None:
    assert ask("2 called", ACMES_THREAD).reason is AskReason.NO_SUCH_CARD


def test_beyond_fifty_lines_or_three_thousand_characters_lines_are_asked_and_none_is_lost() -> None:
    many = replied("\n".join(["2 called"] * (MAX_LINES + 2)))
    assert len(many) == MAX_LINES + 2
    assert [type(line) for line in many[:MAX_LINES]] == [SaidTouch] * MAX_LINES
    assert all(isinstance(line, Ask) and line.reason is AskReason.TOO_LONG for line in many[MAX_LINES:])
    (long,) = replied("2 called " + "x" * 3_000)
    assert isinstance(long, Ask)
    assert long.reason is AskReason.TOO_LONG


@pytest.mark.parametrize(
    ("text", "is_plan"),
    [
        ("2 send docs by Friday", True),
        ("Birch: send docs by Friday, and the price list", True),
        ("2 Angebot bis Freitag schicken", True),
        ("2 schicke bis Freitag die Unterlagen", True),
        ("2 called, send docs by Friday", False),
        ("2 good talk, send docs by Friday", False),
        ("2 wants pricing by Friday", False),
        ("2 promised a quote by Friday", False),
        ("2 they will send docs by Friday", False),
        ("2 sie schicken bis Freitag die Unterlagen", False),
    ],
)
def test_a_line_that_begins_with_what_is_to_be_done_is_asked_about(text: str, is_plan: bool) -> None:
    (line,) = parse_reply(
        text, cards=DIGEST, customers_named=named_among(EVERYONE), find_date=LOOKING_BACK, today=WEDNESDAY,
        find_ahead=partial(find_date, today=WEDNESDAY, languages=("en-GB", "de-DE"), direction="future"),
    )  # fmt: skip
    if is_plan:
        assert isinstance(line, Ask)
        assert line.reason is AskReason.NOT_DONE
        assert line.promise is not None
    else:
        assert isinstance(line, SaidTouch), line
