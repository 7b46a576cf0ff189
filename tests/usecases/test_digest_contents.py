"""Who is in a digest, who comes first, and who is not named again so soon."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.domain.model import NudgeState, Standing
from bot.domain.rhythm import score
from bot.domain.views import CardRef
from bot.usecases import nudges
from bot.usecases.neglect import rank
from storage import people
from storage.engine import Store
from storage.models import (
    Customer,
)
from tests.support.books import Books
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, WEEK, Team, build_team
from tests.support.statements import statements

__all__ = ["statements"]


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


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
    team.customers(f"C{number}" for number in range(7))
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


def test_drawing_five_cards_asks_as_much_as_drawing_one(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], statements: list[str]
) -> None:
    asked = []
    for cards in (1, 5):
        team = build_team(sqlite_store, make_workspace(sqlite_store, f"T0{cards}"))
        team.customers(f"C{number}" for number in range(cards))
        team.tick(MIDNIGHT + 9 * HOUR)
        statements.clear()
        assert len(team.digests()[0].cards) == cards
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 16
