"""The things a workspace is made of, as the stand-in keeps them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """The Web API refuses a call, in Slack's own words: `error` is the code that Slack would answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @classmethod
    def with_problems(cls, error: str, problems: list[str]) -> Refused:
        """A refusal that names each problem, in response_metadata.messages as Slack does."""
        messages = [f"[ERROR] {problem}" for problem in problems]
        return cls(error, errors=problems, response_metadata={"messages": messages})

    def as_slack(self) -> Json:
        """The answer that carries this refusal."""
        return {"ok": False, "error": self.error, **self.extra}


class CannotDo(Exception):
    """A person tries what Slack's own window would not let them do. The text is a sentence for that person."""


@dataclass(frozen=True)
class Person:
    """A member of the workspace, a guest, a stranger from another organisation, or a bot.

    `tz` is an IANA zone, `locale` like "en-GB". Strangers have no zone and no address as far as the bot can see.
    Between `rests_from` and `rests_until` they are not to be disturbed.
    """

    id: str
    name: str
    real_name: str
    tz: str = "Europe/London"
    locale: str = "en-GB"
    email: str | None = None
    avatar_color: str = "#4a5568"
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    team_id: str | None = None
    rests_from: datetime | None = None
    rests_until: datetime | None = None


@dataclass
class Channel:
    """A channel, a private channel, or (with `im_with`) the bot's direct messages with one person."""

    id: str
    name: str
    members: set[str]
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    im_with: str | None = None

    @property
    def kind(self) -> str:
        """Slack's `channel_type`: im, group (a private channel) or channel."""
        if self.im_with:
            return "im"
        return "group" if self.is_private else "channel"


@dataclass
class Message:
    """One message. `ephemeral_for` names the only person who sees it; such a message is in no history."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    edited: Json | None = None
    ephemeral_for: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    broadcast: bool = False
    deleted: bool = False

    @property
    def root_ts(self) -> str:
        """The ts of the thread that this message starts or belongs to."""
        return self.thread_ts or self.ts

    def as_slack(self, *, team_id: str, app_id: str, with_metadata: bool = False) -> Json:
        """The message as the Web API and the payloads show it."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team_id}
        if self.bot_id:
            shown |= {"bot_id": self.bot_id, "app_id": app_id}
        if self.blocks:
            shown["blocks"] = copy.deepcopy(self.blocks)
        if self.attachments:
            shown["attachments"] = copy.deepcopy(self.attachments)
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.edited:
            shown["edited"] = dict(self.edited)
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)} for name, users in self.reactions.items()
            ]
        if self.broadcast:
            shown["subtype"] = "thread_broadcast"
        if with_metadata and self.metadata:
            shown["metadata"] = copy.deepcopy(self.metadata)
        return shown


@dataclass
class View:
    """An open modal or a published App Home. `typed` is what its person has entered, by block and action id."""

    id: str
    user: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks, with the ids that Slack gave."""
        blocks: list[Json] = self.payload["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The callback id, or nothing."""
        return str(self.payload.get("callback_id", ""))

    @property
    def title(self) -> str:
        """The words in the title bar."""
        return str((self.payload.get("title") or {}).get("text", ""))

    @property
    def private_metadata(self) -> str:
        """What the bot put by for itself."""
        return str(self.payload.get("private_metadata", ""))

    def as_slack(self, *, team_id: str, app_id: str, bot_id: str) -> Json:
        """The view as views.* answers and the payloads show it (the state is what was typed so far)."""
        sent = copy.deepcopy(self.payload)
        empty = {"title": None, "submit": None, "close": None, "private_metadata": "", "callback_id": ""}
        fixed = {
            "id": self.id,
            "team_id": team_id,
            "hash": self.hash,
            "state": {"values": copy.deepcopy(self.typed)},
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": app_id,
            "bot_id": bot_id,
            "app_installed_team_id": team_id,
        }
        return {**empty, "external_id": "", "clear_on_close": False, "notify_on_close": False, **sent, **fixed}
