"""Customers from a file: created, updated, skipped and rejected, on both databases."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col

from bot.domain.model import Standing
from bot.usecases.imports.report import report
from bot.usecases.recompute import differences
from storage.engine import Store
from storage.models import Contact, Customer, SegmentRow, TeammateRow, Touch, Workspace
from tests.usecases.imports.conftest import Import

CAST = """external_id,name,owner,segment,annual_value,currency,customer_since,city
A1,Acme,U0ANA,Key,84000,EUR,2024-03-01,Oslo
B1,Birch,ben@example.com,Key,12.5k,EUR,2024-03-01,
C1,Cedar,Ben,Small,1200,EUR,,Lyon
"""


def customer(store: Store, workspace: int, name: str) -> Customer:
    with store.read(workspace) as ledger:
        (found,) = ledger.rows(Customer, col(Customer.name) == name)
        return found


def test_a_file_of_customers_becomes_customers_who_are_due(take: Import, store: Store, workspace: int) -> None:
    outcome = take("customers", CAST)
    assert (outcome.created, outcome.updated, outcome.skipped, outcome.rejected) == (3, 0, 0, 0)
    acme = customer(store, workspace, "Acme")
    assert (acme.external_id, acme.value_minor, acme.currency, acme.ranked_value) == ("A1", 8_400_000, "EUR", 84_000)
    assert (acme.since_on, acme.silent_since_on, acme.due_on) == (
        date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 31),
    )  # fmt: skip
    assert acme.nudge_from_on == acme.due_on
    assert acme.profile == {"city": "Oslo"}
    with store.read(workspace) as ledger:
        owners = {row.id: row.name for row in ledger.rows(TeammateRow)}
        assert [owners[row.owner_id or 0] for row in ledger.rows(Customer, order_by=col(Customer.name))] == [
            "Ana", "Ben", "Ben",
        ]  # fmt: skip


def test_the_same_file_twice_changes_nothing(take: Import) -> None:
    take("customers", CAST)
    outcome = take("customers", CAST)
    assert (outcome.created, outcome.updated, outcome.skipped, outcome.rejected) == (0, 0, 3, 0)


def test_a_name_is_all_that_a_customer_needs(take: Import, store: Store, workspace: int) -> None:
    assert take("customers", "name\nAcme\n").created == 1
    acme = customer(store, workspace, "Acme")
    assert (acme.since_on, acme.standing, acme.currency) == (date(2026, 11, 24), Standing.CUSTOMER, "EUR")
    assert take("customers", "name\nAcme\n").skipped == 1


def test_a_value_that_differs_is_updated_and_moves_the_order(take: Import, store: Store, workspace: int) -> None:
    take("customers", CAST)
    before = customer(store, workspace, "Acme")
    outcome = take("customers", CAST.replace("84000", "168000"))
    assert (outcome.created, outcome.updated, outcome.skipped) == (0, 1, 2)
    after = customer(store, workspace, "Acme")
    assert after.value_minor == 16_800_000
    assert after.sort_key == pytest.approx(before.sort_key + 1)


def test_an_empty_cell_never_erases(take: Import, store: Store, workspace: int) -> None:
    take("customers", CAST)
    outcome = take("customers", "external_id,name,owner,annual_value,city\nA1,Acme,,,\n")
    assert (outcome.updated, outcome.skipped) == (0, 1)
    assert customer(store, workspace, "Acme").profile == {"city": "Oslo"}


def test_new_columns_join_the_profile(take: Import, store: Store, workspace: int) -> None:
    take("customers", CAST)
    assert take("customers", "external_id,name,size\nA1,Acme,40\n").updated == 1
    assert customer(store, workspace, "Acme").profile == {"city": "Oslo", "size": "40"}


def test_a_dry_run_counts_and_writes_nothing(take: Import, store: Store, workspace: int) -> None:
    outcome = take("customers", CAST + ",,,,1,,,\n", dry_run=True)
    assert (outcome.created, outcome.rejected, outcome.dry_run) == (3, 1, True)
    with store.read(workspace) as ledger:
        assert not ledger.rows(Customer)
        assert not ledger.rows(SegmentRow)


def test_a_wrong_row_is_named_and_stops_no_other(take: Import) -> None:
    outcome = take("customers", CAST.replace("1200", "12k5"))
    assert (outcome.created, outcome.rejected) == (2, 1)
    assert outcome.rejects[0].sentence("customers.csv") == (
        "customers.csv line 4: annual_value '12k5' is not a number. Write 12500 or 12.5k."
    )


def test_a_second_row_with_the_same_external_id_is_rejected_and_named(take: Import) -> None:
    outcome = take("customers", CAST + "A1,Acme again,,,,,,\n")
    assert (outcome.created, outcome.rejected) == (3, 1)
    assert outcome.rejects[0].sentence("c.csv") == (
        "c.csv line 5: external_id 'A1' is on line 2 already. Put both into one row."
    )


def test_two_rows_that_mean_one_customer_are_one_too_many(take: Import) -> None:
    take("customers", CAST)
    outcome = take("customers", "external_id,name\nA1,Acme\n,ACME\n,Birch\nB1,Birch\n")
    assert (outcome.skipped, outcome.updated, outcome.rejected) == (2, 0, 2)
    assert [reject.line for reject in outcome.rejects] == [3, 5]


def test_a_row_without_an_id_is_found_by_its_name(take: Import, store: Store, workspace: int) -> None:
    take("customers", CAST)
    assert take("customers", "name,notes\n  acme ,likes tea\n").updated == 1
    assert customer(store, workspace, "acme").notes == "likes tea"


def test_a_customer_without_an_id_gets_the_one_that_a_file_gives(take: Import, store: Store, workspace: int) -> None:
    take("customers", "name\nAcme\n")
    assert take("customers", "external_id,name\nA1,Acme\n").updated == 1
    assert customer(store, workspace, "Acme").external_id == "A1"


def test_two_external_ids_are_two_customers_however_alike(take: Import) -> None:
    outcome = take("customers", "external_id,name\n1,Acorn Optics GmbH\n2,ACORN OPTICS\n3,Acorn Optic\n4,Elm\n")
    assert (outcome.created, outcome.near_duplicate_count) == (4, 2)
    later = take("customers", "external_id,name\n5,Acorn optics gmbh\n")
    assert later.created == 1
    assert later.near_duplicates[0].other_line is None


def test_names_with_different_numbers_are_not_alike(take: Import) -> None:
    assert take("customers", "name\nBuyer 00004\nBuyer 00018\nBuyer 00005\n").near_duplicate_count == 0


def test_a_name_that_several_customers_have_needs_an_id(take: Import) -> None:
    take("customers", "external_id,name\n1,Acme\n2,Acme\n")
    outcome = take("customers", "name,notes\nAcme,hello\n")
    assert (outcome.updated, outcome.rejected) == (0, 1)
    assert "external_id" in outcome.rejects[0].why


def test_a_customer_of_unknown_value_ranks_as_the_median(take: Import, store: Store, workspace: int) -> None:
    take("customers", "name,segment,annual_value\nAcme,Key,30000\nBirch,Key,10000\nCedar,Key,1000\nDune,Key,\n")
    dune, birch = customer(store, workspace, "Dune"), customer(store, workspace, "Birch")
    assert (dune.value_minor, dune.ranked_value) == (None, 10_000)
    assert dune.sort_key == birch.sort_key


def test_other_money_is_ranked_by_the_rate(take: Import, store: Store, workspace: int) -> None:
    with store.session() as session:
        row = session.get(Workspace, workspace)
        assert row is not None
        row.rates = {"USD": 0.5}
        session.add(row)
    outcome = take("customers", "name,annual_value,currency\nAcme,1000,USD\nBirch,1000,GBP\n")
    assert customer(store, workspace, "Acme").ranked_value == 500
    assert customer(store, workspace, "Birch").ranked_value == 1000
    assert outcome.missing_rates == ("GBP",)


def test_the_first_customers_bring_the_currency_that_all_their_values_name(
    take: Import, store: Store, workspace: int
) -> None:
    dollars = "name,annual_value,currency\nAcme,1000,USD\nBirch,,\n"
    assert take("customers", dollars, dry_run=True).adopted_currency == "USD"
    outcome = take("customers", dollars)
    assert (outcome.adopted_currency, outcome.missing_rates) == ("USD", ())
    assert any("Values are compared in USD" in line for line in report(outcome))
    assert (customer(store, workspace, "Acme").value_minor, customer(store, workspace, "Birch").currency) == (
        100_000, "USD",
    )  # fmt: skip
    later = take("customers", "name,annual_value,currency\nCedar,1000,GBP\n")
    assert (later.adopted_currency, later.missing_rates) == (None, ("GBP",))


@pytest.mark.parametrize(
    "rows", ["Acme,1000,USD\nBirch,1000,GBP\n", "Acme,1000,USD\nBirch,1000,\n", "Acme,,USD\n", "Acme,1000,EUR\n"]
)
def test_values_in_several_currencies_or_in_none_leave_the_workspaces_own(take: Import, rows: str) -> None:
    assert take("customers", f"name,annual_value,currency\n{rows}").adopted_currency is None


def test_somebody_is_no_customer_since_a_day_ahead(take: Import) -> None:
    outcome = take("customers", "name,customer_since\nAcme,2026-11-25\nBirch,2026-11-24\n")
    assert (outcome.created, outcome.rejected) == (1, 1)
    assert outcome.rejects[0].sentence("customers.csv") == (
        "customers.csv line 2: customer_since '2026-11-25' is ahead of us. Write a day that was, or leave it empty."
    )


def test_owners_whom_slack_has_not_shown_yet_are_teammates_already(take: Import, store: Store, workspace: int) -> None:
    outcome = take("customers", "name,owner\nAcme,dora@example.com\nBirch,Dora@Example.com\nCedar,<@U0EVE>\n")
    assert set(outcome.new_owners) == {"Dora", "U0EVE"}
    with store.read(workspace) as ledger:
        (dora,) = ledger.rows(TeammateRow, col(TeammateRow.email) == "dora@example.com")
        assert dora.slack_user_id is None
        assert len(ledger.rows(Customer, col(Customer.owner_id) == dora.id)) == 2


def test_without_their_addresses_nobody_is_found_by_one_and_the_report_says_so(
    take: Import, store: Store, workspace: int
) -> None:
    assert not any("e-mail" in line for line in report(take("customers", "name,owner\nAcme,dora@example.com\n")))
    with store.session() as session:
        row = session.get(Workspace, workspace)
        assert row is not None
        row.scopes = "chat:write,users:read"
        session.add(row)
    assert any(
        "add the scope users:read.email" in line for line in report(take("customers", "name,owner\nElm,e@x.org\n"))
    )
    assert not any("e-mail" in line for line in report(take("customers", "name,owner\nOak,<@U0EVE>\n")))


def test_a_rejected_row_leaves_no_segment_and_no_owner_behind(take: Import, store: Store, workspace: int) -> None:
    outcome = take("customers", "name,owner,segment,annual_value\nAcme,zoe@example.com,Odd,x\nBirch,,Key,1\n")
    assert (outcome.new_owners, outcome.new_segments) == ((), ("Key",))


def test_contacts_are_people_at_the_customer(take: Import, store: Store, workspace: int) -> None:
    rows = "name,contact_name,contact_email,contact_phone\nAcme,Jo Weiß,jo@example.com,020 7946 0958\n"
    take("customers", rows)
    assert take("customers", rows).skipped == 1
    assert take("customers", rows.replace("jo@", "jw@")).updated == 1
    assert take("customers", rows.replace("Jo Weiß", "Kim Lee")).updated == 1
    with store.read(workspace) as ledger:
        found = ledger.rows(Contact, order_by=col(Contact.name))
    assert [(row.name, row.email, row.phone) for row in found] == [
        ("Jo Weiß", "jw@example.com", "+442079460958"), ("Kim Lee", "jo@example.com", "+442079460958"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [("contact_email", "jo at example", "e-mail"), ("standing", "enemy", "prospect"),
     ("timezone", "Mars/Base", "Europe/Berlin"),
     ("locale", "xx-1", "en-GB"), ("birthday", "2031-01-01", "ahead"), ("currency", "EURO", "EUR"),
     ("annual_value", "-1", "below zero"), ("customer_since", "05/09/2026", "can mean"),
     ("renewal_on", "soon", "2026-05-09"),
     ("segment", "x" * 81, "80"), ("name", "x" * 201, "200")],
)  # fmt: skip
def test_every_field_says_what_to_write_instead(take: Import, column: str, cell: str, word: str) -> None:
    row = f"name,{column}\nAcme,{cell}\n" if column != "name" else f"name\n{cell}\n"
    outcome = take("customers", row)
    assert (outcome.created, outcome.rejected) == (0, 1)
    assert (outcome.rejects[0].field, outcome.rejects[0].value) == (column, cell)
    assert word in outcome.rejects[0].why


def test_words_of_other_tools_are_understood(take: Import, store: Store, workspace: int) -> None:
    take("customers", "Firma,Lifecycle Stage,Preferred channel\nAcme,Opportunity,Telefon\nElm,Subscriber,\n")
    assert customer(store, workspace, "Acme").standing is Standing.PROSPECT
    assert customer(store, workspace, "Acme").preferred_channel == "phone"
    elm = customer(store, workspace, "Elm")
    assert (elm.standing, elm.nudge_from_on) == (Standing.LURKER, None)


def test_a_last_contact_is_a_touch_once(take: Import, store: Store, workspace: int) -> None:
    rows = "Firma,Letzter Kontakt\nAcme,09.05.2026\nBirch,\n"
    outcome = take("customers", rows)
    assert (outcome.created, outcome.last_contacts) == (2, 1)
    again = take("customers", rows)
    assert (again.skipped, again.last_contacts) == (2, 0)
    acme = customer(store, workspace, "Acme")
    assert (acme.touch_days, acme.last_on, acme.warmth) == (1, date(2026, 5, 9), 1.0)
    later = take("customers", rows.replace("09.05.2026", "10.06.2026"))
    assert (later.updated, later.last_contacts) == (1, 1)
    assert customer(store, workspace, "Acme").touch_days == 2


def test_a_last_activity_date_is_no_touch(take: Import, store: Store, workspace: int) -> None:
    take("customers", "Company name,Last Activity Date\nAcme,2026-05-09\n")
    acme = customer(store, workspace, "Acme")
    assert (acme.touch_days, acme.profile) == (0, {"Last Activity Date": "2026-05-09"})


def test_an_export_of_hubspot_is_read_as_it_is(take: Import, store: Store, workspace: int, exports: Path) -> None:
    outcome = take("customers", exports / "hubspot-companies.csv")
    assert (outcome.created, outcome.rejected, outcome.near_duplicate_count) == (10, 0, 2)
    garnet = customer(store, workspace, "Garnet Hotels")
    assert (garnet.external_id, garnet.value_minor, garnet.since_on) == (
        "9100000822", 60_600_000, date(2024, 10, 16),
    )  # fmt: skip
    assert take("customers", exports / "hubspot-companies.csv").skipped == 10


def test_a_german_list_in_the_windows_charset_is_read_as_it_is(
    take: Import, store: Store, workspace: int, exports: Path
) -> None:
    outcome = take("customers", exports / "kunden.csv")
    assert (outcome.created, outcome.encoding, outcome.separator) == (12, "cp1252", ";")
    found = customer(store, workspace, "Bäckerei Köhler & Söhne")
    assert (found.value_minor, found.currency, found.last_on) == (7_187_421, "EUR", date(2026, 3, 7))
    with store.read(workspace) as ledger:
        assert {row.name for row in ledger.rows(SegmentRow)} == {"A", "B", "C"}
        assert len(ledger.rows(Touch)) == 12


def test_another_workspace_is_another_world(take: Import, store: Store, workspace: int, make_workspace: object) -> None:
    take("customers", CAST)
    other = make_workspace(store, "T0OTHER")  # type: ignore[operator]
    with store.read(other) as ledger:
        assert not ledger.rows(Customer)


def test_a_customer_who_changes_segment_moves_the_medians_of_both(take: Import, store: Store, workspace: int) -> None:
    rows = "name,segment,annual_value\nAcme,Key,30000\nBirch,Key,10000\nCedar,Small,1000\nDune,Key,\nElm,Small,\n"
    take("customers", rows)
    assert take("customers", rows.replace("Acme,Key", "Acme,Small")).updated == 1
    assert customer(store, workspace, "Dune").ranked_value == 10_000
    assert customer(store, workspace, "Elm").ranked_value == 15_500
    with store.read(workspace) as ledger:
        assert not list(differences(ledger))
