"""Lists that people ask for, and the App Home: numbers that agree, pages without holes, few statements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.model import NudgeState, Policy, Role, Standing, Teammate
from bot.domain.views import CardRef, HomeView, ListView
from bot.errors import NotFound
from bot.usecases import lists, nudges
from bot.usecases.cards import customer_view
from bot.usecases.home import home_view
from bot.usecases.neglect import rank
from storage import customers, people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, Delivery, TeammateRow
from tests.support.books import Books
from tests.support.statements import statements

__all__ = ["statements"]


TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONG_AGO = date(2025, 1, 1)
DAY = timedelta(days=1)
MOST_STATEMENTS = {"home": 30, "list": 12, "customer": 14}


@dataclass(frozen=True, slots=True)
class Room:
    """Ana's customers and what she sees of them."""

    ledger: Ledger
    clients: int

    @property
    def ana(self) -> Teammate:
        row = people.by_slack_id(self.ledger, "U0ANA")
        assert row is not None
        return people.teammate(row)

    def customer(self, name: str, *, silent: int = 60, owner: str | None = "U0ANA", **more: Any) -> int:
        books = Books(self.ledger)
        return books.customer(
            name, segment_id=more.pop("segment_id", self.clients), since_on=LONG_AGO,
            owner_id=books.person(owner) if owner else None, touched=[TODAY - silent * DAY], **more,
        )  # fmt: skip

    def settle(self) -> None:
        Books(self.ledger).settle()

    def ask(self, **asked: Any) -> int:
        question = asked.pop("question", None) or lists.Question(**{"owner_id": self.ana.id, **asked})
        return lists.open_list(self.ledger, question, by=self.ana, channel="C0TEAM", now=NOW)

    def show(self, list_id: int) -> ListView:
        self.ledger.session.expire_all()
        return lists.list_view(self.ledger, list_id, reader=self.ana, now=NOW)

    def home(self) -> HomeView:
        self.ledger.session.expire_all()
        view = home_view(self.ledger, self.ana.id, now=NOW)
        assert view is not None
        return view


def names(view: ListView) -> list[str]:
    return [card.relationship.name for card in view.cards]


@pytest.fixture
def room(store: Store, workspace: int) -> Iterator[Room]:
    with store.write(workspace) as ledger:
        yield Room(ledger, Books(ledger).segment("Clients", set_cadence_days=30))


def test_the_home_counts_and_shows_what_the_list_holds(room: Room) -> None:
    fast = Books(room.ledger).segment("Fast", set_cadence_days=10, policy=Policy.FIXED)
    for number in range(13):
        room.customer(f"C{number}", value=100 + number, segment_id=fast if number % 3 else room.clients, silent=50)
    room.customer("Birch", silent=3)
    room.customer("Lost", silent=300)
    room.customer("Elm", standing=Standing.LURKER)
    room.customer("Ben's", owner="U0BEN")
    room.settle()
    home, listed = room.home(), room.show(room.ask(limit=10))
    assert home.due_total == len(listed.cards) + listed.more == 13
    assert [card.relationship.name for card in home.due] == names(listed)
    found = rank(room.ledger, as_of=TODAY, now_day=TODAY, owner="U0ANA")
    assert [ranked.relationship.name for ranked in found][:10] == names(listed)
    assert (home.owned, home.touched_in_rhythm) == (16, 1)


@pytest.mark.parametrize(("over", "found"), [(59, True), (60, False), (61, False)])
def test_over_a_number_of_days_means_longer_than_that(room: Room, over: int, found: bool) -> None:
    room.customer("Acme", silent=60)
    room.settle()
    view = room.show(room.ask(silent_over_days=over))
    assert (names(view), view.more) == (["Acme"] if found else [], 0)


@pytest.mark.parametrize(("silent", "lost"), [(180, False), (181, True)])
def test_over_six_cadences_a_customer_moves_from_one_list_to_the_other(room: Room, silent: int, lost: bool) -> None:
    room.customer("Acme", silent=silent)
    room.settle()
    assert names(room.show(room.ask(lost=lost))) == ["Acme"]
    assert names(room.show(room.ask(lost=not lost))) == []
    home = room.home()
    assert (home.due_total, home.lost_total) == (int(not lost), int(lost))


