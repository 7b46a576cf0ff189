"""Who is not let in, and what a viewer can't do: refused with a sentence, nothing shown, nothing written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId, Field, MoreChoice, ShortcutId
from bot.domain.model import Role, Seat
from bot.playground import Message
from bot.playground.line import Answer, Request
from storage import outbox
from storage.models import Customer, Delivery, Entry, Nudge, TeammateRow, Touch
from storage.people import by_slack_id
from tests.handlers.acting import choose, command, element_about, press, reply, said, whispers
from tests.support.bot import Office
from tests.support.cast import Cast

NOT_LET_IN = {
    "U0GUE": "Keepwarm is for members of this workspace. Guests can't see customers.",
    "U0EXT": "Keepwarm belongs to another organisation. Its customers are not shown outside it.",
}
WRITTEN = (Customer, Entry, Nudge, Touch)


def written(office: Office) -> list[list[str]]:
    """All that customers are made of, as it stands in the ledger."""
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return [sorted(str(row) for row in ledger.rows(model)) for model in WRITTEN]


@pytest.fixture
def shown(office: Office, channel_digest: Message) -> Message:
    """The channel's digest, with everybody who is not let in sitting in the channel."""
    office.slack.channel("C0TEAM").members |= set(NOT_LET_IN)
    return channel_digest


def everything_that_can_be_done(office: Office, shown: Message, user: str) -> dict[str, Callable[[], Answer]]:
    slack = office.slack
    acts: dict[str, Callable[[], Answer]] = {
        text: lambda text=text: slack.slash(user, "C0TEAM", *text.split(" ", 1))  # type: ignore[misc]
        for text in (
            "/whois-neglected all", "/whois-neglected help", "/touch Acme called", "/touch",
            "/customer Acme", "/customer",
            "/keepwarm here daily", "/keepwarm settings", "/keepwarm pause", "/keepwarm",
        )
    }  # fmt: skip
    for action in (ActionId.DONE, ActionId.SNOOZE, ActionId.DRAFT):
        block_id, _ = element_about(shown, action, "Acme")
        acts[action] = lambda action=action, block_id=block_id: slack.click(  # type: ignore[misc]
            user, shown, action, block_id=block_id
        )
    block_id, more = element_about(shown, ActionId.MORE, "Acme")
    for choice in (MoreChoice.DETAILS, MoreChoice.HAND_OVER, MoreChoice.DISMISS, MoreChoice.CUSTOMER):
        value = next(o["value"] for o in more["options"] if o["value"].startswith(f"{choice}:"))
        acts[choice] = lambda value=value: slack.select(  # type: ignore[misc]
            user, shown, ActionId.MORE, value, block_id=block_id
        )
    acts["global shortcut"] = lambda: slack.global_shortcut(user, ShortcutId.LOG)
    acts["message shortcut"] = lambda: slack.message_shortcut(user, ShortcutId.LOG_MESSAGE, "C0TEAM", shown.ts)
    acts["reply"] = lambda: slack.say(user, "C0TEAM", "1 called", thread_ts=shown.ts)
    acts["home"] = lambda: slack.open_home(user)
    return acts


@pytest.mark.parametrize("user", NOT_LET_IN)
def test_whoever_is_not_let_in_sees_and_changes_nothing(office: Office, cast: Cast, shown: Message, user: str) -> None:
    before, messages = written(office), len(office.slack.workspace.messages)
    for name, act in everything_that_can_be_done(office, shown, user).items():
        answered = len(office.slack.workspace.messages)
        answer = act()
        assert answer.ok, f"{name}: {answer}"
        office.settle()
        modal = office.slack.modal(user)
        said = [m.text for m in office.slack.workspace.messages[answered:] if m.bot_id]
        if modal is not None:
            assert modal.callback_id == "sentence", name
            said.append(modal.blocks[0]["text"]["text"])
            office.slack.close(user)
        assert said == [NOT_LET_IN[user]] or (name == "home" and said == []), name
    assert written(office) == before
    assert office.slack.home(user) is None
    assert len(office.slack.workspace.messages) > messages
    assert not any("Acme" in text for text in whispers(office, user))


