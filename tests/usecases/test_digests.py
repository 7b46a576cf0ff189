"""One digest a day, never empty, never the same twice: whoever plans, however often, and whatever people change."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update
from sqlmodel import col, func, select

from bot.domain.model import Frequency, NudgeState, Occasion, Seat, Standing, Teammate
from bot.domain.people import SlackPerson
from bot.domain.rhythm import score
from bot.domain.views import CardRef, DigestView
from bot.usecases import nudges, teammates
from bot.usecases.digest_rounds import BATCH, plan_due_digests
from bot.usecases.digest_view import digest_view
from bot.usecases.neglect import rank
from storage import people
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import (
    ChannelRow,
    Customer,
    Delivery,
    DeliveryState,
    Digest,
    Nudge,
    SegmentRow,
    TeammateRow,
    Workspace,
)
from tests.support.books import Books

TODAY = date(2026, 11, 24)  # a Tuesday
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
LONG_AGO = date(2025, 1, 1)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace whose clock is at UTC and whose days begin at nine, with what its people did."""

    store: Store
    workspace_id: int

    def customer(self, name: str, *, owner: str | None = "U0ANA", silent: int = 60, **more: Any) -> int:
        """Write a customer that was talked to every thirty days until `silent` days ago."""
        changes = {key: more.pop(key) for key in ("birthday_on", "renewal_on") if key in more}
        with self.store.write(self.workspace_id) as ledger:
            books = Books(ledger)
            segment_id = more.pop("segment_id", None) or self.segment(ledger)
            customer_id = books.customer(
                name, segment_id=segment_id, since_on=LONG_AGO, owner_id=books.person(owner) if owner else None,
                touched=[TODAY - timedelta(days=silent + 30 * n) for n in range(3)], **more,
            )  # fmt: skip
            books.settle()
            row = ledger.get(Customer, customer_id)
            assert row is not None
            for column, value in changes.items():
                setattr(row, column, value)
            if born := changes.get("birthday_on"):
                row.birthday_key = born.month * 100 + born.day
            ledger.add(row)
        return customer_id

    def segment(self, ledger: Ledger, name: str = "Clients") -> int:
        found = ledger.first(SegmentRow, col(SegmentRow.name) == name)
        return found.id if found else Books(ledger).segment(name, set_cadence_days=30)

    def person(self, slack_user_id: str = "U0ANA", **settings: Any) -> Teammate:
        """Change a teammate's row, everybody else's digest stays off."""
        with self.store.write(self.workspace_id) as ledger:
            row = people.by_slack_id(ledger, slack_user_id)
            assert row is not None
            for column, value in settings.items():
                setattr(row, column, value)
            return people.teammate(ledger.add(row))

    def tick(self, now: datetime) -> int:
        """Plan what is due; Slack takes it at once."""
        planned = plan_due_digests(self.store, now=now)
        with self.store.session() as session:
            pending = col(Delivery.state) == DeliveryState.PENDING
            session.execute(update(Delivery).where(pending).values(state=DeliveryState.SENT, sent_at=now))
        return planned

    def ticks(self, first: datetime, days: float, *, every: timedelta = HOUR) -> None:
        for number in range(int(timedelta(days=days) / every)):
            self.tick(first + number * every)

    def digests(self) -> list[DigestView]:
        with self.store.read(self.workspace_id) as ledger:
            rows = ledger.rows(Digest, order_by=(col(Digest.local_on), col(Digest.audience)))
            views = [digest_view(ledger, row.id) for row in rows]
            return [view for view in views if view]

    def days(self) -> list[date]:
        return [view.local_on for view in self.digests()]

    def named(self) -> list[list[str]]:
        return [[card.relationship.name for card in view.cards] for view in self.digests()]

    def owed(self) -> int:
        with self.store.read(self.workspace_id) as ledger:
            return len(ledger.rows(Delivery, col(Delivery.kind) == "digest"))


