"""The neglect list: who is going quiet, by scans of an index, a scan a segment (`storage/neglect_sql.py`).

No query is asked more often, and building it from expressions and reading it back took twenty times as long as the
index scans that answer it. So it is text.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from bot.domain.model import Relationship, Segment
from bot.domain.rhythm import calendar_share, lost_before
from storage import neglect_sql
from storage.customers import day_reader, read_relationships, read_segments, segments_as_stored
from storage.ledger import Ledger

# SQLite takes 500 parts in one statement; a ledger with more segments than this is asked in several.
_SEGMENTS_AT_ONCE = 100
_LARGEST_ID = 2**63 - 1
# Somebody's place among those who are due: -rank, the customer and the owner, so that they sort best first.
Placed = tuple[float, int, int]


class _Scan(NamedTuple):
    """One scan of the index: the customers of a segment that follow one policy, and what that makes of today.

    `share` is what of the score passes with the calendar; whose last touch lies before `lost_on` is lost. While a
    changed policy is being worked in, those beyond `reached_id` still follow the one before.
    """

    share: float
    segment_id: int
    reached_id: int
    is_beyond: bool
    lost_on: str


class _Part(NamedTuple):
    """As many scans as fit into a statement; `columns` are the same as PostgreSQL writes an array, one a column."""

    scans: Sequence[_Scan]
    columns: Sequence[str]


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
    each = (ledger.workspace_id, today.isoformat(), *given, limit)
    for scans, columns in parts:
        if ledger.has_one_writer:
            parameters = [value for scan in scans for value in (*scan, *each)]
            rows += ledger.ask(neglect_sql.best_on_sqlite(len(scans), narrowed, lost=lost), *parameters, limit)
        else:
            query = neglect_sql.best_on_postgresql(narrowed, lost=lost)
            rows += ledger.ask(query, *columns, *each, limit, ledger.workspace_id)
    if len(parts) > 1:
        rows.sort(key=lambda row: (-row[-1], row[0]))
    return read_relationships(rows[:limit], by_id, day_reader(ledger))


def due_of_each(ledger: Ledger, owner_ids: Collection[int], *, today: date) -> dict[int, list[Placed]]:
    """Return by owner, of those who have any, everybody whom `neglected` returns.

    One statement for all of them, and of a customer only what stands in the index: that is read in a fraction of the
    time that the rows of the few best take, so that whoever picks those asks for them afterwards.
    """
    _, parts = _plan(segments_as_stored(ledger), today, None)
    due: defaultdict[int, list[Placed]] = defaultdict(list)
    for scans, _ in parts if owner_ids else ():
        shares = [value for share, *whose, _ in scans for value in (*whose, share)]
        who = [value for _, *told in scans for value in told]
        query, owners = neglect_sql.due(len(scans), ledger.is_any_of), ledger.many(owner_ids)
        for placed in ledger.ask(query, *shares, ledger.workspace_id, owners, today.isoformat(), *who):
            due[placed[2]].append(placed)
    return due


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
    for scans, _ in parts:
        who = [value for _, *told in scans for value in told]
        query = neglect_sql.count(len(scans), narrowed, lost=lost)
        total += ledger.ask(query, ledger.workspace_id, today.isoformat(), *given, *who)[0][0]
    return total


@lru_cache(maxsize=256)
def _plan(
    stored: tuple[Any, ...], today: date, segment_ids: frozenset[int] | None
) -> tuple[Mapping[int, Segment], Sequence[_Part]]:
    """Return the stored segments by id, and the scans of those asked for: kept, since the lists of a day share them.

    That is a scan a segment, and two for one whose changed policy has reached some of its customers: keys compare only
    under one policy.
    """
    by_id = read_segments(stored)
    scans: list[_Scan] = []
    for segment in by_id.values():
        if segment_ids is not None and segment.id not in segment_ids:
            continue
        if segment.before is None:
            scans.append(_scan(segment, today))
        else:
            scans.append(_scan(segment, today, segment.reached_id))
            scans.append(_scan(segment.before, today, segment.reached_id, is_beyond=True))
    return by_id, [_part(scans[first : first + _SEGMENTS_AT_ONCE]) for first in range(0, len(scans), _SEGMENTS_AT_ONCE)]


def _scan(policy: Segment, today: date, reached_id: int = _LARGEST_ID, *, is_beyond: bool = False) -> _Scan:
    lost_on = lost_before(policy, today).isoformat()
    return _Scan(calendar_share(policy, today), policy.id, reached_id, is_beyond, lost_on)


def _part(scans: Sequence[_Scan]) -> _Part:
    return _Part(scans, [f"{{{','.join(map(str, column))}}}" for column in zip(*scans, strict=True)])


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
        narrowed[_of_owners(1 + len(covered_ids))] = (owner_id, *covered_ids)
    if silent_over_days is not None:
        narrowed[" AND silent_since_on < ?"] = ((today - timedelta(days=silent_over_days)).isoformat(),)
    if except_ids:
        narrowed[f" AND id NOT IN ({', '.join('?' * len(except_ids))})"] = tuple(except_ids)
    return "".join(narrowed), [value for values in narrowed.values() for value in values]


def _of_owners(number: int) -> str:
    return " AND owner_id = ?" if number == 1 else f" AND owner_id IN ({', '.join('?' * number)})"
