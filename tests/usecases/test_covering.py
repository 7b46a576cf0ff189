"""While somebody is away, whoever covers sees their customers wherever they see their own."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.views import Card, HomeView
from bot.usecases import lists
from bot.usecases.home import home_view
from storage.engine import Store
from storage.models_team import Cover
from tests.support.rounds import DAY, TODAY, Team, build_team
from tests.usecases.test_attention import at_nine

BACK_ON = date(2026, 12, 3)


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def away(team: Team, who: str, cover: str, until_on: date = BACK_ON) -> None:
    person, covering = team.person(who, paused_until_on=until_on, next_digest_at=None), team.person(cover)
    with team.store.write(team.workspace_id) as ledger:
        ledger.add(Cover(workspace_id=team.workspace_id, teammate_id=person.id, cover_id=covering.id))


def home(team: Team, who: str, day: date = TODAY) -> HomeView:
    person = team.person(who)
    with team.store.read(team.workspace_id) as ledger:
        view = home_view(ledger, person.id, now=at_nine(day))
    assert view is not None
    return view


def listed(team: Team, who: str, **asked: Any) -> tuple[list[str], int]:
    person = team.person(who)
    with team.store.write(team.workspace_id) as ledger:
        question = lists.Question(**{"owner_id": person.id, **asked})
        list_id = lists.open_list(ledger, question, by=person, channel="C0TEAM", now=at_nine(TODAY))
        view = lists.list_view(ledger, list_id, reader=person, now=at_nine(TODAY))
    return names(view.cards), view.more


def names(cards: Sequence[Card]) -> list[str]:
    return [card.relationship.name for card in cards]


def test_a_cover_s_home_and_list_hold_both_in_one_order_and_say_for_whom(team: Team) -> None:
    team.customer("Acme", value=9_000)
    team.customer("Fjord", value=1_000)
    team.customer("Cedar", value=4_000, owner="U0BEN")
    assert names(home(team, "U0BEN").due) == ["Cedar"]
    away(team, "U0ANA", "U0BEN")
    view = home(team, "U0BEN")
    assert names(view.due) == ["Acme", "Cedar", "Fjord"] == listed(team, "U0BEN")[0]
    assert [(card.owner_name, card.away_until_on) for card in view.due] == [
        ("Ana", BACK_ON), ("Ben", None), ("Ana", BACK_ON),
    ]  # fmt: skip
    assert view.due_total == 3


def test_the_home_of_a_cover_is_their_digest_of_the_day(team: Team) -> None:
    team.customer("Acme")
    team.customer("Birch", silent=3, birthday_on=date(1980, TODAY.month, TODAY.day))
    team.customer("Cedar", owner="U0BEN")
    away(team, "U0ANA", "U0BEN")
    before = names(home(team, "U0BEN").due)
    team.person("U0BEN", next_digest_at=at_nine(TODAY))
    team.tick(at_nine(TODAY))
    assert team.named() == [before]
    assert set(before) == {"Acme", "Birch", "Cedar"}


def test_pages_and_numbers_count_both(team: Team) -> None:
    for number in range(8):
        team.customer(f"A{number}", value=100 + 10 * number)
        team.customer(f"B{number}", value=105 + 10 * number, owner="U0BEN")
    away(team, "U0ANA", "U0BEN")
    view = home(team, "U0BEN")
    first, more = listed(team, "U0BEN", limit=10)
    assert (view.due_total, len(first) + more, names(view.due)) == (16, 16, first)
    assert view.backlog is not None
    seen, left = listed(team, "U0BEN", limit=3)
    assert (len(seen), left) == (3, 13)


def test_those_who_have_been_silent_for_very_long_are_counted_as_the_list_shows_them(team: Team) -> None:
    team.customer("Acme", silent=900)
    team.customer("Cedar", silent=900, owner="U0BEN")
    away(team, "U0ANA", "U0BEN")
    assert home(team, "U0BEN").lost_total == len(listed(team, "U0BEN", lost=True)[0]) == 2


def test_back_again_everybody_sees_their_own(team: Team) -> None:
    team.customer("Acme")
    team.customer("Cedar", owner="U0BEN")
    away(team, "U0ANA", "U0BEN", TODAY + DAY)
    assert names(home(team, "U0BEN").due) == ["Acme", "Cedar"]
    assert names(home(team, "U0BEN", TODAY + DAY).due) == ["Cedar"]
    assert names(home(team, "U0ANA").due) == ["Acme"], "who is away still sees their own"


def test_a_colleague_s_list_holds_only_theirs_and_a_cover_of_a_cover_sees_all_three(team: Team) -> None:
    team.customer("Acme", value=9_000)
    team.customer("Cedar", value=4_000, owner="U0BEN")
    team.customer("Gum", value=1_000, owner="U0CHI")
    away(team, "U0ANA", "U0BEN")
    ben = team.person("U0BEN")
    assert listed(team, "U0CHI", owner_id=ben.id, owner_name="Ben")[0] == ["Cedar"]
    away(team, "U0BEN", "U0CHI", BACK_ON + timedelta(days=1))
    assert listed(team, "U0CHI")[0] == names(home(team, "U0CHI").due) == ["Acme", "Cedar", "Gum"]
