"""A policy in words, and what another one would change, in English and German."""

from dataclasses import replace
from datetime import date

import pytest

from bot.blocks.segments_said import say_how_known, say_policy, say_progress, say_what_if
from bot.blocks.voice import Voice
from bot.domain.counted_days import CountedDays, Pause
from bot.domain.model import Counts, Policy, Segment
from bot.domain.policies import SegmentPolicy, SegmentState
from bot.domain.what_if import WhatIf

TODAY = date(2026, 11, 24)
ENGLISH, GERMAN = Voice.to("en-GB", today=TODAY), Voice.to("de-DE", today=TODAY)
MONTHLY = Segment(1, "Retail", cadence_days=30)
SLOWER = replace(MONTHLY, cadence_days=45)
FOUND = WhatIf(MONTHLY, SLOWER, 40.4, 27.6, 2, 0, 100, 100)


@pytest.mark.parametrize(
    ("found", "english", "german"),
    [
        (
            FOUND,
            "30 → 45 days: 12 fewer nudges a week, 2 valuable customers more at risk.",
            "30 → 45 Tage: 12 Hinweise weniger pro Woche, 2 wertvolle Kunden mehr in Gefahr.",
        ),
        (
            replace(FOUND, nudges_after=39.1, more_at_risk=1),
            "30 → 45 days: 1 fewer nudge a week, 1 valuable customer more at risk.",
            "30 → 45 Tage: 1 Hinweis weniger pro Woche, 1 wertvoller Kunde mehr in Gefahr.",
        ),
        (
            replace(FOUND, nudges_after=40.0, more_at_risk=0),
            "30 → 45 days: as many nudges a week as now, no valuable customer more at risk.",
            "30 → 45 Tage: so viele Hinweise pro Woche wie jetzt, kein wertvoller Kunde mehr in Gefahr.",
        ),
        (
            replace(FOUND, before=SLOWER, after=MONTHLY, nudges_after=41.4, more_at_risk=0, noticed_sooner=3),
            "45 → 30 days: 1 more nudge a week, 3 valuable customers noticed sooner.",
            "45 → 30 Tage: 1 Hinweis mehr pro Woche, 3 wertvolle Kunden früher bemerkt.",
        ),
        (
            replace(FOUND, after=replace(MONTHLY, counted=CountedDays(working=True)), nudges_after=50),
            "30 days → 30 working days: 10 more nudges a week, 2 valuable customers more at risk.",
            "30 Tage → 30 Arbeitstage: 10 Hinweise mehr pro Woche, 2 wertvolle Kunden mehr in Gefahr.",
        ),
        (
            replace(FOUND, after=replace(MONTHLY, exponent=1.0), nudges_after=40, more_at_risk=0),
            "With this change: as many nudges a week as now, no valuable customer more at risk."
            " Silence weighs more in the order of the list.",
            "Mit dieser Änderung: so viele Hinweise pro Woche wie jetzt, kein wertvoller Kunde mehr in Gefahr."
            " Stille zählt in der Reihenfolge der Liste mehr.",
        ),
    ],
)
def test_what_would_change_is_one_sentence(found: WhatIf, english: str, german: str) -> None:
    assert (say_what_if(found, ENGLISH), say_what_if(found, GERMAN)) == (english, german)


def test_large_numbers_are_grouped_as_the_reader_does() -> None:
    large = replace(FOUND, nudges_before=4000, nudges_after=1500, more_at_risk=1680, looked_at=1000, customers=40_000)
    assert "2,500 fewer nudges a week, 1,680 valuable customers more at risk." in say_what_if(large, ENGLISH)
    assert "2.500 Hinweise weniger pro Woche, 1.680 wertvolle Kunden mehr" in say_what_if(large, GERMAN)
    assert "4,000 nudges a week as it is, 1,500 with the change" in say_how_known(large, ENGLISH)
    assert "1.000 von 40.000 Kunden" in say_how_known(large, GERMAN)


def test_an_estimate_says_that_it_is_one() -> None:
    assert "estimate" not in say_how_known(FOUND, ENGLISH)
    assert say_how_known(replace(FOUND, looked_at=25), ENGLISH).endswith("An estimate from 25 of 100 customers.")


def test_a_ledger_that_ended_long_ago_is_said_to_be_replayed_to_its_end() -> None:
    ended = replace(FOUND, until=date(2011, 12, 9))
    assert say_how_known(ended, ENGLISH).startswith(
        "The last touch was on 9 December 2011, so the 12 weeks until then were replayed: 40 nudges a week as it is,"
    )
    assert "am 9. Dezember 2011, daher wurden die 12 Wochen bis dahin" in say_how_known(ended, GERMAN)
    assert say_how_known(FOUND, ENGLISH).startswith("The last 12 weeks replayed: ")


def test_the_numbers_beside_the_sentence_add_up_to_it() -> None:
    rounded = replace(FOUND, nudges_before=1.5, nudges_after=0.6)
    assert "1 fewer nudge" in say_what_if(rounded, ENGLISH)
    assert "2 nudges a week as it is, 1 with the change" in say_how_known(rounded, ENGLISH)


def state(policy: SegmentPolicy, percent: int | None = None) -> SegmentState:
    return SegmentState(replace(MONTHLY, counted=policy.counted), policy, 12, percent)


def test_a_policy_is_said_in_words() -> None:
    assert say_policy(state(SegmentPolicy()), ENGLISH) == (
        "Learned: due when silence is unusual for this customer and its segment. Cadence 30 days, learned from the"
        " ledger; lost after 6 cadences."
    )
    pauses = (Pause((2, 20), (2, 29)), Pause((10, 3), (10, 3)), Pause((12, 24), (1, 1)))
    asleep = SegmentPolicy(Policy.FIXED, 30, counts=Counts.WORKING, pauses=pauses, lost_after=1)
    assert say_policy(state(asleep), ENGLISH) == (
        "Fixed: due after one cadence. Cadence 30 working days; lost after 1 cadence. Sleeps 20 February to"
        " 29 February, 3 October and 24 December to 1 January."
    )
    assert say_policy(state(asleep), GERMAN) == (
        "Fest: fällig nach einem Abstand. Abstand 30 Arbeitstage; verloren nach 1 Abstand. Ruht 20. Februar bis"
        " 29. Februar, 3. Oktober und 24. Dezember bis 1. Januar."
    )


def test_progress_is_said_while_there_is_some() -> None:
    assert say_progress(state(SegmentPolicy()), ENGLISH) is None
    assert say_progress(state(SegmentPolicy(), 40), ENGLISH) == "Recomputing Retail: 40 %."
    assert say_progress(state(SegmentPolicy(), 40), GERMAN) == "Retail wird neu berechnet: 40 %."
