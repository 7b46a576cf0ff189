"""Whose digest is due: the rows that a round of the clock holds, and their next hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.model import Teammate
from storage.columns import day_of, driver_values, instant_of
from storage.ledger import Ledger
from storage.models import ChannelRow, Workspace
from storage.people import TEAMMATE_COLUMNS, read_teammate
from storage.transaction import Transaction

_DUE = f"""SELECT {", ".join(f"t.{column}" for column in TEAMMATE_COLUMNS)}, t.workspace_id, t.next_digest_at,
    t.away_since_on
FROM teammate t JOIN workspace w ON w.id = t.workspace_id
WHERE t.next_digest_at <= ? AND t.seat = 'member' AND w.uninstalled_at IS NULL
ORDER BY t.next_digest_at LIMIT ?"""  # noqa: S608  our own names
_NEXT = "UPDATE {} SET next_digest_at = ? WHERE workspace_id = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class DueTeammate:
    """A member whose digest is due, and since when they were away if nobody welcomed them back."""

    workspace_id: int
    teammate: Teammate
    next_digest_at: datetime
    away_since_on: date | None

    @property
    def id(self) -> int:
        """The teammate's."""
        return self.teammate.id


def due_teammates(session: Transaction, *, now: datetime, limit: int) -> list[DueTeammate]:
    """Return members whose digest is due in workspaces that are installed; rows another replica holds are skipped.

    Held are only the rows themselves: the touches that these people log meanwhile point to them and need not wait.
    """
    postgresql = session.dialect.name == "postgresql"
    query = f"{_DUE} FOR NO KEY UPDATE OF t SKIP LOCKED" if postgresql else _DUE
    found = session.ask(query, (*driver_values([now], session.dialect), limit))
    return [DueTeammate(row[-3], read_teammate(row[:-3]), instant_of(row[-2]) or now, day_of(row[-1])) for row in found]


def due_channels(session: Transaction, *, now: datetime, limit: int) -> Sequence[ChannelRow]:
    """Return channels whose digest is due, as `due_teammates` does."""
    query = (
        select(ChannelRow)
        .join(Workspace, col(Workspace.id) == col(ChannelRow.workspace_id))
        .where(col(ChannelRow.next_digest_at) <= now, col(Workspace.uninstalled_at).is_(None))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=ChannelRow)
    )
    return session.exec(query).all()


def come_next(ledger: Ledger, table: str, hours: Sequence[tuple[datetime | None, int]]) -> None:
    """Write when the next digests of teammates or channels (`table`) are due, from (hour, id)."""
    ledger.tell_each(_NEXT.format(table), [(*ledger.stored([at]), ledger.workspace_id, row_id) for at, row_id in hours])
