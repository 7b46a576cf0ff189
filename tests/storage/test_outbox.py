"""The outbox on both databases: who may claim what, in which order, and when a claim runs out."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from storage import claiming, outbox
from storage.engine import Store
from storage.models import Delivery, DeliveryState
from storage.transaction import Transaction

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


def owe(
    store: Store, workspace: int, now: datetime, text: str, channel: str = "C1", due_at: datetime | None = None
) -> int:
    with store.write(workspace) as ledger:
        owed = outbox.Owed(key=text, kind="text", channel=channel, payload={"text": text}, due_at=due_at)
        delivery_id = outbox.owe(ledger, owed, now=now)
    assert delivery_id is not None
    return delivery_id


def claim(store: Store, now: datetime, name: str = "one", limit: int = 10) -> list[str]:
    with store.session() as session:
        claimed = claiming.claim(session, now=now, lease_owner=name, lease=LEASE, limit=limit)
    return [delivery.payload["text"] for delivery in claimed]


def row(store: Store, workspace: int, delivery_id: int) -> Delivery:
    with store.read(workspace) as ledger:
        found = ledger.get(Delivery, delivery_id)
    assert found is not None
    return found


def mark(store: Store, workspace: int, delivery_id: int, name: str = "one", **values: object) -> bool:
    with store.session() as session:
        return claiming.mark(session, row(store, workspace, delivery_id), name, **values)


def test_a_key_is_owed_once(store: Store, workspace: int, now: datetime) -> None:
    owe(store, workspace, now, "digest of Tuesday")
    with store.write(workspace) as ledger:
        again = outbox.Owed(key="digest of Tuesday", kind="text", channel="C1")
        assert outbox.owe(ledger, again, now=now) is None


def test_a_delivery_is_written_with_its_cause_or_not_at_all(store: Store, workspace: int, now: datetime) -> None:
    with pytest.raises(RuntimeError), store.write(workspace) as ledger:
        outbox.owe(ledger, outbox.Owed(key="lost", kind="text", channel="C1"), now=now)
        raise RuntimeError("the effect failed")
    assert claim(store, now) == []


def test_of_each_channel_only_the_oldest_is_claimed(store: Store, workspace: int, now: datetime) -> None:
    for text, channel in (("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B")):
        owe(store, workspace, now, text, channel)
    assert claim(store, now) == ["a1", "b1"]
    assert claim(store, now) == []


def test_the_longest_due_come_first_and_no_more_than_asked_for(store: Store, workspace: int, now: datetime) -> None:
    owe(store, workspace, now, "later", "A", due_at=now)
    owe(store, workspace, now, "sooner", "B", due_at=now - SECOND)
    assert claim(store, now, limit=1) == ["sooner"]


def test_what_another_replica_holds_is_passed_over(
    postgresql_store: Store, now: datetime, make_workspace: Callable[[Store, str], int]
) -> None:
    workspace = make_workspace(postgresql_store, "T0PLAY")
    held = owe(postgresql_store, workspace, now, "held", "C1", due_at=now - SECOND)
    owe(postgresql_store, workspace, now, "free", "C2")
    with postgresql_store.session() as other:
        other.ask("SELECT id FROM delivery WHERE id = ? FOR UPDATE", (held,))
        assert claim(postgresql_store, now, limit=1) == ["free"]
    assert claim(postgresql_store, now) == ["held"]


def test_replicas_that_claim_at_the_same_time_share_what_is_owed(store: Store, workspace: int, now: datetime) -> None:
    for number in range(60):
        owe(store, workspace, now, f"{number}", f"C{number}")

    def claims(name: str) -> list[str]:
        found: list[str] = []
        while len(more := claim(store, now, name, limit=2)) > 0:
            found += more
        return found

    with ThreadPoolExecutor(4) as replicas:
        claimed = [text for texts in replicas.map(claims, "abcd") for text in texts]
    # Whoever finds everything locked goes home; what is left is there for the next look.
    counted = Counter(claimed + claim(store, now, limit=60))
    assert counted == Counter(f"{number}" for number in range(60))


def test_nothing_is_claimed_before_it_is_due(store: Store, workspace: int, now: datetime) -> None:
    owe(store, workspace, now, "tomorrow", due_at=now + timedelta(days=1))
    owe(store, workspace, now, "now")
    assert claim(store, now) == ["now"], "what is planned for later holds nothing up"


def test_a_claim_counts_as_an_attempt_and_holds_for_its_lease(store: Store, workspace: int, now: datetime) -> None:
    delivery_id = owe(store, workspace, now, "hello")
    assert claim(store, now) == ["hello"]
    assert claim(store, now + LEASE - SECOND, "two") == []
    assert claim(store, now + LEASE, "two") == ["hello"]
    found = row(store, workspace, delivery_id)
    assert (found.attempts, found.lease_owner, found.first_attempt_at) == (2, "two", now)


def test_what_its_sender_still_holds_is_never_taken_over(store: Store, workspace: int, now: datetime) -> None:
    delivery_id = owe(store, workspace, now, "hello")
    owe(store, workspace, now, "after it")
    claim(store, now)
    with store.session() as session:
        much_later = now + timedelta(hours=12)
        claimed = claiming.claim(
            session, now=much_later, lease_owner="one", lease=LEASE, limit=9, except_ids={delivery_id}
        )
        assert list(claimed) == []


def test_a_sender_whose_claim_was_taken_over_marks_nothing(store: Store, workspace: int, now: datetime) -> None:
    delivery_id = owe(store, workspace, now, "hello")
    claim(store, now, "slow")
    claim(store, now + LEASE, "quick")
    assert not mark(store, workspace, delivery_id, "slow", state=DeliveryState.FAILED)
    with store.session() as session:
        assert not claiming.renew(session, row(store, workspace, delivery_id), "slow", until_at=now + 9 * LEASE)
    assert mark(store, workspace, delivery_id, "quick", state=DeliveryState.SENT)
    assert row(store, workspace, delivery_id).state is DeliveryState.SENT


def test_one_sender_that_claimed_twice_marks_the_second_attempt(store: Store, workspace: int, now: datetime) -> None:
    """It was suspended for longer than its lease, and took the delivery over from itself."""
    delivery_id = owe(store, workspace, now, "hello")
    claim(store, now)
    first = row(store, workspace, delivery_id)
    claim(store, now + LEASE)
    with store.session() as session:
        assert not claiming.mark(session, first, "one", state=DeliveryState.FAILED)
    assert mark(store, workspace, delivery_id, state=DeliveryState.SENT)


def test_a_renewed_claim_holds_longer(store: Store, workspace: int, now: datetime) -> None:
    delivery_id = owe(store, workspace, now, "hello")
    claim(store, now)
    with store.session() as session:
        assert claiming.renew(session, row(store, workspace, delivery_id), "one", until_at=now + 2 * LEASE)
    assert claim(store, now + LEASE, "two") == []


@pytest.mark.parametrize("state", [DeliveryState.UNKNOWN, DeliveryState.PENDING])
def test_what_was_begun_is_not_overtaken_in_its_channel(
    store: Store, workspace: int, now: datetime, state: DeliveryState
) -> None:
    begun = owe(store, workspace, now, "begun")
    owe(store, workspace, now, "behind it")
    assert claim(store, now, limit=1) == ["begun"]
    mark(store, workspace, begun, state=state, due_at=now + 30 * SECOND, attempts=0)
    owe(store, workspace, now, "elsewhere", "C2")
    assert claim(store, now) == ["elsewhere"]
    assert claim(store, now + 30 * SECOND) == ["begun"]
    mark(store, workspace, begun, state=DeliveryState.SENT)
    assert claim(store, now + 30 * SECOND) == ["behind it"]


def test_one_call_a_channel_is_on_its_way(store: Store, workspace: int, now: datetime) -> None:
    """A row that is committed late has a lower id than the one that is being sent."""
    late = owe(store, workspace, now, "written first, committed last", due_at=now + 2 * SECOND)
    owe(store, workspace, now, "under way")
    assert claim(store, now) == ["under way"]
    assert claim(store, now + 2 * SECOND) == []
    assert row(store, workspace, late).attempts == 0


def test_a_home_that_cannot_be_published_holds_no_message_up(store: Store, workspace: int, now: datetime) -> None:
    with store.write(workspace) as ledger:
        home = outbox.owe(ledger, outbox.Owed(key="home", kind="home", channel="U1", payload={"text": "home"}), now=now)
    assert home is not None
    claim(store, now)
    mark(store, workspace, home, state=DeliveryState.UNKNOWN, due_at=now + 60 * SECOND)
    owe(store, workspace, now, "digest", "U1")
    assert claim(store, now) == ["digest"]


def test_the_dispatcher_is_told_when_the_next_one_can_go(store: Store, workspace: int, now: datetime) -> None:
    def next_due() -> datetime | None:
        with store.session(writes=False) as session:
            return claiming.next_due_at(session, now=now)

    assert next_due() is None
    tomorrow = owe(store, workspace, now, "tomorrow", "C2", due_at=now + timedelta(days=1))
    assert next_due() == now + timedelta(days=1)
    first = owe(store, workspace, now, "hello")
    owe(store, workspace, now, "behind it")
    assert next_due() == now
    claim(store, now)
    assert next_due() == now + LEASE, "what waits behind another one must not keep the dispatcher busy"
    mark(store, workspace, first, state=DeliveryState.UNKNOWN, due_at=now + 5 * SECOND)
    assert next_due() == now + 5 * SECOND
    assert row(store, workspace, tomorrow).state is DeliveryState.PENDING


def test_ten_changes_of_a_message_are_one_update(store: Store, workspace: int, now: datetime) -> None:
    posted = row(store, workspace, owe(store, workspace, now, "card"))
    for _ in range(10):
        with store.write(workspace) as ledger:
            outbox.owe_update(ledger, posted, now=now)
    with store.read(workspace) as ledger:
        assert len([found for found in ledger.rows(Delivery) if found.kind == "update"]) == 1


def test_an_update_that_is_being_drawn_gets_another_one(store: Store, workspace: int, now: datetime) -> None:
    posted = row(store, workspace, owe(store, workspace, now, "card", "C9"))
    claim(store, now)
    mark(store, workspace, posted.id, state=DeliveryState.SENT)
    with store.write(workspace) as ledger:
        outbox.owe_update(ledger, posted, now=now)
    with store.session() as session:
        assert len(claiming.claim(session, now=now, lease_owner="one", lease=LEASE, limit=9)) == 1
    with store.write(workspace) as ledger:
        outbox.owe_update(ledger, posted, now=now)
    with store.read(workspace) as ledger:
        assert len([found for found in ledger.rows(Delivery) if found.kind == "update"]) == 2


def test_an_update_that_a_dispatcher_is_about_to_claim_does_not_count_as_waiting(
    postgresql_store: Store, make_workspace: object, now: datetime
) -> None:
    """The dispatcher would draw it with the words of before this transaction."""
    workspace = make_workspace(postgresql_store, "T0PLAY")  # type: ignore[operator]
    posted = row(postgresql_store, workspace, owe(postgresql_store, workspace, now, "card"))
    with postgresql_store.write(workspace) as ledger:
        outbox.owe_update(ledger, posted, now=now + SECOND)
    with postgresql_store.session() as dispatching:
        (claimed,) = claiming.claim(dispatching, now=now, lease_owner="one", lease=LEASE, limit=9)
        dispatching.commit()
        claiming.mark(dispatching, claimed, "one", state=DeliveryState.SENT)
        assert len(claiming.claim(dispatching, now=now + SECOND, lease_owner="one", lease=LEASE, limit=9)) == 1
        with postgresql_store.write(workspace) as ledger:
            outbox.owe_update(ledger, posted, now=now + SECOND)
    with postgresql_store.read(workspace) as ledger:
        assert len([found for found in ledger.rows(Delivery) if found.kind == "update"]) == 2


def test_a_workspace_that_removed_the_bot_is_owed_nothing(store: Store, workspace: int, now: datetime) -> None:
    sent, owed = owe(store, workspace, now, "sent"), owe(store, workspace, now, "owed")
    claim(store, now)
    mark(store, workspace, sent, state=DeliveryState.SENT)
    with store.session() as session:
        outbox.cancel_owed(session, workspace)
    assert row(store, workspace, sent).state is DeliveryState.SENT
    assert row(store, workspace, owed).state is DeliveryState.CANCELLED
    assert claim(store, now) == []


def test_workspaces_do_not_wait_for_each_other(store: Store, workspace: int, now: datetime, make_workspace) -> None:  # type: ignore[no-untyped-def]
    other = make_workspace(store, "T0OTHER")
    owe(store, workspace, now, "here", "C1")
    owe(store, other, now, "there", "C1")
    assert sorted(claim(store, now)) == ["here", "there"]


def test_what_waits_in_a_channel_is_found_by_an_index(sqlite_store: Store, now: datetime) -> None:
    """Thousands are owed on a Monday morning; looking at all of them for each one would take seconds a claim."""
    asked: list[str] = []
    with sqlite_store.session() as session:
        session.connection().connection.driver_connection.set_trace_callback(asked.append)  # type: ignore[union-attr]
        claiming.claim(session, now=now, lease_owner="one", lease=LEASE, limit=8)
        claiming.next_due_at(session, now=now)
    queries = [statement for statement in asked if "FROM delivery" in statement]
    assert len(queries) == 3
    with sqlite_store.session(writes=False) as session:
        for query in queries:
            plan = session.ask(f"EXPLAIN QUERY PLAN {query}", ())
            assert any("ix_delivery_owed" in row[3] for row in plan), plan
            assert not any("B-TREE" in row[3] for row in plan), plan
            assert any("ix_delivery_lane (workspace_id=? AND channel=?" in row[3] for row in plan), plan
            assert any("lane USING" in row[3] and "(workspace_id=? AND name=?" in row[3] for row in plan), plan


class Noting(Transaction):
    """A transaction that also keeps what it asked."""

    def __init__(self, engine: Engine, asked: list[tuple[str, tuple[object, ...]]]) -> None:
        super().__init__(engine)
        self.__dict__["asked"] = asked

    def ask(self, query: str, parameters: Sequence[object]) -> list[Any]:
        self.__dict__["asked"].append((query, tuple(parameters)))
        return super().ask(query, parameters)


def test_a_claim_stops_looking_when_it_has_enough(
    postgresql_store: Store, now: datetime, make_workspace: Callable[[Store, str], int]
) -> None:
    """Whatever PostgreSQL believes of how much is owed: here it has never looked."""
    workspace = make_workspace(postgresql_store, "T0PLAY")
    for number in range(100):
        owe(postgresql_store, workspace, now, f"{number}", f"C{number}")
    asked: list[tuple[str, tuple[object, ...]]] = []
    with Noting(postgresql_store.engine, asked) as noting:
        assert len(claiming.claim(noting, now=now, lease_owner="one", lease=LEASE, limit=8)) == 8
        noting.rollback()
        claiming.next_due_at(noting, now=now)
    claims, earliest = asked[:2]
    with postgresql_store.session(writes=False) as session:
        for (query, values), conditions, enough in ((claims, 3, 8), (earliest, 2, 1)):
            plan = "\n".join(line for (line,) in session.ask(f"EXPLAIN (ANALYZE, TIMING OFF) {query}", values))
            looked_up = re.findall(r"Scan.* on (?:delivery other|lane) .*loops=(\d+)", plan)
            assert len(looked_up) == conditions and {int(loops) for loops in looked_up} == {enough}, plan


def test_statistics_of_a_quiet_hour_do_not_lead_a_claim_through_all_that_is_owed(
    postgresql_store: Store, now: datetime, make_workspace: Callable[[Store, str], int]
) -> None:
    """What a delivery waits for was looked for among everything that is owed, as nothing was owed a moment ago."""
    workspace = make_workspace(postgresql_store, "T0PLAY")
    with postgresql_store.write(workspace) as ledger:
        ledger.tell(
            """INSERT INTO delivery (workspace_id, id, key, kind, channel, payload, state, due_at, created_at, attempts)
            SELECT ?, n, 'sent' || n, 'text', 'C' || n, '{}', 'sent', ?, ?, 1 FROM generate_series(1, 2000) AS n""",
            workspace, now, now,
        )  # fmt: skip
        ledger.tell("ANALYZE delivery")
        ledger.tell("ANALYZE lane")
    for number in range(60):
        owe(postgresql_store, workspace, now, f"{number}", f"C{number}")
    asked: list[tuple[str, tuple[object, ...]]] = []
    with Noting(postgresql_store.engine, asked) as noting:
        assert len(claiming.claim(noting, now=now, lease_owner="one", lease=LEASE, limit=8)) == 8
        noting.rollback()
    ((query, values),) = asked
    with postgresql_store.session(writes=False) as session:
        plan = "\n".join(line for (line,) in session.ask(f"EXPLAIN {query}", values))
    assert "using ix_delivery_lane on delivery other" in plan, plan
