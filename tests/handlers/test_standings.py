"""What a customer is, from inside Slack: shown with the reason, changed in a form, and lurkers who knock."""

import pytest

from bot.blocks.ids import ActionId
from bot.domain.model import Direction, Role, Source, Standing, TouchKind
from bot.playground import Message, View
from bot.playground.line import Request
from bot.usecases.circle import set_seats
from bot.usecases.customers import exactly
from bot.usecases.deriving import derive_standings
from bot.usecases.standings import set_standing
from bot.usecases.touches import NewTouch, record_touch
from storage import customers
from storage.models import Customer, Touch
from storage.people import by_slack_id
from tests.handlers.acting import command, customer, element_about, press, said, submit, whispers
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import WEEKS, Cast


@pytest.fixture(autouse=True)
def _ana_is_an_admin(office: Office) -> None:
    give_role(office, "U0ANA", Role.ADMIN)


def give_role(office: Office, who: str, role: Role) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = by_slack_id(ledger, who)
        assert row is not None
        row.role = role
        ledger.add(row)


def sit(office: Office, *customer_ids: int, ago: int = 0) -> None:
    """Give customers a seat in the inner circle, in the terminal."""
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        for customer_id in customer_ids:
            now = office.clock.now - ago * WEEKS
            assert set_standing(ledger, customer_id, Standing.INNER_CIRCLE, by=None, now=now) is None


def seats(office: Office, **numbers: int) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        set_seats(ledger, by=None, **numbers)


def home(office: Office, user: str) -> View:
    assert office.slack.open_home(user).ok
    office.settle()
    shown = office.slack.home(user)
    assert shown is not None
    return shown


def open_form(office: Office, user: str, name: str) -> Message:
    """Open the form that says what a customer is, from its card; return the card."""
    card = command(office, user, "C0TEAM", f"/customer {name}")
    press(office, user, card, ActionId.OPEN_STANDING)
    return card


def wrote(office: Office, note: str = "Asked for the list") -> None:
    """Elm, a lurker of Ben's, writes, and Ben says so."""
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        (elm, _), *_ = exactly(ledger, "Elm")
        row = by_slack_id(ledger, "U0BEN")
        assert row is not None
        now = office.clock.now
        touch = NewTouch(
            customer_id=elm, at=now, on=now.date(), kind=TouchKind.EMAIL, direction=Direction.INBOUND,
            source=Source.COMMAND, by_id=row.id, note=note,
        )  # fmt: skip
        record_touch(ledger, touch, now=now, today=now.date())
    office.settle()


def test_the_card_says_what_a_customer_is_and_why(office: Office, cast: Cast) -> None:
    assert "Customer, because of €90,000 a year." in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))
    assert "Kunde, wegen 90.000 € im Jahr." in said(command(office, "U0CHI", "C0TEAM", "/customer Acme"))


def test_a_persons_word_is_on_the_card_at_once_and_can_be_withdrawn(office: Office, cast: Cast) -> None:
    card = open_form(office, "U0ANA", "Acme")
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert "The ledger alone would say: Customer, because of €90,000 a year." in said(form)
    assert submit(office, "U0ANA", standing="inner_circle") == {}
    assert "Inner circle, set by ana today." in said(card)
    assert customer(office, cast.acme).standing is Standing.INNER_CIRCLE
    press(office, "U0ANA", card, ActionId.OPEN_STANDING)
    submit(office, "U0ANA", standing="derived")
    assert "Customer, because of €90,000 a year." in said(card)


def test_who_is_in_the_circle_is_marked_on_the_digests_card_and_the_order_stays(
    office: Office, cast: Cast, digest: Message
) -> None:
    before = [text for text in said(digest).splitlines() if text.startswith(("1.", "2.", "3."))]
    sit(office, cast.gale)
    office.settle()
    shown = said(office.slack.last_message("U0ANA"))
    assert "€5,000 a year · Inner circle" in shown
    assert [text for text in shown.splitlines() if text.startswith(("1.", "2.", "3."))] == before


