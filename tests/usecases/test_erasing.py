"""After erasing a customer nothing in the database speaks of it, and every message that did is changed or deleted."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot.delivery.call import Call
from bot.delivery.draw import draw
from bot.domain.found_date import FoundDate
from bot.domain.model import Direction, Source, Standing, Teammate, TouchKind
from bot.domain.views import CardRef
from bot.errors import NotFound
from bot.usecases.digest_rounds import plan_now
from bot.usecases.entries import Place, log_entry
from bot.usecases.erasing import Erased, erase_customer
from bot.usecases.lists import Question, open_list, post_list
from bot.usecases.nudges import hand_over
from bot.usecases.standings import set_standing
from bot.usecases.touches import NewTouch, record_touch
from bot.usecases.whispers import whisper
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import (
    Contact,
    Customer,
    Delivery,
    DeliveryState,
    Digest,
    Entry,
    EntryLine,
    Nudge,
    TeammateRow,
    Touch,
)
from storage.standing_models import Promotion, StandingWord
from tests.support.books import Books

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SECRET = "Acme"


def no_date(_text: str) -> FoundDate | None:
    return None


class Situation:
    """Acme and Birch are overdue with Ana, her digest was sent, and both were written about."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        books = Books(ledger)
        clients = books.segment(set_cadence_days=20)
        self.ana = books.person("U0ANA")
        days = [TODAY - timedelta(days=n) for n in (110, 90, 70)]
        self.acme, self.birch = (
            books.customer(name, segment_id=clients, since_on=days[0], owner_id=self.ana, touched=days)
            for name in (SECRET, "Birch")
        )
        ledger.add(Contact(workspace_id=ledger.workspace_id, customer_id=self.acme, name="Jana of Acme"))
        books.settle()
        plan_now(ledger, now=NOW)
        self.send_everything()

    @property
    def reader(self) -> Teammate:
        return people.everybody(self.ledger)[self.ana]

    def send_everything(self) -> None:
        """Pretend that Slack has every message that is owed."""
        for number, delivery in enumerate(self.ledger.rows(Delivery)):
            if delivery.state is DeliveryState.PENDING and delivery.kind not in {"update", "home"}:
                delivery.state, delivery.sent_at = DeliveryState.SENT, NOW
                delivery.slack_channel_id, delivery.slack_ts = "D0ANA", f"1.{number}"
                self.ledger.add(delivery)

    def write(self, text: str, ts: str) -> None:
        log_entry(
            self.ledger, text, by=self.reader, source=Source.REPLY, cards={}, find_date=no_date, now=NOW,
            place=Place("D0ANA", ts, "1.0"),
        )  # fmt: skip
        self.send_everything()

    def erase(self) -> Erased:
        erased = erase_customer(self.ledger, self.acme, now=NOW)
        self.ledger.session.flush()
        return erased

    def calls(self) -> list[Call]:
        """What is owed to Slack now."""
        updates = self.ledger.rows(Delivery, col(Delivery.kind) == "update")
        drawn = [draw(self.ledger, delivery, now=NOW) for delivery in updates]
        return [call for call in drawn if call is not None]


@pytest.fixture
def erasing(store: Store, workspace: int) -> Any:
    with store.write(workspace) as ledger:
        yield Situation(ledger)


