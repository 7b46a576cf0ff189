"""What only admins do, asked for by a member with a forged button or with a form from before: refused, unchanged."""

from typing import Any

import pytest

from bot.blocks.ids import ActionId, Field, ViewId
from bot.domain.model import Role
from bot.playground.line import Request
from tests.handlers.test_rights import set_role
from tests.support.bot import Office
from tests.usecases.test_isolation import Ids, everything, fill

BEN = {"selected_user": "U0BEN"}
KEPT = ("customer", "segment", "teammate", "workspace", "cover", "company_holiday", "channel", "proposal", "audit")


@pytest.fixture
def ids(office: Office) -> Ids:
    found = fill(office.keepwarm.store, office.workspace_id)
    for who in ("U0ANA", "U0BEN"):
        set_role(office, who, Role.MEMBER)
    set_role(office, "U0CHI", Role.ADMIN)
    return found


def ask(office: Office, **body: Any) -> str:
    """Ask as Ben, and return all that he is told: in the answer, or in a modal."""
    common = {
        "user": {"id": "U0BEN", "team_id": "T0PLAY", "name": "ben"}, "team": {"id": "T0PLAY", "domain": "p"},
        "api_app_id": "A0PLAY", "token": "t", "trigger_id": office.slack.workspace.new_trigger("U0BEN"),
    }  # fmt: skip
    answer = office.slack.line.send(Request("interaction", common | body))
    assert answer.ok, answer
    office.settle()
    modal = office.slack.modal("U0BEN")
    return f"{answer.json} {modal.blocks if modal else ''}"


def unchanged(office: Office, before: dict[str, list[Any]]) -> bool:
    after = everything(office.keepwarm.store, office.workspace_id)
    return all(before[table] == after[table] for table in KEPT if table in before)


FORMS: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    ViewId.TEAM: ("", {Field.TEAMMATE: BEN, Field.ROLE: {"selected_option": {"value": "admin"}}}),
    ViewId.GIVE: ("", {Field.TEAMMATE: BEN, Field.SEGMENT: {"selected_option": {"value": "all"}}}),
    ViewId.COMPANY_HOLIDAYS: ("", {Field.COMPANY_HOLIDAY: {"value": "2026-12-24 Closed"}}),
    ViewId.COVER: ("{ana}", {Field.COVER: BEN}),
    ViewId.RETENTION: ("", {Field.KEEP_MESSAGES: {"value": "60"}, Field.KEEP_NOTES: {"value": "1"}}),
    ViewId.RETENTION_CONFIRM: ("60|1", {}),
    ViewId.SEATS: ("", {Field.SEATS_EACH: {"value": "9"}, Field.SEATS_TEAM: {"value": "9"}}),
    ViewId.SEGMENT: ("{segment}", {
        Field.POLICY: {"selected_option": {"value": "fixed"}}, Field.CADENCE: {"value": "3"},
        Field.COUNTS: {"selected_option": {"value": "all"}}, Field.PAUSES: {"value": ""},
        Field.LOST_AFTER: {"value": "6"}, Field.EXPONENT: {"value": "0.5"}, Field.RENEWAL_AHEAD: {"value": "30"},
        Field.HORIZON: {"value": "90"},
    }),
}  # fmt: skip
BUTTONS: dict[str, str] = {
    ActionId.OPEN_TEAM: "x", ActionId.OPEN_GIVE: "x", ActionId.OPEN_HOLIDAYS: "x", ActionId.OPEN_RETENTION: "x",
    ActionId.OPEN_COVER: "{ana}", ActionId.OPEN_SEATS: "x", ActionId.CHANGE_SEGMENT: "{segment}",
    ActionId.PROPOSAL_ACCEPT: "{proposal}", ActionId.PROPOSAL_LEAVE: "{proposal}", ActionId.PROPOSAL_UNDO: "{proposal}",
}  # fmt: skip


@pytest.mark.parametrize("callback_id", FORMS)
def test_a_form_of_an_admin_is_refused_when_a_member_submits_it(office: Office, ids: Ids, callback_id: str) -> None:
    private, typed = FORMS[callback_id]
    before = everything(office.keepwarm.store, office.workspace_id)
    state = {"values": {str(name): {str(name): given} for name, given in typed.items()}}
    view = {
        "id": "V1", "hash": "h", "type": "modal", "callback_id": callback_id, "state": state, "previous_view_id": None,
        "private_metadata": private.format(ana=ids.ana, segment=ids.segment),
        "blocks": [{"type": "input", "block_id": name, "element": {}} for name in typed],
    }  # fmt: skip
    assert "Only admins" in ask(office, type="view_submission", view=view)
    assert unchanged(office, before)


@pytest.mark.parametrize("action_id", BUTTONS)
def test_a_button_of_an_admin_is_refused_when_a_member_presses_it(office: Office, ids: Ids, action_id: str) -> None:
    before = everything(office.keepwarm.store, office.workspace_id)
    value = BUTTONS[action_id].format(ana=ids.ana, segment=ids.segment, proposal=ids.proposal)
    action = {"action_id": action_id, "value": value, "action_ts": "1.1", "block_id": "b"}
    container = {"type": "view", "view_id": "V0HOME"}
    view = {"type": "home", "id": "V0HOME", "hash": "h", "private_metadata": "", "blocks": []}
    assert "Only admins" in ask(office, type="block_actions", actions=[action], container=container, view=view)
    assert unchanged(office, before)
