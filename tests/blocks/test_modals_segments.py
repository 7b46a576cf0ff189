"""The list of segments and the form of one are what Slack takes, whatever segments are called."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.ids import ActionId, Field
from bot.blocks.modals_segments import SHOWN, build_segment_form, build_segments
from bot.domain.counted_days import Pause
from bot.domain.model import Counts, Policy, Segment
from bot.domain.policies import SegmentPolicy, SegmentState
from bot.domain.what_if import WhatIf
from tests.blocks.cast import ENGLISH, GERMAN
from tests.blocks.checks import TEXTS, assert_slack_takes, element, elements, shown

POLICY = SegmentPolicy(Policy.OWN, 45, 0.25, Counts.WORKING, (Pause((8, 1), (8, 31)), Pause((12, 24), (1, 1))), 4)
RETAIL = SegmentState(Segment(7, "Retail", cadence_days=45, counted=POLICY.counted), POLICY, 12)
FOUND = WhatIf(RETAIL.segment, replace(RETAIL.segment, cadence_days=60), 40, 28, 2, 0, 10, 100)


def test_the_form_opens_with_the_policy_as_it_is() -> None:
    view = build_segment_form(RETAIL, ENGLISH)
    assert_slack_takes(view)
    assert view["private_metadata"] == "7"
    assert element(view, Field.POLICY)["initial_option"]["value"] == "own"
    assert element(view, Field.COUNTS)["initial_option"]["value"] == "working"
    assert element(view, Field.CADENCE)["initial_value"] == "45"
    assert element(view, Field.PAUSES)["initial_value"] == "08-01..08-31, 12-24..01-01"
    assert element(view, Field.LOST_AFTER)["initial_value"] == "4"
    assert element(view, Field.EXPONENT)["initial_value"] == "0.25"
    assert element(build_segment_form(RETAIL, GERMAN), Field.EXPONENT)["initial_value"] == "0,25"
    headlines = [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]
    assert headlines == ["Who is due, and when", "In what order"]


def test_a_learned_cadence_is_an_empty_field() -> None:
    learned = replace(RETAIL, policy=SegmentPolicy())
    assert "initial_value" not in element(build_segment_form(learned, ENGLISH), Field.CADENCE)


def test_what_would_change_stands_below_the_button_in_both_languages() -> None:
    english, german = (build_segment_form(RETAIL, say, found=FOUND) for say in (ENGLISH, GERMAN))
    assert_slack_takes(english)
    assert_slack_takes(german)
    assert "45 → 60 working days: 12 fewer nudges a week, 2 valuable customers more at risk." in shown(english)
    assert "An estimate from 10 of 100 customers." in shown(english)
    assert "45 → 60 Arbeitstage: 12 Hinweise weniger pro Woche" in shown(german)


def test_the_answer_comes_above_the_button_that_asked_for_it() -> None:
    assert [block["type"] for block in build_segment_form(RETAIL, ENGLISH, found=FOUND)["blocks"][-3:]] == [
        "section", "context", "actions",
    ]  # fmt: skip


def test_only_who_may_change_has_buttons_and_none_for_one_that_is_recomputed() -> None:
    recomputing = replace(RETAIL, segment=replace(RETAIL.segment, id=8), recomputed_percent=40)
    view = build_segments([RETAIL, recomputing], ENGLISH, may_change=True)
    assert [e["value"] for e in elements(view) if e["action_id"] == ActionId.CHANGE_SEGMENT] == ["7"]
    assert "Recomputing Retail: 40 %." in shown(view)
    assert elements(build_segments([RETAIL], ENGLISH, may_change=False)) == []


def test_no_segments_and_very_many_are_both_said() -> None:
    assert "There are no segments yet." in shown(build_segments([], ENGLISH, may_change=True))
    many = [replace(RETAIL, segment=replace(RETAIL.segment, id=n)) for n in range(SHOWN + 1)]
    view = build_segments(many, ENGLISH, may_change=True)
    assert_slack_takes(view)
    assert "Shown are the first 30." in shown(view)


@given(TEXTS, st.integers(0, 10**9))
def test_no_name_breaks_them(name: str, customers: int) -> None:
    state = replace(RETAIL, segment=replace(RETAIL.segment, name=name), customers=customers)
    for say in (ENGLISH, GERMAN):
        assert_slack_takes(build_segments([state], say, may_change=True))
        assert_slack_takes(build_segment_form(state, say, found=FOUND))
