"""A changed policy worked into a segment, beside one UPDATE of the same rows by the driver."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle

from bench.book import NOW, Book, write_book
from bench.harness import Figure, Target, at_least, compare
from bench.place import Place
from bench.raw import begin, parameters, raw_connection
from bot.recomputing import work_in_next
from bot.usecases.working_in import start
from storage.models import SegmentRow

# A round of a hundred thousand takes seconds, and no touch is read.
_ROUNDS, _TOUCHES_EACH = 3, 3
# Keys and days, as a policy changes them; a key that moves a little moves its entry in the index.
_UPDATE = """UPDATE customer SET sort_key = sort_key + ?, due_on = due_on, nudge_from_on = nudge_from_on
WHERE workspace_id = ? AND segment_id = ?"""


def measure_recomputing(place: Place) -> Iterator[Figure]:
    """Yield the figures of an exponent that was set, which leaves rhythms as they are, and of a cadence."""
    for database in place.databases():
        large = _large_segment(place, database)
        exponents, cadences = cycle((0.6, 0.7)), cycle((20, 40))
        yield _beside_update(
            large, _first_segment(large), lambda row: setattr(row, "exponent", next(exponents)),  # noqa: B023
            min(place.size.rounds, _ROUNDS),
            f"exponent worked into a segment of {large.customers:,} / one UPDATE, {database}",
            at_least(0.3, guard=0.05),
        )  # fmt: skip
        book = place.book(database)
        yield _beside_update(
            book, _first_segment(book), lambda row: setattr(row, "set_cadence_days", next(cadences)), place.size.rounds,  # noqa: B023
            f"cadence worked into a segment, its touches replayed / one UPDATE, {database}", None,
        )  # fmt: skip


def _large_segment(place: Place, database: str) -> Book:
    """Write a ledger whose customers are all in one segment."""
    many = place.size.recomputed
    size = replace(place.size, customers=many, touches=many * _TOUCHES_EACH)
    return write_book(place.store(database, "recomputing"), size, cadences=(30,))


def _beside_update(
    book: Book, segment_id: int, change: Callable[[SegmentRow], None], rounds: int, what: str, target: Target | None
) -> Figure:
    update = parameters(book.store, _UPDATE)
    steps = cycle((0.001, -0.001))
    with raw_connection(book.store) as raw:

        def updated() -> float:
            began = time.perf_counter()
            begin(raw)
            raw.execute(update, (next(steps), book.workspace_id, segment_id))
            raw.commit()
            return time.perf_counter() - began

        def worked_in() -> float:
            with book.store.write(book.workspace_id) as ledger:
                row = ledger.get(SegmentRow, segment_id)
                assert row is not None
                # Learned anew it would move by itself, and that is another figure.
                row.set_cadence_days = row.set_cadence_days or round(row.cadence_days)
                start(ledger, row, by_id=None)
                change(row)
                ledger.add(row)
            began = time.perf_counter()
            while (progress := work_in_next(book.store, book.workspace_id, now=NOW)) and not progress.finished:
                pass
            return time.perf_counter() - began

        timed = compare(updated, worked_in, rounds=rounds)
    ratio = 1 / timed.slower
    return Figure(what, ratio, timed.limit * 1e3, timed.subject * 1e3, "ms", target)


def _first_segment(book: Book) -> int:
    with book.store.read(book.workspace_id) as ledger:
        return min(row.id for row in ledger.rows(SegmentRow))
