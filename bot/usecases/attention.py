"""How much attention somebody has left today, and when what is due will be worked off at their pace."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from bot.domain.attention import (
    CONSIDERED,
    DIGEST_CAP,
    MINUTES,
    Budget,
    budget_of,
    pace_a_day,
    week_of,
)
from bot.domain.backlog import LOOK_AHEAD_DAYS, Backlog, days_until_due_again, plan_backlog
from bot.domain.model import Frequency, Occasion, Teammate, TouchKind
from bot.domain.nudges import QUIET_DAYS
from bot.domain.working_time import sends_on
from bot.usecases.days_off import days_off_of
from storage import customers, neglect_list, touches
from storage.ledger import Ledger
from storage.shown import Shown


@dataclass(frozen=True, slots=True)
class Spender:
    """A teammate with a budget, and what their digests named since Monday at least."""

    teammate_id: int
    budget: Budget
    shown: Sequence[Shown] = ()


def spent_this_week(ledger: Ledger, spenders: Sequence[Spender], *, today: date) -> dict[int, int]:
    """Return by teammate what of the week's budget is gone: touches logged this week, and its cards that still wait.

    A card that was put off or dismissed gives its share back.
    """
    monday = week_of(today)
    logged = touches.logged_by(ledger, [spender.teammate_id for spender in spenders], since=monday)
    waiting = [
        {card.customer_id for card in spender.shown if card.waits and monday <= card.on < today} for spender in spenders
    ]
    efforts = efforts_for(ledger, [(one.budget, ids) for one, ids in zip(spenders, waiting, strict=True)])
    return {
        one.teammate_id: sum(map(one.budget.of_kind, logged.get(one.teammate_id, ()))) + sum((of_cards or {}).values())
        for one, of_cards in zip(spenders, efforts, strict=True)
    }


def efforts_for(
    ledger: Ledger, each: Sequence[tuple[Budget | None, Collection[int]]]
) -> list[Mapping[int, int] | None]:
    """Return for each budget what it costs to reach its customers, in its unit; None where there is no budget."""
    by_way = {customer_id for budget, ids in each if budget is not None and budget.in_minutes for customer_id in ids}
    channels = customers.channels_of(ledger, by_way)
    return [
        {customer_id: budget.of_channel(channels.get(customer_id)) for customer_id in ids} if budget else None
        for budget, ids in each
    ]


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
    budget = budget_of(reader)
    by_segment, arrivals = customers.workload(
        ledger, owner_ids=(reader.id, *covered_ids), today=today, until=today + timedelta(days=LOOK_AHEAD_DAYS)
    )
    return plan_backlog(
        left,
        again + Counter(arrivals),
        today=today,
        a_day=pace_a_day(
            budget, digests_a_week=a_week, effort=_effort(ledger, budget, reader, today=today, covered_ids=covered_ids)
        ),
        works_on=lambda day: sends_on(day, work_days=reader.work_days, frequency=reader.digest_frequency, off=off),
        back_after_days=max(QUIET_DAYS, days_until_due_again(by_segment, today)),
    )


def _effort(
    ledger: Ledger, budget: Budget | None, reader: Teammate, *, today: date, covered_ids: Sequence[int]
) -> float:
    """Return what it costs on average to reach one of those who are due, in the budget's unit."""
    if budget is None or not budget.in_minutes:
        return 1.0
    due = neglect_list.neglected(ledger, today=today, limit=CONSIDERED, owner_id=reader.id, covered_ids=covered_ids)
    (efforts,) = efforts_for(ledger, [(budget, [customer.customer_id for customer in due])])
    return fmean(efforts.values()) if efforts else float(MINUTES[TouchKind.EMAIL])


def _is_quiet(card: Shown, today: date) -> bool:
    """Say whether a customer was named so lately that no digest names them again."""
    return card.on + timedelta(days=QUIET_DAYS) > today