def test_a_full_circle_asks_who_leaves_and_the_two_change_places(office: Office, cast: Cast) -> None:
    sit(office, cast.fjord, cast.gale)
    seats(office, each=2)
    card = open_form(office, "U0ANA", "Acme")
    submit(office, "U0ANA", standing="inner_circle")
    form = office.slack.modal("U0ANA")
    assert form is not None
    text = said(form)
    assert "All 2 seats of ana are taken. Who leaves for Acme?" in text
    assert text.index("Gale") < text.index("Fjord"), "the least contacted first"
    assert "last touch on 22 September · €5,000 a year" in text
    assert customer(office, cast.acme).standing is Standing.CUSTOMER
    assert submit(office, "U0ANA", leaves=str(cast.gale)) == {}
    assert "Inner circle, set by ana today." in said(card)
    assert customer(office, cast.gale).standing is Standing.CUSTOMER


def test_a_full_team_whose_seats_are_others_says_whom_to_ask(office: Office, cast: Cast) -> None:
    sit(office, cast.acme)
    seats(office, team=1)
    open_form(office, "U0BEN", "Birch")
    submit(office, "U0BEN", standing="inner_circle")
    form = office.slack.modal("U0BEN")
    assert form is not None
    assert "An admin can free a seat" in said(form)
    assert "Acme" not in said(form).replace("for Birch", "")


def test_a_stranger_is_told_who_decides_before_there_is_a_form(office: Office, cast: Cast) -> None:
    open_form(office, "U0CHI", "Acme")
    assert office.slack.modal("U0CHI") is None
    told = office.slack.ephemerals("U0CHI")[-1].text
    assert told == "Was Acme für euch ist, entscheidet nur ana als zuständige Person oder ein Admin."


def test_who_became_a_stranger_since_the_form_was_opened_is_told_who_decides(office: Office, cast: Cast) -> None:
    open_form(office, "U0BEN", "Birch")
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        (birch, _), *_ = exactly(ledger, "Birch")
        chi = by_slack_id(ledger, "U0CHI")
        assert chi is not None
        customers.change(ledger, birch, {"owner_id": chi.id})
    errors = submit(office, "U0BEN", standing="lurker")
    assert errors["standing"].startswith("Only chi, who looks after Birch")
    assert customer(office, birch).standing is Standing.CUSTOMER


def test_a_viewer_only_looks(office: Office, cast: Cast) -> None:
    give_role(office, "U0BEN", Role.VIEWER)
    card = command(office, "U0BEN", "C0TEAM", "/customer Birch")
    press(office, "U0BEN", card, ActionId.OPEN_STANDING)
    assert office.slack.modal("U0BEN") is None
    assert "You can look at customers here." in office.slack.ephemerals("U0BEN")[-1].text


def test_a_lurker_who_writes_is_proposed_with_the_evidence_and_taken_in(office: Office, cast: Cast) -> None:
    wrote(office)
    card = office.slack.last_message("U0BEN")
    assert "Elm wrote to you this month. Make them a prospect?" in said(card)
    assert "Asked for the list" in said(card)
    shown = home(office, "U0BEN")
    assert "Elm wrote to you this month. Make them a prospect?" in said(shown)
    press(office, "U0BEN", shown, ActionId.PROMOTE, "Elm")
    assert "ben made Elm a prospect at 3:00" in said(card)
    again = office.slack.home("U0BEN")
    assert again is not None
    assert "Elm wrote" not in said(again)
    assert customer(office, cast.elm).standing is Standing.PROSPECT
    press(office, "U0BEN", card, ActionId.PROMOTION_UNDO)
    assert "Make them a prospect?" in said(card)
    assert customer(office, cast.elm).standing is Standing.LURKER


def test_a_lurker_can_be_left_one_and_is_not_asked_about_again(office: Office, cast: Cast) -> None:
    wrote(office)
    card = office.slack.last_message("U0BEN")
    press(office, "U0BEN", card, ActionId.LEAVE_AS_IS)
    assert "ben left Elm as it is" in said(card)
    before = len(office.slack.from_bot("U0BEN"))
    wrote(office)
    assert len(office.slack.from_bot("U0BEN")) == before


