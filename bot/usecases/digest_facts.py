"""What digests are decided from: gathered for many readers at once, as statements cost more than rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.attention import CONSIDERED, Budget, Room
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, Occasion, Relationship
from bot.domain.nudges import PROMISE_FOR_DAYS, QUIET_DAYS, Told, has_new_day
from bot.domain.rhythm import score
from bot.domain.working_time import next_sending_day
from bot.usecases import covers
from bot.usecases.attention import efforts_for, room_of
from storage import customers, neglect_list, promises
from storage.ledger import Ledger
from storage.neglect_list import Wanted
from storage.shown import Shown, shown_to


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


@dataclass(frozen=True, slots=True)
class Facts:
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


@dataclass(frozen=True, slots=True)
class _Reader:
    """A reader, whose customers they are told of (nobody's in particular for a channel), and what they were told."""

    audience: Audience
    until: date
    owner_ids: tuple[int, ...]
    shown: Sequence[Shown]
    told: Told
    room: Room


def gather(ledger: Ledger, audiences: Sequence[Audience], *, today: date) -> list[Facts]:
    """Return what the digests of these readers are decided from, in their order; it is `today` for all of them."""
    readers = _readers(ledger, audiences, today)
    overdue = _overdue(ledger, readers, today)
    dated = _dated(ledger, readers, today)
    owed = _owed(ledger, readers, today)
    wanted = {customer_id for by_customer in owed for customer_id in by_customer}
    by_id = customers.by_ids(ledger, wanted) if wanted else {}
    facts = []
    for reader, (best, due_total), with_a_day, by_customer in zip(readers, overdue, dated, owed, strict=True):
        promised = [by_id[customer_id] for customer_id in by_customer]
        named = {r.customer_id for r in (*best, *with_a_day, *promised)} if reader.audience.budget else ()
        facts.append(
            Facts(
                audience=reader.audience,
                until=reader.until,
                overdue=best,
                due_total=due_total,
                dated=with_a_day,
                owed=by_customer,
                promised=promised,
                room=reader.room,
                efforts=efforts_for(ledger, reader.audience.budget, named) if reader.audience.budget else None,
            )
        )
    return facts


def _readers(ledger: Ledger, audiences: Sequence[Audience], today: date) -> list[_Reader]:
    by_audience = shown_lately(ledger, [audience.key for audience in audiences], today=today)
    readers = []
    for audience in audiences:
        shown = by_audience[audience.key]
        own = () if audience.teammate_id is None else (audience.teammate_id,)
        # Their own customers, and those of whom they cover for.
        owner_ids = (*own, *covers.covered_by(ledger, audience.teammate_id, today=today))
        until = next_sending_day(today, work_days=audience.work_days, frequency=audience.frequency, off=audience.off)
        room = room_of(
            ledger, audience.budget, teammate_id=audience.teammate_id, today=today, work_days=audience.work_days,
            frequency=audience.frequency, off=audience.off, shown=shown,
        )  # fmt: skip
        readers.append(_Reader(audience, until, owner_ids, shown, told_of(shown, today=today), room))
    return readers


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
        for occasion, customer_ids in told.items():
            if occasion in card.occasions and (recent or occasion is Occasion.RENEWAL):
                customer_ids.add(card.customer_id)
    return Told(told, named)


def _overdue(ledger: Ledger, readers: Sequence[_Reader], today: date) -> list[tuple[list[Relationship], int]]:
    """Return by reader the best who are due and were not named lately, and how many are due."""
    limits = [CONSIDERED if reader.audience.budget else reader.room.cards + 1 for reader in readers]
    wanted = [
        Wanted(owner_id, limit, reader.told.lately)
        for reader, limit in zip(readers, limits, strict=True)
        for owner_id in reader.owner_ids
    ]
    lists = iter(neglect_list.neglected_of_each(ledger, wanted, today=today))
    found = []
    for reader, limit in zip(readers, limits, strict=True):
        if not reader.owner_ids:
            best = neglect_list.neglected(
                ledger, today=today, limit=limit, whole_team=True, except_ids=reader.told.lately
            )
            total = neglect_list.count_neglected(ledger, today=today, whole_team=True)
        else:
            parts = [next(lists) for _ in reader.owner_ids]
            best = [relationship for part, _ in parts for relationship in part]
            total = sum(count for _, count in parts)
            if len(parts) > 1:
                best.sort(key=lambda relationship: -score(relationship, today))
        found.append((best, total))
    return found


def _dated(ledger: Ledger, readers: Sequence[_Reader], today: date) -> list[list[Relationship]]:
    """Return by reader the customers with a day to write on that they were not told of."""
    furthest = max(reader.until for reader in readers)
    owner_ids = {owner_id for reader in readers for owner_id in reader.owner_ids}
    everybody = any(not reader.owner_ids for reader in readers)
    candidates = customers.with_a_day(ledger, None if everybody else owner_ids, today=today, until=furthest)
    by_owner: defaultdict[int | None, list[Relationship]] = defaultdict(list)
    for relationship in candidates:
        by_owner[relationship.owner_id].append(relationship)
    return [
        [
            relationship
            for relationship in (
                candidates
                if not reader.owner_ids
                else (mine for owner_id in reader.owner_ids for mine in by_owner.get(owner_id, ()))
            )
            if has_new_day(relationship, today, until=reader.until, told=reader.told)
        ]
        for reader in readers
    ]


def _owed(ledger: Ledger, readers: Sequence[_Reader], today: date) -> list[dict[int, list[int]]]:
    """Return by reader the promises to tell, by customer. A channel is told of none: they are somebody's own."""
    lately = today - timedelta(days=QUIET_DAYS)
    by_teammate = promises.due(
        ledger,
        [reader.audience.teammate_id for reader in readers if reader.audience.teammate_id is not None],
        since=today - timedelta(days=PROMISE_FOR_DAYS),
        until=max(reader.until for reader in readers),
    )
    owed = []
    for reader in readers:
        found: dict[int, list[int]] = {}
        awaited = by_teammate.get(reader.audience.teammate_id or 0, ())
        told_by = {card.nudge_id for card in reader.shown if card.on > lately} if awaited else ()
        for promise in awaited:
            if promise.nudge_id not in told_by and promise.on < reader.until and promise.due_on < reader.until:
                found.setdefault(promise.customer_id, []).append(promise.id)
        owed.append(found)
    return owed
