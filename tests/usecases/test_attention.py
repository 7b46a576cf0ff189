"""A digest within somebody's attention, on both databases: what is spent, what is picked, when the list is through."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.attention import MOST_CARDS
from bot.domain.backlog import Backlog
from bot.domain.model import Direction, Frequency, Occasion, PromiseState, Role, Source, Standing, TouchKind
from bot.domain.views import CardRef, HomeView
from bot.errors import InputRefused
from bot.usecases import nudges, promises, segments, teammates
from bot.usecases.home import home_view
from bot.usecases.touches import NewTouch, record_touch
from storage.columns import new_id
from storage.engine import Store
from storage.models import Customer, Entry, EntryLine, Promise
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, Team, build_team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def at_nine(day: date) -> Any:
    return MIDNIGHT + (day - TODAY) + 9 * HOUR


def change(team: Team, customer_id: int, **columns: Any) -> None:
    with team.store.write(team.workspace_id) as ledger:
        row = ledger.get(Customer, customer_id)
        assert row is not None
        for name, value in columns.items():
            setattr(row, name, value)
        ledger.add(row)


def touch(team: Team, customer_id: int, on: date, kind: TouchKind = TouchKind.EMAIL) -> None:
    ana = team.person()
    with team.store.write(team.workspace_id) as ledger:
        new = NewTouch(customer_id, MIDNIGHT, on, kind, Direction.OUTBOUND, Source.COMMAND, by_id=ana.id)
        record_touch(ledger, new, now=MIDNIGHT, today=on)


def home(team: Team) -> HomeView:
    return home_on(team, TODAY)


def home_on(team: Team, day: date) -> HomeView:
    ana = team.person()
    with team.store.read(team.workspace_id) as ledger:
        view = home_view(ledger, ana.id, now=at_nine(day))
    assert view is not None
    return view


def promise(team: Team, customer_id: int, due_on: date, *, as_owner: bool = True) -> int:
    ana = team.person()
    with team.store.write(team.workspace_id) as ledger:
        entry = ledger.add(
            Entry(workspace_id=team.workspace_id, teammate_id=ana.id, source=Source.REPLY, written_at=MIDNIGHT)
        )
        line = ledger.add(
            EntryLine(workspace_id=team.workspace_id, entry_id=entry.id, position=1, words="x", status="logged")
        )
        row = Promise(
            workspace_id=team.workspace_id, id=new_id(), line_id=line.id, made_at=MIDNIGHT, as_owner=as_owner,
            customer_id=customer_id, teammate_id=ana.id, what="send docs", due_on=due_on,
        )  # fmt: skip
        return ledger.add(row).id


def test_ten_a_week_are_spread_over_the_days_that_are_left(team: Team) -> None:
    for number in range(30):
        team.customer(f"C{number}", value=1_000 + number)
    team.person(touches_a_week=10)
    team.ticks(at_nine(TODAY), 7, every=DAY)
    # Tuesday to Friday: 10 over four days; the cards that still wait count as spent. Monday is a new week.
    assert [len(names) for names in team.named()] == [3, 3, 2, 2, 2]


def test_what_somebody_logged_this_week_is_spent_and_last_weeks_is_not(team: Team) -> None:
    ids = team.customers(f"C{number}" for number in range(12))
    team.person(touches_a_week=4)
    touch(team, ids[0], TODAY - DAY)
    touch(team, ids[1], TODAY - 4 * DAY)
    assert home(team).spent == 1
    touch(team, ids[2], TODAY)
    touch(team, ids[3], TODAY)
    touch(team, ids[4], TODAY)
    team.tick(at_nine(TODAY))
    assert team.named() == [], "nothing is left of the week, and nothing is said"


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda ledger, ref, **by: nudges.snooze(ledger, ref, until_on=TODAY + 30 * DAY, **by), 1 + 4),
        (lambda ledger, ref, **by: nudges.dismiss(ledger, ref, because="gone", **by), 1 + 4),
        (nudges.mark_done, 4),
    ],
    ids=["put off", "dismissed", "done"],
)
def test_a_card_gives_its_share_back_unless_it_led_to_a_touch_which_counts_once(
    team: Team, act: Callable[..., Any], named: int
) -> None:
    team.customers(f"C{number}" for number in range(12))
    ana = team.person(touches_a_week=4)
    team.tick(at_nine(TODAY))
    (card,) = team.digests()[0].cards
    with team.store.write(team.workspace_id) as ledger:
        act(ledger, CardRef(card.relationship.customer_id, card.nudge_id), by=ana, now=at_nine(TODAY))
    team.ticks(at_nine(TODAY + DAY), 3, every=DAY)
    assert sum(map(len, team.named())) == named


def test_the_digest_says_what_it_knowingly_left_out_and_what_that_is_worth(team: Team) -> None:
    team.customer("Acme", value=90_000, silent=70)
    team.customer("Cedar", value=4_200, silent=60)
    team.person(touches_a_week=1)
    team.tick(at_nine(TODAY))
    (digest,) = team.digests()
    assert [card.relationship.name for card in digest.cards] == ["Acme"]
    assert (digest.left_out, digest.next_name, digest.next_value) == (1, "Cedar", (420_000, "EUR"))


def test_in_minutes_a_cheap_mail_beats_an_expensive_visit(team: Team) -> None:
    visit = team.customer("Acme", value=5_000)
    team.customer("Birch", value=3_000)
    team.customer("Cedar", value=2_900)
    change(team, visit, preferred_channel="visit")
    team.person(minutes_a_week=60)
    team.tick(at_nine(TODAY))
    assert team.named() == [["Birch", "Cedar"]]


def test_no_budget_shows_more_cards_than_a_message_holds(team: Team) -> None:
    team.customers(f"C{number}" for number in range(14))
    team.person(touches_a_week=400)
    team.tick(at_nine(TODAY))
    assert [len(names) for names in team.named()] == [MOST_CARDS]


def test_settings_take_words_and_empty_takes_the_budget_away(team: Team) -> None:
    ana = team.person()
    with team.store.write(team.workspace_id) as ledger:
        assert teammates.change_settings(ledger, ana.id, now=MIDNIGHT, budget="2 h").minutes_a_week == 120
        changed = teammates.change_settings(ledger, ana.id, now=MIDNIGHT, budget="10 touches")
        assert (changed.touches_a_week, changed.minutes_a_week) == (10, None)
        assert teammates.change_settings(ledger, ana.id, now=MIDNIGHT).touches_a_week == 10
        assert teammates.change_settings(ledger, ana.id, now=MIDNIGHT, budget="").touches_a_week is None
        with pytest.raises(InputRefused, match="I can't read 'lots' as a week's attention"):
            teammates.change_settings(ledger, ana.id, now=MIDNIGHT, budget="lots")


def test_after_an_import_nobody_gets_more_than_the_cap_and_home_says_when_they_are_through(team: Team) -> None:
    for number in range(23):
        team.customer(f"C{number}", value=1_000 + number)
    assert home(team).backlog == Backlog(TODAY + 7 * DAY)
    team.tick(at_nine(TODAY))
    assert team.named() == [["C22", "C21", "C20", "C19", "C18"]]


def test_on_a_friday_whose_digest_named_five_of_seven_the_rest_are_through_on_monday(team: Team) -> None:
    for number in range(7):
        team.customer(f"C{number}", value=1_000 + number)
    friday = TODAY + 3 * DAY
    team.person(next_digest_at=at_nine(friday))
    team.tick(at_nine(friday))
    assert home_on(team, friday).backlog == Backlog(friday + 3 * DAY)


def test_who_was_named_is_not_counted_until_a_digest_may_name_them_again(team: Team) -> None:
    for number in range(12):
        team.customer(f"C{number}", value=1_000 + number)
    team.tick(at_nine(TODAY))
    assert home_on(team, TODAY).backlog == Backlog(TODAY + 2 * DAY), "seven are left: five and two"
    team.tick(at_nine(TODAY + DAY))
    assert home_on(team, TODAY + DAY).backlog == Backlog(TODAY + 2 * DAY)
    team.tick(at_nine(TODAY + 2 * DAY))
    assert home_on(team, TODAY + 2 * DAY).due_total == 12
    assert home_on(team, TODAY + 2 * DAY).backlog is None, "everybody was named, and rests"
    assert home_on(team, TODAY + 7 * DAY).backlog == Backlog(TODAY + 10 * DAY), (
        "those of the first day are back, the others come back on the days before this one"
    )


def test_a_list_that_one_digest_holds_and_one_that_is_never_told_have_no_backlog(team: Team) -> None:
    team.customers(f"C{number}" for number in range(5))
    assert home(team).backlog is None
    team.customer("C5")
    assert home(team).backlog is not None
    team.person(digest_frequency=Frequency.OFF)
    assert home(team).backlog is None


def test_a_pace_that_is_too_slow_is_said_to_be_that(team: Team) -> None:
    team.customers(f"C{number}" for number in range(40))
    team.person(touches_a_week=1)
    assert home(team).backlog == Backlog(None, growth_a_week=0)


@pytest.mark.parametrize(("way", "through_on"), [("email", date(2026, 11, 30)), ("visit", date(2027, 1, 5))])
def test_in_minutes_the_pace_follows_how_those_who_are_due_are_reached(team: Team, way: str, through_on: date) -> None:
    for customer_id in team.customers(f"C{number}" for number in range(12)):
        change(team, customer_id, preferred_channel=way)
    team.person(minutes_a_week=180)
    backlog = home(team).backlog
    assert backlog is not None
    assert backlog.done_on == through_on


@pytest.mark.parametrize("year", [1, 4])
def test_an_anniversary_is_told_once_and_not_of_a_prospect(team: Team, year: int) -> None:
    acme, birch = team.customer("Acme", silent=3), team.customer("Birch", silent=3, standing=Standing.PROSPECT)
    for customer_id in (acme, birch):
        change(team, customer_id, joined_on=date(2026 - year, 11, 26), joined_key=1126)
    team.ticks(at_nine(TODAY), 6, every=DAY)
    assert [(view.local_on, [c.reason.occasions for c in view.cards]) for view in team.digests()] == [
        (date(2026, 11, 26), [(Occasion.ANNIVERSARY,)])
    ]


def test_the_day_they_joined_is_no_anniversary(team: Team) -> None:
    change(team, team.customer("Acme", silent=0), joined_on=TODAY, joined_key=1124)
    team.tick(at_nine(TODAY))
    assert team.named() == []


@pytest.mark.parametrize(("joined", "silent", "told"), [(7, 7, True), (6, 6, False), (13, 13, True), (14, 14, False),
                                                        (28, 14, True), (28, 13, False), (35, 20, False)])  # fmt: skip
def test_a_new_customer_gets_a_word_in_the_first_and_the_fourth_week(
    team: Team, joined: int, silent: int, told: bool
) -> None:
    day = TODAY - joined * DAY
    acme = team.customer("Acme", silent=silent)
    change(team, acme, joined_on=day, joined_key=day.month * 100 + day.day)
    team.tick(at_nine(TODAY))
    assert team.named() == ([["Acme"]] if told else [])
    if told:
        team.ticks(at_nine(TODAY + DAY), 5, every=DAY)
        assert len(team.named()) == 1


def test_a_promise_is_told_on_the_working_day_before_a_weekend_and_once_more_a_week_later(team: Team) -> None:
    promise(team, team.customer("Acme", silent=3), date(2026, 11, 28))
    team.ticks(at_nine(TODAY), 30, every=DAY)
    assert [day for day in team.days() if day < date(2026, 12, 20)][:2] == [date(2026, 11, 27), date(2026, 12, 4)]


def test_a_promise_about_somebody_muted_or_asleep_is_told_all_the_same(team: Team) -> None:
    promise(team, team.customer("Acme", silent=3, snoozed_until_on=TODAY + 60 * DAY), TODAY)
    promise(team, team.customer("Birch", silent=60, muted_because="small"), TODAY)
    team.tick(at_nine(TODAY))
    (digest,) = team.digests()
    assert {card.relationship.name: card.reason.occasions for card in digest.cards} == {
        "Acme": (Occasion.PROMISE,), "Birch": (Occasion.PROMISE,),
    }  # fmt: skip


def test_a_promise_of_the_owner_follows_a_hand_over(team: Team) -> None:
    acme = team.customer("Acme", silent=3)
    promise(team, acme, TODAY)
    with team.store.write(team.workspace_id) as ledger:
        ben = teammates.by_slack_id(ledger, "U0BEN")
    assert ben is not None
    change(team, acme, owner_id=ben.id)
    team.tick(at_nine(TODAY))
    assert team.named() == []
    team.person("U0BEN", next_digest_at=at_nine(TODAY))
    team.tick(at_nine(TODAY))
    assert team.named() == [["Acme"]]


def test_two_people_with_a_reason_on_one_day_share_one_nudge_with_both(team: Team) -> None:
    acme = team.customer("Acme", owner="U0BEN", silent=60)
    promise(team, acme, TODAY, as_owner=False)
    team.person("U0BEN", next_digest_at=at_nine(TODAY))
    team.tick(at_nine(TODAY))
    nudge_ids = {card.nudge_id for view in team.digests() for card in view.cards}
    reasons = {card.reason.occasions for view in team.digests() for card in view.cards}
    assert len(nudge_ids) == 1
    assert reasons == {(Occasion.OVERDUE, Occasion.PROMISE)}


def test_a_dropped_promise_is_not_told(team: Team) -> None:
    ana = team.person()
    promise_id = promise(team, team.customer("Acme", silent=3), TODAY)
    with team.store.write(team.workspace_id) as ledger:
        promises.end_promise(ledger, promise_id, PromiseState.DROPPED, by=ana, now=MIDNIGHT)
    team.tick(at_nine(TODAY))
    assert team.named() == []


def test_a_longer_lead_tells_of_a_renewal_earlier(team: Team) -> None:
    team.customer("Acme", silent=3, renewal_on=TODAY + timedelta(days=50))
    team.tick(at_nine(TODAY))
    assert team.named() == []
    ana = team.person()
    with team.store.write(team.workspace_id) as ledger:
        admin = replace(ana, role=Role.ADMIN)
        segments.set_renewal_ahead(ledger, team.segment(ledger), "60", by=admin)
        with pytest.raises(InputRefused, match="'soon' is no number of days"):
            segments.set_renewal_ahead(ledger, team.segment(ledger), "soon", by=admin)
    team.tick(at_nine(TODAY + DAY))
    assert team.named() == [["Acme"]]
