"""Shortcuts: a message becomes a touch with its words as the note, and the form is there from anywhere."""

from datetime import timedelta

import pytest

from bot.blocks.ids import OptionsId, ShortcutId
from bot.domain.model import TouchKind
from tests.conftest import NOW
from tests.handlers.acting import days_pass, submit, touches_of
from tests.support.bot import Office
from tests.support.cast import Cast

YESTERDAY = NOW.date() - timedelta(days=1)


def note_in(office: Office, user: str) -> str:
    form = office.slack.modal(user)
    assert form is not None
    return str(form.typed["note"]["note"]["value"])


def test_a_message_becomes_a_touch_with_its_text_as_the_note(office: Office, cast: Cast) -> None:
    slack = office.slack
    message = slack.say("U0BEN", "C0TEAM", "@ana Acme & Co want the *new* price <3").message
    assert message is not None
    slack.message_shortcut("U0ANA", ShortcutId.LOG_MESSAGE, "C0TEAM", message.ts)
    assert note_in(office, "U0ANA") == "@ana Acme & Co want the new price <3"
    form = slack.modal("U0ANA")
    assert form is not None
    (offered,) = slack.options("U0ANA", form, OptionsId.CUSTOMER, "acme").json["options"]
    assert submit(office, "U0ANA", pick_customer=offered["value"]) == {}
    assert touches_of(office, cast.acme)[0].note == "@ana Acme & Co want the new price <3"
    assert slack.last_message("U0ANA").text.startswith("Acme: call, today. '@ana Acme &amp; Co")


def test_the_form_is_filled_with_what_the_message_says(office: Office, cast: Cast) -> None:
    slack = office.slack
    message = slack.say("U0BEN", "C0TEAM", "Met Acme yesterday;\nthey want the new price").message
    assert message is not None
    days_pass(office, 3)
    slack.message_shortcut("U0ANA", ShortcutId.LOG_MESSAGE, "C0TEAM", message.ts)
    assert submit(office, "U0ANA") == {}
    touch = touches_of(office, cast.acme)[0]
    assert (touch.kind, touch.touched_on) == (TouchKind.MEETING, YESTERDAY)
    assert touch.note == "Met Acme yesterday;\nthey want the new price"


@pytest.mark.parametrize("text", ["thanks", "Acme and Birch called", "Acme calls in two weeks", ""])
def test_what_the_message_leaves_open_is_asked_and_its_day_is_proposed(office: Office, cast: Cast, text: str) -> None:
    message = office.slack.say("U0BEN", "C0TEAM", text or ":tada:").message
    assert message is not None
    days_pass(office, 3)
    office.slack.message_shortcut("U0ANA", ShortcutId.LOG_MESSAGE, "C0TEAM", message.ts)
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert form.typed["on"]["on"]["selected_date"] == (YESTERDAY + timedelta(days=1)).isoformat()
    assert form.typed["kind"]["kind"]["selected_option"]["value"] == TouchKind.CALL
    (chosen,) = form.typed["pick_customer"].values()
    assert (chosen["selected_option"] is None) is (text != "Acme calls in two weeks")


def test_a_message_longer_than_a_field_is_cut(office: Office, cast: Cast) -> None:
    message = office.slack.say("U0BEN", "C0TEAM", "x" * 5000).message
    assert message is not None
    office.slack.message_shortcut("U0ANA", ShortcutId.LOG_MESSAGE, "C0TEAM", message.ts)
    assert len(note_in(office, "U0ANA")) == 3000


def test_the_global_shortcut_opens_the_form(office: Office, cast: Cast) -> None:
    office.slack.global_shortcut("U0CHI", ShortcutId.LOG)
    form = office.slack.modal("U0CHI")
    assert form is not None
    assert form.title == "Kontakt eintragen"


def test_a_message_in_a_shared_channel_is_not_logged(office: Office, cast: Cast) -> None:
    message = office.slack.say("U0BEN", "C0SHARE", "Acme wants a price").message
    assert message is not None
    office.slack.message_shortcut("U0ANA", ShortcutId.LOG_MESSAGE, "C0SHARE", message.ts)
    shown = office.slack.modal("U0ANA")
    assert shown is not None
    assert shown.callback_id == "sentence"
