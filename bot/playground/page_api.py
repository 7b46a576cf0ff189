"""What the playground's page reads and does, as JSON. Each person sees what Slack would show them, nothing more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground import modals
from bot.playground.line import Answer
from bot.playground.model import CannotDo, Channel, Json, Message, Person, View

if TYPE_CHECKING:
    from bot.playground.server import Playground

POLL_SECONDS = 25.0


class UnreadableError(Exception):
    """The page sent something that is not what this API reads; the text says what."""


def page_routes(playground: Playground) -> list[Route]:
    """The routes under /playground."""

    async def state(request: Request) -> Response:
        person = _person(playground, request.query_params.get("as", ""))
        return JSONResponse(await run_in_threadpool(state_for, playground, person))

    async def changes(request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdigit():
            raise UnreadableError("since must be a version number.")
        return JSONResponse({"version": await _newer(playground, int(since))})

    async def do(request: Request) -> Response:
        given = await _json(request)
        answer = await run_in_threadpool(do_for, playground, given)
        return JSONResponse(answer)

    async def control(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in playground.controls:
            return JSONResponse({"ok": False, "error": f"There is no control {name}."}, 404)
        result = await run_in_threadpool(playground.controls[name])
        playground.workspace.changed()
        return JSONResponse({"ok": True, **(result if isinstance(result, dict) else {})})

    return [
        Route("/playground/state", _spoken(state)),
        Route("/playground/changes", _spoken(changes)),
        Route("/playground/do", _spoken(do), methods=["POST"]),
        Route("/playground/control/{name}", _spoken(control), methods=["POST"]),
    ]


def _spoken(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turn our two complaints into answers with a sentence."""

    async def answering(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UnreadableError as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)
        except CannotDo as error:
            return JSONResponse({"ok": False, "error": str(error)})

    return answering


async def _json(request: Request) -> Json:
    if "application/json" not in request.headers.get("content-type", ""):
        raise UnreadableError("Send JSON with the content type application/json.")
    try:
        given = json.loads(await request.body())
    except ValueError:
        raise UnreadableError("That is not JSON.") from None
    if not isinstance(given, dict):
        raise UnreadableError("Send one JSON object.")
    return given


async def _newer(playground: Playground, since: int) -> int:
    """Wait until the state is newer than `since`, 25 seconds at most, or until the playground stops."""
    workspace, loop, woken = playground.workspace, asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    with workspace.lock:
        workspace.watchers.append(wake)
    try:
        if workspace.version <= since:
            await asyncio.wait_for(woken.wait(), POLL_SECONDS)
    except (TimeoutError, asyncio.CancelledError):
        # Whoever stops the playground has a page open, and no use for a traceback.
        pass
    finally:
        with workspace.lock:
            workspace.watchers.remove(wake)
    return workspace.version


def _person(playground: Playground, person_id: Any) -> Person:
    person = playground.workspace.people.get(str(person_id))
    if person is None or person.is_bot or person.deleted:
        raise UnreadableError(f"There is nobody {str(person_id)!r} to act as.")
    return person


def state_for(playground: Playground, me: Person) -> Json:
    """Everything the page shows to one person."""
    workspace = playground.workspace
    settings = workspace.settings
    with workspace.lock:
        workspace.open_dm(me.id)
        now = workspace.clock().astimezone(ZoneInfo(me.tz))
        rooms = [c for c in workspace.channels.values() if me.id in c.members and not c.is_archived]
        rooms.sort(key=lambda room: (room.im_with is None, room.name))
        people = [p for p in workspace.people.values() if not p.is_bot and not p.deleted]
        home = playground.home(me.id)
        return {
            "version": workspace.version,
            "now": now.isoformat(timespec="seconds"),
            "now_text": f"{now:%A} {now.day} {now:%B}, {now:%H:%M}",
            "workspace": {"name": workspace.name},
            "people": [_shown_person(person) for person in people],
            "me": me.id,
            "bot": {"id": workspace.bot.id, "name": workspace.bot.real_name},
            "conversations": [_conversation(playground, room, me) for room in rooms],
            "messages": {room.id: [_message(playground, m) for m in _seen(playground, room, me)] for room in rooms},
            "home": _view(playground, home) if home else None,
            "modals": [_view(playground, workspace.views[v]) for v in workspace.modals.get(me.id, [])],
            "commands": [
                {key: command.get(key, "") for key in ("command", "description", "usage_hint")}
                for command in settings.commands
            ],
            "shortcuts": [{key: s.get(key, "") for key in ("name", "callback_id", "type")} for s in settings.shortcuts],
            "notices": [notice for user, notice in workspace.notices if user == me.id],
            "controls": list(playground.controls),
        }


def _shown_person(person: Person) -> Json:
    shown = {key: getattr(person, key) for key in ("id", "name", "real_name", "avatar_color", "tz", "locale")}
    return {**shown, "is_admin": person.is_admin}


def _seen(playground: Playground, room: Channel, me: Person) -> list[Message]:
    """What this person sees there; a deleted message stays as a stump while its thread has replies."""
    workspace = playground.workspace
    return [
        message
        for message in workspace.messages
        if message.channel == room.id
        and workspace.sees(me.id, message)
        and (not message.deleted or workspace.replies_to(message))
    ]


def _conversation(playground: Playground, room: Channel, me: Person) -> Json:
    read = playground.workspace.read_until.get((me.id, room.id), "")
    fresh = [m for m in _seen(playground, room, me) if m.ts > read and m.user != me.id and not m.deleted]
    name = playground.workspace.bot.real_name if room.im_with else room.name
    return {"id": room.id, "name": name, "kind": "im" if room.im_with else "channel", "unread": len(fresh)}


