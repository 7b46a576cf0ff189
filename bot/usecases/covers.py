"""Being away with a cover: their due customers come with the cover's digest, and they hear of it when they are back."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col

from bot.domain.model import Frequency, NudgeState, Teammate
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.working_time import local_day
from bot.errors import InputRefused
from bot.usecases.looking_after import can_look_after, check_can_look_after
from storage import covers, outbox, people
from storage.ledger import Ledger
from storage.models import Nudge, TeammateRow

MOST_TOLD = 15


def covered_by(ledger: Ledger, teammate_id: int | None, *, today: date) -> tuple[int, ...]:
    """Return whose customers a teammate is told of while those are away: whom they cover, and whom those cover.

    People who cover for each other and are all away are covered by nobody: their customers wait.
    """
    away = covers.away(ledger) if teammate_id is not None else {}
    found: list[int] = []
    ahead = [teammate_id] if away and teammate_id is not None else []
    while ahead:
        for covered_id, until_on in away.get(ahead.pop(), ()):
            if until_on > today and covered_id not in found and covered_id != teammate_id:
                found.append(covered_id)
                ahead.append(covered_id)
    return tuple(found)


def covered_by_each(ledger: Ledger, teammate_ids: Collection[int], *, today: date) -> dict[int, tuple[int, ...]]:
    """Return by teammate what `covered_by` returns, of those who cover for anybody."""
    who_cover = covers.away(ledger).keys() & set(teammate_ids)
    return {teammate_id: covered_by(ledger, teammate_id, today=today) for teammate_id in who_cover}


def cover_of(ledger: Ledger, teammate_id: int) -> Teammate | None:
    """Return the teammate who covers for somebody; None when nobody does."""
    row = ledger.get(TeammateRow, covers.cover_of(ledger, teammate_id))
    return people.teammate(row) if row else None


def is_away(row: TeammateRow, today: date) -> bool:
    """Say whether somebody has a pause on a day."""
    return row.paused_until_on is not None and row.paused_until_on > today


def last_cover(ledger: Ledger, teammate_id: int, *, today: date) -> TeammateRow | None:
    """Return who is to hear of somebody's customers: their cover, or the cover of a cover who is away.

    That is the last one who is away where nobody is left, and None where nobody covers.
    """
    seen, last = {teammate_id}, None
    next_id = covers.cover_of(ledger, teammate_id)
    while next_id is not None and next_id not in seen:
        seen.add(next_id)
        row = ledger.get(TeammateRow, next_id)
        last = row or last
        next_id = covers.cover_of(ledger, next_id) if row is not None and is_away(row, today) else None
    return last


def heir_of(ledger: Ledger, teammate_id: int) -> TeammateRow | None:
    """Return who takes over from somebody who is gone: their cover, or the cover of a cover who can't."""
    seen: set[int] = set()
    next_id = covers.cover_of(ledger, teammate_id)
    while next_id is not None and next_id not in seen:
        row = ledger.get(TeammateRow, next_id)
        if row is not None and can_look_after(row):
            return row
        seen.add(next_id)
        next_id = covers.cover_of(ledger, next_id)
    return None


def set_cover(ledger: Ledger, teammate_id: int, cover: Teammate | None) -> None:
    """Write who covers for a teammate, themselves meaning nobody.

    Raises InputRefused for somebody new who can't look after customers, or gets no digests and would hear of nobody.
    """
    if cover is not None and cover.id == teammate_id:
        cover = None
    if cover is not None and cover.id != covers.cover_of(ledger, teammate_id):
        check_can_look_after(ledger, cover, about="cover")
        if cover.digest_frequency is Frequency.OFF:
            raise InputRefused(
                "{name} gets no digests and would not hear of the customers. Choose somebody else.",
                about="cover",
                name=cover.name,
            )
    covers.set_cover(ledger, teammate_id, cover.id if cover else None)


def tell_cover(ledger: Ledger, row: TeammateRow, *, now: datetime) -> None:
    """Owe whoever covers one message, once for each pause, that somebody is away and whose customers come along."""
    cover = last_cover(ledger, row.id, today=local_day(now, row.timezone))
    if cover is None or cover.slack_user_id is None or row.paused_until_on is None:
        return
    if cover.digest_frequency is Frequency.OFF or is_away(cover, local_day(now, cover.timezone)):
        return
    owed = outbox.Owed(
        key=f"covering:{row.id}:{cover.id}:{row.paused_until_on}",
        kind="covering",
        channel=cover.slack_user_id,
        subject_id=row.id,
        payload={"to": cover.id, "until": row.paused_until_on.isoformat()},
        due_at=when_to_reach(cover, now),
    )
    outbox.owe(ledger, owed, now=now)


def welcome_back(ledger: Ledger, row: TeammateRow, *, now: datetime) -> None:
    """Owe somebody whose pause is over one message with what others did for their customers meanwhile, if anything."""
    since_on, row.away_since_on = row.away_since_on, None
    ledger.session.add(row)
    if since_on is None or row.slack_user_id is None:
        return
    ended = done_for(ledger, row.id, since_on=since_on)
    if not ended:
        return
    owed = outbox.Owed(
        key=f"back:{row.id}:{since_on}",
        kind="back",
        channel=row.slack_user_id,
        subject_id=row.id,
        payload={"nudges": [nudge.id for nudge in ended]},
        due_at=when_to_reach(row, now),
    )
    outbox.owe(ledger, owed, now=now, customer_ids=[nudge.customer_id for nudge in ended])


def done_for(ledger: Ledger, teammate_id: int, *, since_on: date) -> Sequence[Nudge]:
    """Return the nudges about somebody's customers that others ended since a day, the newest first."""
    since_at = datetime.combine(since_on, time(), tzinfo=UTC) - timedelta(days=1)
    found = ledger.rows(
        Nudge,
        col(Nudge.ended_at) >= since_at,
        col(Nudge.ended_by_id).is_not(None),
        col(Nudge.ended_by_id) != teammate_id,
        col(Nudge.teammate_id) == teammate_id,
        col(Nudge.state).in_((NudgeState.DONE, NudgeState.SNOOZED, NudgeState.DISMISSED, NudgeState.HANDED_OVER)),
        order_by=col(Nudge.ended_at).desc(),
    )
    return found[:MOST_TOLD]


def when_to_reach(row: TeammateRow, now: datetime) -> datetime:
    """Return when the bot may speak to somebody first: now, or at the end of their quiet hours."""
    return reachable_at(now, quiet_hours_of(people.teammate(row)), row.timezone)
