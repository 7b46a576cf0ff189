"""The inner circle has seats: nobody is added to a full one, however many try at once, unless somebody leaves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.domain.model import Standing
from bot.errors import InputRefused, NotAllowed, TooLate
from bot.usecases.circle import circle_view, free_seat, keep_seat, seats_of, set_seats
from bot.usecases.home import home_view
from bot.usecases.standings import Full
from storage.engine import Store
from tests.support.ring import DAY, NOW, TODAY, Ring

INNER = Standing.INNER_CIRCLE


@pytest.fixture
def ring(store: Store, workspace: int) -> Iterator[Ring]:
    with store.write(workspace) as ledger:
        yield Ring(ledger)


def seated(ring: Ring, *names: str, owner: str = "U0BEN") -> list[int]:
    """Customers in their owner's circle; the first was talked to last."""
    ids = [
        ring.customer(name, owner=owner, value=1000 * n, days=[TODAY - 10 * n * DAY])
        for n, name in enumerate(names, start=1)
    ]
    for customer_id in ids:
        assert ring.says(customer_id, INNER, ring.ana) is None
    return ids


def full(outcome: Full | None) -> Full:
    assert outcome is not None, "there was a seat"
    return outcome


def test_a_full_circle_asks_who_leaves_the_least_contacted_first(ring: Ring) -> None:
    seated(ring, "Acme", "Birch")
    set_seats(ring.ledger, each=2, by=ring.ana)
    cedar = ring.customer("Cedar")
    asked = full(ring.says(cedar, INNER, ring.ben))
    assert (asked.owner, asked.name, [each.name for each in asked.may_leave]) == ("Ben", "Cedar", ["Birch", "Acme"])
    assert (ring.is_now(cedar), ring.word(cedar)) == (Standing.CUSTOMER, None)


def test_two_change_places_in_one_step(ring: Ring) -> None:
    _, birch = seated(ring, "Acme", "Birch")
    set_seats(ring.ledger, each=2, by=ring.ana)
    cedar = ring.customer("Cedar")
    assert ring.says(cedar, INNER, ring.ben, leaves=birch) is None
    assert (ring.is_now(cedar), ring.is_now(birch), ring.word(birch)) == (INNER, Standing.CUSTOMER, None)
    assert seats_of(ring.ledger, ring.ben.id).taken == 2


def test_who_sits_already_needs_no_other_seat(ring: Ring) -> None:
    (acme,) = seated(ring, "Acme")
    set_seats(ring.ledger, each=1, by=ring.ana)
    assert ring.says(acme, INNER, ring.ben) is None
    assert seats_of(ring.ledger, ring.ben.id).taken == 1


def test_the_teams_seats_are_counted_too_and_only_ones_own_may_be_offered(ring: Ring) -> None:
    anas = seated(ring, "Acme", "Birch", owner="U0ANA")
    set_seats(ring.ledger, team=2, by=ring.ana)
    cedar = ring.customer("Cedar")
    asked = full(ring.says(cedar, INNER, ring.ben))
    assert (asked.owner, asked.may_leave) == (None, ())
    asked = full(ring.says(cedar, INNER, ring.ana))
    assert [each.name for each in asked.may_leave] == ["Birch", "Acme"]
    with pytest.raises(NotAllowed, match="Only Ana, who looks after Acme"):
        ring.says(cedar, INNER, ring.ben, leaves=anas[0])
    assert ring.says(cedar, INNER, ring.ana, leaves=anas[0]) is None


def test_somebody_elses_seat_does_not_make_room_in_a_full_circle_of_ones_own(ring: Ring) -> None:
    (acme,) = seated(ring, "Acme", owner="U0ANA")
    seated(ring, "Birch")
    set_seats(ring.ledger, each=1, by=ring.ana)
    cedar = ring.customer("Cedar")
    assert [each.name for each in full(ring.says(cedar, INNER, ring.ana, leaves=acme)).may_leave] == ["Birch"]
    assert ring.is_now(acme) is INNER, "nothing happened by half"


def test_who_has_left_already_makes_no_room_twice(ring: Ring) -> None:
    acme, birch = seated(ring, "Acme", "Birch")
    set_seats(ring.ledger, each=2, by=ring.ana)
    cedar, dune = ring.customer("Cedar"), ring.customer("Dune")
    ring.says(cedar, INNER, ring.ben, leaves=birch)
    assert [each.name for each in full(ring.says(dune, INNER, ring.ben, leaves=birch)).may_leave] == ["Cedar", "Acme"]
    free_seat(ring.ledger, acme, by=ring.ben, now=NOW)
    assert ring.says(dune, INNER, ring.ben, leaves=birch) is None, "there was room by then"


