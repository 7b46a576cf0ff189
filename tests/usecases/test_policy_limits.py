"""Which policies make sense: what is refused says the field, the value and the remedy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.counted_days import Pause
from bot.domain.model import Policy, Segment
from bot.domain.policies import SegmentPolicy
from bot.domain.rhythm import due_on, is_lost, replay
from bot.errors import InputRefused
from bot.usecases.policies import change_policy, checked, segment_state
from storage.engine import Store
from storage.models import SegmentRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AUGUST = Pause((8, 1), (8, 31))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SegmentPolicy(cadence_days=0), "A cadence of 0 days can't be kept. Write 1 to 3650."),
        (SegmentPolicy(cadence_days=3651), "A cadence of 3651 days can't be kept. Write 1 to 3650."),
        (SegmentPolicy(exponent=1.5), "An exponent of 1.5 is out of range. Write 0 (only value counts) to 1."),
        (SegmentPolicy(lost_after=101), "Lost after 101 cadences is out of range. Write 3 to 100."),
        (
            SegmentPolicy(Policy.FIXED, lost_after=1),
            "Lost after 1 is too soon: with this policy customers become due at about 1 × the cadence, and would leave"
            " the digest before anybody wrote. Write 2 to 100.",
        ),
        (
            SegmentPolicy(Policy.LEARNED, lost_after=2),
            "Lost after 2 is too soon: with this policy customers become due at about 1½ × the cadence, and would leave"
            " the digest before anybody wrote. Write 3 to 100.",
        ),
        (
            SegmentPolicy(Policy.OWN, lost_after=0),
            "Lost after 0 is too soon: with this policy customers become due at about 2 × the cadence, and would leave"
            " the digest before anybody wrote. Write 3 to 100.",
        ),
        (
            SegmentPolicy(pauses=(Pause((8, 31), (8, 1)),)),
            "08-31..08-01 goes over New Year and takes 337 days of the year. If that is the wrong way round, write"
            " 08-01..08-31.",
        ),
        (
            SegmentPolicy(pauses=(Pause((1, 1), (7, 31)),)),
            "The pauses take 213 days of the year. Leave at least half of it: 183 days at the most.",
        ),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_the_remedy(wrong: SegmentPolicy, said: str) -> None:
    with pytest.raises(InputRefused) as refused:
        checked(wrong)
    assert str(refused.value) == said


@pytest.mark.parametrize(("policy", "least"), [(Policy.FIXED, 2), (Policy.LEARNED, 3), (Policy.OWN, 3)], ids=str)
def test_whoever_keeps_to_the_cadence_is_due_for_a_whole_one_before_they_are_lost(policy: Policy, least: int) -> None:
    assert checked(SegmentPolicy(policy, lost_after=least)).lost_after == least
    for cadence in (1, 7, 30, 365):
        segment = Segment(1, "s", policy, cadence, lost_after=least)
        rhythm = replay([TODAY - timedelta(days=cadence * n) for n in range(20)], segment)
        due = due_on(rhythm, TODAY, segment)
        days_due = [n for n in range(1, cadence * 9) if due <= TODAY + timedelta(days=n)]
        seen = [n for n in days_due if not is_lost(TODAY, segment, TODAY + timedelta(days=n))]
        assert len(seen) >= cadence


def test_a_segment_from_before_the_floor_is_changed_in_everything_else(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        segment_id = Books(ledger).segment("Retail", policy=Policy.FIXED, set_cadence_days=30)
        row = ledger.get(SegmentRow, segment_id)
        assert row is not None
        row.lost_after_cadences = 1
        ledger.add(row)
        policy = segment_state(ledger, segment_id).policy
        assert (
            change_policy(ledger, segment_id, replace(policy, cadence_days=60), by=None, now=NOW).policy.lost_after == 1
        )
        with pytest.raises(InputRefused, match="Write 3 to 100"):
            change_policy(ledger, segment_id, replace(policy, policy=Policy.LEARNED), by=None, now=NOW)


@pytest.mark.parametrize(
    ("pauses", "asleep", "awake"),
    [
        ("02-29..02-29", ["2028-02-29"], ["2027-02-28", "2027-03-01", "2028-02-28", "2028-03-01"]),
        ("02-29..03-05", ["2027-03-01", "2028-02-29"], ["2027-02-28", "2028-02-28", "2027-03-06"]),
        ("12-24..01-01", ["2026-12-24", "2026-12-31", "2027-01-01"], ["2026-12-23", "2027-01-02"]),
        ("10-03..10-03", ["2026-10-03"], ["2026-10-02", "2026-10-04"]),
        ("08-01..08-20,08-10..08-31", ["2026-08-01", "2026-08-15", "2026-08-31"], ["2026-07-31", "2026-09-01"]),
        ("12-20..12-31,01-01..01-06", ["2026-12-31", "2027-01-01"], ["2026-12-19", "2027-01-07"]),
    ],
)
def test_a_pause_is_kept_to_the_day(pauses: str, asleep: list[str], awake: list[str]) -> None:
    counted = checked(SegmentPolicy(pauses=tuple(Pause.parse(text) for text in pauses.split(",")))).counted
    day = timedelta(days=1)
    for text, count in [(text, 0) for text in asleep] + [(text, 1) for text in awake]:
        on = date.fromisoformat(text)
        assert counted.between(on - day, on) == count, text
