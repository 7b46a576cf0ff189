"""The inner circle has seats: who fits in, who may leave, and who is talked to as somebody further out is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

SEATS_EACH = 8
SEATS_TEAM = 30
MOST_SEATS = 150

# How many of the latest days of contact say how often somebody is talked to lately.
LATELY_TOUCHES = 3
DRIFTS_AFTER = 2.0
# A circle of fewer has no rhythm of its own; the segment's cadence stands in.
SMALLEST_CIRCLE = 3
# Who was just given a seat has not had the time to use it; who was kept in theirs is not asked about soon.
GRACE = timedelta(days=60)
ASK_AGAIN_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Seated:
    """A customer in the inner circle. `days` are the latest days of contact, newest first; `since_on` is the first day
    that can have been one. `seated_on` and `kept_on` are when the seat was given and last confirmed."""

    customer_id: int
    name: str
    owner_id: int | None
    cadence_days: float
    since_on: date
    value_minor: int | None = None
    currency: str = "EUR"
    days: tuple[date, ...] = ()
    seated_on: date | None = None
    kept_on: date | None = None

    @property
    def last_on(self) -> date | None:
        """The last day of contact."""
        return self.days[0] if self.days else None


@dataclass(frozen=True, slots=True)
class Drifting:
    """Somebody in the circle whose contact fits an outer ring: talked to every `lately_days`."""

    customer_id: int
    name: str
    lately_days: int


@dataclass(frozen=True, slots=True)
class Seats:
    """How many seats there are, and how many are taken, in one teammate's circle and in the team's."""

    each: int
    team: int
    taken: int
    team_taken: int

    @property
    def is_full(self) -> bool:
        """Whether nobody can be added."""
        return self.own_is_full or self.team_taken >= self.team

    @property
    def own_is_full(self) -> bool:
        """Whether it is the teammate's own circle that has no seat left."""
        return self.taken >= self.each


@dataclass(frozen=True, slots=True)
class CircleView:
    """A teammate's inner circle in the App Home: who is in it, and who drifts out of it."""

    seats: Seats
    members: tuple[Seated, ...] = ()
    drifting: tuple[Drifting, ...] = ()


def lately_days(seated: Seated, today: date) -> float:
    """Return the mean gap of the latest contact, in days: the silence of now counts as a gap that goes on."""
    days = seated.days[:LATELY_TOUCHES]
    oldest, gaps = (days[-1], len(days)) if days else (seated.since_on, 1)
    return max(0, (today - oldest).days) / gaps


def drifting(circle: Sequence[Seated], today: date) -> list[Drifting]:
    """Return who has for a while been talked to as an outer ring is, the longest gap first.

    That is both: over twice the median gap of the circle, and not more often than their segment is meant to be.
    """
    gaps = {seated.customer_id: lately_days(seated, today) for seated in circle}
    usual = median(gaps.values()) if len(circle) >= SMALLEST_CIRCLE else None
    found = [
        Drifting(seated.customer_id, seated.name, round(gaps[seated.customer_id]))
        for seated in circle
        if _is_asked_about(seated, today)
        and gaps[seated.customer_id] > DRIFTS_AFTER * (usual if usual is not None else seated.cadence_days)
        and gaps[seated.customer_id] >= seated.cadence_days
    ]
    return sorted(found, key=lambda each: (-each.lately_days, each.customer_id))


def who_may_leave(circle: Sequence[Seated]) -> list[Seated]:
    """Return the circle in the order in which somebody may leave it: the least contacted first."""
    return sorted(circle, key=lambda seated: (seated.last_on or date.min, seated.value_minor or 0, seated.customer_id))


def _is_asked_about(seated: Seated, today: date) -> bool:
    settled = seated.seated_on is None or today - seated.seated_on >= GRACE
    return settled and (seated.kept_on is None or today - seated.kept_on >= ASK_AGAIN_AFTER)


@dataclass(frozen=True, slots=True)
class Wish:
    """A row of an import that wants a seat: its line, the customer's name, and who looks after them."""

    line: int
    name: str
    owner_id: int | None


def without_seat(wishes: Sequence[Wish], taken: Mapping[int | None, int], *, each: int, team: int) -> list[Wish]:
    """Return who finds no seat when seats are given in order; `taken` are the seats by owner, None for nobody's."""
    now, left_out = Counter(taken), []
    for wish in wishes:
        own_is_full = wish.owner_id is not None and now[wish.owner_id] >= each
        if own_is_full or now.total() >= team:
            left_out.append(wish)
        else:
            now[wish.owner_id] += 1
    return left_out
