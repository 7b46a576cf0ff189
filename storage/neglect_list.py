"""The neglect list in the driver's own words.

No query is asked more often, and building it from expressions and reading it back took twenty times as long as the
index scans that answer it. So it is text: one scan of `ix_customer_neglect` a segment, merged by the database.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from bot.domain.model import Relationship, Rhythm, Segment, Standing
from bot.domain.rhythm import calendar_share, lost_before
from storage.customers import read_segments, segments_as_stored
from storage.ledger import Ledger

_STANDINGS = {standing.value: standing for standing in Standing}

# SQLite takes 500 parts in one statement; a ledger with more segments than this is asked in several.
_SEGMENTS_AT_ONCE = 100

# `rank` orders customers of all segments alike: the stored key and the share of it that passes with the calendar.
_OF_SEGMENT = """SELECT * FROM (
SELECT id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value, touch_days, warmth,
    last_touch_id, since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on, birthday_on, renewal_on,
    joined_on, sort_key + ? AS rank
FROM customer
WHERE workspace_id = ? AND segment_id = ? AND nudge_from_on <= ? AND silent_since_on {silence} ?{narrowed}{reached}
ORDER BY sort_key DESC, id LIMIT ?) AS of_segment"""


class _Scan(NamedTuple):
    """One scan of the index: the customers of a segment that follow one policy, and what that makes of today.

    `share` is what of the score passes with the calendar; whose last touch lies before `lost_day` is lost. `reached`
    says how far a changed policy came, where one is being worked in.
    """

    segment_id: int
    reached: tuple[int, ...]
    share: float
    lost_day: str


_Parts = list[tuple[tuple[str, ...], list[_Scan]]]
_OWNED = " AND owner_id = ?"


def neglected(
    ledger: Ledger,
    *,
    today: date,
    limit: int,
    owner_id: int | None = None,
    covered_ids: Collection[int] = (),
    whole_team: bool = False,
    segment_ids: frozenset[int] | None = None,
    silent_over_days: int | None = None,
    except_ids: Collection[int] = (),
    lost: bool = False,
) -> list[Relationship]:
    """Return who is going quiet, best first: the largest value / (warmth today)^e of the segments asked for.

    `owner_id` None asks for the customers that nobody owns, unless the whole team's are asked for. `covered_ids` are
    owners who are away, whose customers stand on the same list as those of the owner who covers for them; they are
    few, and merged by a sort. `except_ids` were shown already. With `lost` it is those who have been silent for too
    long, over six cadences or what their segment says, in the same order.
    """
    narrowed, given = _narrowing(today, owner_id, covered_ids, whole_team, silent_over_days, except_ids)
    by_id, parts = _plan(segments_as_stored(ledger), today, segment_ids)
    rows: list[Any] = []
    day = today.isoformat()
    for words, part in parts:
        parameters: list[Any] = []
        for segment_id, reached, share, lost_day in part:
            parameters += (share, ledger.workspace_id, segment_id, day, lost_day, *given, *reached, limit)
        rows += ledger.ask(_statement(words, narrowed, lost), *parameters, limit)
    if len(parts) > 1:
        rows.sort(key=lambda row: (-row[-1], row[0]))
    return _relationships(rows[:limit], by_id, _kept if ledger.session.dialect.name == "postgresql" else _read)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The best `limit` of an owner who is going quiet, but for `except_ids`, which were shown already."""

    owner_id: int
    limit: int
    except_ids: Collection[int] = ()


def neglected_of_each(ledger: Ledger, each: Sequence[Wanted], *, today: date) -> list[tuple[list[Relationship], int]]:
    """Return for each owner whom `neglected` returns, and how many `count_neglected` counts.

    One text for all of them, which the driver prepares once. So those who were shown are asked for and left out here:
    after five a day for a week that is cheaper than a text for every number of them.
    """
    by_id, parts = _plan(segments_as_stored(ledger), today, None)
    lists: list[list[Any]] = [[] for _ in each]
    most = [wanted.limit + len(wanted.except_ids) for wanted in each]
    day = today.isoformat()
    for words, part in parts:
        asked = []
        for wanted, limit in zip(each, most, strict=True):
            parameters: list[Any] = []
            for segment_id, reached, share, lost_day in part:
                parameters += (share, ledger.workspace_id, segment_id, day, lost_day, wanted.owner_id, *reached, limit)
            asked.append((*parameters, limit))
        for place, found in enumerate(ledger.ask_each(_statement(words, _OWNED, False), asked)):
            lists[place] += found
    totals = [len(rows) for rows in lists]
    # Of those who have fewer than were asked for, the list is all there are.
    full = [place for place, limit in enumerate(most) if totals[place] >= limit]
    counts = _count_of_each(ledger, [each[place].owner_id for place in full], parts, today=today)
    for place, count in zip(full, counts, strict=True):
        totals[place] = count
    read = _kept if ledger.session.dialect.name == "postgresql" else _read
    chosen = []
    for wanted, rows, total in zip(each, lists, totals, strict=True):
        if len(parts) > 1:
            rows.sort(key=lambda row: (-row[-1], row[0]))
        fresh = islice((row for row in rows if row[0] not in wanted.except_ids), wanted.limit)
        chosen.append((_relationships(fresh, by_id, read), total))
    return chosen


def _count_of_each(ledger: Ledger, owner_ids: Sequence[int], parts: _Parts, *, today: date) -> list[int]:
    totals = [0] * len(owner_ids)
    for words, part in parts:
        of_all = [value for segment_id, reached, _, lost_day in part for value in (segment_id, lost_day, *reached)]
        asked = [(ledger.workspace_id, today.isoformat(), owner_id, *of_all) for owner_id in owner_ids]
        for place, found in enumerate(ledger.ask_each(_count(words, _OWNED, False), asked)):
            totals[place] += found[0][0]
    return totals


