"""A digest as its reader sees it."""

from sqlmodel import col

from bot.domain.views import DigestView
from bot.usecases.cards import cards_for_nudges
from bot.usecases.looking import look_at
from storage import customers, people
from storage.ledger import Ledger
from storage.models import ChannelRow, Digest, DigestCard, TeammateRow


def digest_view(ledger: Ledger, digest_id: int) -> DigestView | None:
    """Return a digest as its reader sees it now; None when every customer in it was erased."""
    digest = ledger.get(Digest, digest_id)
    if digest is None:
        return None
    ledger = look_at(ledger)
    places = ledger.rows(DigestCard, col(DigestCard.digest_id) == digest_id, order_by=col(DigestCard.position))
    reader = ledger.get(TeammateRow, digest.teammate_id)
    channel = ledger.get(ChannelRow, digest.channel_id)
    cards = cards_for_nudges(
        ledger,
        [(place.nudge_id, place.position) for place in places],
        today=digest.local_on,
        reader_id=digest.teammate_id,
    )
    next_up = customers.by_ids(ledger, [digest.next_customer_id]) if digest.next_customer_id else {}
    next_one = next(iter(next_up.values()), None)
    home = reader or channel
    if not cards or home is None:
        return None
    return DigestView(
        id=digest.id,
        local_on=digest.local_on,
        cards=tuple(cards),
        left_out=digest.left_out,
        next_name=next_one.name if next_one else None,
        next_value=(next_one.value_minor, next_one.currency) if next_one and next_one.value_minor is not None else None,
        locale=(reader.language or reader.locale) if reader else home.locale,
        timezone=home.timezone,
        reader=people.teammate(reader) if reader else None,
    )