def test_who_is_lost_is_measured_by_the_cadence_of_their_own_segment(room: Room) -> None:
    slow = Books(room.ledger).segment("Slow", set_cadence_days=90, policy=Policy.FIXED)
    room.customer("Acme", silent=300)
    room.customer("Birch", silent=300, segment_id=slow)
    room.settle()
    assert names(room.show(room.ask(lost=True))) == ["Acme"]
    assert names(room.show(room.ask(lost=True, segment_id=slow))) == []


def test_the_lost_who_are_asleep_or_left_alone_are_on_no_list(room: Room) -> None:
    room.customer("Acme", silent=300)
    room.customer("Dune", silent=300, snoozed_until_on=TODAY + DAY)
    room.customer("Elm", silent=300, standing=Standing.LURKER)
    room.customer("Ben's", silent=300, owner="U0BEN", value=1)
    room.settle()
    assert names(room.show(room.ask(lost=True))) == ["Acme"]
    assert names(room.show(room.ask(lost=True, whole_team=True))) == ["Acme", "Ben's"]
    assert room.home().lost_total == 1


def test_the_pages_of_the_lost_are_of_the_lost_alone_the_most_valuable_first(room: Room) -> None:
    for number in range(6):
        room.customer(f"L{number}", value=1000 - number, silent=300)
        room.customer(f"D{number}", value=1000 - number)
    room.settle()
    first = room.ask(limit=4, lost=True)
    second = room.ask(question=lists.next_page(room.ledger, first))
    assert (names(room.show(first)), room.show(first).more) == (["L0", "L1", "L2", "L3"], 2)
    assert (names(room.show(second)), room.show(second).more) == (["L4", "L5"], 0)


def test_a_list_is_narrowed_to_a_segment_or_widened_to_the_team(room: Room) -> None:
    other = Books(room.ledger).segment("Others", set_cadence_days=30)
    room.customer("Acme")
    room.customer("Cedar", segment_id=other, owner="U0BEN")
    room.customer("Nobody's", owner=None, value=1)
    room.settle()
    assert names(room.show(room.ask())) == ["Acme"]
    assert sorted(names(room.show(room.ask(whole_team=True)))) == ["Acme", "Cedar", "Nobody's"]
    assert names(room.show(room.ask(whole_team=True, segment_id=other))) == ["Cedar"]
    assert names(room.show(room.ask(owner_id=None))) == ["Nobody's"]


def pages(room: Room, between: Callable[[ListView], None]) -> list[ListView]:
    list_id = room.ask(limit=4)
    found = [room.show(list_id)]
    while found[-1].more:
        between(found[-1])
        list_id = room.ask(question=lists.next_page(room.ledger, list_id))
        found.append(room.show(list_id))
    return found


def act_on_two(room: Room) -> Callable[[ListView], None]:
    def act(view: ListView) -> None:
        first, second = (card.ref for card in view.cards[:2])
        nudges.mark_done(room.ledger, first, by=room.ana, now=NOW)
        nudges.snooze(room.ledger, second, until_on=TODAY + 9 * DAY, by=room.ana, now=NOW)

    return act


@pytest.mark.parametrize("acting", [False, True])
def test_pages_skip_nobody_and_repeat_nobody(room: Room, acting: bool) -> None:
    for number in range(11):
        room.customer(f"C{number:02}", value=1000 - number)
    room.settle()
    shown = pages(room, act_on_two(room) if acting else lambda _view: None)
    assert [name for view in shown for name in names(view)] == [f"C{number:02}" for number in range(11)]
    assert [view.more for view in shown] == [7, 3, 0]


def test_equals_are_paged_without_holes(room: Room) -> None:
    for number in range(23):
        room.customer(f"C{number}", value=500)
    room.settle()
    shown = [name for view in pages(room, lambda _view: None) for name in names(view)]
    assert len(shown) == len(set(shown)) == 23


def test_a_list_that_is_drawn_again_shows_what_became_of_its_cards(room: Room) -> None:
    for name, value in (("Acme", 9000), ("Birch", 800), ("Cedar", 70)):
        room.customer(name, value=value)
    room.settle()
    list_id = room.ask()
    acme = room.show(list_id).cards[0]
    nudges.mark_done(room.ledger, acme.ref, by=room.ana, now=NOW, note="all good")
    view = room.show(list_id)
    assert names(view) == ["Acme", "Birch", "Cedar"]
    assert [card.state for card in view.cards] == [NudgeState.DONE, NudgeState.OPEN, NudgeState.OPEN]
    assert (view.cards[0].note, [card.position for card in view.cards], view.more) == ("all good", [1, 2, 3], 0)


