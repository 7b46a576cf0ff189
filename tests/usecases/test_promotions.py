"""A lurker who acts is proposed to their owner, once, with the evidence; a person decides and can take it back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.domain.model import Direction, Standing, TouchKind
from bot.domain.standing import Act, PromotionView
from bot.errors import NotAllowed, NotFound, TooLate
from bot.usecases.deriving import PROPOSED_A_DAY, derive_standings
from bot.usecases.promotions import leave_as_is, open_promotions, promote, promotion_view, take_back
from bot.usecases.touches import change_touch, retract_touch
from storage.engine import Store
from storage.standing_models import Promotion
from tests.support.books import Books
from tests.support.ring import DAY, NOW, ONE_SIDED, TODAY, Ring


@pytest.fixture
def ring(store: Store, workspace: int) -> Iterator[Ring]:
    with store.write(workspace) as ledger:
        yield Ring(ledger)


def lurker(ring: Ring, name: str = "Elm", **more: object) -> int:
    """Somebody whom Ben said to be a lurker."""
    customer_id = ring.customer(name, **more)  # type: ignore[arg-type]
    ring.says(customer_id, Standing.LURKER, ring.ben)
    return customer_id


def only(ring: Ring) -> PromotionView:
    (row,) = ring.ledger.rows(Promotion)
    ring.ledger.session.refresh(row)
    view = promotion_view(ring.ledger, row.id)
    assert view is not None
    return view


def test_a_lurker_who_writes_is_proposed_to_the_owner_with_the_evidence(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm, on=TODAY - DAY, note="Asked for the list")
    ring.hears(elm)
    view = only(ring)
    assert (view.act, view.to, len(view.acts), view.is_open) == (Act.WROTE, Standing.PROSPECT, 2, True)
    (owed,) = ring.owed("promotion")
    assert (owed.channel, owed.subject_id) == ("U0BEN", view.id)
    assert [each.id for each in open_promotions(ring.ledger, ring.ben)] == [view.id]
    assert open_promotions(ring.ledger, ring.ana) == ()
    assert ring.is_now(elm) is Standing.LURKER


@pytest.mark.parametrize(
    ("kind", "direction", "proposed"),
    [
        (TouchKind.EMAIL, Direction.OUTBOUND, False),
        (TouchKind.NOTE, Direction.INBOUND, False),
        (TouchKind.MEETING, Direction.MUTUAL, True),
        (TouchKind.PURCHASE, Direction.OUTBOUND, True),
    ],
)
def test_only_an_act_of_their_own_is_one(ring: Ring, kind: TouchKind, direction: Direction, proposed: bool) -> None:
    ring.hears(lurker(ring), kind=kind, direction=direction)
    assert bool(ring.ledger.rows(Promotion)) is proposed


def test_nobody_else_is_ever_proposed(ring: Ring) -> None:
    acme = ring.customer("Acme")
    ring.hears(acme)
    assert not ring.ledger.rows(Promotion)


def test_a_touch_that_is_corrected_into_an_act_is_one(ring: Ring) -> None:
    touch_id = ring.hears(lurker(ring), direction=Direction.OUTBOUND)
    change_touch(ring.ledger, touch_id, {"direction": Direction.INBOUND}, now=NOW, today=TODAY)
    assert only(ring).is_open


def test_a_purchase_is_a_second_reason_and_proposes_a_customer(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    leave_as_is(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    ring.hears(elm)
    assert len(ring.ledger.rows(Promotion)) == 1
    ring.hears(elm, kind=TouchKind.PURCHASE)
    assert {(row.act, row.proposed) for row in ring.ledger.rows(Promotion)} == {
        (Act.WROTE, Standing.PROSPECT), (Act.BOUGHT, Standing.CUSTOMER),
    }  # fmt: skip


def test_a_purchase_needs_no_question_where_only_the_evidence_said_lurker(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        elm = Ring(ledger).customer("Elm", days=ONE_SIDED)
    derive_standings(store, workspace, now=NOW)
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        assert ring.is_now(elm) is Standing.LURKER
        ring.hears(elm, kind=TouchKind.PURCHASE)
        assert ring.is_now(elm) is Standing.CUSTOMER
        assert ring.row(elm).nudge_from_on == ring.row(elm).due_on
        assert not ring.ledger.rows(Promotion)


def test_taking_them_in_is_a_persons_word_and_can_be_undone(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    promote(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    word = ring.word(elm)
    assert word is not None
    assert (ring.is_now(elm), word.by_id, only(ring).state) == (Standing.PROSPECT, ring.ben.id, "made")
    assert ring.row(elm).nudge_from_on is not None
    take_back(ring.ledger, only(ring).id, by=ring.ben, now=NOW + DAY)
    word = ring.word(elm)
    assert word is not None
    assert (ring.is_now(elm), word.standing, word.said_at) == (Standing.LURKER, Standing.LURKER, NOW)
    assert ring.row(elm).nudge_from_on is None
    assert only(ring).is_open


def test_undo_gives_a_derived_lurker_no_word_that_nobody_said(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        elm = Ring(ledger).customer("Elm", days=ONE_SIDED)
    derive_standings(store, workspace, now=NOW)
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        ring.hears(elm)
        promote(ledger, only(ring).id, by=ring.ben, now=NOW)
        take_back(ledger, only(ring).id, by=ring.ben, now=NOW)
        assert (ring.is_now(elm), ring.word(elm)) == (Standing.LURKER, None)
    assert derive_standings(store, workspace, now=NOW) == 0


def test_leaving_them_is_not_asked_again_and_can_be_undone(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    leave_as_is(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    assert open_promotions(ring.ledger, ring.ben) == ()
    ring.hears(elm, now=NOW + DAY)
    assert len(ring.owed("promotion")) == 1
    take_back(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    assert only(ring).is_open


def test_the_second_to_decide_reads_who_was_first(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    promotion_id = only(ring).id
    promote(ring.ledger, promotion_id, by=ring.ben, now=NOW)
    with pytest.raises(TooLate, match="Ben has taken Elm in already"):
        promote(ring.ledger, promotion_id, by=ring.ana, now=NOW)
    with pytest.raises(TooLate, match="Ben has taken Elm in already"):
        leave_as_is(ring.ledger, promotion_id, by=ring.ana, now=NOW)
    take_back(ring.ledger, promotion_id, by=ring.ana, now=NOW)
    with pytest.raises(TooLate, match="taken back already"):
        take_back(ring.ledger, promotion_id, by=ring.ben, now=NOW)


def test_undo_does_not_overwrite_a_later_word(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    promote(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    ring.says(elm, Standing.INNER_CIRCLE, ring.ben, now=NOW + DAY)
    with pytest.raises(TooLate, match="decided otherwise about Elm"):
        take_back(ring.ledger, only(ring).id, by=ring.ben, now=NOW)
    assert ring.is_now(elm) is Standing.INNER_CIRCLE


def test_once_somebody_set_the_standing_there_is_nothing_to_decide(ring: Ring) -> None:
    elm = lurker(ring)
    ring.hears(elm)
    ring.says(elm, Standing.CUSTOMER, ring.ben)
    assert not only(ring).is_open
    assert open_promotions(ring.ledger, ring.ben) == ()
    with pytest.raises(TooLate, match="decided otherwise"):
        promote(ring.ledger, only(ring).id, by=ring.ben, now=NOW)


def test_an_act_that_was_taken_back_asks_nothing(ring: Ring) -> None:
    elm = lurker(ring)
    retract_touch(ring.ledger, ring.hears(elm), now=NOW)
    assert not only(ring).is_open
    assert open_promotions(ring.ledger, ring.ben) == ()


def test_only_the_owner_and_admins_decide(ring: Ring) -> None:
    ring.hears(lurker(ring))
    promotion_id = only(ring).id
    for act in (promote, leave_as_is):
        with pytest.raises(NotAllowed, match="Only Ben, who looks after Elm"):
            act(ring.ledger, promotion_id, by=ring.chi, now=NOW)
    leave_as_is(ring.ledger, promotion_id, by=ring.ben, now=NOW)
    with pytest.raises(NotAllowed):
        take_back(ring.ledger, promotion_id, by=ring.chi, now=NOW)
    with pytest.raises(NotFound):
        promote(ring.ledger, 77, by=ring.ben, now=NOW)


def test_a_lurker_whom_nobody_looks_after_is_shown_to_admins(ring: Ring) -> None:
    elm = ring.customer("Elm", owner=None)
    ring.says(elm, Standing.LURKER, ring.ana)
    ring.hears(elm)
    assert ring.owed("promotion") == []
    assert [view.name for view in open_promotions(ring.ledger, ring.ana)] == ["Elm"]
    assert open_promotions(ring.ledger, ring.ben) == ()


def test_what_an_import_brings_is_proposed_by_night_a_few_a_day_with_the_next_digest(
    store: Store, workspace: int
) -> None:
    with store.write(workspace) as ledger:
        ring, books = Ring(ledger), Books(ledger)
        for name in ("Elm", "Fir", "Gum", "Hazel"):
            books.touch(lurker(ring, name), TODAY - 3 * DAY, direction=Direction.INBOUND)
        books.touch(lurker(ring, "Ivy"), TODAY - 31 * DAY, direction=Direction.INBOUND)
        books.settle()
    derive_standings(store, workspace, now=NOW)
    with store.read(workspace) as ledger:
        assert len(Ring(ledger).owed("promotion")) == PROPOSED_A_DAY
    derive_standings(store, workspace, now=NOW + DAY)
    derive_standings(store, workspace, now=NOW + 2 * DAY)
    with store.read(workspace) as ledger:
        assert len(Ring(ledger).owed("promotion")) == 4, "and what is older than a month is history"


def at_once(store: Store, workspace: int, *acts: Callable[[Ring], object]) -> list[BaseException | None]:
    """Let people act at the same moment, each in a transaction of their own."""
    gate = Barrier(len(acts))

    def run(act: Callable[[Ring], object]) -> BaseException | None:
        gate.wait()
        try:
            with store.write(workspace) as ledger:
                act(Ring(ledger))
        except TooLate as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_decide_at_once_one_has_an_effect(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        elm = lurker(Ring(ledger))
        Ring(ledger).hears(elm)
        promotion_id = only(Ring(ledger)).id
    outcomes = at_once(
        store, workspace,
        lambda ring: promote(ring.ledger, promotion_id, by=ring.ben, now=NOW),
        lambda ring: leave_as_is(ring.ledger, promotion_id, by=ring.ana, now=NOW),
    )  # fmt: skip
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "TooLate"]


def test_two_acts_at_once_are_one_proposal(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        elm = lurker(Ring(ledger))
    assert at_once(store, workspace, *[lambda ring: ring.hears(elm)] * 4) == [None] * 4
    with store.read(workspace) as ledger:
        assert len(ledger.rows(Promotion)) == len(Ring(ledger).owed("promotion")) == 1
