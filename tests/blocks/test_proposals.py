"""A proposal says what happened in figures, what it would change, and nobody's name but the one who answered."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.blocks.home import build_home
from bot.blocks.ids import ActionId
from bot.blocks.proposals import build_proposal
from bot.blocks.voice import Voice
from bot.domain.model import Occasion
from bot.domain.outcomes import Change
from bot.domain.views import ProposalView
from tests.blocks.cast import AT_NINE, ENGLISH, GERMAN
from tests.blocks.checks import TEXTS, assert_slack_takes, elements, shown
from tests.blocks.test_home import HOME

CHANGE = Change(nudges=24, too_early=9, wrong=0, from_days=30, to_days=38, left_out=7, later=0)
RETAIL = ProposalView(7, "Retail", Occasion.OVERDUE, CHANGE)


def told(view: ProposalView, say: Voice = ENGLISH) -> dict[str, Any]:
    message = build_proposal(view, say, place="1")
    assert_slack_takes(message)
    return message


def test_it_says_the_figures_and_the_change() -> None:
    message = told(RETAIL)
    assert message["text"] == (
        "Retail, silence: 9 of 24 nudges in the last four weeks came too early.\n"
        "38 days instead of 30 would have left out 7 of them."
    )
    assert [e["action_id"] for e in elements(message)] == [ActionId.PROPOSAL_ACCEPT, ActionId.PROPOSAL_LEAVE]
    assert {e["value"] for e in elements(message)} == {"7"}
    assert "Change to 38 days" in shown(message)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"wrong": 3}, "9 of 24 nudges in the last four weeks came too early, 3 went to the wrong person"),
        ({"too_early": 0, "wrong": 8}, "8 of 24 nudges in the last four weeks went to the wrong person"),
        ({"later": 1}, "left out 7 of them, and told one that helped later or not at all."),
        ({"later": 2}, "left out 7 of them, and told 2 that helped later or not at all."),
        ({"to_days": None}, "Without them, those would not have come."),
        ({"to_days": None, "later": 3}, "Without them, those would not have come, nor 3 that helped."),
    ],
)
def test_what_it_costs_is_said_too(change: dict[str, Any], sentence: str) -> None:
    view = replace(RETAIL, change=replace(CHANGE, **change))
    assert sentence in shown(told(view))
    told(view, GERMAN)


def test_a_segment_that_counts_working_days_is_told_in_those() -> None:
    view = replace(RETAIL, in_working_days=True)
    message = told(view)
    assert "38 working days instead of 30" in message["text"]
    assert "Change to 38 working days" in shown(message)
    assert "Mit allen aus Retail alle 38 Arbeitstage sprechen" in str(told(view, GERMAN))
    asked = told(replace(view, asked=True))
    assert "Now it is 30 working days; 38 is proposed." in asked["text"]
    done = replace(view, accepted=True, answered_by="Ana", answered_at=AT_NINE)
    assert "Ana changed Retail to 38 working days" in told(done)["text"]


def test_an_occasion_is_named_and_can_be_stopped() -> None:
    message = told(replace(RETAIL, occasion=Occasion.BIRTHDAY, change=replace(CHANGE, to_days=None)))
    assert "Retail, birthdays: 9 of 24" in shown(message)
    assert "Stop birthdays" in shown(message)
    german = told(replace(RETAIL, occasion=Occasion.BIRTHDAY, change=replace(CHANGE, to_days=None)), GERMAN)
    assert "Geburtstage weglassen" in shown(german)


def test_a_third_snooze_is_passed_on_without_a_name() -> None:
    message = told(replace(RETAIL, asked=True, change=replace(CHANGE, to_days=60)))
    assert "Retail: a customer was put off three times in a row, and somebody asks for a longer gap." in shown(message)
    assert "Now it is 30 days; 60 is proposed." in shown(message)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"accepted": True}, "Ana changed Retail to 38 days at 9:12."),
        ({"accepted": False}, "Ana left Retail as it is at 9:12."),
        ({"accepted": True, "change": replace(CHANGE, to_days=None)}, "Ana stopped silence for Retail at 9:12."),
    ],
)
def test_once_answered_it_says_who_did_and_how_to_undo_it(answer: dict[str, Any], sentence: str) -> None:
    message = told(replace(RETAIL, answered_by="Ana", answered_at=AT_NINE, **answer))
    assert message["text"] == sentence
    assert [e["action_id"] for e in elements(message)] == [ActionId.PROPOSAL_UNDO]


def test_the_app_home_of_an_admin_shows_a_few() -> None:
    view = build_home(replace(HOME, proposals=(RETAIL,) * 5), revision="r1")
    assert shown(view).count("9 of 24 nudges") == 3
    assert_slack_takes(view)


@given(TEXTS, TEXTS)
def test_no_name_breaks_it(segment: str, who: str) -> None:
    told(replace(RETAIL, segment_name=segment))
    told(replace(RETAIL, segment_name=segment, answered_by=who, answered_at=AT_NINE, accepted=True))


@pytest.mark.parametrize("occasion", Occasion)
def test_every_occasion_has_a_name(occasion: Occasion) -> None:
    told(replace(RETAIL, occasion=occasion))
    told(replace(RETAIL, occasion=occasion, change=replace(CHANGE, to_days=None)), GERMAN)
