"""The rows that were not taken: named with line, field, value and remedy, and kept in a file that can be corrected."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.usecases.imports.reading import Table
from bot.usecases.imports.spreadsheet import REJECT_COLUMNS, harmless
from storage.bulk import BATCH, load
from storage.staging import REJECTED

SHOWN = 20
MAX_SHOWN_VALUE = 1_000


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row was not taken. Without a field, the value is the text of a row whose cells cannot be told apart."""

    line: int
    field: str
    value: str
    why: str

    def sentence(self, file_name: str) -> str:
        """Say it to a person: "customers.csv line 14: annual_value '12k5' is not a number. Write 12500 or 12.5k."."""
        if not self.field:
            return f"{file_name} line {self.line}: {self.why}"
        return f"{file_name} line {self.line}: {self.field} '{self.value[:80]}' {self.why}"


@dataclass(slots=True)
class Rejects:
    """Collects rejects in a staging table, so that a file of nothing but wrong rows needs no memory."""

    connection: Connection
    _waiting: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, line: int, name: str, value: str, why: str) -> None:
        """Reject the row on a line."""
        self._waiting.append((line, name, value[:MAX_SHOWN_VALUE], why))
        if len(self._waiting) >= BATCH:
            self.store()

    def store(self) -> None:
        """Put what was added into the staging table."""
        load(self.connection, REJECTED, ("line", "field", "value", "remedy"), self._waiting)
        self._waiting.clear()

    def count(self) -> int:
        """Return how many rows were rejected."""
        self.store()
        return self.connection.scalar(select(func.count()).select_from(REJECTED)) or 0

    def first(self) -> tuple[Reject, ...]:
        """Return the first few in the order of the file."""
        self.store()
        query = select(REJECTED).order_by(REJECTED.c.line).limit(SHOWN)
        return tuple(Reject(*row) for row in self.connection.execute(query))

    def write(self, path: Path, table: Table) -> None:
        """Write the rejected rows as they were, with the reason in front, safe to open in a spreadsheet."""
        self.store()
        query = select(REJECTED).order_by(REJECTED.c.line).execution_options(yield_per=BATCH)
        rejected = iter(self.connection.execute(query))
        reject = next(rejected, None)
        # What is corrected for the second time has reasons of the first, which would be columns twice.
        ours = [at for at, name in enumerate(table.header) if name.casefold() not in REJECT_COLUMNS]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*REJECT_COLUMNS, *(harmless(table.header[at]) for at in ours)])
            for line, cells in table.rows():
                while reject is not None and reject.line <= line:
                    is_row = reject.line == line and not isinstance(cells, str)
                    kept = [cells[at] for at in ours] if is_row else []
                    words = (reject.field, reject.value, reject.remedy)
                    writer.writerow([reject.line, *map(harmless, (*words, *kept))])
                    reject = next(rejected, None)
                if reject is None:
                    break
