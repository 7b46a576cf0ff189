"""The list as the terminal shows it: a contract for scripts and a table for people."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from rich.console import Console

from bot.domain.model import TouchKind
from bot.terminal.listing import FIELDS, as_csv, as_json, print_table
from bot.usecases.neglect import Ranked, rank
from storage.engine import Store
from storage.models import Workspace
from tests.conftest import people
from tests.support.books import Books

TODAY = date(2026, 11, 24)


@pytest.fixture
def listed(sqlite_store: Store) -> Iterator[list[Ranked]]:
    """Acme, overdue; Birch in a currency without cents; Fern, new, worth nobody knows what, looked after by nobody."""
    with sqlite_store.session() as session:
        row = Workspace(slack_team_id="T0PLAY", base_currency="EUR", rates={"JPY": 0.006})
        session.add(row)
        session.flush()
        session.add_all(people(row.id))
    with sqlite_store.write(row.id) as ledger:
        books = Books(ledger)
        clients = books.segment("Clients", set_cadence_days=21)
        start = date(2025, 1, 7)
        acme = books.customer(
            "Acme", segment_id=clients, since_on=start, owner_id=books.person("U0ANA"), value=84_000.5
        )
        for weeks in (13, 10, 7):
            books.touch(acme, TODAY - timedelta(weeks=weeks), TouchKind.MEETING)
        books.customer("Birch", segment_id=clients, since_on=start, value=120.0, currency="JPY",
                       touched=[TODAY - timedelta(days=60)])  # fmt: skip
        books.customer("Fern", segment_id=clients, since_on=date(2026, 10, 1), value=None)
        books.settle()
        yield rank(ledger, as_of=TODAY, now_day=TODAY, everyone=True)


def table(listed: list[Ranked], *, width: int, terminal: bool = False) -> str:
    out = StringIO()
    print_table(Console(file=out, width=width, force_terminal=terminal, _environ={}), listed, as_of=TODAY)
    return out.getvalue()


def test_json_is_the_contract_and_nothing_else(listed: list[Ranked]) -> None:
    rows = json.loads(as_json(listed))
    assert all(tuple(row) == FIELDS for row in rows)
    acme = rows[0]
    assert {field: acme[field] for field in FIELDS if field not in {"warmth", "score"}} == {
        "external_id": "acme",
        "name": "Acme",
        "owner": "U0ANA",
        "segment": "Clients",
        "standing": "customer",
        "value": 84000.5,
        "currency": "EUR",
        "last_touch_on": "2026-10-06",
        "last_touch_kind": "meeting",
        "rhythm_days": 21,
        "due_on": "2026-11-07",
        "overdue_days": 17,
        "why": "You usually talk every 3 weeks. It has been 7.",
    }
    warmth = (1.5 / 2 + 1) / 2 ** (7 / 3) * (1 + 2 / 4)
    assert acme["warmth"] == pytest.approx(warmth)
    assert acme["score"] == pytest.approx(84000.5 / warmth**0.5)


def test_what_nobody_knows_is_null_in_json_and_empty_in_csv(listed: list[Ranked]) -> None:
    fern = next(row for row in json.loads(as_json(listed)) if row["name"] == "Fern")
    unknown = ("owner", "value", "last_touch_on", "last_touch_kind")
    assert [fern[field] for field in unknown] == [None] * 4
    cells = next(row for row in csv.DictReader(StringIO(as_csv(listed))) if row["name"] == "Fern")
    assert [cells[field] for field in unknown] == [""] * 4


def test_a_value_is_in_major_units_of_its_own_currency(listed: list[Ranked]) -> None:
    birch = next(row for row in json.loads(as_json(listed)) if row["name"] == "Birch")
    assert (birch["value"], birch["currency"]) == (12_000.0, "JPY")


def test_nobody_is_an_empty_list_in_json_and_a_heading_in_csv() -> None:
    assert json.loads(as_json([])) == []
    assert as_csv([]) == ",".join(FIELDS) + "\n"


@pytest.mark.parametrize("name", ["=1+1", "+49 40 1", "-2", "@SUM(A1)", "\tAcme", "\rAcme"])
def test_a_cell_never_starts_a_formula(listed: list[Ranked], name: str) -> None:
    named = replace(listed[0], relationship=listed[0].relationship._replace(name=name, external_id=name))
    row = next(csv.DictReader(StringIO(as_csv([named]), newline="")))
    shown = "'" + name.replace("\r", "\n")
    assert (row["name"], row["external_id"]) == (shown, shown)


def test_csv_and_json_say_the_same(listed: list[Ranked]) -> None:
    in_csv = list(csv.DictReader(StringIO(as_csv(listed))))
    in_json = [
        {key: "" if value is None else str(value) for key, value in row.items()} for row in json.loads(as_json(listed))
    ]
    assert in_csv == in_json


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_table_fits_its_terminal_and_says_who_why_and_when(listed: list[Ranked], width: int) -> None:
    text = table(listed, width=width)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert "Acme" in words
    assert "€84,000" in words
    if width >= 80:
        assert "You usually talk every 3 weeks. It has been 7." in words
        assert "meeting, 6 October" in words


def test_the_table_is_plain_in_a_pipe_and_uses_no_colour_in_a_terminal(listed: list[Ranked]) -> None:
    assert "\x1b[" not in table(listed, width=80)
    on_screen = table(listed, width=80, terminal=True)
    assert "\x1b[1m" in on_screen
    assert not any(f"\x1b[{code}" in on_screen for code in ("3", "4", "9"))


def test_a_name_is_shown_as_it_is_and_commands_nothing(listed: list[Ranked]) -> None:
    named = replace(listed[0], relationship=listed[0].relationship._replace(name="[red]Acme[/] \x1b]0;x\x07"))
    text = table([named], width=120, terminal=True)
    assert "[red]Acme[/]" in text
    assert "\x1b]0" not in text


def test_an_empty_list_is_a_sentence() -> None:
    assert table([], width=80) == "Nobody is going quiet on 24 November 2026.\n"
