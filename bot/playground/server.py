"""The stand-in for Slack as one thing: start it, point a bot at it, and do what people do.

with Playground(clock=clock, events_url=url, signing_secret=secret, people=people, channels=channels) as slack:
    slack.say("U0ANA", slack.dm("U0ANA"), "hello")
    assert slack.last_message(slack.dm("U0ANA")).text == "Hello, Ana."
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from starlette.types import ASGIApp

from bot.playground.faults import Faults
from bot.playground.installs import Installs, Where
from bot.playground.line import Direct, Line, Request
from bot.playground.loopback import Loopback
from bot.playground.model import Channel, Json, Message, Person, View
from bot.playground.payloads import Payloads
from bot.playground.pressing import Elements
from bot.playground.routes import build_asgi
from bot.playground.socket_mode import SocketHub
from bot.playground.web_api import Call, WebApi
from bot.playground.workspace import Settings, Workspace


class Playground(Elements):
    """A Slack workspace with one app: its Web API over HTTP, its people as methods, its state for assertions.

    `clock` gives the playground's time (aware). `events_url` is where the bot listens: a URL, or a callable that takes
    headers and body and returns status and body. `manifest` is the parsed app manifest; with it only declared
    commands, shortcuts and events exist, and its scopes are granted unless `scopes` says otherwise.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        people: Sequence[Person],
        channels: Sequence[Channel] = (),
        signing_secret: str,
        events_url: str | Direct | None = None,
        bot_token: str = "xoxb-playground",  # noqa: S107 - a token of nowhere
        app_token: str = "xapp-playground",  # noqa: S107
        team_id: str = "T0PLAY",
        name: str = "Playground",
        manifest: Mapping[str, Any] | None = None,
        scopes: Iterable[str] | None = None,
        controls: Mapping[str, Callable[[], object]] | None = None,
        event_retries: int = 0,
    ) -> None:
        super().__init__()
        features = (manifest or {}).get("features", {})
        self.workspace = Workspace(
            clock=clock,
            team_id=team_id,
            people=people,
            channels=channels,
            settings=Settings.from_manifest(manifest, scopes),
            bot_name=features.get("bot_user", {}).get("display_name", "Bot"),
            name=name,
        )
        self.bot_token, self.app_token = bot_token, app_token
        self.controls = dict(controls or {})
        self.event_retries = event_retries
        self.faults = Faults()
        self.socket = SocketHub(self.workspace.app_id)
        self.line = Line(to=events_url, signing_secret=signing_secret, socket=self.socket)
        self.payloads = Payloads(self.workspace, "http://127.0.0.1:0/response/")
        oauth = (manifest or {}).get("oauth_config", {})
        self.installs = Installs(
            clock,
            home=Where(team_id, name),
            bot_user_id=self.workspace.bot.id,
            app_id=self.workspace.app_id,
            asked=self.workspace.settings.scopes,
            optional=oauth.get("scopes", {}).get("bot_optional", ()),
            redirect_urls=oauth.get("redirect_urls", ()),
            rotates=bool((manifest or {}).get("settings", {}).get("token_rotation_enabled")),
        )
        self.web_api = WebApi(
            self.workspace,
            bot_token=bot_token,
            app_token=app_token,
            faults=self.faults,
            installs=self.installs,
            open_socket=lambda: f"{self.url.replace('http', 'ws', 1)}/link?ticket={self.socket.new_ticket()}",
        )
        self._server = Loopback()
        self.asgi: ASGIApp = build_asgi(self, reset=self._server.reset)
        self._port = 0

    @property
    def events_url(self) -> str | Direct | None:
        """Where the bot listens; may be set later."""
        return self.line.to

    @events_url.setter
    def events_url(self, to: str | Direct | None) -> None:
        self.line.to = to

    @property
    def url(self) -> str:
        """The address of the page, once started."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The base of the Web API, for `WebClient(base_url=...)`."""
        return f"{self.url}/api/"

    def start(self, port: int = 0) -> str:
        """Serve on the loopback interface from a thread of its own; port 0 takes a free one. Returns the address."""
        self._port = self._server.start(self.asgi, port)
        self.payloads.response_root = f"{self.url}/response/"
        return self.url

    def stop(self) -> None:
        """Stop serving; the state stays, and start(port) brings Slack back."""
        self._server.stop()
        self.line.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, refused ones included, oldest first."""
        return self.web_api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def posted(self, channel: str | None = None) -> list[Json]:
        """The arguments of every chat.postMessage that took effect for the caller, in order."""
        where = self._place(channel) if channel else None
        done = [call for call in self.calls_of("chat.postMessage") if call.ok]
        return [c.payload for c in done if where is None or (c.response or {}).get("channel") == where]

    @property
    def requests(self) -> list[Request]:
        """Every request sent to the bot so far."""
        return self.line.sent

    def dm(self, user: str) -> str:
        """The id of the bot's direct messages with this person."""
        return self.workspace.open_dm(user).id

    def _place(self, channel: str) -> str:
        return self.dm(channel) if channel in self.workspace.people else channel

    def messages(self, channel: str, *, seen_by: str | None = None) -> list[Message]:
        """The messages in a channel (or a person's DM, by their id), oldest first, without deleted ones.

        Ephemeral messages are among them; `seen_by` keeps what one person sees.
        """
        with self.workspace.lock:
            there = [m for m in self.workspace.messages if m.channel == self._place(channel) and not m.deleted]
        return [m for m in there if seen_by is None or self.workspace.sees(seen_by, m)]

    def from_bot(self, channel: str) -> list[Message]:
        """The bot's messages in a channel or DM, ephemeral ones and thread replies included."""
        return [message for message in self.messages(channel) if message.bot_id]

    def last_message(self, channel: str) -> Message:
        """The newest message of the bot in a channel or DM. Raises IndexError when there is none."""
        return self.from_bot(channel)[-1]

    def ephemerals(self, user: str) -> list[Message]:
        """What only this person sees, everywhere."""
        with self.workspace.lock:
            return [m for m in self.workspace.messages if m.ephemeral_for == user and not m.deleted]

    def replies(self, message: Message) -> list[Message]:
        """The thread under a message."""
        return self.workspace.replies_to(message)

    def home(self, user: str) -> View | None:
        """This person's App Home, once the bot has published it."""
        return self.workspace.views.get(self.workspace.homes.get(user, ""))

    def modal(self, user: str) -> View | None:
        """The modal that this person has on top, if any."""
        stack = self.workspace.modals.get(user)
        return self.workspace.views[stack[-1]] if stack else None

    def change_person(self, user: str, **changes: Any) -> Person:
        """Change a profile: tz, locale, deleted, is_admin, ..."""
        return self.workspace.change_person(user, **changes)

    def channel(self, channel: str) -> Channel:
        """A channel's state; set is_archived or change members to make things happen."""
        return self.workspace.channels[channel]
