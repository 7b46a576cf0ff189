"""The neglect list in the driver's own words.

No query is asked more often, and building it from expressions and reading it back took twenty times as long as the
index scans that answer it. So it is text: one scan of `ix_customer_neglect` a segment, merged by the database.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from bot.domain.model import Relationship, Segment
from bot.domain.rhythm import calendar_share, lost_before
from storage.customers import RELATIONSHIP_COLUMNS, day_reader, read_relationships, read_segments, segments_as_stored
from storage.ledger import Ledger

# SQLite takes 500 parts in one statement; a ledger with more segments than this is asked in several.
_SEGMENTS_AT_ONCE = 100

# `rank` orders customers of all segments alike: the stored key and the share of it that passes with the calendar.
_OF_SEGMENT = f"""SELECT * FROM (
SELECT {", ".join(RELATIONSHIP_COLUMNS)}, sort_key + ? AS rank
FROM customer
WHERE workspace_id = ? AND segment_id = ? AND nudge_from_on <= ?
    AND silent_since_on {{silence}} ?{{narrowed}}{{reached}}
ORDER BY sort_key DESC, id LIMIT ?) AS of_segment"""  # noqa: S608  our own names


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
    return read_relationships(rows[:limit], by_id, day_reader(ledger))


def due_of_each(ledger: Ledger, owner_ids: Collection[int], *, today: date) -> dict[int, list[tuple[float, int]]]:
    """Return by owner, of those who have any, everybody whom `neglected` returns, as (-rank, id): they sort best first.

    One statement for all of them, and of a customer only what stands in the index: that is read in a fraction of the
    time that the rows of the few best take, so that whoever picks those asks for them afterwards.
    """
    _, parts = _plan(segments_as_stored(ledger), today, None)
    due: dict[int, list[tuple[float, int]]] = {}
    for words, part in parts if owner_ids else ():
        ranks = [value for segment_id, reached, share, _ in part for value in (segment_id, *reached, share)]
        scans = [value for segment_id, reached, _, lost_day in part for value in (segment_id, lost_day, *reached)]
        query, owners = _due(words, ledger.is_any_of), ledger.many(owner_ids)
        found = ledger.ask(query, *ranks, ledger.workspace_id, owners, today.isoformat(), *scans)
        for owner_id, customer_id, rank in found:
            due.setdefault(owner_id, []).append((-rank, customer_id))
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
    return (
        f"SELECT count(*) FROM customer WHERE workspace_id = ? AND nudge_from_on <= ?{narrowed}"  # noqa: S608  our words
        f" AND ({_of_any(scans, lost)})"
    )


@lru_cache(maxsize=256)
def _due(scans: tuple[str, ...], is_any_of: str) -> str:
    shares = " ".join(f"WHEN segment_id = ?{reached} THEN ?" for reached in scans)
    return (
        f"SELECT owner_id, id, sort_key + CASE {shares} END FROM customer"  # noqa: S608  our words
        f" WHERE workspace_id = ? AND owner_id {is_any_of} AND nudge_from_on <= ? AND ({_of_any(scans, False)})"
    )


def _of_any(scans: tuple[str, ...], lost: bool) -> str:
    return " OR ".join(f"segment_id = ? AND silent_since_on {_silence(lost)} ?{reached}" for reached in scans)


@lru_cache(maxsize=256)
def _statement(scans: tuple[str, ...], narrowed: str, lost: bool) -> str:
    silence = _silence(lost)
    each = [_OF_SEGMENT.format(narrowed=narrowed, silence=silence, reached=reached) for reached in scans]
    return f"{' UNION ALL '.join(each)} ORDER BY rank DESC, id LIMIT ?"


def _silence(lost: bool) -> str:
    """Return how the last touch lies to the day before which it makes a customer lost."""
    return "<" if lost else ">="
