"""Writing everything that is encrypted anew with the newest key, some rows at a time.

The columns are those of the metadata whose type encrypts, so that a new one is not forgotten.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, String, Table, and_, func, select, tuple_, type_coerce, update
from sqlmodel import Session

from storage.columns import Encrypted
from storage.sealed import MARK, Keys, Sealed, SealedJson
from storage.tables import metadata

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A table with its encrypted columns."""

    table: Table
    columns: tuple[Column[Any], ...]


def places() -> Iterator[Place]:
    """Yield every table that has something encrypted."""
    for table in metadata.sorted_tables:
        columns = tuple(column for column in table.c if isinstance(column.type, Encrypted | Sealed | SealedJson))
        if columns:
            yield Place(table, columns)


def count(session: Session, place: Place) -> int:
    """Return how many rows a table has."""
    return int(session.execute(select(func.count()).select_from(place.table)).scalar_one())


def rekey_some(
    session: Session, place: Place, keys: Keys, *, after: tuple[Any, ...] | None, chunk: int = CHUNK
) -> tuple[tuple[Any, ...] | None, int, int]:
    """Rewrite the next rows; return (the last row's key, None at the end; rows seen; values rewritten).

    The rows are locked from the read to the write, so that nobody's change between them is lost. Raises KeyMissing or
    InvalidToken for a value of a key that is not among them.
    """
    key = list(place.table.primary_key.columns)
    query = select(*key, *(_raw(column) for column in place.columns)).order_by(*key).limit(chunk).with_for_update()
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    rows = session.execute(query).all()
    rewritten = 0
    for row in rows:
        where = and_(*(column == value for column, value in zip(key, row, strict=False)))
        for column, stored in zip(place.columns, row[len(key) :], strict=True):
            fresh = _fresh(column, stored, keys)
            if fresh is not None:
                changed = update(place.table).where(where).values({column: type_coerce(fresh, _plain(column))})
                session.connection().execute(changed)
                rewritten += 1
    return (tuple(rows[-1][: len(key)]) if len(rows) == chunk else None), len(rows), rewritten


def _plain(column: Column[Any]) -> Any:
    return column.type.impl_instance if isinstance(column.type, SealedJson) else String()


def _raw(column: Column[Any]) -> Any:
    return type_coerce(column, _plain(column))


def _fresh(column: Column[Any], stored: Any, keys: Keys) -> Any:
    """Return a stored value as the newest key writes it; None when there is nothing to do."""
    if stored in (None, "") or (isinstance(stored, str) and keys.wrote(stored)):
        return None
    if isinstance(column.type, Encrypted):
        return keys.rotate(stored.encode()).decode()
    if isinstance(stored, str) and stored.startswith(MARK):
        return keys.seal(keys.unseal(stored))
    return keys.seal(json.dumps(stored) if isinstance(column.type, SealedJson) else stored)
