"""For how long a workspace keeps what it has said and noted, and forgetting the rest, once a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import InputRefused
from bot.usecases import audit
from bot.usecases.audit import TERMINAL
from storage import retention
from storage.engine import Store
from storage.ledger import Ledger
from storage.workspaces import Workspace

# Shorter, and the bot would forget what it needs: a digest does not repeat itself, and rules look back four weeks.
SHORTEST_DAYS, LONGEST_DAYS = 60, 3650
LONGEST_MONTHS = 120
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days messages with their nudges and entries are kept, how many months notes; None is for ever."""

    messages_days: int
    notes_months: int | None

    def messages_from(self, now: datetime) -> datetime:
        """Return the instant before which messages are forgotten."""
        return now - timedelta(days=self.messages_days)

    def notes_from(self, now: datetime) -> datetime | None:
        """Return the instant before which notes are forgotten; None when they are kept for ever."""
        return None if self.notes_months is None else now - timedelta(days=round(self.notes_months * DAYS_A_MONTH))


def retention_of(ledger: Ledger) -> Retention:
    """Return for how long the workspace keeps things."""
    row = _workspace(ledger)
    return Retention(row.messages_days, row.notes_months)


def keep_messages_for(ledger: Ledger, days: int, *, now: datetime) -> None:
    """Set for how many days messages, ended nudges and entries are kept. Raises InputRefused."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise InputRefused("Keep messages for {least} to {most} days.", least=SHORTEST_DAYS, most=LONGEST_DAYS)
    row = _workspace(ledger)
    row.messages_days = days
    _write(ledger, row, f"messages for {days} days", now=now)


def keep_notes_for(ledger: Ledger, months: int | None, *, now: datetime) -> None:
    """Set for how many months notes are kept, None for ever. Raises InputRefused."""
    if months is not None and not 1 <= months <= LONGEST_MONTHS:
        raise InputRefused("Keep notes for 1 to {most} months, or forever.", most=LONGEST_MONTHS)
    row = _workspace(ledger)
    row.notes_months = months
    _write(ledger, row, "notes for ever" if months is None else f"notes for {months} months", now=now)


def _workspace(ledger: Ledger) -> Workspace:
    row = ledger.session.get(Workspace, ledger.workspace_id)
    if row is None:
        raise LookupError(f"there is no workspace {ledger.workspace_id}")
    return row


def _write(ledger: Ledger, row: Workspace, detail: str, *, now: datetime) -> None:
    ledger.session.add(row)
    audit.note(
        ledger, "retention", now=now, by_id=None, subject=("workspace", None), place=TERMINAL, detail=detail
    )  # fmt: skip


def forget_old(store: Store, workspace_id: int, *, now: datetime, chunk: int = retention.CHUNK) -> None:
    """Forget what the workspace no longer keeps, in small transactions beside everything else."""
    with store.read(workspace_id) as ledger:
        kept = retention_of(ledger)
    notes_from = kept.notes_from(now)
    _forget(store, workspace_id, retention.MESSAGES, kept.messages_from(now), chunk)
    if notes_from is not None:
        _forget(store, workspace_id, retention.NOTES, notes_from, chunk)


def _forget(store: Store, workspace_id: int, parts: tuple[retention.Part, ...], before: datetime, chunk: int) -> None:
    for part in parts:
        after: int | None = 0
        while after is not None:
            with store.write(workspace_id) as ledger:
                after = retention.forget_some(ledger, part, before=before, after=after, chunk=chunk)