def count_neglected(
    ledger: Ledger,
    *,
    today: date,
    owner_id: int | None = None,
    covered_ids: Collection[int] = (),
    whole_team: bool = False,
    segment_ids: frozenset[int] | None = None,
    silent_over_days: int | None = None,
    except_ids: Collection[int] = (),
    lost: bool = False,
) -> int:
    """Return how many customers the list would hold without a limit."""
    narrowed, given = _narrowing(today, owner_id, covered_ids, whole_team, silent_over_days, except_ids)
    _, parts = _plan(segments_as_stored(ledger), today, segment_ids)
    total = 0
    for words, part in parts:
        parameters: list[Any] = [ledger.workspace_id, today.isoformat(), *given]
        for segment_id, reached, _, lost_day in part:
            parameters += (segment_id, lost_day, *reached)
        total += ledger.ask(_count(words, narrowed, lost), *parameters)[0][0]
    return total


@lru_cache(maxsize=256)
def _plan(
    stored: tuple[Any, ...], today: date, segment_ids: frozenset[int] | None
) -> tuple[Mapping[int, Segment], _Parts]:
    """Return the stored segments by id, and the scans of those asked for: kept, since the lists of a day share them.

    That is a scan a segment, and two for one whose changed policy has reached some of its customers: keys compare only
    under one policy. They come in parts of what fits into a statement, each with what its scans say in words.
    """
    by_id = read_segments(stored)
    scans: list[tuple[str, _Scan]] = []
    for segment in by_id.values():
        if segment_ids is not None and segment.id not in segment_ids:
            continue
        if segment.before is None:
            scans.append(("", _scan(segment, today)))
        else:
            scans.append((" AND id <= ?", _scan(segment, today, segment.reached_id)))
            scans.append((" AND id > ?", _scan(segment.before, today, segment.reached_id)))
    parts = [scans[first : first + _SEGMENTS_AT_ONCE] for first in range(0, len(scans), _SEGMENTS_AT_ONCE)]
    return by_id, [(tuple(words for words, _ in part), [scan for _, scan in part]) for part in parts]


def _scan(policy: Segment, today: date, *reached: int) -> _Scan:
    return _Scan(policy.id, reached, calendar_share(policy, today), lost_before(policy, today).isoformat())


def _narrowing(
    today: date,
    owner_id: int | None,
    covered_ids: Collection[int],
    whole_team: bool,
    silent_over_days: int | None,
    except_ids: Collection[int],
) -> tuple[str, list[Any]]:
    """Return what else the customers of a list have to be, and the parameters in it."""
    narrowed: dict[str, tuple[Any, ...]] = {}
    if owner_id is None and not whole_team:
        narrowed[" AND owner_id IS NULL"] = ()
    elif owner_id is not None and not whole_team:
        narrowed[_OWNED if not covered_ids else _of_owners(1 + len(covered_ids))] = (owner_id, *covered_ids)
    if silent_over_days is not None:
        narrowed[" AND silent_since_on < ?"] = ((today - timedelta(days=silent_over_days)).isoformat(),)
    if except_ids:
        narrowed[f" AND id NOT IN ({', '.join('?' * len(except_ids))})"] = tuple(except_ids)
    return "".join(narrowed), [value for values in narrowed.values() for value in values]


def _of_owners(count: int) -> str:
    return f" AND owner_id IN ({', '.join('?' * count)})"


@lru_cache(maxsize=256)
def _count(scans: tuple[str, ...], narrowed: str, lost: bool) -> str:
    each = [f"segment_id = ? AND silent_since_on {_silence(lost)} ?{reached}" for reached in scans]
    return (
        f"SELECT count(*) FROM customer WHERE workspace_id = ? AND nudge_from_on <= ?{narrowed}"  # noqa: S608  our words
        f" AND ({' OR '.join(each)})"
    )


@lru_cache(maxsize=256)
def _statement(scans: tuple[str, ...], narrowed: str, lost: bool) -> str:
    silence = _silence(lost)
    each = [_OF_SEGMENT.format(narrowed=narrowed, silence=silence, reached=reached) for reached in scans]
    return f"{' UNION ALL '.join(each)} ORDER BY rank DESC, id LIMIT ?"


def _silence(lost: bool) -> str:
    """Return how the last touch lies to the day before which it makes a customer lost."""
    return "<" if lost else ">="


_read = date.fromisoformat


def _kept(day: date) -> date:
    return day


def _relationships(
    rows: Iterable[Any], segment_by_id: Mapping[int, Segment], read: Callable[[Any], date]
) -> list[Relationship]:
    """Return rows as domain values, field by field in their order: naming ninety of them would be a tenth of the list.

    `read` takes a day as the driver gives it: SQLite has no type for them.
    """
    return [
        Relationship(
            customer_id, external_id, name, owner_id, segment_by_id[segment_id].of(customer_id), _STANDINGS[standing],
            value_minor, currency, ranked_value, read(since_on),
            Rhythm(touch_days, read(first_on), read(last_on), warmth) if touch_days else None,
            read(due_on), nudge_from_on and read(nudge_from_on), snoozed_until_on and read(snoozed_until_on),
            birthday_on and read(birthday_on), renewal_on and read(renewal_on), joined_on and read(joined_on),
            last_touch_id,
        )
        for (
            customer_id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value,
            touch_days, warmth, last_touch_id, since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on,
            birthday_on, renewal_on, joined_on, _,
        ) in rows
    ]  # fmt: skip
