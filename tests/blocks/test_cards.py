"""A card says who, why, what was last and what it is worth, and offers what can be done."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.cards import build_card, card_lines
from bot.blocks.ids import ActionId, MoreChoice
from bot.domain.model import Direction, NudgeState, TouchKind
from bot.domain.views import Card, CardRef
from tests.blocks.cast import BEN_WROTE, ENGLISH, GERMAN, LAST_CALL, card, done, relationship
from tests.blocks.checks import HOSTILE, TEXTS, assert_slack_takes, element, elements, markup, shown


def drawn(of: Card, *, private: bool = True, say: Any = ENGLISH) -> dict[str, Any]:
    blocks = build_card(of, say, place="d7.1.1", private=private)
    return {"text": "\n".join(card_lines(of, say, private=private)), "blocks": blocks}


def test_a_card_speaks_as_a_colleague_would() -> None:
    assert card_lines(card(), ENGLISH) == [
        "1. Acme: You usually talk every 3 weeks. It has been 7.",
        "Last: call with Ana Köhler, 30 September. 'Wants the three-year price.'",
        "€84,000 a year.",
    ]
    assert card_lines(card(), GERMAN) == [
        "1. Acme: Ihr sprecht sonst alle 3 Wochen. Jetzt sind es 7.",
        "Zuletzt: Telefonat mit Ana Köhler, 30. September. „Wants the three-year price.“",
        "84.000 € im Jahr.",
    ]


def test_the_blocks_show_what_the_lines_say() -> None:
    seen = shown(drawn(card(suggestion="Where did you land?")))
    for words in ("1. Acme", "It has been 7.", "Wants the three-year price.", "Where did you land?", "€84,000 a year"):
        assert words in seen


def test_a_colleague_who_wrote_lately_is_named_once() -> None:
    lines = card_lines(card(last_touch=BEN_WROTE, colleague_wrote=BEN_WROTE), ENGLISH)
    assert lines[1] == "Ben wrote yesterday; no answer yet."
    assert not any(line.startswith("Last:") for line in lines)


def test_a_colleague_who_wrote_on_monday() -> None:
    on_thursday = replace(ENGLISH, today=date(2026, 11, 26))
    assert "Ben wrote on Monday; no answer yet." in card_lines(card(colleague_wrote=BEN_WROTE), on_thursday)


@pytest.mark.parametrize(
    ("kind", "direction", "said"),
    [
        (TouchKind.CALL, Direction.INBOUND, "Last: call with Jonas, yesterday."),
        (TouchKind.EMAIL, Direction.OUTBOUND, "Last: email to Jonas, yesterday."),
        (TouchKind.EMAIL, Direction.INBOUND, "Last: email from Jonas, yesterday."),
        (TouchKind.VISIT, Direction.OUTBOUND, "Last: visit to Jonas, yesterday."),
        (TouchKind.MEETING, Direction.MUTUAL, "Last: meeting with Jonas, yesterday."),
        (TouchKind.PURCHASE, Direction.INBOUND, "Last: purchase by Jonas, yesterday."),
    ],
)
def test_the_last_touch_is_said_with_whom_and_which_way(kind: TouchKind, direction: Direction, said: str) -> None:
    touch = replace(LAST_CALL, kind=kind, direction=direction, contact="Jonas", note=None, on=date(2026, 11, 23))
    assert card_lines(card(last_touch=touch), ENGLISH)[1] == said


def test_a_touch_of_a_colleague_names_the_colleague() -> None:
    touch = replace(LAST_CALL, by="Ben", by_id=2, note=None)
    assert card_lines(card(last_touch=touch), ENGLISH)[1] == "Last: call with Ana Köhler, 30 September, by Ben."


def test_no_value_is_said_plainly_with_how_it_is_ranked() -> None:
    unknown = card(relationship=relationship(value_minor=None))
    assert card_lines(unknown, ENGLISH)[-1] == "No value known; ranked as the middle of Agencies."


def test_every_button_carries_the_customer_and_says_whom_it_is_about() -> None:
    message = drawn(card())
    for action in (ActionId.DONE, ActionId.DRAFT, ActionId.SNOOZE):
        button = element(message, action)
        assert CardRef.parse(button["value"]) == CardRef(11, 911, 71)
        assert "Acme" in button["accessibility_label"]
    assert element(message, ActionId.DONE)["accessibility_label"] == "Mark Acme as done"


def test_the_menu_opens_the_crm_only_over_https() -> None:
    def values(crm_url: str | None) -> dict[str, str | None]:
        options = element(drawn(card(crm_url=crm_url)), ActionId.MORE)["options"]
        return {option["value"].split(":")[0]: option.get("url") for option in options}

    assert values("https://crm.example/1")[MoreChoice.OPEN_CRM] == "https://crm.example/1"
    assert set(values(None)) == {"details", "hand_over", "dismiss", "customer"}
    assert MoreChoice.OPEN_CRM not in values("javascript:alert(1)")
    assert MoreChoice.OPEN_CRM not in values("https://crm.example/" + "x" * 3000)


def test_after_the_third_snooze_it_asks_whether_the_rhythm_is_wrong() -> None:
    message = drawn(done(state=NudgeState.SNOOZED, back_on=date(2026, 11, 30), ask_about_cadence=True, note=None))
    assert "That's the third time for Acme. Talk less often (every 6 weeks), hand over, or stop?" in shown(message)
    slower = element(message, ActionId.LESS_OFTEN)
    assert (slower["text"]["text"], slower["value"]) == ("Agencies: every 6 weeks", "11.911.71")
    assert {ActionId.HAND_OVER, ActionId.DISMISS} <= {e["action_id"] for e in elements(message)}


def test_a_customer_who_is_back_after_three_snoozes_is_asked_about_on_the_card() -> None:
    message = drawn(card(ask_about_cadence=True))
    assert "That's the third time for Acme." in shown(message)
    assert "That's the third time for Acme." in message["text"]
    assert [e["action_id"] for e in elements(message)] == [
        ActionId.DONE, ActionId.DRAFT, ActionId.SNOOZE, ActionId.WHY, ActionId.LESS_OFTEN, ActionId.MORE
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ended", "english", "german"),
    [
        (
            done(),
            "Ben marked Acme as done at 9:12: 'called, all good'.",
            "Ben hat Acme um 10:12 Uhr erledigt: „called, all good“.",
        ),
        (done(note=None, ended_by=None), "Acme was marked as done at 9:12.", "Acme wurde um 10:12 Uhr erledigt."),
        (
            done(ended_at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC), note=" \n"),
            "Ben marked Acme as done yesterday at 9:12.",
            "Ben hat Acme gestern um 10:12 Uhr erledigt.",
        ),
        (
            done(state=NudgeState.SNOOZED, back_on=date(2026, 11, 30)),
            "Acme comes back on Monday, 30 November.",
            "Acme kommt am Montag, 30. November wieder.",
        ),
        (
            done(state=NudgeState.SNOOZED, back_on=date(2026, 11, 25), because="board meets"),
            "Acme comes back tomorrow: 'board meets'.",
            "Acme kommt morgen wieder: „board meets“.",
        ),
        (
            done(state=NudgeState.DISMISSED, because="gone"),
            "Ben took Acme off the list: 'They are no longer in business'.",
            "Ben hat Acme von der Liste genommen: „Es gibt sie nicht mehr“.",
        ),
        (
            done(state=NudgeState.DISMISSED, because="merged with Birch"),
            "Ben took Acme off the list: 'merged with Birch'.",
            "Ben hat Acme von der Liste genommen: „merged with Birch“.",
        ),
        (done(state=NudgeState.HANDED_OVER, handed_to="Chi"), "Acme is Chi's now.", "Um Acme kümmert sich jetzt Chi."),
        (done(state=NudgeState.SUPERSEDED), "Acme is on a newer list.", "Acme steht auf einer neueren Liste."),
    ],
)
def test_an_ended_card_says_who_did_what_and_when(ended: Card, english: str, german: str) -> None:
    assert card_lines(ended, ENGLISH) == [english]
    assert card_lines(ended, GERMAN) == [german]
    assert shown(drawn(ended)).startswith(english)


def test_what_was_done_can_be_undone_but_not_what_a_newer_list_replaced() -> None:
    assert element(drawn(done()), ActionId.UNDO)["value"] == "911"
    assert elements(drawn(done(state=NudgeState.SUPERSEDED))) == []
    assert elements(drawn(done(nudge_id=0))) == []


def test_a_channel_sees_the_reason_the_owner_and_the_value_but_nothing_that_was_noted() -> None:
    for of in (card(suggestion="Ask about the board."), done(), done(state=NudgeState.SNOOZED, because="secret")):
        message = drawn(of, private=False)
        seen = shown(message) + message["text"]
        for secret in ("three-year", "Köhler", "board", "all good", "secret"):
            assert secret not in seen
    seen = shown(drawn(card(), private=False))
    for told in ("1. Acme", "It has been 7.", "Owner: Ana", "€84,000 a year", "Last: call, 30 September."):
        assert told in seen


def test_a_customer_without_an_owner_says_so_in_a_channel() -> None:
    assert "No owner" in shown(drawn(card(owner_name=None), private=False))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("private", [True, False])
def test_no_text_of_a_customer_breaks_a_card_or_becomes_markup(text: str, private: bool) -> None:
    message = drawn(_hostile(text), private=private)
    assert_slack_takes(message)
    assert list(markup(message["blocks"])) == []


@given(text=TEXTS, state=st.sampled_from(NudgeState), asks=st.booleans(), private=st.booleans())
def test_any_text_makes_a_card_that_slack_takes(text: str, state: NudgeState, asks: bool, private: bool) -> None:
    of = replace(_hostile(text), state=state, ask_about_cadence=asks, back_on=date(2026, 11, 30))
    message = drawn(of, private=private)
    assert_slack_takes(message)
    assert list(markup(message["blocks"])) == []


def _hostile(text: str) -> Card:
    touch = replace(LAST_CALL, contact=text, note=text * 8, by=text, by_id=9)
    return card(
        text, last_touch=touch, colleague_wrote=replace(touch, id=5), suggestion=text, owner_name=text, ended_by=text,
        handed_to=text, note=text, because=text, crm_url="https://crm.example/1",
    )  # fmt: skip
