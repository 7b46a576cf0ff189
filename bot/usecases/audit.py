"""Keeping and reading the audit trail: who saw, changed, exported and erased what."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.audit import Record, Verb
from bot.errors import InputRefused
from storage import audit
from storage.ledger import Ledger
from storage.models import Workspace

TERMINAL = "terminal"
LONGEST_KEPT_DAYS = 3650


def note(
    ledger: Ledger,
    verb: str,
    *,
    now: datetime,
    by_id: int | None,
    subject: tuple[str, int | None],
    place: str = "",
    detail: str = "",
) -> None:
    """Write one line of the trail, in the transaction of what was done. `subject` is a kind of thing and its id."""
    audit.append(ledger, [Record(now, by_id, verb, *subject, place, detail)])


def note_seen(
    ledger: Ledger, customer_ids: Iterable[int], *, now: datetime, by_id: int | None, place: str, verb: str = Verb.SAW
) -> None:
    """Write that somebody saw customers, or showed them to others."""
    audit.append(ledger, [Record(now, by_id, verb, "customer", customer_id, place) for customer_id in customer_ids])


def trail(
    ledger: Ledger, *, since: datetime, by_id: int | None = None, customer_id: int | None = None
) -> Sequence[Record]:
    """Return what was done since then, the oldest first: the lines written, the touches logged, the digests sent."""
    found = [
        *audit.written(ledger, since=since, by_id=by_id, customer_id=customer_id),
        *audit.logged(ledger, since=since, by_id=by_id, customer_id=customer_id),
        *audit.told(ledger, since=since, by_id=by_id, customer_id=customer_id),
    ]
    return sorted(found, key=lambda record: record.at)


def keep_for(ledger: Ledger, days: int) -> None:
    """Set for how many days the trail is kept. Raises InputRefused."""
    if not 1 <= days <= LONGEST_KEPT_DAYS:
        raise InputRefused("Keep the trail for 1 to {most} days.", most=LONGEST_KEPT_DAYS)
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    if workspace is not None:
        workspace.audit_days = days
        ledger.session.add(workspace)
