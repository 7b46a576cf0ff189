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
from bot.blocks.ids import ActionId, Field, MoreChoice, PromiseChoice, QuieterChoice, ViewId
from bot.delivery.draw import draw
from bot.domain.views import CardRef
from bot.errors import UserError
from bot.playground.line import Answer, Request
from bot.web import make_web
from storage.engine import Store
from storage.models import Contact, Customer, Delivery, DeliveryState, EntryLine, SegmentRow, TeammateRow, Touch
from tests.handlers import filled_forms
from tests.handlers.filled_forms import Named, fields, otherwise, privates
from tests.support.bot import Office
from tests.support.process import say
from tests.usecases.test_isolation import Ids, everything, fill

THEIRS = "Zanzibar"
THEIR_BEN = "U0ZU0BEN"
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


# Buttons that stand in forms and read what is typed there, and what opens these.
IN_FORMS = {ActionId.WHAT_IF: ActionId.CHANGE_SEGMENT, ActionId.NEXT_VARIANT: ActionId.DRAFT}


def values(ids: Ids) -> Iterator[str]:
    """What a button may carry, in every shape that one of ours has."""
    ref = str(CardRef(ids.acme, ids.nudge))
    yield from (ref, str(CardRef(ids.acme, 0, ids.touch)), f"{ref}:plain", f"digest.{ids.digest}")
    yield from (f"{choice}:{ref}" for choice in (*MoreChoice, QuieterChoice.WEEKLY))
    every_id = [value for name, value in asdict(ids).items() if name != "workspace"]
    yield from map(str, every_id)
    yield from (str(CardRef(ids.acme, each)) for each in every_id)
    yield from (f"{choice}:{ids.promise}" for choice in PromiseChoice)
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


def press_in_a_form(office: Office, action_id: str, value: str, ids: Ids, *, about: Ids) -> Answer:
    """Press a button of a form that is open about the rows of one workspace, filled in with what is of another."""
    opener = IN_FORMS[ActionId(action_id)]
    press(office, opener, str(about.segment if opener == ActionId.CHANGE_SEGMENT else CardRef(about.acme)), about)
    form = office.slack.modal("U0ANA")
    assert form is not None
    body = next(submissions(office, form.callback_id, ids, about=about))
    view = body["view"] | {"id": form.id, "hash": form.hash, "private_metadata": form.payload["private_metadata"]}
    action = {"action_id": action_id, "value": value, "block_id": "b", "action_ts": f"{len(office.slack.requests)}"}
    pressed = {"type": "block_actions", "actions": [action], "container": {"type": "view", "view_id": form.id}}
    return send(office, "interaction", body | pressed | {"view": view})


def named_in(office: Office, ids: Ids) -> Named:
    """What the forms about a workspace's rows name beside ids."""
    with office.keepwarm.store.read(ids.workspace) as ledger:
        birch = ledger.first(Customer, col(Customer.name_key).like("%birch"))
        ben = ledger.first(TeammateRow, col(TeammateRow.slack_user_id).in_(["U0BEN", THEIR_BEN]))
        segment = ledger.get(SegmentRow, ids.segment)
        assert birch and ben and segment
        return Named(ben.slack_user_id or "", segment.name, birch.id)


def submissions(office: Office, view: str, ids: Ids, *, about: Ids) -> Iterator[dict[str, Any]]:
    """A form about the rows of one workspace, its every field filled in with what is of the other, or the same."""
    named, named_about = named_in(office, ids), named_in(office, about)
    token = office.slack.workspace.new_response_url("C0TEAM", "U0ANA")
    typed = fields(ids, named) | otherwise(view, named)
    for private in privates(view, about, named_about, f"{office.slack.url}/response/{token}"):
        part = filled_forms.submission(view, private, typed, view_id=f"V{len(office.slack.requests)}")
        yield person(office) | part


def ask_everything(office: Office, ids: Ids, name: str, *, ours: Ids) -> dict[str, list[Answer]]:
    """Ask all that Slack can ask about the rows with these ids and that name; return the answers by what was asked.

    Forms with these ids in their fields are about these rows as well as about `ours`, so that the fields are reached.
    """
    said: dict[str, list[Answer]] = {}
    for action_id in handlers.ACTIONS:
        said[f"action {action_id}"] = [
            answer
            for value in values(ids)
            for answer in (
                press(office, action_id, value, ids),
                *([press_in_a_form(office, action_id, value, ids, about=ours)] if action_id in IN_FORMS else []),
            )
        ]
    for callback_id in handlers.VIEWS:
        said[f"view {callback_id}"] = [
            send(office, "interaction", body)
            for about in dict.fromkeys((ids, ours))
            for body in submissions(office, callback_id, ids, about=about)
        ]
    for callback_id in handlers.CLOSED:
        closing = next(submissions(office, callback_id, ids, about=ids)) | {"type": "view_closed"}
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
    refusals.update(
        {"chat.postMessage", "chat.update", "reactions.add", "views.update", "views.open", "views.push", "users.info"}
    )
    store = office.keepwarm.store
    before = everything(store, theirs.workspace)
    said = ask_everything(office, theirs, THEIRS, ours=ours)
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


def test_every_field_there_is_is_filled_in(office: Office, ours: Ids) -> None:
    assert set(fields(ours, named_in(office, ours))) == set(Field)


