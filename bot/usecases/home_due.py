"""Whom somebody could write to today: who is going quiet, who has a day, who was promised something; as a digest would.

A digest does not repeat itself. The App Home shows what waits until it is dealt with. As in a digest, the customers of
those whom somebody covers for stand between their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.attention import Room
from bot.domain.model import Relationship, Teammate
from bot.domain.nudges import Pick, has_new_day, plan_digest, reason_for
from bot.domain.views import Card
from bot.domain.working_time import next_sending_day
from bot.usecases import covers
from bot.usecases.cards import noted, with_nudges
from bot.usecases.days_off import days_off_of
from bot.usecases.digest_facts import shown_lately, told_of
from storage import customers, neglect_list, people, promises
from storage.ledger import Ledger
from storage.shown import Shown


@dataclass(frozen=True, slots=True)
class DueToday:
    """The first of `total`, with the promises to them; `going_quiet` are those of all whose silence alone would do.

    `shown` is what the reader's digests named lately, `covered_ids` who is away and covered by the reader.
    """

    picks: Sequence[Pick]
    owed: Sequence[promises.Told]
    total: int
    going_quiet: int
    shown: Sequence[Shown]
    covered_ids: tuple[int, ...] = ()


def due_today(ledger: Ledger, reader: Teammate, *, today: date, limit: int) -> DueToday:
    """Return a teammate's customers with a reason to write to them, in the order of a digest."""
    until = next_sending_day(
        today, work_days=reader.work_days, frequency=reader.digest_frequency, off=days_off_of(ledger, reader)
    )
    key = f"teammate:{reader.id}"
    shown = shown_lately(ledger, [key], today=today)[key]
    covered = covers.covered_by(ledger, reader.id, today=today)
    owed = _owed(ledger, (reader.id, *covered), today=today, until=until)
    going_quiet = neglect_list.count_neglected(ledger, today=today, owner_id=reader.id, covered_ids=covered)
    plan = plan_digest(
        neglect_list.neglected(ledger, today=today, limit=limit + 1, owner_id=reader.id, covered_ids=covered),
        _dated(ledger, (reader.id, *covered), shown, today=today, until=until),
        today=today,
        until=until,
        due_total=going_quiet,
        promised=customers.by_ids(ledger, {promise.customer_id for promise in owed}).values() if owed else (),
        room=Room(cards=limit),
    )
    return DueToday(plan.picks, owed, len(plan.picks) + plan.left_out, going_quiet, shown, covered)


def due_cards(
    ledger: Ledger, reader: Teammate, due: DueToday, plain: Mapping[int, Card], *, today: date
) -> tuple[Card, ...]:
    """Return `plain` cards by customer with every reason of today; one that was told of stands as its nudge does."""
    picked = [plain[pick.relationship.customer_id] for pick in due.picks]
    names = {person.id: person.name for person in people.everybody(ledger).values()}
    cards = []
    for pick, card in zip(due.picks, with_nudges(ledger, picked, today=today, reader_id=reader.id), strict=True):
        customer_id = pick.relationship.customer_id
        told = tuple(noted(promise, names, reader.id) for promise in due.owed if promise.customer_id == customer_id)
        reason = reason_for(card.relationship, today, occasions=pick.occasions, promises=told)
        cards.append(replace(card, reason=reason))
    return tuple(cards)


def _dated(
    ledger: Ledger, owner_ids: Sequence[int], shown: Sequence[Shown], *, today: date, until: date
) -> list[Relationship]:
    """Return who has a day to write on, but for those whose card was answered, or who were talked to today."""
    waiting = {card.customer_id for card in shown if card.waits}
    answered = told_of([card for card in shown if card.customer_id not in waiting], today=today)
    return [
        relationship
        for relationship in customers.with_a_day(ledger, owner_ids, today=today, until=until)
        if has_new_day(relationship, today, until=until, told=answered)
        and not (relationship.rhythm and relationship.rhythm.last_on >= today)
    ]


def _owed(ledger: Ledger, teammate_ids: Sequence[int], *, today: date, until: date) -> list[promises.Told]:
    """Return the promises of teammates that wait and are due before `until`."""
    awaited = promises.due(ledger, teammate_ids, today=today, until=until)
    return promises.by_ids(ledger, [promise.id for each in awaited.values() for promise in each])
