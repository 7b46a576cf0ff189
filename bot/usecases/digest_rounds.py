"""The rounds of the clock: whose digest is due now, and when their next one is. Any replica may plan."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

import structlog
from sqlmodel import col

from bot.domain.model import Frequency, Seat
from bot.domain.working_time import LATEST_AFTER, is_worth_sending, local_day, next_digest_at, sends_on
from bot.usecases import covers
from bot.usecases.days_off import company_days_off, days_off_of
from bot.usecases.digest_facts import Audience
from bot.usecases.digest_hours import Hour, hour_of, latest_hour, next_channel_digest, next_digest_of
from bot.usecases.digest_news import News, look_for_news
from bot.usecases.digests import audience_of, audience_of_channel, plan_all, plan_for
from bot.usecases.lateness import tell_of_unplanned
from bot.usecases.showing import refresh_opened_homes
from storage import digest_turns, people
from storage.digest_turns import DueTeammate
from storage.engine import Store
from storage.jobs import taken_back_alone
from storage.ledger import Ledger
from storage.models import ChannelRow, TeammateRow

# Readers that are decided about in one transaction; on SQLite everybody who writes waits for it, so it must be short.
BATCH = 50
# People who are taken at once where nobody of the last batch had anything to be told: then there is little to write.
MOST_AT_ONCE = 500
# When a plan failed it is tried again after this, as long as the digest still helps that day.
AGAIN_AFTER = timedelta(minutes=10)
# Digests of one workspace are spread, so that they stay under Slack's few hundred messages a minute.
SPREAD = timedelta(milliseconds=200)
# Whom Slack keeps undisturbed now, and until when: a function of a workspace and of the Slack ids to ask for.
Resting = Callable[[int, Sequence[str]], Mapping[str, datetime]]
Rest = Mapping[tuple[int, str], datetime]
Due = DueTeammate | ChannelRow

log = structlog.get_logger()


@dataclass(slots=True)
class _Batch:
    """One transaction of a round: its moment, what that is to those with the same hours, and what came of it.

    It takes `at_once` people at most. `readers` were decided about, `digests` of them written. When it `is_full`,
    others were left due for the next one.
    """

    now: datetime
    rest: Rest
    at_once: int
    hours: dict[tuple[Any, ...], Hour] = field(default_factory=dict)
    readers: int = 0
    digests: int = 0
    is_full: bool = False


def plan_due_digests(store: Store, *, now: datetime, resting: Resting | None = None) -> int:
    """Plan every digest that is due, in batches of one transaction each; return how many were planned.

    1. Ask who does not want to be disturbed, outside any transaction.
    2. Take the people and the channels whose hour has come; another replica's are skipped.
    3. Write one digest, its nudges and its delivery for each: the key (audience, local day) makes a second impossible.
    4. Move their next hour strictly ahead, whether or not there was anything to say: to the end of their quiet hours
       or of their rest, if today's digest still helps then.
    """
    planned, at_once = 0, BATCH
    rest = _rest_of_those_due(store, now, resting) if resting else {}
    while True:
        try:
            batch = _plan_batch(store, _Batch(now, rest, at_once), _plan)
        except Exception:
            # Nothing of it was written. A savepoint around every batch would be a twentieth of the work of all others.
            batch = _plan_batch(store, _Batch(now, rest, BATCH), _plan_one_by_one)
        planned += batch.digests
        if not batch.is_full:
            return planned
        at_once = BATCH if batch.readers else MOST_AT_ONCE


def _plan_batch(store: Store, batch: _Batch, plan: Callable[[Ledger, Sequence[Due], _Batch], None]) -> _Batch:
    """Take those who are due and plan for each workspace, in one transaction; return what came of it."""
    with store.session() as session:
        people_due = digest_turns.due_teammates(session, now=batch.now, limit=batch.at_once)
        channels_due = digest_turns.due_channels(session, now=batch.now, limit=BATCH)
        batch.is_full = len(people_due) == batch.at_once or len(channels_due) == BATCH
        by_workspace: defaultdict[int, list[Due]] = defaultdict(list)
        everybody: Iterable[Due] = chain(people_due, channels_due)
        for who in everybody:
            by_workspace[who.workspace_id].append(who)
        # In the order of ids, as everything that is held: replicas never wait for each other in a ring.
        for workspace_id, due in sorted(by_workspace.items()):
            plan(Ledger(session, workspace_id), due, batch)
    return batch


def _plan_one_by_one(ledger: Ledger, due: Sequence[Due], batch: _Batch) -> None:
    """Plan so that one plan that fails takes nobody else's away: it is tried again later."""
    for one in due:
        try:
            with taken_back_alone(ledger.session):
                _plan(ledger, [one], batch)
        except Exception:
            table = "channel" if isinstance(one, ChannelRow) else "teammate"
            log.exception("digest_not_planned", workspace_id=ledger.workspace_id, kind=table, id=one.id)
            digest_turns.come_next(ledger, table, [(batch.now + AGAIN_AFTER, one.id)])
            _tell_if_late(ledger, one, batch.now)


