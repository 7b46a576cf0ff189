"""The arithmetic in words: every factor, every reason to be left out, and nothing that Slack refuses."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.blocks.explained import build_explanation, say_factors
from bot.blocks.voice import Voice
from bot.domain.counted_days import CountedDays, Pause
from bot.domain.explain import explain
from bot.domain.model import Occasion, Policy, Segment, Standing
from bot.domain.nudges import reason_for
from tests.blocks.cast import ENGLISH, GERMAN, TODAY, relationship
from tests.blocks.checks import TEXTS, assert_slack_takes, shown


def told(say: Voice = ENGLISH, *, has_rate: bool = True, **changes: Any) -> str:
    explained = explain(relationship(**changes), TODAY, has_rate=has_rate)
    view = build_explanation(explained, say, base_currency="EUR")
    assert_slack_takes(view)
    return shown(view)


def test_value_contact_depth_and_silence_are_said_in_the_readers_language() -> None:
    said = told()
    assert "Value: €84,000 a year." in said
    assert "Recent contact: 0.2 touches. It was 1.2 on 30 September, and fades by half every 3 weeks." in said
    assert "It goes back to 7 January 2025, so it counts 4 times" in said
    assert "That makes ×1.13: the cooler, the more" in said
    assert "€84,000 × 1.13 makes about 95,000." in said
    german = told(GERMAN)
    assert "Kontakt in letzter Zeit: 0,2 (am 30. September 1,2; alle 3 Wochen halbiert er sich)." in german
    assert "84.000 € × 1,13 macht etwa 95.000." in german


def test_a_value_in_another_currency_says_what_it_multiplies_as() -> None:
    said = told(currency="GBP")
    assert "Value: £84,000 a year, which is €84,000." in said
    assert "im Jahr, das sind 84.000 €." in told(GERMAN, currency="GBP")


def test_a_card_with_a_date_keeps_its_reason() -> None:
    explained = explain(relationship(renewal_on=TODAY + timedelta(days=21)), TODAY)
    reason = reason_for(explained.relationship, TODAY, occasions=(Occasion.RENEWAL,))
    said = shown(build_explanation(explained, ENGLISH, base_currency="EUR", reason=reason))
    assert "The contract renews on" in said
    assert "It has been" not in said


def test_the_numbers_that_are_shown_multiply() -> None:
    *_, product = say_factors(explain(relationship(), TODAY), ENGLISH, base_currency="EUR")
    worth, silence, score = (float(each.replace(",", "")) for each in re.findall(r"\d[\d,]*(?:\.\d+)?", product))
    assert worth * silence == pytest.approx(score, rel=0.01)


def test_a_wait_over_a_pause_says_which_days_count_for_nothing() -> None:
    sleeps = Segment(5, "Agencies", Policy.FIXED, 21.0, counted=CountedDays(pauses=(Pause((10, 5), (10, 11)),)))
    due_on = sleeps.counted.after(relationship().silent_since_on, 21)
    said = told(segment=sleeps, due_on=due_on)
    assert "Silence is unusual after 28 days: what Agencies is meant for." in said
    assert "7 days of that are in a pause of Agencies, and count for nothing." in said
    assert "7 Tage davon liegen in einer Pause von Agencies und zählen nicht." in told(
        GERMAN, segment=sleeps, due_on=due_on
    )
    assert "pause" not in told()


def test_the_day_is_explained_from_both_rhythms() -> None:
    said = told()
    assert "In Agencies you talk every 3 weeks." in said
    assert "from 9 days of contact since 7 January 2025." in said
    assert "Silence is unusual after 27 days: one and a half times what lies between the two." in said
    assert "Due since 27 October." in said


@pytest.mark.parametrize(
    ("policy", "sentence"), [(Policy.OWN, "twice their own rhythm"), (Policy.FIXED, "what Agencies is meant for")]
)
def test_every_policy_says_how_it_finds_the_day(policy: Policy, sentence: str) -> None:
    assert sentence in told(segment=Segment(id=5, name="Agencies", policy=policy, cadence_days=21.0))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value_minor": None}, "Value: not known, so it counts as the middle of Agencies, €84,000."),
        ({"value_minor": 100, "currency": "USD", "has_rate": False}, "There is no rate for USD"),
        ({"rhythm": None}, "Nobody has talked to them yet; the day they came, 7 January 2025, counts as one touch"),
        ({"standing": Standing.LURKER}, "Not in any digest: they only read along."),
        ({"nudge_from_on": None}, "Not in any digest: somebody took them off the list."),
        ({"snoozed_until_on": TODAY + timedelta(days=6)}, "Snoozed; comes back on Monday, 30 November."),
        ({"rhythm": None}, "Silent for so long that the digest leaves them out"),
        ({"due_on": TODAY}, "Due today."),
        ({"due_on": TODAY + timedelta(days=6)}, "Due on Monday, 30 November, not before."),
    ],
)
def test_what_is_unusual_is_said(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in told(**changes)
    told(GERMAN, **changes)


@given(TEXTS, TEXTS)
def test_no_name_breaks_it(name: str, segment: str) -> None:
    explained = explain(relationship(name)._replace(segment=Segment(id=5, name=segment)), TODAY)
    assert_slack_takes(build_explanation(explained, ENGLISH, base_currency="EUR"))
