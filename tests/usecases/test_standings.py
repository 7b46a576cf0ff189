"""What a customer is: the evidence decides until a person says otherwise, and their word holds until withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.model import Direction, Role, Standing, TouchKind
from bot.errors import NotAllowed, NotFound
from bot.usecases.deriving import derive_standings
from bot.usecases.recompute import differences
from bot.usecases.standings import may_decide, set_standing, standing_view
from bot.usecases.touches import retract_touch
from storage.columns import new_id
from storage.engine import Store
from tests.support.books import Books
from tests.support.ring import DAY, NOW, ONE_SIDED, TODAY, Ring


@pytest.fixture
def ring(store: Store, workspace: int) -> Iterator[Ring]:
    with store.write(workspace) as ledger:
        yield Ring(ledger)


def test_a_persons_word_wins_over_the_evidence_until_they_withdraw_it(ring: Ring) -> None:
    acme = ring.customer("Acme", value=12_400)
    assert ring.says(acme, Standing.PROSPECT, ring.ben) is None
    view = standing_view(ring.ledger, acme)
    assert view.word is not None
    assert (view.standing, view.word.by, view.word.on, view.judged.ground) == (
        Standing.PROSPECT, "Ben", TODAY, "value",
    )  # fmt: skip
    assert ring.is_now(acme) is Standing.PROSPECT
    ring.says(acme, None, ring.ana)
    view = standing_view(ring.ledger, acme)
    assert (view.standing, view.word, ring.is_now(acme)) == (Standing.CUSTOMER, None, Standing.CUSTOMER)


def test_the_later_word_replaces_the_earlier_one(ring: Ring) -> None:
    acme = ring.customer("Acme")
    ring.says(acme, Standing.PROSPECT, ring.ben)
    ring.says(acme, Standing.LURKER, ring.ana, now=NOW + timedelta(days=1))
    view = standing_view(ring.ledger, acme)
    assert view.word is not None
    assert (view.word.by, view.word.on, view.standing) == ("Ana", TODAY + DAY, Standing.LURKER)


def test_a_lurker_is_in_no_digest_and_comes_back_with_the_word(ring: Ring) -> None:
    acme = ring.customer("Acme", days=[TODAY - 100 * DAY])
    assert ring.row(acme).nudge_from_on is not None
    ring.says(acme, Standing.LURKER, ring.ben)
    assert ring.row(acme).nudge_from_on is None
    ring.says(acme, None, ring.ben)
    assert ring.row(acme).nudge_from_on == ring.row(acme).due_on
    assert list(differences(ring.ledger)) == []


def test_only_the_owner_and_admins_decide(ring: Ring) -> None:
    acme, nobodys = ring.customer("Acme"), ring.customer("Birch", owner=None)
    with pytest.raises(NotAllowed, match="Only Ben, who looks after Acme"):
        ring.says(acme, Standing.LURKER, ring.chi)
    assert ring.word(acme) is None
    ring.says(nobodys, Standing.PROSPECT, ring.chi)
    ring.says(acme, Standing.PROSPECT, None)
    assert ring.is_now(acme) is Standing.PROSPECT
    with pytest.raises(NotAllowed, match="You can look"):
        may_decide(ring.ledger, ring.row(nobodys), replace(ring.chi, role=Role.VIEWER))


def test_an_unknown_customer_is_refused(ring: Ring) -> None:
    with pytest.raises(NotFound):
        standing_view(ring.ledger, 77)
    with pytest.raises(NotFound):
        set_standing(ring.ledger, 77, Standing.PROSPECT, by=ring.ana, now=NOW)


def derived(store: Store, workspace: int) -> dict[str, Standing]:
    """What the night makes of a customer of every kind."""
    with store.write(workspace) as ledger:
        ring, books = Ring(ledger), Books(ledger)
        ids = {
            "value": ring.customer("Acme", value=12_400, days=ONE_SIDED),
            "new": ring.customer("Birch"),
            "silent": ring.customer("Cedar", days=ONE_SIDED),
            "few": ring.customer("Dune", days=ONE_SIDED[:4]),
            "called": ring.customer("Elm", days=ONE_SIDED),
            "answered": ring.customer("Fjord", days=ONE_SIDED),
            "bought": ring.customer("Gale", days=ONE_SIDED),
            "open": ring.customer("Heron", days=ONE_SIDED),
            "renews": ring.customer("Ibis", days=ONE_SIDED),
            "given": ring.customer("Jay", days=ONE_SIDED),
            "noted": ring.customer("Kite", days=ONE_SIDED),
        }
        books.touch(ids["called"], TODAY - DAY, TouchKind.CALL)
        books.touch(ids["answered"], TODAY - 50 * DAY, direction=Direction.INBOUND)
        books.touch(ids["bought"], TODAY - 50 * DAY, TouchKind.PURCHASE)
        books.touch(ids["noted"], TODAY, TouchKind.NOTE, note="Saw them at the fair")
        ring.row(ids["open"]).profile = {"Opportunity": "Pilot"}
        ring.row(ids["renews"]).renewal_on = TODAY + 30 * DAY
        ring.says(ids["given"], Standing.INNER_CIRCLE, ring.ben)
        books.settle()
    derive_standings(store, workspace, now=NOW)
    with store.read(workspace) as ledger:
        assert list(differences(ledger)) == []
        return {name: Ring(ledger).is_now(customer_id) for name, customer_id in ids.items()}


def test_the_night_derives_what_the_evidence_says_on_both_databases(store: Store, workspace: int) -> None:
    customer, prospect, lurker = Standing.CUSTOMER, Standing.PROSPECT, Standing.LURKER
    assert derived(store, workspace) == {
        "value": customer, "new": customer, "silent": lurker, "few": customer, "called": customer,
        "answered": prospect, "bought": customer, "open": prospect, "renews": customer,
        "given": Standing.INNER_CIRCLE, "noted": lurker,
    }  # fmt: skip


def test_a_second_night_changes_nothing(store: Store, workspace: int) -> None:
    derived(store, workspace)
    assert derive_standings(store, workspace, now=NOW) == 0


def test_where_nobodys_value_is_known_an_answer_is_no_reason_to_doubt_a_customer(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        acme = ring.customer("Acme", days=ONE_SIDED)
        Books(ledger).touch(acme, TODAY - DAY, direction=Direction.MUTUAL)
        Books(ledger).settle()
    assert derive_standings(store, workspace, now=NOW) == 0
    with store.read(workspace) as ledger:
        assert Ring(ledger).is_now(acme) is Standing.CUSTOMER


def test_a_touch_that_was_taken_back_is_no_evidence(ring: Ring) -> None:
    elm = ring.customer("Elm", value=0)
    heard = ring.hears(elm)
    assert ring.ground(elm) == "came_back"
    retract_touch(ring.ledger, heard, now=NOW)
    assert ring.ground(elm) == "nothing"


def test_after_touches_only_their_customers_are_judged_anew_and_as_in_the_night(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        ring = Ring(ledger)
        silent = [ring.customer(name, value=None, days=ONE_SIDED) for name in ("Acme", "Birch", "Cedar")]
        ring.says(silent[2], Standing.CUSTOMER, ring.ben)
        ring.customer("Dune", value=9_000)
        Books(ledger).settle()
    before = new_id()
    with store.write(workspace) as ledger:
        books = Books(ledger)
        books.touch(silent[0], TODAY - 90 * DAY, TouchKind.EMAIL)
        books.touch(silent[2], TODAY - 90 * DAY, TouchKind.EMAIL)
        books.settle()
    assert derive_standings(store, workspace, now=NOW, touched_since=new_id()) == 0
    assert derive_standings(store, workspace, now=NOW, touched_since=before) == 1
    with store.read(workspace) as ledger:
        ring = Ring(ledger)
        lurker, customer = Standing.LURKER, Standing.CUSTOMER
        assert [ring.is_now(customer_id) for customer_id in silent] == [lurker, customer, customer]
    assert derive_standings(store, workspace, now=NOW) == 1, "the night looks at everybody"
