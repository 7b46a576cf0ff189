"""Lanes to Slack: how fast each may be used, and since when one is closed. Every replica sees the same.

A lane is a Web API method, a conversation, or everything of a workspace. What is owed is only claimed when all of its
lanes are free.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, delete, func, or_
from sqlmodel import Session, col, select

from storage.columns import driver_values, instant_of
from storage.ledger import Ledger
from storage.models import Delivery, Lane
from storage.transaction import Transaction

EVERYTHING = "*"
POST = "chat.postMessage"
ANSWER = "response_url"
# What a kind of delivery calls; every other one is a post.
_METHODS = {
    "update": "chat.update",
    "react": "reactions.add",
    "home": "views.publish",
    "whisper": "chat.postEphemeral",
    "replace": ANSWER,
}


@dataclass(frozen=True, slots=True)
class Pace:
    """So many calls a minute in the long run, and so many at once after a rest."""

    per_minute: float
    at_once: int

    @property
    def step(self) -> timedelta:
        """The time from one call to the next."""
        return timedelta(minutes=1 / self.per_minute)

    @property
    def rest(self) -> timedelta:
        """How far behind the clock an unused lane may fall: the calls that it may make at once."""
        return self.step * (self.at_once - 1)


# docs.slack.dev/apis/web-api/rate-limits: a message a second in a conversation and several hundred a minute in a
# workspace, short bursts allowed; tier 3 is 50 calls a minute and tier 4 is 100, per method and workspace.
CONVERSATION = Pace(per_minute=60, at_once=10)
PACES = {
    POST: Pace(per_minute=300, at_once=100),
    "chat.update": Pace(per_minute=50, at_once=25),
    "reactions.add": Pace(per_minute=50, at_once=25),
    "views.publish": Pace(per_minute=100, at_once=50),
    "chat.postEphemeral": Pace(per_minute=100, at_once=50),
}


# What a delivery `d` calls, and a query for its lanes.
_WHEN = " ".join(f"WHEN '{kind}' THEN '{method}'" for kind, method in _METHODS.items())
_METHOD = f"CASE {{d}}.kind {_WHEN} ELSE '{POST}' END"
_LANES = f"""SELECT 1 FROM lane WHERE lane.workspace_id = {{d}}.workspace_id AND lane.name IN (
    '{EVERYTHING}', {_METHOD},
    CASE WHEN {{d}}.kind IN ('home', 'replace') THEN '{EVERYTHING}' ELSE {{d}}.channel END)"""  # noqa: S608
# The condition that the lanes of a delivery `d` are not all free at a moment.
CLOSED = f"EXISTS ({_LANES.format(d='d')} AND lane.free_at > ?)"
# The condition that Slack refuses one of the lanes of a row of `delivery`.
REFUSED = f"EXISTS ({_LANES.format(d='delivery')} AND lane.error IS NOT NULL)"
# Each call of `claimed` moves the hour at which its lanes are free again; `?` is the moment, three times. In the order
# of their names, so that two replicas that claim wait for each other and never both.
_TAKE = """INSERT INTO lane (workspace_id, name, free_at)
SELECT workspace_id, name, ? - {rest} + COUNT(*) * {step} FROM (
    SELECT d.workspace_id, {method} AS name FROM claimed AS d WHERE d.kind <> 'replace'
    UNION ALL SELECT d.workspace_id, d.channel FROM claimed AS d WHERE {method} = '{post}') AS calls
