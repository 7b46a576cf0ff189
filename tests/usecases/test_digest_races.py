"""Somebody acts on a customer in the moment in which its digest is planned: on PostgreSQL both run at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Source, TouchKind
from bot.usecases.digest_rounds import plan_due_digests
from bot.usecases.touches import NewTouch, record_touch
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, Digest, Nudge
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
_WAITS = """SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND position('FROM customer' in query) > 0"""


@pytest.mark.parametrize("others", [0, 2])
def test_who_is_called_while_their_digest_is_planned_is_not_in_it(
    postgresql_store: Store, make_workspace: Callable[[Store, str], int], others: int
) -> None:
    store = postgresql_store
    workspace_id = make_workspace(store, f"T0RACE{others}")
    acme, *_ = customers(store, workspace_id, 1 + others)
    with ThreadPoolExecutor(1) as pool:
        with store.write(workspace_id) as ledger:
            call(ledger, acme)
            # The plan has read that Acme is overdue, and waits for Acme's row.
            planning = pool.submit(plan_due_digests, store, now=NINE)
            until_it_waits(store)
        assert planning.result(timeout=10) == min(others, 1)
    with store.read(workspace_id) as ledger:
        waiting = ledger.rows(Nudge, col(Nudge.state) == NudgeState.OPEN)
        assert len(waiting) == others
        assert acme not in {nudge.customer_id for nudge in waiting}
        assert len(ledger.rows(Digest)) == len(ledger.rows(Delivery, col(Delivery.kind) == "digest")) == min(others, 1)


def customers(store: Store, workspace_id: int, count: int) -> list[int]:
    """Write overdue customers of Ana, the only one whose digest is due."""
    with store.write(workspace_id) as ledger:
        books = Books(ledger)
        segment_id = books.segment(set_cadence_days=30)
        touched = [TODAY - timedelta(days=60 + 30 * n) for n in range(3)]
        found = [
            books.customer(
                f"C{number}", segment_id=segment_id, since_on=touched[-1], owner_id=books.person("U0ANA"),
                touched=touched, value=1000 - number,
            )
            for number in range(count)
        ]  # fmt: skip
        books.settle()
        for who in ("U0ANA", "U0BEN", "U0CHI"):
            row = people.by_slack_id(ledger, who)
            assert row is not None
            row.timezone, row.next_digest_at = "UTC", NINE if who == "U0ANA" else None
            ledger.add(row)
    return found


def call(ledger: Ledger, customer_id: int) -> None:
    touch = NewTouch(
        customer_id=customer_id, at=NINE, on=TODAY, kind=TouchKind.CALL, direction=Direction.OUTBOUND,
        source=Source.COMMAND, by_id=None,
    )  # fmt: skip
    record_touch(ledger, touch, now=NINE, today=TODAY)


def until_it_waits(store: Store) -> None:
    for _ in range(100_000):
        with store.session(writes=False) as session:
            if session.ask(_WAITS, ())[0][0]:
                return
    raise AssertionError("the plan did not wait for the customer's row")
