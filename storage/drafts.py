"""Who has a message to a customer open right now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlmodel import col

from storage.ledger import Ledger
from storage.models import TeammateRow
from storage.models_voice import Draft
from storage.transaction import Transaction


class OpenDraft(NamedTuple):
    """A message to a customer that a teammate has had open since an instant."""

    customer_id: int
    teammate_id: int
    name: str
    since_at: datetime


def under_way(ledger: Ledger, customer_ids: Collection[int], *, now: datetime) -> list[OpenDraft]:
    """Return the open messages to customers, the oldest first; one that has run out is none, whoever still keeps it."""
    if not customer_ids:
        return []
    same = (col(TeammateRow.workspace_id) == col(Draft.workspace_id)) & (col(TeammateRow.id) == col(Draft.teammate_id))
    query = (
        select(col(Draft.customer_id), col(Draft.teammate_id), col(TeammateRow.name), col(Draft.since_at))
        .join(TeammateRow, same)
        .where(
            col(Draft.workspace_id) == ledger.workspace_id,
            col(Draft.customer_id).in_(customer_ids),
            col(Draft.until_at) > now,
        )
        .order_by(col(Draft.since_at), col(Draft.teammate_id))
    )
    return [OpenDraft(*row) for row in ledger.session.execute(query)]


def keep(ledger: Ledger, customer_id: int, teammate_id: int, *, now: datetime, until_at: datetime) -> bool:
    """Write that a teammate has a message open until an instant at the most; say whether it was not open before."""
    values = {"customer_id": customer_id, "teammate_id": teammate_id, "since_at": now, "until_at": until_at}
    if ledger.insert_once(Draft, values):
        return True
    mine = (
        col(Draft.workspace_id) == ledger.workspace_id,
        col(Draft.customer_id) == customer_id,
        col(Draft.teammate_id) == teammate_id,
    )
    again = update(Draft).execution_options(synchronize_session=False)
    connection = ledger.session.connection()
    if connection.execute(again.where(*mine, col(Draft.until_at) > now).values(until_at=until_at)).rowcount:
        return False
    connection.execute(again.where(*mine).values(since_at=now, until_at=until_at))
    return True


def forget(ledger: Ledger, customer_id: int, teammate_id: int) -> bool:
    """Write that a teammate's message is open no more; say whether it was."""
    result = ledger.session.connection().execute(
        delete(Draft).where(
            col(Draft.workspace_id) == ledger.workspace_id,
            col(Draft.customer_id) == customer_id,
            col(Draft.teammate_id) == teammate_id,
        )
    )
    return bool(result.rowcount)


def take_expired(session: Transaction, *, now: datetime, limit: int) -> Sequence[tuple[int, int, int]]:
    """Take away messages that were open for too long; return (workspace, customer, teammate) of each."""
    query = (
        select(col(Draft.workspace_id), col(Draft.customer_id), col(Draft.teammate_id))
        .where(col(Draft.until_at) <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [(row[0], row[1], row[2]) for row in session.execute(query)]
    for workspace_id, customer_id, teammate_id in found:
        forget(Ledger(session, workspace_id), customer_id, teammate_id)
    return found
