"""Touches from a file: an append-only ledger that a second import leaves as it is."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Source, TouchKind
from bot.usecases.recompute import differences
from storage.columns import new_id
from storage.engine import Store
from storage.models import Customer, Nudge, SegmentRow, Touch
from tests.usecases.imports.conftest import Import

CAST = "external_id,name,currency,customer_since\nA1,Acme,USD,2026-01-01\nB1,Birch,EUR,2026-01-01\n"
TALKS = """external_id,customer,at,kind,direction,by,contact,amount,note
t1,A1,2026-05-04,call,outbound,U0ANA,Jo,,wants pricing
t2,Acme,2026-06-15 14:30,meeting,mutual,Zoe,,,
t3,birch,2026-10-01,purchase,,,,29.33,2 CDs
"""


@pytest.fixture
def acme_and_birch(take: Import) -> None:
    take("customers", CAST)


def touches(store: Store, workspace: int) -> list[Touch]:
    with store.read(workspace) as ledger:
        return list(ledger.rows(Touch, order_by=(col(Touch.external_id))))


def acme(store: Store, workspace: int) -> Customer:
    with store.read(workspace) as ledger:
        (found,) = ledger.rows(Customer, col(Customer.name) == "Acme")
        return found


@pytest.mark.usefixtures("acme_and_birch")
def test_touches_move_the_clock_of_their_customers(take: Import, store: Store, workspace: int) -> None:
    outcome = take("touches", TALKS)
    assert (outcome.created, outcome.updated, outcome.skipped, outcome.rejected) == (3, 0, 0, 0)
    state = acme(store, workspace)
    assert (state.touch_days, state.first_on, state.last_on) == (2, date(2026, 5, 4), date(2026, 6, 15))
    first, second, third = touches(store, workspace)
    assert state.last_touch_id == second.id
    assert (first.kind, first.direction, first.contact, first.note) == (
        TouchKind.CALL, Direction.OUTBOUND, "Jo", "wants pricing",
    )  # fmt: skip
    assert first.by_id is not None
    assert (second.by_id, second.by_name, second.touched_at) == (None, "Zoe", datetime(2026, 6, 15, 13, 30, tzinfo=UTC))
    assert (third.amount_minor, third.currency, third.direction) == (2_933, "EUR", Direction.INBOUND)


def test_a_refund_is_a_touch_whose_amount_is_below_zero(take: Import, store: Store, workspace: int) -> None:
    take("customers", "external_id,name\nA1,Acme\n")
    assert take("touches", "customer,at,kind,amount\nA1,2026-11-02,purchase,-20.50\n").created == 1
    with store.read(workspace) as ledger:
        (refund,) = ledger.rows(Touch)
        assert (refund.kind, refund.amount_minor) == (TouchKind.PURCHASE, -2_050)
    with store.read(workspace) as ledger:
        assert not list(differences(ledger))


@pytest.mark.usefixtures("acme_and_birch")
def test_the_same_touches_twice_change_nothing(take: Import, store: Store, workspace: int) -> None:
    take("touches", TALKS)
    before = acme(store, workspace).model_dump()
    outcome = take("touches", TALKS)
    assert (outcome.created, outcome.updated, outcome.skipped) == (0, 0, 3)
    assert acme(store, workspace).model_dump() == before


@pytest.mark.usefixtures("acme_and_birch")
def test_touches_without_an_id_are_known_by_what_they_say(take: Import, store: Store, workspace: int) -> None:
    rows = "customer,at,kind,note\nA1,2026-05-04,call,\nAcme,2026-05-04,call,\nA1,2026-05-04,call,again\n"
    outcome = take("touches", rows)
    assert (outcome.created, outcome.skipped) == (2, 1)
    assert take("touches", rows).skipped == 3
    assert acme(store, workspace).touch_days == 1


@pytest.mark.usefixtures("acme_and_birch")
def test_a_corrected_row_supersedes_and_erases_nothing(take: Import, store: Store, workspace: int) -> None:
    take("touches", TALKS)
    outcome = take("touches", TALKS.replace("t2,Acme,2026-06-15", "t2,Birch,2026-06-16"))
    assert (outcome.created, outcome.updated, outcome.skipped) == (0, 1, 2)
    entries = [row for row in touches(store, workspace) if row.external_id == "t2"]
    old, new = sorted(entries, key=lambda row: row.revision)
    assert (new.revision, new.supersedes_id) == (2, old.id)
    assert acme(store, workspace).last_on == date(2026, 5, 4)
    assert take("touches", TALKS.replace("t2,Acme,2026-06-15", "t2,Birch,2026-06-16")).skipped == 3
    with store.read(workspace) as ledger:
        assert not list(differences(ledger))


def correct_by_hand(store: Store, workspace: int, **changes: object) -> None:
    with store.write(workspace) as ledger:
        (old,) = ledger.rows(Touch, col(Touch.external_id) == "t2")
        values = old.model_dump() | {
            "id": new_id(), "revision": 2, "supersedes_id": old.id, "source": Source.BUTTON, **changes,
        }  # fmt: skip
        ledger.add(Touch(**values))


@pytest.mark.usefixtures("acme_and_birch")
def test_what_people_corrected_stands_until_the_file_says_something_else(
    take: Import, store: Store, workspace: int
) -> None:
    take("touches", TALKS)
    correct_by_hand(store, workspace, note="it was lunch")
    assert take("touches", TALKS).skipped == 3
    assert take("touches", TALKS.replace("2026-06-15 14:30", "2026-06-15 15:30")).updated == 1


@pytest.mark.usefixtures("acme_and_birch")
def test_a_touch_that_people_removed_stays_removed(take: Import, store: Store, workspace: int) -> None:
    take("touches", TALKS)
    correct_by_hand(store, workspace, retracted=True)
    assert take("touches", TALKS).skipped == 3
    assert take("touches", TALKS.replace("2026-06-15 14:30", "2026-06-15 15:30")).skipped == 3


@pytest.mark.usefixtures("acme_and_birch")
def test_a_note_is_kept_and_counts_for_nothing(take: Import, store: Store, workspace: int) -> None:
    take("touches", "customer,at,kind,note\nAcme,2026-11-01,Notiz,moved house\n")
    assert acme(store, workspace).touch_days == 0


@pytest.mark.usefixtures("acme_and_birch")
@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("Nobody,2026-05-04,call", "customer", "is no customer"),
        ("Acme GmbH,2026-05-04,call", "customer", "Did you mean 'Acme'"),
        (",2026-05-04,call", "", "names no customer"),
        ("Acme,,call", "", "no date"),
        ("Acme,2026-11-25,call", "at", "ahead of us"),
        ("Acme,2026-11-24 08:01,call", "at", "ahead of us"),
        ("Acme,2026-05-04,newsletter", "kind", "a mass mail"),
        ("Acme,2026-05-04,Out of office", "kind", "an automatic reply"),
        ("Acme,2026-05-04,internal meeting", "kind", "an internal meeting"),
        ("Acme,2026-05-04,Aufgabe", "kind", "a plan"),
        ("Acme,2026-05-04,seance", "kind", "call, email"),
    ],
)
def test_what_is_no_touch_is_rejected_with_the_remedy(take: Import, row: str, field: str, words: str) -> None:
    outcome = take("touches", f"customer,at,kind\n{row}\n")
    assert (outcome.created, outcome.rejected) == (0, 1)
    assert outcome.rejects[0].field == field
    assert words in outcome.rejects[0].why


@pytest.mark.usefixtures("acme_and_birch")
def test_today_is_not_ahead_of_us_even_before_noon(take: Import) -> None:
    assert take("touches", "customer,at\nAcme,2026-11-24\n").created == 1


@pytest.mark.usefixtures("acme_and_birch")
def test_an_id_that_is_there_twice_is_rejected(take: Import) -> None:
    outcome = take("touches", TALKS + "t1,A1,2026-07-01,call,,,,,\n")
    assert (outcome.created, outcome.rejected) == (3, 1)
    assert "line 2" in outcome.rejects[0].why


@pytest.mark.usefixtures("acme_and_birch")
def test_a_segment_learns_its_cadence_from_the_first_import(take: Import, store: Store, workspace: int) -> None:
    days = {"Acme": ("04-10", "05-01", "05-22"), "Birch": ("03-04", "04-02", "05-01", "05-30")}
    rows = [f"{name},2026-{day}\n" for name, touched in days.items() for day in touched]
    take("touches", "customer,at\n" + "".join(rows))
    with store.read(workspace) as ledger:
        (segment,) = ledger.rows(SegmentRow)
        assert segment.cadence_days == 25.0
        assert not list(differences(ledger))


@pytest.mark.usefixtures("acme_and_birch")
def test_a_relationship_began_with_its_first_touch_at_the_latest(take: Import, store: Store, workspace: int) -> None:
    take("touches", "customer,at\nAcme,2025-05-01\n")
    assert acme(store, workspace).since_on == date(2025, 5, 1)
    assert take("customers", CAST).skipped == 2


@pytest.mark.usefixtures("acme_and_birch")
def test_an_imported_touch_answers_an_open_nudge_and_ends_a_snooze(
    take: Import, store: Store, workspace: int, now: datetime
) -> None:
    with store.write(workspace) as ledger:
        (row,) = ledger.rows(Customer, col(Customer.name) == "Acme")
        row.snoozed_until_on, row.snoozed_in_a_row = date(2027, 1, 1), 2
        ledger.add(row)
        ledger.add(Nudge(workspace_id=workspace, id=new_id(), customer_id=row.id, planned_on=date(2026, 11, 23)))
    take("touches", "customer,at\nAcme,2026-11-24\n")
    state = acme(store, workspace)
    assert (state.snoozed_until_on, state.snoozed_in_a_row) == (None, 0)
    with store.read(workspace) as ledger:
        (nudge,) = ledger.rows(Nudge)
        assert (nudge.state, nudge.ended_at, nudge.touch_id) == (NudgeState.DONE, now, state.last_touch_id)


def test_an_export_of_hubspot_activities_is_read_as_it_is(
    take: Import, store: Store, workspace: int, exports: Path
) -> None:
    take("customers", exports / "hubspot-companies.csv")
    outcome = take("touches", exports / "hubspot-activities.csv")
    assert outcome.rejected == 6
    assert outcome.created == 4
    assert take("touches", exports / "hubspot-activities.csv").skipped == 4
