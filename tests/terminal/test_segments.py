"""`python -m bot segments`: what it prints, what it writes, and how it refuses."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.terminal import real_now, workspace_named
from bot.usecases.recompute import differences
from storage.engine import Store
from tests.support.books import Books

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_store: Store, make_workspace: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a ledger whose segment Retail has ten customers, silent for 40 days."""
    monkeypatch.setenv("DATABASE_URL", str(sqlite_store.engine.url))
    today = real_now().date()
    with sqlite_store.write(make_workspace(sqlite_store)) as ledger:
        books = Books(ledger)
        retail = books.segment("Retail", set_cadence_days=20)
        for number in range(10):
            books.customer(
                f"C{number}", segment_id=retail, since_on=today - timedelta(days=400), value=100 + number,
                owner_id=books.person("U0ANA"), touched=[today - timedelta(days=40)],
            )  # fmt: skip
        books.settle()
    return lambda *words: CliRunner().invoke(app, ["segments", *words])


def listed(run: Run) -> dict[str, object]:
    (segment,) = json.loads(run("--format", "json").stdout)
    return dict(segment)


def test_a_name_is_never_cut_in_the_table(run: Run, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with sqlite_store.session() as session:
        session.connection().exec_driver_sql("UPDATE segment SET name = 'consulting partners of the north'")
    table = run().stdout
    assert "…" not in table
    assert "consulting" in table
    assert "Customers" in table
    assert " 10\n" in table.replace("  \n", "\n").replace(" \n", "\n")


def test_segments_are_listed_with_their_policies(run: Run) -> None:
    assert listed(run) == {
        "name": "Retail", "policy": "learned", "cadence_days": 20.0, "cadence": "set", "exponent": 0.5,
        "exponent_from": "learned", "horizon_days": 90, "count": "all",
        "pauses": [], "lost_after": 6, "customers": 10, "recomputed_percent": None,
    }  # fmt: skip
    table = run().stdout
    assert "Retail" in table
    assert "20 days" in table


def test_what_if_says_what_would_change_and_writes_nothing(run: Run) -> None:
    before = listed(run)
    answer = run("set", "retail", "--cadence", "45", "--what-if")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("20 → 45 days: 2 fewer nudges a week, 3 valuable customers more at risk.\n")
    assert answer.stdout.endswith("Nothing was written.\n")
    assert listed(run) == before
    found = json.loads(run("set", "Retail", "--cadence", "45", "--what-if", "--format", "json").stdout)
    assert (found["cadence_days"], found["valuable_more_at_risk"]) == ([20, 45], 3)


def test_a_change_is_worked_in_before_the_command_ends(run: Run, sqlite_store: Store) -> None:
    answer = run(
        "set", "Retail", "--policy", "fixed", "--cadence", "15", "--count", "working", "--pause", "08-01..08-31",
        "--pause", "12-24..01-01", "--lost-after", "3", "--exponent", "0.8",
    )  # fmt: skip
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Retail, 10 customers. Fixed: due after one cadence. Cadence 15 working days;")
    found = listed(run)
    assert (found["policy"], found["count"], found["lost_after"]) == ("fixed", "working", 3)
    assert (found["pauses"], found["exponent"]) == (["08-01..08-31", "12-24..01-01"], 0.8)
    assert found["recomputed_percent"] is None
    with sqlite_store.read(workspace_named(sqlite_store, None)) as ledger:
        assert list(differences(ledger)) == []
    cleared = run("set", "Retail", "--no-pause", "--cadence", "learned", "--format", "json")
    assert json.loads(cleared.stdout)["pauses"] == []
    assert json.loads(cleared.stdout)["cadence"] == "learned"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("set", "Gold", "--cadence", "9"), 1, "segment 'Gold': there is none of that name. Known: Retail."),
        (("set", "Retail", "--cadence", "0"), 1, "A cadence of 0 days can't be kept. Write 1 to 3650."),
        (("set", "Retail", "--lost-after", "1"), 1, "Lost after 1 is too soon: with this policy customers become due"),
        (("set", "Retail", "--lost-after", "2", "--what-if"), 1, "Lost after 2 is too soon"),
        (("set", "Retail", "--pause", "12-01..11-01"), 1, "12-01..11-01 goes over New Year and takes 337 days"),
        (("set", "Retail", "--cadence", "often"), 2, "--cadence 'often': write a number of days like 45, or learned."),
        (("set", "Retail", "--pause", "August"), 2, "--pause 'August': write month and day of its first and last day"),
        (("set", "Retail", "--pause", "08-01..08-31", "--no-pause"), 2, "--pause and --no-pause: write one of them."),
        (("set", "Retail"), 2, "Nothing to change."),
        (("set", "Retail", "--policy", "mine"), 2, "'mine' is not one of 'learned', 'own', 'fixed'"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_place_and_the_remedy(
    run: Run, words: tuple[str, ...], status: int, said: str
) -> None:
    answer = run(*words)
    refusal = str(answer.exception) if status == 1 else " ".join(answer.stderr.replace("│", " ").split())
    assert said in refusal
    assert answer.exit_code == (1 if status == 1 else 2)
