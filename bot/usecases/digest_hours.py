"""When a reader's next digest is due: by their hour, days of work, frequency, pause and days off."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.days_off import DaysOff
from bot.domain.model import Seat, Teammate
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.working_time import LATEST_AFTER, is_worth_sending, local_day, next_digest_at, next_sending_day
from storage.models import ChannelRow

CHANNEL_WORK_DAYS = "12345"
CHANNEL_MINUTE = 9 * 60


def next_digest_of(teammate: Teammate, *, after: datetime, off: DaysOff) -> datetime | None:
    """Return when a teammate's next digest is due, by their hour, days, frequency, pause and days off."""
    if teammate.seat is not Seat.MEMBER or teammate.slack_user_id is None:
        return None
    return next_digest_at(
        after,
        timezone=teammate.timezone,
        minute=teammate.digest_minute,
        work_days=teammate.work_days,
        frequency=teammate.digest_frequency,
        paused_until_on=teammate.paused_until_on,
        off=off,
    )


def next_channel_digest(row: ChannelRow, *, after: datetime, off: DaysOff) -> datetime | None:
    """Return when a channel's next digest is due: nine o'clock where the person lives who set it up."""
    return next_digest_at(
        after,
        timezone=row.timezone,
        minute=CHANNEL_MINUTE,
        work_days=CHANNEL_WORK_DAYS,
        frequency=row.frequency,
        off=off,
    )


def rescheduled(
    before: datetime | None, teammate: Teammate, *, now: datetime, off: DaysOff, travelled: bool = False
) -> datetime | None:
    """Return when a teammate's next digest is due after their hour, days or zone changed; `before` is when it was due.

    Today's digest that was still to come is not lost when its new hour has passed already: it comes at once. So does
    that of a day which somebody who `travelled` over the date line has arrived in. One that they had today comes no
    second time, whatever this returns.
    """
    missed = next_digest_of(teammate, after=now - LATEST_AFTER, off=off)
    today = local_day(now, teammate.timezone)
    was_ahead = before is not None and before > now and local_day(before, teammate.timezone) == today
    arrived = travelled and before is not None
    if (was_ahead or arrived) and missed and missed <= now and is_worth_sending(missed, now, teammate.timezone):
        return now
    return next_digest_of(teammate, after=now, off=off)


@dataclass(frozen=True, slots=True)
class Hour:
    """What a moment is to a teammate whose digest was due at `due_at`, and to everybody with the same hours.

    It is `today` where they are. A digest that `helps` them still today comes now when it `tells`, or else waits until
    they may be spoken to (`reachable_at`). Their next hour is `moves_to`; the first one after this is `next_at`, and a
    digest names what falls before its day, `until`. Nobody is nudged on their days `off`.
    """

    teammate: Teammate
    due_at: datetime
    today: date
    until: date
    next_at: datetime | None
    helps: bool
    reachable_at: datetime
    tells: bool
    moves_to: datetime | None
    off: DaysOff

    @property
    def is_paused(self) -> bool:
        """Say whether they are away today."""
        return self.teammate.paused_until_on is not None and self.teammate.paused_until_on > self.today

    def put_off(self, reachable_at: datetime) -> "Hour":
        """Return the hour of somebody who rests: today's digest comes at the end of that, if it still helps then."""
        still_helps = is_worth_sending(self.due_at, reachable_at, self.teammate.timezone)
        moves_to = reachable_at if still_helps else self.next_at
        return replace(self, reachable_at=reachable_at, tells=False, moves_to=moves_to)


def hour_of(teammate: Teammate, due_at: datetime, *, now: datetime, off: DaysOff) -> Hour:
    """Return what this moment is to a teammate whose digest was due."""
    due_at = latest_hour(due_at, next_digest_of(teammate, after=now - LATEST_AFTER, off=off), now=now)
    today = local_day(now, teammate.timezone)
    helps = teammate.slack_user_id is not None and is_worth_sending(due_at, now, teammate.timezone) and today not in off
    next_at = next_digest_of(teammate, after=now, off=off)
    hour = Hour(
        teammate=teammate,
        due_at=due_at,
        today=today,
        until=next_sending_day(today, work_days=teammate.work_days, frequency=teammate.digest_frequency, off=off),
        next_at=next_at,
        helps=helps,
        reachable_at=now,
        tells=helps,
        moves_to=next_at,
        off=off,
    )
    quiet_until = reachable_at(now, quiet_hours_of(teammate), teammate.timezone)
    return hour.put_off(quiet_until) if helps and quiet_until > now else hour


def latest_hour(due_at: datetime, recent: datetime | None, *, now: datetime) -> datetime:
    """Return the digest hour that passed last: several have when nothing ticked for a day, and today's still helps."""
    return recent if recent and due_at < recent <= now else due_at
