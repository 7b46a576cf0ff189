"""One voice: a colleague's touch is told, and while somebody drafts, everybody else sees it and nobody for ever."""

from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId, MoreChoice
from bot.playground import Message
from bot.usecases.drafting import OPEN_FOR
from storage.models_voice import Draft
from tests.handlers.acting import choose, command, press, said, submit, time_passes
from tests.support.bot import Office
from tests.support.cast import Cast

DRAFTING = "ana is drafting a message (since 9:05)."


@pytest.fixture
def drafting(office: Office, cast: Cast, channel_digest: Message) -> Message:
    """The team's digest, while Ana has a draft to Acme open since five past nine."""
    office.clock.forward(minutes=5)
    press(office, "U0ANA", channel_digest, ActionId.DRAFT, "Acme")
    return channel_digest


def drafts(office: Office) -> int:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return len(ledger.rows(Draft))


def test_everybody_sees_that_somebody_drafts(office: Office, drafting: Message) -> None:
    assert said(drafting).count(DRAFTING) == 1
    assert DRAFTING in drafting.text


def test_the_one_who_drafts_is_not_told_what_they_know(office: Office, drafting: Message) -> None:
    own = office.slack.last_message("U0ANA")
    assert "drafting" not in said(own)
    assert "drafting" not in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))


def test_a_colleague_reads_it_in_their_own_zone_and_language_wherever_the_customer_is_shown(
    office: Office, drafting: Message
) -> None:
    german = "ana entwirft gerade eine Nachricht (seit 10:05)."
    assert german in said(command(office, "U0CHI", "C0TEAM", "/customer Acme"))
    assert german in said(command(office, "U0CHI", "C0TEAM", "/whois-neglected @ana"))
    press(office, "U0CHI", drafting, ActionId.DRAFT, "Acme")
    form = office.slack.modal("U0CHI")
    assert form is not None
    assert f"{german} Vielleicht sprecht ihr euch erst ab." in said(form)


def test_closing_the_draft_ends_it(office: Office, drafting: Message) -> None:
    office.slack.close("U0ANA")
    office.settle()
    assert "drafting" not in said(drafting)
    assert drafts(office) == 0


def test_logging_it_ends_it(office: Office, drafting: Message) -> None:
    assert submit(office, "U0ANA") == {}
    assert "drafting" not in said(drafting)
    assert drafts(office) == 0


def test_another_wording_is_the_same_draft(office: Office, drafting: Message) -> None:
    office.clock.forward(minutes=15)
    form = office.slack.modal("U0ANA")
    assert form is not None
    press(office, "U0ANA", form, ActionId.NEXT_VARIANT)
    time_passes(office, minutes=10)
    assert DRAFTING in said(drafting)


def test_a_draft_that_was_left_open_is_forgotten(office: Office, drafting: Message) -> None:
    time_passes(office, minutes=OPEN_FOR / timedelta(minutes=1) - 1)
    assert DRAFTING in said(drafting)
    time_passes(office, minutes=1)
    assert "drafting" not in said(drafting)
    assert drafts(office) == 0


def test_closing_it_after_that_is_no_error(office: Office, drafting: Message) -> None:
    time_passes(office, hours=1)
    office.slack.close("U0ANA")
    office.settle()
    assert drafts(office) == 0


def test_two_who_draft_see_each_other(office: Office, drafting: Message) -> None:
    press(office, "U0CHI", drafting, ActionId.DRAFT, "Acme")
    assert DRAFTING in said(drafting)
    assert "chi is drafting a message (since 9:05)." in said(drafting)
    own = office.slack.last_message("U0ANA")
    assert "chi is drafting" in said(own)
    assert "ana is drafting" not in said(own)


def test_a_colleagues_touch_of_yesterday_is_told_on_the_card_and_in_the_draft(office: Office, cast: Cast) -> None:
    command(office, "U0BEN", "C0TEAM", "/touch Acme: wrote them yesterday")
    shown = command(office, "U0ANA", "C0TEAM", "/customer Acme")
    assert "ben wrote yesterday; no answer yet." in said(shown)
    press(office, "U0ANA", shown, ActionId.DRAFT, "Acme")
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert "ben wrote yesterday; no answer yet. You may want to talk first." in said(form)
    assert "You may want to talk" not in said(command(office, "U0BEN", "C0TEAM", "/customer Acme"))


def test_the_reader_is_not_told_of_their_own_touch(office: Office, cast: Cast) -> None:
    command(office, "U0ANA", "C0TEAM", "/touch Acme: wrote them yesterday")
    assert "wrote yesterday" not in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))


def test_closing_every_window_at_once_ends_the_draft_on_top(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    choose(office, "U0ANA", channel_digest, MoreChoice.CUSTOMER, "Acme")
    below = office.slack.modal("U0ANA")
    assert below is not None
    press(office, "U0ANA", below, ActionId.DRAFT)
    assert "ana is drafting" in said(channel_digest)
    office.slack.close("U0ANA", everything=True)
    office.settle()
    assert "drafting" not in said(channel_digest)
