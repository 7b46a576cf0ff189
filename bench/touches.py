"""Writing a touch: the use-case in its transaction, beside a bare insert and update in one of the driver's."""

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


def measure_touches(place: Place) -> Iterator[Figure]:
    """Yield the figure of a touch on every database."""
    for database in place.databases():
        book = place.book(database)
        # Nobody is talked to twice: a second touch of the same day is another, rarer path.
        customer_ids = iter(Random(SEED).sample(range(1, book.customers + 1), book.customers))
        with raw_connection(book.store) as raw:
            timed = alternate(
                _bare(book, raw, customer_ids),
                _recording(book, customer_ids),
                rounds=place.size.rounds,
                calls=place.size.calls,
            )
        yield timed.figure(f"touch recorded / bare insert and update, {database}", at_least(0.6))


def _recording(book: Book, customer_ids: Iterator[int]) -> Callable[[], None]:
    def record() -> None:
        new = NewTouch(
            customer_id=next(customer_ids), at=NOW, on=TODAY, kind=TouchKind.CALL, direction=Direction.OUTBOUND,
            source=Source.REPLY, by_id=1, note="wants pricing by Friday",
        )  # fmt: skip
        with book.store.write(book.workspace_id) as ledger:
            record_touch(ledger, new, now=NOW, today=TODAY)

    return record


def _bare(book: Book, raw: Any, customer_ids: Iterator[int]) -> Callable[[], None]:
    insert, update = (parameters(book.store, statement) for statement in (_INSERT, _UPDATE))
    with book.store.engine.connect() as connection:
        now = instant_encoder(connection)(NOW)
    today, due = TODAY.isoformat(), (TODAY + timedelta(days=30)).isoformat()

    def write() -> None:
        customer_id, touch_id = next(customer_ids), new_id()
        begin(raw)
        raw.execute(
            insert,
            (1, touch_id, customer_id, 1, False, now, today, "call", "outbound", 1, "wants pricing by Friday", "reply",
             now),
        )  # fmt: skip
        raw.execute(update, (today, 1.5, touch_id, 80.5, 3.25, due, today, due, 1, customer_id))
        raw.commit()

    return write
