"""A customer in full, for /customer, for "Show customer", and for the teammate who takes over."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given

from bot.blocks.customer import build_customer, build_customer_modal
from bot.blocks.handover import build_handover
from bot.blocks.ids import ActionId
from bot.domain.views import ContactView, CustomerView
from tests.blocks.cast import BEN_WROTE, ENGLISH, GERMAN, LAST_CALL, card, relationship
from tests.blocks.checks import HOSTILE, TEXTS, assert_slack_takes, element, markup, shown

JUNE = replace(LAST_CALL, id=60, at=datetime(2026, 6, 2, 9, tzinfo=UTC), on=date(2026, 6, 2), note=None)
ACME = CustomerView(
    card=card(),
    touches=(LAST_CALL, *(replace(JUNE, id=60 + n) for n in range(4))),
    contacts=(ContactView("Ana Köhler", "ana@acme.example", "+49 40 123"),),
    tags="vip, hamburg",
    notes="Likes tea.",
    profile={"industry": "Retail", "crm_url": "https://crm.example/1"},
)


def test_a_customer_shows_what_is_known() -> None:
    message = build_customer(ACME, ENGLISH, place="c11.1")
    for told in (
        "Acme",
        "You usually talk every 3 weeks. It has been 7.",
        "€84,000 a year",
        "Owner: Ana",
        "Agencies",
        "Call with Ana Köhler, 30 September. 'Wants the three-year price.'",
        "ana@acme.example",
        "Tags: vip, hamburg",
        "industry: Retail",
        "Likes tea.",
    ):
        assert told in shown(message)
        assert told in message["text"]
    assert "crm_url" not in shown(message)
    assert element(message, ActionId.SNOOZE)["value"] == "11.911.71"
    assert_slack_takes(message)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nudge_from_on": date(2026, 11, 24)}, "It has been 7."),
        ({"nudge_from_on": date(2026, 12, 3)}, "It has been 7. Next due on 3 December."),
        (
            {"nudge_from_on": date(2026, 11, 30), "snoozed_until_on": date(2026, 11, 30)},
            "It has been 7. Snoozed; comes back on Monday, 30 November.",
        ),
        ({"nudge_from_on": None}, "It has been 7. Not on any list."),
    ],
)
def test_it_says_when_they_are_due(changes: dict[str, Any], said: str) -> None:
    view = replace(ACME, card=card(relationship=relationship(**changes)))
    message = build_customer(view, ENGLISH, place="c11.1")
    assert message["text"].splitlines()[1].endswith(said)


def test_a_customer_nobody_talked_to_says_so() -> None:
    view = replace(ACME, touches=(), contacts=(), tags="", notes="", profile={})
    message = build_customer(view, ENGLISH, place="c11.1")
    assert "No touch is recorded yet." in shown(message)
    assert_slack_takes(message)


def test_the_modal_shows_the_same() -> None:
    view = build_customer_modal(ACME, GERMAN, place="c11")
    assert view["title"]["text"] == "Acme"
    assert "Telefonat mit Ana Köhler, 30. September." in shown(view)
    assert view["private_metadata"] == "11.911.71"
    assert_slack_takes(view)


def test_the_new_owner_is_told_how_it_stands() -> None:
    message = build_handover(ACME, ENGLISH, from_name="Ana", place="h11.1")
    first = "Ana gave you Acme. Five touches since June; last: call with Ana Köhler, 30 September."
    assert message["text"].splitlines()[0] == first
    assert shown(message).startswith(first)
    assert "Wants the three-year price." in shown(message)
    assert element(message, ActionId.DONE)["value"] == "11.911.71"
    assert_slack_takes(message)


@pytest.mark.parametrize(
    ("touches", "english", "german"),
    [
        ((), "Nobody has talked to them yet.", "Noch hat niemand mit ihnen gesprochen."),
        (
            (BEN_WROTE,),
            "One touch since November; last: email, yesterday.",
            "Ein Kontakt seit November; zuletzt: E-Mail, gestern.",
        ),
    ],
)
def test_a_short_history_is_told_too(touches: tuple[()], english: str, german: str) -> None:
    view = replace(ACME, touches=touches)
    assert english in build_handover(view, ENGLISH, from_name="Ana", place="h")["text"]
    assert german in build_handover(view, GERMAN, from_name="Ana", place="h")["text"]


@given(TEXTS)
def test_any_customer_makes_messages_that_slack_takes(text: str) -> None:
    view = _any_customer(text)
    assert_slack_takes(build_customer(view, ENGLISH, place="c"))
    assert_slack_takes(build_customer_modal(view, GERMAN, place="c"))
    assert_slack_takes(build_handover(view, ENGLISH, from_name=text, place="h"))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_customer_becomes_markup(text: str) -> None:
    view = _any_customer(text)
    for message in (build_customer(view, ENGLISH, place="c"), build_handover(view, ENGLISH, from_name=text, place="h")):
        assert list(markup(message["blocks"])) == []
        assert "<" not in message["text"]


def _any_customer(text: str) -> CustomerView:
    touch = replace(LAST_CALL, contact=text, note=text, by=text, by_id=8)
    return CustomerView(
        card=card(text, owner_name=text, suggestion=text), touches=(touch,) * 5,
        contacts=(ContactView(text, f"{text}@x", text),) * 7, tags=text, notes=text * 10,
        profile={text: text, "k": text},
    )  # fmt: skip
