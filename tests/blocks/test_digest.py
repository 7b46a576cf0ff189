"""A digest says in two lines what the morning holds, and all of it within Slack's limits."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.digest import build_digest
from bot.blocks.ids import ActionId, QuieterChoice
from bot.domain.attention import MOST_CARDS
from bot.domain.model import Frequency, NudgeState, Occasion
from bot.domain.views import Card, DigestView
from tests.blocks.cast import ANA, LAST_CALL, OVERDUE, TODAY, card, done, relationship
from tests.blocks.checks import (
    HOSTILE,
    TEXTS,
    WHOLE_MESSAGE,
    assert_slack_takes,
    element,
    elements,
    markup,
    shown,
    size_of,
)

CARDS = (
    card("Acme"),
    card("Birch", customer_id=12, position=2),
    card("Cedar", customer_id=13, position=3),
)
DIGEST = DigestView(
    id=7,
    local_on=TODAY,
    cards=CARDS,
    left_out=9,
    next_name="Dune",
    locale="en-GB",
    timezone="Europe/London",
    reader=ANA,
)


def test_the_first_two_lines_are_enough() -> None:
    message = build_digest(DIGEST, place="d7.1")
    assert message["text"].splitlines()[:2] == [
        "Tuesday: 3 people to write to",
        "Acme first: 7 weeks, you usually talk every 3.",
    ]
    assert shown(message).splitlines()[:2] == message["text"].splitlines()[:2]


def test_it_speaks_german_to_those_who_do() -> None:
    message = build_digest(replace(DIGEST, locale="de-DE"), place="d7.1")
    assert message["text"].splitlines()[:2] == [
        "Dienstag: bei 3 Leuten melden",
        "Acme zuerst: 7 Wochen, ihr sprecht sonst alle 3.",
    ]
    assert "9 weitere sind fällig; als Nächstes käme Dune." in shown(message)


def test_one_customer_is_one_person() -> None:
    message = build_digest(replace(DIGEST, cards=CARDS[:1], left_out=0, next_name=None), place="d7.1")
    assert message["text"].startswith("Tuesday: 1 person to write to")
    assert "due" not in shown(message)


def test_the_header_counts_who_is_still_waiting() -> None:
    some = build_digest(replace(DIGEST, cards=(done("Acme"), *CARDS[1:])), place="d7.2")
    assert some["text"].startswith("Tuesday: 2 people to write to\nBirch first:")
    all_of_them = build_digest(replace(DIGEST, cards=(done("Acme"), done("Birch"))), place="d7.3")
    assert all_of_them["text"].splitlines()[0] == "Tuesday: nobody is waiting any more"
    assert "first" not in all_of_them["text"]


def test_a_birthday_leads_when_it_is_first() -> None:
    birthday = replace(OVERDUE, occasions=(Occasion.BIRTHDAY,), birthday_on=TODAY, overdue_days=0)
    message = build_digest(replace(DIGEST, cards=(card("Acme", reason=birthday),)), place="d7.1")
    assert message["text"].splitlines()[1] == "Acme first: birthday today."


def test_what_is_left_out_is_counted_and_one_click_away() -> None:
    message = build_digest(DIGEST, place="d7.1")
    assert "9 more are due; the next is Dune." in shown(message)
    worth = replace(DIGEST, next_value=(420_000, "EUR"))
    assert "9 more are due; the next is Dune, €4,200." in shown(build_digest(worth, place="d7.1"))
    german = build_digest(replace(worth, locale="de-DE"), place="d7.1")
    assert "9 weitere sind fällig; als Nächstes käme Dune, 4.200" in shown(german)
    one = build_digest(replace(worth, left_out=1), place="d7.1")
    assert "1 more is due: Dune, €4,200." in shown(one)
    assert element(message, ActionId.LIST_MORE)["value"] == "digest.7"
    one = build_digest(replace(DIGEST, left_out=1, next_name=None), place="d7.1")
    assert "1 more is due." in shown(one)


def test_the_text_says_every_customer_with_the_reason() -> None:
    text = build_digest(DIGEST, place="d7.1")["text"]
    for number, name in enumerate(("Acme", "Birch", "Cedar"), start=1):
        assert f"{number}. {name}: You usually talk every 3 weeks. It has been 7." in text


def test_the_example_of_a_reply_works_as_it_stands() -> None:
    assert "`2 called yesterday`" in shown(build_digest(DIGEST, place="d7.1"))
    assert "`called yesterday`" in shown(build_digest(replace(DIGEST, cards=CARDS[:1]), place="d7.1"))


def test_a_person_can_make_it_quieter_with_one_click() -> None:
    def offered(frequency: Frequency) -> list[str]:
        reader = replace(ANA, digest_frequency=frequency)
        menu = element(build_digest(replace(DIGEST, reader=reader), place="d7.1"), ActionId.QUIETER)
        return [option["value"] for option in menu["options"]]

    assert offered(Frequency.DAILY) == [QuieterChoice.WEEKLY, QuieterChoice.PAUSE, QuieterChoice.OFF]
    assert offered(Frequency.WEEKLY) == [QuieterChoice.DAILY, QuieterChoice.PAUSE, QuieterChoice.OFF]


def test_a_channel_gets_no_notes_and_no_menu_of_a_person() -> None:
    message = build_digest(replace(DIGEST, reader=None), place="d7.1")
    seen = shown(message) + message["text"]
    assert "three-year" not in seen
    assert "Köhler" not in seen
    assert "Owner: Ana" in seen
    assert ActionId.QUIETER not in {e["action_id"] for e in elements(message)}
    assert_slack_takes(message)


def test_an_ordinary_morning_keeps_every_note() -> None:
    suggestion = "You were about to decide on the three-year price when we spoke in September. Where did you land?"
    cards = tuple(
        card(name, customer_id=2**62 + n, nudge_id=2**62 + n, position=n, suggestion=suggestion)
        for n, name in enumerate(("Acme", "Birch", "Cedar", "Dune", "Fir"), start=1)
    )
    seen = shown(build_digest(replace(DIGEST, cards=cards), place="d7.1"))
    assert seen.count("Wants the three-year price.") == 5
    assert seen.count(suggestion) == 5


@pytest.mark.parametrize("count", range(6, MOST_CARDS + 1))
def test_as_many_cards_as_a_budget_allows_fit_and_each_can_be_acted_on(count: int) -> None:
    cards = tuple(card(f"C{n}", customer_id=2**62 + n, nudge_id=2**62 + n, position=n) for n in range(1, count + 1))
    for view in (DIGEST, replace(DIGEST, locale="de-DE"), replace(DIGEST, reader=None)):
        message = build_digest(replace(view, cards=cards), place="d4611686018427387904.12")
        assert_slack_takes(message)
        assert size_of(message) <= WHOLE_MESSAGE
        for n in range(1, count + 1):
            assert f"{n}. C{n}" in shown(message)
        assert len([e for e in elements(message) if e["action_id"] == ActionId.MORE]) == count
        assert len([e for e in elements(message) if e["action_id"] == ActionId.DONE]) >= 4


def test_block_ids_are_new_with_every_update() -> None:
    first, second = (
        {b["block_id"] for b in build_digest(DIGEST, place=place)["blocks"] if "block_id" in b}
        for place in ("d7.1", "d7.2")
    )
    assert first
    assert not first & second


@pytest.mark.parametrize("count", [5, MOST_CARDS])
def test_the_longest_names_and_notes_still_make_a_message_that_slack_takes(count: int) -> None:
    note = "Wants the three-year price & says so at length. " * 70
    touch = replace(LAST_CALL, contact="Ana " * 100, note=note, by="Ben " * 90, by_id=2)
    cards = tuple(
        card(
            f"{n} " + "Müller & Söhne <Maschinenbau> " * 12,
            customer_id=2**62 + n,
            position=n,
            nudge_id=2**62 + n,
            last_touch=touch,
            suggestion=note,
            crm_url="https://crm.example/" + "x" * 400,
            ask_about_cadence=True,
            colleague_wrote=replace(touch, id=5),
            relationship=relationship(
                "Müller & Söhne <Maschinenbau> " * 12, customer_id=2**62 + n, last_touch_id=2**62
            ),
        )
        for n in range(1, count + 1)
    )
    for locale in ("en-GB", "de-DE"):
        message = build_digest(replace(DIGEST, cards=cards, locale=locale), place="d4611686018427387904.12")
        assert_slack_takes(message)
        assert len(message["blocks"]) <= 50
        assert size_of(message) <= WHOLE_MESSAGE
        assert len(shown(message)) <= 10_000


@given(st.lists(st.tuples(TEXTS, st.sampled_from(NudgeState), st.booleans()), min_size=1, max_size=5), st.booleans())
def test_any_customers_make_a_digest_that_slack_takes(
    drawn: list[tuple[str, NudgeState, bool]], in_channel: bool
) -> None:
    cards = tuple(_any_card(n, *values) for n, values in enumerate(drawn, start=1))
    view = replace(DIGEST, cards=cards, next_name=drawn[0][0], reader=None if in_channel else ANA)
    message = build_digest(view, place="d7.1")
    assert_slack_takes(message)
    assert len(message["blocks"]) <= 50


def test_nobody_is_mentioned_and_nothing_is_styled_by_what_a_customer_is_called() -> None:
    for text in HOSTILE:
        message = build_digest(replace(DIGEST, cards=(_any_card(1, text, NudgeState.OPEN, True),)), place="d7.1")
        for marked in markup(message):
            assert "<" not in marked
            assert "*_~" not in marked


def _any_card(number: int, text: str, state: NudgeState, asks: bool) -> Card:
    return card(
        text, customer_id=number, position=number, state=state, ended_by=text, note=text, because=text,
        back_on=date(2026, 12, 1), ask_about_cadence=asks, suggestion=text,
    )  # fmt: skip
