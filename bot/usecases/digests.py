"""What digests say: whom they name today and why. What is gathered for all of them is decided one by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.attention import budget_of
from bot.domain.days_off import DaysOff
from bot.domain.model import Teammate
from bot.domain.nudges import plan_digest
from bot.domain.working_time import local_day
from bot.usecases.days_off import days_off_of
from bot.usecases.digest_facts import Audience, Facts, gather
from bot.usecases.digest_hours import CHANNEL_WORK_DAYS
from bot.usecases.digest_news import News, look_for_news
from bot.usecases.digest_writing import Decided, write_digests
from storage.ledger import Ledger
from storage.models import ChannelRow


def audience_of(ledger: Ledger, teammate: Teammate, off: DaysOff | None = None) -> Audience:
    """Return a teammate as the reader of a digest; `off` are their days off, where those are known."""
    return Audience(
        key=f"teammate:{teammate.id}",
        slack_id=teammate.slack_user_id or "",
        timezone=teammate.timezone,
        work_days=teammate.work_days,
        frequency=teammate.digest_frequency,
        off=days_off_of(ledger, teammate) if off is None else off,
        teammate_id=teammate.id,
        budget=budget_of(teammate),
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
    """Plan one reader's digest; see `plan_all`."""
    today = local_day(now, audience.timezone)
    readers = [] if audience.teammate_id is None else [audience.teammate_id]
    news = look_for_news(ledger, readers, today=today, until=audience.next_day(today))
    return plan_all(ledger, [(audience, due_at)], {today: news}, now=now)[0]


def plan_all(
    ledger: Ledger, wanted: Sequence[tuple[Audience, datetime]], news: Mapping[date, News], *, now: datetime
) -> list[int | None]:
    """Write today's digest of each reader with its nudges and its delivery, which is due at an instant of its own.

    `news` are those of the teammates among them, by their local day. Return the ids of the digests: None where there
    is nothing to say, or where the reader had theirs of the day already.
    """
    by_day: defaultdict[date, list[tuple[Audience, datetime]]] = defaultdict(list)
    for audience, due_at in wanted:
        by_day[local_day(now, audience.timezone)].append((audience, due_at))
    decided = []
    for today, readers in by_day.items():
        facts = gather(ledger, [audience for audience, _ in readers], news.get(today, News()), today=today)
        plans = (_decide(known, today, due_at) for known, (_, due_at) in zip(facts, readers, strict=True))
        decided += [plan for plan in plans if plan is not None]
    written = write_digests(ledger, decided, now=now) if decided else {}
    return [written.get(audience.key) for audience, _ in wanted]


def _decide(known: Facts, today: date, due_at: datetime) -> Decided | None:
    if not known.overdue and not known.dated and not known.owed:
        return None
    plan = plan_digest(
        known.overdue,
        known.dated,
        today=today,
        until=known.until,
        due_total=known.due_total,
        promised=known.promised,
        room=known.room,
        efforts=known.efforts,
        in_order=True,
    )
    return Decided(known.audience, today, due_at, plan, known.owed) if plan.picks else None
