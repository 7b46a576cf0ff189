"""Everything the stand-in remembers, under one lock, with a version that grows whenever something visible changes."""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.playground.model import CannotDo, Channel, Json, Message, Person, Refused, View

TRIGGER_SECONDS = 3
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5

DEFAULT_SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "im:history",
        "users:read",
        "users:read.email",
        "channels:history",
        "groups:history",
        "reactions:write",
        "channels:read",
    }
)


@dataclass
class Trigger:
    """The right to open one modal for one person, for three seconds. `view_id` is the modal it was pressed in."""

    user: str
    at: datetime
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Where the bot may answer one interaction: five times within half an hour."""

    channel: str
    user: str
    at: datetime
    message_ts: str | None = None
    uses: int = 0


@dataclass
class Settings:
    """What the app's configuration says. `events` is None when every event is subscribed."""

    commands: list[Json] = field(default_factory=list)
    shortcuts: list[Json] = field(default_factory=list)
    events: frozenset[str] | None = None
    scopes: frozenset[str] = DEFAULT_SCOPES
    home_tab: bool = True
    messages_tab: bool = True
    declared: bool = False

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any] | None, scopes: Iterable[str] | None) -> Settings:
        """Read a parsed app manifest; without one everything is switched on. `scopes` given here win."""
        if manifest is None:
            return cls(scopes=DEFAULT_SCOPES if scopes is None else frozenset(scopes))
        features = manifest.get("features", {})
        granted = manifest.get("oauth_config", {}).get("scopes", {})
        asked = frozenset([*granted.get("bot", ()), *granted.get("bot_optional", ())])
        events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events")
        home = features.get("app_home", {})
        return cls(
            commands=list(features.get("slash_commands", ())),
            shortcuts=list(features.get("shortcuts", ())),
            events=None if events is None else frozenset(events),
            scopes=asked if scopes is None else frozenset(scopes),
            home_tab=home.get("home_tab_enabled", True),
            messages_tab=home.get("messages_tab_enabled", True),
            declared=True,
        )