def test_of_two_clicks_the_second_reads_what_the_first_did(office: Office, cast: Cast) -> None:
    wrote(office)
    card, shown = office.slack.last_message("U0BEN"), home(office, "U0BEN")
    slack = office.slack
    block_id, button = element_about(shown, ActionId.LEAVE_AS_IS, "Elm")
    pressed = {"type": "button", "block_id": block_id, "action_id": button["action_id"], "value": button["value"]}
    stale = slack.payloads.actions(slack.workspace.person("U0BEN"), card, {**pressed, "action_ts": "1.0"}, {})
    press(office, "U0BEN", card, ActionId.PROMOTE)
    assert slack.line.send(Request("interaction", stale)).ok
    office.settle()
    assert whispers(office, "U0BEN")[-1] == "ben has taken Elm in already."
    assert customer(office, cast.elm).standing is Standing.PROSPECT


def test_a_lurker_with_a_hostile_name_and_note_is_proposed_safely(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = ledger.get(Customer, cast.elm)
        assert row is not None
        row.name = "Elm <!channel> *bold* <https://evil.example|click>"
        ledger.add(row)
        books = Books(ledger)
        books.touch(
            cast.elm, office.clock.now.date(), TouchKind.EMAIL, direction=Direction.INBOUND, note="<@U0ANA> `x`"
        )
    derive_standings(office.keepwarm.store, office.workspace_id, now=office.clock.now)
    office.clock.forward(days=2)
    office.settle()
    assert "Elm &lt;!channel&gt;" in said(office.slack.last_message("U0BEN"))
    assert "Make them a prospect?" in said(home(office, "U0BEN"))


def test_who_drifts_out_of_the_circle_is_a_quiet_line_in_the_home(office: Office, cast: Cast) -> None:
    sit(office, cast.acme, ago=30)
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        today = office.clock.now.date()
        for touch in ledger.rows(Touch):
            if touch.customer_id == cast.acme and touch.touched_on < today - 8 * WEEKS:
                touch.touched_on -= 10 * (today - 8 * WEEKS - touch.touched_on)
                ledger.add(touch)
    shown = home(office, "U0ANA")
    assert "Acme is in your inner circle; you have talked every" in said(shown)
    assert office.slack.from_bot("U0ANA")[-1:] == office.slack.from_bot("U0ANA")[:1], "no message of its own"
    press(office, "U0ANA", shown, ActionId.KEEP_SEAT, "Acme")
    again = office.slack.home("U0ANA")
    assert again is not None
    assert "you have talked every" not in said(again)
    assert "Inner circle, 1 of 8 seats: Acme." in said(again)


def test_a_seat_is_freed_from_the_home(office: Office, cast: Cast) -> None:
    sit(office, cast.dune, ago=30)
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        for touch in ledger.rows(Touch):
            if touch.customer_id == cast.dune:
                touch.touched_on -= 20 * WEEKS
                ledger.add(touch)
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.FREE_SEAT, "Dune")
    assert customer(office, cast.dune).standing is Standing.CUSTOMER
    shown = office.slack.home("U0ANA")
    assert shown is not None
    assert "Inner circle: nobody yet." in said(shown)


def test_admins_change_the_seats_in_the_home(office: Office, cast: Cast) -> None:
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.OPEN_SEATS)
    assert submit(office, "U0ANA", seats_each="x", seats_team="30") == {
        "seats_each": "Write a number of seats from 0 to 150."
    }
    assert submit(office, "U0ANA", seats_each="5", seats_team="12") == {}
    shown = office.slack.home("U0ANA")
    assert shown is not None
    assert "one of 5 seats" in said(shown)


def test_others_see_no_door_to_the_seats(office: Office, cast: Cast) -> None:
    assert ActionId.OPEN_SEATS not in str(home(office, "U0BEN").blocks)
