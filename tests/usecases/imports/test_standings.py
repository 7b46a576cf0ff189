"""What a file says of standings is a word: it yields to one given by hand, and never fills more than the seats."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.model import Standing
from bot.usecases.circle import seats_of, set_seats
from bot.usecases.deriving import derive_standings
from bot.usecases.imports import Outcome, Subject, import_file, report
from bot.usecases.standings import set_standing, standing_view
from storage.engine import Store
from storage.models import Customer
from tests.support.ring import NOW, Ring

Import = Callable[..., Outcome]


@pytest.fixture
def take(store: Store, workspace: int, tmp_path: Path) -> Import:
    """Import rows of "name,standing,owner"."""

    def run(*rows: str, dry_run: bool = False) -> Outcome:
        path = tmp_path / "customers.csv"
        path.write_text("\n".join(["name,standing,owner", *rows]), encoding="utf-8")
        return import_file(store, workspace, Subject.CUSTOMERS, path, now=NOW, dry_run=dry_run)

    return run


def standings_of(store: Store, workspace: int) -> dict[str, tuple[str, bool]]:
    """Each customer's standing, and whether it is a word."""
    with store.read(workspace) as ledger:
        return {
            row.name: (row.standing.value, standing_view(ledger, row.id).word is not None)
            for row in ledger.rows(Customer)
        }


def by_hand(store: Store, workspace: int, name: str, standing: Standing) -> None:
    with store.write(workspace) as ledger:
        (customer_id,) = [row.id for row in ledger.rows(Customer) if row.name == name]
        set_standing(ledger, customer_id, standing, by=Ring(ledger).ana, now=NOW)


def test_what_a_file_says_is_a_word_and_what_it_leaves_out_is_none(store: Store, workspace: int, take: Import) -> None:
    take("Acme,inner_circle,U0ANA", "Birch,lurker,U0BEN", "Cedar,,U0BEN")
    assert standings_of(store, workspace) == {
        "Acme": ("inner_circle", True), "Birch": ("lurker", True), "Cedar": ("customer", False),
    }  # fmt: skip
    with store.read(workspace) as ledger:
        (acme,) = [row.id for row in ledger.rows(Customer) if row.name == "Acme"]
        word = standing_view(ledger, acme).word
    assert word is not None
    assert (word.from_file, word.by) == (True, None)
    assert derive_standings(store, workspace, now=NOW) == 0


def test_the_same_file_twice_changes_nothing(take: Import) -> None:
    rows = ("Acme,inner_circle,U0ANA", "Birch,lurker,U0BEN", "Cedar,customer,U0BEN")
    take(*rows)
    again = take(*rows)
    assert (again.created, again.updated, again.skipped) == (0, 0, 3)


def test_a_later_file_changes_what_an_earlier_one_said(store: Store, workspace: int, take: Import) -> None:
    take("Acme,lurker,U0ANA", "Birch,inner_circle,U0ANA")
    take("Acme,prospect,U0ANA", "Birch,customer,U0ANA")
    assert standings_of(store, workspace) == {"Acme": ("prospect", True), "Birch": ("customer", True)}


def test_a_file_yields_to_what_a_person_said_here(store: Store, workspace: int, take: Import) -> None:
    take("Acme,customer,U0ANA", "Birch,customer,U0ANA")
    by_hand(store, workspace, "Acme", Standing.LURKER)
    outcome = take("Acme,customer,U0ANA", "Birch,prospect,U0ANA")
    assert standings_of(store, workspace) == {"Acme": ("lurker", True), "Birch": ("prospect", True)}
    assert "1 customer keeps the standing that a person gave here; the file says otherwise." in report(outcome)


def test_an_import_beyond_the_seats_keeps_the_rows_and_says_who_found_none(
    store: Store, workspace: int, take: Import
) -> None:
    with store.write(workspace) as ledger:
        set_seats(ledger, each=2, team=3, by=None)
    anas, bens = ("Acme", "Birch", "Cedar"), ("Dune", "Elm")
    outcome = take(*(f"{name},inner_circle,{'U0ANA' if name in anas else 'U0BEN'}" for name in anas + bens))
    assert (outcome.created, outcome.rejected) == (5, 0)
    standings = standings_of(store, workspace)
    seated = {name for name, (standing, _) in standings.items() if standing == "inner_circle"}
    assert seated == {"Acme", "Birch", "Dune"}
    assert standings["Cedar"] == standings["Elm"] == ("customer", False)
    (line,) = [line for line in report(outcome) if line.startswith("No seat")]
    assert "(2 for each teammate, 3 for the team) for Cedar, Elm." in line
    assert "python -m bot seats" in line


def test_who_sits_keeps_the_seat_and_who_the_file_takes_out_makes_room(
    store: Store, workspace: int, take: Import
) -> None:
    with store.write(workspace) as ledger:
        set_seats(ledger, each=2, by=None)
    take("Acme,inner_circle,U0ANA", "Birch,inner_circle,U0ANA")
    take("Cedar,inner_circle,U0ANA", "Acme,inner_circle,U0ANA", "Birch,customer,U0ANA", "Dune,inner_circle,U0ANA")
    standings = standings_of(store, workspace)
    assert {name for name, (standing, _) in standings.items() if standing == "inner_circle"} == {"Acme", "Cedar"}
    with store.read(workspace) as ledger:
        assert seats_of(ledger).team_taken == 2


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store, workspace: int, take: Import) -> None:
    with store.write(workspace) as ledger:
        set_seats(ledger, each=0, by=None)
    assert take("Acme,inner_circle,U0ANA", dry_run=True).unheard.seatless == ("Acme",)
    assert standings_of(store, workspace) == {}
