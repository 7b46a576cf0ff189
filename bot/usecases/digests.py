"""Planning digests: who is due for one now, whom it names, and the delivery that carries it. Any replica may plan."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.domain.attention import CONSIDERED, Budget, budget_of
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, NudgeState, Occasion, Seat, Teammate
from bot.domain.nudges import QUIET_DAYS, Pick, plan_digest
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.rhythm import score
from bot.domain.views import DigestView
from bot.domain.working_time import (
    LATEST_AFTER,
    is_worth_sending,
    local_day,
    next_digest_at,
    next_sending_day,
    sends_on,
)
from bot.usecases import covers
from bot.usecases.answers_to_nudges import open_nudge, open_once
from bot.usecases.attention import efforts_for, room_of
from bot.usecases.cards import cards_for_nudges
from bot.usecases.days_off import company_days_off, days_off_of
from bot.usecases.promises import promises_due
from bot.usecases.showing import refresh_home, refresh_messages
from storage import customers, neglect_list, outbox, people, promises
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import ChannelRow, Digest, DigestCard, Nudge, TeammateRow, Workspace
from storage.shown import customers_in, shown_to
from storage.transaction import Transaction

# Planned in one transaction; on SQLite everybody who writes waits for it, so it must be short.
BATCH = 50
# When a plan failed it is tried again after this, as long as the digest still helps that day.
AGAIN_AFTER = timedelta(minutes=10)
CHANNEL_WORK_DAYS = "12345"
# Digests of one workspace are spread, so that they stay under Slack's few hundred messages a minute.
SPREAD = timedelta(milliseconds=200)
# Whom Slack keeps undisturbed now, and until when: a function of a workspace and of the Slack ids to ask for.
Resting = Callable[[int, Sequence[str]], Mapping[str, datetime]]

log = structlog.get_logger()


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


def plan_due_digests(store: Store, *, now: datetime, resting: Resting | None = None) -> int:
    """Plan every digest that is due, in batches of one transaction each; return how many were planned.

    1. Ask who does not want to be disturbed, outside any transaction.
    2. Take the people (then the channels) whose hour has come; another replica's are skipped.
    3. Write one digest, its nudges and its delivery for each: the key (audience, local day) makes a second impossible.
    4. Move their next hour strictly ahead, whether or not there was anything to say: to the end of their quiet hours
       or of their rest, if today's digest still helps then.
    """
    planned = 0
    rest = _rest_of_those_due(store, now, resting) if resting else {}
    while True:
        with store.session() as session:
            due = people.due_for_digest(session, now=now, limit=BATCH)
            for number, row in enumerate(due):
                plan = partial(_plan_for_teammate, row=row, now=now, delay=_turn(number, row.id), rest=rest)
                planned += _on_its_own(session, row, plan, now=now)
            channels = _due_channels(session, now)
            for number, channel in enumerate(channels):
                plan = partial(_plan_for_channel, row=channel, now=now, delay=_turn(number, channel.id))
                planned += _on_its_own(session, channel, plan, now=now)
        if len(due) < BATCH and len(channels) < BATCH:
            return planned


def _on_its_own(
    session: Transaction, row: TeammateRow | ChannelRow, plan: Callable[[Ledger], int], *, now: datetime
) -> int:
    """Plan one digest of a batch. When that fails, what the others are planned stands, and this one is tried again."""
    workspace_id, kind, row_id = row.workspace_id, row.__tablename__, row.id
    try:
        with session.begin_nested():
            return plan(Ledger(session, workspace_id))
    except Exception:
        log.exception("digest_not_planned", workspace_id=workspace_id, kind=kind, id=row_id)
        row.next_digest_at = now + AGAIN_AFTER
        session.add(row)
        return 0


def _rest_of_those_due(store: Store, now: datetime, resting: Resting) -> dict[tuple[int, str], datetime]:
    """Return until when those rest whose digest is due, by workspace and Slack id."""
    with store.session(writes=False) as session:
        due = people.awaiting_digest(session, now=now)
    by_workspace: defaultdict[int, list[str]] = defaultdict(list)
    for workspace_id, slack_user_id in due:
        by_workspace[workspace_id].append(slack_user_id)
    return {
        (workspace_id, slack_user_id): until_at
        for workspace_id, slack_user_ids in by_workspace.items()
        for slack_user_id, until_at in resting(workspace_id, slack_user_ids).items()
    }


def _turn(number: int, row_id: int) -> timedelta:
    """Return how long a digest waits by its place among those of its tick, with some jitter."""
    return SPREAD * number * (0.9 + row_id % 200 / 1000)


def _due_channels(session: Session, now: datetime) -> list[ChannelRow]:
    query = (
        select(ChannelRow)
        .join(Workspace, col(Workspace.id) == col(ChannelRow.workspace_id))
        .where(col(ChannelRow.next_digest_at) <= now, col(Workspace.uninstalled_at).is_(None))
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True, of=ChannelRow)
    )
    return list(session.exec(query).all())


def _plan_for_teammate(
    ledger: Ledger, row: TeammateRow, now: datetime, delay: timedelta, rest: Mapping[tuple[int, str], datetime]
) -> int:
    teammate = people.teammate(row)
    off = days_off_of(ledger, teammate)
    due_at = _latest(row.next_digest_at, next_digest_of(teammate, after=now - LATEST_AFTER, off=off), now=now)
    row.next_digest_at = next_digest_of(teammate, after=now, off=off)
    ledger.session.add(row)
    if due_at is None or not row.slack_user_id or not is_worth_sending(due_at, now, row.timezone):
        return 0
    today = local_day(now, row.timezone)
    if today in off:
        return 0
    if row.away_since_on and (row.paused_until_on is None or row.paused_until_on <= today):
        covers.welcome_back(ledger, row, now=now)
    quiet_until = reachable_at(now, quiet_hours_of(teammate), row.timezone)
    rests_until = max(quiet_until, rest.get((row.workspace_id, row.slack_user_id), now))
    if rests_until > now:
        if is_worth_sending(due_at, rests_until, row.timezone):
            row.next_digest_at = rests_until
        return 0
    digest_id = plan_for(ledger, audience_of(ledger, row), now=now, due_at=now + delay)
    if digest_id:
        refresh_home(ledger, row, now=now)
    return int(digest_id is not None)


def _plan_for_channel(ledger: Ledger, row: ChannelRow, now: datetime, delay: timedelta) -> int:
    off = company_days_off(ledger)
    due_at = _latest(row.next_digest_at, next_channel_digest(row, after=now - LATEST_AFTER, off=off), now=now)
    row.next_digest_at = next_channel_digest(row, after=now, off=off)
    ledger.session.add(row)
    if due_at is None or not is_worth_sending(due_at, now, row.timezone) or local_day(now, row.timezone) in off:
        return 0
    audience = Audience(
        key=f"channel:{row.slack_channel_id}",
        slack_id=row.slack_channel_id,
        timezone=row.timezone,
        work_days=CHANNEL_WORK_DAYS,
        frequency=row.frequency,
        off=off,
        channel_id=row.id,
    )
    return int(plan_for(ledger, audience, now=now, due_at=now + delay) is not None)


def _latest(due_at: datetime | None, recent: datetime | None, *, now: datetime) -> datetime | None:
    """Return the digest hour that passed last: several have when nothing ticked for a day, and today's still helps."""
    return recent if due_at and recent and due_at < recent <= now else due_at


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


