"""The cells of a row, each read by the reader of its column."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.usecases.imports.refusal import FieldRefused, RowRefused

# What is read from each row: the field, the place of its cell, and how its text is read.
Plan = Sequence[tuple[str, int, Callable[[str], Any]]]


def read_cells(plan: Plan, cells: Sequence[str]) -> dict[str, Any]:
    """Return what the filled cells of a row say, by field. Raises RowRefused for the first that can't be read."""
    found: dict[str, Any] = {}
    for name, index, reader in plan:
        if cell := cells[index].strip():
            try:
                found[name] = reader(cell)
            except FieldRefused as refusal:
                raise RowRefused(name, cell, str(refusal)) from None
    return found
