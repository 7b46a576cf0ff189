"""A digest that is late by an hour is told to an admin, once, and not when nobody is waiting for it any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


@pytest.fixture
def morning(office: Office, cast: Cast) -> None:
    """The clock has ticked until a minute before Ana's hour, nine o'clock in London."""
    office.clock.forward(minutes=59)
    office.tick()


def news(office: Office) -> list[str]:
    """What Ana, the admin, is told about late digests."""
    texts = [message.text for message in office.slack.from_bot("U0ANA")]
    return [
        text for text in texts if any(about in text for about in ("not running", "waited for Slack", "put together"))
    ]


def test_an_outage_over_the_digest_hour_is_told_to_the_admin(office: Office, morning: None) -> None:
    office.clock.forward(hours=3)
    for _ in range(3):
        office.tick()
        office.clock.forward(minutes=1)
    assert news(office) == ["I was not running from 8:59 until 11:59. One digest came late or was left out."]
    assert len(office.slack.from_bot("U0ANA")) == 2, "and the digest has come"


def test_an_outage_of_days_says_since_which_day(office: Office, morning: None) -> None:
    office.clock.forward(days=3, hours=1)
    office.tick()
    (told,) = news(office)
    assert told.startswith("I was not running from Tuesday 8:59 until 9:59. ")


@pytest.mark.parametrize("minutes", [1, 60])
def test_a_digest_that_is_not_late_by_an_hour_is_no_news(office: Office, morning: None, minutes: int) -> None:
    office.clock.forward(minutes=minutes)
    office.tick()
    office.clock.forward(minutes=1)
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1
    assert news(office) == []


def test_a_night_without_the_bot_is_no_news(office: Office, cast: Cast) -> None:
    office.clock.forward(hours=7)
    office.tick()
    office.clock.forward(hours=17)
    office.tick()
    assert news(office) == []


def test_digests_that_wait_for_slack_are_told_once_it_answers(
    office: Office, morning: None, refusals: set[str]
) -> None:
    refusals.add("chat.postMessage")
    office.clock.forward(minutes=1)
    office.slack.faults.next("chat.postMessage", status=429, retry_after=3_900)
    office.tick()
    office.clock.forward(minutes=62)
    office.keepwarm.tick()
    assert news(office) == []
    office.clock.forward(minutes=4)
    office.settle()
    assert news(office) == [], "the digest was first, so there is nothing to tell any more"
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_while_a_digest_waits_the_news_comes_once(office: Office, cast: Cast, refusals: set[str]) -> None:
    refusals.add("chat.postMessage")
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        since = office.clock.now.date() - timedelta(days=60)
        books.customer("Halo", segment_id=books.segment("More"), since_on=since, owner_id=books.person("U0CHI"))
        books.settle()
    office.clock.forward(hours=23, minutes=59)
    office.tick()
    # Chi's hour is nine in Berlin. Slack breaks six times over it, which takes the attempts into the next hour.
    office.slack.faults.next("chat.postMessage", status=500, times=6)
    office.clock.forward(minutes=1)
    for _ in range(16):
        office.tick()
        office.clock.forward(minutes=5)
    assert news(office) == [
        "One digest has waited for Slack since 8:00. It is tried again and again; python -m bot doctor says more."
    ]


def test_a_digest_that_is_given_up_is_told_to_the_admin_once(office: Office, morning: None, refusals: set[str]) -> None:
    refusals.add("chat.postMessage")
    office.clock.forward(minutes=1)
    office.slack.faults.next("chat.postMessage", error="invalid_blocks")
    office.tick()
    for _ in range(3):
        office.tick()
        office.clock.forward(minutes=5)
    assert [message.text for message in office.slack.from_bot("U0ANA")] == [
        "One digest of today could not be sent; python -m bot doctor says why. The Home tab has what was in it."
    ]


@contextmanager
def no_digest_taken(office: Office) -> Iterator[None]:
    """A database that refuses the delivery of every digest, in the middle of its plan."""
    with office.keepwarm.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuses BEFORE INSERT ON delivery WHEN NEW.kind = 'digest'"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    yield
    with office.keepwarm.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuses")


def ten_minutes_each(office: Office, times: int) -> list[int]:
    """Let time pass; return how much news there was each time."""
    told = []
    for _ in range(times):
        office.clock.forward(minutes=10)
        office.tick()
        told.append(len(news(office)))
    return told


def test_a_digest_that_cannot_be_planned_for_an_hour_is_told_to_the_admin_once(office: Office, morning: None) -> None:
    with no_digest_taken(office):
        assert ten_minutes_each(office, 12) == [0] * 6 + [1] * 6, "an hour after the first time, and then no more"
    assert news(office) == [
        "A digest that was due at 9:00 can't be put together. It is tried again every ten minutes; the log says why."
    ]


def test_of_a_plan_that_fails_for_less_than_an_hour_nobody_hears(office: Office, morning: None) -> None:
    with no_digest_taken(office):
        ten_minutes_each(office, 5)
    assert ten_minutes_each(office, 5) == [0] * 5
    assert len(office.slack.from_bot("U0ANA")) == 1, "and the digest has come"
