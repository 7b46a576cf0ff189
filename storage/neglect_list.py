"""The neglect list in the driver's own words.

No query is asked more often, and building it from expressions and reading it back took twenty times as long as the
index scans that answer it. So it is text: one scan of `ix_customer_neglect` a segment, merged by the database.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from bot.domain.model import Relationship, Rhythm, Segment, Standing
from bot.domain.rhythm import calendar_share, lost_before
from storage.customers import segments
from storage.ledger import Ledger

_day = date.fromisoformat
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
    shown already. With `lost` it is those who have been silent for too long, over six cadences or what their segment
    says, in the same order.
    """
    narrowed, given = _narrowing(today, owner_id, whole_team, silent_over_days, except_ids)
    by_id = segments(ledger)
    wanted = _scans(by_id, segment_ids)
    rows: list[Any] = []
    day = today.isoformat()
    for first in range(0, len(wanted), _SEGMENTS_AT_ONCE):
        part = wanted[first : first + _SEGMENTS_AT_ONCE]
        parameters: list[Any] = []
        for segment, _, reached in part:
            lost_day = lost_before(segment, today).isoformat()
            share = calendar_share(segment, today)
            parameters += (share, ledger.workspace_id, segment.id, day, lost_day, *given, *reached, limit)
        rows += ledger.ask(_statement(tuple(words for _, words, _ in part), narrowed, lost), *parameters, limit)
    if len(wanted) > _SEGMENTS_AT_ONCE:
        rows.sort(key=lambda row: (-row[-1], row[0]))
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
    wanted = _scans(segments(ledger), segment_ids)
    total = 0
    for first in range(0, len(wanted), _SEGMENTS_AT_ONCE):
        part = wanted[first : first + _SEGMENTS_AT_ONCE]
        parameters: list[Any] = [ledger.workspace_id, today.isoformat(), *given]
        for segment, _, reached in part:
            parameters += [segment.id, lost_before(segment, today).isoformat(), *reached]
        total += ledger.ask(_count(tuple(words for _, words, _ in part), narrowed, lost), *parameters)[0][0]
    return total


def _scans(
    by_id: Mapping[int, Segment], segment_ids: frozenset[int] | None
) -> list[tuple[Segment, str, tuple[int, ...]]]:
    """Return a scan a segment, and two for one whose changed policy has reached some of its customers: keys compare
    only under one policy. A scan is that policy, which customers follow it, and the parameter in that.
    """
    scans: list[tuple[Segment, str, tuple[int, ...]]] = []
    for segment in by_id.values():
        if segment_ids is not None and segment.id not in segment_ids:
            continue
        if segment.before is None:
            scans.append((segment, "", ()))
        else:
            scans.append((segment, " AND id <= ?", (segment.reached_id,)))
            scans.append((segment.before, " AND id > ?", (segment.reached_id,)))
    return scans


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


def _relationship(row: Any, segment_by_id: dict[int, Segment]) -> Relationship:
    (
        customer_id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value, touch_days,
        warmth, last_touch_id, *days, _,
    ) = row  # fmt: skip
    # SQLite has no type for days. Not `day_of`: ninety calls are a tenth of the list.
    since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on, birthday_on, renewal_on, joined_on = (
        _day(day) if day.__class__ is str else day for day in days
    )
    return Relationship(
        customer_id=customer_id, external_id=external_id, name=name, owner_id=owner_id,
        segment=segment_by_id[segment_id].of(customer_id), standing=_STANDINGS[standing], value_minor=value_minor,
        currency=currency, ranked_value=ranked_value, since_on=since_on,
        rhythm=Rhythm(touch_days, first_on, last_on, warmth) if touch_days else None,
        due_on=due_on, nudge_from_on=nudge_from_on, snoozed_until_on=snoozed_until_on, birthday_on=birthday_on,
        renewal_on=renewal_on, joined_on=joined_on, last_touch_id=last_touch_id,
    )  # fmt: skip
