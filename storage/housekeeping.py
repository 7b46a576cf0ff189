"""What the clock writes and throws away."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from storage.models import DedupeKey, Delivery, DeliveryState, Workspace


def note_tick(session: Session, *, now: datetime) -> None:
    """Write that the clock ticked: what `doctor` and the admin's alert look at."""
    session.execute(
        update(Workspace).where(col(Workspace.uninstalled_at).is_(None)).values(ticked_at=now)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def forget_old_keys(session: Session, *, before: datetime) -> None:
    """Throw away the keys of requests that Slack can't send again."""
    session.execute(
        delete(DedupeKey).where(col(DedupeKey.seen_at) < before).execution_options(synchronize_session=False)
    )


def deliveries_by_state(session: Session) -> dict[DeliveryState, int]:
    """Return how many deliveries stand in each state."""
    query = select(col(Delivery.state), func.count()).group_by(col(Delivery.state))
    return {row[0]: row[1] for row in session.execute(query)}


def oldest_unsent_at(session: Session) -> datetime | None:
    """Return since when the oldest unsent delivery has been due; None when nothing waits."""
    waiting = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    found: datetime | None = session.execute(
        select(func.min(col(Delivery.due_at))).where(col(Delivery.state).in_(waiting))
    ).scalar_one()
    return found


def last_sent_at(session: Session, kind: str) -> datetime | None:
    """Return when the last delivery of a kind was sent."""
    found: datetime | None = session.execute(
        select(func.max(col(Delivery.sent_at))).where(col(Delivery.kind) == kind)
    ).scalar_one()
    return found
