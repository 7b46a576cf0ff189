"""What a digest says: whom it names today and why, its nudges, and the delivery that carries it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.domain.attention import CONSIDERED, Budget, budget_of
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, NudgeState, Occasion
from bot.domain.nudges import QUIET_DAYS, Pick, plan_digest
from bot.domain.rhythm import score
from bot.domain.working_time import local_day, next_sending_day
from bot.usecases import covers
from bot.usecases.answers_to_nudges import open_nudge, open_once
from bot.usecases.attention import efforts_for, room_of
from bot.usecases.days_off import days_off_of
from bot.usecases.digest_hours import CHANNEL_WORK_DAYS
from bot.usecases.promises import promises_due
from bot.usecases.showing import refresh_messages
from storage import customers, neglect_list, outbox, people, promises
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import ChannelRow, Digest, DigestCard, Nudge, TeammateRow
from storage.shown import customers_in, shown_to


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads a digest: a teammate in their direct messages, or a channel."""

    key: str
    slack_id: str
    timezone: str
    work_days: str
    frequency: Frequency
    off: DaysOff
    teammate_id: int | None = None
    channel_id: int | None = None
    budget: Budget | None = None


def audience_of(ledger: Ledger, row: TeammateRow) -> Audience:
    """Return a teammate as the reader of a digest."""
    return Audience(
        key=f"teammate:{row.id}",
        slack_id=row.slack_user_id or "",
        timezone=row.timezone,
        work_days=row.work_days,
        frequency=row.digest_frequency,
        off=days_off_of(ledger, people.teammate(row)),
        teammate_id=row.id,
        budget=budget_of(people.teammate(row)),
    )


def audience_of_channel(row: ChannelRow, off: DaysOff) -> Audience:
    """Return a channel as the reader of a digest."""
    return Audience(
        key=f"channel:{row.slack_channel_id}",
        slack_id=row.slack_channel_id,
        timezone=row.timezone,
        work_days=CHANNEL_WORK_DAYS,
        frequency=row.frequency,
        off=off,
        channel_id=row.id,
    )


def plan_for(ledger: Ledger, audience: Audience, *, now: datetime, due_at: datetime) -> int | None:
    """Write today's digest of one audience with its nudges and its delivery; None when there is nothing to say.

    Also None when that audience had its digest of the local day already.
    """
    today = local_day(now, audience.timezone)
    until = next_sending_day(today, work_days=audience.work_days, frequency=audience.frequency, off=audience.off)
    whole_team = audience.channel_id is not None
    lately = today - timedelta(days=QUIET_DAYS)
    longest_ahead = max((s.renewal_ahead_days for s in customers.segments(ledger).values()), default=0)
    renewing = today - timedelta(days=longest_ahead + 1)
    shown = shown_to(ledger, audience.key, since=min(lately, renewing), today=today)
    room = room_of(
        ledger, audience.budget, teammate_id=audience.teammate_id, today=today, work_days=audience.work_days,
        frequency=audience.frequency, off=audience.off, shown=shown,
    )  # fmt: skip
    # Their own customers, and those of whom they cover for.
    owners = (audience.teammate_id, *covers.covered_by(ledger, audience.teammate_id, today=today))
    overdue = [
        relationship
        for owner_id in owners
        for relationship in neglect_list.neglected(
            ledger,
            today=today,
            limit=CONSIDERED if audience.budget else room.cards + 1,
            owner_id=owner_id,
            whole_team=whole_team,
            except_ids=customers_in(shown, after=lately),
        )
    ]
    if len(owners) > 1:
        overdue.sort(key=lambda relationship: -score(relationship, today))
    told = customers.Told(
        wished=customers_in(shown, after=lately, occasion=Occasion.BIRTHDAY),
        thanked=customers_in(shown, after=lately, occasion=Occasion.ANNIVERSARY),
        renewals=customers_in(shown, after=renewing, occasion=Occasion.RENEWAL),
        lately=customers_in(shown, after=lately),
    )
    dated = [
        relationship
        for owner_id in owners
        for relationship in customers.occasional(
            ledger, owner_id=owner_id, today=today, until=until, whole_team=whole_team, told=told
        )
    ]
    owed = promises_due(ledger, audience.teammate_id, shown, today=today, until=until)
    if not overdue and not dated and not owed:
        return None
    total = sum(
        neglect_list.count_neglected(ledger, today=today, owner_id=owner_id, whole_team=whole_team)
        for owner_id in owners
    )
    named = {r.customer_id: r for r in (*overdue, *dated)} | (customers.by_ids(ledger, owed) if owed else {})
    plan = plan_digest(
        overdue,
        dated,
        today=today,
        until=until,
        due_total=total,
        promised=[named[customer_id] for customer_id in owed],
        room=room,
        efforts=efforts_for(ledger, audience.budget, named) if audience.budget else None,
    )
    if not plan.picks:
        return None
    digest_id = new_id()
    written = ledger.insert_once(
        Digest,
        {
            "id": digest_id,
            "audience": audience.key,
            "teammate_id": audience.teammate_id,
            "channel_id": audience.channel_id,
            "local_on": today,
            "planned_at": now,
            "left_out": plan.left_out,
            "next_customer_id": plan.next_customer_id,
        },
    )
    if not written:
        return None
    for position, pick in enumerate(plan.picks, start=1):
        nudge_id = _nudge_about(ledger, pick, today=today, now=now, shares=whole_team)
        if Occasion.PROMISE in pick.occasions:
            promises.are_told_by(ledger, owed[pick.relationship.customer_id], nudge_id)
        card = {"id": new_id(), "digest_id": digest_id, "nudge_id": nudge_id, "position": position}
        ledger.insert_once(DigestCard, card)
    message = outbox.Owed(
        key=f"digest:{audience.key}:{today}",
        kind="digest",
        channel=audience.slack_id,
        subject_id=digest_id,
        due_at=due_at,
    )
    outbox.owe(ledger, message, now=now, customer_ids=[pick.relationship.customer_id for pick in plan.picks])
    return digest_id


def _nudge_about(ledger: Ledger, pick: Pick, *, today: date, now: datetime, shares: bool) -> int:
    """Open a nudge. A channel shares the one that is open, as does the second teammate who is told of a customer on
    one day: it then has the reasons of both. A teammate's new one supersedes that of an earlier day.
    """
    customer_id = pick.relationship.customer_id
    waiting = open_nudge(ledger, customer_id)
    if waiting and (shares or waiting.planned_on == today):
        if not shares:
            reasons = {*waiting.occasions.split(","), *pick.occasions}
            waiting.occasions = ",".join(occasion for occasion in Occasion if occasion in reasons)
            ledger.add(waiting)
        return waiting.id
    if waiting:
        ledger.session.execute(
            update(Nudge)
            .where(
                col(Nudge.workspace_id) == ledger.workspace_id,
                col(Nudge.id) == waiting.id,
                # Somebody may act on it at this moment; what they did stands.
                col(Nudge.state) == NudgeState.OPEN,
            )
            .values(state=NudgeState.SUPERSEDED)
        )
        refresh_messages(ledger, customer_id, now=now)
    return open_once(
        ledger,
        customer_id,
        teammate_id=pick.relationship.owner_id,
        occasions=",".join(pick.occasions),
        planned_on=today,
    )
