"""Who is on the list on a day: Acme and Cedar today, and whoever the ledger held on other days."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.model import Standing, TouchKind
from bot.errors import NotFound
from bot.usecases.neglect import Ranked, rank
from bot.usecases.touches import change_touch, retract_touch
from storage.engine import Store
from storage.ledger import Ledger
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONG_AGO = date(2026, 1, 1)


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=count) for count in days]


def names(listed: list[Ranked]) -> list[str]:
    return [ranked.relationship.name for ranked in listed]


@pytest.fixture
def books(store: Store, workspace: int) -> Iterator[Books]:
    """Acme, Birch, Cedar, Dune and Elm in one segment whose cadence is 30 days."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        clients = books.segment("Clients", set_cadence_days=30)
        ana, ben = books.person("U0ANA"), books.person("U0BEN")
        add: Callable[..., int] = books.customer
        add("Acme", segment_id=clients, since_on=LONG_AGO, owner_id=ana, value=84_000, touched=ago(120, 90, 60))
        add("Birch", segment_id=clients, since_on=LONG_AGO, owner_id=ben, value=60_000, touched=ago(63, 33, 3))
        add("Cedar", segment_id=clients, since_on=LONG_AGO, owner_id=ben, value=900, touched=ago(120, 90, 60))
        add("Dune", segment_id=clients, since_on=LONG_AGO, owner_id=ana, value=70_000, touched=ago(120, 90, 60),
            snoozed_until_on=TODAY + timedelta(days=7))  # fmt: skip
        add("Elm", segment_id=clients, since_on=LONG_AGO, owner_id=ben, value=500, touched=ago(90),
            standing=Standing.LURKER)  # fmt: skip
        books.settle()
        yield books


@pytest.fixture
def ledger(books: Books) -> Ledger:
    return books.ledger


def today(ledger: Ledger, **asked: object) -> list[Ranked]:
    return rank(ledger, **{"as_of": TODAY, "now_day": TODAY, **asked})  # type: ignore[arg-type]


def test_today_holds_who_is_due_and_awake_the_most_valuable_first(ledger: Ledger) -> None:
    assert names(today(ledger)) == ["Acme", "Cedar"]


def test_everybody_means_the_fresh_the_sleeping_and_the_lurkers_too(ledger: Ledger) -> None:
    assert sorted(names(today(ledger, everyone=True))) == ["Acme", "Birch", "Cedar", "Dune", "Elm"]


def test_a_line_carries_the_numbers_that_put_it_in_its_place(ledger: Ledger) -> None:
    acme = today(ledger)[0]
    warmth = (1.5 / 2 + 1) / 4 * (1 + 2 / 4)  # two gaps between its first and its last touch
    assert (acme.owner, acme.last_touch_kind) == ("U0ANA", TouchKind.CALL)
    assert acme.warmth == pytest.approx(warmth)
    assert acme.score == pytest.approx(84_000 / warmth**0.5)
    assert (acme.reason.silent_days, acme.reason.rhythm_days, acme.reason.overdue_days) == (60, 30, 15)


@pytest.mark.parametrize("owner", ["U0BEN", "@U0BEN", "ben@example.com", "Ben", "ben"])
def test_an_owner_is_named_by_slack_id_address_or_name(ledger: Ledger, owner: str) -> None:
    assert names(today(ledger, owner=owner)) == ["Cedar"]
    assert names(today(ledger, owner=owner, everyone=True)) == ["Birch", "Elm", "Cedar"]


def test_an_owner_nobody_knows_is_said_with_those_who_are_known(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match=r"owner 'U0DAN'.*Known: U0ANA, U0BEN, U0CHI"):
        today(ledger, owner="U0DAN")