@pytest.mark.parametrize("view", sorted(handlers.VIEWS))
def test_every_form_about_ones_own_rows_is_accepted_once_at_least(
    office: Office, ours: Ids, view: str, refusals: set[str]
) -> None:
    """Without this the test above could fill in forms in a way that never works."""
    refusals.update({"chat.postMessage", "chat.update", "reactions.add", "views.update"})
    before = everything(office.keepwarm.store, ours.workspace)
    for body in submissions(office, view, ours, about=ours):
        answer = send(office, "interaction", body)
        shown = (answer.json or {}).get("view", {}).get("callback_id") if answer.body else None
        after = everything(office.keepwarm.store, ours.workspace)
        changed = any(before[table] != after[table] for table in before if table not in _NO_EFFECT)
        if changed or shown not in {None, ViewId.SENTENCE}:
            return
    pytest.fail(f"no way to fill in {view} was accepted")


# What says by itself nothing of whether a request was accepted: that it came, and what is owed in answer.
_NO_EFFECT = {"dedupe_key", "delivery"}
# What changes nothing that could be seen here: it answers who asks about themselves, or ends what is not there.
QUIET = {ActionId.RESUME}


@pytest.mark.parametrize("action_id", sorted(set(handlers.ACTIONS) - QUIET))
def test_every_button_about_ones_own_rows_is_answered(
    office: Office, ours: Ids, action_id: str, refusals: set[str]
) -> None:
    """Without this the test above could press buttons in a way that never works."""
    refusals.update({"chat.postMessage", "chat.update", "reactions.add", "views.update", "views.open", "views.push"})
    store = office.keepwarm.store
    if action_id == ActionId.PROPOSAL_UNDO:
        press(office, ActionId.PROPOSAL_ACCEPT, f"{ours.proposal}", ours)
    assert any(has_effect(office, store, action_id, value, ours) for value in values(ours))


def has_effect(office: Office, store: Store, action_id: str, value: str, ids: Ids) -> bool:
    before, calls = everything(store, office.workspace_id), len(office.slack.calls)
    if action_id in IN_FORMS:
        press_in_a_form(office, action_id, value, ids, about=ids)
        # That the form was opened is no effect of the button in it.
        updates = [call for call in office.slack.calls[calls:] if call.method == "views.update"]
        return any(call.ok for call in updates)
    press(office, action_id, value, ids)
    after = everything(store, office.workspace_id)
    changed = any(before[table] != after[table] for table in before if table not in _NO_EFFECT)
    views = [call.payload["view"] for call in office.slack.calls[calls:] if call.method.startswith("views.")]
    opened = any(view["callback_id"] != ViewId.SENTENCE for view in views)
    # A refusal is whispered, or takes the place of the private message that was pressed.
    refusals = ("'whisper'", "'replace'")
    posted = any(
        row not in before["delivery"] and not any(kind in row for kind in refusals) for row in after["delivery"]
    )
    return changed or opened or posted


# How commands of the terminal are asked, where their name alone is not enough or says too little: for their customer,
# their segment and their people, and for what is ours.
ASKED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "neglected": (
        ("--all", "--format", "json"), ("--as-of", "2026-11-20"), ("--explain", f"{THEIRS} Acme"),
        ("--owner", THEIR_BEN), ("--segment", THEIRS),
    ),
    "suggest": ((f"{THEIRS} Acme",),),
    "erase": ((f"{THEIRS} Acme", "--yes"), ("--teammate", THEIR_BEN, "--yes")),
    "export": (("out",), ("theirs", "--customer", f"{THEIRS} Acme"), ("theirs", "--teammate", THEIR_BEN)),
    "digest": (("--as-of", "2026-11-26", "--dry-run"), ("--owner", THEIR_BEN, "--dry-run")),
    "import": (("customers", "file.csv"), ("touches", "touches.csv")),
    "currency": (("--base", "CHF"), ("--rate", "USD=0.9")),
    "standing": ((f"{THEIRS} Acme", "prospect"),),
    "segments": ((), ("set", THEIRS, "--cadence", "9"), ("set", "Clients", "--cadence", "9")),
    "team": ((), ("role", THEIR_BEN, "viewer"), ("role", "U0BEN", "viewer")),
    "holidays": ((), ("add", "2026-12-24..2027-01-01", "Break"), ("remove", "2026-12-24..2027-01-01")),
    "retention": ((), ("--messages", "400", "--notes", "24")),
    "audit": ((), ("--who", THEIR_BEN), ("--customer", f"{THEIRS} Acme"), ("--keep", "400")),
    "seats": ((), ("--each", "4", "--team", "40")),
    "verify": ((), ("--repair",)),
}  # fmt: skip
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
    touch = f"customer,at,kind\n{THEIRS} Birch,2026-11-20,call\n"
    (tmp_path / "touches.csv").write_text(touch)
    before = everything(sqlite_store, theirs.workspace)
    database = {"DATABASE_URL": str(sqlite_store.engine.url)}
    # The import comes last: it brings their id into our ledger, as the id of our own customer.
    asked = [(name, words) for name in sorted(of_workspaces()) for words in ASKED.get(name, ((),))]
    for name, words in sorted(asked, key=lambda each: each[0] == "import"):
        done = say(monkeypatch, tmp_path, name, *words, "--workspace", "T0OURS", settings=database)
        told = done.out + done.err
        assert done.status != 2, f"say in ASKED how to ask {name}: {told}"
        # What was typed or stands in a file is quoted in the refusal.
        quoted = [f"{THEIRS} Birch" if word == "touches.csv" else word for word in words]
        if of_theirs := [word for word in quoted if THEIRS in word or word == THEIR_BEN]:
            assert done.status == 1, (name, words, told)
            told = told.replace(of_theirs[0], "")
        assert THEIRS not in told, (name, words)
        assert THEIR_BEN not in told, (name, words)
        assert everything(sqlite_store, theirs.workspace) == before, (name, words)
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
