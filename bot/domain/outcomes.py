"""How nudges end, judged by what people did and never by asking them; and the change that a rule proposes of itself.

| what became of the nudge | outcome |
|---|---|
| a touch of ours answered it, on the day it was planned for or later | useful |
| the customer came forward by themselves, or we had been in touch before that day and it was logged late | too early |
| put off for more than `NAP_DAYS` | too early |
| put off for less: that is about the reader's day | none yet; the nudge comes back and is judged then |
| not relevant, or handed over to somebody else | wrong |
| still open, or a newer one stands for it | none yet |

A rule is a segment and an occasion. A nudge with several reasons says nothing about any one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil

from bot.domain.model import Direction, NudgeState, Occasion, Segment
from bot.domain.rhythm import due_on, replay

NAP_DAYS = 4
# A rule speaks up once this many of its nudges ended within four weeks, and more than this share were not useful.
FEWEST_NUDGES = 20
WINDOW_DAYS = 28
TOLERATED_SHARE = 0.3
# What is tried instead of the cadence, until few enough nudges are left that were not useful.
SLOWER_BY = (1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
# Occasions with a date of their own: either they are told or they are not. A promise was asked for, so it stays.
MAY_STOP = frozenset({Occasion.BIRTHDAY, Occasion.ANNIVERSARY, Occasion.RENEWAL, Occasion.FIRST_MONTH})


class Outcome(StrEnum):
    """How a nudge ended for the person who got it."""

    USEFUL = "useful"
    TOO_EARLY = "too_early"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a nudge, and on which day. The touch is the one that answered it, if one did."""

    state: NudgeState
    planned_on: date
    ended_on: date
    snoozed_until_on: date | None = None
    touched_on: date | None = None
    direction: Direction | None = None


def outcome(ending: Ending) -> Outcome | None:
    """Judge a nudge by the table above; None while nothing can be said."""
    match ending.state:
        case NudgeState.DONE if ending.touched_on is not None:
            by_us = ending.direction is not Direction.INBOUND
            return Outcome.USEFUL if by_us and ending.touched_on >= ending.planned_on else Outcome.TOO_EARLY
        case NudgeState.SNOOZED if ending.snoozed_until_on is not None:
            nap = (ending.snoozed_until_on - ending.ended_on).days <= NAP_DAYS
            return None if nap else Outcome.TOO_EARLY
        case NudgeState.DISMISSED | NudgeState.HANDED_OVER:
            return Outcome.WRONG
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Judged:
    """A nudge with its outcome, and what the ledger knew when it was planned: the days of contact before it."""

    planned_on: date
    outcome: Outcome
    since_on: date
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule proposes of itself, with the figures it was reckoned from.

    Of `nudges` so many came `too_early` or were `wrong`. With `to_days` instead of `from_days`, `left_out` of those
    would not have come, and `later` of the useful ones neither, or later. `to_days` None stops the occasion.
    """

    nudges: int
    too_early: int
    wrong: int
    from_days: int
    to_days: int | None
    left_out: int
    later: int


def judge_rule(judged: Iterable[Judged], segment: Segment, occasion: Occasion) -> Change | None:
    """Return what a rule proposes of itself; None while too few nudges ended, or enough of them were useful.

    Nudges that the segment's policy of today would not have given are left out: somebody changed it since.
    """
    if occasion is not Occasion.OVERDUE:
        return _stop(list(judged), segment) if occasion in MAY_STOP else None
    nudges = [nudge for nudge in judged if _comes(nudge, segment)]
    if not _speaks_up(nudges):
        return None
    tried = [_with_cadence(nudges, segment, ceil(segment.cadence_days * factor)) for factor in SLOWER_BY]
    enough = (change for change in tried if _is_quiet_enough(change))
    best = next(enough, None) or max(tried, key=lambda change: change.left_out - change.later)
    return best if best.left_out > best.later else None


def _stop(nudges: Sequence[Judged], segment: Segment) -> Change | None:
    if not _speaks_up(nudges):
        return None
    too_early, wrong = _count(nudges, Outcome.TOO_EARLY), _count(nudges, Outcome.WRONG)
    useful = len(nudges) - too_early - wrong
    change = Change(len(nudges), too_early, wrong, ceil(segment.cadence_days), None, too_early + wrong, useful)
    return change if change.left_out > change.later else None


def _with_cadence(nudges: Sequence[Judged], segment: Segment, days: int) -> Change:
    slower = replace(segment, cadence_days=float(days), before=None)
    gone = [nudge for nudge in nudges if not _comes(nudge, slower)]
    later = _count(gone, Outcome.USEFUL)
    return Change(
        nudges=len(nudges),
        too_early=_count(nudges, Outcome.TOO_EARLY),
        wrong=_count(nudges, Outcome.WRONG),
        from_days=round(segment.cadence_days),
        to_days=days,
        left_out=len(gone) - later,
        later=later,
    )


def _comes(nudge: Judged, segment: Segment) -> bool:
    """Whether a segment's policy would have found the customer due on the day the nudge was planned."""
    return due_on(replay(nudge.days, segment), nudge.since_on, segment) <= nudge.planned_on


def _speaks_up(nudges: Sequence[Judged]) -> bool:
    useless = len(nudges) - _count(nudges, Outcome.USEFUL)
    return len(nudges) >= FEWEST_NUDGES and useless > TOLERATED_SHARE * len(nudges)


def _is_quiet_enough(change: Change) -> bool:
    left = change.nudges - change.left_out - change.later
    return change.too_early + change.wrong - change.left_out <= TOLERATED_SHARE * left


def _count(nudges: Iterable[Judged], wanted: Outcome) -> int:
    return sum(nudge.outcome is wanted for nudge in nudges)
