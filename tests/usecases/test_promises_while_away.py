"""What somebody who is away promised is told to their cover on its day, and to them once they are back if it waits."""

from datetime import date, timedelta

import pytest

from bot.domain.model import Occasion, PromiseState
from bot.domain.views import CardRef
from bot.errors import NotAllowed
from bot.usecases import nudges, promises
from storage import people
from storage.engine import Store
from storage.models import Digest, Promise
from tests.support.rounds import DAY, TODAY, Team, build_team
from tests.usecases.test_attention import at_nine, promise
from tests.usecases.test_covering import away, home, names

FRIDAY = TODAY + 3 * DAY


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    """Ana and Ben get digests at nine; Acme is Ana's and was talked to three days ago."""
    return build_team(store, workspace, digests=("U0ANA", "U0BEN"))


def goes_away(team: Team, until_on: date, cover: str | None = "U0BEN") -> None:
    if cover:
        away(team, "U0ANA", cover, until_on)
    team.person("U0ANA", paused_until_on=until_on, away_since_on=TODAY, next_digest_at=at_nine(until_on))


def told(team: Team) -> list[tuple[date, str]]:
    """Each day on which a promise stood in a digest, and whose digest it was."""
    with team.store.read(team.workspace_id) as ledger:
        names_of = {person.id: person.name for person in people.everybody(ledger).values()}
        readers = {row.local_on: names_of[row.teammate_id or 0] for row in ledger.rows(Digest)}
    return [
        (view.local_on, readers[view.local_on])
        for view in team.digests()
        for card in view.cards
        if Occasion.PROMISE in card.reason.occasions
    ]


def test_the_cover_is_told_on_its_day_whose_promise_it_is(team: Team) -> None:
    promise(team, team.customer("Acme", silent=3), FRIDAY)
    goes_away(team, TODAY + 14 * DAY)
    assert names(home(team, "U0BEN", FRIDAY).due) == ["Acme"]
    team.ticks(at_nine(TODAY), 6, every=DAY)
    assert told(team) == [(FRIDAY, "Ben")]
    (view,) = team.digests()
    assert view.cards[0].reason.promises[0].by == "Ana"
    assert (view.cards[0].owner_name, view.cards[0].away_until_on) == ("Ana", TODAY + 14 * DAY)


def test_what_the_cover_did_is_not_told_again_when_they_are_back(team: Team) -> None:
    acme = team.customer("Acme", silent=3)
    promise(team, acme, FRIDAY)
    goes_away(team, TODAY + 6 * DAY)
    team.ticks(at_nine(TODAY), 4, every=DAY)
    (view,) = team.digests()
    ben = team.person("U0BEN")
    with team.store.write(team.workspace_id) as ledger:
        nudges.mark_done(ledger, CardRef(acme, view.cards[0].nudge_id), by=ben, now=at_nine(FRIDAY))
    team.ticks(at_nine(TODAY + 4 * DAY), 12, every=DAY)
    assert told(team) == [(FRIDAY, "Ben")]
    assert team.owed("back") == 1, "they hear once that it was done"


@pytest.mark.parametrize("cover", ["U0BEN", None])
def test_what_nobody_did_is_told_on_the_day_they_are_back_however_long_they_were_away(
    team: Team, cover: str | None
) -> None:
    promise(team, team.customer("Acme", silent=3), FRIDAY)
    back_on = TODAY + 27 * DAY
    goes_away(team, back_on, cover)
    team.ticks(at_nine(TODAY), 28, every=DAY)
    of_ben = [(FRIDAY, "Ben"), (FRIDAY + 7 * DAY, "Ben")] if cover else []
    assert told(team) == [*of_ben, (back_on, "Ana")]


def test_one_about_a_colleague_s_customer_is_told_to_the_cover_as_well(team: Team) -> None:
    team.person("U0BEN", next_digest_at=None)
    team.person("U0CHI", next_digest_at=at_nine(TODAY))
    promise(team, team.customer("Birch", silent=3, owner="U0BEN"), FRIDAY, as_owner=False)
    goes_away(team, TODAY + 14 * DAY, cover="U0CHI")
    team.ticks(at_nine(TODAY), 4, every=DAY)
    assert (team.named(), told(team)) == ([["Birch"]], [(FRIDAY, "Chi")])


def test_without_a_cover_nobody_else_is_told(team: Team) -> None:
    promise(team, team.customer("Acme", silent=3), FRIDAY)
    goes_away(team, TODAY + 14 * DAY, cover=None)
    team.ticks(at_nine(TODAY), 6, every=DAY)
    assert told(team) == []


def test_a_cover_ends_it_in_their_place_and_nobody_else_does(team: Team) -> None:
    promise_id = promise(team, team.customer("Acme", silent=3), FRIDAY)
    goes_away(team, TODAY + 6 * DAY)
    ben, chi = team.person("U0BEN"), team.person("U0CHI")
    with team.store.write(team.workspace_id) as ledger:
        with pytest.raises(NotAllowed):
            promises.end_promise(ledger, promise_id, PromiseState.KEPT, by=chi, now=at_nine(FRIDAY))
        with pytest.raises(NotAllowed):
            back = at_nine(TODAY + timedelta(days=6))
            promises.end_promise(ledger, promise_id, PromiseState.KEPT, by=ben, now=back)
        promises.end_promise(ledger, promise_id, PromiseState.KEPT, by=ben, now=at_nine(FRIDAY))
        row = ledger.get(Promise, promise_id)
        assert row is not None
        assert row.state is PromiseState.KEPT
