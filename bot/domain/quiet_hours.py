"""The hours in which the bot does not speak first: it answers at once, and keeps everything else for later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.model import Teammate
from bot.domain.working_time import instant_at, zone


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Quiet from one minute of the day to another, over midnight when the end comes first. Equal ends: never quiet."""

    from_minute: int
    until_minute: int

    def covers(self, minute: int) -> bool:
        """Say whether a minute of the day is quiet; the end is not."""
        if self.from_minute <= self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


def quiet_hours_of(teammate: Teammate) -> QuietHours | None:
    """Return a teammate's quiet hours, None when they have none."""
    if teammate.quiet_from_minute is None or teammate.quiet_until_minute is None:
        return None
    return QuietHours(teammate.quiet_from_minute, teammate.quiet_until_minute)


def reachable_at(now: datetime, quiet: QuietHours | None, timezone: str) -> datetime:
    """Return the first instant from `now` on at which somebody may be spoken to."""
    local = now.astimezone(zone(timezone))
    minute = local.hour * 60 + local.minute
    if quiet is None or not quiet.covers(minute):
        return now
    day = local.date() if minute < quiet.until_minute else local.date() + timedelta(days=1)
    # In the night of a clock change the end may have passed already; nobody waits for the past.
    return max(now, instant_at(day, quiet.until_minute, timezone))
