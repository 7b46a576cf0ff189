"""Customers as relationships: look-ups by id and name, what is coming, and their numbers."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from bot.domain.model import Relationship, Rhythm, Segment, Standing
from bot.domain.nudges import FIRST_MONTH, FIRST_MONTH_FOR_DAYS, day_keys
from storage.columns import day_of
from storage.ledger import Ledger
from storage.look import Look
from storage.models import Customer
from storage.segments import COLUMNS, read_segment

# In the order of `read_relationships`.
RELATIONSHIP_COLUMNS = (
    "id", "external_id", "name", "owner_id", "segment_id", "standing", "value_minor", "currency", "ranked_value",
    "touch_days", "warmth", "last_touch_id", "since_on", "first_on", "last_on", "due_on", "nudge_from_on",
    "snoozed_until_on", "birthday_on", "renewal_on", "joined_on",
)  # fmt: skip
_RELATIONSHIPS = f"SELECT {', '.join(RELATIONSHIP_COLUMNS)} FROM customer WHERE workspace_id = ?"  # noqa: S608  our own names
STANDINGS = {standing.value: standing for standing in Standing}
_SEGMENTS = f"SELECT {COLUMNS} FROM segment WHERE workspace_id = ?"  # noqa: S608  our own names


def segments(ledger: Ledger) -> dict[int, Segment]:
    """Return the workspace's segments by id."""
    return read_segments(segments_as_stored(ledger))


def segments_as_stored(ledger: Ledger) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of the workspace's segments, to be read by `read_segments`, or to be known again."""
    return ledger.segments if isinstance(ledger, Look) else tuple(ledger.ask(_SEGMENTS, ledger.workspace_id))


def read_segments(stored: tuple[tuple[Any, ...], ...]) -> dict[int, Segment]:
    """Return stored segments by id."""
    return {row[0]: read_segment(row) for row in stored}


def day_reader(ledger: Ledger) -> Callable[[Any], date]:
    """Return what reads a day as the driver gives it: SQLite has no type for them."""
    return date.fromisoformat if ledger.session.has_one_writer else _kept


def _kept(day: date) -> date:
    return day


def read_relationships(
    rows: Iterable[Sequence[Any]], segment_by_id: Mapping[int, Segment], read: Callable[[Any], date]
) -> list[Relationship]:
    """Return rows that begin with `RELATIONSHIP_COLUMNS` as domain values, their days read by `read`.

    Field by field in their order: naming ninety of them would be a tenth of a list.
    """
    return [
        Relationship(
            customer_id, external_id, name, owner_id, segment_by_id[segment_id].of(customer_id), STANDINGS[standing],
            value_minor, currency, ranked_value, read(since_on),
            Rhythm(touch_days, read(first_on), read(last_on), warmth) if touch_days else None,
            read(due_on), nudge_from_on and read(nudge_from_on), snoozed_until_on and read(snoozed_until_on),
            birthday_on and read(birthday_on), renewal_on and read(renewal_on), joined_on and read(joined_on),
            last_touch_id,
        )
        for (
            customer_id, external_id, name, owner_id, segment_id, standing, value_minor, currency, ranked_value,
            touch_days, warmth, last_touch_id, since_on, first_on, last_on, due_on, nudge_from_on, snoozed_until_on,
            birthday_on, renewal_on, joined_on, *_,
        ) in rows
    ]  # fmt: skip


# Who sleeps by the choice of somebody who does not own them.
_SNOOZED_BY = """SELECT DISTINCT c.id FROM nudge n
JOIN customer c ON c.workspace_id = n.workspace_id AND c.id = n.customer_id
    AND c.snoozed_until_on = n.snoozed_until_on
WHERE n.workspace_id = ? AND n.ended_by_id = ? AND n.state = 'snoozed' AND c.snoozed_until_on > ?
    AND (c.owner_id IS NULL OR c.owner_id <> ?)"""


def relationships(
    ledger: Ledger, *where: ColumnElement[bool], order_by: Any = None, limit: int | None = None
) -> list[Relationship]:
    """Return the relationships that match, as domain values."""
    columns = [col(getattr(Customer, name)) for name in RELATIONSHIP_COLUMNS]
    query = select(*columns).where(col(Customer.workspace_id) == ledger.workspace_id, *where)
    if order_by is not None:
        query = query.order_by(order_by)
    found = ledger.session.execute(query.limit(limit)).all()
    return read_relationships(found, segments(ledger) if found else {}, _kept)


