"""No silence about somebody who is away: whose customers come to nobody, since their cover is told of nobody either.

A cover may turn digests off, go away without a cover of their own, become a viewer, or leave, while somebody relies on
them. Whoever
does so reads it in the answer; an admin hears of it, or the one who is away where there is no other.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import col

from bot.domain.covering import Silence, Unheard
from bot.domain.model import Frequency, Seat
from bot.domain.working_time import local_day
from bot.usecases import covers
from bot.usecases.covers import when_to_reach
from bot.usecases.looking_after import can_look_after
from storage import covers as stored
from storage import outbox, people
from storage.ledger import Ledger
from storage.models import Customer, Delivery, TeammateRow
from storage.models_team import Cover

# Time to choose somebody else, or to turn digests on again, before anybody is told.
GRACE = timedelta(minutes=10)


def silence_of(cover: TeammateRow, today: date) -> Silence | None:
    """Return why somebody is told of no customers, or can't act on them; None when they get digests."""
    if cover.seat is not Seat.MEMBER or cover.slack_user_id is None:
        return Silence.LEFT
    if not can_look_after(cover):
        return Silence.ONLY_LOOKS
    if covers.is_away(cover, today):
        return Silence.AWAY
    return Silence.NO_DIGESTS if cover.digest_frequency is Frequency.OFF else None


def unheard(ledger: Ledger, *, now: datetime) -> list[Unheard]:
    """Return who is away with a cover while nobody hears of their customers. Whoever chose nobody is none of them."""
    found = (_unheard_of(ledger, ledger.get(TeammateRow, row.teammate_id), now=now) for row in ledger.rows(Cover))
    return [one for one in found if one is not None]


def concerning(ledger: Ledger, teammate_id: int, *, now: datetime) -> list[Unheard]:
    """Return those cases that somebody is the reason of: as the one who is away, or as the cover."""
    return [one for one in unheard(ledger, now=now) if teammate_id in {one.away_id, one.cover_id}]


def tell_of_unheard(ledger: Ledger, *, before: Collection[Unheard], now: datetime) -> None:
    """Owe the admins a word about each case that was not there before."""
    for one in unheard(ledger, now=now):
        if one not in before:
            tell(ledger, one, now=now)


def tell(ledger: Ledger, one: Unheard, *, now: datetime) -> None:
    """Owe a word about one case to the admins who are there and not its reason; without any, to the one who is away."""
    away = ledger.get(TeammateRow, one.away_id)
    there = [
        admin
        for admin in people.admins(ledger)
        if admin.id not in {one.away_id, one.cover_id} and not covers.is_away(admin, local_day(now, admin.timezone))
    ]
    for reader in there or ([away] if away is not None and away.slack_user_id else []):
        owed = outbox.Owed(
            key=f"unheard:{one.away_id}:{one.cover_id}:{reader.id}:{now.timestamp():.0f}",
            kind="unheard",
            channel=reader.slack_user_id or "",
            subject_id=one.away_id,
            payload={"reader": reader.id, "cover": one.cover_id, "until": one.until_on.isoformat()},
            due_at=when_to_reach(reader, now + GRACE),
        )
        outbox.owe(ledger, owed, now=now)


def still_unheard(ledger: Ledger, delivery: Delivery, *, now: datetime) -> Unheard | None:
    """Return the case that a message tells of as it is now; None when it was mended or is over."""
    away = ledger.get(TeammateRow, delivery.subject_id)
    cover = ledger.get(TeammateRow, delivery.payload["cover"])
    if away is None or cover is None or away.paused_until_on != date.fromisoformat(delivery.payload["until"]):
        return None
    today = local_day(now, away.timezone)
    last = covers.last_cover(ledger, away.id, today=today)
    silence = silence_of(cover, today)
    if silence is None or (last is not None and silence_of(last, today) is None):
        return None
    return Unheard(away.id, away.name, away.paused_until_on, cover.id, cover.name, silence)


def pass_on(ledger: Ledger, gone: TeammateRow, *, heir: TeammateRow | None, now: datetime) -> None:
    """Let whoever takes over from somebody who is gone cover for those who are away now; tell where nobody does.

    Afterwards the one who is gone covers for nobody.
    """
    relied = [one for one in unheard(ledger, now=now) if one.cover_id == gone.id]
    for row in ledger.rows(Cover, col(Cover.cover_id) == gone.id) if heir else ():
        away = ledger.get(TeammateRow, row.teammate_id)
        if away and heir and away.id != heir.id and covers.is_away(away, local_day(now, away.timezone)):
            stored.set_cover(ledger, away.id, heir.id)
            covers.tell_cover(ledger, away, now=now)
    stored.forget(ledger, gone.id)
    for one in relied:
        last = covers.last_cover(ledger, one.away_id, today=local_day(now, gone.timezone))
        if last is None or silence_of(last, local_day(now, last.timezone)) is not None:
            tell(ledger, one, now=now)


def _unheard_of(ledger: Ledger, away: TeammateRow | None, *, now: datetime) -> Unheard | None:
    today = local_day(now, away.timezone) if away else now.date()
    if away is None or away.paused_until_on is None or not covers.is_away(away, today):
        return None
    cover = covers.last_cover(ledger, away.id, today=today)
    silence = silence_of(cover, today) if cover else None
    if cover is None or silence is None or ledger.first(Customer, col(Customer.owner_id) == away.id) is None:
        return None
    return Unheard(away.id, away.name, away.paused_until_on, cover.id, cover.name, silence)
