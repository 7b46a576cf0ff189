"""The rounds of the clock: whose digest is due now, and when their next one is. Any replica may plan."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session, col, select

from bot.domain.model import Frequency, Seat
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.working_time import LATEST_AFTER, is_worth_sending, local_day, next_digest_at, sends_on
from bot.usecases import covers
from bot.usecases.days_off import company_days_off, days_off_of
from bot.usecases.digest_hours import latest_hour, next_channel_digest, next_digest_of
from bot.usecases.digests import audience_of, audience_of_channel, plan_for
from bot.usecases.showing import refresh_home
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import ChannelRow, TeammateRow, Workspace
from storage.transaction import Transaction

# Planned in one transaction; on SQLite everybody who writes waits for it, so it must be short.
BATCH = 50
# When a plan failed it is tried again after this, as long as the digest still helps that day.
AGAIN_AFTER = timedelta(minutes=10)
# Digests of one workspace are spread, so that they stay under Slack's few hundred messages a minute.
SPREAD = timedelta(milliseconds=200)
# Whom Slack keeps undisturbed now, and until when: a function of a workspace and of the Slack ids to ask for.
Resting = Callable[[int, Sequence[str]], Mapping[str, datetime]]

log = structlog.get_logger()


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
    due_at = latest_hour(row.next_digest_at, next_digest_of(teammate, after=now - LATEST_AFTER, off=off), now=now)
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
    due_at = latest_hour(row.next_digest_at, next_channel_digest(row, after=now - LATEST_AFTER, off=off), now=now)
    row.next_digest_at = next_channel_digest(row, after=now, off=off)
    ledger.session.add(row)
    if due_at is None or not is_worth_sending(due_at, now, row.timezone) or local_day(now, row.timezone) in off:
        return 0
    audience = audience_of_channel(row, off)
    return int(plan_for(ledger, audience, now=now, due_at=now + delay) is not None)


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
