"""What digests are decided from: gathered for many readers at once, as statements cost more than rows."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import NamedTuple

from bot.domain.attention import CONSIDERED, Budget, Room, room_today, sending_days_left
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, Occasion, Relationship
from bot.domain.nudges import QUIET_DAYS, Told, has_new_day
from bot.domain.working_time import next_sending_day
from bot.usecases.attention import Spender, efforts_for, spent_this_week
from bot.usecases.digest_news import News
from storage import customers, neglect_list
from storage.ledger import Ledger
from storage.promises import Awaited
from storage.shown import Shown, shown_to

# The only reason of most cards.
_SILENCE = [Occasion.OVERDUE]


class Audience(NamedTuple):
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

    def next_day(self, today: date) -> date:
        """Return the day of their next digest."""
        return next_sending_day(today, work_days=self.work_days, frequency=self.frequency, off=self.off)


class Facts(NamedTuple):
    """What one reader's digest of a day is decided from.

    `overdue` are the best who are due, `due_total` how many are. `dated` have a day before `until`, the reader's next
    digest. `owed` are promises by customer, `promised` those customers.
    """

    audience: Audience
    until: date
    overdue: Sequence[Relationship]
    due_total: int
    dated: Sequence[Relationship]
    owed: Mapping[int, Sequence[int]]
    promised: Sequence[Relationship]
    room: Room
    efforts: Mapping[int, int] | None


class _Reader(NamedTuple):
    """A reader, what their digests named lately, and what today's has room for."""

    audience: Audience
    until: date
    shown: Sequence[Shown]
    room: Room

    @property
    def considered(self) -> int:
        """How many of those who are due have a chance: one more than fit, or as many as a budget chooses from."""
        return CONSIDERED if self.audience.budget else self.room.cards + 1


class _Candidates(NamedTuple):
    """Of whom a reader may be told: who is due, best first; who may have a day; what was promised."""

    due: Sequence[int]
    due_total: int
    dated: Sequence[Relationship]
    awaited: Sequence[Awaited] = ()


class _Fresh(NamedTuple):
    """Those of them whom the reader was not told of yet: the best who are due, who has a day, promises by customer."""

    due: Sequence[int]
    dated: Sequence[Relationship]
    owed: Mapping[int, Sequence[int]]

    @property
    def customer_ids(self) -> set[int]:
        """Everybody of them."""
        return {*self.due, *self.owed, *(relationship.customer_id for relationship in self.dated)}


def gather(ledger: Ledger, audiences: Sequence[Audience], news: News, *, today: date) -> list[Facts]:
    """Return what the digests of these readers are decided from, in their order; it is `today` for all of them.

    `news` is what there is to say to the teammates among them; a channel is told of the whole team's customers.
    """
    readers = _readers(ledger, audiences, today)
    candidates = _candidates(ledger, readers, news, today)
    fresh = [_fresh(reader, known, today) for reader, known in zip(readers, candidates, strict=True)]
    by_id = customers.by_ids(ledger, {customer_id for one in fresh for customer_id in (*one.due, *one.owed)})
    budgets = [(reader.audience.budget, one.customer_ids) for reader, one in zip(readers, fresh, strict=True)]
    return [
        Facts(
            audience=reader.audience,
            until=reader.until,
            overdue=[by_id[customer_id] for customer_id in one.due],
            due_total=known.due_total,
            dated=one.dated,
            owed=one.owed,
            promised=[by_id[customer_id] for customer_id in one.owed],
            room=reader.room,
            efforts=efforts,
        )
        for reader, known, one, efforts in zip(readers, candidates, fresh, efforts_for(ledger, budgets), strict=True)
    ]


def _readers(ledger: Ledger, audiences: Sequence[Audience], today: date) -> list[_Reader]:
    shown = shown_lately(ledger, [audience.key for audience in audiences], today=today)
    spenders = [
        Spender(audience.teammate_id, audience.budget, shown[audience.key])
        for audience in audiences
        if audience.budget is not None and audience.teammate_id is not None
    ]
    spent = spent_this_week(ledger, spenders, today=today)
    return [
        _Reader(audience, audience.next_day(today), shown[audience.key], _room(audience, spent, today))
        for audience in audiences
    ]


