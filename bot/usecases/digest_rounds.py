"""The rounds of the clock: whose digest is due now, and when their next one is. Any replica may plan."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

import structlog
from sqlmodel import col

from bot.domain.model import Frequency, Seat
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.working_time import LATEST_AFTER, is_worth_sending, local_day, next_digest_at, sends_on
from bot.usecases import covers
from bot.usecases.days_off import company_days_off, days_off_of
from bot.usecases.digest_facts import Audience
from bot.usecases.digest_hours import latest_hour, next_channel_digest, next_digest_of
from bot.usecases.digests import audience_of, audience_of_channel, plan_all, plan_for
from bot.usecases.showing import refresh_homes
from storage import digest_turns, people
from storage.digest_turns import DueTeammate
from storage.engine import Store
from storage.jobs import taken_back_alone
from storage.ledger import Ledger
from storage.models import ChannelRow, TeammateRow

# Planned in one transaction; on SQLite everybody who writes waits for it, so it must be short.
BATCH = 50
# When a plan failed it is tried again after this, as long as the digest still helps that day.
AGAIN_AFTER = timedelta(minutes=10)
# Digests of one workspace are spread, so that they stay under Slack's few hundred messages a minute.
SPREAD = timedelta(milliseconds=200)
# Whom Slack keeps undisturbed now, and until when: a function of a workspace and of the Slack ids to ask for.
Resting = Callable[[int, Sequence[str]], Mapping[str, datetime]]
Rest = Mapping[tuple[int, str], datetime]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Due:
    """A teammate or a channel whose hour has come, and how long their digest waits for its place in the round."""

    who: DueTeammate | ChannelRow
    waits: timedelta

    @property
    def table(self) -> str:
        """Where their next hour is kept."""
        return "channel" if isinstance(self.who, ChannelRow) else "teammate"


@dataclass(frozen=True, slots=True)
class _Decision:
    """When somebody's next hour is, and whether today's digest is planned now."""

    next_at: datetime | None
    audience: Audience | None = None


def plan_due_digests(store: Store, *, now: datetime, resting: Resting | None = None) -> int:
    """Plan every digest that is due, in batches of one transaction each; return how many were planned.

    1. Ask who does not want to be disturbed, outside any transaction.
    2. Take the people and the channels whose hour has come; another replica's are skipped.
    3. Write one digest, its nudges and its delivery for each: the key (audience, local day) makes a second impossible.
    4. Move their next hour strictly ahead, whether or not there was anything to say: to the end of their quiet hours
       or of their rest, if today's digest still helps then.
    """
    planned = 0
    rest = _rest_of_those_due(store, now, resting) if resting else {}
    while True:
        with store.session() as session:
            people_due = digest_turns.due_teammates(session, now=now, limit=BATCH)
            channels_due = digest_turns.due_channels(session, now=now, limit=BATCH)
            by_workspace: defaultdict[int, list[_Due]] = defaultdict(list)
            whose_turn: Iterator[tuple[int, DueTeammate | ChannelRow]]
            whose_turn = chain(enumerate(people_due), enumerate(channels_due))
            for number, who in whose_turn:
                by_workspace[who.workspace_id].append(_Due(who, _turn(number, who.id)))
            # In the order of ids, as everything that is held: replicas never wait for each other in a ring.
            for workspace_id, due in sorted(by_workspace.items()):
                planned += _plan_together(Ledger(session, workspace_id), due, now=now, rest=rest)
        if len(people_due) < BATCH and len(channels_due) < BATCH:
            return planned


def _plan_together(ledger: Ledger, due: Sequence[_Due], *, now: datetime, rest: Rest) -> int:
    """Plan a batch of one workspace. When that fails, plan one by one: whose plan still fails is tried again later."""
    try:
        with taken_back_alone(ledger.session):
            return _plan(ledger, due, now=now, rest=rest)
    except Exception:
        if len(due) > 1:
            return sum(_plan_together(ledger, [one], now=now, rest=rest) for one in due)
        table, row_id = due[0].table, due[0].who.id
        log.exception("digest_not_planned", workspace_id=ledger.workspace_id, kind=table, id=row_id)
        digest_turns.come_next(ledger, table, [(now + AGAIN_AFTER, row_id)])
        return 0


def _plan(ledger: Ledger, due: Sequence[_Due], *, now: datetime, rest: Rest) -> int:
    decisions = [
        _channels_turn(ledger, one.who, now)
        if isinstance(one.who, ChannelRow)
        else _turn_of(ledger, one.who, now, rest)
        for one in due
    ]
    wanted = [
        (decision.audience, now + one.waits)
        for one, decision in zip(due, decisions, strict=True)
        if decision.audience is not None
    ]
    planned = plan_all(ledger, wanted, now=now)
    homes = [
        (audience.teammate_id, audience.slack_id)
        for (audience, _), digest_id in zip(wanted, planned, strict=True)
        if digest_id is not None and audience.teammate_id is not None
    ]
    refresh_homes(ledger, homes, now=now)
    for table in ("teammate", "channel"):
        hours = [
            (decision.next_at, one.who.id) for one, decision in zip(due, decisions, strict=True) if one.table == table
        ]
        digest_turns.come_next(ledger, table, hours)
    return sum(digest_id is not None for digest_id in planned)


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


def _turn_of(ledger: Ledger, due: DueTeammate, now: datetime, rest: Rest) -> _Decision:
    """Decide about a teammate: by their hour, days off and quiet hours, and by whether Slack lets them rest."""
    who = due.teammate
    off = days_off_of(ledger, who)
    due_at = latest_hour(due.next_digest_at, next_digest_of(who, after=now - LATEST_AFTER, off=off), now=now)
    next_at = next_digest_of(who, after=now, off=off)
    if due_at is None or not who.slack_user_id or not is_worth_sending(due_at, now, who.timezone):
        return _Decision(next_at)
    today = local_day(now, who.timezone)
    if today in off:
        return _Decision(next_at)
    if due.away_since_on and (who.paused_until_on is None or who.paused_until_on <= today):
        row = ledger.get(TeammateRow, who.id)
        if row is not None:
            covers.welcome_back(ledger, row, now=now)
    quiet_until = reachable_at(now, quiet_hours_of(who), who.timezone)
    rests_until = max(quiet_until, rest.get((ledger.workspace_id, who.slack_user_id), now))
    if rests_until > now:
        return _Decision(rests_until if is_worth_sending(due_at, rests_until, who.timezone) else next_at)
    return _Decision(next_at, audience_of(ledger, who))


def _channels_turn(ledger: Ledger, row: ChannelRow, now: datetime) -> _Decision:
    off = company_days_off(ledger)
    due_at = latest_hour(row.next_digest_at, next_channel_digest(row, after=now - LATEST_AFTER, off=off), now=now)
    next_at = next_channel_digest(row, after=now, off=off)
    if due_at is None or not is_worth_sending(due_at, now, row.timezone) or local_day(now, row.timezone) in off:
        return _Decision(next_at)
    return _Decision(next_at, audience_of_channel(row, off))


def plan_now(ledger: Ledger, *, now: datetime, owners: Sequence[TeammateRow] | None = None) -> list[int]:
    """Plan the digests of this moment for the given people, or everybody, if it is one of their days; return ids.

    Working days, hours and pauses apply: nothing is planned before a person's hour.
    """
    rows = owners if owners is not None else ledger.rows(TeammateRow, col(TeammateRow.seat) == Seat.MEMBER)
    planned = []
    for row in rows:
        today = local_day(now, row.timezone)
        paused = row.paused_until_on is not None and row.paused_until_on > today
        audience = audience_of(ledger, people.teammate(row))
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
