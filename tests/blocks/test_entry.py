"""The answer to a logged text says what was understood, offers a way back, and asks about the rest."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.entry import MOST_LINES, build_entry
from bot.blocks.ids import ActionId, OptionsId
from bot.domain.model import Direction, TouchKind
from bot.domain.replies import AskReason
from bot.domain.views import EntryView, LineView
from tests.blocks.cast import TODAY
from tests.blocks.checks import TEXTS, assert_slack_takes, element, elements, shown

CALLED = LineView(
    id=31, words="2 called yesterday, wants pricing", status="logged", customer_name="Acme", kind=TouchKind.CALL,
    direction=Direction.OUTBOUND, on=date(2026, 11, 23), note="wants pricing",
)  # fmt: skip
WHICH = LineView(
    id=32, words="met the new boss", status="asking", question=AskReason.WHICH_CUSTOMER,
    candidates=((11, "Acme"), (12, "Birch & Sons")),
)  # fmt: skip
AHEAD = LineView(
    id=33, words="next friday", status="asking", customer_name="Acme", question=AskReason.FUTURE_DATE,
    asked_on=date(2026, 11, 20), on=date(2026, 11, 27),
)  # fmt: skip


def entry(*lines: LineView, locale: str = "en-GB", withdrawn: bool = False) -> EntryView:
    return EntryView(id=3, lines=lines, withdrawn=withdrawn, today=TODAY, locale=locale)


@pytest.mark.parametrize(
    ("line", "english", "german"),
    [
        (CALLED, "Acme: call, yesterday. 'wants pricing'", "Acme: Telefonat, gestern. „wants pricing“"),
        (
            replace(CALLED, kind=TouchKind.EMAIL, direction=Direction.INBOUND, note=None, on=date(2026, 11, 4)),
            "Acme: email from them, 4 November.",
            "Acme: E-Mail von ihnen, 4. November.",
        ),
        (replace(CALLED, status="undone"), "Acme: taken back.", "Acme: zurückgenommen."),
        (
            WHICH,
            "'met the new boss'\nWhich customer is this for?",
            "„met the new boss“\nZu welchem Kunden gehört das?",
        ),
        (
            AHEAD,
            "'next friday' is ahead of us. Did you mean last Friday, or plan a reminder?",
            "„next friday“ liegt noch vor uns. War der letzte Freitag gemeint, oder eine Erinnerung?",
        ),
        (
            replace(AHEAD, asked_on=date(2026, 11, 3)),
            "'next friday' is ahead of us. Did you mean 3 November, or plan a reminder?",
            "„next friday“ liegt noch vor uns. War 3. November gemeint, oder eine Erinnerung?",
        ),
        (
            replace(AHEAD, asked_on=None),
            "'next friday' is ahead of us. When was it?",
            "„next friday“ liegt noch vor uns. Wann war das?",
        ),
    ],
)
def test_a_line_says_what_was_understood_or_asks(line: LineView, english: str, german: str) -> None:
    assert build_entry(entry(line))["text"] == english
    assert shown(build_entry(entry(line))).startswith(english)
    assert build_entry(entry(line, locale="de-DE"))["text"] == german


def test_a_logged_line_can_be_undone_and_changed() -> None:
    message = build_entry(entry(CALLED))
    assert element(message, ActionId.LINE_UNDO)["value"] == "31"
    assert element(message, ActionId.LINE_CHANGE)["value"] == "31"
    assert elements(build_entry(entry(replace(CALLED, status="undone")))) == []


def test_which_customer_is_answered_with_a_button_or_a_search() -> None:
    message = build_entry(entry(WHICH))
    likely = [e for e in elements(message) if e["action_id"].startswith(ActionId.LINE_CUSTOMER)]
    assert [(e["text"]["text"], e["value"]) for e in likely] == [("Acme", "32:11"), ("Birch &amp; Sons", "32:12")]
    (row,) = [block for block in message["blocks"] if block["type"] == "actions"]
    assert row["block_id"].split(".")[:2] == ["line", "32"]
    assert element(message, OptionsId.CUSTOMER)["type"] == "external_select"
    assert element(message, ActionId.LINE_LEAVE)["value"] == "32"


def test_a_day_ahead_is_answered_with_the_day_before_or_a_reminder() -> None:
    message = build_entry(entry(AHEAD))
    assert element(message, ActionId.LINE_DATE)["value"] == "33:2026-11-20"
    assert element(message, ActionId.LINE_DATE)["text"]["text"] == "Last Friday"
    assert element(message, ActionId.LINE_REMIND)["value"] == "33:2026-11-27"
    assert element(message, ActionId.LINE_LEAVE)["value"] == "33"


@pytest.mark.parametrize("reason", AskReason)
def test_every_question_has_a_way_out(reason: AskReason) -> None:
    message = build_entry(entry(LineView(id=34, words="hm", status="asking", question=reason)))
    assert element(message, ActionId.LINE_LEAVE)["value"] == "34"
    assert_slack_takes(message)


def test_a_deleted_message_and_an_empty_one_say_what_they_are() -> None:
    assert build_entry(entry(CALLED, withdrawn=True))["text"] == "Removed with your message."
    assert build_entry(entry())["text"] == "I log touches here. Try “2 called yesterday” or “Acme: met Ana”."


def test_fifty_lines_fit_and_the_questions_keep_their_buttons() -> None:
    logged = [replace(CALLED, id=n, note="x" * 3000) for n in range(48)]
    message = build_entry(entry(*logged, replace(WHICH, id=48), replace(AHEAD, id=49)))
    assert_slack_takes(message)
    assert element(message, ActionId.LINE_DATE)["value"] == "49:2026-11-20"
    assert f"And {50 - MOST_LINES} more lines:" in message["text"]


@given(
    text=TEXTS,
    status=st.sampled_from(["logged", "asking", "undone"]),
    reason=st.sampled_from([None, *AskReason]),
    named=st.booleans(),
    likely=st.integers(min_value=0, max_value=12),
)
def test_any_line_makes_a_message_that_slack_takes(
    text: str, status: str, reason: AskReason | None, named: bool, likely: int
) -> None:
    line = LineView(
        id=1, words=text, status=status, customer_name=text if named else None, note=text, question=reason,
        candidates=tuple((n, text) for n in range(likely)), asked_on=date(2026, 11, 20), on=TODAY,
    )  # fmt: skip
    assert_slack_takes(build_entry(entry(line, replace(line, id=2))))