def by_ids(ledger: Ledger, customer_ids: Collection[int]) -> dict[int, Relationship]:
    """Return relationships by customer id; ids of another workspace are simply not there."""
    words, ids = ledger.one_of(customer_ids)
    rows = ledger.ask(f"{_RELATIONSHIPS} AND id {words}", ledger.workspace_id, *ids) if customer_ids else ()
    found = read_relationships(rows, segments(ledger) if rows else {}, day_reader(ledger))
    return {relationship.customer_id: relationship for relationship in found}


def owned_by(owner_id: int | None) -> ColumnElement[bool]:
    """Match a teammate's customers; None matches the customers that nobody owns."""
    return col(Customer.owner_id).is_(None) if owner_id is None else col(Customer.owner_id) == owner_id


def with_a_day(ledger: Ledger, owner_ids: Collection[int] | None, *, today: date, until: date) -> list[Relationship]:
    """Return the owners' customers (None: everybody's) who may have a day to write on before `until`.

    A birthday, an anniversary, a renewal ahead or a week of their first month: what stands in the indexes. Whether it
    is an occasion is decided by `bot.domain.nudges`. Most owners have nobody on most days.
    """
    keys = day_keys(today, until)
    begun = (on + n for on, _ in FIRST_MONTH for n in range(FIRST_MONTH_FOR_DAYS))
    joined = keys.union(*(day_keys(today - timedelta(days=n), today - timedelta(days=n - 1)) for n in begun))
    ahead = max((s.renewal_ahead_days for s in segments(ledger).values()), default=0)
    one_of = ledger.is_any_of
    owned = "" if owner_ids is None else f" AND owner_id {one_of}"
    found = f"SELECT id FROM customer WHERE workspace_id = ?{owned} AND"  # noqa: S608  our own words
    whose = (ledger.workspace_id,) if owner_ids is None else (ledger.workspace_id, ledger.many(owner_ids))
    ids = ledger.ask(
        f"{found} birthday_key {one_of} UNION {found} joined_key {one_of} UNION {found} renewal_on BETWEEN ? AND ?",
        *whose, ledger.many(keys), *whose, ledger.many(joined),
        *whose, today.isoformat(), (today + timedelta(days=ahead)).isoformat(),
    )  # fmt: skip
    return list(by_ids(ledger, [row[0] for row in ids]).values()) if ids else []


def coming(ledger: Ledger, *, owner_id: int, today: date, days: int, limit: int) -> list[Relationship]:
    """Return an owner's customers that become due within the next days, soonest first."""
    window = col(Customer.nudge_from_on).between(today + timedelta(days=1), today + timedelta(days=days))
    awake = or_(col(Customer.snoozed_until_on).is_(None), col(Customer.snoozed_until_on) <= today)
    return relationships(ledger, owned_by(owner_id), window, awake, order_by=col(Customer.nudge_from_on), limit=limit)


def snoozed(ledger: Ledger, *, teammate_id: int, today: date, limit: int) -> tuple[list[Relationship], int]:
    """Return the sleeping customers that are somebody's, or that they put to sleep; and how many there are.

    The first to come back is the first of them.
    """
    asleep = col(Customer.snoozed_until_on) > today
    soonest = col(Customer.snoozed_until_on)
    own = relationships(ledger, owned_by(teammate_id), asleep, order_by=soonest, limit=limit)
    by_them = ledger.ask(_SNOOZED_BY, ledger.workspace_id, teammate_id, today.isoformat(), teammate_id)
    ids = [customer_id for (customer_id,) in by_them]
    others = relationships(ledger, col(Customer.id).in_(ids), order_by=soonest) if ids else []
    found = sorted([*own, *others], key=lambda one: (one.snoozed_until_on or today, one.customer_id))
    total = len(own)
    if total == limit:
        mine = select(func.count()).where(col(Customer.workspace_id) == ledger.workspace_id, owned_by(teammate_id))
        total = ledger.session.execute(mine.where(asleep)).scalar_one()
    return found[:limit], total + len(others)


def next_due(ledger: Ledger, *, owner_id: int | None, today: date) -> Relationship | None:
    """Return the owner's customer that becomes due next, or None."""
    found = relationships(
        ledger,
        owned_by(owner_id),
        col(Customer.nudge_from_on) > today,
        order_by=col(Customer.nudge_from_on),
        limit=1,
    )
    return found[0] if found else None


