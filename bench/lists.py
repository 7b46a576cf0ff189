"""The list: the best ten of an owner, beside the same SQL by the raw driver, a primary-key get, and fewer touches."""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random

from bench.book import SEED, TODAY, Book
from bench.harness import Figure, alternate, at_most
from bench.place import Place
from bench.raw import asked_by, parameters, raw_connection, replay
from storage import neglect_list
from storage.customers import RELATIONSHIP_COLUMNS
from storage.ledger import Ledger

TEN = 10
OWNERS = 50
THINNED = 10


def measure_lists(place: Place) -> Iterator[Figure]:
    """Yield the figures of the list on every database."""
    size = place.size
    for database in place.databases():
        book, thin = place.book(database), place.book(database, keep_one_touch_in=THINNED)
        owners = cycle(Random(SEED).sample(book.owner_ids, min(OWNERS, len(book.owner_ids))))
        subject = _asking(book, owners)
        sent = [asked_by(book.store, book.workspace_id, _top_ten(next(owners))) for _ in range(OWNERS)]
        get, get_all = (
            parameters(book.store, f"SELECT {columns} FROM customer WHERE workspace_id = 1 AND id = ?")
            for columns in ("name", ", ".join(RELATIONSHIP_COLUMNS))
        )
        with raw_connection(book.store) as raw:
            statements, keys = cycle(sent), cycle(Random(SEED).sample(range(1, book.customers + 1), OWNERS))

            def same_sql() -> None:
                replay(raw, next(statements))  # noqa: B023

            def primary_key() -> None:
                replay(raw, [(get, (next(keys),))])  # noqa: B023

            def ten_gets() -> None:
                replay(raw, [(get_all, (next(keys),)) for _ in range(TEN)])  # noqa: B023

            timed = alternate(same_sql, subject, rounds=size.rounds, calls=size.calls)
            yield timed.figure(f"top ten of an owner / same SQL by the driver, {database}", at_most(1.5))
            timed = alternate(primary_key, same_sql, rounds=size.rounds, calls=size.calls)
            yield timed.figure(f"that SQL / primary-key get, both by the driver, {database}")
            timed = alternate(primary_key, subject, rounds=size.rounds, calls=size.calls)
            yield timed.figure(f"top ten of an owner / primary-key get by the driver, {database}", at_most(2, guard=60))
            timed = alternate(ten_gets, subject, rounds=size.rounds, calls=size.calls)
            yield timed.figure(f"top ten of an owner / ten primary-key gets of its columns by the driver, {database}")
        few = _asking(thin, owners)
        timed = alternate(few, subject, rounds=size.rounds, calls=size.calls)
        yield timed.figure(f"top ten with {THINNED} times the touches, {database}", at_most(1.3))


def _top_ten(owner_id: int) -> Callable[[Ledger], object]:
    """Ask as the digest and /whois-neglected do."""
    return lambda ledger: neglect_list.neglected(ledger, today=TODAY, limit=TEN, owner_id=owner_id)


def _asking(book: Book, owners: Iterator[int]) -> Callable[[], None]:
    def ask() -> None:
        with book.store.read(book.workspace_id) as ledger:
            _top_ten(next(owners))(ledger)

    return ask
