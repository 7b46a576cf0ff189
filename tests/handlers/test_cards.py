"""Done, with one click or with details; whoever is second is told who was first; and the way back."""

from datetime import date, timedelta

from sqlmodel import col

from bot.blocks.ids import ActionId, MoreChoice
from bot.domain.model import TouchKind
from bot.playground import Message
from storage.models import TeammateRow, Touch
from tests.handlers.acting import choose, customer, press, said, submit, touches_of, value_of, whispers
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


def test_the_digest_has_anas_overdue_customers_best_first(office: Office, digest: Message) -> None:
    names = [n for n in ("Acme", "Fjord", "Gale", "Dune", "Cedar") if f". {n}" in said(digest)]
    assert names == ["Acme", "Fjord", "Gale"]
    assert "Acme first" in digest.text
    assert "three-year price" in digest.text


def test_one_click_marks_a_card_as_done_and_offers_the_way_back(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    (touch, *_) = touches_of(office, cast.acme)
    assert len(touches_of(office, cast.acme)) == before + 1
    assert (touch.touched_on, touch.note) == (date(2026, 11, 24), None)
    assert "ana marked Acme as done at 9:00." in said(digest)
    assert "Tuesday: 2 people to write to" in said(digest)
    assert len(office.slack.messages("U0ANA")) == 1


def test_ten_cards_of_a_large_budget_arrive_and_the_last_can_be_acted_on(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        ana, today = books.person("U0ANA"), office.clock.now.date()
        for number in range(12):
            touched = [today - timedelta(weeks=6 + 3 * n) for n in range(4)]
            books.customer(
                f"Quay {number:02}", segment_id=cast.segment_id, owner_id=ana, since_on=touched[-1], value=9,
                touched=touched,
            )  # fmt: skip
        books.settle()
        row = ledger.get(TeammateRow, ana)
        assert row is not None
        row.touches_a_week = 50
        ledger.add(row)
    office.clock.forward(hours=1)
    office.tick()
    digest = office.slack.last_message("U0ANA")
    assert "Tuesday: 10 people to write to" in digest.text
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "10. Quay")
    assert submit(office, "U0ANA", reason="gone") == {}
    assert "Tuesday: 9 people to write to" in said(digest)


def test_a_double_click_is_one_touch(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    slack = office.slack
    slack.click("U0ANA", digest, ActionId.DONE, value=value_of(digest, ActionId.DONE, "Acme"))
    slack.click("U0ANA", digest, ActionId.DONE, value=value_of(digest, ActionId.DONE, "Acme"))
    office.settle()
    assert len(touches_of(office, cast.acme)) == before + 1


def test_undo_takes_the_touch_back_and_the_card_is_as_before(office: Office, cast: Cast, digest: Message) -> None:
    before, shown = customer(office, cast.acme), said(digest)
    press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    press(office, "U0ANA", digest, ActionId.UNDO, "Acme")
    after = customer(office, cast.acme)
    assert said(digest) == shown
    for name in ("last_on", "warmth", "due_on", "nudge_from_on", "sort_key", "last_touch_id", "touch_days"):
        assert getattr(after, name) == getattr(before, name), name
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        assert len(ledger.rows(Touch, col(Touch.customer_id) == cast.acme)) == 8, "the ledger keeps both entries"


def test_undo_twice_takes_nothing_else_back(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    value = value_of(digest, ActionId.UNDO, "Acme")
    for _ in range(2):
        office.slack.click("U0ANA", digest, ActionId.UNDO, value=value)
    office.settle()
    assert len(touches_of(office, cast.acme)) == before
    assert "taken back" in whispers(office, "U0ANA")[-1]


def test_with_details_keeps_kind_day_and_note(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DETAILS, "Acme")
    assert submit(office, "U0ANA", kind="meeting", on="2026-11-20", note="Signs in spring") == {}
    (touch, *_) = touches_of(office, cast.acme)
    assert (touch.kind, touch.touched_on, touch.note) == (TouchKind.MEETING, date(2026, 11, 20), "Signs in spring")
    assert "'Signs in spring'" in said(digest)


def test_a_day_ahead_is_refused_beside_the_field(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    choose(office, "U0ANA", digest, MoreChoice.DETAILS, "Acme")
    errors = submit(office, "U0ANA", kind="call", on="2026-11-25")
    assert list(errors) == ["on"]
    assert "still ahead" in errors["on"]
    assert len(touches_of(office, cast.acme)) == before
    assert submit(office, "U0ANA", on="2026-11-24") == {}
    assert len(touches_of(office, cast.acme)) == before + 1
