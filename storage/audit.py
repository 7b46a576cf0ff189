"""The audit trail: one insert for each thing done. What the ledger says itself is read from there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain.audit import Record, Verb
from bot.domain.model import Source
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Digest, DigestCard, Nudge, Touch, Workspace
from storage.models_team import AuditRow


def append(ledger: Ledger, records: Iterable[Record]) -> None:
    """Write lines of the trail in the transaction of what they are about."""
    ledger.insert_all_once(
        AuditRow,
        (
            {
                "id": new_id(),
                "at": record.at,
                "by_id": record.by_id,
                "verb": record.verb,
                "subject_kind": record.subject_kind,
                "subject_id": record.subject_id,
                "place": record.place,
                "detail": record.detail,
            }
            for record in records
        ),
    )


def written(
    ledger: Ledger, *, since: datetime, by_id: int | None = None, customer_id: int | None = None
) -> list[Record]:
    """Return the lines that were written since then, the oldest first."""
    where = [col(AuditRow.at) >= since]
    if by_id is not None:
        where.append(col(AuditRow.by_id) == by_id)
    if customer_id is not None:
        where += [col(AuditRow.subject_kind) == "customer", col(AuditRow.subject_id) == customer_id]
    rows = ledger.rows(AuditRow, *where, order_by=(col(AuditRow.at), col(AuditRow.id)))
    return [Record(r.at, r.by_id, r.verb, r.subject_kind, r.subject_id, r.place, r.detail) for r in rows]


def logged(
    ledger: Ledger, *, since: datetime, by_id: int | None = None, customer_id: int | None = None
) -> list[Record]:
    """Return the touches that were logged since then: each says itself by whom, when and from where.

    Those of a file are left out: the line of its import tells of all of them.
    """
    query = select(Touch).where(
        col(Touch.workspace_id) == ledger.workspace_id,
        col(Touch.recorded_at) >= since,
        col(Touch.source) != Source.IMPORT,
    )
    if by_id is not None:
        query = query.where(col(Touch.by_id) == by_id)
    if customer_id is not None:
        query = query.where(col(Touch.customer_id) == customer_id)
    return [
        Record(row.recorded_at, row.by_id, Verb.LOGGED, "customer", row.customer_id, row.source.value)
        for row in ledger.session.execute(query.order_by(col(Touch.recorded_at), col(Touch.id))).scalars()
    ]


def told(ledger: Ledger, *, since: datetime, by_id: int | None = None, customer_id: int | None = None) -> list[Record]:
    """Return who was told about which customers by a digest planned since then."""
    query = (
        select(col(Digest.planned_at), col(Digest.teammate_id), col(Nudge.customer_id), col(Digest.audience))
        .join(
            DigestCard,
            (col(DigestCard.workspace_id) == col(Digest.workspace_id)) & (col(DigestCard.digest_id) == col(Digest.id)),
        )
        .join(
            Nudge,
            (col(Nudge.workspace_id) == col(Digest.workspace_id)) & (col(Nudge.id) == col(DigestCard.nudge_id)),
        )
        .where(col(Digest.workspace_id) == ledger.workspace_id, col(Digest.planned_at) >= since)
    )
    if by_id is not None:
        query = query.where(col(Digest.teammate_id) == by_id)
    if customer_id is not None:
        query = query.where(col(Nudge.customer_id) == customer_id)
    return [
        Record(at, reader_id, Verb.WAS_TOLD, "customer", about, "digest" if reader_id else audience)
        for at, reader_id, about, audience in ledger.session.execute(query.order_by(col(Digest.planned_at)))
    ]


def forget(ledger: Ledger, *, now: datetime) -> int:
    """Throw away what is older than the workspace keeps its trail; return how many lines."""
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    kept = timedelta(days=workspace.audit_days if workspace else 400)
    result = ledger.session.connection().execute(
        delete(AuditRow).where(col(AuditRow.workspace_id) == ledger.workspace_id, col(AuditRow.at) < now - kept)
    )
    return int(result.rowcount)
