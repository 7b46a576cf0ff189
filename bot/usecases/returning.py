"""On which day somebody hears of a customer again who sleeps until a day: the digest that brings it may come later."""

from datetime import date, timedelta

from bot.domain.model import Frequency, Teammate
from bot.domain.working_time import next_sending_day
from bot.usecases.covers import last_cover
from bot.usecases.days_off import days_off_of
from storage import people
from storage.ledger import Ledger


def first_digest_on(ledger: Ledger, teammate: Teammate, day: date) -> date:
    """Return the day of a teammate's first digest from a day on, or from the end of their pause; that day without any.

    Their Home tab and lists follow the calendar, so that is when somebody without digests sees what waits.
    """
    day = max(day, teammate.paused_until_on or day)
    if teammate.digest_frequency is Frequency.OFF:
        return day
    return next_sending_day(
        day - timedelta(days=1),
        work_days=teammate.work_days,
        frequency=teammate.digest_frequency,
        off=days_off_of(ledger, teammate),
    )


def back_on(ledger: Ledger, until_on: date, owner: Teammate | None) -> date:
    """Return the day on which a digest brings a customer back who sleeps until a day: the owner's, or their cover's."""
    if owner is None:
        return until_on
    is_away = owner.paused_until_on is not None and owner.paused_until_on > until_on
    cover = last_cover(ledger, owner.id, today=until_on) if is_away else None
    return first_digest_on(ledger, people.teammate(cover) if cover else owner, until_on)