def build_team(store: Store, workspace_id: int, *, digests: Iterable[str] = ("U0ANA",)) -> Team:
    team = Team(store, workspace_id)
    for slack_user_id in ("U0ANA", "U0BEN", "U0CHI"):
        at_nine = MIDNIGHT + 9 * HOUR if slack_user_id in set(digests) else None
        team.person(slack_user_id, timezone="UTC", next_digest_at=at_nine)
    return team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def test_the_digest_comes_in_its_hour_once_with_its_delivery(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + 8 * HOUR) == 0
    assert [team.tick(MIDNIGHT + 9 * HOUR) for _ in range(3)] == [1, 0, 0]
    assert (team.days(), team.owed()) == ([TODAY], 1)


def test_nobody_due_is_no_digest_and_the_next_day_is_looked_at_again(team: Team) -> None:
    team.customer("Birch", silent=3)
    team.ticks(MIDNIGHT, 3)
    assert (team.days(), team.owed()) == ([], 0)
    assert team.person().digest_frequency is Frequency.DAILY
    team.customer("Acme")
    team.ticks(MIDNIGHT + 3 * DAY, 1)
    assert team.days() == [TODAY + 3 * DAY]


def test_a_plan_that_fails_takes_nobody_elses_away_and_is_made_once_it_can_be(
    team: Team, make_workspace: Callable[[Store, str], int]
) -> None:
    broken = build_team(team.store, make_workspace(team.store, "T0BROKEN"))
    team.customer("Acme")
    broken.customer("Birch")
    set_pauses(broken, "no day of a year")
    nine = MIDNIGHT + 9 * HOUR
    assert (team.tick(nine), team.days()) == (1, [TODAY])
    set_pauses(broken, "")
    assert [team.tick(nine + timedelta(minutes=minute)) for minute in (1, 9, 10, 11)] == [0, 0, 1, 0]
    assert (broken.days(), team.days()) == ([TODAY], [TODAY])


def test_of_one_team_only_whose_plan_fails_waits(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    team = build_team(sqlite_store, make_workspace(sqlite_store, "T0"), digests=("U0ANA", "U0BEN", "U0CHI"))
    for who in ("U0ANA", "U0BEN", "U0CHI"):
        team.customer(f"{who}'s", owner=who)
    broken = "UPDATE customer SET due_on = ? WHERE name = 'U0BEN''s'"
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell(broken, "no day")
    nine = MIDNIGHT + 9 * HOUR
    assert (team.tick(nine), team.owed()) == (2, 2)
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell(broken, "2026-10-30")
    assert [team.tick(nine + timedelta(minutes=minute)) for minute in (9, 10, 11)] == [0, 1, 0]


def set_pauses(team: Team, pauses: str) -> None:
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell("UPDATE segment SET pauses = ? WHERE workspace_id = ?", pauses, ledger.workspace_id)


minutes = st.integers(0, 6 * 24 * 60)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=st.lists(minutes, min_size=1, max_size=40), hour=st.integers(0, 23), zone=st.sampled_from(
    ["UTC", "Pacific/Auckland", "America/New_York", "Pacific/Apia"]))  # fmt: skip
def test_one_digest_a_local_day_under_any_ticks(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], ticks: list[int], hour: int, zone: str
) -> None:
    team = build_team(sqlite_store, make_workspace(sqlite_store, f"T{new_id()}"), digests=())
    for number in range(3):
        team.customer(f"C{number}")
    team.person(timezone=zone, digest_minute=60 * hour, next_digest_at=MIDNIGHT)
    for minute in ticks:  # clocks of replicas may even go back
        team.tick(MIDNIGHT + timedelta(minutes=minute))
    days = team.days()
    assert len(days) == len(set(days)) == team.owed()
    assert all(day.isoweekday() <= 5 for day in days)
    assert all(view.cards for view in team.digests())


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    start = Barrier(count)

    def run(number: int) -> object:
        start.wait(timeout=10)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def crowd(team: Team, silent: int, told: int) -> None:
    """Add people whose hour is nine: first `silent` who own nobody, then `told` with somebody who is going quiet."""
    acme = team.customer("Acme", owner="U0CHI")
    with team.store.write(team.workspace_id) as ledger:
        row = ledger.get(Customer, acme)
        assert row is not None
        fields = row.model_dump()
        for number in range(silent + told):
            who = ledger.add(
                TeammateRow(
                    workspace_id=team.workspace_id, slack_user_id=f"U1{number}", timezone="UTC",
                    next_digest_at=MIDNIGHT + 9 * HOUR - timedelta(seconds=silent + told - number),
                )
            )  # fmt: skip
            if number >= silent:
                own = {**fields, "id": new_id(), "owner_id": who.id, "external_id": None}
                ledger.session.add(Customer(**own))


