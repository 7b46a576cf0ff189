"""Writing a touch: the use-case in its transaction, beside bare statements in one of the driver's, equally durable.

Two limits. The bare insert and update know beforehand what to write. Nobody does: warmth, keys and due day follow from
the customer's row and its segment's policy, so the other limit reads (and on PostgreSQL holds) that row first. Neither
looks whether a nudge waits or a message shows the customer, as the use-case must. Both write keys and days that differ
from row to row as real ones do: equal ones would all end in one page of the index.
"""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from bench.book import NOW, SEED, TODAY, Book
from bench.harness import Figure, alternate, at_least
from bench.place import Place
from bench.raw import begin, parameters, raw_connection
from bot.domain.model import Direction, Source, TouchKind
from bot.usecases.touches import NewTouch, record_touch
from storage.bulk import instant_encoder
from storage.columns import new_id

_INSERT = """INSERT INTO touch (workspace_id, id, customer_id, revision, retracted, touched_at, touched_on, kind,
    direction, by_id, note, source, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UPDATE = """UPDATE customer SET touch_days = touch_days + 1, last_on = ?, warmth = ?, last_touch_id = ?, warm_key = ?,
    sort_key = ?, due_on = ?, silent_since_on = ?, nudge_from_on = ?, snoozed_until_on = NULL, snoozed_in_a_row = 0
    WHERE workspace_id = ? AND id = ?"""
_READ = """SELECT segment_id, since_on, ranked_value, standing, snoozed_until_on, touch_days, first_on, last_on, warmth
    FROM customer WHERE workspace_id = ? AND id = ?"""
_SEGMENT = "SELECT policy, cadence_days, exponent FROM segment WHERE workspace_id = ? AND id = ?"


def measure_touches(place: Place) -> Iterator[Figure]:
    """Yield the figure of a touch on every database."""
    for database in place.databases():
        book = place.book(database)
        # Nobody is talked to twice: a second touch of the same day is another, rarer path.
        customer_ids = iter(Random(SEED).sample(range(1, book.customers + 1), book.customers))
        rounds, calls = place.size.rounds, place.size.calls
        with raw_connection(book.store) as raw:
            for what, reads in (("insert and update", False), ("read, insert and update", True)):
                limit = _bare(book, raw, customer_ids, reads=reads)
                timed = alternate(limit, _recording(book, customer_ids), rounds=rounds, calls=calls)
                yield timed.figure(f"touch recorded / bare {what}, {database}", at_least(0.75))


def _recording(book: Book, customer_ids: Iterator[int]) -> Callable[[], None]:
    def record() -> None:
        new = NewTouch(
            customer_id=next(customer_ids), at=NOW, on=TODAY, kind=TouchKind.CALL, direction=Direction.OUTBOUND,
            source=Source.REPLY, by_id=1, note="wants pricing by Friday",
        )  # fmt: skip
        with book.store.write(book.workspace_id) as ledger:
            record_touch(ledger, new, now=NOW, today=TODAY)

    return record


def _bare(book: Book, raw: Any, customer_ids: Iterator[int], *, reads: bool) -> Callable[[], None]:
    held = "" if isinstance(raw, sqlite3.Connection) else " FOR NO KEY UPDATE"
    statements = (_INSERT, _UPDATE, _READ + held, _SEGMENT)
    insert, update, read, segment = (parameters(book.store, statement) for statement in statements)
    with book.store.engine.connect() as connection:
        now = instant_encoder(connection)(NOW)
    today, random = TODAY.isoformat(), Random(SEED)
    dues = [(TODAY + timedelta(days=days)).isoformat() for days in range(7, 120)]

    def write() -> None:
        customer_id, touch_id = next(customer_ids), new_id()
        begin(raw)
        if reads:
            ((segment_id, *_),) = raw.execute(read, (1, customer_id)).fetchall()
            raw.execute(segment, (1, segment_id)).fetchall()
        raw.execute(
            insert,
            (1, touch_id, customer_id, 1, False, now, today, "call", "outbound", 1, "wants pricing by Friday", "reply",
             now),
        )  # fmt: skip
        warm_key, sort_key, due = random.uniform(60, 100), random.uniform(-40, -20), random.choice(dues)
        raw.execute(update, (today, 1.5, touch_id, warm_key, sort_key, due, today, due, 1, customer_id))
        raw.commit()

    return write
