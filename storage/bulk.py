"""Moving many rows at the speed of the driver: executemany on SQLite, COPY on PostgreSQL, inside our transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table

from storage.columns import Instant

BATCH = 2_000
# Each COPY is a round trip, so more go at once.
_COPY_BATCH = 5_000


def instant_encoder(connection: Connection) -> Callable[[datetime], Any]:
    """Return what turns an aware instant into the value that the driver stores."""
    kind, dialect = Instant(), connection.dialect
    return lambda at: kind.process_bind_param(at, dialect)


def load(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Append rows to `table` as they come, holding a batch at most; return how many.

    Values are the driver's own: ISO text for dates, `instant_encoder` for instants, JSON text for JSON.
    """
    if connection.dialect.name == "postgresql":
        return _copy(connection, table, columns, rows)
    return _executemany(connection, table, columns, rows)


def _executemany(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  our own names
    cursor = connection.connection.cursor()
    source, total = iter(rows), 0
    try:
        while batch := list(islice(source, BATCH)):
            cursor.executemany(statement, batch)
            total += len(batch)
    finally:
        cursor.close()
    return total


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    cursor: Any = connection.connection.cursor()
    source, total = iter(rows), 0
    try:
        while batch := list(islice(source, _COPY_BATCH)):
            with cursor.copy(statement) as copy:
                for row in batch:
                    copy.write_row(row)
            total += len(batch)
    finally:
        cursor.close()
    return total


def rewrite(
    connection: Connection, table: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set `columns` of the rows named by `keys`; a row is the columns' values, then the keys', all the driver's own."""
    if not rows:
        return
    cursor: Any = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            cursor.execute(
                _rewriting_together(connection, table, keys, columns),
                [list(values) for values in zip(*rows, strict=True)],
            )
        else:
            sets = ", ".join(f"{column} = ?" for column in columns)
            where = " AND ".join(f"{key} = ?" for key in keys)
            cursor.executemany(f"UPDATE {table.name} SET {sets} WHERE {where}", rows)  # noqa: S608  our own names
    finally:
        cursor.close()


def _rewriting_together(connection: Connection, table: Table, keys: Sequence[str], columns: Sequence[str]) -> str:
    """Return the statement that takes an array for each column: a statement a row costs several times the row."""
    named = (*columns, *keys)
    kinds = (table.c[name].type.compile(connection.dialect).partition(" COLLATE")[0] for name in named)
    sets = ", ".join(f"{column} = new.{column}" for column in columns)
    where = " AND ".join(f"{table.name}.{key} = new.{key}" for key in keys)
    return f"""UPDATE {table.name} SET {sets}
        FROM unnest({", ".join(f"%s::{kind}[]" for kind in kinds)}) AS new ({", ".join(named)})
        WHERE {where}"""  # noqa: S608  our own names
