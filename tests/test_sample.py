"""The sample customers: every teammate's first morning has a story, the next one has news, on any day of the year."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col

from bot.domain.model import Standing
from bot.domain.names import name_key
from bot.sample import load_sample
from bot.sample_cast import ANA, ANAS, BEN, CAST, CHI
from bot.usecases.digest_rounds import plan_now
from bot.usecases.digest_view import digest_view
from bot.usecases.promotions import open_promotions
from bot.usecases.recompute import differences
from storage import customers, neglect_list, people
from storage.engine import Store
from storage.models import Customer, Digest, TeammateRow, Touch

DAYS = [date(2026, 11, 24), date(2026, 2, 28), date(2027, 1, 1), date(2028, 2, 28), date(2026, 7, 18)]


def load(store: Store, workspace: int, today: date) -> int:
    return load_sample(store, workspace, today=today, now=datetime(today.year, today.month, today.day, 15, tzinfo=UTC))


def due(store: Store, workspace: int, slack_user_id: str, today: date) -> list[str]:
    """The names of a teammate's customers on the list, best first."""
    with store.read(workspace) as ledger:
        row = people.by_slack_id(ledger, slack_user_id)
        assert row is not None
        return [r.name for r in neglect_list.neglected(ledger, today=today, limit=50, owner_id=row.id)]


@pytest.fixture
def small(sqlite_store: Store, make_workspace: Callable[[Store, str], int]) -> tuple[Store, int]:
    return sqlite_store, make_workspace(sqlite_store, "T0PLAY")


def test_it_loads_on_both_databases(store: Store, workspace: int) -> None:
    assert load(store, workspace, DAYS[0]) == sum(len(theirs) for _, theirs in CAST) == 36
    with store.read(workspace) as ledger:
        assert list(differences(ledger)) == []


@pytest.mark.parametrize("today", DAYS)
def test_everybody_has_somebody_to_write_to_and_somebody_who_can_wait(small: tuple[Store, int], today: date) -> None:
    store, workspace = small
    load(store, workspace, today)
    for person, theirs in CAST:
        names = due(store, workspace, person.slack_user_id, today)
        assert 3 <= len(names) <= 8, person.name
        assert len(names) < len(theirs)


@pytest.mark.parametrize("today", DAYS)
def test_the_next_morning_has_news_for_everybody(small: tuple[Store, int], today: date) -> None:
    store, workspace = small
    load(store, workspace, today)
    for person, _ in CAST:
        fresh = set(due(store, workspace, person.slack_user_id, today + timedelta(days=1)))
        assert fresh - set(due(store, workspace, person.slack_user_id, today)), person.name


def test_acme_leads_anas_list_after_seven_weeks_of_silence(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    assert due(store, workspace, "U0ANA", DAYS[0])[0] == "Acme"
    with store.read(workspace) as ledger:
        acme = ledger.first(Customer, col(Customer.name) == "Acme")
        assert acme is not None
        assert acme.last_on is not None
        assert (DAYS[0] - acme.last_on).days // 7 == 7


def test_the_sleeping_the_lurking_and_the_lost_are_not_on_a_list(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    listed = {name for person, _ in CAST for name in due(store, workspace, person.slack_user_id, DAYS[0])}
    assert not listed & {"Dune Hotels", "Oderland Apotheken", "Elm Street Books", "Quartier Vier"}


def test_a_lurker_knocked_and_is_proposed_on_the_first_morning(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    with store.read(workspace) as ledger:
        owner = people.by_slack_id(ledger, "U0ANA")
        assert owner is not None
        (proposed,) = open_promotions(ledger, people.teammate(owner))
    assert (proposed.name, proposed.to, len(proposed.acts)) == ("Elm Street Books", Standing.PROSPECT, 2)


def test_every_corner_of_the_product_is_in_it() -> None:
    everybody = [sample for _, theirs in CAST for sample in theirs]
    assert any(sample.standing is Standing.LURKER for sample in everybody)
    assert any(sample.standing is Standing.PROSPECT for sample in everybody)
    assert any(sample.snoozed_for for sample in everybody)
    assert any(sample.birthday_in is not None for sample in everybody)
    assert any(sample.renewal_in and 30 < sample.renewal_in < 40 for sample in everybody)
    assert any(sample.overdue is None for sample in everybody)
    assert any(sample.value is None for sample in everybody)
    assert any(sample.years for sample in everybody)
    assert any(sample.promise for sample in everybody)
    assert any(sample.locale == "de-DE" for sample in everybody)
    assert len({name_key(sample.name) for sample in everybody}) == len(everybody)


def test_the_first_digests_are_planned_for_the_day_of_loading(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    with store.write(workspace) as ledger:
        rows = {row.slack_user_id: row for row in ledger.rows(TeammateRow)}
        assert rows["U0ANA"].next_digest_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
        assert len(plan_now(ledger, now=datetime(2026, 11, 24, 15, tzinfo=UTC))) == 3
        sizes = {}
        for digest in ledger.rows(Digest):
            view = digest_view(ledger, digest.id)
            assert view is not None
            assert view.reader is not None
            sizes[view.reader.slack_user_id] = (len(view.cards), view.left_out)
    assert sizes == {ANA.slack_user_id: (4, 0), BEN.slack_user_id: (5, 2), CHI.slack_user_id: (5, 0)}


def test_two_loads_on_the_same_day_say_the_same(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    seen = []
    for team in ("T0ONE", "T0TWO"):
        workspace = make_workspace(sqlite_store, team)
        load(sqlite_store, workspace, DAYS[0])
        with sqlite_store.read(workspace) as ledger:
            told = [(row.name, row.due_on, row.sort_key) for row in ledger.rows(Customer, order_by=col(Customer.name))]
            seen.append((told, [due(sqlite_store, workspace, person.slack_user_id, DAYS[0]) for person, _ in CAST]))
    assert seen[0] == seen[1]


def test_a_ledger_with_customers_is_left_alone(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    assert load(store, workspace, DAYS[0]) == 0
    with store.read(workspace) as ledger:
        assert customers.total(ledger) == 36


def test_no_touch_is_ahead_of_the_day_of_loading(small: tuple[Store, int]) -> None:
    store, workspace = small
    load(store, workspace, DAYS[0])
    with store.read(workspace) as ledger:
        touches = ledger.rows(Touch)
    assert max(touch.touched_on for touch in touches) < DAYS[0]
    assert min(touch.touched_on for touch in touches) < DAYS[0] - timedelta(days=150)
    assert len(touches) > 5 * len(ANAS)
