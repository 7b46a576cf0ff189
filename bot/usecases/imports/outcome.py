"""What an import did, or would do: counts, the mapping used, what was refused, what a person should look at."""

from dataclasses import dataclass
from pathlib import Path

from bot.usecases.imports.fields import Subject
from bot.usecases.imports.mapping import ColumnMapping
from bot.usecases.imports.names import NearDuplicate
from bot.usecases.imports.rejects import Reject
from bot.usecases.imports.standings import ALL_HEARD, Unheard


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one file. `rejects` and `near_duplicates` hold the first few, the counts all."""

    subject: Subject
    file_name: str
    dry_run: bool
    encoding: str
    separator: str
    mapping: ColumnMapping
    created: int
    updated: int
    skipped: int
    rejected: int
    rejects: tuple[Reject, ...] = ()
    rejects_path: Path | None = None
    near_duplicates: tuple[NearDuplicate, ...] = ()
    near_duplicate_count: int = 0
    last_contacts: int = 0
    new_owners: tuple[str, ...] = ()
    emails_unread: bool = False
    new_segments: tuple[str, ...] = ()
    adopted_currency: str | None = None
    missing_rates: tuple[str, ...] = ()
    unheard: Unheard = ALL_HEARD

    @property
    def taken(self) -> int:
        """Rows that are in the ledger now, or would be."""
        return self.created + self.updated + self.skipped
