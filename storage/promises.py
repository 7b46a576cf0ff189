"""Promises: what is to be told today, what a message told of, and what a customer still waits for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.domain.model import PromiseState
from bot.domain.nudges import PROMISE_FOR_DAYS
from storage.columns import day_of
from storage.ledger import Ledger
from storage.models import Promise
from storage.sealed import unseal

# A promise is kept once its nudge is done or its customer heard from us on its day or later, but for what was logged
# before it was made on that very day, and the line that it was made with; a nudge that somebody put off brings it back
# on that day. None of that is written down twice: taking a touch back opens the promise again.
_WAITS = """p.state = 'open'
    AND (c.last_on IS NULL OR c.last_on < p.due_on OR t.recorded_at <= p.made_at OR t.id = l.touch_id)
    AND (n.id IS NULL OR n.state IN ('open', 'superseded', 'handed_over', 'snoozed'))"""
_FROM = """FROM promise p
JOIN customer c ON c.workspace_id = p.workspace_id AND c.id = p.customer_id
LEFT JOIN touch t ON t.workspace_id = p.workspace_id AND t.id = c.last_touch_id
LEFT JOIN entry_line l ON l.workspace_id = p.workspace_id AND l.id = p.line_id
LEFT JOIN nudge n ON n.workspace_id = p.workspace_id AND n.id = p.nudge_id"""
# Who was away on its day is told on the day that they are back, however long that was.
_DUE = f"""SELECT whose, id, customer_id, nudge_id, due_on, told_on FROM (
SELECT p.id, p.customer_id, p.nudge_id, p.due_on, k.id AS whose,
    CASE WHEN n.state = 'snoozed' THEN n.snoozed_until_on
        WHEN k.paused_until_on > p.due_on AND k.paused_until_on <= ? THEN k.paused_until_on
        ELSE p.due_on END AS told_on
{_FROM}
LEFT JOIN teammate k ON k.workspace_id = p.workspace_id
    AND k.id = CASE WHEN p.as_owner THEN c.owner_id ELSE p.teammate_id END
WHERE p.workspace_id = ? AND p.due_on < ? AND {_WAITS}) AS waiting
WHERE told_on < ? AND told_on > ? AND whose {{is_any_of}} ORDER BY due_on, id"""  # noqa: S608  our own words
_OF_CUSTOMERS = f"""SELECT p.id, p.customer_id, p.what, p.due_on, p.teammate_id, p.nudge_id, ({_WAITS}) {_FROM}
WHERE p.workspace_id = ? AND p.state = 'open' AND {{which}} ORDER BY p.due_on, p.id"""


@dataclass(frozen=True, slots=True)
class Told:
    """A promise as a message or a customer's page shows it."""

    id: int
    customer_id: int
    what: str
    due_on: date
    teammate_id: int
    nudge_id: int | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """A promise that somebody is to be told of, on its day or on the one to which they put it off (`on`)."""

    id: int
    customer_id: int
    nudge_id: int | None
    due_on: date
    on: date


def due(ledger: Ledger, teammate_ids: Collection[int], *, today: date, until: date) -> Mapping[int, Sequence[Awaited]]:
    """Return by teammate the promises that are theirs to keep: those due before `until` and not kept.

    What was told first longer than PROMISE_FOR_DAYS ago was told often enough.
    """
    found: dict[int, list[Awaited]] = {}
    if teammate_ids:
        query = _DUE.format(is_any_of=ledger.is_any_of)
        since = today - timedelta(days=PROMISE_FOR_DAYS)
        days = until.isoformat(), until.isoformat(), since.isoformat()
        for teammate_id, promise_id, customer_id, nudge_id, due_on, on in ledger.ask(
            query, today.isoformat(), ledger.workspace_id, *days, ledger.many(teammate_ids)
        ):
            found.setdefault(teammate_id, []).append(
                Awaited(promise_id, customer_id, nudge_id, day_of(due_on), day_of(on))
            )
    return found


def told_by_nudges(ledger: Ledger, nudge_ids: Collection[int]) -> Sequence[Told]:
    """Return the promises that nudges tell of, kept or not."""
    return _read(ledger, "p.nudge_id", nudge_ids)


def by_ids(ledger: Ledger, promise_ids: Collection[int]) -> list[Told]:
    """Return open promises by their ids, the next first."""
    return _read(ledger, "p.id", promise_ids)


def of_customer(ledger: Ledger, customer_id: int) -> Sequence[Told]:
    """Return what a customer still waits for, the next first."""
    return [told for told in _read(ledger, "p.customer_id", [customer_id]) if told.waits]


def _read(ledger: Ledger, column: str, ids: Collection[int]) -> list[Told]:
    if not ids:
        return []
    query = _OF_CUSTOMERS.format(which=f"{column} IN ({', '.join('?' * len(ids))})")
    rows = ledger.ask(query, ledger.workspace_id, *ids)
    return [Told(row[0], row[1], unseal(row[2]) or "", day_of(row[3]), row[4], row[5], bool(row[6])) for row in rows]


def are_told_by(ledger: Ledger, promise_ids: Collection[int], nudge_id: int) -> None:
    """Write down which nudge tells of some promises."""
    ledger.session.execute(
        update(Promise)
        .where(col(Promise.workspace_id) == ledger.workspace_id, col(Promise.id).in_(promise_ids))
        .values(nudge_id=nudge_id)
        .execution_options(synchronize_session=False)
    )


def of_lines(ledger: Ledger, line_ids: Collection[int]) -> Mapping[int, Promise]:
    """Return the promises made from lines of an entry, by line, but those that were dropped."""
    rows = ledger.rows(Promise, col(Promise.line_id).in_(line_ids), col(Promise.state) != PromiseState.DROPPED)
    return {row.line_id: row for row in rows}