def workload(
    ledger: Ledger, *, owner_ids: Sequence[int], today: date, until: date
) -> tuple[dict[Segment, int], dict[date, int]]:
    """Return how many customers of some owners each segment has, and how many become due on each day until `until`.

    Those whom nobody is to be nudged about are left out of both.
    """
    places = ", ".join("?" * len(owner_ids))
    owned = f"workspace_id = ? AND owner_id IN ({places})", (ledger.workspace_id, *owner_ids)
    by_id = segments(ledger)
    numbers = ledger.ask(
        f"SELECT segment_id, count(*) FROM customer WHERE {owned[0]} AND nudge_from_on IS NOT NULL GROUP BY segment_id",  # noqa: S608  ours
        *owned[1],
    )
    days = ledger.ask(
        f"SELECT nudge_from_on, count(*) FROM customer WHERE {owned[0]} AND nudge_from_on > ? AND nudge_from_on <= ?"  # noqa: S608  ours
        " GROUP BY nudge_from_on",
        *owned[1], today.isoformat(), until.isoformat(),
    )  # fmt: skip
    return {by_id[row[0]]: row[1] for row in numbers}, {day_of(row[0]): row[1] for row in days}


def counts(ledger: Ledger, *, owner_id: int, today: date) -> tuple[int, int]:
    """Return how many customers an owner has, and how many of them are within their rhythm."""
    query = select(
        func.count(), func.count().filter(col(Customer.due_on) > today)
    ).where(col(Customer.workspace_id) == ledger.workspace_id, owned_by(owner_id))  # fmt: skip
    owned, in_rhythm = ledger.session.execute(query).one()
    return owned, in_rhythm


def names(ledger: Ledger) -> Sequence[tuple[int, str]]:
    """Return every customer's id and name, by name."""
    query = select(col(Customer.id), col(Customer.name)).where(col(Customer.workspace_id) == ledger.workspace_id)
    return [(row[0], row[1]) for row in ledger.session.execute(query.order_by(col(Customer.name_key)))]


def with_key_prefix(ledger: Ledger, prefix: str, *, limit: int) -> list[tuple[int, str, str]]:
    """Return id, name and name key of the customers whose name key begins with `prefix`, in the key's order."""
    query = (
        select(col(Customer.id), col(Customer.name), col(Customer.name_key))
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.name_key) >= prefix,
            col(Customer.name_key) < prefix + "\U0010ffff",
        )
        .order_by(col(Customer.name_key))
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in ledger.session.execute(query)]


def change(ledger: Ledger, customer_id: int, values: dict[str, Any]) -> None:
    """Update one customer's row."""
    ledger.tell(update_of(tuple(values)), *values.values(), ledger.workspace_id, customer_id)


@cache
def update_of(columns: tuple[str, ...]) -> str:
    """Return the statement that sets columns of one customer, by workspace and id."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE customer SET {sets} WHERE workspace_id = ? AND id = ?"  # noqa: S608  our own names


_HELD = "SELECT id, owner_id, last_touch_id, nudge_from_on FROM customer WHERE workspace_id = ? AND id {} ORDER BY id"


def held(ledger: Ledger, customer_ids: Collection[int]) -> dict[int, tuple[int | None, int | None, date | None]]:
    """Hold customers as `lock` does; return whose each is now, by its newest touch, and from when it may be nudged."""
    words, ids = ledger.one_of(customer_ids)
    rows = ledger.hold(_HELD.format(words), ledger.workspace_id, *ids)
    return {row[0]: (row[1], row[2], day_of(row[3])) for row in rows}


def lock(ledger: Ledger, customer_ids: Collection[int]) -> None:
    """Hold customers' rows until the transaction ends, in the order of ids, so that two who lock never wait in a ring.

    Others may write rows that point to them.
    """
    query = (
        select(col(Customer.id))
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id).in_(sorted(customer_ids)))
        .order_by(col(Customer.id))
        .with_for_update(key_share=True)
    )
    ledger.session.execute(query).all()


def with_key_inside(ledger: Ledger, part: str, *, limit: int) -> list[tuple[int, str]]:
    """Return id and name of the customers whose name key contains `part`, by name."""
    query = (
        select(col(Customer.id), col(Customer.name))
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.name_key).contains(part, autoescape=True),
        )
        .order_by(col(Customer.name_key))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in ledger.session.execute(query)]


def channels_of(ledger: Ledger, customer_ids: Collection[int]) -> dict[int, str | None]:
    """Return the preferred channels of customers, as they were written."""
    places = ", ".join("?" * len(customer_ids))
    query = f"SELECT id, preferred_channel FROM customer WHERE workspace_id = ? AND id IN ({places})"  # noqa: S608  ours
    return dict(ledger.ask(query, ledger.workspace_id, *customer_ids)) if customer_ids else {}


def total(ledger: Ledger) -> int:
    """Return how many customers the workspace has."""
    query = select(func.count()).where(col(Customer.workspace_id) == ledger.workspace_id)
    return int(ledger.session.execute(query).scalar_one())
