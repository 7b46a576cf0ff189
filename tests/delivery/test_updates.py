"""Changes of messages that stand in Slack: ten are one, each is repeated until it is done."""

from storage import outbox
from storage.models import Delivery, DeliveryState
from tests.delivery.conftest import Mailroom

SENT = DeliveryState.SENT


def test_ten_edits_are_one_update_with_the_last_words(mailroom: Mailroom) -> None:
    posted = mailroom.owe("draft")
    mailroom.settle()
    for number in range(10):
        with mailroom.store.write(mailroom.workspace_id) as ledger:
            row = ledger.get(Delivery, posted)
            assert row is not None
            row.payload = {"text": f"version {number}"}
            ledger.add(row)
            outbox.owe_update(ledger, row, now=mailroom.clock())
    mailroom.settle()
    assert len(mailroom.slack.calls_of("chat.update")) == 1
    assert mailroom.texts() == ["version 9"]


def test_an_update_is_repeated_until_it_is_done(mailroom: Mailroom) -> None:
    posted = mailroom.owe("hello")
    mailroom.settle()
    mailroom.slack.faults.next("chat.update", reset=True, accepted=True)
    mailroom.slack.faults.next("chat.update", status=500)
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, mailroom.row(posted), now=mailroom.clock())
    for _ in range(3):
        mailroom.settle()
        mailroom.clock.forward(minutes=1)
    assert len(mailroom.slack.calls_of("chat.update")) == 3
    assert mailroom.slack.calls_of("conversations.history") == []
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        assert {row.state for row in ledger.rows(Delivery)} == {SENT}


def test_a_message_is_known_by_its_place_and_not_by_its_updates(mailroom: Mailroom) -> None:
    posted = mailroom.owe("hello")
    mailroom.settle()
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, mailroom.row(posted), now=mailroom.clock())
    mailroom.settle()
    ts = mailroom.slack.last_message("C0TEAM").ts
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        assert [row.id for row in ledger.rows(Delivery) if row.slack_ts == ts] == [posted]
        found = outbox.posted_at(ledger, "C0TEAM", ts)
    assert found is not None
    assert found.id == posted


def test_an_update_of_a_message_that_was_deleted_is_done(small_mailroom: Mailroom) -> None:
    posted = small_mailroom.owe("hello")
    small_mailroom.settle()
    small_mailroom.slack.last_message("C0TEAM").deleted = True
    with small_mailroom.store.write(small_mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, small_mailroom.row(posted), now=small_mailroom.clock())
    small_mailroom.settle()
    with small_mailroom.store.read(small_mailroom.workspace_id) as ledger:
        assert {row.state for row in ledger.rows(Delivery)} == {SENT}
