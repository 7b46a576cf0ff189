"""Writing a large, skewed ledger at the driver's pace, with the state that its touches give every customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from bench.sizes import Size
from bot.domain.model import Direction, Segment, Source, Standing, TouchKind
from bot.domain.rhythm import derive, replay
from storage.bulk import instant_encoder, load
from storage.engine import Store
from storage.models import Customer, SegmentRow, TeammateRow, Touch, Workspace

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday
TODAY = NOW.date()
SEED = 7
CADENCES = (7, 14, 21, 30, 45, 60, 90, 180)
_AT_ONCE = 5_000
_CUSTOMER = (
    "workspace_id", "id", "external_id", "name", "name_key", "owner_id", "segment_id", "standing", "value_minor",
    "currency", "since_on", "tags", "notes", "profile", "touch_days", "first_on", "last_on", "last_touch_id", "warmth",
    "warm_key", "ranked_value", "sort_key", "due_on", "silent_since_on", "nudge_from_on", "snoozed_until_on",
    "snoozed_in_a_row",
)  # fmt: skip
_TOUCH = (
    "workspace_id", "id", "customer_id", "revision", "retracted", "touched_at", "touched_on", "kind", "direction",
    "by_id", "note", "source", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Book:
    """A written ledger: its workspace, its owners' ids and how many customers it has (ids 1 to that)."""

    store: Store
    workspace_id: int
    owner_ids: tuple[int, ...]
    customers: int


def write_book(store: Store, size: Size, *, keep_one_touch_in: int = 1, cadences: Sequence[int] = CADENCES) -> Book:
    """Fill an empty, migrated database; the same size gives the same customers every time.

    Values and numbers of touches follow a power law, owners have about as many customers each, silence is spread so
    that about a third is due. `keep_one_touch_in` thins the touches out and leaves the customers as they are; there is
    a segment for each of `cadences`, in days.
    """
    segments = [Segment(number, f"Segment {days}", cadence_days=days) for number, days in enumerate(cadences, start=1)]
    with store.session() as session:
        session.add(Workspace(id=1, slack_team_id="T0BENCH", timezone="Europe/Berlin", installed_at=NOW))
        session.flush()
        session.add_all(
            SegmentRow(workspace_id=1, id=s.id, name=s.name, cadence_days=s.cadence_days, exponent=s.exponent)
            for s in segments
        )
        session.add_all(
            TeammateRow(workspace_id=1, id=number, slack_user_id=f"U{number:06}", name=f"Owner {number}", seen_at=NOW)
            for number in range(1, size.owners + 1)
        )
    touch_id = 0
    for first in range(1, size.customers + 1, _AT_ONCE):
        with store.session() as session:
            connection = session.connection()
            at = instant_encoder(connection)
            customers: list[tuple[Any, ...]] = []
            touches: list[tuple[Any, ...]] = []
            for number in range(first, min(first + _AT_ONCE, size.customers + 1)):
                random = Random(SEED * 10_000_019 + number)
                segment = random.choice(segments)
                days = list(_touch_days(random, segment, mean=size.touches / size.customers))
                for place, day in enumerate(days):
                    touch_id += 1
                    if place % keep_one_touch_in == 0:
                        touches.append(_touch_row(random, touch_id, number, day, at, size.owners))
                customers.append(_customer_row(random, number, segment, days, touch_id, size.owners))
            load(connection, Customer.__table__, _CUSTOMER, customers)  # type: ignore[attr-defined]
            load(connection, Touch.__table__, _TOUCH, touches)  # type: ignore[attr-defined]
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Book(store, 1, tuple(range(1, size.owners + 1)), size.customers)


def _touch_days(random: Random, segment: Segment, *, mean: float) -> Iterator[date]:
    """Yield the local days of a customer's touches, oldest first: a power law of numbers, gaps around the cadence."""
    # A Pareto of shape 1.5 has mean 3; the cap keeps one customer from owning the ledger.
    many = min(int(mean / 3 * random.paretovariate(1.5)), int(mean * 50))
    gap = segment.cadence_days * random.lognormvariate(0, 0.4)
    ago = [random.expovariate(1 / gap)]
    for _ in range(many - 1):
        ago.append(ago[-1] + random.expovariate(1 / gap))
    yield from (TODAY - timedelta(days=min(int(days), 7_000)) for days in reversed(ago[:many]))


def _customer_row(
    random: Random, number: int, segment: Segment, days: list[date], last_touch_id: int, owners: int
) -> tuple[Any, ...]:
    rhythm = replay(days, segment)
    since_on = days[0] if days else TODAY - timedelta(days=random.randrange(400))
    value_minor = int(100_000 * random.paretovariate(1.16))
    standing = Standing.LURKER if random.random() < 0.05 else Standing.CUSTOMER
    snoozed_until_on = TODAY + timedelta(days=random.randrange(1, 30)) if random.random() < 0.03 else None
    derived = derive(
        rhythm, since_on=since_on, segment=segment, ranked_value=value_minor / 100, standing=standing,
        snoozed_until_on=snoozed_until_on, muted=False,
    )  # fmt: skip
    name = f"Customer {number:07}"
    return (
        1, number, f"C{number}", name, name.lower(), random.randrange(owners) + 1, segment.id, standing.value,
        value_minor, "EUR", since_on.isoformat(), "", "", "{}", rhythm.touch_days if rhythm else 0,
        _iso(days[0] if days else None), _iso(days[-1] if days else None), last_touch_id if days else None,
        rhythm.recent if rhythm else None, derived.warm_key, value_minor / 100, derived.sort_key, _iso(derived.due_on),
        _iso(derived.silent_since_on), _iso(derived.nudge_from_on), _iso(snoozed_until_on), 0,
    )  # fmt: skip


def _touch_row(random: Random, touch_id: int, customer_id: int, day: date, at: Any, owners: int) -> tuple[Any, ...]:
    moment = at(datetime.combine(day, time(10), tzinfo=UTC))
    kind = random.choice((TouchKind.CALL, TouchKind.EMAIL, TouchKind.MEETING))
    return (
        1, touch_id, customer_id, 1, False, moment, day.isoformat(), kind.value, Direction.OUTBOUND.value,
        random.randrange(owners) + 1, "talked about the renewal", Source.IMPORT.value, moment,
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
