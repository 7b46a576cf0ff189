"""Taking out and erasing one customer or one teammate in the terminal: what is asked, said, written and refused."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from tests.support.process import say
from tests.support.terminal import contents, folder, store_in

__all__ = ["folder"]

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def _ledger_of_ana(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> bytes:
    """A ledger that knows Acme and Birch, both Ana's, and a call with each, from files."""
    folder = tmp_path_factory.mktemp("ana")
    (folder / "keepwarm.db").write_bytes(_sqlite_template.read_bytes())
    (folder / "customers.csv").write_text(
        "external_id,name,owner\nacme,Acme,ana@example.com\nbirch,Birch,ana@example.com\n"
    )
    (folder / "touches.csv").write_text(
        "customer,at,kind,by,note\nacme,2026-09-01,call,ana@example.com,Wants the price\n"
        "birch,2026-09-02,call,ana@example.com,Nothing new\n"
    )
    with pytest.MonkeyPatch.context() as here:
        for what in ("customers", "touches"):
            assert say(here, folder, "import", what, f"{what}.csv").status == 0
    return contents(store_in(folder))


@pytest.fixture
def run(folder: Path, _ledger_of_ana: bytes, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in a folder whose ledger knows Acme and Birch, both Ana's, and a call with each."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/keepwarm.db")
    (folder / "keepwarm.db").write_bytes(_ledger_of_ana)

    def type_command(*words: str, answer: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=answer)

    return type_command


def rows_of(done: Result) -> list[dict[str, object]]:
    """The lines of the one file that an export wrote."""
    (path,) = done.stdout.splitlines()
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def trail(run: Run) -> list[tuple[str, str]]:
    written = csv.DictReader(StringIO(run("audit", "--format", "csv").stdout))
    return [(row["did"], row["what"]) for row in written if row["did"] in {"exported", "erased"}]


def test_the_touches_of_a_file_are_told_by_its_import_alone(run: Run) -> None:
    written = list(csv.DictReader(StringIO(run("audit", "--format", "csv").stdout)))
    assert [row["did"] for row in written] == ["imported", "imported"]
    assert list(csv.DictReader(StringIO(run("audit", "--customer", "acme", "--format", "csv").stdout))) == []


def test_a_narrow_table_of_the_trail_keeps_moments_and_ids_whole(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run("export", "out", "--customer", "acme")
    (row,) = [row for row in csv.DictReader(StringIO(run("audit", "--format", "csv").stdout)) if row["id"]]
    table = run("audit").stdout
    assert row["id"] in table
    assert row["at"][:16].replace("T", " ") in table
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= 80


@pytest.mark.parametrize("named", ["acme", "Acme"])
def test_all_about_one_customer_is_one_file_without_the_others(run: Run, named: str) -> None:
    done = run("export", "out", "--customer", named)
    assert done.exit_code == 0
    rows = rows_of(done)
    assert {row["table"] for row in rows} >= {"customer", "touch"}
    assert "Wants the price" in str(rows)
    assert "Birch" not in str(rows)
    assert trail(run) == [("exported", "customer")]


def test_all_about_one_teammate_names_what_they_logged(run: Run) -> None:
    rows = rows_of(run("export", "out", "--teammate", "ana@example.com"))
    assert [row["email"] for row in rows if row["table"] == "teammate"] == ["ana@example.com"]
    assert sum(row["table"] == "touch" for row in rows) == 2
    # The customers are the company's.
    assert not any(row["table"] == "customer" for row in rows)
    assert trail(run) == [("exported", "teammate")]


@pytest.mark.parametrize(("words", "status", "said"), [
    (("export", "out", "--customer", "Acme", "--teammate", "ana@example.com"), 2, "not both"),
    (("export", "out", "--customer", "Nobody"), 1, "Nobody"),
    (("export", "out", "--teammate", "nobody@example.com"), 1, "nobody@example.com"),
    (("erase",), 2, "--teammate"),
    (("erase", "Acme", "--teammate", "ana@example.com"), 2, "--teammate"),
    (("erase", "--teammate", "nobody@example.com", "--yes"), 1, "nobody@example.com"),
])  # fmt: skip
def test_what_is_named_twice_or_is_nobody_is_refused(run: Run, words: tuple[str, ...], status: int, said: str) -> None:
    done = run(*words)
    assert done.exit_code == status
    assert said in f"{done.stderr}{done.exception}"
    assert trail(run) == []


def test_a_teammate_is_erased_after_a_question_and_their_touches_stay(run: Run, tmp_path: Path) -> None:
    asked = run("erase", "--teammate", "ana@example.com", answer="n\n")
    assert asked.exit_code == 1
    assert "What they logged stays, as a former teammate's. This can't be undone." in asked.stderr
    assert trail(run) == []
    done = run("erase", "--teammate", "ana@example.com", "--yes")
    assert done.exit_code == 0
    assert "is gone. 2 customers have no owner now. This can't be undone." in done.stdout
    assert trail(run) == [("erased", "teammate")]
    run("export", "out")
    written = (tmp_path / "out" / "ledger.jsonl").read_text(encoding="utf-8")
    assert "ana@example.com" not in written
    assert "Wants the price" in written
    assert run("erase", "--teammate", "ana@example.com", "--yes").exit_code == 1
