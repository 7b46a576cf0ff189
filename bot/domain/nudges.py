"""Who is nudged about, why and in what order: decisions over relationships, as pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.model import NudgeState, Occasion, Relationship
from bot.domain.rhythm import is_lost, own_gap_days, score
from bot.domain.views import Reason

DIGEST_CAP = 5
# A customer that nobody acted on comes back after this many days, not the next morning.
QUIET_DAYS = 7
RENEWAL_AHEAD_DAYS = 30
ASK_AFTER_SNOOZES = 3


@dataclass(frozen=True, slots=True)
class Pick:
    """One customer chosen for a digest, with every reason it has today."""

    relationship: Relationship
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A digest's picks, best first, and what it knowingly leaves out."""

    picks: tuple[Pick, ...]
    left_out: int
    next_customer_id: int | None


def birthday_in(born: date, year: int) -> date:
    """Return the birthday in a year; 29 February is kept on 28 February when the year has none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def next_birthday(born: date, today: date) -> date:
    """Return the next birthday on or after today."""
    this_year = birthday_in(born, today.year)
    return this_year if this_year >= today else birthday_in(born, today.year + 1)


def occasions_of(relationship: Relationship, today: date, *, until: date) -> tuple[Occasion, ...]:
    """Return the reasons to write today; `until` is the next day with a digest, so that no birthday is missed.

    Silence that has lasted too long is none: a lost customer is on a list of its own.
    """
    found: list[Occasion] = []
    if relationship.birthday_on and today <= next_birthday(relationship.birthday_on, today) < until:
        found.append(Occasion.BIRTHDAY)
    if relationship.renewal_on and today <= relationship.renewal_on <= today + timedelta(days=RENEWAL_AHEAD_DAYS):
        found.append(Occasion.RENEWAL)
    lost = is_lost(relationship.silent_since_on, relationship.segment, today)
    if relationship.nudge_from_on and relationship.nudge_from_on <= today and not lost:
        found.append(Occasion.OVERDUE)
    return tuple(found)


def plan_digest(
    overdue: Sequence[Relationship],
    occasional: Iterable[Relationship],
    *,
    today: date,
    until: date,
    due_total: int,
    cap: int = DIGEST_CAP,
) -> Plan:
    """Choose a digest: what has a date first, then by score; one card per customer whatever the number of reasons.

    `overdue` are the best due customers in order, at least one more than the cap if there are so many; `due_total` is
    how many are due in all.
    """
    dated = {r.customer_id: r for r in occasional if r.nudge_from_on is not None}
    everybody = {r.customer_id: r for r in overdue} | dated
    picks = [
        Pick(relationship, occasions)
        for relationship in everybody.values()
        if (occasions := occasions_of(relationship, today, until=until))
    ]
    picks.sort(key=lambda pick: _order(pick, today))
    chosen = tuple(picks[:cap])
    only_dated = sum(Occasion.OVERDUE not in pick.occasions for pick in picks)
    total = max(due_total + only_dated, len(picks))
    return Plan(
        picks=chosen,
        left_out=total - len(chosen),
        next_customer_id=picks[cap].relationship.customer_id if len(picks) > cap else None,
    )


def _order(pick: Pick, today: date) -> tuple[bool, float, int]:
    """Birthdays cannot wait; everything else is ordered by score, ties by id so that the order is stable."""
    return (
        Occasion.BIRTHDAY not in pick.occasions,
        -score(pick.relationship, today),
        pick.relationship.customer_id,
    )


def reason_for(
    relationship: Relationship, today: date, *, occasions: tuple[Occasion, ...] = (Occasion.OVERDUE,)
) -> Reason:
    """Return why a customer is on the list, from the same numbers that ordered it."""
    segment = relationship.segment
    rhythm = segment.counted.in_calendar_days(own_gap_days(relationship.rhythm, segment))
    return Reason(
        occasions=occasions,
        silent_days=max(0, (today - relationship.silent_since_on).days),
        rhythm_days=max(1, round(rhythm)),
        overdue_days=max(0, (today - relationship.due_on).days),
        touched=relationship.rhythm is not None,
        since_on=relationship.since_on,
        birthday_on=next_birthday(relationship.birthday_on, today) if relationship.birthday_on else None,
        renewal_on=relationship.renewal_on,
        value_is_guess=relationship.value_minor is None,
        touch_days=relationship.rhythm.touch_days if relationship.rhythm else 0,
        segment_name=segment.name,
    )


def touch_ends_nudge(
    *, touched_on: date, planned_on: date, due_on: date, today: date, occasions: Sequence[str] = (Occasion.OVERDUE,)
) -> bool:
    """Say whether a touch answers an open nudge: it happened since, or silence was all and is over with it."""
    return touched_on >= planned_on or (due_on > today and all(word == Occasion.OVERDUE for word in occasions))


def can_end(state: NudgeState) -> bool:
    """Say whether a nudge still waits for somebody; the first to act wins."""
    return state is NudgeState.OPEN


def can_undo(state: NudgeState) -> bool:
    """Say whether what was done to a nudge can be taken back."""
    return state in {NudgeState.DONE, NudgeState.SNOOZED, NudgeState.DISMISSED, NudgeState.HANDED_OVER}
