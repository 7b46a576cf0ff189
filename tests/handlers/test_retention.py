"""Retention in Slack: admins see what a shorter time erases before it is written, and nobody else gets there."""

from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId, Field, ViewId
from bot.domain.model import Role
from bot.playground import Message
from bot.usecases.retention import Retention, retention_of
from tests.handlers.acting import said
from tests.handlers.test_rights import on_record, set_role
from tests.handlers.test_team import open_home_and_press, said_in
from tests.support.bot import Office
from tests.support.cast import Cast


def kept(office: Office) -> Retention:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return retention_of(ledger)


def shown(office: Office, who: str = "U0ANA") -> tuple[str, str]:
    modal = office.slack.modal(who)
    assert modal is not None
    return str(modal.callback_id), said(modal)


def test_a_time_that_erases_nothing_is_written_at_once(office: Office, cast: Cast) -> None:
    open_home_and_press(office, "U0ANA", ActionId.OPEN_RETENTION)
    assert shown(office)[0] == ViewId.RETENTION
    office.slack.submit("U0ANA", {Field.KEEP_MESSAGES: "500"})
    assert said_in(office, "U0ANA") == "Messages are kept for 500 days. Notes are kept for ever."
    assert kept(office) == Retention(500, None)
    assert ("Ana", "retention", None) in on_record(office)


def test_what_is_erased_is_said_first_and_written_when_it_is_confirmed(
    office: Office, cast: Cast, digest: Message
) -> None:
    office.clock.forward(days=100)
    open_home_and_press(office, "U0ANA", ActionId.OPEN_RETENTION)
    office.slack.submit("U0ANA", {Field.KEEP_MESSAGES: "60", Field.KEEP_NOTES: "2"})
    view, words = shown(office)
    assert view == ViewId.RETENTION_CONFIRM
    assert "What is older than 3 January is erased" in words
    assert "Notes from before 2 January are erased" in words
    assert "7 notes of touches" in words
    assert "This can't be undone." in words
    assert kept(office) == Retention(400, None), "nothing is written before it is confirmed"
    office.slack.submit("U0ANA", {})
    assert said_in(office, "U0ANA") == "Messages are kept for 60 days. Notes are kept for 2 months."
    assert kept(office) == Retention(60, 2)


def test_it_is_said_in_german(office: Office, cast: Cast, digest: Message) -> None:
    office.slack.change_person("U0ANA", locale="de-DE")
    office.clock.forward(days=100)
    open_home_and_press(office, "U0ANA", ActionId.OPEN_RETENTION)
    assert "Wie viele Tage bleiben Nachrichten?" in shown(office)[1]
    office.slack.submit("U0ANA", {Field.KEEP_MESSAGES: "60", Field.KEEP_NOTES: "2"})
    assert "Notizen von vor dem 2. Januar werden gelöscht" in shown(office)[1]


@pytest.mark.parametrize(
    ("typed", "field", "complaint"),
    [
        ({Field.KEEP_MESSAGES: "7"}, Field.KEEP_MESSAGES, "Keep messages for 60 to 3650 days."),
        ({Field.KEEP_MESSAGES: "soon"}, Field.KEEP_MESSAGES, "'soon' is not a whole number."),
        ({Field.KEEP_NOTES: "0"}, Field.KEEP_NOTES, "Keep notes for 1 to 120 months, or forever."),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_beside_its_field(
    office: Office, cast: Cast, typed: dict[str, str], field: str, complaint: str
) -> None:
    open_home_and_press(office, "U0ANA", ActionId.OPEN_RETENTION)
    answer = office.slack.submit("U0ANA", typed)
    assert answer.json["errors"] == {field: complaint}


def test_who_is_no_admin_any_more_confirms_nothing(office: Office, cast: Cast, digest: Message) -> None:
    office.clock.forward(days=100)
    open_home_and_press(office, "U0ANA", ActionId.OPEN_RETENTION)
    office.slack.submit("U0ANA", {Field.KEEP_MESSAGES: "60"})
    set_role(office, "U0ANA", Role.MEMBER)
    office.slack.submit("U0ANA", {})
    assert said_in(office, "U0ANA").startswith("Only admins")
    assert kept(office) == Retention(400, None)


def test_members_have_no_such_button(office: Office, cast: Cast) -> None:
    set_role(office, "U0BEN", Role.MEMBER)
    office.slack.open_home("U0BEN")
    office.clock.now += timedelta(seconds=1)
    office.settle()
    home = office.slack.home("U0BEN")
    assert home is not None
    assert ActionId.OPEN_RETENTION not in str(home.blocks)