def next_digest_of(teammate: Teammate, *, after: datetime, off: DaysOff) -> datetime | None:
    """Return when a teammate's next digest is due, by their hour, days, frequency, pause and days off."""
    if teammate.seat is not Seat.MEMBER or teammate.slack_user_id is None:
        return None
    return next_digest_at(
        after,
        timezone=teammate.timezone,
        minute=teammate.digest_minute,
        work_days=teammate.work_days,
        frequency=teammate.digest_frequency,
        paused_until_on=teammate.paused_until_on,
        off=off,
    )


def rescheduled(
    before: datetime | None, teammate: Teammate, *, now: datetime, off: DaysOff, travelled: bool = False
) -> datetime | None:
    """Return when a teammate's next digest is due after their hour, days or zone changed; `before` is when it was due.

    Today's digest that was still to come is not lost when its new hour has passed already: it comes at once. So does
    that of a day which somebody who `travelled` over the date line has arrived in. One that they had today comes no
    second time, whatever this returns.
    """
    missed = next_digest_of(teammate, after=now - LATEST_AFTER, off=off)
    today = local_day(now, teammate.timezone)
    was_ahead = before is not None and before > now and local_day(before, teammate.timezone) == today
    arrived = travelled and before is not None
    if (was_ahead or arrived) and missed and missed <= now and is_worth_sending(missed, now, teammate.timezone):
        return now
    return next_digest_of(teammate, after=now, off=off)