def _tell_if_late(ledger: Ledger, who: Due, now: datetime) -> None:
    """Tell an admin of a plan that has failed for an hour. That may fail for the same reason, and stops nobody."""
    since = now - LATEST_AFTER
    try:
        with taken_back_alone(ledger.session):
            if isinstance(who, ChannelRow):
                audience = audience_of_channel(who, company_days_off(ledger))
                due_at = next_channel_digest(who, after=since, off=audience.off)
            else:
                audience = audience_of(ledger, who.teammate)
                due_at = next_digest_of(who.teammate, after=since, off=audience.off)
            if due_at is not None:
                tell_of_unplanned(ledger, audience.key, since_at=due_at, now=now)
    except Exception:
        log.exception("lateness_not_told", workspace_id=ledger.workspace_id)


def _plan(ledger: Ledger, due: Sequence[Due], batch: _Batch) -> None:
    """Plan the digests of those who may have something to be told, and move everybody's hour."""
    hours = [(who, _hour_of(ledger, who, batch)) for who in due if isinstance(who, DueTeammate)]
    news = _news(ledger, hours)
    readers = [(who, hour) for who, hour in hours if hour.tells and who.id in news[hour.today].readers]
    room = max(0, BATCH - batch.readers)
    left_due = {who.id for who, _ in readers[room:]}
    batch.is_full = batch.is_full or bool(left_due)

    channels = [(who, *_channels_turn(ledger, who, batch.now)) for who in due if isinstance(who, ChannelRow)]
    of_people = [audience_of(ledger, who.teammate, hour.off) for who, hour in readers[:room]]
    of_channels = [audience for _, _, audience in channels if audience is not None]
    audiences = [*of_people, *of_channels]
    places = chain(enumerate(of_people), enumerate(of_channels))
    wanted = [(audience, batch.now + _wait(place, audience)) for place, audience in places]
    planned = plan_all(ledger, wanted, news, now=batch.now)
    homes = [
        (audience.teammate_id, audience.slack_id)
        for audience, digest_id in zip(audiences, planned, strict=True)
        if digest_id is not None and audience.teammate_id is not None
    ]
    refresh_opened_homes(ledger, homes, now=batch.now)
    moved = [(hour.moves_to, who.id) for who, hour in hours if who.id not in left_due]
    digest_turns.come_next(ledger, "teammate", moved)
    digest_turns.come_next(ledger, "channel", [(next_at, who.id) for who, next_at, _ in channels])
    batch.readers += len(planned)
    batch.digests += sum(digest_id is not None for digest_id in planned)


def _news(ledger: Ledger, hours: Sequence[tuple[DueTeammate, Hour]]) -> dict[date, News]:
    """Return what there is to say to those whose digest may be planned now, by their local day."""
    by_day: defaultdict[date, list[tuple[int, date]]] = defaultdict(list)
    for who, hour in hours:
        if hour.tells:
            by_day[hour.today].append((who.id, hour.until))
    return {
        today: look_for_news(ledger, [who for who, _ in each], today=today, until=max(until for _, until in each))
        for today, each in by_day.items()
    }


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


def _wait(place: int, audience: Audience) -> timedelta:
    """Return how long a digest waits by its place among those of its batch, with some jitter."""
    return SPREAD * place * (0.9 + (audience.teammate_id or audience.channel_id or 0) % 200 / 1000)


def _hour_of(ledger: Ledger, who: DueTeammate, batch: _Batch) -> Hour:
    """Decide about a teammate: by their hour, days off and quiet hours, and by whether Slack lets them rest."""
    hours = who.hours
    hour = batch.hours.get(hours)
    if hour is None:
        off = days_off_of(ledger, who.teammate)
        hour = batch.hours[hours] = hour_of(who.teammate, who.due_at, now=batch.now, off=off)
    if hour.helps and who.away_since_on is not None and not hour.is_paused:
        row = ledger.get(TeammateRow, who.id)
        if row is not None:
            covers.welcome_back(ledger, row, now=batch.now)
    if hour.helps and batch.rest:
        rests_until = batch.rest.get((ledger.workspace_id, who.slack_user_id or ""), batch.now)
        return hour.put_off(rests_until) if rests_until > hour.reachable_at else hour
    return hour


def _channels_turn(ledger: Ledger, row: ChannelRow, now: datetime) -> tuple[datetime | None, Audience | None]:
    """Return when a channel's next hour is, and its audience if its digest is planned now."""
    off = company_days_off(ledger)
    recent = next_channel_digest(row, after=now - LATEST_AFTER, off=off)
    due_at = latest_hour(row.next_digest_at or now, recent, now=now)
    helps = is_worth_sending(due_at, now, row.timezone) and local_day(now, row.timezone) not in off
    return next_channel_digest(row, after=now, off=off), audience_of_channel(row, off) if helps else None


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
