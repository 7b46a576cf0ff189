"""What the workspace says about a file that does not say it itself: its day, zone, language and money."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.usecases.retention import retention_of
from bot.usecases.worth import Worth
from storage.ledger import Ledger
from storage.models import Workspace


@dataclass(frozen=True, slots=True)
class Setting:
    """The workspace's settings at the moment of an import. Notes of touches before `notes_from` are not kept."""

    now: datetime
    today: date
    zone: ZoneInfo
    locale: str
    worth: Worth
    notes_from: date | None = None

    @classmethod
    def of(cls, ledger: Ledger, *, now: datetime) -> "Setting":
        """Read the settings of the ledger's workspace."""
        row = ledger.session.get(Workspace, ledger.workspace_id)
        if row is None:
            raise LookupError(f"there is no workspace {ledger.workspace_id}")
        zone = ZoneInfo(row.timezone)
        notes_from = retention_of(ledger).notes_from(now)
        today = now.astimezone(zone).date()
        return cls(now, today, zone, row.locale, Worth.of(ledger), notes_from.date() if notes_from else None)

    @property
    def base_currency(self) -> str:
        """The currency of amounts that name none."""
        return self.worth.base_currency

    @property
    def region(self) -> str:
        """The country whose phone numbers are written without +49, like DE; '' when the locale names none."""
        return self.locale.rpartition("-")[2] if "-" in self.locale else ""
