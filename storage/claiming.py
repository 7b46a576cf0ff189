"""Claiming what is owed, and marking what became of it: constant statements in the driver's words, one a step.

A sender pays for them with every message, and expressions and entities cost several times what the database does.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import class_mapper

from storage import lanes
from storage.columns import driver_values, instant_of
from storage.models import Delivery, DeliveryState
from storage.transaction import Transaction

# Asking for the mapper also makes the attributes readable, should nobody have used the ORM yet.
_COLUMNS = tuple(class_mapper(Delivery).columns.keys())
_CLAIMED = (*_COLUMNS, "was_refused")
_INSTANTS = ("due_at", "created_at", "lease_until_at", "first_attempt_at", "sent_at")

# What is owed, in the words of the index by due day.
_OWED = "d.state IN ('pending', 'sending', 'unknown')"
# A delivery must wait for another one of its channel. One call a channel is on its way at a time, and what was begun or
# is due earlier goes first: a message that waits for Slack after an attempt is not overtaken, one that is planned for
# later is. A person's App Home is a place of its own beside their messages. What is not settled is said in the words of
# the index by channel, so that no other one comes into question.
_BLOCKED = """EXISTS (
    SELECT 1 FROM delivery AS other
    WHERE other.workspace_id = d.workspace_id AND other.channel = d.channel
    AND other.state NOT IN ('sent', 'failed', 'cancelled') AND (other.kind = 'home') = (d.kind = 'home')
    AND ((other.state = 'sending' AND other.id <> d.id)
        OR (other.id < d.id AND (other.due_at <= ? OR other.first_attempt_at IS NOT NULL))))"""
_DUE = """{owed} AND d.due_at <= ? AND (d.lease_until_at IS NULL OR d.lease_until_at <= ?) AND {others} {one}"""
_BEGUN = """UPDATE delivery SET state = 'sending', lease_owner = ?, lease_until_at = ?, attempts = attempts + 1,
    first_attempt_at = COALESCE(first_attempt_at, ?)
FROM free WHERE delivery.workspace_id = free.workspace_id AND delivery.id = free.id
RETURNING {columns}, {refused} AS was_refused"""
# Between conversations the order means nothing, and inside one the condition above keeps it: the index is enough.
_CLAIM_ON_SQLITE = f"""WITH free AS MATERIALIZED (
    SELECT d.workspace_id, d.id FROM delivery AS d WHERE {_DUE} AND NOT {{blocked}} AND NOT {{closed}}
    ORDER BY d.due_at LIMIT {{limit}})
{_BEGUN}"""  # noqa: S608
# PostgreSQL would join all that is due with what blocks it and sort the rest, as long as it believes that little is
# owed; its statistics are those of a quiet hour. What ends with OFFSET 0 is planned by itself: the conditions are asked
# for one delivery after the other, until enough are free. Those alone are locked; what somebody else has locked or
# changed meanwhile is passed over. The lanes are taken in the same statement, which is one round trip.
_CLAIM_ON_POSTGRESQL = f"""WITH free AS MATERIALIZED (
    SELECT d.workspace_id, d.id FROM (
        SELECT d.* FROM (SELECT d.* FROM delivery AS d WHERE {_DUE} ORDER BY d.due_at OFFSET 0) AS d
        WHERE {{blocked}} IS NOT TRUE AND {{closed}} IS NOT TRUE ORDER BY d.due_at OFFSET 0) AS d
    CROSS JOIN LATERAL (
        SELECT 1 FROM delivery AS seen WHERE seen.workspace_id = d.workspace_id AND seen.id = d.id
        AND (seen.state, seen.due_at, seen.attempts) = (d.state, d.due_at, d.attempts)
        AND seen.lease_until_at IS NOT DISTINCT FROM d.lease_until_at FOR UPDATE SKIP LOCKED) AS held
    ORDER BY d.due_at LIMIT {{limit}}),