class Workspace:
    """The state. Every public method takes the lock itself; hold `lock` to read several things at once."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        team_id: str,
        people: Sequence[Person],
        channels: Sequence[Channel],
        settings: Settings,
        bot_name: str,
        name: str = "Playground",
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.team_id = team_id
        self.name = name
        self.settings = settings
        self.app_id = "A0PLAY"
        self.bot_id = "B0PLAY"
        self.people = {person.id: person for person in people}
        bot = next((person for person in people if person.is_bot), None)
        self.bot = bot or Person("U0BOT", bot_name.lower(), bot_name, tz="UTC", is_bot=True)
        self.people.setdefault(self.bot.id, self.bot)
        self.channels = {channel.id: replace(channel, members=set(channel.members)) for channel in channels}
        self.messages: list[Message] = []
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.read_until: dict[tuple[str, str], str] = {}
        self.notices: list[tuple[str, Json]] = []
        self.version = 1
        self.watchers: list[Callable[[], None]] = []
        self._counter = itertools.count(1)
        self._last_micros = 0

    def changed(self) -> None:
        """Say that something visible changed, to whoever waits for it."""
        with self.lock:
            self.version += 1
            watchers = list(self.watchers)
        for watcher in watchers:
            watcher()

    def next_ts(self) -> str:
        """A new message ts: the playground's time, unique and increasing even when its clock stands still."""
        with self.lock:
            now = int(self.clock().timestamp() * 1_000_000)
            self._last_micros = max(now, self._last_micros + 100)
            return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """A new id with this prefix."""
        return f"{prefix}{next(self._counter):06d}"

    def person(self, person_id: str) -> Person:
        """The person, who must exist and be able to act. Raises CannotDo."""
        person = self.people.get(person_id)
        if person is None:
            raise CannotDo(f"There is nobody with the id {person_id} here.")
        if person.deleted:
            raise CannotDo(f"{person.real_name}'s account is switched off.")
        return person

    def conversation(self, conversation: str, person: Person) -> Channel:
        """A conversation that this person can see: by channel id, by the bot's id or their own for the DM."""
        if conversation in (person.id, self.bot.id):
            return self.open_dm(person.id)
        channel = self.channels.get(conversation)
        if channel is None or person.id not in channel.members:
            raise CannotDo(f"{person.real_name} is not in the conversation {conversation}.")
        return channel

    def open_dm(self, user: str) -> Channel:
        """The bot's direct messages with this person, opened if need be."""
        with self.lock:
            dm_id = "D" + user[1:]
            if dm_id not in self.channels:
                self.channels[dm_id] = Channel(dm_id, "directmessage", {user, self.bot.id}, im_with=user)
            return self.channels[dm_id]

    def find(self, channel: str, ts: str | None) -> Message | None:
        """The message that is still there, ephemeral ones included."""
        with self.lock:
            return next((m for m in self.messages if m.channel == channel and m.ts == ts and not m.deleted), None)

    def sees(self, person: str, message: Message) -> bool:
        """Whether this person can see the message."""
        channel = self.channels[message.channel]
        return message.ephemeral_for == person or (message.ephemeral_for is None and person in channel.members)

    def add(self, message: Message) -> Message:
        """Put a message into its conversation, with ids on its blocks."""
        with self.lock:
            message.blocks = with_ids(message.blocks, self)
            self.messages.append(message)
        self.changed()
        return message

    def replies_to(self, message: Message) -> list[Message]:
        """The thread under a message, oldest first, without ephemeral and deleted ones."""
        with self.lock:
            return [
                m
                for m in self.messages
                if m.channel == message.channel
                and m.thread_ts == message.ts
                and m.ts != message.ts
                and not m.deleted
                and not m.ephemeral_for
            ]

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """A trigger id for views.open, for three seconds from now."""
        with self.lock:
            trigger_id = f"{next(self._counter)}.{next(self._counter)}.{self.team_id.lower()}"
            self.triggers[trigger_id] = Trigger(user, self.clock(), view_id)
            return trigger_id

    def take_trigger(self, trigger_id: str) -> Trigger:
        """Use up a trigger. Raises Refused as views.open does: single use, three seconds."""
        with self.lock:
            trigger = self.triggers.get(trigger_id)
            if trigger is None:
                raise Refused("invalid_trigger_id")
            if trigger.used:
                raise Refused("exchanged_trigger_id")
            if (self.clock() - trigger.at).total_seconds() > TRIGGER_SECONDS:
                raise Refused("expired_trigger_id")
            trigger.used = True
            return trigger

    def new_response_url(self, channel: str, user: str, message_ts: str | None = None) -> str:
        """A token for /response/<token>."""
        with self.lock:
            token = self.next_id("R")
            self.response_urls[token] = ResponseUrl(channel, user, self.clock(), message_ts)
            return token

    def notice(self, user: str, text: str) -> None:
        """Tell one person, on their page, that something went wrong between Slack and the bot."""
        with self.lock:
            self.notices.append((user, {"id": self.next_id("N"), "text": text}))
        self.changed()

    def change_person(self, person_id: str, **changes: Any) -> Person:
        """Change a person's profile: zone, locale, deactivated, ..."""
        with self.lock:
            self.people[person_id] = replace(self.people[person_id], **changes)
        self.changed()
        return self.people[person_id]


def with_ids(blocks: Iterable[Json], workspace: Workspace) -> list[Json]:
    """A copy of the blocks in which every block and every interactive element has an id, as Slack gives them."""
    copies = copy.deepcopy(list(blocks))
    for block in copies:
        block.setdefault("block_id", workspace.next_id("b"))
        for element in elements_of(block):
            if element.get("type") not in ("image", "plain_text", "mrkdwn"):
                element.setdefault("action_id", workspace.next_id("a"))
    return copies


def elements_of(block: Json) -> list[Json]:
    """The elements of a block that a person could press or fill in (and images and texts beside them)."""
    kind = block.get("type")
    if kind in ("actions", "context", "context_actions"):
        return list(block.get("elements") or ())
    if kind == "card":
        return list(block.get("actions") or ())
    if kind in ("carousel", "container"):
        children = block.get("elements") or block.get("child_blocks") or ()
        return [element for child in children for element in elements_of(child)]
    single = block.get("element") or block.get("accessory")
    return [single] if single else []
