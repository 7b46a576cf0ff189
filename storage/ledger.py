"""The ledger of one workspace inside one transaction: what every query starts from, so that none can leave it out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Insert, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, select

from storage.columns import driver_values
from storage.models import DedupeKey
from storage.transaction import Transaction

RowT = TypeVar("RowT", bound=SQLModel)
_FEW = 20


@dataclass(slots=True, eq=False)
class Ledger:
    """A transaction and the workspace that it may see."""

    session: Transaction
    workspace_id: int

    def get(self, model: type[RowT], row_id: int | None) -> RowT | None:
        """Return one row of this workspace by its id, or None."""
        return None if row_id is None else self.session.get(model, (self.workspace_id, row_id))

    def rows(self, model: type[RowT], *where: ColumnElement[bool] | bool, order_by: Any = None) -> Sequence[RowT]:
        """Return the rows of this workspace that match, in the order of their keys unless another one is asked for.

        Without an order PostgreSQL answers as the rows lie on the disk, which every change of one of them shuffles.
        """
        query = select(model).where(model.workspace_id == self.workspace_id, *where)  # type: ignore[attr-defined]
        order = _key_of(model) if order_by is None else order_by if isinstance(order_by, tuple) else (order_by,)
        return self.session.exec(query.order_by(*order)).all()

    def first(self, model: type[RowT], *where: ColumnElement[bool] | bool) -> RowT | None:
        """Return the row of this workspace that matches and has the first key, or None."""
        query = select(model).where(model.workspace_id == self.workspace_id, *where)  # type: ignore[attr-defined]
        return self.session.exec(query.order_by(*_key_of(model)).limit(1)).first()

    def ask(self, query: str, *parameters: Any) -> list[Any]:
        """Return the rows of a query in the driver's own words, `?` for parameters, days as ISO text where it has none.

        For the few statements that every request and every digest begins with: expressions cost several times the read.
        """
        return self.session.ask(query, parameters)

    def hold(self, query: str, *parameters: Any) -> list[Any]:
        """Ask, and lock the rows until the transaction ends; others may still write rows that point to them."""
        return self.ask(query if self.has_one_writer else f"{query} FOR NO KEY UPDATE", *parameters)

    @property
    def has_one_writer(self) -> bool:
        """Say whether nobody else can write while this transaction does: what it has read stands."""
        return self.session.has_one_writer

    def tell(self, statement: str, *parameters: Any) -> int:
        """Execute a statement in the driver's own words that answers no rows; return how many it changed."""
        return self.session.tell(statement, parameters)

    def ask_each(self, query: str, each: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Ask the same with each of many parameters; return the rows of each."""
        return self.session.ask_each(query, each)

    def tell_each(self, statement: str, each: Sequence[Sequence[Any]]) -> int:
        """Tell the same with each of many parameters; return how many rows were changed in all."""
        return self.session.tell_each(statement, each)

    def stored(self, values: Iterable[Any]) -> list[Any]:
        """Return values as the database's driver takes them."""
        return driver_values(values, self.session.dialect)

    @property
    def is_any_of(self) -> str:
        """Return the words for a column that is one of many numbers; `many` makes those one parameter.

        However many they are, the text stays the same: it is parsed and planned once. For PostgreSQL five hundred
        parameters are more work than the answer.
        """
        return "IN (SELECT value FROM json_each(?))" if self.has_one_writer else "= ANY(?::bigint[])"

    def many(self, numbers: Iterable[int]) -> str:
        """Return numbers as the parameter of `is_any_of`: written out, which psycopg takes longer for than we do."""
        written = ",".join(map(str, numbers))
        return f"[{written}]" if self.has_one_writer else f"{{{written}}}"

    def one_of(self, numbers: Collection[int]) -> tuple[str, tuple[Any, ...]]:
        """Return the words for a column that is one of some numbers, and their parameters: few are looked up sooner
        where each is a parameter, many where all are one.
        """
        if len(numbers) <= _FEW:
            return f"IN ({', '.join('?' * len(numbers))})", tuple(numbers)
        return self.is_any_of, (self.many(numbers),)

    def add(self, row: RowT) -> RowT:
        """Write a row now, so that the database's constraints speak before anything builds on it."""
        self.session.add(row)
        self.session.flush()
        return row

    def insert_once(self, model: type[SQLModel], values: dict[str, Any]) -> bool:
        """Insert a row unless one with the same key is there; say whether it was inserted."""
        return insert_once(self.session, model, {"workspace_id": self.workspace_id, **values})

    def insert_all_once(self, model: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows that have the same columns, but those whose key is there."""
        wanted = [{"workspace_id": self.workspace_id, **row} for row in rows]
        if wanted:
            statement = _insert_once(model, self.session.dialect.name)
            self.session.connection().execute(statement, wanted)

    def is_first(self, key: str, *, now: datetime) -> bool:
        """Record that the request `key` takes effect in this transaction; False when it already did."""
        return self.insert_once(DedupeKey, {"key": key, "seen_at": now})


def insert_once(session: Transaction, model: type[SQLModel], values: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key is there, on either database; say whether it was inserted."""
    statement = _insert_once(model, session.dialect.name)
    return session.connection().execute(statement, values).rowcount == 1


@cache
def _key_of(model: type[SQLModel]) -> tuple[Any, ...]:
    return tuple(inspect(model).primary_key)


@cache
def _insert_once(model: type[SQLModel], dialect: str) -> Insert:
    flavour = postgresql if dialect == "postgresql" else sqlite
    statement: Insert = flavour.insert(model.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]
    # SQLAlchemy keeps the count of an INSERT on request only; without, PostgreSQL's would read -1 for every one.
    return statement.execution_options(preserve_rowcount=True)
