"""The clock: planning every owner's digest, and a tick that finds people due who have nothing to be told."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.book import NOW, TODAY, Book
from bench.driver_time import timing_driver
from bench.harness import Figure, at_most, compare
from bench.lists import THINNED
from bench.place import Place
from bench.raw import Statement, asked_by, begin, parameters, raw_connection
from bot.clock import tick
from bot.domain.attention import DIGEST_CAP
from bot.domain.model import Frequency
from bot.domain.working_time import next_digest_at
from bot.usecases.digest_rounds import BATCH, MOST_AT_ONCE, plan_due_digests
from storage import neglect_list
from storage.bulk import instant_encoder
from storage.columns import new_id
from storage.engine import Store
from storage.models import TeammateRow, Workspace

# Owners of small ledgers run out of customers that no digest named this week.
_DAYS = 3
# Where the people live who are due at one moment, and when they want their digest.
_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC")
_MINUTES = (480, 510, 540, 600)
_DIGEST = "INSERT INTO digest (workspace_id, id, audience, teammate_id, local_on, planned_at, left_out)"
_NUDGE = "INSERT INTO nudge (workspace_id, id, customer_id, teammate_id, occasions, planned_on, state, before)"
_CARD = "INSERT INTO digest_card (workspace_id, id, digest_id, nudge_id, position)"
_DELIVERY = """INSERT INTO delivery (workspace_id, id, key, kind, channel, subject_id, payload, state, due_at,
    created_at, attempts)"""
_APPEARANCE = "INSERT INTO appearance (workspace_id, customer_id, delivery_id)"
_NEXT = "UPDATE teammate SET next_digest_at = ? WHERE workspace_id = ? AND id = ?"


def measure_digests(place: Place) -> Iterator[Figure]:
    """Yield the figures of planning and ticking."""
    for database in place.databases():
        yield from _measure_planning(place, database)
    for database in place.databases():
        store = place.store(database, "ticking")
        _add_teammates(store, place.size.teammates)
        with raw_connection(store) as raw:
            limit, subject = _bare_ticks(store, raw), _ticks(store)
            timed = compare(lambda: next(limit), lambda: next(subject), rounds=min(place.size.rounds, _DAYS))  # noqa: B023
        what = f"tick with {place.size.teammates:,} people due / bare query and update, {database}"
        yield timed.figure(what, at_most(1.5))


def _measure_planning(place: Place, database: str) -> Iterator[Figure]:
    book, other = place.book(database), place.book(database, keep_one_touch_in=THINNED)
    planned: list[float] = []

    def plan() -> float:
        planned.append(next(days))
        return planned[-1]

    with raw_connection(other.store) as raw, timing_driver(book.store) as spent:
        limit, days = _bare_days(other, raw), _planned_days(book)
        timed = compare(lambda: next(limit), plan, rounds=min(place.size.rounds, _DAYS))
        in_driver = spent()
    what = f"digests of {len(book.owner_ids):,} owners planned"
    yield timed.figure(f"{what} / bare list and inserts, {database}", at_most(1.5))
    if in_driver is not None:
        total, days_planned = sum(planned), len(planned)
        yield Figure(
            f"{what} / the driver's share of that, {database}",
            total / in_driver,
            in_driver / days_planned * 1e6,
            total / days_planned * 1e6,
            "µs",
        )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _all_due(store: Store, moment: datetime) -> None:
    with store.engine.connect() as connection:
        at = instant_encoder(connection)(moment)
    with raw_connection(store) as raw:
        begin(raw)
        raw.execute(parameters(store, "UPDATE teammate SET next_digest_at = ?"), (at,))
        raw.commit()


def _planned_days(book: Book) -> Iterator[float]:
    for day in range(_DAYS + 1):
        now = NOW + timedelta(days=day)
        _all_due(book.store, now)
        yield _seconds(lambda: plan_due_digests(book.store, now=now))  # noqa: B023
        with raw_connection(book.store) as raw:
            # Slack takes them at once: what nobody saw would be said again on the next day.
            begin(raw)
            raw.execute("UPDATE delivery SET state = 'sent' WHERE state = 'pending'")
            raw.commit()
            _count_rows(book.store, raw)


def _count_rows(store: Store, raw: Any) -> None:
    """Let PostgreSQL count what was written, as it does by itself within a minute; days here last a second."""
    if store.engine.dialect.name == "postgresql":
        raw.execute("ANALYZE digest, digest_card, nudge, delivery, appearance, teammate")
        raw.commit()


def _bare_days(book: Book, raw: Any) -> Iterator[float]:
    """Yield what the least takes that a plan has to do: ask for each list, and write what a digest is made of."""
    for day in range(_DAYS + 1):
        asked = [_list_query(book, owner_id, day) for owner_id in book.owner_ids]
        yield _seconds(lambda: _write_digests(book, raw, asked, NOW + timedelta(days=day), day))  # noqa: B023
        _count_rows(book.store, raw)


def _list_query(book: Book, owner_id: int, day: int) -> Statement:
    def ask(ledger: Any) -> None:
        # Those of the days before come first, as nothing was done about them.
        neglect_list.neglected(ledger, today=TODAY, limit=DIGEST_CAP * (day + 1) + 1, owner_id=owner_id)

    return asked_by(book.store, book.workspace_id, ask)[-1]


def _write_digests(book: Book, raw: Any, asked: list[Statement], now: datetime, day: int) -> None:
    with book.store.engine.connect() as connection:
        at = instant_encoder(connection)(now)
    on = now.date().isoformat()
    for first in range(0, len(asked), BATCH):
        rows: dict[str, list[tuple[Any, ...]]] = {
            table: [] for table in (_DIGEST, _NUDGE, _CARD, _DELIVERY, _APPEARANCE)
        }
        begin(raw)
        for owner_id, (query, values) in zip(book.owner_ids[first : first + BATCH], asked[first:], strict=False):
            shown = raw.execute(query, values).fetchall()[DIGEST_CAP * day :][:DIGEST_CAP]
            digest_id, delivery_id = new_id(), new_id()
            key = f"teammate:{owner_id}"
            rows[_DIGEST].append((1, digest_id, key, owner_id, on, at, 0))
            for position, customer in enumerate(shown, start=1):
                nudge_id = new_id()
                rows[_NUDGE].append((1, nudge_id, customer[0], owner_id, "overdue", on, "open", "{}"))
                rows[_CARD].append((1, new_id(), digest_id, nudge_id, position))
                rows[_APPEARANCE].append((1, customer[0], delivery_id))
            rows[_DELIVERY].append(
                (1, delivery_id, f"digest:{key}:{on}", "digest", "U1", digest_id, "{}", "pending", at, at, 0)
            )
        cursor = raw.cursor()
        for statement, wanted in rows.items():
            places = ", ".join("?" * len(wanted[0])) if wanted else ""
            if wanted:
                cursor.executemany(parameters(book.store, f"{statement} VALUES ({places})"), wanted)
        cursor.executemany(
            parameters(book.store, _NEXT), [(at, 1, owner_id) for owner_id in book.owner_ids[first : first + BATCH]]
        )
        raw.commit()


def _add_teammates(store: Store, count: int) -> None:
    with store.session() as session:
        session.add(Workspace(id=1, slack_team_id="T0TICK", installed_at=NOW))
        session.flush()
        session.add_all(
            TeammateRow(
                workspace_id=1,
                id=number,
                slack_user_id=f"U{number:06}",
                name=f"Person {number}",
                timezone=_ZONES[number % len(_ZONES)],
                digest_minute=_MINUTES[number % len(_MINUTES)],
            )
            for number in range(1, count + 1)
        )


def _ticks(store: Store) -> Iterator[float]:
    for day in range(_DAYS + 1):
        now = NOW + timedelta(days=day)
        _all_due(store, now)
        yield _seconds(lambda: tick(store, now=now))  # noqa: B023


def _bare_ticks(store: Store, raw: Any) -> Iterator[float]:
    """Yield what it takes to find the people and to move their next hour ahead, some hundred in a transaction."""
    with store.engine.connect() as connection:
        encode = instant_encoder(connection)
    find = "SELECT id, timezone, digest_minute, work_days FROM teammate WHERE next_digest_at <= ? LIMIT ?"
    for day in range(_DAYS + 1):
        now = NOW + timedelta(days=day)
        _all_due(store, now)
        begun = time.perf_counter()
        while True:
            begin(raw)
            due = raw.execute(parameters(store, find), (encode(now), MOST_AT_ONCE)).fetchall()
            moved = [
                (_next(now, timezone, minute, work_days, encode), 1, teammate_id)
                for teammate_id, timezone, minute, work_days in due
            ]
            raw.cursor().executemany(parameters(store, _NEXT), moved)
            raw.commit()
            if len(due) < MOST_AT_ONCE:
                break
        yield time.perf_counter() - begun


def _next(now: datetime, timezone: str, minute: int, work_days: str, encode: Callable[[datetime], Any]) -> Any:
    found = next_digest_at(
        now, timezone=timezone, minute=minute, work_days=work_days, frequency=Frequency.DAILY
    )  # fmt: skip
    return encode(found) if found else None