def _message(playground: Playground, message: Message) -> Json:
    workspace = playground.workspace
    shown: Json = {
        "ts": message.ts,
        "user": message.user,
        "bot": bool(message.bot_id),
        "text": "" if message.deleted else message.text,
        "blocks": [] if message.deleted else message.blocks,
        "edited": bool(message.edited),
        "ephemeral": message.ephemeral_for is not None,
        "thread_ts": message.thread_ts,
        "reply_count": len(workspace.replies_to(message)),
        "deleted": message.deleted,
    }
    shown["reactions"] = [
        {"name": name, "count": len(users), "users": list(users)} for name, users in message.reactions.items()
    ]
    return shown


def _view(playground: Playground, view: View) -> Json:
    return {**modals.shown(playground.workspace, view), "errors": view.errors}


def do_for(playground: Playground, given: Json) -> Json:
    """Do one thing as one person. Raises CannotDo or UnreadableError with a sentence."""
    me = _person(playground, given.get("as"))
    what = given.get("what")
    if what not in _DOINGS:
        raise UnreadableError(f"what must be one of {', '.join(_DOINGS)}.")
    needed, do = _DOINGS[what]
    for key in needed:
        if not isinstance(given.get(key), dict if key == "action" else str):
            raise UnreadableError(f"{what} needs {key}.")
    return do(playground, me, given)


def _answered(answer: Answer) -> Json:
    if answer.ok:
        return {"ok": True} | ({"ts": answer.message.ts} if answer.message else {})
    return {"ok": False, "error": answer.problem}


def _place(playground: Playground, me: Person, given: Json) -> Message | View:
    """The message or view that an element belongs to."""
    workspace = playground.workspace
    if given.get("view_id"):
        view = workspace.views.get(str(given["view_id"]))
        if view is None or view.user != me.id:
            raise CannotDo("That view is closed.")
        return view
    room = workspace.conversation(str(given.get("conversation")), me)
    message = workspace.find(room.id, str(given.get("ts")))
    if message is None or not workspace.sees(me.id, message):
        raise CannotDo("That message is gone.")
    return message


def _command(playground: Playground, me: Person, given: Json) -> Json:
    command, _, text = str(given["text"]).strip().partition(" ")
    return _answered(playground.slash(me.id, str(given["conversation"]), command, text.strip()))


def _click(playground: Playground, me: Person, given: Json) -> Json:
    place, action, state = _place(playground, me, given), given["action"], given.get("state")
    action_id, block_id, kind = str(action.get("action_id")), action.get("block_id"), str(action.get("type"))
    if kind in ("button", "icon_button", "workflow_button"):
        return _answered(
            playground.click(me.id, place, action_id, block_id=block_id, value=action.get("value"), state=state)
        )
    choice = action.get(modals.value_key(kind) or "selected_option")
    return _answered(playground.select(me.id, place, action_id, choice, block_id=block_id, state=state))


def _submit(playground: Playground, me: Person, given: Json) -> Json:
    top = playground.modal(me.id)
    if top is None or top.id != given["view_id"]:
        raise CannotDo("That view is closed.")
    return _answered(playground.submit(me.id, given.get("values") or {}))


def _options(playground: Playground, me: Person, given: Json) -> Json:
    place, value = _place(playground, me, given), str(given.get("value", ""))
    answer = playground.options(me.id, place, str(given["action_id"]), value, block_id=given.get("block_id"))
    groups = answer.json.get("option_groups") or [{"options": answer.json.get("options", [])}]
    return {**_answered(answer), "options": [option for group in groups for option in group["options"]]}


def _read(playground: Playground, me: Person, given: Json) -> Json:
    workspace = playground.workspace
    room = workspace.conversation(str(given["conversation"]), me)
    with workspace.lock:
        seen = [message.ts for message in workspace.messages if message.channel == room.id]
        workspace.read_until[(me.id, room.id)] = max(seen, default="")
    workspace.changed()
    return {"ok": True}


Doing = Callable[["Playground", Person, Json], Json]

_DOINGS: dict[str, tuple[tuple[str, ...], Doing]] = {
    "say": (
        ("conversation", "text"),
        lambda p, me, g: _answered(p.say(me.id, g["conversation"], g["text"], g.get("thread_ts"))),
    ),
    "edit": (
        ("conversation", "ts", "text"),
        lambda p, me, g: _answered(p.edit(me.id, g["conversation"], g["ts"], g["text"])),
    ),
    "delete": (
        ("conversation", "ts"),
        lambda p, me, g: _answered(p.delete(me.id, g["conversation"], g["ts"])),
    ),
    "react": (
        ("conversation", "ts", "name"),
        lambda p, me, g: _answered(p.react(me.id, g["conversation"], g["ts"], g["name"])),
    ),
    "command": (("conversation", "text"), _command),
    "click": (("action",), _click),
    "submit": (("view_id",), _submit),
    "close": ((), lambda p, me, g: _answered(p.close(me.id, everything=bool(g.get("everything"))))),
    "options": (("action_id",), _options),
    "message_shortcut": (
        ("conversation", "ts", "callback_id"),
        lambda p, me, g: _answered(p.message_shortcut(me.id, g["callback_id"], g["conversation"], g["ts"])),
    ),
    "global_shortcut": (
        ("callback_id",),
        lambda p, me, g: _answered(p.global_shortcut(me.id, g["callback_id"])),
    ),
    "open_home": ((), lambda p, me, g: _answered(p.open_home(me.id))),
    "read": (("conversation",), _read),
}