def next_channel_digest(row: ChannelRow, *, after: datetime, off: DaysOff) -> datetime | None:
    """Return when a channel's next digest is due: nine o'clock where the person lives who set it up."""
    return next_digest_at(
        after, timezone=row.timezone, minute=540, work_days=CHANNEL_WORK_DAYS, frequency=row.frequency, off=off
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


def digest_view(ledger: Ledger, digest_id: int) -> DigestView | None:
    """Return a digest as its reader sees it now; None when every customer in it was erased."""
    digest = ledger.get(Digest, digest_id)
    if digest is None:
        return None
    places = ledger.rows(DigestCard, col(DigestCard.digest_id) == digest_id, order_by=col(DigestCard.position))
    reader = ledger.get(TeammateRow, digest.teammate_id)
    channel = ledger.get(ChannelRow, digest.channel_id)
    cards = cards_for_nudges(
        ledger,
        [(place.nudge_id, place.position) for place in places],
        today=digest.local_on,
        reader_id=digest.teammate_id,
    )
    next_up = customers.by_ids(ledger, [digest.next_customer_id]) if digest.next_customer_id else {}
    next_one = next(iter(next_up.values()), None)
    home = reader or channel
    if not cards or home is None:
        return None
    return DigestView(
        id=digest.id,
        local_on=digest.local_on,
        cards=tuple(cards),
        left_out=digest.left_out,
        next_name=next_one.name if next_one else None,
        next_value=(next_one.value_minor, next_one.currency) if next_one and next_one.value_minor is not None else None,
        locale=(reader.language or reader.locale) if reader else home.locale,
        timezone=home.timezone,
        reader=people.teammate(reader) if reader else None,
    )


def plan_now(ledger: Ledger, *, now: datetime, owners: Sequence[TeammateRow] | None = None) -> list[int]:
    """Plan the digests of this moment for the given people, or everybody, if it is one of their days; return ids.

    Working days, hours and pauses apply: nothing is planned before a person's hour.
    """
    rows = owners if owners is not None else ledger.rows(TeammateRow, col(TeammateRow.seat) == Seat.MEMBER)
    planned = []
    for row in rows:
        today = local_day(now, row.timezone)
        paused = row.paused_until_on is not None and row.paused_until_on > today
        audience = audience_of(ledger, row)
        works = sends_on(today, work_days=row.work_days, frequency=row.digest_frequency, off=audience.off)
        if row.digest_frequency is Frequency.OFF or paused or not works or not _hour_has_come(row, now):
            continue
        digest_id = plan_for(ledger, audience, now=now, due_at=now)
        if digest_id:
            planned.append(digest_id)
    return planned


def _hour_has_come(row: TeammateRow, now: datetime) -> bool:
    start_of_day = next_digest_at(
        now - timedelta(days=1),
        timezone=row.timezone,
        minute=row.digest_minute,
        work_days=row.work_days,
        frequency=Frequency.DAILY,
    )
    return start_of_day is not None and start_of_day <= now and is_worth_sending(start_of_day, now, row.timezone)
