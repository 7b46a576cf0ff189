"""The neglect list in the driver's own words.

No query is asked more often, and building it from expressions and reading it back took twenty times as long as the
index scans that answer it. So it is text: one scan of `ix_customer_neglect` a segment, merged by the database.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from bot.domain.model import Relationship, Rhythm, Segment, Standing
from bot.domain.rhythm import calendar_share, lost_before
from storage.columns import day_of
from storage.customers import segments
from storage.ledger import Ledger

# SQLite takes 500 parts in one statement; a ledger with more segments than this is asked in several.
_SEGMENTS_AT_ONCE = 100

# `rank` orders customers of all segments alike: the stored key and the share of it that passes with the calendar.
_OF_SEGMENT = """SELECT * FROM (
SELECT id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value, touch_days, warmth,
    last_touch_id, since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on, birthday_on, renewal_on,
    sort_key + ? AS rank
FROM customer
WHERE workspace_id = ? AND segment_id = ? AND nudge_from_on <= ? AND silent_since_on {silence} ?{narrowed}
ORDER BY sort_key DESC LIMIT ?) AS of_segment"""


def neglected(
    ledger: Ledger,
    *,
    today: date,
    limit: int,
    owner_id: int | None = None,
    whole_team: bool = False,
    segment_ids: frozenset[int] | None = None,
    silent_over_days: int | None = None,
    except_ids: Collection[int] = (),
    lost: bool = False,
) -> list[Relationship]:
    """Return who is going quiet, best first: the largest value / (warmth today)^e of the segments asked for.

    `owner_id` None asks for the customers that nobody owns, unless the whole team's are asked for. `except_ids` were
    shown already. With `lost` it is those who have been silent for too long, over six cadences, in the same order.
    """
    narrowed, given = _narrowing(today, owner_id, whole_team, silent_over_days, except_ids)
    by_id = segments(ledger)
    wanted = [segment for segment in by_id.values() if segment_ids is None or segment.id in segment_ids]
    rows: list[Any] = []
    for first in range(0, len(wanted), _SEGMENTS_AT_ONCE):
        part = wanted[first : first + _SEGMENTS_AT_ONCE]
        parameters = []
        for segment in part:
            parameters += [calendar_share(segment, today), ledger.workspace_id, segment.id, today.isoformat()]
            parameters += [lost_before(segment.cadence_days, today).isoformat(), *given, limit]
        rows += ledger.ask(_statement(len(part), narrowed, lost), *parameters, limit)
    if len(wanted) > _SEGMENTS_AT_ONCE:
        rows.sort(key=itemgetter(-1), reverse=True)
    return [_relationship(row, by_id) for row in rows[:limit]]


def count_neglected(
    ledger: Ledger,
    *,
    today: date,
    owner_id: int | None = None,
    whole_team: bool = False,
    segment_ids: frozenset[int] | None = None,
    silent_over_days: int | None = None,
    except_ids: Collection[int] = (),
    lost: bool = False,
) -> int:
    """Return how many customers the list would hold without a limit."""
    narrowed, given = _narrowing(today, owner_id, whole_team, silent_over_days, except_ids)
    wanted = [s for s in segments(ledger).values() if segment_ids is None or s.id in segment_ids]
    total = 0
    for first in range(0, len(wanted), _SEGMENTS_AT_ONCE):
        part = wanted[first : first + _SEGMENTS_AT_ONCE]
        parameters: list[Any] = [ledger.workspace_id, today.isoformat(), *given]
        for segment in part:
            parameters += [segment.id, lost_before(segment.cadence_days, today).isoformat()]
        total += ledger.ask(_count(len(part), narrowed, lost), *parameters)[0][0]
    return total


def _narrowing(
    today: date, owner_id: int | None, whole_team: bool, silent_over_days: int | None, except_ids: Collection[int]
) -> tuple[str, list[Any]]:
    """Return what else the customers of a list have to be, and the parameters in it."""
    narrowed: dict[str, tuple[Any, ...]] = {}
    if not whole_team:
        narrowed |= {" AND owner_id IS NULL": ()} if owner_id is None else {" AND owner_id = ?": (owner_id,)}
    if silent_over_days is not None:
        narrowed[" AND silent_since_on < ?"] = ((today - timedelta(days=silent_over_days)).isoformat(),)
    if except_ids:
        narrowed[f" AND id NOT IN ({', '.join('?' * len(except_ids))})"] = tuple(except_ids)
    return "".join(narrowed), [value for values in narrowed.values() for value in values]


@lru_cache(maxsize=256)
def _count(segments: int, narrowed: str, lost: bool) -> str:
    one = f"segment_id = ? AND silent_since_on {_silence(lost)} ?"
    return (
        f"SELECT count(*) FROM customer WHERE workspace_id = ? AND nudge_from_on <= ?{narrowed}"  # noqa: S608  our words
        f" AND ({' OR '.join([one] * segments)})"
    )


@lru_cache(maxsize=256)
def _statement(segments: int, narrowed: str, lost: bool) -> str:
    scans = " UNION ALL ".join([_OF_SEGMENT.format(narrowed=narrowed, silence=_silence(lost))] * segments)
    return f"{scans} ORDER BY rank DESC LIMIT ?"


def _silence(lost: bool) -> str:
    """Return how the last touch lies to the day before which it makes a customer lost."""
    return "<" if lost else ">="


def _relationship(row: Any, segment_by_id: dict[int, Segment]) -> Relationship:
    (
        customer_id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value, touch_days,
        warmth, last_touch_id, *days, _,
    ) = row  # fmt: skip
    since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on, birthday_on, renewal_on = map(day_of, days)
    return Relationship(
        customer_id=customer_id, external_id=external_id, name=name, owner_id=owner_id,
        segment=segment_by_id[segment_id], standing=Standing(standing), value_minor=value_minor, currency=currency,
        ranked_value=ranked_value, since_on=since_on,
        rhythm=Rhythm(touch_days, first_on, last_on, warmth) if touch_days else None,
        due_on=due_on, nudge_from_on=nudge_from_on, snoozed_until_on=snoozed_until_on, birthday_on=birthday_on,
        renewal_on=renewal_on, last_touch_id=last_touch_id,
    )  # fmt: skip