def test_a_form_that_was_open_when_somebody_became_a_guest_is_refused(
    office: Office, cast: Cast, shown: Message
) -> None:
    choose(office, "U0BEN", shown, MoreChoice.DETAILS, "Acme")
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0BEN")
        assert row is not None
        row.seat = Seat.GUEST
        ledger.add(row)
    before = written(office)
    answer = office.slack.submit("U0BEN", {"kind": "call"})
    assert NOT_LET_IN["U0GUE"] in str(answer.json)
    assert written(office) == before


def profile_changes(office: Office, user_id: str, **profile: object) -> None:
    """Slack tells of a changed profile."""
    user = {"id": user_id, "name": user_id[2:].lower(), "team_id": "T0PLAY", "profile": {}, **profile}
    event = office.slack.payloads.event({"type": "user_change", "user": user, "event_ts": "1795510800.000001"})
    assert office.slack.line.send(Request("event", event)).ok


def test_a_deactivated_account_is_refused_as_soon_as_slack_says_so(office: Office, cast: Cast) -> None:
    profile_changes(office, "U0BEN", deleted=True)
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0BEN")
        assert row is not None
        assert row.next_digest_at is None
    assert command(office, "U0BEN", "C0TEAM", "/whois-neglected").text == "This account is deactivated."


def make_viewer(office: Office, user: str) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = by_slack_id(ledger, user)
        assert row is not None
        row.role = Role.VIEWER
        ledger.add(row)


def test_a_viewer_looks_and_changes_nothing(office: Office, cast: Cast, shown: Message) -> None:
    make_viewer(office, "U0BEN")
    before = written(office)
    assert "Acme" in command(office, "U0BEN", "C0TEAM", "/customer Acme").text
    refusal = "You can look at customers here. An admin of Keepwarm can let you log touches too."
    assert command(office, "U0BEN", "C0TEAM", "/touch Acme called").text == refusal
    for action in (ActionId.DONE, ActionId.SNOOZE):
        press(office, "U0BEN", shown, action, "Acme")
        assert whispers(office, "U0BEN")[-1] == refusal
    for choice in (MoreChoice.DETAILS, MoreChoice.HAND_OVER, MoreChoice.DISMISS):
        choose(office, "U0BEN", shown, choice, "Acme")
        assert whispers(office, "U0BEN")[-1] == refusal
    reply(office, "U0BEN", shown, "1 called")
    assert whispers(office, "U0BEN")[-1] == refusal
    assert office.slack.modal("U0BEN") is None
    assert written(office) == before


def test_a_viewer_takes_nothing_back(office: Office, cast: Cast, shown: Message) -> None:
    press(office, "U0BEN", shown, ActionId.DONE, "Acme")
    make_viewer(office, "U0BEN")
    before = written(office)
    press(office, "U0BEN", shown, ActionId.UNDO, "Acme")
    assert written(office) == before


def test_nobody_unknown_is_written_down_for_being_in_a_channel(office: Office, cast: Cast, shown: Message) -> None:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        known = {row.slack_user_id for row in ledger.rows(TeammateRow)}
        assert known == {"U0ANA", "U0BEN", "U0CHI"}
        assert not any(row.channel in NOT_LET_IN for row in ledger.rows(Delivery))


