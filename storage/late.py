"""What is late: people whose digest hour passed while nothing ticked, and digests that wait for Slack."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.domain.model import Seat
from storage import lanes
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState, Digest, TeammateRow, Workspace
from storage.outbox import is_owed


def overslept(session: Session, *, before: datetime) -> dict[int, tuple[datetime, int]]:
    """Return by workspace when the clock last ticked and how many people's digest was due before `before`."""
    query = (
        select(col(Workspace.id), col(Workspace.ticked_at), func.count())
        .join(TeammateRow, col(TeammateRow.workspace_id) == col(Workspace.id))
        .where(
            col(TeammateRow.next_digest_at) <= before,
            col(TeammateRow.seat) == Seat.MEMBER,
            col(Workspace.uninstalled_at).is_(None),
            # A clock that ticked since then was not away: whoever is late then is late for a reason of their own.
            col(Workspace.ticked_at) <= before,
        )
        .group_by(col(Workspace.id), col(Workspace.ticked_at))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def ticked_since(session: Session, moment: datetime) -> set[int]:
    """Return the workspaces for which the clock has ticked since a moment."""
    return set(session.execute(select(col(Workspace.id)).where(col(Workspace.ticked_at) > moment)).scalars())


def waiting_digests(session: Session, *, before: datetime) -> dict[int, tuple[datetime, int]]:
    """Return by workspace since when digests that were planned before `before` wait, and how many.

    What waits for somebody to mend what Slack refuses is not counted: an admin was told of that.
    """
    query = (
        select(col(Delivery.workspace_id), func.min(col(Delivery.created_at)), func.count())
        .where(
            is_owed(col(Delivery.state)),
            col(Delivery.kind) == "digest",
            col(Delivery.created_at) <= before,
            ~lanes.has_trouble(),
        )
        .group_by(col(Delivery.workspace_id))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def lost_digests(ledger: Ledger, *, since: datetime) -> list[datetime]:
    """Return when each digest was planned that was given up since then."""
    given_up = (col(Delivery.kind) == "digest", col(Delivery.state) == DeliveryState.FAILED)
    return [row.created_at for row in ledger.rows(Delivery, *given_up, col(Delivery.created_at) >= since)]


def planned_since(ledger: Ledger, audience: str, moment: datetime) -> bool:
    """Say whether an audience has had a digest planned since a moment."""
    return ledger.first(Digest, col(Digest.audience) == audience, col(Digest.planned_at) >= moment) is not None
