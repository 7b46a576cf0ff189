"""The answer to /whois-neglected is private, pages, can be shared, and is glad when it is empty."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.blocks.ids import ActionId
from bot.blocks.lists import build_list, build_posted_list
from bot.domain.views import ListView
from tests.blocks.cast import LAST_CALL, TODAY, card, done, relationship
from tests.blocks.checks import WHOLE_MESSAGE, assert_slack_takes, element, elements, shown, size_of

LIST = ListView(
    cards=(card("Acme"), card("Birch", customer_id=12, position=2)),
    more=4,
    locale="en-GB",
    timezone="Europe/London",
    today=TODAY,
)
BIRCH_ON_THURSDAY = card("Birch", relationship=relationship("Birch", nudge_from_on=date(2026, 11, 26)))


def test_a_list_says_who_and_why_and_how_many_more() -> None:
    message = build_list(LIST, place="l55.1", list_id=55)
    assert message["text"].startswith("6 customers are going quiet\n1. Acme: You usually talk every 3 weeks.")
    assert message["text"].endswith("4 more are due.")
    assert element(message, ActionId.LIST_MORE)["value"] == "55"
    assert element(message, ActionId.POST_HERE)["value"] == "55"
    assert_slack_takes(message)


def test_a_list_of_somebody_elses_customers_says_whose_they_are() -> None:
    message = build_list(replace(LIST, owner_name="Ben"), place="l55.1", list_id=55)
    assert message["text"].startswith("6 customers are going quiet\nCustomers of Ben\n1. Acme")
    assert "Customers of Ben" in shown(message)
    assert_slack_takes(message)
    nobody = build_list(replace(LIST, cards=(), owner_name="Ben"), place="l55.1", list_id=55)
    assert nobody["text"] == "Nobody is waiting for Ben."


@pytest.mark.parametrize(
    ("locale", "title", "more"),
    [
        ("en-GB", "Silent for very long: 6 customers", "4 more have been silent that long."),
        ("de-DE", "Schon sehr lange still: 6 Kunden", "4 weitere sind so lange still."),
    ],
)
def test_a_list_of_the_lost_says_that_they_have_been_silent_for_very_long(locale: str, title: str, more: str) -> None:
    message = build_list(replace(LIST, lost=True, locale=locale), place="l55.1", list_id=55)
    assert message["text"].startswith(f"{title}\n1. Acme")
    assert message["text"].endswith(more)
    assert_slack_takes(message)
    posted = build_posted_list(replace(LIST, lost=True, locale=locale), asked_by="Ben", place="l55.1")
    assert posted["text"].startswith(title.replace("6", "2")), "a channel is told of those that it is shown"


def test_the_head_counts_everybody_on_whatever_page() -> None:
    def title(**changes: Any) -> str:
        return str(build_list(replace(LIST, **changes), place="l55.1", list_id=55)["text"]).split("\n")[0]

    assert title(more=13) == "15 customers are going quiet"
    assert title(more=8, before=5) == "15 customers are going quiet"
    assert title(more=13, locale="de-DE") == "Um 15 Kunden wird es still"
    assert title(cards=(done("Acme"), LIST.cards[1]), more=13) == "14 customers are going quiet"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "None of your customers has been silent for very long."),
        ({"owner_name": "Ben"}, "None of the customers of Ben has been silent for very long."),
        ({"whole_team": True}, "No customer has been silent for very long."),
        ({"locale": "de-DE"}, "Keiner deiner Kunden ist schon sehr lange still."),
        ({"locale": "de-DE", "owner_name": "Ben"}, "Keiner der Kunden von Ben ist schon sehr lange still."),
    ],
)
def test_nobody_lost_is_said_of_whom_it_was_asked(changes: dict[str, Any], said: str) -> None:
    message = build_list(replace(LIST, cards=(), more=0, lost=True, **changes), place="l55.1", list_id=55)
    assert message["text"] == said


def test_the_last_page_has_no_more() -> None:
    message = build_list(replace(LIST, more=0), place="l55.1", list_id=55)
    assert ActionId.LIST_MORE not in {e["action_id"] for e in elements(message)}


def test_nobody_is_a_happy_answer_that_says_who_is_next() -> None:
    message = build_list(replace(LIST, cards=(), next_due=BIRCH_ON_THURSDAY), place="l55.1", list_id=55)
    assert message["text"] == "Nobody is waiting for you. Next is Birch, on Thursday."
    assert shown(message) == message["text"]
    german = build_list(replace(LIST, cards=(), next_due=BIRCH_ON_THURSDAY, locale="de-DE"), place="l55.1", list_id=55)
    assert german["text"] == "Niemand wartet auf dich. Als Nächstes kommt Birch, am Donnerstag."


def test_nobody_at_all_for_the_whole_team() -> None:
    message = build_list(replace(LIST, cards=(), whole_team=True), place="l55.1", list_id=55)
    assert message["text"] == "Nobody is waiting."


def test_the_team_list_names_the_owners_and_ones_own_does_not() -> None:
    assert "Owner: Ana" in shown(build_list(replace(LIST, whole_team=True), place="l55.1", list_id=55))
    assert "Owner" not in shown(build_list(LIST, place="l55.1", list_id=55))


def test_a_list_whose_customers_are_all_done_says_so() -> None:
    message = build_list(replace(LIST, cards=(done(),), more=0), place="l55.2", list_id=55)
    assert message["text"].startswith("Nobody on this list is waiting any more")


def test_a_posted_list_says_who_shared_it_and_nothing_that_was_noted() -> None:
    message = build_posted_list(LIST, asked_by="Ana", place="p55.1")
    seen = shown(message) + message["text"]
    assert "Ana shared this list." in seen
    assert "Owner: Ana" in seen
    assert "three-year" not in seen
    assert "Köhler" not in seen
    assert ActionId.POST_HERE not in {e["action_id"] for e in elements(message)}
    assert_slack_takes(message)


def test_ten_cards_with_the_longest_texts_fit_into_a_list() -> None:
    touch = replace(LAST_CALL, note="Wants the three-year price. " * 100, contact="Ana " * 80)
    cards = tuple(
        card("Müller & Söhne " * 20, customer_id=2**62 + n, nudge_id=2**62, position=n, last_touch=touch)
        for n in range(1, 11)
    )
    private = build_list(replace(LIST, cards=cards), place="l55.1", list_id=2**62)
    posted = build_posted_list(replace(LIST, cards=cards), asked_by="Ana", place="p55.1")
    for message in (private, posted):
        assert_slack_takes(message)
        assert size_of(message) <= WHOLE_MESSAGE
        assert len([e for e in elements(message) if e["action_id"] == ActionId.DONE]) >= 5
        assert "Also on this list" in shown(message)
        assert all(f"{n}. Müller & Söhne" in shown(message) for n in range(1, 11))
    assert element(private, ActionId.LIST_MORE)["value"] == str(2**62)
