"""What an audience's digests named lately, so that they do not repeat themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, or_, select
from sqlmodel import col

from bot.domain.model import NudgeState, Occasion
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState, Digest, DigestCard, Nudge


@dataclass(frozen=True, slots=True)
class Shown:
    """A customer in a digest of a local day, for which occasions it was there, and whether its nudge still waits."""

    customer_id: int
    on: date
    occasions: Sequence[str]
    nudge_id: int
    waits: bool


_UNSEEN = (
    select(col(Delivery.id))
    .where(
        col(Delivery.workspace_id) == col(Digest.workspace_id),
        col(Delivery.kind) == "digest",
        col(Delivery.subject_id) == col(Digest.id),
        or_(
            col(Delivery.state).in_((DeliveryState.CANCELLED, DeliveryState.FAILED)),
            and_(
                col(Delivery.state) == DeliveryState.PENDING,
                # One of another day that still waits for its turn will not be sent any more.
                or_(col(Delivery.first_attempt_at).is_not(None), col(Digest.local_on) < bindparam("today")),
            ),
        ),
    )
    .exists()
)
_SHOWN = (
    select(col(Nudge.customer_id), col(Digest.local_on), col(Nudge.occasions), col(Nudge.id), col(Nudge.state))
    .select_from(Digest)
    .join(
        DigestCard,
        and_(
            col(DigestCard.workspace_id) == col(Digest.workspace_id),
            col(DigestCard.digest_id) == col(Digest.id),
        ),
    )
    .join(
        Nudge,
        and_(col(Nudge.workspace_id) == col(Digest.workspace_id), col(Nudge.id) == col(DigestCard.nudge_id)),
    )
    .where(
        col(Digest.workspace_id) == bindparam("workspace_id"),
        col(Digest.audience) == bindparam("audience"),
        col(Digest.local_on) > bindparam("since"),
        col(Nudge.state) != NudgeState.SNOOZED,
        ~_UNSEEN,
    )
)


def shown_to(ledger: Ledger, audience: str, *, since: date, today: date) -> list[Shown]:
    """Return whom the digests of an audience named after a day.

    A card that somebody put off is left out: it is to come back. So is a digest that nobody can have seen, because
    Slack could not be reached or did not take it, or because its day is over.
    """
    asked = {"workspace_id": ledger.workspace_id, "audience": audience, "since": since, "today": today}
    rows = ledger.session.connection().execute(_SHOWN, asked)
    return [Shown(row[0], row[1], row[2].split(","), row[3], row[4] is NudgeState.OPEN) for row in rows]


def customers_in(shown: Iterable[Shown], *, after: date, occasion: Occasion | None = None) -> frozenset[int]:
    """Return the customers that were shown after a day, for an occasion or for any."""
    return frozenset(
        card.customer_id for card in shown if card.on > after and (occasion is None or occasion in card.occasions)
    )
