"""One row of a touches file as values: whom it is about, when, how, and a key of its own if the file gives none."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from bot.domain.model import TouchKind
from bot.domain.names import name_key
from bot.usecases.imports.amounts import AmountColumn, currency_of
from bot.usecases.imports.cells import Plan, read_cells
from bot.usecases.imports.days import DayColumn
from bot.usecases.imports.mapping import ColumnMapping
from bot.usecases.imports.names import same_name
from bot.usecases.imports.refusal import FieldRefused, RowRefused
from bot.usecases.imports.roster import Roster
from bot.usecases.imports.setting import Setting
from bot.usecases.imports.words import read_direction, read_kind, usual_direction
from storage.columns import new_id
from storage.ledger import Ledger
from storage.staged_touches import customers_by

# The columns of a staged row, in the order of the tuples made here.
STAGED_COLUMNS = (
    "line", "id", "customer_id", "external_id", "said_id", "touched_at", "touched_on", "kind", "direction", "by_id",
    "by_name", "contact", "amount_minor", "currency", "note",
)  # fmt: skip

MAX_NOTE = 10_000
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """The customer that a cell names."""

    id: int
    currency: str


@dataclass(slots=True)
class CustomersNamed:
    """Finds customers by external id or exact name, a batch of cells at a time; remembers the latest, not all."""

    ledger: Ledger
    _known: dict[str, Found | str] = field(default_factory=dict)

    def learn(self, cells: Iterable[str]) -> None:
        """Look up the cells that are not remembered, in a query or two."""
        wanted = set(filter(None, cells))
        unknown = wanted - self._known.keys()
        if not unknown:
            return
        if len(self._known) + len(unknown) > _REMEMBERED:
            self._known = {cell: self._known[cell] for cell in wanted - unknown}
        for row in customers_by(self.ledger, "external_id", unknown):
            self._known[row.external_id] = Found(row.id, row.currency)
        keys = {cell: name_key(cell) for cell in unknown - self._known.keys()}
        by_key: dict[str, list[Any]] = {}
        for row in customers_by(self.ledger, "name_key", set(keys.values())):
            by_key.setdefault(row.name_key, []).append(row)
        for cell, key in keys.items():
            self._known[cell] = self._choose(cell, by_key.get(key, []))

    def named(self, cell: str) -> Found:
        """Return the customer that a learned cell names. Raises FieldRefused."""
        found = self._known[cell]
        if isinstance(found, str):
            raise FieldRefused(found)
        return found

    @staticmethod
    def _choose(cell: str, namesakes: Sequence[Any]) -> Found | str:
        exact = [row for row in namesakes if same_name(row.name, cell)]
        if len(exact) == 1:
            return Found(exact[0].id, exact[0].currency)
        if exact:
            return "is the name of several customers. Write the external_id of the one."
        if namesakes:
            return f"is no customer. Did you mean '{namesakes[0].name}'? Write that name or the external_id."
        return "is no customer, by external_id or by name. Import the customers first, or correct it."


@dataclass(slots=True)
class TouchRows:
    """Reads the rows of one file: `witness` every row first, then `learn` a batch and `read` its rows."""

    mapping: ColumnMapping
    setting: Setting
    roster: Roster
    customers: CustomersNamed
    # A refund is a touch too.
    _amounts: AmountColumn = field(default_factory=lambda: AmountColumn(below_zero=True))
    _days: DayColumn = field(default_factory=DayColumn)
    _plan: Plan = ()
    _customer_at: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        readers: dict[str, Callable[[str], Any]] = {
            "external_id": _within(200), "at": self._instant, "kind": lru_cache(1_000)(read_kind),
            "direction": lru_cache(1_000)(read_direction), "by": self._author, "contact": _within(200), "amount": str,
            "currency": lambda cell: currency_of(cell, self.setting.base_currency), "note": _within(MAX_NOTE),
        }  # fmt: skip
        columns = self.mapping.columns
        self._plan = [
            (column.field, column.index, readers[column.field]) for column in columns if column.field in readers
        ]
        named = (self.mapping.index_of("customer"), self.mapping.index_of("customer_name"))
        self._customer_at = tuple(index for index in named if index is not None)

    def witness(self, cells: Sequence[str]) -> None:
        """Let the row say how numbers and dates are written in its columns."""
        for name, index, _ in self._plan:
            if name == "at":
                self._days.witness(cells[index])
            elif name == "amount" and cells[index]:
                self._amounts.witness(cells[index])

    def learn(self, batch: Iterable[Sequence[str]]) -> None:
        """Look up the customers that a batch of rows names."""
        self.customers.learn(self._named(cells) for cells in batch)

    def read(self, line: int, cells: Sequence[str]) -> tuple[Any, ...]:
        """Return a row of a learned batch as STAGED_COLUMNS, the instant aware. Raises RowRefused."""
        customer = self._customer(cells)
        found = read_cells(self._plan, cells)
        get = found.get
        if "at" not in found:
            raise RowRefused("", "", "the row has no date in 'at'. Every touch needs one.")
        at, on = found["at"]
        kind: TouchKind = get("kind", TouchKind.MESSAGE)
        direction = get("direction") or usual_direction(kind)
        by_id, by_name = get("by", (None, None))
        amount, currency = self._amount(get("amount"), get("currency"), customer)
        external_id = get("external_id")
        said_id = external_id is not None
        if external_id is None:
            external_id = _content_key(customer.id, at, kind, direction, get("contact"), amount, currency, get("note"))
        is_kept = self.setting.notes_from is None or on >= self.setting.notes_from
        return (
            line, new_id(), customer.id, external_id, said_id, at, on.isoformat(), kind.value, direction.value, by_id,
            by_name, get("contact"), amount, currency, get("note") if is_kept else None,
        )  # fmt: skip

    def _named(self, cells: Sequence[str]) -> str:
        return next((cell for index in self._customer_at if (cell := " ".join(cells[index].split()))), "")

    def _customer(self, cells: Sequence[str]) -> Found:
        cell = self._named(cells)
        if not cell:
            raise RowRefused("", "", "the row names no customer. Write an external_id or a name.")
        try:
            return self.customers.named(cell)
        except FieldRefused as refusal:
            raise RowRefused("customer", cell, str(refusal)) from None

    def _instant(self, cell: str) -> tuple[datetime, date]:
        at, on = self._days.read_instant(cell, self.setting.zone)
        # A day alone is its noon, which may still be ahead on the day of the import.
        if on > self.setting.today or (at > self.setting.now and not self._days.is_day(cell)):
            raise FieldRefused(
                "is ahead of us. A touch is something that has happened: correct the date or leave it out."
            )
        return at, on

    def _author(self, cell: str) -> tuple[int | None, str | None]:
        """Return (teammate, None), or (None, the name) of somebody who is none."""
        by_id = self.roster.author(cell)
        return by_id, None if by_id else cell[:200]

    def _amount(self, written: str | None, currency: str | None, customer: Found) -> tuple[int | None, str | None]:
        if written is None:
            return None, None
        named = currency or self.mapping.currency or customer.currency
        try:
            return self._amounts.read(written, named, self.setting.base_currency)
        except FieldRefused as refusal:
            raise RowRefused("amount", written, str(refusal)) from None


def _content_key(*said: object) -> str:
    """Return the key of a touch without an id: the same words are the same touch, whenever they are imported."""
    return "content:" + hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _within(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise FieldRefused(f"is longer than {limit:,} letters. Shorten it.")
        return cell

    return read
