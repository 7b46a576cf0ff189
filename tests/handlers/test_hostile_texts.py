"""Markup, overrides and very long texts in names and notes stay text wherever they are shown, and break nothing."""

import pytest

from bot.blocks.ids import ActionId, MoreChoice
from bot.domain.model import TouchKind
from bot.playground import Message
from storage.models import Customer
from tests.handlers.acting import choose, command, press, reply, said, submit
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast

HOSTILE = [
    "<!channel> <@U0BEN> <https://evil.example|Acme>",
    "*bold* _it_ ~s~ `code` :tada:",
    "Smith & Sons > Co",
    "\u202eesrever\u202c שלום",
    "x" * 255,
    "&" * 255,
    "{name} {0} %s",
]


def rename(office: Office, cast: Cast, name: str) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = ledger.get(Customer, cast.acme)
        assert row is not None
        row.name = name
        ledger.add(row)
        Books(ledger).touch(
            cast.acme, office.clock.now.date().replace(day=1), TouchKind.CALL, note=f"{name} *x* <!here>"
        )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_a_name_wherever_it_is_shown(office: Office, cast: Cast, name: str) -> None:
    """Every payload is checked for live markup and for Slack's limits when the test ends."""
    rename(office, cast, name)
    slack = office.slack
    command(office, "U0ANA", "C0TEAM", "/keepwarm here daily")
    office.clock.forward(hours=1)
    office.tick()
    digest, channel = slack.last_message("U0ANA"), slack.last_message("C0TEAM")
    assert digest.text
    assert channel.text
    slack.open_home("U0ANA")
    listed = command(office, "U0ANA", "C0TEAM", "/whois-neglected all")
    first = str(cast.acme)
    reply(office, "U0ANA", digest, f"1 called, {name}")
    undo = [m for m in slack.replies(digest) if m.bot_id][-1]
    press(office, "U0ANA", undo, ActionId.LINE_CHANGE)
    submit(office, "U0ANA", note=name)
    press(office, "U0ANA", undo, ActionId.LINE_UNDO)
    choose(office, "U0ANA", digest, MoreChoice.CUSTOMER, first)
    slack.close("U0ANA")
    for action in (ActionId.DRAFT, ActionId.SNOOZE):
        press(office, "U0ANA", digest, action, first)
        slack.close("U0ANA")
    choose(office, "U0ANA", digest, MoreChoice.HAND_OVER, first)
    submit(office, "U0ANA", teammate="U0ANA")
    assert submit(office, "U0ANA", teammate="U0CHI") == {}
    press(office, "U0ANA", listed, ActionId.POST_HERE)
    assert slack.from_bot("U0CHI")
    reply(office, "U0ANA", digest, f"{name} called next week")
    assert command(office, "U0ANA", "C0TEAM", f"/customer {name}").text
    assert command(office, "U0ANA", "C0TEAM", f"/whois-neglected {name}").text
    assert command(office, "U0ANA", "C0TEAM", f"/keepwarm {name}").text


def test_a_refusal_that_names_a_customer_is_no_markup(office: Office, cast: Cast, channel_digest: Message) -> None:
    rename(office, cast, "<!channel>")
    first = str(cast.acme)
    choose(office, "U0BEN", channel_digest, MoreChoice.DETAILS, first)
    submit(office, "U0BEN", kind="call", note="<!here> *x*")
    office.slack.click("U0BEN", channel_digest, ActionId.UNDO)
    office.settle()
    assert "<!channel>" in "".join(said(channel_digest)).replace("&lt;", "<").replace("&gt;", ">")


def test_a_digest_of_five_long_notes_can_still_be_updated(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books, today = Books(ledger), office.clock.now.date()
        for number in range(4):
            customer_id = books.customer(
                f"Customer {number} " + "&" * 150, segment_id=cast.segment_id, owner_id=books.person("U0ANA"),
                since_on=today.replace(year=2025), value=50_000,
            )  # fmt: skip
            books.touch(customer_id, today.replace(month=9), TouchKind.CALL, note="& *long* " * 300)
        books.settle()
    office.clock.forward(hours=1)
    office.tick()
    digest = office.slack.last_message("U0ANA")
    assert "Acme" in digest.text
    press(office, "U0ANA", digest, ActionId.DONE, "Customer 2")
    assert "marked Customer 2" in said(digest)
    update = office.slack.calls_of("chat.update")[-1]
    assert update.ok
    assert len(update.payload["text"]) <= 4000
    assert all(f"Customer {number}" in update.payload["text"] for number in range(4)), "every customer is still said"
