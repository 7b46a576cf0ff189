"""In somebody's quiet hours the bot answers and says nothing first: everything else is owed for when they end."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col

from bot import usecases
from bot.delivery import draw
from bot.domain.model import Direction, Role, TouchKind
from bot.usecases.lateness import tell_of_outages
from bot.usecases.promotions import lurker_acted
from bot.usecases.quieter import ask_admins
from bot.usecases.troubles import owe_trouble
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery
from tests.support.books import Books
from tests.support.cast import Cast, write_cast

# Ten at night in London, where Ana has her quiet hours from nine to eight.
NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 8, tzinfo=UTC)
# Kinds that answer what somebody has just done, or change what stands there.
ANSWERS = {"update", "react", "home", "whisper", "replace", "logged", "text", "list_post", "welcome", "list"}
# Planned for a moment at which they are not resting.
PLANNED = {"digest"}


@pytest.fixture
def cast(store: Store, workspace: int) -> Cast:
    with store.write(workspace) as ledger:
        for slack_user_id in ("U0ANA", "U0BEN"):
            row = people.by_slack_id(ledger, slack_user_id)
            assert row is not None
            row.quiet_from_minute, row.quiet_until_minute, row.timezone = 21 * 60, 8 * 60, "Europe/London"
            row.role = Role.ADMIN if slack_user_id == "U0ANA" else Role.MEMBER
            ledger.add(row)
        return write_cast(ledger, NIGHT.date())


def due(ledger: Ledger, kind: str) -> set[datetime]:
    return {row.due_at for row in ledger.rows(Delivery, col(Delivery.kind) == kind)}


def test_what_slack_refuses_and_that_digests_were_late_is_told_in_the_morning(
    store: Store, workspace: int, cast: Cast
) -> None:
    tell_of_outages(store, {workspace: (NIGHT.replace(hour=18), 2)}, now=NIGHT)
    with store.write(workspace) as ledger:
        owe_trouble(ledger, "C0TEAM", error="is_archived", now=NIGHT)
        assert (due(ledger, "late"), due(ledger, "trouble")) == ({MORNING}, {MORNING})


def test_two_outages_in_one_night_are_one_piece_of_news(store: Store, workspace: int, cast: Cast) -> None:
    first, second = NIGHT.replace(hour=18), NIGHT + timedelta(hours=2)
    tell_of_outages(store, {workspace: (first, 2)}, now=NIGHT)
    tell_of_outages(store, {workspace: (second, 1)}, now=second + timedelta(hours=1))
    with store.read(workspace) as ledger:
        (news,) = ledger.rows(Delivery, col(Delivery.kind) == "late")
    until = (second + timedelta(hours=1)).isoformat()
    assert news.payload == {"since": first.isoformat(), "until": until, "count": 3}


def test_a_proposal_of_a_rule_waits(store: Store, workspace: int, cast: Cast) -> None:
    with store.write(workspace) as ledger:
        ask_admins(ledger, cast.acme, now=NIGHT)
        assert due(ledger, "proposal") == {MORNING}


@pytest.mark.parametrize(("records_it", "told_at"), [(True, NIGHT), (False, MORNING)])
def test_a_lurker_who_acts_waits_unless_its_owner_has_just_said_so(
    store: Store, workspace: int, cast: Cast, records_it: bool, told_at: datetime
) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        books.touch(cast.elm, NIGHT.date(), TouchKind.EMAIL, direction=Direction.INBOUND)
        ben = people.by_slack_id(ledger, "U0BEN")
        assert ben is not None
        lurker_acted(ledger, cast.elm, now=NIGHT, by_id=ben.id if records_it else None)
        assert due(ledger, "promotion") == {told_at}


def owed() -> Iterator[tuple[str, str, set[str | None]]]:
    """Every place where something is owed: (where, which kind, what is given)."""
    for path in sorted(Path(usecases.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.Owed":
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                kind = given["kind"]
                assert isinstance(kind, ast.Constant), f"{path.name}:{node.lineno}"
                yield f"{path.name}:{node.lineno}", str(kind.value), set(given)


def test_whatever_is_no_answer_says_when_it_may_be_told() -> None:
    found = list(owed())
    assert {kind for _, kind, _ in found} >= ANSWERS - {"list"} | {"trouble", "late", "proposal", "promotion"}
    untimed = [where for where, kind, given in found if kind not in ANSWERS | PLANNED and "due_at" not in given]
    assert untimed == []


def test_every_kind_that_can_be_drawn_is_looked_at_here() -> None:
    assert {kind for _, kind, _ in owed()} == {*draw._CALLS, *draw._MESSAGES}