def test_a_segment_narrows_the_list_and_an_unknown_one_is_said(books: Books) -> None:
    partners = books.segment("Partners", set_cadence_days=30)
    books.customer("Fern", segment_id=partners, since_on=LONG_AGO, touched=ago(60))
    books.settle()
    assert names(today(books.ledger, segment="partners")) == ["Fern"]
    assert "Fern" not in names(today(books.ledger, segment="Clients", everyone=True))
    with pytest.raises(NotFound, match=r"segment 'Partner'.*Known: Clients, Partners"):
        today(books.ledger, segment="Partner")


@pytest.mark.parametrize("as_of", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)])
@pytest.mark.parametrize("everyone", [False, True])
def test_a_limit_keeps_the_best(ledger: Ledger, as_of: date, everyone: bool) -> None:
    whole = rank(ledger, as_of=as_of, now_day=TODAY, everyone=everyone)
    assert names(rank(ledger, as_of=as_of, now_day=TODAY, everyone=everyone, limit=1)) == names(whole)[:1]


def test_of_two_with_the_same_score_the_older_id_comes_first_however_they_lie_in_the_table(
    books: Books, ledger: Ledger
) -> None:
    ben, clients = books.person("U0BEN"), books.segment("New", set_cadence_days=30)
    first, second = (
        books.customer(name, segment_id=clients, since_on=ago(60)[0], owner_id=ben) for name in ("Fir", "Gorse")
    )
    books.settle()
    ledger.tell("UPDATE customer SET id = ? WHERE workspace_id = ? AND id = ?", second + 1, ledger.workspace_id, first)
    assert [names(today(ledger, segment="New", owner="U0BEN", limit=limit)) for limit in (1, 2)] == [
        ["Gorse"],
        ["Gorse", "Fir"],
    ]


def test_a_snooze_hides_until_its_day(ledger: Ledger) -> None:
    week = TODAY + timedelta(days=7)
    assert "Dune" not in names(rank(ledger, as_of=week - timedelta(days=1), now_day=TODAY))
    assert "Dune" in names(rank(ledger, as_of=week, now_day=TODAY))


def test_a_day_ahead_is_judged_by_what_is_known_now(ledger: Ledger) -> None:
    assert names(rank(ledger, as_of=TODAY + timedelta(days=60), now_day=TODAY)) == ["Acme", "Dune", "Birch", "Cedar"]


def test_lost_customers_leave_the_list_but_not_everybody(ledger: Ledger) -> None:
    late = TODAY + timedelta(days=150)
    assert names(rank(ledger, as_of=late, now_day=TODAY)) == ["Birch"]
    assert "Acme" in names(rank(ledger, as_of=late, now_day=TODAY, everyone=True))


def test_an_earlier_day_knows_nothing_of_later_touches(ledger: Ledger) -> None:
    before_birch_was_called = TODAY - timedelta(days=4)
    birch = next(
        ranked
        for ranked in rank(ledger, as_of=before_birch_was_called, now_day=TODAY, everyone=True)
        if ranked.relationship.name == "Birch"
    )
    assert birch.relationship.rhythm is not None
    assert birch.relationship.rhythm.last_on == ago(33)[0]
    assert birch.reason.silent_days == 29


def test_a_touch_counts_on_its_own_day(ledger: Ledger) -> None:
    birch = next(
        r for r in rank(ledger, as_of=ago(3)[0], now_day=TODAY, everyone=True) if r.relationship.name == "Birch"
    )
    assert birch.reason.silent_days == 0


def test_customers_who_came_later_are_on_no_list_but_everybody(books: Books) -> None:
    clients = next(r.relationship.segment.id for r in today(books.ledger))
    books.customer("Fern", segment_id=clients, since_on=TODAY, touched=ago(40))
    books.customer("Gorse", segment_id=clients, since_on=TODAY)
    books.settle()
    earlier = rank(books.ledger, as_of=ago(30)[0], now_day=TODAY, everyone=True)
    assert {"Fern", "Gorse"} <= set(names(earlier))
    gorse = next(ranked for ranked in earlier if ranked.relationship.name == "Gorse")
    assert gorse.warmth == 1.0
    assert gorse.score == pytest.approx(gorse.relationship.ranked_value)
    assert gorse.relationship.rhythm is None
    assert gorse.relationship.due_on > TODAY
    for day in (ago(30)[0], ago(60)[0], date(1900, 1, 1)):
        assert "Gorse" not in names(rank(books.ledger, as_of=day, now_day=TODAY))
        assert len(rank(books.ledger, as_of=day, now_day=TODAY, everyone=True)) == len(earlier)
    fern = [
        r for r in rank(books.ledger, as_of=ago(41)[0], now_day=TODAY, everyone=True) if r.relationship.name == "Fern"
    ]
    assert [(ranked.relationship.rhythm, ranked.warmth) for ranked in fern] == [(None, 1.0)]