GROUP BY workspace_id, name ORDER BY workspace_id, name
ON CONFLICT (workspace_id, name) DO UPDATE
SET free_at = {later}(lane.free_at, ? - {rest_of_it}) + (excluded.free_at - (? - {rest_of_it}))"""

REOPEN = "DELETE FROM lane WHERE workspace_id = ? AND error IS NOT NULL AND name IN (?, ?, ?)"
_CLAIMED_ON_SQLITE = """WITH claimed (workspace_id, kind, channel) AS (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?))"""


@cache
def taking(dialect: str) -> str:
    """Return the statement that counts the calls of what stands in `claimed` (workspace_id, kind, channel)."""
    is_postgresql = dialect == "postgresql"

    def by_name(name: str, length: Callable[[Pace], timedelta]) -> str:
        def span(pace: Pace) -> str:
            milliseconds = length(pace) // timedelta(milliseconds=1)
            return f"INTERVAL '{milliseconds} milliseconds'" if is_postgresql else str(milliseconds)

        methods = " ".join(f"WHEN '{method}' THEN {span(pace)}" for method, pace in PACES.items())
        return f"CASE {name} {methods} ELSE {span(CONVERSATION)} END"

    return _TAKE.format(
        method=_METHOD.format(d="d"),
        post=POST,
        rest=by_name("name", lambda pace: pace.rest),
        step=by_name("name", lambda pace: pace.step),
        rest_of_it=by_name("lane.name", lambda pace: pace.rest),
        later="GREATEST" if is_postgresql else "MAX",
    )


@cache
def _taking_on_sqlite() -> str:
    return f"{_CLAIMED_ON_SQLITE} {taking('sqlite')}"


def method_of(kind: str) -> str:
    """Return the Web API method that a kind of delivery calls."""
    return _METHODS.get(kind, POST)


def conversation_of(kind: str, channel: str) -> str | None:
    """Return the conversation whose lane a delivery takes; None for an App Home and for an answer to a button."""
    return None if kind in {"home", "replace"} else channel


def has_trouble() -> ColumnElement[bool]:
    """The condition that a delivery waits for somebody to mend what Slack refuses, not for Slack or for us."""
    return (
        select(col(Lane.name))
        .where(
            col(Lane.workspace_id) == col(Delivery.workspace_id),
            or_(
                col(Lane.name) == EVERYTHING,
                and_(col(Lane.name) == col(Delivery.channel), col(Delivery.kind).not_in(("home", "replace"))),
            ),
            col(Lane.error).is_not(None),
        )
        .exists()
    )


def next_free_at(session: Transaction, *, now: datetime) -> datetime | None:
    """Return when the next lane that is not free becomes so; None when all are free."""
    found = session.ask("SELECT MIN(free_at) FROM lane WHERE free_at > ?", driver_values((now,), session.dialect))
    return instant_of(found[0][0])


def free_at(session: Session, delivery: Delivery) -> datetime | None:
    """Return when the lanes of one delivery are free; None when nobody ever used them."""
    query = select(func.max(col(Lane.free_at))).where(
        col(Lane.workspace_id) == delivery.workspace_id, col(Lane.name).in_(lanes_of(delivery.kind, delivery.channel))
    )
    found: datetime | None = session.execute(query).scalar_one()
    return found


def take(session: Transaction, deliveries: Sequence[Delivery], *, now: datetime) -> None:
    """Count the calls that are about to be made, where the statement that claims cannot do it: on SQLite."""
    if deliveries:
        calls = json.dumps([(delivery.workspace_id, delivery.kind, delivery.channel) for delivery in deliveries])
        moment = driver_values((now, now, now), session.dialect)
        session.tell(_taking_on_sqlite(), (calls, *moment))


def lanes_of(kind: str, channel: str) -> list[str]:
    """Return the names of the lanes that a delivery of a kind to a channel takes."""
    conversation = conversation_of(kind, channel)
    return [EVERYTHING, method_of(kind), *([conversation] if conversation else [])]


def wait(ledger: Ledger, name: str, *, until_at: datetime) -> None:
    """Keep a lane closed until Slack wants to hear of it again."""
    row = _row(ledger, name)
    if row is None or row.free_at < until_at:
        _write(ledger, name, row, free_at=until_at)


def close(ledger: Ledger, name: str, *, error: str, now: datetime, shortest: timedelta, longest: timedelta) -> bool:
    """Close a lane that Slack refuses for good; say whether it was open until now.

    It is tried again after as long as it has been closed, within the two limits.
    """
    row = _row(ledger, name)
    since_at = now if row is None or row.error is None or row.since_at is None else row.since_at
    is_new = row is None or row.error is None
    until_at = now + min(longest, max(shortest, now - since_at))
    return _write(ledger, name, row, free_at=until_at, error=error, since_at=since_at) and is_new


def _row(ledger: Ledger, name: str) -> Lane | None:
    return ledger.session.get(Lane, (ledger.workspace_id, name), with_for_update=True, populate_existing=True)


def _write(ledger: Ledger, name: str, row: Lane | None, **values: object) -> bool:
    """Write a lane; False when another replica wrote it first at this moment, and then its hour stands."""
    if row is None:
        return ledger.insert_once(Lane, {"name": name, **values})
    for field, value in values.items():
        setattr(row, field, value)
    ledger.session.add(row)
    return True


def trouble(ledger: Ledger, name: str) -> Lane | None:
    """Return the lane of that name if it is closed because Slack refuses it."""
    return ledger.first(Lane, col(Lane.name) == name, col(Lane.error).is_not(None))


def troubles(session: Session) -> Sequence[Lane]:
    """Return every lane that Slack refuses, in workspaces where the bot is installed."""
    return list(session.exec(select(Lane).where(col(Lane.error).is_not(None)).order_by(col(Lane.since_at))).all())


def forget_refused(session: Session, workspace_id: int) -> None:
    """Forget what Slack refused: nothing is owed any more in a workspace that removed the bot."""
    query = delete(Lane).where(col(Lane.workspace_id) == workspace_id, col(Lane.error).is_not(None))
    session.execute(query.execution_options(synchronize_session=False))


def reopening(delivery: Delivery) -> tuple[int, str, str, str]:
    """Return what `REOPEN` is told to forget what Slack refused on the lanes of a delivery that it took."""
    everything, method, conversation = (*lanes_of(delivery.kind, delivery.channel), EVERYTHING)[:3]
    return delivery.workspace_id, everything, method, conversation


def forget_rested(session: Session, *, before: datetime) -> None:
    """Throw away the lanes that nobody has used since."""
    query = delete(Lane).where(col(Lane.free_at) < before, col(Lane.error).is_(None))
    session.execute(query.execution_options(synchronize_session=False))
