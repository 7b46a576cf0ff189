"""What each role may ask for, of everything that can be asked; and that what was done and seen is on record."""

import json
from datetime import datetime
from typing import Any

import pytest

import handlers
from bot.blocks.ids import ActionId
from bot.domain.audit import Verb, customer_of
from bot.domain.model import Role
from bot.errors import NotAllowed
from bot.playground import Message
from bot.usecases.audit import trail
from handlers.rights import LOOKS, may_ask, request_name
from storage.people import by_slack_id, teammate
from tests.handlers.acting import command, press
from tests.support.bot import Office
from tests.support.cast import Cast

EVERYTHING = sorted({
    *handlers.COMMANDS, *handlers.ACTIONS, *handlers.VIEWS, *handlers.SHORTCUTS, *handlers.OPTIONS, *handlers.EVENTS,
})  # fmt: skip


def set_role(office: Office, who: str, role: Role) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = by_slack_id(ledger, who)
        assert row is not None
        row.role = role
        ledger.add(row)


def on_record(office: Office) -> list[tuple[str, str, int | None]]:
    """Who did what to which customer, in order."""
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        found = trail(ledger, since=datetime.min.replace(tzinfo=office.clock.now.tzinfo))
        names = {row.id: row.name.title() for row in [by_slack_id(ledger, w) for w in ("U0ANA", "U0BEN")] if row}
    return [
        (names.get(record.by_id or 0, ""), record.verb, record.subject_id)
        for record in found
        if record.verb != Verb.WAS_TOLD
    ]


def test_what_may_be_looked_at_is_something_that_can_be_asked_for() -> None:
    assert set(EVERYTHING) >= LOOKS


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_viewer_may_look_and_change_nothing(office: Office, name: str) -> None:
    set_role(office, "U0BEN", Role.VIEWER)
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0BEN")
        assert row is not None
        viewer = teammate(row)
    if name in LOOKS:
        may_ask(viewer, name)
    else:
        with pytest.raises(NotAllowed, match="You can look at customers here"):
            may_ask(viewer, name)


@pytest.mark.parametrize("kind", ["ACTIONS", "VIEWS", "SHORTCUTS"])
def test_every_request_is_known_by_the_id_in_its_table(kind: str) -> None:
    bodies: dict[str, Any] = {
        "ACTIONS": lambda name: {"type": "block_actions", "actions": [{"action_id": f"{name}.2"}], "view": {"id": "V"}},
        "VIEWS": lambda name: {"type": "view_submission", "view": {"callback_id": name}},
        "SHORTCUTS": lambda name: {"type": "shortcut", "callback_id": name},
    }
    for name in getattr(handlers, kind):
        assert request_name(bodies[kind](name)) == name


@pytest.mark.parametrize("value", ["", "12", "list.3", "12.3", "x.1.2", "digest.4"])
def test_a_button_without_a_card_names_no_customer(value: str) -> None:
    assert customer_of({"actions": [{"value": value}]}) is None


@pytest.mark.parametrize("body", [
    {"actions": [{"value": "7.8.9"}]},
    {"actions": [{"selected_option": {"value": "hand_over:7.8.9"}}]},
    {"view": {"private_metadata": "7.8.9|list:3|https://x"}},
])  # fmt: skip
def test_a_card_names_its_customer(body: dict[str, Any]) -> None:
    assert customer_of(body) == 7


def test_who_saw_and_changed_a_customer_is_on_record(office: Office, cast: Cast, digest: Message) -> None:
    command(office, "U0BEN", "C0TEAM", "/customer Acme")
    press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    done = office.slack.last_message("U0ANA")
    press(office, "U0ANA", done, ActionId.UNDO, "Acme")
    assert ("Ben", "saw", cast.acme) in on_record(office)
    logged = [each for each in on_record(office) if each[1] == "logged" and each[0] == "Ana"]
    assert [each[2] for each in logged][:1] == [cast.acme]
    assert any(who == "Ana" and did == "card_undo" for who, did, _ in on_record(office))


def test_a_list_puts_everybody_on_it_on_record_and_a_look_at_nothing_changes_nothing(
    office: Office, cast: Cast
) -> None:
    command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    assert {about for who, did, about in on_record(office) if did == "saw"} == {cast.acme, cast.fjord, cast.gale}
    before = len(on_record(office))
    command(office, "U0ANA", "C0TEAM", "/keepwarm help")
    assert len(on_record(office)) == before


def test_the_trail_holds_nothing_that_anybody_said(office: Office, cast: Cast, digest: Message) -> None:
    command(office, "U0ANA", "C0TEAM", '/touch Acme called "wants the secret price"')
    command(office, "U0ANA", "C0TEAM", "/keepwarm pause until Friday")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        found = [str(record) for record in trail(ledger, since=datetime.min.replace(tzinfo=office.clock.now.tzinfo))]
    assert found
    assert "Acme" not in json.dumps(found)
    assert "secret" not in json.dumps(found)
