"""Who is nudged about, why and in what order: decisions over relationships, as pure functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.attention import Room, benefit, plan_attention
from bot.domain.model import NudgeState, Occasion, Relationship, Standing
from bot.domain.rhythm import is_lost, own_gap_days, score
from bot.domain.views import NotedPromise, Reason

# A customer that nobody acted on comes back after this many days, not the next morning.
QUIET_DAYS = 7
ASK_AFTER_SNOOZES = 3
# A promise whose day passed unkept is told once more in the week after; then only the customer's page shows it.
PROMISE_FOR_DAYS = 14
# The plan for a customer's first month: on which day after joining to look, and how many days of silence before it
# call for a word. Somebody who is in touch anyway is left in peace.
FIRST_MONTH = ((7, 7), (28, 14))
FIRST_MONTH_FOR_DAYS = 7
# Who has been a customer since a day; of a prospect that day says nothing.
BUYERS = frozenset({Standing.CUSTOMER, Standing.INNER_CIRCLE})


class Pick(NamedTuple):
    """One customer chosen for a digest, with every reason it has today."""

    relationship: Relationship
    occasions: tuple[Occasion, ...]


class Plan(NamedTuple):
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


def day_key(day: date) -> int:
    """Return month and day as a number, like 509 for 9 May: what the indexes of birthdays and anniversaries hold."""
    return day.month * 100 + day.day


def day_keys(first: date, until: date) -> set[int]:
    """Return the keys of the days before `until`; with 28 February comes the 29th, which most years lack."""
    keys = {day_key(first + timedelta(days=n)) for n in range((until - first).days)}
    return keys | {229} if 228 in keys else keys


def anniversary_in(joined_on: date, first: date, until: date) -> date | None:
    """Return the day in the days before `until` on which a customer has been one for whole years, or None."""
    day = next_birthday(joined_on, first)
    return day if day < until and day.year > joined_on.year else None


def needs_first_word(relationship: Relationship, today: date) -> bool:
    """Say whether the plan for a new customer's first month calls for a word now, because nobody talked to them."""
    if relationship.joined_on is None or relationship.standing not in BUYERS:
        return False
    days = (today - relationship.joined_on).days
    silent_days = (today - max(relationship.silent_since_on, relationship.joined_on)).days
    return any(on <= days < on + FIRST_MONTH_FOR_DAYS and silent_days >= quiet for on, quiet in FIRST_MONTH)


def occasions_of(relationship: Relationship, today: date, *, until: date) -> tuple[Occasion, ...]:
    """Return the reasons to write today; `until` is the next day with a digest, so that no birthday is missed.

    Silence that has lasted too long is none: a lost customer is on a list of its own.
    """
    segment, found = relationship.segment, []
    if relationship.birthday_on is not None and today <= next_birthday(relationship.birthday_on, today) < until:
        found.append(Occasion.BIRTHDAY)
    joined_on = relationship.joined_on if relationship.standing in BUYERS else None
    if joined_on is not None and anniversary_in(joined_on, today, until) is not None:
        found.append(Occasion.ANNIVERSARY)
    renews_on = relationship.renewal_on
    if renews_on is not None and today <= renews_on <= today + timedelta(days=segment.renewal_ahead_days):
        found.append(Occasion.RENEWAL)
    if needs_first_word(relationship, today):
        found.append(Occasion.FIRST_MONTH)
    is_due = relationship.nudge_from_on is not None and relationship.nudge_from_on <= today
    if is_due and not is_lost(relationship.silent_since_on, segment, today):
        found.append(Occasion.OVERDUE)
    stopped = segment.without
    return tuple(occasion for occasion in found if occasion not in stopped) if stopped else tuple(found)