def _room(audience: Audience, spent: Mapping[int, int], today: date) -> Room:
    """Return the room of a reader's digest: the cap for whoever set no budget, else today's share of the week."""
    if audience.budget is None or audience.teammate_id is None:
        return Room()
    days_left = sending_days_left(today, work_days=audience.work_days, frequency=audience.frequency, off=audience.off)
    return room_today(audience.budget, spent=spent[audience.teammate_id], days_left=days_left)


def shown_lately(ledger: Ledger, keys: Sequence[str], *, today: date) -> Mapping[str, Sequence[Shown]]:
    """Return by audience whom its digests named in the last days, and whose renewal while it may be ahead."""
    ahead_days = max((segment.renewal_ahead_days for segment in customers.segments(ledger).values()), default=0)
    return shown_to(
        ledger,
        keys,
        today=today,
        since=today - timedelta(days=QUIET_DAYS),
        renewals_since=today - timedelta(days=ahead_days + 1),
    )


def told_of(shown: Sequence[Shown], *, today: date) -> Told:
    """Return whom a reader was told of: of a renewal once while it is ahead, of anything else once in some days."""
    lately = today - timedelta(days=QUIET_DAYS)
    told: dict[Occasion, set[int]] = {Occasion.BIRTHDAY: set(), Occasion.ANNIVERSARY: set(), Occasion.RENEWAL: set()}
    named = set()
    for card in shown:
        recent = card.on > lately
        if recent:
            named.add(card.customer_id)
        for occasion, customer_ids in told.items() if card.occasions != _SILENCE else ():
            if occasion in card.occasions and (recent or occasion is Occasion.RENEWAL):
                customer_ids.add(card.customer_id)
    return Told(told, named)


def _candidates(ledger: Ledger, readers: Sequence[_Reader], news: News, today: date) -> list[_Candidates]:
    channels = [reader for reader in readers if reader.audience.teammate_id is None]
    teams = _of_the_team(ledger, channels, today) if channels else _Candidates((), 0, ())
    return [
        teams if reader.audience.teammate_id is None else _of_teammate(news, reader.audience.teammate_id)
        for reader in readers
    ]


def _of_teammate(news: News, teammate_id: int) -> _Candidates:
    owner_ids = news.owners_for(teammate_id)
    due = sorted(chain.from_iterable(news.due.get(owner_id, ()) for owner_id in owner_ids))
    return _Candidates(
        due=[customer_id for _, customer_id, _ in due],
        due_total=len(due),
        dated=[relationship for owner_id in owner_ids for relationship in news.dated.get(owner_id, ())],
        awaited=[promise for owner_id in owner_ids for promise in news.awaited.get(owner_id, ())],
    )


def _of_the_team(ledger: Ledger, channels: Sequence[_Reader], today: date) -> _Candidates:
    """Return everybody's customers, as many of them as the channel needs that named most; promises are people's own."""
    most = max(reader.considered + len(reader.shown) for reader in channels)
    best = neglect_list.neglected(ledger, today=today, limit=most, whole_team=True)
    return _Candidates(
        due=[relationship.customer_id for relationship in best],
        due_total=neglect_list.count_neglected(ledger, today=today, whole_team=True),
        dated=customers.with_a_day(ledger, None, today=today, until=max(reader.until for reader in channels)),
    )


def _fresh(reader: _Reader, known: _Candidates, today: date) -> _Fresh:
    told = told_of(reader.shown, today=today)
    due = (customer_id for customer_id in known.due if customer_id not in told.lately)
    return _Fresh(
        due=list(islice(due, reader.considered)),
        dated=[one for one in known.dated if has_new_day(one, today, until=reader.until, told=told)],
        owed=_owed(reader, known.awaited, today) if known.awaited else {},
    )


def _owed(reader: _Reader, awaited: Sequence[Awaited], today: date) -> dict[int, list[int]]:
    """Return the promises to tell today, by customer."""
    lately = today - timedelta(days=QUIET_DAYS)
    told_by = {card.nudge_id for card in reader.shown if card.on > lately}
    found: dict[int, list[int]] = {}
    for promise in awaited:
        if promise.nudge_id not in told_by and promise.on < reader.until and promise.due_on < reader.until:
            found.setdefault(promise.customer_id, []).append(promise.id)
    return found
