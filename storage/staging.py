"""Where the rows of an import wait: temporary tables of one connection, which no other connection sees or waits for."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    func,
    insert,
    select,
)

from storage.bulk import load
from storage.columns import Instant
from storage.engine import Store
from storage.ledger import Ledger
from storage.sealed import Sealed, sealed_rows
from storage.transaction import Transaction

_TEMPORARY = MetaData()

# SQLite's own 2 MB make the indexes of a large import go back and forth between memory and disk.
_USUAL_CACHE_KB, _IMPORT_CACHE_KB = 2_000, 24_000


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _TEMPORARY, *columns, prefixes=["TEMPORARY"])


# `customer_id` is the customer that a row updates; `id` is the one that it becomes otherwise.
STAGED_CUSTOMER = _temporary(
    "staged_customer",
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger),
    Column("external_id", Text),
    Column("name", Text),
    Column("name_key", Text),
    Column("owner_id", BigInteger),
    Column("segment_id", BigInteger),
    Column("standing", Text),
    Column("value_minor", BigInteger),
    Column("currency", Text),
    Column("preferred_channel", Text),
    Column("locale", Text),
    Column("timezone", Text),
    Column("birthday_on", Date),
    Column("birthday_key", Integer),
    Column("since_on", Date),
    Column("joined_on", Date),
    Column("joined_key", Integer),
    Column("renewal_on", Date),
    Column("tags", Text),
    Column("notes", Sealed),
    Column("profile", Text),
    Column("has_contact", Boolean),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("last_contact_on", Date),
    Column("begun_on", Date),
    Column("warm_key", Float(53)),
    Column("ranked_value", Float(53)),
    Column("sort_key", Float(53)),
    Column("due_on", Date),
    Column("nudge_from_on", Date),
    Column("customer_id", BigInteger),
)

# `touch_id` is the newest revision under the same external id; `verdict` says what becomes of the row.
STAGED_TOUCH = _temporary(
    "staged_touch",
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger),
    Column("customer_id", BigInteger),
    Column("external_id", Text),
    Column("said_id", Boolean),
    Column("touched_at", Instant),
    Column("touched_on", Date),
    Column("kind", Text),
    Column("direction", Text),
    Column("by_id", BigInteger),
    Column("by_name", Text),
    Column("contact", Text),
    Column("amount_minor", BigInteger),
    Column("currency", Text),
    Column("note", Text),
    Column("revision", Integer),
    Column("touch_id", BigInteger),
    Column("verdict", Text),
)

REJECTED = _temporary(
    "rejected_row",
    Column("line", BigInteger),
    Column("field", Text),
    Column("value", Text),
    Column("remedy", Text),
)

# Customers whose derived state has to be worked out again before the transaction ends.
STALE_CUSTOMER = _temporary("stale_customer", Column("customer_id", BigInteger, primary_key=True, autoincrement=False))


@dataclass(frozen=True, slots=True)
class Staging:
    """A connection with empty staging tables. What is put into them waits for `writing`."""

    connection: Connection
    workspace_id: int

    @contextmanager
    def writing(self, *, keep: bool) -> Iterator[Ledger]:
        """Open the transaction that writes to the ledger; `keep=False` takes everything back at the end."""
        self.connection.commit()
        self.connection.execution_options(keepwarm_writes=True)
        with Transaction(self.connection.engine, connection=self.connection) as session:
            yield Ledger(session, self.workspace_id)
            if keep:
                session.commit()
            else:
                session.rollback()

    def count(self, table: Table) -> int:
        """Return the number of rows in a staging table."""
        return self.connection.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def staging(store: Store, workspace_id: int) -> Iterator[Staging]:
    """Open a connection with staging tables and close it afterwards, and the tables with it."""
    with store.engine.connect() as connection:
        _give_memory(connection, _IMPORT_CACHE_KB)
        _TEMPORARY.create_all(connection)
        connection.commit()
        try:
            yield Staging(connection, workspace_id)
        finally:
            connection.rollback()
            _TEMPORARY.drop_all(connection)
            connection.commit()
            _give_memory(connection, _USUAL_CACHE_KB)


def _give_memory(connection: Connection, kilobytes: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA main.cache_size = -{kilobytes}")


def stage(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows of a file into a staging table, notes as they are stored."""
    load(connection, table, columns, sealed_rows(columns, ("note", "notes"), rows))
    tell_planner(connection, table)


def tell_planner(connection: Connection, *tables: Table) -> None:
    """Let PostgreSQL look at what this connection just wrote: without statistics it plans for a handful of rows."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def mark_stale(connection: Connection, customer_ids: Select[int]) -> None:
    """Add customers to those whose derived state has to be worked out again."""
    fresh = customer_ids.distinct().subquery()
    column = fresh.c[0]
    rows = select(column).where(column.not_in(select(STALE_CUSTOMER.c.customer_id)))
    connection.execute(insert(STALE_CUSTOMER).from_select(["customer_id"], rows))


def mark_stale_ids(connection: Connection, customer_ids: Iterable[int]) -> None:
    """Add customers by their ids, each at most once in the life of the connection."""
    load(connection, STALE_CUSTOMER, ("customer_id",), ((customer_id,) for customer_id in customer_ids))
