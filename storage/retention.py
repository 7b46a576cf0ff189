"""Forgetting what is older than a workspace keeps it: some rows at a time, by their keys, so that memory stays flat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from bot.domain.model import NudgeState, PromiseState
from storage import erasure, outbox
from storage.ledger import Ledger
from storage.models import Delivery, Digest, Entry, EntryLine, Nudge, Promise, Touch

# One transaction forgets at most so many rows: nobody waits for long, and a restart goes on where this one stopped.
CHUNK = 500

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Part:
    """A table, and which of its rows are too old. What hangs on a row goes with it by the database's own rules."""

    model: type[SQLModel]
    is_old: Callable[[Ledger, datetime], Condition]
    forget: Callable[[Ledger, type[SQLModel], Sequence[int]], None] = erasure.delete_rows


def _settled(ledger: Ledger, before: datetime) -> Condition:
    """A delivery that was settled by then; one whose change is still owed to Slack stays until that has arrived."""
    change = aliased(Delivery)
    # Not asked for each row anew: what is owed is little and has an index, what it changes has none.
    changing = select(col(change.target_id)).where(
        col(change.workspace_id) == ledger.workspace_id,
        outbox.is_owed(col(change.state)),
        col(change.target_id).is_not(None),
    )
    settled_at = func.coalesce(col(Delivery.sent_at), col(Delivery.created_at))
    return and_(settled_at < before, ~outbox.is_owed(col(Delivery.state)), col(Delivery.id).not_in(changing))


def _no_longer_waits() -> Condition:
    """An entry none of whose lines holds a promise that is still open."""
    promising = (
        select(col(EntryLine.id))
        .join(
            Promise,
            and_(col(Promise.workspace_id) == col(EntryLine.workspace_id), col(Promise.line_id) == col(EntryLine.id)),
        )
        .where(
            col(EntryLine.workspace_id) == col(Entry.workspace_id),
            col(EntryLine.entry_id) == col(Entry.id),
            col(Promise.state) == PromiseState.OPEN,
        )
    )
    return ~promising.exists()


def _written(ledger: Ledger, before: datetime) -> Condition:
    """An entry of before then."""
    return and_(col(Entry.written_at) < before, _no_longer_waits())


def _worded(ledger: Ledger, before: datetime) -> Condition:
    """An entry of before then, or about a day before then."""
    about = (
        select(col(EntryLine.id))
        .join(
            Touch,
            and_(col(Touch.workspace_id) == col(EntryLine.workspace_id), col(Touch.id) == col(EntryLine.touch_id)),
        )
        .where(
            col(EntryLine.workspace_id) == col(Entry.workspace_id),
            col(EntryLine.entry_id) == col(Entry.id),
            col(Touch.touched_on) < before.date(),
        )
    )
    return and_(or_(col(Entry.written_at) < before, about.exists()), _no_longer_waits())


def _noted(ledger: Ledger, before: datetime) -> Condition:
    """A row of the ledger about a day before then that has a note: what stands, and what it superseded."""
    return and_(col(Touch.touched_on) < before.date(), col(Touch.note).is_not(None))


def _empty_notes(ledger: Ledger, model: type[SQLModel], ids: Sequence[int]) -> None:
    """Take the notes out of touches; the touches themselves count as before."""
    ledger.session.execute(
        update(Touch)
        .where(col(Touch.workspace_id) == ledger.workspace_id, col(Touch.id).in_(ids))
        .values(note=None)
        .execution_options(synchronize_session=False)
    )


# The digests' cards, the appearances and the entries' lines go with the rows they hang on.
DELIVERIES = Part(Delivery, _settled)
NUDGES = Part(Nudge, lambda _ledger, before: and_(col(Nudge.state) != NudgeState.OPEN, col(Nudge.ended_at) < before))
ENTRIES, WORDED = Part(Entry, _written), Part(Entry, _worded)
TOUCH_NOTES = Part(Touch, _noted, _empty_notes)
MESSAGES = (DELIVERIES, Part(Digest, lambda _ledger, before: col(Digest.planned_at) < before), NUDGES, ENTRIES)
NOTES = (WORDED, TOUCH_NOTES)


def count_old(ledger: Ledger, part: Part, *, before: datetime) -> int:
    """Return how many rows of a table are too old."""
    row: Any = part.model
    query = select(func.count()).where(row.workspace_id == ledger.workspace_id, part.is_old(ledger, before))
    return int(ledger.session.execute(query).scalar_one())


def forget_some(ledger: Ledger, part: Part, *, before: datetime, after: int, chunk: int = CHUNK) -> int | None:
    """Forget the next old rows behind the id `after`; return the id to go on behind, None at the end."""
    erasure.wipe_deleted(ledger)
    row: Any = part.model
    query = select(row.id).where(row.workspace_id == ledger.workspace_id, row.id > after, part.is_old(ledger, before))
    ids: list[int] = list(ledger.session.execute(query.order_by(row.id).limit(chunk)).scalars())
    if ids:
        part.forget(ledger, part.model, ids)
    return ids[-1] if len(ids) == chunk else None
