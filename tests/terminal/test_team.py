"""The commands about the team: holidays, the trail; what they print and what they refuse."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.support.terminal import folder

__all__ = ["folder"]

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in a folder of its own; returns status and what was printed."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/keepwarm.db")
    (folder / "customers.csv").write_text("external_id,name,owner\nacme,Acme,ana@example.com\n")
    runner = CliRunner()

    def type_command(*words: str) -> tuple[int, str]:
        result = runner.invoke(app, list(words))
        return result.exit_code, result.stdout + (f"{result.exception}" if result.exception else "")

    return type_command


def test_holidays_are_added_listed_and_removed(run: Run) -> None:
    assert "No holidays" in run("holidays")[1]
    run("holidays", "add", "2026-12-24..2027-01-01", "Company break")
    run("holidays", "add", "2026-05-01")
    assert run("holidays")[1].splitlines() == ["2026-05-01", "2026-12-24..2027-01-01  Company break"]
    run("holidays", "remove", "2026-05-01")
    assert run("holidays", "list")[1].splitlines() == ["2026-12-24..2027-01-01  Company break"]


@pytest.mark.parametrize(("words", "said"), [
    (("add", "soon"), "is not a day"),
    (("add", "2026-12-24..2026-12-01"), "ends before it begins"),
    (("add", "2026-01-01..2026-12-31"), "more than 60 days"),
    (("remove", "2026-12-24"), "no holiday on"),
])  # fmt: skip
def test_days_that_are_none_are_refused_with_what_to_write(run: Run, words: tuple[str, ...], said: str) -> None:
    status, printed = run("holidays", *words)
    assert status == 1
    assert said in printed


def test_the_trail_of_the_terminal_says_what_was_imported_exported_and_erased(run: Run, tmp_path: Path) -> None:
    run("import", "customers", "customers.csv")
    run("export", str(tmp_path / "out"))
    run("erase", "acme", "--yes")
    status, printed = run("audit", "--format", "json")
    assert status == 0
    rows = json.loads(printed)
    assert [(row["did"], row["where"]) for row in rows] == [
        ("imported", "terminal"), ("exported", "terminal"), ("erased", "terminal"),
    ]  # fmt: skip
    assert "Acme" not in printed
    assert [row["did"] for row in csv.DictReader(StringIO(run("audit", "--format", "csv")[1]))] == [
        "imported", "exported", "erased",
    ]  # fmt: skip
    assert "erased" in run("audit", "--keep", "30")[1]


def test_what_the_terminal_changes_is_on_the_trail(run: Run) -> None:
    run("import", "customers", "customers.csv")
    for words in (
        "standing acme prospect", "seats --each 5", "currency --rate USD=0.9", "team role ana@example.com viewer",
        "segments set Customers --cadence 20", "audit --keep 90",
    ):  # fmt: skip
        assert run(*words.split())[0] == 0
    rows = json.loads(run("audit", "--format", "json")[1])[1:]
    assert [(row["did"], row["what"]) for row in rows] == [
        ("changed", "customer"), ("seats", "workspace"), ("currency", "workspace"), ("changed", "teammate"),
        ("changed", "segment"), ("retention", "workspace"),
    ]  # fmt: skip
    assert {row["where"] for row in rows} == {"terminal"}


def test_a_role_can_be_given_before_slack_shows_who_it_is(run: Run) -> None:
    run("import", "customers", "customers.csv")
    assert run("team", "role", "ana@example.com", "viewer")[1].splitlines() == [
        "Ana is a viewer once Slack shows them.",
        "Ana still looks after customers: 1. Hand them over from their cards in Slack.",
    ]


def test_retention_is_shown_and_set(run: Run) -> None:
    assert run("retention")[1].splitlines() == [
        "Messages, ended nudges and what people wrote to log are kept for 400 days.",
        "Notes of touches are kept for ever.",
    ]
    assert run("retention", "--messages", "90", "--notes", "24")[1].splitlines() == [
        "Messages, ended nudges and what people wrote to log are kept for 90 days.",
        "Notes of touches are kept for 24 months.",
    ]
    assert "for ever" in run("retention", "--notes", "forever")[1]
    assert [row["did"] for row in csv.DictReader(StringIO(run("audit", "--format", "csv")[1]))] == ["retention"] * 3


@pytest.mark.parametrize(("words", "status"), [
    (("--messages", "30"), 1), (("--notes", "0"), 1), (("--notes", "soon"), 2),
])  # fmt: skip
def test_a_retention_that_makes_no_sense_is_refused(run: Run, words: tuple[str, ...], status: int) -> None:
    assert run("retention", *words)[0] == status


def test_a_day_that_cannot_be_read_is_refused_by_the_name_of_its_option(run: Run) -> None:
    run("import", "customers", "customers.csv")
    refused = CliRunner().invoke(app, ["audit", "--since", "soon"])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("--since 'soon' is not an ISO day")
