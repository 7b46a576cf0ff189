"""A draft is open for one teammate, one customer and one workspace, for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.model import Teammate
from bot.domain.views import CardRef, Drafting
from bot.usecases.cards import card_of
from bot.usecases.drafting import OPEN_FOR, begin_draft, end_draft, end_expired_drafts, with_drafts
from bot.usecases.erasing import erase_customer
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import TeammateRow
from storage.models_voice import Draft
from tests.support.cast import Cast, write_cast


@pytest.fixture
def cast(store: Store, workspace: int, now: datetime) -> Cast:
    with store.write(workspace) as ledger:
        return write_cast(ledger, now.date())


def named(ledger: Ledger, name: str) -> Teammate:
    (row,) = (row for row in ledger.rows(TeammateRow) if row.name == name)
    return people.teammate(row)


def seen(ledger: Ledger, customer_id: int, *, now: datetime, reader: str = "Ben") -> tuple[Drafting, ...]:
    reader_id = named(ledger, reader).id
    card = card_of(ledger, CardRef(customer_id), today=now.date(), reader_id=reader_id)
    return with_drafts(ledger, [card], reader_id=reader_id, now=now)[0].drafting


def test_a_draft_is_seen_by_others_until_it_ends(store: Store, workspace: int, cast: Cast, now: datetime) -> None:
    with store.write(workspace) as ledger:
        ana = named(ledger, "Ana")
        begin_draft(ledger, cast.acme, by=ana, now=now)
        assert seen(ledger, cast.acme, now=now) == (Drafting("Ana", now),)
        assert seen(ledger, cast.acme, now=now, reader="Ana") == ()
        assert seen(ledger, cast.birch, now=now) == ()
        end_draft(ledger, cast.acme, by=ana, now=now)
        assert seen(ledger, cast.acme, now=now) == ()


def test_it_is_not_seen_after_its_time_even_if_no_clock_ticks(
    store: Store, workspace: int, cast: Cast, now: datetime
) -> None:
    with store.write(workspace) as ledger:
        begin_draft(ledger, cast.acme, by=named(ledger, "Ana"), now=now)
        assert seen(ledger, cast.acme, now=now + OPEN_FOR - timedelta(seconds=1))
        assert seen(ledger, cast.acme, now=now + OPEN_FOR) == ()


def test_beginning_again_keeps_the_hour_while_it_is_open_and_starts_anew_after(
    store: Store, workspace: int, cast: Cast, now: datetime
) -> None:
    later, much_later = now + timedelta(minutes=10), now + timedelta(hours=2)
    with store.write(workspace) as ledger:
        ana = named(ledger, "Ana")
        begin_draft(ledger, cast.acme, by=ana, now=now)
        begin_draft(ledger, cast.acme, by=ana, now=later)
        assert seen(ledger, cast.acme, now=now + OPEN_FOR) == (Drafting("Ana", now),)
        begin_draft(ledger, cast.acme, by=ana, now=much_later)
        assert seen(ledger, cast.acme, now=much_later) == (Drafting("Ana", much_later),)


def test_the_clock_forgets_what_ran_out_once(store: Store, workspace: int, cast: Cast, now: datetime) -> None:
    with store.write(workspace) as ledger:
        begin_draft(ledger, cast.acme, by=named(ledger, "Ana"), now=now)
        begin_draft(ledger, cast.birch, by=named(ledger, "Ana"), now=now + timedelta(minutes=1))
    assert end_expired_drafts(store, now=now + OPEN_FOR) == 1
    assert end_expired_drafts(store, now=now + OPEN_FOR) == 0


def test_it_goes_with_the_customer(store: Store, workspace: int, cast: Cast, now: datetime) -> None:
    with store.write(workspace) as ledger:
        begin_draft(ledger, cast.acme, by=named(ledger, "Ana"), now=now)
        erase_customer(ledger, cast.acme, now=now)
        assert list(ledger.rows(Draft)) == []


def test_another_workspace_sees_none(
    store: Store, workspace: int, cast: Cast, now: datetime, make_workspace: Callable[[Store, str], int]
) -> None:
    other = make_workspace(store, "T0OTHER")
    with store.write(workspace) as ledger:
        begin_draft(ledger, cast.acme, by=named(ledger, "Ana"), now=now)
        card = card_of(ledger, CardRef(cast.acme), today=now.date())
    with store.read(other) as ledger:
        assert with_drafts(ledger, [card], reader_id=None, now=now)[0].drafting == ()
