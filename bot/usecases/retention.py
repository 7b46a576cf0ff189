"""For how long a workspace keeps what it has said and noted, and forgetting the rest, once a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.model import Teammate
from bot.errors import InputRefused
from bot.usecases import audit
from bot.usecases.teammates import require_admin
from storage import retention
from storage.engine import Store
from storage.ledger import Ledger
from storage.workspaces import Workspace

# Shorter, and the bot would forget what it needs: a digest does not repeat itself, and rules look back four weeks.
SHORTEST_DAYS, LONGEST_DAYS = 60, 3650
LONGEST_MONTHS = 120
DAYS_A_MONTH = 365.25 / 12
ADMINS_SET_RETENTION = "Only admins decide for how long things are kept. {admins}."


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


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much a setting forgets the next time: records of messages, ended nudges, texts written to log, and notes."""

    messages: int
    nudges: int
    texts: int
    notes: int

    @property
    def anything(self) -> bool:
        """Whether it forgets anything at all."""
        return bool(self.messages or self.nudges or self.texts or self.notes)


def may_set_retention(ledger: Ledger, by: Teammate) -> None:
    """Raise NotAllowed unless an admin asks."""
    require_admin(ledger, by, otherwise=ADMINS_SET_RETENTION)


def would_forget(ledger: Ledger, wanted: Retention, *, now: datetime) -> Forgotten:
    """Return what would be forgotten within a day if things were kept for that long. Raises InputRefused."""
    _checked(wanted)
    messages_from, notes_from = wanted.messages_from(now), wanted.notes_from(now)
    written = retention.count_old(ledger, retention.ENTRIES, before=messages_from)
    worded = retention.count_old(ledger, retention.WORDED, before=notes_from) if notes_from else 0
    return Forgotten(
        messages=retention.count_old(ledger, retention.DELIVERIES, before=messages_from),
        nudges=retention.count_old(ledger, retention.NUDGES, before=messages_from),
        texts=max(written, worded),
        notes=retention.count_old(ledger, retention.TOUCH_NOTES, before=notes_from) if notes_from else 0,
    )


def keep_for(ledger: Ledger, wanted: Retention, *, now: datetime, by: Teammate | None, place: str) -> None:
    """Set for how long things are kept; `by` None is whoever runs the bot. What is so already is no change.

    Raises NotAllowed unless an admin asks, InputRefused with the field and what it takes.
    """
    if by is not None:
        may_set_retention(ledger, by)
    _checked(wanted)
    row = _workspace(ledger)
    changes = []
    if wanted.messages_days != row.messages_days:
        changes.append(f"messages for {wanted.messages_days} days")
    if wanted.notes_months != row.notes_months:
        months = wanted.notes_months
        changes.append("notes for ever" if months is None else f"notes for {months} months")
    row.messages_days, row.notes_months = wanted.messages_days, wanted.notes_months
    ledger.session.add(row)
    for detail in changes:
        about = ("workspace", None)
        audit.note(
            ledger, "retention", now=now, by_id=by.id if by else None, subject=about, place=place, detail=detail
        )  # fmt: skip


def _checked(wanted: Retention) -> None:
    if not SHORTEST_DAYS <= wanted.messages_days <= LONGEST_DAYS:
        raise InputRefused(
            "Keep messages for {least} to {most} days.", about="keep_messages", least=SHORTEST_DAYS, most=LONGEST_DAYS
        )
    if wanted.notes_months is not None and not 1 <= wanted.notes_months <= LONGEST_MONTHS:
        raise InputRefused("Keep notes for 1 to {most} months, or forever.", about="keep_notes", most=LONGEST_MONTHS)


def retention_of(ledger: Ledger) -> Retention:
    """Return for how long the workspace keeps things."""
    row = _workspace(ledger)
    return Retention(row.messages_days, row.notes_months)


def _workspace(ledger: Ledger) -> Workspace:
    row = ledger.session.get(Workspace, ledger.workspace_id)
    if row is None:
        raise LookupError(f"there is no workspace {ledger.workspace_id}")
    return row


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
