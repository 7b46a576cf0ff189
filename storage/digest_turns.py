"""Whose digest is due: the rows that a round of the clock holds, and their next hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

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


# What the hours of a teammate's digests follow from; their workspace; when the last one was due.
_hours = itemgetter(
    *(
        TEAMMATE_COLUMNS.index(column)
        for column in (
            "timezone", "locale", "digest_minute", "work_days", "digest_frequency", "paused_until_on",
            "holiday_region", "quiet_from_minute", "quiet_until_minute",
        )
    ),
    -3,
    -2,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueTeammate:
    """A member whose digest is due, read as far as somebody asks: of most nothing is wanted but their hours."""

    stored: tuple[Any, ...]

    @property
    def id(self) -> int:
        """The teammate's."""
        return self.stored[0]  # type: ignore[no-any-return]

    @property
    def slack_user_id(self) -> str | None:
        """Their id in Slack; none before Slack has shown them to us."""
        return self.stored[1]  # type: ignore[no-any-return]

    @property
    def hours(self) -> tuple[Any, ...]:
        """What is stored of when they are told: equal for those of a workspace who are told at the same times."""
        return self.slack_user_id is None, _hours(self.stored)

    @property
    def teammate(self) -> Teammate:
        """Who they are."""
        return read_teammate(self.stored[:-3])

    @property
    def workspace_id(self) -> int:
        """The workspace in which they are a member."""
        return self.stored[-3]  # type: ignore[no-any-return]

    @property
    def due_at(self) -> datetime:
        """When their digest was due."""
        return instant_of(self.stored[-2])  # type: ignore[return-value]

    @property
    def away_since_on(self) -> date | None:
        """Since when they were away, if nobody welcomed them back."""
        return day_of(self.stored[-1])  # type: ignore[no-any-return]


def due_teammates(session: Transaction, *, now: datetime, limit: int) -> list[DueTeammate]:
    """Return members whose digest is due in workspaces that are installed; rows another replica holds are skipped.

    Held are only the rows themselves: the touches that these people log meanwhile point to them and need not wait.
    """
    postgresql = session.dialect.name == "postgresql"
    query = f"{_DUE} FOR NO KEY UPDATE OF t SKIP LOCKED" if postgresql else _DUE
    found = session.ask(query, (*driver_values([now], session.dialect), limit))
    return [DueTeammate(row) for row in found]


def due_channels(session: Transaction, *, now: datetime, limit: int) -> Sequence[ChannelRow]:
    """Return channels whose digest is due, as `due_teammates` does."""
    # Most rounds find none, and to find that out this way costs a tenth of asking for the rows.
    moment = driver_values([now], session.dialect)
    if not session.ask("SELECT 1 FROM channel WHERE next_digest_at <= ? LIMIT 1", moment):
        return ()
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
    instants = list({at for at, _ in hours})
    stored = dict(zip(instants, ledger.stored(instants), strict=True))
    ledger.tell_each(_NEXT.format(table), [(stored[at], ledger.workspace_id, row_id) for at, row_id in hours])
