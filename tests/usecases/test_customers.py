"""Customers by hand: found by what people type, added with what they know, and what a letter to them may use."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.facts import Channel
from bot.domain.model import Teammate, TouchKind
from bot.errors import InputRefused, NotFound
from bot.usecases import customers as desk
from bot.usecases.cards import cards_for
from bot.usecases.customers import NewCustomer
from bot.usecases.recompute import differences
from bot.usecases.suggestions import contact_email, facts_about, facts_of
from storage import customers, people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Contact, Customer, SegmentRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
MAY = date(2026, 5, 4)


@pytest.fixture
def ledger(store: Store, workspace: int) -> Iterator[Ledger]:
    with store.write(workspace) as ledger:
        yield ledger


@pytest.fixture
def ana(ledger: Ledger) -> Teammate:
    row = people.by_slack_id(ledger, "U0ANA")
    assert row is not None
    return people.teammate(row)


def add(ledger: Ledger, ana: Teammate, name: str = "Acme", **more: Any) -> Customer:
    row = ledger.get(Customer, desk.add_customer(ledger, NewCustomer(name, **more), owner=ana, today=TODAY))
    assert row is not None
    return row


def test_a_customer_added_by_hand_stands_as_a_replay_would_put_it(ledger: Ledger, ana: Teammate) -> None:
    acme = add(
        ledger, ana, " Acme   GmbH ", value="12.5k", currency="usd", contact="Ana Köhler", email="a@acme.example"
    )
    assert (acme.name, acme.owner_id, acme.value_minor, acme.currency) == ("Acme GmbH", ana.id, 1_250_000, "USD")
    assert acme.nudge_from_on == acme.due_on > TODAY
    assert list(differences(ledger)) == []
    assert contact_email(ledger, acme.id) == "a@acme.example"


def test_who_is_added_without_a_value_ranks_as_the_middle_of_those_added_before_and_after(
    ledger: Ledger, ana: Teammate
) -> None:
    dune = add(ledger, ana, "Dune")
    add(ledger, ana, "Acme", value="9000")
    add(ledger, ana, "Birch", value="5000")
    elm = add(ledger, ana, "Elm")
    for row in (dune, elm):
        ledger.session.refresh(row)
        assert row.ranked_value == 7000
    assert list(differences(ledger)) == []


def test_the_first_customer_makes_the_first_segment_and_the_second_joins_it(ledger: Ledger, ana: Teammate) -> None:
    add(ledger, ana)
    add(ledger, ana, "Birch")
    assert [row.name for row in ledger.rows(SegmentRow)] == [desk.FIRST_SEGMENT]


@pytest.mark.parametrize(
    "new",
    [
        NewCustomer(""),
        NewCustomer("  "),
        NewCustomer("x" * 201),
        NewCustomer("ACME"),
        NewCustomer("Birch", value="a lot"),
        NewCustomer("Birch", value="-5"),
        NewCustomer("Birch", currency="euro"),
        NewCustomer("Birch", currency="12€"),
        NewCustomer("Birch", currency="ERU"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(ledger: Ledger, ana: Teammate, new: NewCustomer) -> None:
    add(ledger, ana)
    with pytest.raises(InputRefused):
        desk.add_customer(ledger, new, owner=ana, today=TODAY)
    assert len(ledger.rows(Customer)) == 1


def test_names_that_begin_so_come_before_names_that_contain_it(ledger: Ledger, ana: Teammate) -> None:
    ids = {name: add(ledger, ana, name).id for name in ("Nordacme", "Acme West", "Acme", "Birch", "100% Süß")}
    assert [name for _, name in desk.find(ledger, "acme")] == ["Acme", "Acme West", "Nordacme"]
    assert desk.find(ledger, "acme", limit=1) == [(ids["Acme"], "Acme")]
    assert [name for _, name in desk.find(ledger, "süß")] == ["100% Süß"]
    assert [name for _, name in desk.find(ledger, "%")] in ([], ["100% Süß"])
    assert len(desk.find(ledger, " ")) == 5


def test_exactly_means_the_name_whatever_its_case_or_the_external_id(ledger: Ledger, ana: Teammate) -> None:
    acme = add(ledger, ana)
    acme.external_id = "crm-7"
    ledger.add(acme)
    assert desk.exactly(ledger, "ACME") == desk.exactly(ledger, " crm-7 ") == [(acme.id, "Acme")]
    assert desk.exactly(ledger, "Acm") == []


def test_a_letter_knows_the_last_real_touch_the_contact_and_the_form_of_address(ledger: Ledger, ana: Teammate) -> None:
    books = Books(ledger)
    acme = books.customer("Acme", segment_id=books.segment(), since_on=MAY, owner_id=ana.id)
    called = books.touch(acme, date(2026, 9, 30), TouchKind.CALL, note="wants the three-year price")
    books.touch(acme, date(2026, 11, 1), TouchKind.NOTE, note="hears badly")
    books.settle()
    row = ledger.get(Customer, acme)
    assert row is not None
    row.profile, row.preferred_channel, row.birthday_on = (
        {"address": "Sie", "Anrede": "Frau"},
        "phone",
        date(1980, 2, 29),
    )
    ledger.add(row)
    for name in ("Zoe First", "Ana Second"):
        ledger.add(Contact(workspace_id=ledger.workspace_id, customer_id=acme, name=name))
    facts = facts_of(ledger, acme, today=TODAY, sender=ana)
    assert facts.last_touch is not None
    assert (facts.last_touch.id, facts.last_touch.note) == (called, "wants the three-year price")
    assert (facts.contact_name, facts.salutation, facts.formal) == ("Zoe First", "Frau", True)
    assert (facts.preferred_channel, facts.silent_days) == (Channel.PHONE, 55)
    assert (facts.birthday_on, facts.sender_name, facts.since_on) == (date(2027, 2, 28), "Ana", MAY)


def test_a_letter_to_somebody_nobody_knows_anything_about_has_facts_too(ledger: Ledger, ana: Teammate) -> None:
    birch = add(ledger, ana, "Birch")
    facts = facts_of(ledger, birch.id, today=TODAY, sender=None)
    assert (facts.last_touch, facts.contact_name, facts.formal, facts.birthday_on) == (None, None, None, None)
    assert (facts.silent_days, facts.sender_name, contact_email(ledger, birch.id)) == (0, None, None)


def test_nobody_is_written_to_who_is_not_here(ledger: Ledger, ana: Teammate) -> None:
    birch = add(ledger, ana, "Birch")
    (card,) = cards_for(ledger, customers.by_ids(ledger, [12345, birch.id, birch.id]).values(), today=TODAY)
    assert set(facts_about(ledger, [card, card], today=TODAY, sender=ana)) == {birch.id}
    with pytest.raises(NotFound):
        facts_of(ledger, 12345, today=TODAY, sender=ana)
    assert ledger.rows(Customer, col(Customer.id) == 12345) == []


def test_the_day_they_became_a_customer_is_kept_for_its_anniversary(ledger: Ledger, ana: Teammate) -> None:
    row = add(ledger, ana, since_on=date(2024, 2, 29))
    assert (row.since_on, row.joined_on, row.joined_key) == (date(2024, 2, 29), date(2024, 2, 29), 229)
    with pytest.raises(InputRefused, match="still ahead"):
        add(ledger, ana, "Birch", since_on=TODAY + timedelta(days=1))
    assert add(ledger, ana, "Cedar").joined_on is None, "and nobody guesses it"
