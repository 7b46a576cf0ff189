"""The Web API: token, scopes, faults, one table of methods, and a record of every call."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground import chat, directory, dnd, modals
from bot.playground.arguments import Arguments
from bot.playground.faults import Fault, Faults
from bot.playground.installs import Installs, identity
from bot.playground.model import Json, Refused
from bot.playground.workspace import Workspace

Method = Callable[[Workspace, Arguments], Json]

METHODS: dict[str, tuple[str | None, Method]] = {
    "api.test": (None, directory.api_test),
    "auth.test": (None, directory.auth_test),
    "bots.info": ("users:read", directory.bots_info),
    "chat.delete": ("chat:write", chat.delete),
    "chat.getPermalink": (None, chat.get_permalink),
    "chat.postEphemeral": ("chat:write", chat.post_ephemeral),
    "chat.postMessage": ("chat:write", chat.post_message),
    "chat.update": ("chat:write", chat.update),
    "conversations.history": (None, directory.conversations_history),
    "conversations.info": (None, directory.conversations_info),
    "conversations.list": (None, directory.conversations_list),
    "conversations.members": (None, directory.conversations_members),
    "conversations.open": ("im:write", directory.conversations_open),
    "conversations.replies": (None, directory.conversations_replies),
    "reactions.add": ("reactions:write", chat.add_reaction),
    "reactions.remove": ("reactions:write", chat.remove_reaction),
    "dnd.teamInfo": ("dnd:read", dnd.team_info),
    "team.info": ("team:read", directory.team_info),
    "users.info": ("users:read", directory.users_info),
    "users.list": ("users:read", directory.users_list),
    "views.open": (None, modals.open_view),
    "views.publish": (None, modals.publish),
    "views.push": (None, modals.push),
    "views.update": (None, modals.update),
}
# An organisation's token works in many workspaces, so these must be told which.
_NEED_TEAM = frozenset({"conversations.list", "users.list"})


@dataclass(frozen=True)
class Call:
    """One Web API call as the bot made it, and what it was answered. `response` is None when the line broke."""

    method: str
    payload: Json
    status: int
    response: Json | None

    @property
    def ok(self) -> bool:
        """Whether the caller was told that it worked."""
        return bool(self.response and self.response.get("ok"))


@dataclass(frozen=True)
class Reply:
    """What goes back over HTTP; `reset` means nothing at all does."""

    status: int
    body: Json | None
    headers: Mapping[str, str]
    reset: bool = False


class WebApi:
    """Answers calls. `calls` grows by one per call, refused and failed ones included."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        bot_token: str,
        app_token: str,
        faults: Faults,
        open_socket: Callable[[], str],
        installs: Installs,
    ) -> None:
        self.workspace = workspace
        self.installs = installs
        self.faults = faults
        self.calls: list[Call] = []
        self._under_way: set[object] = set()
        self._bot_token = bot_token
        self._app_token = app_token
        self._open_socket = open_socket

    def answer(
        self, method: str, sent: Mapping[str, Any], token: str | None, basic: tuple[str, str] | None = None
    ) -> Reply:
        """Do one call. `sent` are the arguments, `token` or `basic` what came in the Authorization header."""
        call = object()
        self._under_way.add(call)
        try:
            return self._answer(method, sent, token, basic)
        finally:
            self._under_way.discard(call)

    def is_done_with(self, calls: Collection[object]) -> bool:
        """Say whether none of these calls (`under_way`, some time ago) is still being done."""
        return self._under_way.isdisjoint(calls)

    @property
    def under_way(self) -> frozenset[object]:
        """The calls that are being done at this moment: whoever made them may be dead, and they take effect."""
        return frozenset(self._under_way.copy())

    def _answer(self, method: str, sent: Mapping[str, Any], token: str | None, basic: tuple[str, str] | None) -> Reply:
        given = Arguments({key: value for key, value in sent.items() if key != "token"})
        fault = self.faults.take(method)
        if fault and fault.delay:
            time.sleep(fault.delay)
        if fault and not fault.accepted and (fault.status or fault.reset or fault.error):
            return self._failed(method, given, fault)
        try:
            if method == "oauth.v2.access":
                body = self._install(given, basic)
            else:
                body = self._do(method, given, token or sent.get("token"))
        except Refused as refused:
            body = refused.as_slack()
        if fault and (fault.status or fault.reset or fault.error):
            return self._failed(method, given, fault)
        self._record(method, given, 200, body)
        return Reply(200, body, {"x-oauth-scopes": ",".join(sorted(self._scopes(token)))})

    def _install(self, given: Arguments, basic: tuple[str, str] | None) -> Json:
        body = self.installs.access(given, basic)
        if (body["team"] or {}).get("id") == self.workspace.team_id:
            self.workspace.settings.scopes = frozenset(body["scope"].split(","))
        return body

    def _scopes(self, token: str | None) -> frozenset[str]:
        granted = self.installs.tokens.get(token or "")
        return granted.scopes if granted else self.workspace.settings.scopes

    def _do(self, method: str, given: Arguments, token: str | None) -> Json:
        if method == "api.test":
            return directory.api_test(self.workspace, given)
        if not token:
            raise Refused("not_authed")
        granted = None if token in (self._bot_token, self._app_token) else self.installs.use(token)
        if (token == self._app_token) != (method == "apps.connections.open"):
            raise Refused("not_allowed_token_type")
        if method == "apps.connections.open":
            return {"ok": True, "url": self._open_socket()}
        if method == "auth.revoke":
            return self.installs.revoke(token)
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        scope, do = METHODS[method]
        scopes = self._scopes(token)
        if scope and scope not in scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(scopes)))
        given.check()
        if granted and granted.where.is_org and method in _NEED_TEAM and "team_id" not in given:
            raise Refused("missing_argument", needed="team_id")
        body = do(self.workspace, given)
        return identity(granted, body) if granted and method == "auth.test" else body

    def _failed(self, method: str, given: Arguments, fault: Fault) -> Reply:
        headers: dict[str, str] = {}
        body: Json | None = {"ok": False, "error": fault.error or "internal_error"}
        status = fault.status or 200
        if status == 429:
            headers["Retry-After"] = str(fault.retry_after or 1)
            body = {"ok": False, "error": "ratelimited"}
        if fault.reset:
            body = None
        self._record(method, given, status, body)
        return Reply(status, body, headers, reset=fault.reset)

    def _record(self, method: str, given: Arguments, status: int, body: Json | None) -> None:
        call = Call(method, copy.deepcopy(given.sent), status, copy.deepcopy(body))
        with self.workspace.lock:
            self.calls.append(call)
