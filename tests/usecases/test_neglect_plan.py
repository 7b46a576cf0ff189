"""The list stays a scan of its index, in the index's order, on both databases: no sort of the customers, ever."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from bot.usecases.neglect import rank
from storage import neglect_list, people
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, TeammateRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
CUSTOMERS, OWNERS, SEGMENTS = 20_000, 40, 4


class Overheard(Ledger):
    """A ledger that keeps what it asks in the driver's own words."""

    def ask(self, query: str, *parameters: Any) -> list[Any]:
        HEARD.append((query, parameters))
        return super().ask(query, *parameters)


HEARD: list[tuple[str, tuple[Any, ...]]] = []


def fill(store: Store, workspace_id: int) -> None:
    with store.write(workspace_id) as ledger:
        books = Books(ledger)
        segments = [books.segment(f"S{number}", set_cadence_days=20 + 10 * number) for number in range(SEGMENTS)]
        owners = [books.person("U0ANA")] + [
            ledger.add(TeammateRow(workspace_id=workspace_id, name=f"P{number}")).id for number in range(OWNERS - 1)
        ]
        row = ledger.get(Customer, books.customer("Acme", segment_id=segments[0], since_on=TODAY, value=1))
        assert row is not None
        fields = row.model_dump()
        rows = []
        for number in range(CUSTOMERS):
            due = TODAY + timedelta(days=number % 90 - 45)
            rows.append(
                {
                    **fields, "id": new_id(), "name": f"C{number}", "external_id": None,
                    "owner_id": owners[number % OWNERS], "segment_id": segments[number // OWNERS % SEGMENTS],
                    "sort_key": number * 7919 % 10_007 / 100, "due_on": due, "nudge_from_on": due,
                    "silent_since_on": TODAY - timedelta(days=60 + number % 30),
                }
            )  # fmt: skip
        ledger.session.execute(insert(Customer), rows)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def plan_of(ledger: Ledger, statement: str, parameters: tuple[Any, ...]) -> list[str]:
    is_sqlite = ledger.session.get_bind().dialect.name == "sqlite"
    return [str(row[-1]) for row in ledger.ask(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", *parameters)]


def test_the_list_of_an_owner_is_index_scans_that_need_no_sort(store: Store, workspace: int) -> None:
    fill(store, workspace)
    HEARD.clear()
    with store.session(writes=False) as session:
        ledger = Overheard(session, workspace)
        found = rank(ledger, as_of=TODAY, now_day=TODAY, owner="U0ANA", limit=10)
        statement, parameters = next(heard for heard in HEARD if "FROM customer" in heard[0])
        everybody = rank(ledger, as_of=TODAY, now_day=TODAY, owner="U0ANA")
        row = people.by_slack_id(ledger, "U0ANA")
        assert row is not None
        assert neglect_list.count_neglected(ledger, today=TODAY, owner_id=row.id) == len(everybody) > 50
        plan = plan_of(ledger, statement, parameters)
    best = [line.relationship.customer_id for line in everybody]
    assert [line.relationship.customer_id for line in found] == best[:10]
    said = "\n".join(plan)
    scans = [place for place, line in enumerate(plan) if "ix_customer_neglect" in line]
    # Only the ten of each segment may be put in the order of their true scores: their customers come in order.
    if store.engine.dialect.name == "sqlite":
        assert len(scans) == SEGMENTS, said
        assert all("COVERING INDEX" in plan[place] for place in scans), said
        assert all("owner_id=? AND segment_id=?" in plan[place] for place in scans), said
        assert all(plan[place + 1] == "SCAN of_segment" for place in scans), said
        assert "SCAN customer" not in said
    else:
        # One scan, which begins anew for every segment and ends at the limit.
        (scan,) = scans
        assert "Index Only Scan using ix_customer_neglect on customer" in plan[scan], said
        assert "Limit" in plan[scan - 1], said
        assert "scan.segment_id" in plan[scan + 1], said
        assert all("Sort" not in line for line in plan[scan:]), said
        assert "Seq Scan on customer" not in said


def test_the_list_of_somebody_who_covers_reads_the_customers_of_those_owners_alone(
    store: Store, workspace: int
) -> None:
    fill(store, workspace)
    HEARD.clear()
    with store.session(writes=False) as session:
        ledger = Overheard(session, workspace)
        ana, ben = sorted(people.everybody(ledger))[:2]
        neglect_list.neglected(ledger, today=TODAY, limit=10, owner_id=ana, covered_ids=[ben])
        statement, parameters = next(heard for heard in HEARD if "FROM customer" in heard[0])
        plan = plan_of(ledger, statement, parameters)
    # The other index has their order, but everybody's customers in it.
    assert any("ix_customer_neglect " in line for line in plan), plan
    assert all("ix_customer_neglect_team" not in line for line in plan), plan


def test_the_list_of_the_whole_team_is_scans_of_its_own_index(store: Store, workspace: int) -> None:
    fill(store, workspace)
    HEARD.clear()
    with store.session(writes=False) as session:
        ledger = Overheard(session, workspace)
        neglect_list.neglected(ledger, today=TODAY, limit=10, whole_team=True)
        statement, parameters = next(heard for heard in HEARD if "FROM customer" in heard[0])
        plan = plan_of(ledger, statement, parameters)
    scans = [line for line in plan if "ix_customer_neglect_team" in line]
    assert len(scans) == (SEGMENTS if store.engine.dialect.name == "sqlite" else 1), plan


def test_those_due_of_many_owners_are_found_by_an_index(store: Store, workspace: int) -> None:
    fill(store, workspace)
    HEARD.clear()
    with store.session(writes=False) as session:
        ledger = Overheard(session, workspace)
        owner_ids = sorted(people.everybody(ledger))[:5]
        due = neglect_list.due_of_each(ledger, owner_ids, today=TODAY)
        statement, parameters = next(heard for heard in HEARD if "FROM customer" in heard[0])
        plan = plan_of(ledger, statement, parameters)
    assert sum(map(len, due.values())) > 50
    if store.engine.dialect.name == "sqlite":
        # The index holds all that is asked, so no customer's row is read.
        assert any("SEARCH customer USING COVERING INDEX ix_customer_neglect" in line for line in plan), plan
    else:
        assert any("Index Cond" in line and "owner_id" in line for line in plan), plan
        assert all("Seq Scan on customer" not in line for line in plan), plan
