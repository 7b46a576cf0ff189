"""/whois-neglected: every form of asking, more of it, nobody, and sharing it where an admin allowed it."""

import re
from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId
from bot.playground import Message
from storage.models import Customer
from tests.handlers.acting import command, press, reply, said, touches_of, whispers
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast
from tests.support.statements import statements

__all__ = ["statements"]


def names(shown: Message) -> list[str]:
    """The customers on a list, in order, by their numbered cards."""
    return [name.split(" · ")[0] for name in re.findall(r"^\d+\. (.*)$", said(shown), re.MULTILINE)]


@pytest.mark.parametrize(
    ("user", "asked", "expected"),
    [
        ("U0ANA", "", ["Acme", "Fjord", "Gale"]),
        ("U0ANA", "me", ["Acme", "Fjord", "Gale"]),
        ("U0ANA", "2", ["Acme", "Fjord"]),
        ("U0ANA", "all", ["Acme", "Fjord", "Gale", "Cedar"]),
        ("U0ANA", "@ben", ["Cedar"]),
        ("U0ANA", "@ben all-clients", None),
        ("U0BEN", "", ["Cedar"]),
        ("U0CHI", "alle", ["Acme", "Fjord", "Gale", "Cedar"]),
        ("U0ANA", "clients all 1", ["Acme"]),
        ("U0ANA", "over 55 days", ["Fjord", "Gale"]),
        ("U0ANA", "all 8w", ["Gale"]),
        ("U0ANA", "all over 62 days 1", ["Gale"]),
    ],
)
def test_every_form_of_asking(office: Office, cast: Cast, user: str, asked: str, expected: list[str] | None) -> None:
    shown = command(office, user, "C0TEAM", f"/whois-neglected {asked}")
    if expected is None:
        assert "I don't know" in shown.text
    else:
        assert names(shown) == expected


def test_asking_takes_few_statements(office: Office, cast: Cast, statements: list[str]) -> None:
    command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    statements.clear()
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    assert names(shown) == ["Acme", "Fjord", "Gale"]
    # What a person saw is written down for each customer, in one go.
    seen = [statement for statement in statements if "INTO audit" in statement]
    assert len(seen) == 3
    assert len(statements) - len(seen) <= 24, statements


def test_it_equals_the_digest(office: Office, cast: Cast, digest: Message) -> None:
    assert names(command(office, "U0ANA", "C0TEAM", "/whois-neglected")) == names(digest)


def test_the_sleeping_the_fresh_and_lurkers_are_not_on_it(office: Office, cast: Cast) -> None:
    shown = said(command(office, "U0BEN", "C0TEAM", "/whois-neglected all"))
    assert not any(name in shown for name in ("Dune", "Birch", "Elm"))


def test_nobody_is_a_happy_answer_with_the_next_one(office: Office, cast: Cast) -> None:
    shown = command(office, "U0BEN", "C0TEAM", "/whois-neglected over 70 days")
    assert shown.text.startswith("Nobody is waiting for you. Next is Birch, on")
    assert command(office, "U0CHI", "C0TEAM", "/whois-neglected").text == "Niemand wartet auf dich."
    assert command(office, "U0ANA", "C0TEAM", "/whois-neglected @chi").text == "Nobody is waiting for chi."


@pytest.mark.parametrize("asked", ["bananas", "0", "500", "10 20", "@ana @ben", "@nobody"])
def test_what_is_not_understood_gets_a_helpful_sentence(office: Office, cast: Cast, asked: str) -> None:
    shown = command(office, "U0ANA", "C0TEAM", f"/whois-neglected {asked}")
    assert shown.blocks == [] or "1." not in said(shown)
    assert shown.text.endswith(".")
    assert "!" not in shown.text


def with_many(office: Office, cast: Cast, count: int) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        today = office.clock.now.date()
        for number in range(count):
            books.customer(
                f"Harbour {number:02}", segment_id=cast.segment_id, owner_id=books.person("U0ANA"),
                value=1000 - number, since_on=today - timedelta(days=400), touched=[today - timedelta(days=60)],
            )  # fmt: skip
        books.settle()


def test_more_leads_on_page_by_page_and_nobody_is_shown_twice(office: Office, cast: Cast) -> None:
    with_many(office, cast, 9)
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    pages = [names(shown)]
    assert "7 more are due." in said(shown)
    press(office, "U0ANA", shown, ActionId.LIST_MORE)
    pages.append(names(shown))
    assert "2 more are due." in said(shown)
    press(office, "U0ANA", shown, ActionId.LIST_MORE)
    pages.append(names(shown))
    assert "more are due" not in said(shown)
    everybody = [name for page in pages for name in page]
    assert len(everybody) == len(set(everybody)) == 12


def test_acting_on_a_page_loses_nobody_on_the_next(office: Office, cast: Cast) -> None:
    with_many(office, cast, 9)
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    seen = set(names(shown))
    assert "12 customers are going quiet" in said(shown)
    press(office, "U0ANA", shown, ActionId.DONE, "Acme")
    press(office, "U0ANA", shown, ActionId.LIST_MORE)
    seen |= set(names(shown))
    assert "11 customers are going quiet" in said(shown)
    press(office, "U0ANA", shown, ActionId.LIST_MORE)
    seen |= set(names(shown))
    assert len(seen) == 12


