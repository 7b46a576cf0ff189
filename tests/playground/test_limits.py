from __future__ import annotations

from typing import Any

import pytest

from bot.playground.limits import accessibility_problems, problems_of_message, problems_of_view
from tests.support.sdk import sdk_problems

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> Json:
    return {"type": "section", "text": mrkdwn("Acme"), **parts}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**parts: Any) -> Json:
    return {"type": "button", "text": plain("Done"), "action_id": "done", **parts}


def option(text: str = "A week", value: str = "7", **parts: Any) -> Json:
    return {"text": plain(text), "value": value, **parts}


def select(**parts: Any) -> Json:
    return {"type": "static_select", "action_id": "snooze", "options": [option()], **parts}


def overflow(count: int) -> Json:
    return {"type": "overflow", "action_id": "more", "options": [option(value=str(n)) for n in range(count)]}


def radio(count: int) -> Json:
    return {"type": "radio_buttons", "action_id": "pick", "options": [option(value=str(n)) for n in range(count)]}


def typed(**parts: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "note", **parts}


def question(element: Json | None = None, **parts: Any) -> Json:
    return {"type": "input", "label": plain("Note"), "element": element or typed(), **parts}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def table(rows: int, cells: int = 2, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text} for _ in range(cells)] for _ in range(rows)]}


def confirm(**parts: Any) -> Json:
    return {"title": plain("Sure"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), **parts}


def modal(*blocks: Json, **parts: Any) -> Json:
    view = {"type": "modal", "title": plain("Log a touch"), "submit": plain("Log"), "blocks": list(blocks)}
    return {**view, **parts}


