"""Every form opens with what is known, keeps what was typed, and is one that Slack takes."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given

from bot.blocks.ids import ActionId, Field, OptionsId, ViewId
from bot.blocks.modals_card import build_dismiss, build_done, build_hand_over, build_snooze, preset_days
from bot.blocks.modals_customer import build_add_customer
from bot.blocks.modals_draft import build_draft, mail_link
from bot.blocks.modals_log import build_change, build_log, customer_option
from bot.blocks.modals_settings import AS_IN_SLACK, build_settings
from bot.domain.model import Direction, Frequency, TouchKind
from tests.blocks.cast import ANA, ENGLISH, GERMAN, LAST_CALL, TODAY, card
from tests.blocks.checks import HOSTILE, TEXTS, assert_slack_takes, element, elements, markup, shown


def labels(view: dict[str, Any], field: str) -> list[str]:
    return [option["text"]["text"] for option in element(view, field)["options"]]


def test_done_opens_with_a_call_today() -> None:
    view = build_done(card(), ENGLISH)
    assert view["callback_id"] == ViewId.DONE
    assert view["private_metadata"] == "11.911.71"
    assert element(view, Field.KIND)["initial_option"]["value"] == TouchKind.CALL
    assert element(view, Field.ON)["initial_date"] == "2026-11-24"
    assert labels(view, Field.KIND)[:2] == ["Call", "Email"]
    assert labels(build_done(card(), GERMAN), Field.KIND)[:2] == ["Telefonat", "E-Mail"]


def test_snooze_shows_the_day_that_each_preset_means() -> None:
    view = build_snooze(card(), ENGLISH)
    assert labels(view, Field.PRESET) == [
        "Tomorrow (Wednesday, 25 November)",
        "In 3 days (Friday, 27 November)",
        "In a week (Tuesday, 1 December)",
        "In a month (Thursday, 24 December)",
    ]
    assert element(view, Field.PRESET)["initial_option"]["value"] == "2026-12-01"
    values = [option["value"] for option in element(view, Field.PRESET)["options"]]
    assert values == ["2026-11-25", "2026-11-27", "2026-12-01", "2026-12-24"]
    assert {Field.ON, Field.WORDS, Field.REASON} <= {e["action_id"] for e in elements(view)}


@pytest.mark.parametrize(
    ("today", "in_a_month"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 11, 24), date(2026, 12, 24)),
    ],
)
def test_a_month_from_now_is_a_day_that_exists(today: date, in_a_month: date) -> None:
    assert preset_days(today)[-1] == in_a_month


def test_hand_over_and_not_relevant_name_the_customer() -> None:
    assert "Who looks after Acme from now on?" in str(build_hand_over(card(), ENGLISH))
    assert "Nobody will be asked about Acme any more." in shown(build_dismiss(card(), ENGLISH))
    assert labels(build_dismiss(card(), ENGLISH), Field.REASON)[0] == "They are no longer in business"


def draft(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "text": "Hi Ana,\nwhere did you land?", "variant": "plain", "subject": "Price", "email": "ana@acme.example"
    }  # fmt: skip
    return build_draft(card(), ENGLISH, **(known | changes))


def test_a_draft_is_something_to_start_from() -> None:
    view = draft()
    assert shown(view).startswith("Something to start from. Change it until it sounds like you.")
    assert element(view, Field.TEXT)["initial_value"] == "Hi Ana,\nwhere did you land?"
    assert element(view, Field.SUBJECT)["initial_value"] == "Price"
    assert element(view, ActionId.NEXT_VARIANT)["value"] == "11.911.71:plain" == view["private_metadata"]
    assert view["submit"]["text"] == "Mark as done"


def test_another_wording_gets_other_block_ids_so_that_slack_shows_it() -> None:
    first, second = ({b["block_id"] for b in draft(variant=v)["blocks"] if b["type"] == "input"} for v in ("a", "b"))
    assert first
    assert not first & second


def test_a_call_gets_points_to_talk_about_and_no_mail() -> None:
    view = draft(by_phone=True, has_more=False)
    assert "To talk about with Acme" in str(view)
    assert "mailto" not in str(view)
    assert [e["action_id"] for e in elements(view)] == [Field.TEXT]


def test_the_mail_link_carries_the_wording_and_nothing_gets_out_of_it() -> None:
    (link,) = markup(draft(subject="50 % | <!channel>", text="a>b & c\n„ü“")["blocks"])
    url, label = link.removeprefix("<").removesuffix(">").split("|")
    assert label == "Open this wording in mail"
    parts = urlsplit(url.replace("&amp;", "&"))
    assert (parts.scheme, parts.path) == ("mailto", "ana@acme.example")
    assert parse_qs(parts.query) == {"subject": ["50 % | <!channel>"], "body": ["a>b & c\n„ü“"]}


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "a b@c.example"])
def test_what_is_no_address_gets_no_link(email: str) -> None:
    assert mail_link(email, None, "Hi") is None


def test_a_long_wording_leaves_the_link_to_the_address() -> None:
    assert mail_link("ana@acme.example", "Price", "ü" * 2000) == "mailto:ana@acme.example?subject=Price"


def test_logging_opens_with_what_is_known() -> None:
    view = build_log(ENGLISH, customer=(11, "Acme"), note="wants pricing", metadata="C1:1.2")
    assert element(view, OptionsId.CUSTOMER)["initial_option"] == customer_option((11, "Acme"))
    assert element(view, Field.NOTE)["initial_value"] == "wants pricing"
    assert element(view, Field.ON)["initial_date"] == "2026-11-24"
    assert view["private_metadata"] == "C1:1.2"
    assert "initial_option" not in element(build_log(ENGLISH), OptionsId.CUSTOMER)


def test_changing_opens_with_the_touch_as_it_was_logged() -> None:
    view = build_change(31, replace(LAST_CALL, direction=Direction.INBOUND), ENGLISH, customer=(11, "Acme"))
    assert view["private_metadata"] == "31"
    assert element(view, Field.DIRECTION)["initial_option"]["text"]["text"] == "They reached out"
    assert element(view, Field.ON)["initial_date"] == "2026-09-30"
    assert element(view, Field.NOTE)["initial_value"] == "Wants the three-year price."


def test_settings_open_as_they_are() -> None:
    ana = replace(
        ANA, digest_minute=555, work_days="1234", digest_frequency=Frequency.WEEKLY, language="de-AT",
        paused_until_on=date(2026, 11, 30),
    )  # fmt: skip
    view = build_settings(ana, ENGLISH)
    assert element(view, Field.HOUR)["initial_option"] == {
        "text": {"type": "plain_text", "text": "9:15", "emoji": False},
        "value": "555",
    }
    assert [option["value"] for option in element(view, Field.DAYS)["initial_options"]] == ["1", "2", "3", "4"]
    assert element(view, Field.FREQUENCY)["initial_option"]["value"] == "weekly"
    assert element(view, Field.LANGUAGE)["initial_option"]["value"] == "de-DE"
    assert element(view, Field.PAUSE)["initial_date"] == "2026-11-30"
    assert element(build_settings(ANA, ENGLISH), Field.LANGUAGE)["initial_option"]["value"] == AS_IN_SLACK
    assert "Your time zone in Slack is Europe/London." in str(view)
    assert "initial_date" not in element(build_settings(replace(ana, paused_until_on=TODAY), ENGLISH), Field.PAUSE)


def test_settings_come_in_parts_with_a_headline_each() -> None:
    parts: dict[str, list[str]] = {}
    for block in build_settings(ANA, ENGLISH)["blocks"]:
        if block["type"] == "header":
            parts[block["text"]["text"]] = []
        elif block["type"] == "input":
            list(parts.values())[-1].append(block["block_id"])
    assert parts == {
        "Your digest": [Field.HOUR, Field.DAYS, Field.FREQUENCY, Field.BUDGET, Field.LANGUAGE],
        "While you are away": [Field.PAUSE, Field.COVER],
        "Days off and quiet hours": [Field.HOLIDAYS, Field.QUIET_FROM, Field.QUIET_UNTIL],
    }


def test_no_day_ticked_is_possible_to_show() -> None:
    assert_slack_takes(build_settings(replace(ANA, work_days=""), GERMAN))


def test_adding_a_customer_offers_the_segments_there_are() -> None:
    view = build_add_customer(ENGLISH, segments=["Agencies", "", "x" * 400, "Shops"], currency="EUR")
    assert labels(view, Field.SEGMENT) == ["Agencies", "Shops"]
    assert element(view, Field.CURRENCY)["initial_value"] == "EUR"
    none = build_add_customer(ENGLISH, segments=[], currency="EUR")
    assert Field.SEGMENT not in {e["action_id"] for e in elements(none)}


def every_form(text: str) -> list[dict[str, Any]]:
    forms = []
    for say in (ENGLISH, GERMAN):
        of = card(text)
        forms += [
            build_done(of, say),
            build_snooze(of, say),
            build_hand_over(of, say),
            build_dismiss(of, say),
            build_draft(of, say, text=text * 20, variant="plain", subject=text, email=f"{text}@acme.example"),
            build_log(say, customer=(1, text), note=text),
            build_change(1, replace(LAST_CALL, note=text * 20), say, customer=(1, text)),
            build_settings(replace(ANA, timezone="America/Argentina/ComodRivadavia"), say),
            build_add_customer(say, segments=[text, *map(str, range(120))], currency="EUR", name=text),
        ]
    return forms


def test_every_field_keeps_what_was_typed_under_its_own_name() -> None:
    for form in every_form("Acme"):
        for block in form["blocks"]:
            if block["type"] == "input" and form["callback_id"] != ViewId.DRAFT:
                assert block["block_id"] == block["element"]["action_id"]


@given(TEXTS)
def test_any_text_makes_forms_that_slack_takes(text: str) -> None:
    for form in every_form(text):
        assert_slack_takes(form)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup_in_a_form(text: str) -> None:
    for form in every_form(text):
        for marked in markup(form):
            assert marked.startswith("<mailto:")
            assert marked.count("<") == marked.count(">") == marked.count("|") == 1
