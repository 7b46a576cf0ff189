"""Everything that Slack can ask, asked in one workspace with the ids and names of another: nothing of it is there.

The tables of handlers, the routes and the commands of the terminal are read from the code: a new one is tried as well,
or a test here fails until somebody says how to try it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col
from starlette.testclient import TestClient
from typer.main import get_command

import handlers
from bot.__main__ import app
from bot.blocks.ids import Field, MoreChoice, QuieterChoice
from bot.delivery.draw import draw
from bot.domain.views import CardRef
from bot.errors import UserError
from bot.playground.line import Answer, Request
from bot.web import make_web
from storage.engine import Store
from storage.models import Contact, Customer, Delivery, DeliveryState, EntryLine, SegmentRow, TeammateRow, Touch
from tests.support.bot import Office
from tests.support.process import say
from tests.usecases.test_isolation import Ids, everything, fill

THEIRS = "Zanzibar"
PLACE = {"channel": "C0TEAM", "ts": "1795507200.000100"}
ALSO_OURS = {"Acme", "Birch"}


@pytest.fixture
def ours(office: Office) -> Ids:
    """Our workspace, full, on the day after its digests."""
    ids = fill(office.keepwarm.store, office.workspace_id)
    office.clock.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    return ids


@pytest.fixture
def theirs(office: Office, ours: Ids, make_workspace: Callable[[Store, str], int]) -> Ids:
    """Another workspace with the same shape, whose every word is recognisable."""
    store = office.keepwarm.store
    ids = fill(store, make_workspace(store, "T0THEIRS"))
    mark(store, ids)
    return ids


def mark(store: Store, ids: Ids) -> None:
    """Write the word that must not be seen into every text, and let a digest of theirs stand in Slack."""
    with store.write(ids.workspace) as ledger:
        for row in ledger.rows(Customer):
            row.name, row.name_key, row.notes = f"{THEIRS} {row.name}", f"zanzibar {row.name.lower()}", THEIRS
            row.external_id = f"{THEIRS}-{row.external_id}"
            ledger.add(row)
        for touch in ledger.rows(Touch):
            touch.note = THEIRS
            ledger.add(touch)
        for line in ledger.rows(EntryLine):
            line.words = THEIRS
            ledger.add(line)
        for contact in ledger.rows(Contact):
            contact.name = THEIRS
            ledger.add(contact)
        for segment in ledger.rows(SegmentRow):
            segment.name = THEIRS
            ledger.add(segment)
        for person in ledger.rows(TeammateRow, col(TeammateRow.slack_user_id) != "U0ANA"):
            person.name = THEIRS
            person.slack_user_id = f"U0Z{person.slack_user_id}"
            ledger.add(person)
        sent = ledger.get(Delivery, ids.delivery)
        assert sent is not None
        sent.state, sent.slack_channel_id, sent.slack_ts = DeliveryState.SENT, PLACE["channel"], PLACE["ts"]
        ledger.add(sent)


def values(ids: Ids) -> Iterator[str]:
    """What a button may carry, in every shape that one of ours has."""
    ref = str(CardRef(ids.acme, ids.nudge))
    yield from (ref, str(CardRef(ids.acme, 0, ids.touch)), f"{ref}:plain", f"digest.{ids.digest}")
    yield from (f"{choice}:{ref}" for choice in (*MoreChoice, QuieterChoice.WEEKLY))
    yield from map(str, (ids.acme, ids.ana, ids.done, ids.list_id, ids.asking, ids.logged, ids.delivery))
    yield from (f"{ids.asking}:{ids.acme}", f"{ids.asking}:2026-11-20", f"{ids.asking}:2026-12-20")


def person(office: Office) -> dict[str, Any]:
    return {
        "user": {"id": "U0ANA", "team_id": "T0PLAY", "name": "ana"}, "team": {"id": "T0PLAY", "domain": "p"},
        "api_app_id": "A0PLAY", "token": "t", "trigger_id": office.slack.workspace.new_trigger("U0ANA"),
    }  # fmt: skip


def send(office: Office, kind: str, payload: dict[str, Any]) -> Answer:
    return office.slack.line.send(Request(kind, payload))


def press(office: Office, action_id: str, value: str, ids: Ids) -> Answer:
    """Press a button of a private list in a channel, whose block carries the list and the line as well."""
    action = {"action_id": action_id, "value": value, "action_ts": f"{id(value)}.{len(office.slack.requests)}",
              "block_id": f"list.{ids.list_id}.1"}  # fmt: skip
    if action_id == "pick_customer":
        action["block_id"] = f"line.{ids.asking}"
    token = office.slack.workspace.new_response_url("C0TEAM", "U0ANA")
    container = {"type": "message", "message_ts": PLACE["ts"], "channel_id": "C0TEAM", "is_ephemeral": True}
    body = {"type": "block_actions", "actions": [action], "container": container, "channel": {"id": "C0TEAM"}}
    return send(office, "interaction", person(office) | body | {"response_url": f"{office.slack.url}/response/{token}"})


def submission(office: Office, callback_id: str, private: str, ids: Ids) -> dict[str, Any]:
    """A modal with every field that there is filled in."""
    typed: dict[str, dict[str, Any]] = {
        Field.KIND: {"selected_option": {"value": "call"}}, Field.DIRECTION: {"selected_option": {"value": "outbound"}},
        Field.ON: {"selected_date": "2026-11-23"}, Field.NOTE: {"value": "a note"},
        Field.PRESET: {"selected_option": {"value": "2026-12-01"}}, Field.WORDS: {"value": "in 2 weeks"},
        Field.TEAMMATE: {"selected_user": "U0BEN"}, Field.REASON: {"selected_option": {"value": "gone"}},
        Field.CUSTOMER: {"selected_option": {"value": str(ids.acme)}},
        Field.HOUR: {"selected_option": {"value": "540"}},
        Field.DAYS: {"selected_options": [{"value": "1"}]}, Field.FREQUENCY: {"selected_option": {"value": "daily"}},
        Field.LANGUAGE: {"selected_option": {"value": "slack"}}, Field.PAUSE: {"selected_date": None},
        Field.NAME: {"value": "New one"}, Field.TEXT: {"value": "text"}, Field.SUBJECT: {"value": "subject"},
    }  # fmt: skip
    blocks = [{"type": "input", "block_id": name, "element": {}} for name in typed]
    state = {"values": {str(name): {str(name): given} for name, given in typed.items()}}
    view = {"id": f"V{len(office.slack.requests)}", "hash": "h", "type": "modal", "callback_id": callback_id,
            "private_metadata": private, "state": state, "blocks": blocks, "previous_view_id": None}  # fmt: skip
    return person(office) | {"type": "view_submission", "view": view}


def privates(office: Office, ids: Ids) -> Iterator[str]:
    token = office.slack.workspace.new_response_url("C0TEAM", "U0ANA")
    url = f"{office.slack.url}/response/{token}"
    for ref in (CardRef(ids.acme, ids.nudge), CardRef(ids.acme)):
        yield from (f"{ref}|", f"{ref}|list:{ids.list_id}|{url}", f"{ref}|customer:{ids.acme}|{url}")
    yield from (f"{line}|{url}" for line in (ids.logged, ids.asking))


def ask_everything(office: Office, ids: Ids, name: str) -> dict[str, list[Answer]]:
    """Ask all that Slack can ask about the rows with these ids and that name; return the answers by what was asked."""
    said: dict[str, list[Answer]] = {}
    for action_id in handlers.ACTIONS:
        said[f"action {action_id}"] = [press(office, action_id, value, ids) for value in values(ids)]
    for callback_id in handlers.VIEWS:
        said[f"view {callback_id}"] = [
            send(office, "interaction", submission(office, callback_id, private, ids))
            for private in privates(office, ids)
        ]
    for callback_id in handlers.CLOSED:
        closing = submission(office, callback_id, str(CardRef(ids.acme, ids.nudge)), ids) | {"type": "view_closed"}
        said[f"closed {callback_id}"] = [send(office, "interaction", closing)]
    texts = ("", name, f"{name} called yesterday", "all", f"all {name}", f"@{name}", "<@U0ZU0BEN> all", "lost", "help")
    for command in handlers.COMMANDS:
        said[f"command {command}"] = [office.slack.slash("U0ANA", "C0TEAM", command, text) for text in texts]
    for action_id in handlers.OPTIONS:
        body = person(office) | {"type": "block_suggestion", "action_id": action_id, "block_id": "b", "value": name}
        said[f"options {action_id}"] = [send(office, "interaction", body)]
    for callback_id in handlers.SHORTCUTS:
        message = {"type": "message", "user": "U0BEN", "ts": PLACE["ts"], "text": "hello"}
        about = {"callback_id": callback_id, "message": message, "channel": {"id": "C0TEAM"}}
        said[f"shortcut {callback_id}"] = [
            send(office, "interaction", person(office) | about | {"type": kind})
            for kind in ("shortcut", "message_action")
        ]
    for event in (*handlers.EVENTS, "message"):
        said[f"event {event}"] = [send(office, "event", body) for body in events(office, event, name)]
    return said


def events(office: Office, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """The event, and for messages a reply under a message of theirs, its edit and its deletion."""
    common = {"type": kind, "user": "U0ANA", "channel": "C0TEAM", "channel_type": "channel", "tab": "home"}
    reply = {**common, "text": f"1 called yesterday, {name} too", "ts": "1795507300.000100", "thread_ts": PLACE["ts"]}
    for event in (
        reply,
        {
            **common,
            "subtype": "message_changed",
            "message": {**reply, "text": f"{name} met"},
            "previous_message": reply,
        },
        {**common, "subtype": "message_deleted", "previous_message": {**reply, "ts": PLACE["ts"]}},
    ):
        yield office.slack.payloads.event({**event, "event_ts": f"{office.clock().timestamp():.6f}"})


def heard(office: Office) -> str:
    """All that the bot said or would say: every call, every message that stands in Slack, and all that it owes."""
    calls = [call.payload for call in office.slack.calls]
    messages = [[message.text, message.blocks] for message in office.slack.workspace.messages if message.bot_id]
    owed: list[object] = []
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        for delivery in ledger.rows(Delivery, col(Delivery.state) == DeliveryState.PENDING):
            with suppress(UserError):
                call = draw(ledger, delivery, now=office.clock())
                owed.append(call.arguments if call else None)
    return json.dumps([calls, messages, owed], ensure_ascii=False)


def test_nothing_that_slack_can_ask_shows_or_changes_another_workspace(
    office: Office, ours: Ids, theirs: Ids, refusals: set[str]
) -> None:
    refusals.update({"chat.postMessage", "chat.update", "reactions.add", "views.update", "views.open"})
    store = office.keepwarm.store
    before = everything(store, theirs.workspace)
    said = ask_everything(office, theirs, THEIRS)
    assert everything(store, theirs.workspace) == before
    for asked, answers in said.items():
        assert not any(THEIRS in json.dumps(answer.body) for answer in answers if "command" not in asked), asked
        assert all(answer.status == 200 for answer in answers), (asked, [answer.status for answer in answers])
    # What they typed themselves is quoted: "I don't know a customer called 'Zanzibar'".
    told = heard(office).replace(f"called '{THEIRS}", "").replace(f"called “{THEIRS}", "")
    assert f"{THEIRS} Acme" not in told
    assert f"{THEIRS} Birch" not in told
    theirs_ids = {str(value) for name, value in asdict(theirs).items() if name != "workspace"}
    for table, rows in everything(store, office.workspace_id).items():
        # What was asked is written down as it was asked; that shows nothing of theirs.
        if table not in {"dedupe_key", "audit"}:
            assert [row for row in rows if any(own in row for own in theirs_ids)] == [], table


# What changes nothing that could be seen here: it answers who asks about themselves, or ends what is not there.
QUIET = {"action digest_resume"}


def test_the_same_questions_about_ones_own_rows_are_answered(office: Office, ours: Ids, refusals: set[str]) -> None:
    """Without this the test above could ask in a way that never works."""
    refusals.update({"chat.postMessage", "chat.update", "reactions.add", "views.update", "views.open"})
    store = office.keepwarm.store
    works = set()
    for part in ("ACTIONS", "VIEWS", "CLOSED", "COMMANDS", "OPTIONS", "SHORTCUTS", "EVENTS"):
        assert getattr(handlers, part), part
    for action_id in handlers.ACTIONS:
        if any(has_effect(office, store, action_id, value, ours) for value in values(ours)):
            works.add(f"action {action_id}")
    wanted = {f"action {action_id}" for action_id in handlers.ACTIONS}
    assert wanted - works - QUIET == set()


def has_effect(office: Office, store: Store, action_id: str, value: str, ids: Ids) -> bool:
    before, calls = everything(store, office.workspace_id), len(office.slack.calls)
    press(office, action_id, value, ids)
    after = everything(store, office.workspace_id)
    changed = any(before[table] != after[table] for table in before if table not in {"dedupe_key", "delivery"})
    opened = any(call.method.startswith("views.") for call in office.slack.calls[calls:])
    posted = any(row not in before["delivery"] and "'whisper'" not in row for row in after["delivery"])
    return changed or opened or posted


# How commands of the terminal are asked for their customer, where their name alone is not enough.
ASKED: Mapping[str, tuple[str, ...]] = {
    "neglected": ("--all", "--format", "json"),
    "suggest": (f"{THEIRS} Acme",),
    "erase": (f"{THEIRS} Acme", "--yes"),
    "export": ("out",),
    "digest": ("--as-of", "2026-11-26", "--dry-run"),
    "import": ("customers", "file.csv"),
    "currency": ("--base", "CHF"),
    "standing": (f"{THEIRS} Acme", "prospect"),
}
OF_NO_WORKSPACE = {
    "demo": "has a workspace of its own",
    "run": "serves all",
    "doctor": "is for whoever runs the bot",
    "migrate": "is about the schema",
    "manifest": "is about the app",
    "rotate-keys": "is about the keys",
}


def commands() -> dict[str, Any]:
    found = get_command(app)
    return dict(found.commands)  # type: ignore[attr-defined]


def of_workspaces() -> set[str]:
    return {name for name, command in commands().items() if any("--workspace" in each.opts for each in command.params)}


def test_every_command_takes_a_workspace_or_says_why_not() -> None:
    assert set(commands()) - of_workspaces() == set(OF_NO_WORKSPACE)


def test_no_command_shows_or_changes_another_workspace(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_store, make_workspace(sqlite_store, "T0OURS"))
    theirs = fill(sqlite_store, make_workspace(sqlite_store, "T0THEIRS"))
    mark(sqlite_store, theirs)
    (tmp_path / "file.csv").write_text(f"external_id,name\n{THEIRS}-acme,New name\n")
    before = everything(sqlite_store, theirs.workspace)
    database = {"DATABASE_URL": str(sqlite_store.engine.url)}
    # The import comes last: it brings their id into our ledger, as the id of our own customer.
    for name in sorted(of_workspaces(), key=lambda name: (name == "import", name)):
        words = ASKED.get(name, ())
        done = say(monkeypatch, tmp_path, name, *words, "--workspace", "T0OURS", settings=database)
        told = done.out + done.err
        assert done.status != 2, f"say in ASKED how to ask {name}: {told}"
        if f"{THEIRS} Acme" in words:
            assert done.status == 1, name
            told = told.replace(f"{THEIRS} Acme", "")
        assert THEIRS not in told, name
        assert everything(sqlite_store, theirs.workspace) == before, name
    assert not any(THEIRS in path.read_text() for path in (tmp_path / "out").iterdir())
    unnamed = say(monkeypatch, tmp_path, "neglected", settings=database)
    assert unnamed.status == 2
    assert "--workspace" in unnamed.err


def test_no_page_shows_any_workspace(office: Office, theirs: Ids) -> None:
    web = make_web(events=None, ready=office.keepwarm.problems, metrics=office.keepwarm.metrics)
    office.clock.now += timedelta(days=2)
    browser = TestClient(web)
    for route in web.routes:
        page = browser.get(route.path)  # type: ignore[attr-defined]
        for word in (THEIRS, *ALSO_OURS, "T0THEIRS", "T0PLAY", str(theirs.workspace)):
            assert word not in page.text, route
