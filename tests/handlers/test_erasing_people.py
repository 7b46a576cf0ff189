"""Erasing a teammate: nothing here or in others' messages says who they were; what they logged stays."""

import json
import re
from pathlib import Path

import pytest
from sqlmodel import col

from bot.blocks.ids import ActionId
from bot.playground import Message
from bot.usecases.erasing_people import FORMER, erase_teammate
from bot.usecases.export_one import export_one
from bot.usecases.teammates import find_owner
from storage import touches
from storage.models import Customer, TeammateRow
from tests.handlers.acting import press, reply, said
from tests.support.bot import Office
from tests.support.cast import Cast
from tests.usecases.test_isolation import everything


@pytest.fixture
def logged(office: Office, cast: Cast, channel_digest: Message) -> Message:
    """Ana did two things in the team's channel, where everybody sees her name on the card."""
    reply(office, "U0ANA", channel_digest, 'Acme called "they sign in May"')
    press(office, "U0ANA", channel_digest, ActionId.DONE, "Fjord")
    assert names_her(shown(office, channel_digest))
    return channel_digest


def shown(office: Office, digest: Message) -> str:
    return said(next(message for message in office.slack.messages("C0TEAM") if message.ts == digest.ts))


def names_her(text: str) -> bool:
    """Whether a text speaks of Ana the teammate; a customer's contact is called Ana Köhler."""
    return re.search(r"\bana\b", text.replace("Ana Köhler", ""), re.IGNORECASE) is not None


def erase(office: Office, who: str) -> str:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row_id = find_owner(ledger, who).id
        sentence = erase_teammate(ledger, row_id, now=office.clock()).sentence
    office.settle()
    return sentence


def test_nothing_in_the_database_says_who_they_were(office: Office, logged: Message) -> None:
    erase(office, "U0ANA")
    for table, rows in everything(office.keepwarm.store, office.workspace_id).items():
        for row in rows:
            assert "U0ANA" not in row, table
            assert "ana@example.com" not in row, table
            # A customer's contact is called Ana too.
            assert "'ana'" not in row.lower() and "Ana Lopez" not in row, table


def test_what_they_logged_stays_as_a_former_teammate_s(office: Office, logged: Message, cast: Cast) -> None:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        before = touches.latest(ledger, cast.acme, limit=50)
    erase(office, "U0ANA")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        after = touches.latest(ledger, cast.acme, limit=50)
    assert [(t.on, t.kind, t.note) for t in after] == [(t.on, t.kind, t.note) for t in before]
    assert after[0].by == FORMER


def test_the_cards_that_others_see_are_drawn_again(office: Office, logged: Message) -> None:
    told = erase(office, "U0ANA")
    assert told.startswith("ana is gone, here and in ")
    assert "4 customers have no owner now" in told
    assert "Fjord" in shown(office, logged)
    assert not names_her(shown(office, logged))
    assert FORMER in shown(office, logged).lower()


def test_their_customers_wait_for_an_owner_and_their_nudges_end(office: Office, logged: Message, cast: Cast) -> None:
    erase(office, "U0ANA")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = ledger.get(Customer, cast.acme)
        assert row is not None
        assert row.owner_id is None
    before = len(office.slack.from_bot("U0ANA"))
    for _ in range(3):
        office.clock.forward(days=1)
        office.tick()
    assert len(office.slack.from_bot("U0ANA")) == before, "no digest any more"


def test_who_comes_back_begins_as_somebody_new(office: Office, logged: Message) -> None:
    erase(office, "U0ANA")
    office.slack.open_home("U0ANA")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        (new,) = ledger.rows(TeammateRow, col(TeammateRow.slack_user_id) == "U0ANA")
        (old,) = ledger.rows(TeammateRow, col(TeammateRow.name) == FORMER)
    assert new.id != old.id


def test_all_about_a_teammate_and_a_customer_can_be_taken_out(
    office: Office, logged: Message, cast: Cast, tmp_path: Path
) -> None:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        ana = find_owner(ledger, "U0ANA").id
        files = [export_one(ledger, tmp_path, "teammate", ana), export_one(ledger, tmp_path, "customer", cast.acme)]
    assert [file.name for file in files] == [f"teammate-{ana}.jsonl", f"customer-{cast.acme}.jsonl"]
    theirs, acme = ([json.loads(line) for line in file.read_text().splitlines()] for file in files)
    assert {"teammate", "touch", "entry", "entry_line", "nudge"} <= {row["table"] for row in theirs}
    assert {"customer", "contact", "touch", "nudge", "entry_line"} <= {row["table"] for row in acme}
    assert any(row.get("note") == "they sign in May" for row in acme)
    assert "Birch" not in files[1].read_text()
    assert "customer" not in {row["table"] for row in theirs}, "customers are the company's"