@pytest.mark.parametrize(("silent", "told"), [(BATCH, BATCH + 7), (2 * BATCH + 3, 1), (3, 2 * BATCH)])
def test_of_a_crowd_everybody_is_told_once_and_has_a_next_hour(
    store: Store, workspace: int, silent: int, told: int
) -> None:
    """Many are taken at once where nobody has anything to be told; those who have come in batches all the same."""
    team = build_team(store, workspace, digests=())
    crowd(team, silent, told)
    assert team.tick(MIDNIGHT + 9 * HOUR) == told
    assert team.tick(MIDNIGHT + 9 * HOUR) == 0
    with store.read(workspace) as ledger:
        crowded = [row for row in ledger.rows(TeammateRow) if (row.slack_user_id or "").startswith("U1")]
        assert {row.next_digest_at for row in crowded} == {MIDNIGHT + DAY + 9 * HOUR}
        readers = [row.teammate_id for row in ledger.rows(Digest)]
        assert len(readers) == len(set(readers)) == told


def test_replicas_that_tick_at_once_plan_one_digest_each(store: Store, workspace: int) -> None:
    team = build_team(store, workspace, digests=("U0ANA", "U0BEN", "U0CHI"))
    for owner in ("U0ANA", "U0BEN", "U0CHI"):
        team.customer(f"{owner}'s", owner=owner)
    other = Team(Store(store.engine), workspace)  # a connection pool is shared, transactions are not
    planned = at_once(4, lambda number: (team, other)[number % 2].tick(MIDNIGHT + 9 * HOUR))
    assert sum(int(str(count)) for count in planned) == 3
    assert (len(team.days()), team.owed()) == (3, 3)


def test_the_best_five_come_first_and_the_sixth_is_named(team: Team) -> None:
    for number, value in enumerate((500, 9_000, 40, 7_000, 300, 8_000, 60, 2_000)):
        team.customer(f"C{number}", value=value, silent=60 + number)
    team.tick(MIDNIGHT + 9 * HOUR)
    with team.store.read(team.workspace_id) as ledger:
        everybody = rank(ledger, as_of=TODAY, now_day=TODAY, everyone=True)
    best = sorted((r.relationship for r in everybody), key=lambda r: -score(r, TODAY))
    view = team.digests()[0]
    assert [card.relationship.name for card in view.cards] == [r.name for r in best[:5]]
    assert [card.position for card in view.cards] == [1, 2, 3, 4, 5]
    assert (view.left_out, view.next_name) == (3, best[5].name)


def test_a_digest_over_several_segments_is_ordered_by_the_true_score(team: Team) -> None:
    with team.store.write(team.workspace_id) as ledger:
        fast = Books(ledger).segment("Fast", set_cadence_days=10)
        slow = Books(ledger).segment("Slow", set_cadence_days=90)
    for number in range(4):
        team.customer(f"F{number}", segment_id=fast, value=100 + 900 * number, silent=45)
        team.customer(f"S{number}", segment_id=slow, value=150 + 800 * number, silent=200)
    team.tick(MIDNIGHT + 9 * HOUR)
    with team.store.read(team.workspace_id) as ledger:
        found = rank(ledger, as_of=TODAY, now_day=TODAY)
    assert team.named() == [[ranked.relationship.name for ranked in found][:5]]
    scores = [score(card.relationship, TODAY) for card in team.digests()[0].cards]
    assert scores == sorted(scores, reverse=True)


def test_the_same_customers_are_not_named_again_within_a_week(team: Team) -> None:
    for number in range(7):
        team.customer(f"C{number}", value=1000 - number)
    team.ticks(MIDNIGHT, 8)
    wednesday = TODAY + DAY
    assert team.days() == [TODAY, wednesday, TODAY + WEEK]
    assert team.named() == [["C0", "C1", "C2", "C3", "C4"], ["C5", "C6"], ["C0", "C1", "C2", "C3", "C4"]]
    states = {card.state for card in team.digests()[0].cards}
    assert states == {NudgeState.SUPERSEDED}