def test_nobody_loses_a_seat_when_there_are_fewer(ring: Ring) -> None:
    seated(ring, "Acme", "Birch")
    seats = set_seats(ring.ledger, each=1, team=1, by=ring.ana)
    assert (seats.each, seats.team, seats.team_taken) == (1, 1, 2)
    full(ring.says(ring.customer("Cedar"), INNER, ring.ben))


def test_only_admins_change_the_seats_and_only_to_numbers(ring: Ring) -> None:
    with pytest.raises(NotAllowed):
        set_seats(ring.ledger, each=50, by=ring.ben)
    for wrong in (-1, 151):
        with pytest.raises(InputRefused, match="from 0 to 150"):
            set_seats(ring.ledger, team=wrong, by=ring.ana)
    assert (seats_of(ring.ledger).each, seats_of(ring.ledger).team) == (8, 30)


def drifter(ring: Ring) -> int:
    """Birch, who has a seat for long and is talked to every nine weeks."""
    birch = ring.customer("Birch", days=[TODAY - days * DAY for days in (63, 126, 189)])
    ring.says(birch, INNER, ring.ben, now=NOW - 300 * DAY)
    return birch


def test_somebody_whose_contact_fits_an_outer_ring_is_noticed_in_the_home(ring: Ring) -> None:
    drifter(ring)
    home = home_view(ring.ledger, ring.ben.id, now=NOW)
    assert home is not None
    assert home.circle is not None
    assert [(each.name, each.lately_days) for each in home.circle.drifting] == [("Birch", 63)]


def test_keeping_the_seat_is_asked_again_after_a_quarter(ring: Ring) -> None:
    birch = drifter(ring)
    keep_seat(ring.ledger, birch, by=ring.ben, now=NOW)
    assert circle_view(ring.ledger, ring.ben, today=TODAY + 89 * DAY).drifting == ()
    assert len(circle_view(ring.ledger, ring.ben, today=TODAY + 90 * DAY).drifting) == 1


def test_freeing_the_seat_lets_the_evidence_decide_and_happens_once(ring: Ring) -> None:
    birch = drifter(ring)
    free_seat(ring.ledger, birch, by=ring.ben, now=NOW)
    assert (ring.is_now(birch), ring.word(birch)) == (Standing.CUSTOMER, None)
    for act in (free_seat, keep_seat):
        with pytest.raises(TooLate, match="Birch is not in the inner circle any more"):
            act(ring.ledger, birch, by=ring.ben, now=NOW)


def test_a_stranger_neither_keeps_nor_frees_a_seat(ring: Ring) -> None:
    birch = drifter(ring)
    for act in (free_seat, keep_seat):
        with pytest.raises(NotAllowed):
            act(ring.ledger, birch, by=ring.chi, now=NOW)
    assert ring.is_now(birch) is INNER


def at_once(store: Store, workspace: int, *acts: Callable[[Ring], Full | None]) -> list[Full | None]:
    """Let people act at the same moment, each in a transaction of their own."""
    gate = Barrier(len(acts))

    def run(act: Callable[[Ring], Full | None]) -> Full | None:
        gate.wait()
        with store.write(workspace) as ledger:
            return act(Ring(ledger))

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_however_many_add_at_once_there_are_never_more_than_the_seats(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        set_seats(ledger, each=3, by=ring.ana)
        ids = [ring.customer(f"Customer {n}") for n in range(8)]
    outcomes = at_once(store, workspace, *[lambda ring, i=i: ring.says(i, INNER, ring.ben) for i in ids])
    assert sum(outcome is None for outcome in outcomes) == 3
    with store.read(workspace) as ledger:
        assert seats_of(ledger, Ring(ledger).ben.id).taken == 3


def test_two_who_want_the_same_persons_seat_do_not_both_get_it(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        (acme,) = seated(ring, "Acme")
        set_seats(ledger, each=1, by=ring.ana)
        ids = [ring.customer("Birch"), ring.customer("Cedar")]
    outcomes = at_once(
        store,
        workspace,
        *[lambda ring, i=i: ring.says(i, INNER, ring.ben, leaves=acme) for i in ids],
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    with store.read(workspace) as ledger:
        assert seats_of(ledger, Ring(ledger).ben.id).taken == 1
        assert Ring(ledger).is_now(acme) is Standing.CUSTOMER