claimed AS ({_BEGUN}),
taken AS ({{taking}})
SELECT * FROM claimed"""  # noqa: S608
# What is leased has been due, so each half reads its part of the index: the first that is free, and what is due.
_EARLIEST = """SELECT d.due_at FROM {in_order} AS d
    WHERE {owed} AND d.lease_until_at IS NULL AND {others} AND {blocked} IS NOT TRUE AND {closed} IS NOT TRUE
    ORDER BY d.due_at LIMIT 1"""
_IN_ORDER = "(SELECT d.* FROM delivery AS d WHERE {owed} ORDER BY d.due_at OFFSET 0)"
_EARLIEST_LEASE = """SELECT MIN(d.lease_until_at) FROM delivery AS d
    WHERE {owed} AND d.due_at <= ? AND d.lease_until_at IS NOT NULL AND {others} AND NOT {blocked} AND NOT {closed}"""


@cache
def _worded(statement: str, dialect: str, *, one: bool = False, limit: int = 0) -> str:
    """Return a statement as a dialect needs it; the same text every time, so that the driver keeps it prepared.

    The limit is a part of it: of a parameter PostgreSQL would expect a tenth of everything.
    """
    is_postgresql = dialect == "postgresql"
    return statement.format(
        owed=_OWED,
        blocked=_BLOCKED,
        closed=lanes.CLOSED,
        others="d.id <> ALL(?::bigint[])" if is_postgresql else "d.id NOT IN (SELECT value FROM json_each(?))",
        one="AND d.workspace_id = ? AND d.id = ?" if one else "",
        limit=limit,
        in_order=_IN_ORDER.format(owed=_OWED) if is_postgresql else "delivery",
        columns=", ".join(f"delivery.{column}" for column in _COLUMNS),
        refused=lanes.REFUSED,
        taking=lanes.taking(dialect),
    )


def _asked(session: Transaction, statement: str, values: Sequence[Any]) -> list[Any]:
    return session.ask(_worded(statement, session.dialect.name), driver_values(values, session.dialect))


def _ids(session: Transaction, ids: Collection[int]) -> Any:
    return list(ids) if session.dialect.name == "postgresql" else json.dumps(list(ids))


def claim(
    session: Transaction,
    *,
    now: datetime,
    lease_owner: str,
    lease: timedelta,
    limit: int,
    except_ids: Collection[int] = (),
    only: tuple[int, int] | None = None,
    patience: timedelta = timedelta(0),
) -> Sequence[Delivery]:
    """Claim deliveries that are due and whose lanes are free, the first of each channel, so that it keeps its order.

    A claim counts as an attempt and is committed by the caller before Slack is called. A lease that ran out is taken
    over: its sender died between the claim and the mark. `except_ids` are never taken over: the caller knows that their
    senders live. `only` (a workspace and a delivery) claims that one or none; `patience` leaves alone what could have
    been claimed for less than that. Oldest first.
    """
    is_postgresql = session.dialect.name == "postgresql"
    moment, since, until = driver_values((now, now - patience, now + lease), session.dialect)
    due = (since, since, _ids(session, except_ids), *(only or ()))
    values = (*due, moment, moment, lease_owner, until, moment, *((moment, moment, moment) if is_postgresql else ()))
    statement = _CLAIM_ON_POSTGRESQL if is_postgresql else _CLAIM_ON_SQLITE
    found = session.ask(_worded(statement, session.dialect.name, one=only is not None, limit=limit), values)
    # They share most of their moments.
    instants: dict[Any, datetime | None] = {None: None}
    claimed = sorted((_delivery(row, instants) for row in found), key=attrgetter("due_at", "id"))
    if not is_postgresql:
        lanes.take(session, claimed, now=now)
    return claimed


def _delivery(row: Sequence[Any], instants: dict[Any, datetime | None]) -> Delivery:
    # To be read, and no part of a session: what the ORM keeps of an entity takes longer than the claim.
    delivery = object.__new__(Delivery)
    stored = delivery.__dict__
    stored.update(zip(_CLAIMED, row, strict=True))
    for column in _INSTANTS:
        if (instant := stored[column]) not in instants:
            instants[instant] = instant_of(instant)
        stored[column] = instants[instant]
    if isinstance(stored["payload"], str):
        stored["payload"] = json.loads(stored["payload"])
    stored["state"] = DeliveryState.SENDING
    return delivery


def mark(session: Transaction, delivery: Delivery, lease_owner: str, **values: Any) -> bool:
    """Write the outcome of an attempt if the claim is still ours, and give the lease back; say whether it was ours.

    Where Slack took it, what it refused on the same lanes before the claim is forgotten.
    """
    written = {"lease_owner": None, "lease_until_at": None, **values}
    if not delivery.was_refused or values.get("state") is not DeliveryState.SENT:
        return _change_claimed(session, delivery, lease_owner, written)
    if session.dialect.name == "postgresql":
        told = (*_changed_to(delivery, lease_owner, written), *lanes.reopening(delivery))
        return bool(session.ask(_sent_on_postgresql(tuple(written)), driver_values(told, session.dialect)))
    ours = _change_claimed(session, delivery, lease_owner, written)
    if ours:
        session.tell(lanes.REOPEN, lanes.reopening(delivery))
    return ours


def renew(session: Transaction, delivery: Delivery, lease_owner: str, *, until_at: datetime) -> bool:
    """Hold a claim for longer; False when somebody else has taken it over."""
    return _change_claimed(session, delivery, lease_owner, {"lease_until_at": until_at})


def _change_claimed(session: Transaction, delivery: Delivery, lease_owner: str, values: dict[str, Any]) -> bool:
    told = _changed_to(delivery, lease_owner, values)
    return session.tell(_change(tuple(values)), driver_values(told, session.dialect)) == 1


def _changed_to(delivery: Delivery, lease_owner: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """The number of the attempt is the fence: one owner may have claimed a delivery twice."""
    return (*values.values(), delivery.workspace_id, delivery.id, lease_owner, delivery.attempts)


@cache
def _change(columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE delivery SET {changes} WHERE workspace_id = ? AND id = ? AND lease_owner = ? AND attempts = ?"  # noqa: S608


@cache
def _sent_on_postgresql(columns: tuple[str, ...]) -> str:
    """Return both steps as one statement, which is one round trip."""
    return f"""WITH marked AS ({_change(columns)} RETURNING id),
        reopened AS ({lanes.REOPEN} AND EXISTS (SELECT 1 FROM marked))
        SELECT id FROM marked"""  # noqa: S608


def next_due_at(session: Transaction, *, now: datetime, except_ids: Collection[int] = ()) -> datetime | None:
    """Return when the next delivery can be claimed or taken over; None when nothing is owed.

    What waits for another delivery of its channel is not looked at: that one's turn comes first. What waits for a lane
    can be claimed when the lane is free.
    """
    others = _ids(session, except_ids)
    free = _asked(session, _EARLIEST, (others, now, now))
    leased = _asked(session, _EARLIEST_LEASE, (now, others, now, now))
    found = (instant_of(row[0]) for row in (*free, *leased))
    return min(filter(None, (*found, lanes.next_free_at(session, now=now))), default=None)