def test_what_was_put_off_comes_back_on_its_day(team: Team) -> None:
    acme = team.customer("Acme")
    team.tick(MIDNIGHT + 9 * HOUR)
    card = team.digests()[0].cards[0]
    with team.store.write(team.workspace_id) as ledger:
        row = people.by_slack_id(ledger, "U0ANA")
        assert row is not None
        nudges.snooze(
            ledger, CardRef(acme, card.nudge_id), until_on=TODAY + 3 * DAY, by=people.teammate(row),
            now=MIDNIGHT + 10 * HOUR,
        )  # fmt: skip
    team.ticks(MIDNIGHT + DAY, 6)
    assert team.days() == [TODAY, TODAY + 3 * DAY]


def test_a_birthday_is_told_though_the_customer_was_named_yesterday(team: Team) -> None:
    team.customer("Acme", birthday_on=date(1980, 11, 26))
    team.ticks(MIDNIGHT, 7)
    assert team.days() == [TODAY, TODAY + 2 * DAY]
    assert Occasion.BIRTHDAY in team.digests()[1].cards[0].reason.occasions


@pytest.mark.parametrize("born_on", [date(1980, 11, 27), date(1980, 11, 28), date(1980, 11, 29)])
def test_fridays_digest_tells_the_birthdays_until_monday(team: Team, born_on: date) -> None:
    team.customer("Birch", silent=3, birthday_on=born_on)
    team.ticks(MIDNIGHT, 12)
    assert team.days() == [date(2026, 11, 27)]


def test_a_weekly_digest_tells_the_birthdays_of_its_week(team: Team) -> None:
    team.customer("Birch", silent=3, birthday_on=date(1980, 12, 3))
    team.customer("Fern", silent=3, birthday_on=date(1980, 12, 7))
    team.person(digest_frequency=Frequency.WEEKLY)
    team.ticks(MIDNIGHT, 15)
    assert (team.days(), team.named()) == ([date(2026, 11, 30), date(2026, 12, 7)], [["Birch"], ["Fern"]])


def test_a_renewal_is_told_once_though_the_customer_was_named_before(team: Team) -> None:
    team.customer("Acme", renewal_on=TODAY + 33 * DAY)
    team.tick(MIDNIGHT + 9 * HOUR)
    team.ticks(MIDNIGHT + DAY, 40, every=3 * HOUR)
    renewals = [
        view.local_on for view in team.digests() for card in view.cards if card.reason.occasions == (Occasion.RENEWAL,)
    ]
    with_renewal = [
        view.local_on for view in team.digests() for card in view.cards if Occasion.RENEWAL in card.reason.occasions
    ]
    assert with_renewal[0] == TODAY + 3 * DAY
    assert len(renewals) <= 1
    assert len(set(team.days())) == len(team.days())


def test_a_renewal_of_somebody_fresh_is_told_on_one_day_only(team: Team) -> None:
    team.customer("Birch", silent=1, renewal_on=TODAY + 30 * DAY)
    team.ticks(MIDNIGHT, 31, every=3 * HOUR)
    assert team.days() == [TODAY]


@pytest.mark.parametrize(
    "more",
    [
        {"owner": None},
        {"standing": Standing.LURKER, "birthday_on": date(1980, 11, 24)},
        {"silent": 200},
        {"silent": 200, "birthday_on": date(1980, 11, 24)},
        {"muted_because": "gone", "birthday_on": date(1980, 11, 24)},
        {"snoozed_until_on": TODAY + DAY, "birthday_on": date(1980, 11, 24)},
    ],
    ids=["unowned", "lurker", "lost", "lost with a birthday", "dismissed", "asleep"],
)
def test_who_is_in_nobodys_digest(team: Team, more: dict[str, Any]) -> None:
    team.customer("Elm", **more)
    team.tick(MIDNIGHT + 9 * HOUR)
    assert team.days() == []


