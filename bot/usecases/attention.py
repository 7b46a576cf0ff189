"""How much attention somebody has left today, and when what is due will be worked off at their pace."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from bot.domain.attention import (
    DIGEST_CAP,
    Budget,
    Room,
    budget_of,
    pace_a_day,
    room_today,
    sending_days_left,
    week_of,
)
from bot.domain.backlog import LOOK_AHEAD_DAYS, Backlog, days_until_due_again, plan_backlog
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, Occasion, Teammate
from bot.domain.nudges import QUIET_DAYS
from bot.domain.working_time import sends_on
from bot.usecases.days_off import days_off_of
from storage import customers, neglect_list, touches
from storage.ledger import Ledger
from storage.shown import Shown


def spent_this_week(
    ledger: Ledger, budget: Budget, *, teammate_id: int, today: date, shown: Sequence[Shown] = ()
) -> int:
    """Return what of a week's budget is gone: touches logged this week, and cards of this week that still wait.

    A card that was put off or dismissed gives its share back. `shown` are the reader's digests since Monday at least.
    """
    monday = week_of(today)
    done = sum(budget.of_kind(kind) for kind in touches.logged_by(ledger, teammate_id, since=monday))
    waiting = {card.customer_id for card in shown if card.waits and monday <= card.on < today}
    return done + sum(efforts_for(ledger, budget, waiting).values())


def efforts_for(ledger: Ledger, budget: Budget, customer_ids: Collection[int]) -> Mapping[int, int]:
    """Return what it costs to reach each customer, in the budget's unit."""
    if not budget.in_minutes:
        return dict.fromkeys(customer_ids, 1)
    channels = customers.channels_of(ledger, customer_ids)
    return {customer_id: budget.of_channel(channels.get(customer_id)) for customer_id in customer_ids}


def room_of(
    ledger: Ledger,
    budget: Budget | None,
    *,
    teammate_id: int | None,
    today: date,
    work_days: str,
    frequency: Frequency,
    off: DaysOff,
    shown: Sequence[Shown],
) -> Room:
    """Return the room of today's digest: the cap for whoever set no budget, else today's share of the week."""
    if budget is None or teammate_id is None:
        return Room()
    spent = spent_this_week(ledger, budget, teammate_id=teammate_id, today=today, shown=shown)
    days_left = sending_days_left(today, work_days=work_days, frequency=frequency, off=off)
    return room_today(budget, spent=spent, days_left=days_left)


def backlog_of(
    ledger: Ledger,
    reader: Teammate,
    *,
    due: int,
    today: date,
    shown: Sequence[Shown] = (),
    covered_ids: Sequence[int] = (),
) -> Backlog | None:
    """Return when a teammate is through with what is due; None when one digest holds it, or none comes.

    What is left are those whom no digest named lately (`shown`). Today's cards count as dealt with, like those of any
    other day of the plan; who was named before and still waits is named again when their quiet days are over.
    The customers of those whom the reader covers for (`covered_ids`) are worked off with their own.
    """
    if due <= DIGEST_CAP or reader.digest_frequency is Frequency.OFF:
        return None
    lately = {card.customer_id: card for card in sorted(shown, key=lambda card: card.on) if _is_quiet(card, today)}
    left = neglect_list.count_neglected(
        ledger, today=today, owner_id=reader.id, covered_ids=covered_ids, except_ids=lately
    )
    if not left:
        return None
    again = Counter(
        card.on + timedelta(days=QUIET_DAYS)
        for card in lately.values()
        if card.waits and card.on < today and Occasion.OVERDUE in card.occasions
    )
    off = days_off_of(ledger, reader)
    a_week = len(reader.work_days) if reader.digest_frequency is Frequency.DAILY else 1
    by_segment, arrivals = customers.workload(
        ledger, owner_ids=(reader.id, *covered_ids), today=today, until=today + timedelta(days=LOOK_AHEAD_DAYS)
    )
    return plan_backlog(
        left,
        again + Counter(arrivals),
        today=today,
        a_day=pace_a_day(budget_of(reader), digests_a_week=a_week),
        works_on=lambda day: sends_on(day, work_days=reader.work_days, frequency=reader.digest_frequency, off=off),
        back_after_days=max(QUIET_DAYS, days_until_due_again(by_segment, today)),
    )


def _is_quiet(card: Shown, today: date) -> bool:
    """Say whether a customer was named so lately that no digest names them again."""
    return card.on + timedelta(days=QUIET_DAYS) > today
