"""What a person sets of a segment, and how the segment stands."""

from dataclasses import dataclass

from bot.domain.counted_days import CountedDays, Pause, counted_days, pauses_text
from bot.domain.exponent import HORIZON_DAYS
from bot.domain.model import Counts, Policy, Segment

# The fewest cadences of silence after which a customer may be lost. Who keeps to the cadence is due after 1 (fixed),
# 1.5 (learned) or 2 (own); there is to be a whole one between being due and being lost, or nobody hears of them.
LEAST_LOST_AFTER = {Policy.FIXED: 2, Policy.LEARNED: 3, Policy.OWN: 3}


@dataclass(frozen=True, slots=True)
class SegmentPolicy:
    """What a person sets. `cadence_days` are days that count; None learns them from how customers are talked to.

    `exponent` None is learned from what became of good customers over the last `horizon_days`.
    """

    policy: Policy = Policy.LEARNED
    cadence_days: int | None = None
    exponent: float | None = None
    counts: Counts = Counts.ALL
    pauses: tuple[Pause, ...] = ()
    lost_after: int = 6
    horizon_days: int = HORIZON_DAYS

    @property
    def counted(self) -> CountedDays:
        """The days on which silence counts."""
        return counted_days(self.counts, pauses_text(self.pauses))


@dataclass(frozen=True, slots=True)
class SegmentState:
    """A segment as it stands: its policy, the cadence in force and how many customers it has.

    `recomputed_percent` says how far a changed policy has come; None when it is in force for everybody.
    """

    segment: Segment
    policy: SegmentPolicy
    customers: int
    recomputed_percent: int | None = None