def test_a_digests_see_all_shows_what_it_left_out(office: Office, cast: Cast) -> None:
    with_many(office, cast, 9)
    office.clock.forward(hours=1)
    office.tick()
    digest = office.slack.last_message("U0ANA")
    assert "7 more are due; the next is " in said(digest)
    press(office, "U0ANA", digest, ActionId.LIST_MORE)
    shown = office.slack.ephemerals("U0ANA")[-1]
    assert len(names(shown)) == 10
    assert "7 more are due; the next is " in said(digest), "the digest stays"


def with_lost(office: Office, cast: Cast, owner: str, count: int) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        today = office.clock.now.date()
        for number in range(count):
            books.customer(
                f"Quay {number}", segment_id=cast.segment_id, owner_id=books.person(owner), value=1000 - number,
                since_on=today - timedelta(days=400), touched=[today - timedelta(days=210)],
            )  # fmt: skip
        books.settle()


def test_the_lost_are_listed_paged_and_seen_to_like_everybody(office: Office, cast: Cast) -> None:
    with_lost(office, cast, "U0ANA", 4)
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected lost 3")
    assert shown.text.startswith("Silent for very long: 4 customers")
    assert names(shown) == ["Quay 0", "Quay 1", "Quay 2"]
    press(office, "U0ANA", shown, ActionId.DONE, "Quay 0")
    assert "Silent for very long: 3 customers" in said(shown)
    press(office, "U0ANA", shown, ActionId.LIST_MORE)
    assert names(shown) == ["Quay 3"]
    assert names(command(office, "U0ANA", "C0TEAM", "/whois-neglected lost")) == ["Quay 1", "Quay 2", "Quay 3"]
    assert names(command(office, "U0BEN", "C0TEAM", "/whois-neglected @ana clients lost 1")) == ["Quay 1"]
    none = command(office, "U0BEN", "C0TEAM", "/whois-neglected lost")
    assert none.text == "None of your customers has been silent for very long."


def test_the_lost_are_asked_for_in_german(office: Office, cast: Cast) -> None:
    with_lost(office, cast, "U0CHI", 2)
    shown = command(office, "U0CHI", "C0TEAM", "/whois-neglected verloren")
    assert shown.text.startswith("Schon sehr lange still: 2 Kunden")
    assert names(shown) == ["Quay 0", "Quay 1"]


def test_post_here_shares_the_list_where_an_admin_allowed_it(office: Office, cast: Cast) -> None:
    command(office, "U0ANA", "C0TEAM", "/keepwarm here weekly")
    shown = command(office, "U0BEN", "C0TEAM", "/whois-neglected all")
    press(office, "U0BEN", shown, ActionId.POST_HERE)
    press(office, "U0BEN", shown, ActionId.POST_HERE)
    (posted,) = [message for message in office.slack.from_bot("C0TEAM") if not message.ephemeral_for]
    assert "ben shared this list." in said(posted)
    assert names(posted) == ["Acme", "Fjord", "Gale", "Cedar"]
    assert "three-year price" not in said(posted), "notes are private"
    assert "koehler" not in said(posted)
    press(office, "U0ANA", posted, ActionId.DONE, "Acme")
    assert "ana marked Acme as done at 8:00." in said(posted)
    reply(office, "U0BEN", posted, "4 called")
    assert touches_of(office, cast.cedar)[0].source == "reply"


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ("C0TEAM", "Customers are not shown in this channel yet."),
        ("C0SHARE", "People of another organisation read this channel"),
        ("C0OUT", "I am not in this channel yet."),
    ],
)
def test_post_here_is_refused_elsewhere(office: Office, cast: Cast, channel: str, why: str) -> None:
    shown = command(office, "U0ANA", channel, "/whois-neglected all")
    if channel == "C0SHARE":
        assert why in shown.text
        return
    press(office, "U0ANA", shown, ActionId.POST_HERE)
    assert [m for m in office.slack.from_bot(channel) if not m.ephemeral_for] == []
    assert any(why in text for text in whispers(office, "U0ANA"))


def test_between_the_bot_and_one_person_there_is_nobody_to_post_it_for(office: Office, cast: Cast) -> None:
    for place, offered in ((office.slack.dm("U0ANA"), False), ("C0TEAM", True)):
        shown = command(office, "U0ANA", place, "/whois-neglected 1")
        assert (ActionId.POST_HERE in str(shown.blocks)) is offered
        assert ActionId.LIST_MORE in str(shown.blocks)


def test_help_is_private_and_names_examples(office: Office, cast: Cast) -> None:
    assert "/whois-neglected" in command(office, "U0ANA", "C0TEAM", "/whois-neglected help").text


def test_a_customer_in_a_currency_of_its_own_and_without_value_says_so(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = ledger.get(Customer, cast.gale)
        assert row is not None
        row.value_minor = None
        ledger.add(row)
    assert "No value known; ranked as the middle of Clients" in said(
        command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    )