def test_an_empty_list_says_who_is_next(room: Room) -> None:
    room.customer("Fern", silent=40)
    room.customer("Birch", silent=3)
    room.settle()
    view = room.show(room.ask())
    assert (view.cards, view.more) == ((), 0)
    assert view.next_due is not None
    assert view.next_due.relationship.name == "Fern"


def test_a_list_that_is_gone_is_not_found(room: Room) -> None:
    for look in (room.show, lambda list_id: lists.next_page(room.ledger, list_id)):
        with pytest.raises(NotFound):
            look(12345)


def test_a_list_is_posted_to_a_channel_once(room: Room) -> None:
    room.customer("Acme")
    room.settle()
    list_id = room.ask()
    for _ in range(2):
        lists.post_list(room.ledger, list_id, slack_channel_id="C0TEAM", by=room.ana, now=NOW)
    assert len(room.ledger.rows(Delivery, col(Delivery.kind) == "list_post")) == 1


def test_the_home_says_what_is_coming_and_what_sleeps(room: Room) -> None:
    # A single call is answered with one and a half cadences: 45 days.
    room.customer("Today", silent=45)
    room.customer("Tomorrow", silent=44)
    room.customer("In a week", silent=38)
    room.customer("Later", silent=37)
    room.customer("Asleep", silent=60, snoozed_until_on=TODAY + DAY)
    room.customer("Wakes today", silent=60, snoozed_until_on=TODAY)
    room.settle()
    home = room.home()
    assert sorted(card.relationship.name for card in home.due) == ["Today", "Wakes today"]
    assert [card.relationship.name for card in home.coming] == ["Tomorrow", "In a week"]
    assert [card.relationship.name for card in home.snoozed] == ["Asleep"]


def test_the_home_of_an_admin_counts_the_customers_that_nobody_owns(room: Room) -> None:
    room.customer("Acme")
    room.customer("Nobody's", owner=None)
    room.settle()
    row = room.ledger.get(TeammateRow, room.ana.id)
    assert row is not None
    assert room.home().unowned == 0
    row.role = Role.ADMIN
    room.ledger.add(row)
    assert room.home().unowned == 1


def test_a_card_in_the_home_carries_the_nudge_that_waits(room: Room) -> None:
    acme = room.customer("Acme")
    room.settle()
    card = nudges.mark_done(room.ledger, CardRef(acme, 0, room.home().due[0].ref.seen_touch_id), by=room.ana, now=NOW)
    assert room.home().due == ()
    nudges.undo(room.ledger, card.nudge_id, by=room.ana, now=NOW)
    assert room.home().due[0].nudge_id == card.nudge_id


def test_the_statements_of_a_home_and_a_list_do_not_grow_with_the_customers(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], statements: list[str]
) -> None:
    asked: list[dict[str, int]] = []
    for count in (20, 1_000):
        with sqlite_store.write(make_workspace(sqlite_store, f"T0{count}")) as ledger:
            room = Room(ledger, Books(ledger).segment("Clients", set_cadence_days=30))
            first = room.customer("First", value=9_999)
            row = ledger.get(Customer, first)
            assert row is not None
            fields = row.model_dump(exclude={"id", "external_id"})
            ledger.session.add_all(
                Customer(**{**fields, "name": f"C{n}", "value_minor": 100, "since_on": TODAY - 60 * DAY})
                for n in range(1, count)
            )
            room.settle()
            list_id = room.ask(limit=10)
            looks: dict[str, Callable[[], object]] = {
                "home": room.home,
                "list": lambda r=room, i=list_id: r.show(i),  # type: ignore[misc]
                "customer": lambda r=room, i=first: _card(r, i),  # type: ignore[misc]
            }
            counted = {}
            for page, look in looks.items():
                statements.clear()
                look()
                counted[page] = len(statements)
                assert sum("FROM segment WHERE workspace_id" in statement for statement in statements) == 1, page
            asked.append(counted)
            assert (room.home().due_total, len(room.home().due)) == (count, min(count, 10))
    assert asked[0] == asked[1]
    assert all(asked[0][page] <= most for page, most in MOST_STATEMENTS.items()), asked


def _card(room: Room, customer_id: int) -> None:
    room.ledger.session.expire_all()
    assert customer_view(room.ledger, customer_id, today=TODAY).card.relationship.name == "First"


def test_the_name_of_the_next_customer_is_looked_up_in_its_own_workspace(room: Room) -> None:
    acme = room.customer("Acme")
    assert set(customers.by_ids(room.ledger, [acme, 12345])) == {acme}
