"""Two people act on one card in the same moment: one acts, the other sees what was done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from bot.domain.model import NudgeState
from bot.domain.views import Card
from bot.errors import TooLate
from bot.usecases.digests import audience_of, plan_for
from bot.usecases.recompute import differences
from storage import people
from storage.engine import Store
from storage.models import DigestCard, Nudge, Touch
from tests.support.desk import NOW, TODAY, Desk, open_desk


def at_once(store: Store, workspace_id: int, *acts: Callable[[Desk], object], desk: Desk) -> list[object]:
    """Run acts in as many transactions that begin together; return what each gave, or the TooLate it raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[Desk], object]) -> object:
        start.wait(timeout=10)
        try:
            with store.write(workspace_id) as ledger:
                return act(Desk(ledger, desk.acme, desk.nudge_id))
        except TooLate as late:
            return late

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize(
    ("one", "other", "from_list"),
    [
        ("done", "done", False), ("done", "snooze", False), ("snooze", "dismiss", False), ("hand over", "done", False),
        ("dismiss", "hand over", False),
        # From a list nobody is late for a hand over: a customer with a new owner waits all the same.
        ("done", "done", True), ("done", "snooze", True), ("snooze", "dismiss", True),
    ],
)  # fmt: skip
def test_of_two_people_at_once_one_acts_and_the_other_sees_the_card(
    store: Store, workspace: int, one: str, other: str, from_list: bool
) -> None:
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        ref = desk.listed if from_list else desk.ref
        if from_list:
            ledger.session.delete(desk.nudge())
    results = at_once(
        store, workspace, lambda d: d.act(one, ref), lambda d: d.act(other, ref, by="U0BEN"), desk=desk
    )  # fmt: skip
    late = [result for result in results if isinstance(result, TooLate)]
    done = [result for result in results if isinstance(result, Card)]
    assert (len(late), len(done)) == (1, 1)
    assert isinstance(late[0].card, Card)
    assert (late[0].card.state, late[0].card.ended_by) == (done[0].state, done[0].ended_by)
    with store.write(workspace) as ledger:
        ended = ledger.rows(Nudge)
        assert [row.state for row in ended] == [done[0].state]
        assert len(ledger.rows(Touch)) == 3 + (done[0].state is NudgeState.DONE)
        assert list(differences(ledger)) == []


def test_of_two_undos_at_once_one_takes_the_touch_back(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        desk.act("done")
    results = at_once(store, workspace, lambda d: d.undo(), lambda d: d.undo(), desk=desk)
    assert sum(isinstance(result, TooLate) for result in results) == 1
    with store.write(workspace) as ledger:
        assert len(ledger.rows(Touch)) == 5
        assert Desk(ledger, desk.acme, desk.nudge_id).nudge().state is NudgeState.OPEN


def test_a_digest_planned_while_somebody_acts_neither_breaks_nor_undoes_it(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        desk = open_desk(ledger)
        old = desk.nudge()
        old.planned_on = TODAY - timedelta(days=10)
        ledger.add(old)

    def plan(d: Desk) -> object:
        return plan_for(d.ledger, audience_of(d.ledger, people.teammate(d.someone("U0ANA"))), now=NOW, due_at=NOW)

    at_once(store, workspace, plan, lambda d: d.act("done", by="U0BEN"), desk=desk)
    with store.write(workspace) as ledger:
        states = sorted(row.state for row in ledger.rows(Nudge))
        assert states in (["done"], ["done", "open"], ["done", "superseded"])
        assert len(ledger.rows(Touch)) == 4
        places = {place.nudge_id for place in ledger.rows(DigestCard)}
        assert places <= {row.id for row in ledger.rows(Nudge)}