def test_another_workspaces_ids_open_nothing(office: Office, cast: Cast, shown: Message) -> None:
    block_id, button = element_about(shown, ActionId.DONE, "Acme")
    before = written(office)
    forged = {
        "type": "button",
        "action_id": ActionId.DONE,
        "block_id": block_id,
        "value": "123.0.0",
        "action_ts": "9.9",
    }
    person = office.slack.workspace.person("U0ANA")
    assert office.slack.line.send(Request("interaction", office.slack.payloads.actions(person, shown, forged, {}))).ok
    office.settle()
    assert whispers(office, "U0ANA")[-1] == "That customer is not in this workspace any more."
    for nonsense in ("", "x", "1.2", button["value"] + ".5"):
        forged = {**forged, "value": nonsense, "action_ts": f"9.{len(nonsense)}"}
        assert office.slack.line.send(
            Request("interaction", office.slack.payloads.actions(person, shown, forged, {}))
        ).ok
    office.settle()
    assert "older version" in whispers(office, "U0ANA")[-1]
    assert written(office) == before


def test_somebody_of_another_organisation_gets_no_customers_by_any_form(office: Office, cast: Cast) -> None:
    """Slack lets them be chosen from the list of people, and calls nobody a stranger who shares a channel with us."""
    choose(office, "U0ANA", command(office, "U0ANA", "C0TEAM", "/customer Acme"), MoreChoice.HAND_OVER, "Acme")
    answer = office.slack.submit("U0ANA", {Field.TEAMMATE: "U0EXT"})
    assert "eve can't take one over" in str(answer.json["errors"])
    office.slack.close("U0ANA")
    command_opens = office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    assert command_opens.ok
    answer = office.slack.submit("U0ANA", {Field.COVER: "U0EXT"})
    assert "eve can't take one over" in str(answer.json["errors"])


def test_somebody_who_acts_from_another_organisation_is_refused_whoever_the_ledger_takes_them_for(
    office: Office, cast: Cast
) -> None:
    """The request itself says where a person belongs; their profile may be a day old."""
    before = written(office)
    answer = office.slack.line.send(
        Request(
            "interaction",
            {
                "type": "shortcut", "callback_id": ShortcutId.LOG, "user": {"id": "U0BEN", "team_id": "T0ELSE"},
                "team": {"id": "T0PLAY", "domain": "p"}, "trigger_id": office.slack.workspace.new_trigger("U0BEN"),
            },
        )
    )  # fmt: skip
    assert answer.ok
    modal = office.slack.modal("U0BEN")
    assert modal is not None
    assert NOT_LET_IN["U0EXT"] in str(modal.blocks)
    assert written(office) == before


def test_a_changed_profile_lets_nobody_of_another_organisation_in(office: Office, cast: Cast) -> None:
    office.slack.slash("U0EXT", "C0SHARE", "/keepwarm", "help")
    profile_changes(office, "U0EXT", team_id="T0ELSE", real_name="Eve of Elsewhere")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0EXT")
        assert row is not None
        assert row.seat is Seat.OUTSIDER


def test_whoever_becomes_a_guest_keeps_nothing_of_what_they_were_shown(
    office: Office, cast: Cast, digest: Message, refusals: set[str]
) -> None:
    refusals.add("chat.delete")  # of what was removed already
    office.slack.open_home("U0ANA")
    reply(office, "U0ANA", digest, "2 called yesterday, wants the secret price")
    assert "Acme" in str(office.slack.home("U0ANA"))
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        owed = outbox.Owed(key="x", kind="handed_over", channel="U0ANA", subject_id=cast.acme, payload={})
        outbox.owe(ledger, owed, now=office.clock() + timedelta(minutes=1))
    profile_changes(office, "U0ANA", is_restricted=True)
    office.clock.forward(minutes=2)
    office.tick()
    home = office.slack.home("U0ANA")
    assert home is not None
    assert said(home) == NOT_LET_IN["U0GUE"]
    assert [message.text for message in office.slack.from_bot("U0ANA") if "Acme" in message.text] == []
    press(office, "U0BEN", command(office, "U0BEN", "C0TEAM", "/customer Acme"), ActionId.DONE, "Acme")
    office.tick()
    assert [message.text for message in office.slack.from_bot("U0ANA") if "Acme" in message.text] == []
