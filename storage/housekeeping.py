"""What the clock writes and throws away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from storage.models import DedupeKey, Delivery, Workspace

# The ticks of several replicas in a minute are one: a row for each workspace is a lot to write.
ONE_TICK = timedelta(seconds=30)


def note_tick(session: Session, *, now: datetime) -> None:
    """Write that the clock ticked: what `doctor` and the admin's alert look at."""
    ticked = col(Workspace.ticked_at)
    is_news = or_(ticked.is_(None), ticked <= now - ONE_TICK, ticked > now)
    session.execute(
        update(Workspace).where(col(Workspace.uninstalled_at).is_(None), is_news).values(ticked_at=now)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def claim_people_refresh(session: Session, *, now: datetime, fresh_for: timedelta) -> list[int]:
    """Take on the workspaces whose people were last looked at before that, and return them; nobody else will today."""
    stale = or_(col(Workspace.people_seen_at).is_(None), col(Workspace.people_seen_at) <= now - fresh_for)
    result = session.execute(
        update(Workspace)
        .where(col(Workspace.uninstalled_at).is_(None), col(Workspace.slack_bot_user_id).is_not(None), stale)
        .values(people_seen_at=now)
        .returning(col(Workspace.id))
        .execution_options(synchronize_session=False)
    )
    return list(result.scalars())


def retry_people_refresh(session: Session, workspace_id: int, *, seen_at: datetime) -> None:
    """Write that a workspace's people were last looked at `seen_at`, so that the next look comes sooner."""
    session.execute(
        update(Workspace)
        .where(col(Workspace.id) == workspace_id)
        .values(people_seen_at=seen_at)
        .execution_options(synchronize_session=False)
    )


def forget_old_keys(session: Session, *, before: datetime) -> None:
    """Throw away the keys of requests that Slack can't send again."""
    session.execute(
        delete(DedupeKey).where(col(DedupeKey.seen_at) < before).execution_options(synchronize_session=False)
    )


def last_sent_at(session: Session, kind: str) -> datetime | None:
    """Return when the last delivery of a kind was sent."""
    found: datetime | None = session.execute(
        select(func.max(col(Delivery.sent_at))).where(col(Delivery.kind) == kind)
    ).scalar_one()
    return found
