"""What becomes of a workspace that removed the bot: it is kept for a while, and then every row of it is erased.

The tables are those of the metadata, so that a new one is erased without anybody thinking of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Table, and_, delete, or_, select, tuple_
from sqlmodel import Session, col

from storage.lanes import EVERYTHING
from storage.models import Lane, Organisation, Workspace
from storage.people import TOKENS_LATER
from storage.tables import metadata

# One transaction deletes at most so many rows: nobody waits for long, and a restart goes on where this one stopped.
CHUNK = 1000
_GONE = "erased:"


def left_before(session: Session, before: datetime) -> Sequence[int]:
    """Return the workspaces that removed the bot before then and are not erased yet."""
    query = select(col(Workspace.id)).where(col(Workspace.uninstalled_at) <= before)
    return session.execute(query).scalars().all()


def refused_since(session: Session, before: datetime, *, errors: Collection[str]) -> Sequence[Workspace]:
    """Return the installed workspaces whose token Slack has refused with one of these errors since before then.

    A token that has ended is one of them where Slack gives no next one.
    """
    has_ended = and_(col(Lane.error) == "token_expired", col(Workspace.token_error).is_not(None))
    query = (
        select(Workspace)
        .join(Lane, col(Lane.workspace_id) == col(Workspace.id))
        .where(
            col(Lane.name) == EVERYTHING,
            or_(col(Lane.error).in_(errors), has_ended),
            col(Lane.since_at) <= before,
            col(Workspace.uninstalled_at).is_(None),
        )
        .options(*TOKENS_LATER)
    )
    return session.execute(query).scalars().all()


def waiting(session: Session) -> Sequence[tuple[str, str, datetime]]:
    """Return (team id, name, since when) of the workspaces that removed the bot and can still come back."""
    query = select(col(Workspace.slack_team_id), col(Workspace.name), col(Workspace.uninstalled_at)).where(
        col(Workspace.uninstalled_at).is_not(None), ~col(Workspace.slack_team_id).startswith(_GONE)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def erase_some(session: Session, workspace_id: int, *, before: datetime, chunk: int = CHUNK) -> bool:
    """Erase some rows of a workspace that left before then; say whether there are more.

    The first thing to go is the team's id, so that an installation from now on begins an empty ledger instead of half
    of one. Another process that is at it keeps its turn: nothing is said to be left.
    """
    query = select(Workspace).where(col(Workspace.id) == workspace_id, col(Workspace.uninstalled_at) <= before)
    row = session.execute(query.with_for_update(skip_locked=True)).scalars().first()
    if row is None:
        return False
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
    row.slack_team_id, row.slack_enterprise_id, row.name = f"{_GONE}{row.id}", None, ""
    row.bot_token = row.refresh_token = row.slack_installer_id = None
    session.flush()
    left = chunk
    for table in reversed(metadata.sorted_tables):
        if "workspace_id" in table.c:
            left -= _delete(session, table, workspace_id, limit=left)
            if left <= 0:
                return True
    session.delete(row)
    return False


def _delete(session: Session, table: Table, workspace_id: int, *, limit: int) -> int:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(table.c.workspace_id == workspace_id).limit(limit)
    result = session.connection().execute(delete(table).where(key.in_(some)))
    return int(result.rowcount)


def forget_organisations(session: Session, *, before: datetime) -> None:
    """Erase the organisations that removed the bot before then."""
    session.execute(
        delete(Organisation)
        .where(col(Organisation.uninstalled_at) <= before)
        .execution_options(synchronize_session=False)
    )