def test_the_end_of_a_contract_is_told_of_a_lost_customer_too(team: Team) -> None:
    team.customer("Acme", silent=200, renewal_on=TODAY + 20 * DAY)
    team.tick(MIDNIGHT + 9 * HOUR)
    view = team.digests()[0]
    assert (view.cards[0].reason.occasions, view.left_out) == ((Occasion.RENEWAL,), 0)


def channel(team: Team, frequency: Frequency = Frequency.DAILY, *, at: datetime = MIDNIGHT + 8 * HOUR) -> None:
    with team.store.write(team.workspace_id) as ledger:
        ledger.add(
            ChannelRow(
                workspace_id=team.workspace_id, slack_channel_id="C0TEAM", frequency=frequency, timezone="UTC",
                next_digest_at=at,
            )
        )  # fmt: skip


@pytest.mark.parametrize("first", ["channel", "teammate"])
def test_a_channel_and_its_teammates_share_one_nudge(team: Team, first: str) -> None:
    team.customer("Acme")
    channel(team, at=MIDNIGHT + (8 if first == "channel" else 10) * HOUR)
    team.ticks(MIDNIGHT, 1)
    own, teams = sorted(team.digests(), key=lambda view: view.reader is None)
    assert own.cards[0].nudge_id == teams.cards[0].nudge_id
    assert (own.reader is not None, teams.reader) == (True, None)
    with team.store.read(team.workspace_id) as ledger:
        assert len(ledger.rows(Nudge)) == 1


def test_a_channel_is_not_told_the_same_every_day(team: Team) -> None:
    for number in range(6):
        team.customer(f"C{number}", owner=None, value=1000 - number)
    channel(team)
    team.ticks(MIDNIGHT, 8)
    assert team.days() == [TODAY, TODAY + DAY, TODAY + WEEK]
    assert [len(names) for names in team.named()] == [5, 1, 5]


def test_day_one_is_not_a_flood(store: Store, workspace: int) -> None:
    """Three thousand customers of years ago, imported at once, for two people."""
    team = build_team(store, workspace, digests=("U0ANA", "U0BEN"))
    template = team.customer("Template", value=1)
    with store.write(workspace) as ledger:
        row = ledger.get(Customer, template)
        assert row is not None
        owners = [people.by_slack_id(ledger, who) for who in ("U0ANA", "U0BEN")]
        fields = row.model_dump(exclude={"id", "external_id"})
        rows = [
            Customer(**{**fields, "name": f"C{n}", "owner_id": owners[n % 2].id if owners[n % 2] else None})  # type: ignore[union-attr]
            for n in range(3_000)
        ]
        ledger.session.add_all(rows)
    team.ticks(MIDNIGHT, 3, every=3 * HOUR)
    views = team.digests()
    assert len(views) == 6
    assert {len(view.cards) for view in views} == {5}
    assert {view.left_out for view in views[:2]} == {1_495, 1_496}
    named = [card.relationship.customer_id for view in views for card in view.cards]
    assert len(set(named)) == len(named) == 30


def remembered(team: Team, zone: str, now: datetime) -> None:
    person = SlackPerson("U0ANA", "Ana", zone, "en-GB", Seat.MEMBER)
    with team.store.write(team.workspace_id) as ledger:
        teammates.remember(ledger, person, now=now)


@pytest.mark.parametrize(
    ("zone", "moved_at", "expected"),
    [
        # Before the digest, to where nine o'clock is over: it comes at once.
        ("Europe/Berlin", MIDNIGHT + timedelta(hours=8, minutes=30), [TODAY, TODAY + DAY]),
        # After the digest, to where nine o'clock is still ahead: it comes no second time.
        ("America/New_York", MIDNIGHT + timedelta(hours=9, minutes=30), [TODAY, TODAY + DAY]),
        ("Pacific/Honolulu", MIDNIGHT + timedelta(hours=9, minutes=30), [TODAY, TODAY + DAY]),
        # In the evening of the new zone it would only interrupt.
        ("Pacific/Auckland", MIDNIGHT + timedelta(hours=8, minutes=30), [TODAY + DAY, TODAY + 2 * DAY]),
    ],
)
def test_a_journey_gives_no_day_two_digests_and_skips_none_that_helps(
    team: Team, zone: str, moved_at: datetime, expected: list[date]
) -> None:
    for number in range(15):
        team.customer(f"C{number}")
    team.ticks(MIDNIGHT, (moved_at - MIDNIGHT) / DAY, every=HOUR / 2)
    remembered(team, zone, moved_at)
    team.ticks(moved_at, (MIDNIGHT + 2 * DAY - moved_at) / DAY, every=HOUR / 2)
    assert team.days() == expected