def test_a_touch_taken_back_counts_on_no_day_and_a_changed_one_on_its_new_day(books: Books) -> None:
    clients = next(r.relationship.segment.id for r in today(books.ledger))
    fern = books.customer("Fern", segment_id=clients, since_on=LONG_AGO, touched=ago(100))
    taken_back, moved = books.touch(fern, ago(50)[0]), books.touch(fern, ago(60)[0])
    books.settle()
    retract_touch(books.ledger, taken_back, now=NOW)
    change_touch(books.ledger, moved, {"touched_on": ago(80)[0]}, now=NOW, today=TODAY)
    earlier = rank(books.ledger, as_of=ago(20)[0], now_day=TODAY, everyone=True)
    fern_then = next(ranked for ranked in earlier if ranked.relationship.name == "Fern")
    assert fern_then.reason.silent_days == 60


def test_a_note_counts_for_nothing_and_a_purchase_counts(books: Books) -> None:
    clients = next(r.relationship.segment.id for r in today(books.ledger))
    fern = books.customer("Fern", segment_id=clients, since_on=LONG_AGO, touched=ago(100))
    books.touch(fern, ago(50)[0], TouchKind.PURCHASE)
    books.touch(fern, ago(40)[0], TouchKind.NOTE)
    books.settle()
    for as_of in (TODAY, ago(20)[0]):
        listed = rank(books.ledger, as_of=as_of, now_day=TODAY, everyone=True)
        fern_then = next(ranked for ranked in listed if ranked.relationship.name == "Fern")
        assert fern_then.reason.silent_days == (as_of - ago(50)[0]).days
        assert fern_then.last_touch_kind is TouchKind.PURCHASE


def test_an_earlier_day_learns_the_cadence_of_its_time_unless_one_is_set(books: Books) -> None:
    learning = books.segment("Learning")
    books.customer("Fern", segment_id=learning, since_on=LONG_AGO, touched=ago(130, 120, 110, 100, 90, 80, 20))
    books.settle()
    then, now = (rank(books.ledger, as_of=day, now_day=TODAY, everyone=True) for day in (ago(70)[0], ago(1)[0]))
    cadences = [
        {ranked.relationship.segment.name: ranked.relationship.segment.cadence_days for ranked in listed}
        for listed in (then, now)
    ]
    assert cadences == [{"Clients": 30, "Learning": 10}, {"Clients": 30, "Learning": pytest.approx(110 / 6)}]


def test_a_muted_customer_is_in_no_list_but_everybody(books: Books) -> None:
    clients = next(r.relationship.segment.id for r in today(books.ledger))
    books.customer("Fern", segment_id=clients, since_on=LONG_AGO, touched=ago(60), muted_because="not a fit")
    books.settle()
    for as_of in (TODAY, ago(1)[0]):
        assert "Fern" not in names(rank(books.ledger, as_of=as_of, now_day=TODAY))
        assert "Fern" in names(rank(books.ledger, as_of=as_of, now_day=TODAY, everyone=True))


def test_another_workspace_is_never_seen(
    books: Books, store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    books.ledger.session.commit()
    other = make_workspace(store, "T0OTHER")
    with store.read(other) as ledger:
        assert today(ledger, everyone=True) == []
        assert rank(ledger, as_of=ago(1)[0], now_day=TODAY, everyone=True) == []
