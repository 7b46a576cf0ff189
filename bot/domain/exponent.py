"""How much silence weighs in a segment: learned from how many of its good customers stayed over one horizon."""

from collections.abc import Iterable
from dataclasses import dataclass

# Before anything was seen, four of ten are taken to slip (e = 0.6); a segment's own count soon outweighs it.
_PRIOR_SLIPPED, _PRIOR_LOOKED_AT = 4, 10
# How far back its good customers are looked at, and for how long, unless the team sets another horizon.
HORIZON_DAYS = 90
# A customer has a rhythm from three days of contact on.
RHYTHM_FROM_DAYS = 3
# Keys are rewritten only when the exponent moves by more than this.
EXPONENT_MOVES_BY = 0.05


@dataclass(frozen=True, slots=True)
class Followed:
    """A customer that had a rhythm one horizon ago: its value then, and what it gave a day before and since.

    What is given is money where amounts are known, else days with a touch.
    """

    value: float
    before: float
    since: float

    @property
    def slipped(self) -> bool:
        """Whether it gives less than half of what it gave."""
        return self.since < self.before / 2


@dataclass(frozen=True, slots=True)
class Stayed:
    """How many good customers were looked at, and how many of them slipped."""

    looked_at: int
    slipped: int


def count_stayed(followed: Iterable[Followed]) -> Stayed:
    """Look at the top third by value and count who slipped."""
    by_value = sorted(followed, key=lambda customer: -customer.value)
    top = by_value[: len(by_value) // 3]
    return Stayed(looked_at=len(top), slipped=sum(customer.slipped for customer in top))


def learned_exponent(looked_at: int, slipped: int) -> float:
    """Return e = 1 − (4 + slipped) / (10 + looked at): the more good customers stay, the more silence counts."""
    return 1 - (_PRIOR_SLIPPED + slipped) / (_PRIOR_LOOKED_AT + looked_at)