def next_reason_on(relationship: Relationship, day: date) -> date:
    """Return the first day from one on with a reason to write, as far as is known: that day, else when silence is one.

    Silence alone waits for its day: whose birthday was put off is told of again when they are due, or on the next one.
    """
    if occasions_of(relationship, day, until=day + timedelta(days=1)) or relationship.nudge_from_on is None:
        return day
    return max(day, relationship.nudge_from_on)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a reader was told of already, by occasion, and of whom for any reason: they are not told again."""

    by_occasion: Mapping[Occasion, Collection[int]]
    lately: Collection[int] = ()

    def of(self, customer_id: int, occasion: Occasion) -> bool:
        """Say whether the reader knows of an occasion. Of a first month they are told unless the customer was named."""
        return customer_id in self.by_occasion.get(occasion, self.lately)


def has_new_day(relationship: Relationship, today: date, *, until: date, told: Told) -> bool:
    """Say whether a customer has a day to write on before `until` that its reader was not told of.

    Who is lost is not wished a happy birthday; the end of a contract is worth telling all the same. Who sleeps or lurks
    is left in peace.
    """
    if relationship.standing is Standing.LURKER:
        return False
    if relationship.snoozed_until_on is not None and relationship.snoozed_until_on > today:
        return False
    lost = is_lost(relationship.silent_since_on, relationship.segment, today)
    return any(
        not told.of(relationship.customer_id, occasion)
        for occasion in occasions_of(relationship, today, until=until)
        if occasion is not Occasion.OVERDUE and not (lost and occasion in _HAS_A_DAY)
    )


def plan_digest(
    overdue: Sequence[Relationship],
    occasional: Iterable[Relationship],
    *,
    today: date,
    until: date,
    due_total: int,
    promised: Iterable[Relationship] = (),
    room: Room | None = None,
    efforts: Mapping[int, int] | None = None,
    in_order: bool = False,
) -> Plan:
    """Choose a digest: what has a date first, then by score; one card per customer whatever the number of reasons.

    `overdue` are the best due customers, at least one more than fit if there are so many; `due_total` is how many are
    due in all. When the list has put them `in_order`, by the same score, that is asked for again only where a day or a
    promise comes among them. `promised` are those with a promise to keep, told even of somebody who sleeps or is muted.
    With `efforts`, by customer, somebody's attention is a budget: then what pays most per effort comes first.
    """
    awake = {r.customer_id: r for r in overdue} | {r.customer_id: r for r in occasional if r.nudge_from_on is not None}
    owed = {r.customer_id: r for r in promised}
    told = owed | awake
    picks = [
        Pick(relationship, occasions)
        for customer_id, relationship in told.items()
        if (
            occasions := (Occasion.PROMISE,) * (customer_id in owed)
            + (occasions_of(relationship, today, until=until) if customer_id in awake else ())
        )
    ]
    if not in_order or len(told) > len(overdue) or any(pick.occasions != _SILENCE for pick in picks):
        picks.sort(key=lambda pick: _order(pick, today))
    room = room or Room()
    if efforts is None:
        chosen, left = picks[: room.cards], picks[room.cards :]
    else:
        chosen, left = plan_attention(
            picks,
            room=room,
            pays=lambda pick: _pays(pick, today),
            costs=lambda pick: efforts.get(pick.relationship.customer_id, 1),
            cannot_wait=lambda pick: Occasion.PROMISE in pick.occasions,
        )
    only_dated = sum(Occasion.OVERDUE not in pick.occasions for pick in picks)
    total = max(due_total + only_dated, len(picks))
    return Plan(
        picks=tuple(chosen),
        left_out=total - len(chosen),
        next_customer_id=left[0].relationship.customer_id if left else None,
    )


_PUTS_VALUE_AT_STAKE = frozenset({Occasion.RENEWAL, Occasion.FIRST_MONTH})
_HAS_A_DAY = frozenset({Occasion.BIRTHDAY, Occasion.ANNIVERSARY})
# The only reason of most.
_SILENCE = (Occasion.OVERDUE,)


def _pays(pick: Pick, today: date) -> float:
    return benefit(pick.relationship, today, dated=not _PUTS_VALUE_AT_STAKE.isdisjoint(pick.occasions))


def _order(pick: Pick, today: date) -> tuple[bool, bool, float, int]:
    """A promise and a day that will pass cannot wait; everything else is ordered by score, ties by id."""
    return (
        Occasion.PROMISE not in pick.occasions,
        _HAS_A_DAY.isdisjoint(pick.occasions),
        -score(pick.relationship, today),
        pick.relationship.customer_id,
    )


def reason_for(
    relationship: Relationship,
    today: date,
    *,
    occasions: tuple[Occasion, ...] = (Occasion.OVERDUE,),
    promises: tuple[NotedPromise, ...] = (),
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
        anniversary_on=next_birthday(relationship.joined_on, today) if relationship.joined_on else None,
        joined_on=relationship.joined_on,
        renewal_on=relationship.renewal_on,
        promises=promises,
        value_is_guess=relationship.value_minor is None,
        touch_days=relationship.rhythm.touch_days if relationship.rhythm else 0,
        segment_name=segment.name,
        only_buys=relationship.only_buys,
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