TAKEN = {
    "the longest section": [section(text=mrkdwn("x" * 3000))],
    "ten fields of 2000": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "the longest header": [{"type": "header", "text": plain("x" * 150)}],
    "the longest button": [actions(button(text=plain("x" * 75), value="x" * 2000))],
    "25 actions": [actions(*(button(action_id=f"a{n}") for n in range(25)))],
    "the same action in two blocks": [actions(button()), actions(button())],
    "the longest option": [actions(select(options=[option("x" * 75, "v" * 150)]))],
    "100 options": [actions(select(options=[option(value=str(n)) for n in range(100)]))],
    "groups": [actions({**select(option_groups=[{"label": plain("g"), "options": [option()]}]), "options": None})],
    "an initial option": [actions(select(initial_option=option()))],
    "five in an overflow": [section(accessory=overflow(5))],
    "ten radio buttons": [actions(radio(10))],
    "ten in a context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "an input": [question()],
    "rich text": [rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U0ANA"})],
    "a rich text date": [rich({"type": "date", "timestamp": 1795510800, "format": "{date}", "fallback": "24 Nov"})],
    "a table": [table(100, 20)],
    "a confirmation": [actions(button(confirm=confirm()))],
    "50 blocks": [{"type": "divider"}] * 50,
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
def test_what_slack_takes_is_taken(blocks: list[Json]) -> None:
    blocks = [
        {**b, "elements": [{k: v for k, v in e.items() if v is not None} for e in b["elements"]]}
        if b["type"] == "actions"
        else b
        for b in blocks
    ]
    assert problems_of_message({"blocks": blocks}) == []
    assert sdk_problems({"blocks": blocks}) == []


REFUSED = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50"),
    "an unknown block": ([{"type": "banner"}], "unsupported type: banner"),
    "a block that is no object": (["hello"], "unsupported type"),
    "an unknown property": ([section(colour="red")], "invalid additional property: colour"),
    "an unknown property of a button": ([actions(button(icon="x"))], "invalid additional property: icon"),
    "a long section": ([section(text=mrkdwn("x" * 3001))], "less than 3001"),
    "an empty text": ([section(text=mrkdwn(""))], "more than 0"),
    "a section without words": ([{"type": "section"}], "needs text or fields"),
    "eleven fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "1 to 10 fields"),
    "a long field": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001"),
    "a long header": ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "markup in a header": ([{"type": "header", "text": mrkdwn("x")}], "must be plain_text"),
    "markup in a button": ([actions(button(text=mrkdwn("x")))], "must be plain_text"),
    "a long button": ([actions(button(text=plain("x" * 76)))], "less than 76"),
    "a long button value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "a long button url": ([actions(button(url="https://" + "x" * 3000))], "less than 3001"),
    "a button of another colour": ([actions(button(style="green"))], "primary or danger"),
    "a long action id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "26 actions": ([actions(*(button(action_id=f"a{n}") for n in range(26)))], "1 to 25"),
    "no actions": ([actions()], "1 to 25"),
    "an action id twice in a block": ([actions(button(), button())], "`done` is used twice"),
    "a block id twice": ([section(block_id="b"), section(block_id="b")], "`b` is used twice"),
    "a long block id": ([section(block_id="x" * 256)], "less than 256"),
    "a long option": ([actions(select(options=[option("x" * 76)]))], "less than 76"),
    "a long option value": ([actions(select(options=[option(value="x" * 151)]))], "less than 151"),
    "a long option description": ([actions(select(options=[option(description=plain("x" * 76))]))], "less than 76"),
    "markup in a menu": ([actions(select(options=[{"text": mrkdwn("x"), "value": "1"}]))], "must be plain_text"),
    "101 options": ([actions(select(options=[option(value=str(n)) for n in range(101)]))], "1 to 100"),
    "no options": ([actions(select(options=[]))], "1 to 100"),
    "an initial option of its own": ([actions(select(initial_option=option("Other")))], "exactly match"),
    "a link in a menu": ([actions(select(options=[option(url="https://x.example")]))], "invalid additional property"),
    "six in an overflow": ([section(accessory=overflow(6))], "1 to 5"),
    "eleven radio buttons": ([actions(radio(11))], "1 to 10"),
    "eleven in a context": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "1 to 10"),
    "a button in a context": ([{"type": "context", "elements": [button()]}], "unsupported type: button in context"),
    "a text input among actions": ([actions(typed())], "unsupported type: plain_text_input in actions"),
    "a button as input": ([question(button())], "unsupported type: button in input"),
    "a number in a message": ([question({"type": "number_input", "is_decimal_allowed": False})], "modals only"),
    "an alert in a message": ([{"type": "alert", "text": plain("x")}], "not allowed in a message"),
    "a long placeholder": ([actions(select(placeholder=plain("x" * 151)))], "less than 151"),
    "a long confirmation": ([actions(button(confirm=confirm(text=plain("x" * 301))))], "less than 301"),
    "a confirmation without no": ([actions(button(confirm={**confirm(), "deny": None}))], "missing required field"),
    "a date of no calendar": ([actions({"type": "datepicker", "initial_date": "24.11.2026"})], "a date like"),
    "a time of no clock": ([actions({"type": "timepicker", "initial_time": "9"})], "a time like"),
    "an image without words": ([{"type": "image", "image_url": "https://x.example/a.png"}], "alt_text"),
    "an image of nothing": ([{"type": "image", "alt_text": "A chart"}], "either image_url or slack_file"),
    "empty rich text": ([rich({"type": "text", "text": ""})], "missing required field"),
    "an unknown rich text": ([rich({"type": "mrkdwn", "text": "x"})], "unsupported type: mrkdwn"),
    "a list of no style": (
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [{}], "style": "dash"}]}],
        "bullet or ordered",
    ),
    "101 rows": ([table(101)], "1 to 100 rows"),
    "21 cells": ([table(1, 21)], "1 to 20 cells"),
    "a table of too many words": ([table(100, 2, "x" * 51)], "10000 characters"),
    "an empty cell": ([table(1, 1, "")], "more than 0"),
    "two tables": ([table(1), table(1)], "no more than 1 table"),
    "too much markdown": ([{"type": "markdown", "text": "x" * 6001}] * 2, "less than 12001"),
    "four buttons on a card": (
        [{"type": "card", "title": plain("Acme"), "actions": [button(action_id=str(n)) for n in range(4)]}],
        "no more than 3",
    ),
    "a carousel of eleven": (
        [{"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * 11}],
        "1 to 10",
    ),
}


@pytest.mark.parametrize(("blocks", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_slack_refuses_is_refused_and_named(blocks: list[Json], complaint: str) -> None:
    problems = problems_of_message({"blocks": blocks})
    assert any(complaint in problem for problem in problems), problems
    assert all("[json-pointer:/blocks" in problem for problem in problems)


VIEWS_TAKEN = {
    "a modal": modal(question()),
    "a modal that only tells": modal(section(), submit=None),
    "a home": {"type": "home", "blocks": [section()] * 100},
    "an alert": modal({"type": "alert", "text": plain("Careful")}),
    "a number": modal(question({"type": "number_input", "is_decimal_allowed": False})),
}


@pytest.mark.parametrize("view", VIEWS_TAKEN.values(), ids=VIEWS_TAKEN)
def test_a_view_that_slack_takes_is_taken(view: Json) -> None:
    view = {key: value for key, value in view.items() if value is not None}
    assert problems_of_view(view) == []
    assert sdk_problems(view) == []


VIEWS_REFUSED = {
    "another type": ({"type": "workflow_step", "blocks": [section()]}, "must be modal or home"),
    "no blocks": (modal(), "at least one block"),
    "101 blocks": (modal(*[section()] * 101), "no more than 100"),
    "no title": (modal(question(), title=None), "/view/title"),
    "a long title": (modal(question(), title=plain("x" * 25)), "less than 25"),
    "a long submit": (modal(question(), submit=plain("x" * 25)), "less than 25"),
    "a long close": (modal(question(), close=plain("x" * 25)), "less than 25"),
    "inputs without submit": (modal(question(), submit=None), "required when there are input blocks"),
    "much metadata": (modal(question(), private_metadata="x" * 3001), "less than 3001"),
    "a long callback id": (modal(question(), callback_id="x" * 256), "less than 256"),
    "a long label": (modal(question(label=plain("x" * 2001))), "less than 2001"),
    "a long hint": (modal(question(hint=plain("x" * 2001))), "less than 2001"),
    "an input out of order": (modal(question(typed(min_length=9, max_length=3))), "in order"),
    "an input above 3000": (modal(question(typed(max_length=3001))), "0 to 3000"),
    "two in focus": (modal(question(typed(focus_on_load=True)), question(typed(focus_on_load=True))), "focus_on_load"),
    "a table": (modal(table(1)), "not allowed in a modal"),
    "markdown": (modal({"type": "markdown", "text": "x"}), "not allowed in a modal"),
    "a home with a title": ({"type": "home", "blocks": [section()], "title": plain("x")}, "cannot have it"),
    "an unknown property": (modal(question(), color="red"), "invalid additional property: color"),
}


@pytest.mark.parametrize(("view", "complaint"), VIEWS_REFUSED.values(), ids=VIEWS_REFUSED)
def test_a_view_that_slack_refuses_is_refused_and_named(view: Json, complaint: str) -> None:
    problems = problems_of_view(view)
    assert any(complaint in problem for problem in problems), problems


def test_blocks_without_a_text_leave_a_screen_reader_with_nothing() -> None:
    assert accessibility_problems({"blocks": [section()]}) != []
    assert accessibility_problems({"blocks": [section()], "text": "Acme is due"}) == []
    assert accessibility_problems({"text": "Acme is due"}) == []
