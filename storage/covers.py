"""Who covers for whom, and who is away: few rows, asked for with every digest, so kept for a transaction."""

from datetime import date

from sqlalchemy import delete, or_
from sqlmodel import col

from storage.columns import day_of
from storage.ledger import Ledger
from storage.models_team import Cover

_KEPT = "away_by_cover"


def away(ledger: Ledger) -> dict[int, list[tuple[int, date]]]:
    """Return by cover the teammates with a pause whom they cover, and until when it lasts (past ones as well)."""
    kept: dict[int, dict[int, list[tuple[int, date]]]] = ledger.session.info.setdefault(_KEPT, {})
    if ledger.workspace_id not in kept:
        rows = ledger.ask(
            "SELECT c.cover_id, c.teammate_id, t.paused_until_on FROM cover c"
            " JOIN teammate t ON t.workspace_id = c.workspace_id AND t.id = c.teammate_id"
            " WHERE c.workspace_id = ? AND t.paused_until_on IS NOT NULL",
            ledger.workspace_id,
        )
        found: dict[int, list[tuple[int, date]]] = {}
        for cover_id, teammate_id, until_on in rows:
            found.setdefault(cover_id, []).append((teammate_id, day_of(until_on)))
        kept[ledger.workspace_id] = found
    return kept[ledger.workspace_id]


def cover_of(ledger: Ledger, teammate_id: int) -> int | None:
    """Return the id of the teammate who covers for somebody."""
    row = ledger.first(Cover, col(Cover.teammate_id) == teammate_id)
    return row.cover_id if row else None


def set_cover(ledger: Ledger, teammate_id: int, cover_id: int | None) -> None:
    """Write who covers for somebody; None for nobody."""
    ledger.session.info.pop(_KEPT, None)
    row = ledger.first(Cover, col(Cover.teammate_id) == teammate_id)
    if cover_id is None:
        if row is not None:
            ledger.session.delete(row)
            ledger.session.flush()
        return
    row = row or Cover(workspace_id=ledger.workspace_id, teammate_id=teammate_id, cover_id=cover_id)
    row.cover_id = cover_id
    ledger.add(row)


def forget(ledger: Ledger, teammate_id: int) -> None:
    """Take somebody out of all covers: who is gone covers for nobody."""
    ledger.session.info.pop(_KEPT, None)
    ledger.session.connection().execute(
        delete(Cover).where(
            col(Cover.workspace_id) == ledger.workspace_id,
            or_(col(Cover.teammate_id) == teammate_id, col(Cover.cover_id) == teammate_id),
        )
    )
    ledger.session.expire_all()