def change(team: Team, now: datetime, **changes: Any) -> None:
    with team.store.write(team.workspace_id) as ledger:
        row = people.by_slack_id(ledger, "U0ANA")
        assert row is not None
        teammates.change_settings(ledger, row.id, now=now, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"digest_minute": 8 * 60}, [0, 1, 2]),  # the hour chosen has just passed: today's comes at once
        ({"digest_minute": 11 * 60}, [0, 1, 2]),
        ({"pause_until_on": TODAY + 2 * DAY}, [2]),
        ({"frequency": Frequency.OFF}, []),
        ({"frequency": Frequency.WEEKLY}, []),
        ({"work_days": "4"}, [2]),
    ],
)
def test_settings_changed_before_the_digest_count_for_it(
    team: Team, changes: dict[str, Any], expected: list[int]
) -> None:
    for number in range(15):
        team.customer(f"C{number}")
    change(team, MIDNIGHT + timedelta(hours=8, minutes=30), **changes)
    team.ticks(MIDNIGHT + timedelta(hours=8, minutes=30), 2.6)
    assert team.days() == [TODAY + n * DAY for n in expected]


def test_settings_changed_after_the_digest_bring_no_second_one(team: Team) -> None:
    for number in range(15):
        team.customer(f"C{number}")
    team.tick(MIDNIGHT + 9 * HOUR)
    change(team, MIDNIGHT + 10 * HOUR, digest_minute=11 * 60)
    change(team, MIDNIGHT + 10 * HOUR, frequency=Frequency.OFF)
    change(team, MIDNIGHT + 10 * HOUR, frequency=Frequency.DAILY, resume=True)
    team.ticks(MIDNIGHT + 10 * HOUR, 0.5)
    assert team.days() == [TODAY]


def test_after_a_long_outage_today_is_sent_and_yesterday_is_not_made_up_for(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + DAY + 9 * HOUR) == 1
    assert team.tick(MIDNIGHT + 2 * DAY + 8 * HOUR) == 0
    assert team.days() == [TODAY + DAY]


def test_after_an_outage_over_the_evening_nothing_is_made_up_for(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + DAY + 18 * HOUR) == 0
    assert team.tick(MIDNIGHT + 2 * DAY + 8 * HOUR) == 0
    assert team.tick(MIDNIGHT + 2 * DAY + 10 * HOUR) == 1
    assert team.days() == [TODAY + 2 * DAY]


@pytest.fixture
def statements(sqlite_store: Store) -> Iterator[list[str]]:
    """What was asked of the database."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(sqlite_store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(sqlite_store.engine, "before_cursor_execute", note)


def test_drawing_five_cards_asks_as_much_as_drawing_one(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], statements: list[str]
) -> None:
    asked = []
    for cards in (1, 5):
        team = build_team(sqlite_store, make_workspace(sqlite_store, f"T0{cards}"))
        for number in range(cards):
            team.customer(f"C{number}")
        team.tick(MIDNIGHT + 9 * HOUR)
        statements.clear()
        assert len(team.digests()[0].cards) == cards
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 16


def test_the_digest_of_a_workspace_that_removed_the_bot_is_not_planned(team: Team) -> None:
    team.customer("Acme")
    with team.store.session() as session:
        row = session.get(Workspace, team.workspace_id)
        assert row is not None
        row.uninstalled_at = MIDNIGHT
        session.add(row)
    team.ticks(MIDNIGHT, 1)
    with team.store.session(writes=False) as session:
        assert session.exec(select(func.count()).select_from(Digest)).one() == 0
        left = session.exec(select(TeammateRow).where(col(TeammateRow.slack_user_id) == "U0ANA")).one()
        assert left.next_digest_at == MIDNIGHT + 9 * HOUR
