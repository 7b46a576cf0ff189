"""Names in a file that are nearly the name of another customer: reported for a person to judge, never merged."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from storage.ledger import Ledger
from storage.staged_customers import names_in_order

# Each key is held against this many before it in alphabetical order: linear in the number of customers.
_NEIGHBOURS = 4
LIKE_ENOUGH = 90
SHOWN = 50
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A new row whose name is like another's, in the file (`other_line`) or in the ledger (None)."""

    line: int
    name: str
    other: str
    other_line: int | None


def near_duplicates(ledger: Ledger) -> Iterator[NearDuplicate]:
    """Yield new rows whose name is nearly that of a neighbour in the order of name keys.

    Names with different numbers are different.
    """
    before: deque[tuple[str, str, int | None]] = deque(maxlen=_NEIGHBOURS)
    for key, name, line in names_in_order(ledger):
        for other_key, other, other_line in before:
            if (line is not None or other_line is not None) and _alike(key, other_key):
                if line is not None and (other_line is None or other_line < line):
                    yield NearDuplicate(line, name, other, other_line)
                elif other_line is not None:
                    yield NearDuplicate(other_line, other, name, line)
                break
        before.append((key, name, line))


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same but for case and spaces. Another legal form is another name."""
    return one.casefold().split() == other.casefold().split()


def _alike(key: str, other: str) -> bool:
    if key == other:
        return True
    if min(len(key), len(other)) < 4 or fuzz.ratio(key, other, score_cutoff=LIKE_ENOUGH) == 0:
        return False
    return _DIGITS.findall(key) == _DIGITS.findall(other)