def everything(ledger: Ledger) -> str:
    """Every cell of the workspace as text."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        if "workspace_id" in table.c:
            rows = ledger.session.execute(select(table).where(table.c.workspace_id == ledger.workspace_id))
            found += [f"{table.name} {tuple(row)}" for row in rows]
    return "\n".join(found)


def test_nothing_in_the_database_speaks_of_an_erased_customer(erasing: Situation) -> None:
    ledger = erasing.ledger
    erasing.write("Acme: called, wants a price\nBirch: met them with Acme there", "2.1")
    erasing.write("acme: will meet next friday maybe", "2.2")
    whisper(ledger, {"text": "Ben gave you ACME."}, channel="D0ANA", slack_user_id="U0ANA", thread_ts=None, now=NOW)
    ledger.session.flush()
    assert SECRET.lower() in everything(ledger).lower()
    touches = ledger.rows(Touch, col(Touch.customer_id) == erasing.birch)
    for touch in touches:
        touch.note = None
        ledger.add(touch)
    erasing.erase()
    left = [row for row in everything(ledger).splitlines() if SECRET.lower() in row.lower()]
    # What was noted about Birch is Birch's, but the words that were logged are not kept with the name.
    assert [row for row in left if not row.startswith("entry_line")] == []
    assert all("…" in line.words for line in ledger.rows(EntryLine) if line.touch_id)
    assert not ledger.rows(Nudge, col(Nudge.customer_id) == erasing.acme)
    assert not ledger.rows(Contact)
    assert str(erasing.acme) not in " ".join(json.dumps(row.payload) for row in ledger.rows(Delivery))


def test_it_says_what_is_gone(erasing: Situation) -> None:
    erased = erasing.erase()
    assert erased == Erased(SECRET, 3, 1)
    assert erased.sentence == "Acme and 3 touches are gone, here and in 1 message. This can't be undone."


def test_the_sentence_counts_as_people_do() -> None:
    assert Erased("Acme", 34, 6).sentence == (
        "Acme and 34 touches are gone, here and in 6 messages. This can't be undone."
    )
    assert Erased("Acme", 1, 0).sentence == "Acme and 1 touch are gone. This can't be undone."
    assert Erased("Acme", 0, 2).sentence == "Acme is gone, here and in 2 messages. This can't be undone."


def test_a_digest_that_shows_others_too_is_drawn_without_it(erasing: Situation) -> None:
    erasing.erase()
    (update,) = erasing.calls()
    assert update.method == "chat.update"
    assert SECRET not in json.dumps(update.arguments)
    assert "Birch" in update.arguments["text"]


def test_a_message_with_nobody_left_is_deleted(erasing: Situation) -> None:
    erasing.erase()
    erase_customer(erasing.ledger, erasing.birch, now=NOW)
    assert {call.method for call in erasing.calls()} == {"chat.delete"}


def test_the_answer_to_what_was_logged_goes_too(erasing: Situation) -> None:
    erasing.write("Acme: called", "2.1")
    assert erasing.ledger.rows(Entry)
    assert erasing.erase().messages == 2
    assert not erasing.ledger.rows(Entry)
    assert sorted(call.method for call in erasing.calls()) == ["chat.delete", "chat.update"]


def test_an_answer_about_two_customers_keeps_the_other(erasing: Situation) -> None:
    erasing.write("Acme: called\nBirch: called", "2.1")
    erasing.erase()
    texts = [call.arguments["text"] for call in erasing.calls() if call.method == "chat.update"]
    assert len(texts) == 2
    assert all("Birch" in text and SECRET not in text for text in texts)


def test_a_digest_that_would_have_named_it_next_forgets_it(erasing: Situation) -> None:
    (digest,) = erasing.ledger.rows(Digest)
    digest.next_customer_id, digest.left_out = erasing.acme, 1
    for nudge in erasing.ledger.rows(Nudge, col(Nudge.customer_id) == erasing.acme):
        erasing.ledger.session.delete(nudge)
    erasing.ledger.session.flush()
    erasing.erase()
    (update,) = erasing.calls()
    assert SECRET not in json.dumps(update.arguments)


def test_a_list_in_a_channel_is_drawn_without_it_and_deleted_with_the_last(erasing: Situation) -> None:
    ledger, ana = erasing.ledger, erasing.reader
    list_id = open_list(ledger, Question(owner_id=ana.id), by=ana, channel="C0TEAM", now=NOW)
    post_list(ledger, list_id, slack_channel_id="C0TEAM", by=ana, now=NOW)
    erasing.send_everything()
    erasing.erase()
    assert sorted(call.method for call in erasing.calls()) == ["chat.update", "chat.update"]
    erase_customer(ledger, erasing.birch, now=NOW)
    assert {call.method for call in erasing.calls()} == {"chat.delete"}


def test_a_hand_over_is_deleted_with_its_note(erasing: Situation) -> None:
    ledger = erasing.ledger
    ben = people.by_slack_id(ledger, "U0BEN")
    assert ben is not None
    nudge = ledger.first(Nudge, col(Nudge.customer_id) == erasing.acme)
    assert nudge is not None
    hand_over(ledger, CardRef(erasing.acme, nudge.id), to=ben, by=erasing.reader, now=NOW, note="They like rhubarb.")
    erasing.send_everything()
    erasing.erase()
    assert "rhubarb" not in everything(ledger)
    assert "chat.delete" in {call.method for call in erasing.calls()}


def test_what_people_said_they_are_and_what_was_proposed_goes_too(erasing: Situation) -> None:
    ledger = erasing.ledger
    set_standing(ledger, erasing.acme, Standing.LURKER, by=erasing.reader, now=NOW)
    touch = NewTouch(
        customer_id=erasing.acme, at=NOW, on=TODAY, kind=TouchKind.EMAIL, direction=Direction.INBOUND,
        source=Source.COMMAND, by_id=erasing.ana,
    )  # fmt: skip
    record_touch(ledger, touch, now=NOW, today=TODAY)
    erasing.send_everything()
    erasing.erase()
    assert [ledger.rows(Promotion), ledger.rows(StandingWord)] == [[], []]
    (proposed,) = ledger.rows(Delivery, col(Delivery.kind) == "promotion")
    assert Call("chat.delete", {"channel": "D0ANA", "ts": proposed.slack_ts}) in erasing.calls()


def test_what_is_not_sent_yet_is_never_sent(erasing: Situation) -> None:
    message = {"text": "Acme is yours."}
    whisper(erasing.ledger, message, channel="D0ANA", slack_user_id="U0ANA", thread_ts=None, now=NOW)
    erasing.erase()
    (waiting,) = erasing.ledger.rows(Delivery, col(Delivery.kind) == "whisper")
    assert waiting.state is DeliveryState.CANCELLED


def test_a_word_that_only_contains_the_name_is_left_alone(erasing: Situation) -> None:
    erasing.write("Birch: showed them the acmeter", "2.1")
    erasing.erase()
    assert "acmeter" in everything(erasing.ledger)


def test_the_owners_home_is_drawn_again(erasing: Situation) -> None:
    for home in erasing.ledger.rows(Delivery, col(Delivery.kind) == "home"):
        erasing.ledger.session.delete(home)
    erasing.erase()
    (home,) = erasing.ledger.rows(Delivery, col(Delivery.kind) == "home")
    assert home.subject_id == erasing.ana


def test_another_workspaces_namesake_stays(
    erasing: Situation, store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    session = erasing.ledger.session
    mine = session.get(TeammateRow, (erasing.ledger.workspace_id, erasing.ana))
    assert mine is not None
    with pytest.raises(NotFound):
        erase_customer(Ledger(session, erasing.ledger.workspace_id + 1), erasing.acme, now=NOW)
    assert erasing.ledger.get(Customer, erasing.acme) is not None
