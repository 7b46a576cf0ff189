"""The commands about standings: the word that they print is the word that they take."""

from pathlib import Path

import pytest

from tests.support.terminal import Keepwarm, _ledger_with_cast, cast, folder, keepwarm

__all__ = ["_ledger_with_cast", "cast", "folder", "keepwarm"]


def test_a_standing_is_printed_with_its_reason_set_and_given_back(keepwarm: Keepwarm, cast: Path) -> None:
    assert keepwarm("standing", "Acme").out == "customer, because of €90,000 a year.\n"
    assert keepwarm("standing", "Elm").out.startswith("lurker")
    assert keepwarm("standing", "acme", "prospect").out.startswith("prospect, set in the terminal ")
    assert keepwarm("standing", "acme").out.startswith("prospect, set in the terminal ")
    assert keepwarm("standing", "acme", "derived").out == "customer, because of €90,000 a year.\n"


def test_the_seats_are_shown_and_set(keepwarm: Keepwarm, cast: Path) -> None:
    assert keepwarm("seats").out == "8 seats for each teammate, 30 for the team; 0 are taken.\n"
    assert keepwarm("seats", "--each", "2").out == "2 seats for each teammate, 30 for the team; 0 are taken.\n"
    assert keepwarm("seats", "--each", "1").out == "1 seat for each teammate, 30 for the team; 0 are taken.\n"
    done = keepwarm("seats", "--team", "999")
    assert (done.status, done.err) == (1, "Write a number of seats from 0 to 150.\n")


def test_a_full_circle_names_who_may_leave(keepwarm: Keepwarm, cast: Path) -> None:
    keepwarm("seats", "--each", "1")
    keepwarm("standing", "Fjord", "inner_circle")
    full = keepwarm("standing", "Acme", "inner_circle")
    assert (full.status, full.out) == (1, "")
    assert "The one seat of Ana is taken." in full.err
    assert "Fjord (last touch 2026-09-29)" in full.err
    assert keepwarm("standing", "Acme").out.startswith("customer")
    assert keepwarm("standing", "Acme", "inner_circle", "--leaves", "Fjord").status == 0
    assert keepwarm("standing", "Fjord").out.startswith("customer")


@pytest.mark.parametrize(
    "words", [["Acme", "friend"], ["Acme", "--leaves", "Fjord"], ["Acme", "prospect", "--leaves", "Fjord"]]
)
def test_a_wrong_word_is_usage(keepwarm: Keepwarm, cast: Path, words: list[str]) -> None:
    done = keepwarm("standing", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err


def test_an_unknown_customer_is_refused(keepwarm: Keepwarm, cast: Path) -> None:
    assert keepwarm("standing", "Nobody").status == 1
