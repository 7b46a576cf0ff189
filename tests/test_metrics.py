"""What monitoring reads: counts of what waits, from the database, and of what this process did."""

import re
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from storage.housekeeping import note_tick
from storage.models import DeliveryState
from tests.delivery.conftest import Mailroom, mailroom, make_mailroom

__all__ = ["mailroom", "make_mailroom"]


def samples(mailroom: Mailroom) -> dict[tuple[str, ...], float]:
    """Every number on the page, by its name and the values of its labels in the order of their names."""
    page = metrics.page(mailroom.store, mailroom.clock).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_what_waits_is_counted_by_state_and_age(mailroom: Mailroom) -> None:
    mailroom.owe("late", due_at=mailroom.clock() - timedelta(minutes=5))
    mailroom.owe("very late", channel="C0OTHER", due_at=mailroom.clock() - timedelta(hours=2))
    mailroom.owe("later", due_at=mailroom.clock() + timedelta(minutes=5))
    found = samples(mailroom)
    owed = {labels[1:]: number for labels, number in found.items() if labels[0] == "keepwarm_deliveries_owed"}
    assert owed == {("under_10m", "pending"): 1, ("over_1h", "pending"): 1, ("not_due", "pending"): 1}
    assert found["keepwarm_oldest_unsent_seconds",] == 7200


def test_nothing_waits_and_that_is_a_number_too(mailroom: Mailroom) -> None:
    found = samples(mailroom)
    assert (found["keepwarm_oldest_unsent_seconds",], found["keepwarm_digests_due",]) == (0, 0)


def test_a_clock_that_stopped_is_a_number(mailroom: Mailroom) -> None:
    assert ("keepwarm_last_tick_seconds",) not in samples(mailroom), "it never ticked"
    with mailroom.store.session() as session:
        note_tick(session, now=mailroom.clock())
    mailroom.clock.forward(minutes=7)
    assert samples(mailroom)["keepwarm_last_tick_seconds",] == 420


def test_calls_and_what_slack_answered_are_counted(mailroom: Mailroom) -> None:
    def count(*labels: str) -> float:
        return samples(mailroom).get(labels, 0)

    told_to_wait = "keepwarm_slack_calls_total", "chat.postMessage", "later"
    sent = "keepwarm_deliveries_settled_total", "text", "sent"
    before = count(*told_to_wait), count(*sent)
    mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=30)
    delivery_id = mailroom.owe("hello")
    mailroom.settle()
    assert (count(*told_to_wait), count(*sent)) == (before[0] + 1, before[1])
    mailroom.clock.forward(seconds=60)
    mailroom.settle()
    assert mailroom.state(delivery_id) is DeliveryState.SENT
    assert (count(*told_to_wait), count(*sent)) == (before[0] + 1, before[1] + 1)


def test_no_customer_s_words_are_on_the_page(mailroom: Mailroom) -> None:
    mailroom.owe("Acme wants to leave")
    page = metrics.page(mailroom.store, mailroom.clock).decode()
    assert re.search("Acme|C0TEAM|T0PLAY", page) is None
