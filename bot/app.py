"""The composition root: the one place that knows every real part and puts them together."""

import os
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy.exc import DBAPIError

import handlers
from bot import metrics
from bot.clock import start_clock, tick
from bot.delivery.call import BROKEN, Answer, Verdict, judge, make_client
from bot.delivery.local import LONGEST_IDLE_SECONDS, LocalDispatcher
from bot.delivery.sending import Sender
from bot.directory import SlackDirectory
from bot.dispatching import WatchedApp
from bot.errors import SettingsError
from bot.settings import Settings, WhenUnsure
from bot.usecases.desk import Desk
from bot.usecases.installing import remember_workspace
from bot.usecases.recompute import relearn_cadences
from bot.usecases.teammates import remember_everybody
from storage.checkup import oldest_unsent_at
from storage.columns import Keyring
from storage.engine import Store, make_engine
from storage.migrate import current_revision, newest_revision
from storage.models import Workspace
from storage.people import workspace_of

LISTENER_THREADS = 20

log = structlog.get_logger()


def wall_clock() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


@dataclass
class Keepwarm:
    """The running bot: its ledger, its listeners, its clock and its dispatcher."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime] = wall_clock
    _tokens: dict[int, str] = field(default_factory=dict)
    _teams: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    _clients: dict[int, WebClient] = field(default_factory=dict)
    _scheduler: BackgroundScheduler | None = None

    def __post_init__(self) -> None:
        Keyring.fernet = self.settings.fernet
        self.directory = SlackDirectory(self.client_for)
        # A container's host and process id come again after a restart; what the dead one held must not look like ours.
        name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        sender = Sender(name, send_when_unsure=self.settings.when_unsure is WhenUnsure.TWICE)
        self.dispatcher = LocalDispatcher(self.store, sender=sender, clock=self.clock, client_for=self.client_for)
        self.desk = Desk(self.store, self.clock, self.dispatcher.wake, self.directory, self.forget)
        self.bolt = self._make_bolt()

    def _make_bolt(self) -> App:
        # Our own `authorize` answers from memory: Bolt's would call auth.test on every request. The edge has checked
        # the signature before Bolt parses anything, so Bolt need not do it again.
        bolt = WatchedApp(
            # A function of its own: Bolt injects by name, and would take the `self` of a method for such a name.
            authorize=lambda enterprise_id, team_id: self.authorize(enterprise_id, team_id),  # type: ignore[arg-type, return-value]  # noqa: PLW0108
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=True,
            signing_secret="checked at the edge",  # noqa: S106
            token_verification_enabled=False,
            listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
            client=WebClient(base_url=self.settings.api_url, retry_handlers=[], timeout=3),
        )
        handlers.register(bolt, self.desk)
        return bolt

    def install(self) -> int:
        """Ask Slack who we are with the token of the environment, and remember the workspace; return its id.

        Raises SettingsError when there is no token, when Slack does not take it, and when Slack can't be asked.
        """
        token = self.settings.bot_token
        if token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set. It starts with xoxb-; Slack shows it after the installation."
            )
        try:
            answer = make_client(token.get_secret_value(), self.settings.api_url).auth_test()
        except BROKEN as broken:
            raise SettingsError(_refusal(judge(broken), self.settings.api_url)) from None
        with self.store.session() as session:
            workspace_id = remember_workspace(
                session,
                slack_team_id=answer["team_id"],
                name=answer.get("team") or "",
                slack_bot_user_id=answer["user_id"],
                bot_token=token.get_secret_value(),
                now=self.clock(),
            )
        self._tokens[workspace_id] = token.get_secret_value()
        return workspace_id

    def know_people(self, workspace_id: int) -> int:
        """Match the owners that imports named with the people in Slack; return how many were matched."""
        everyone = list(self.directory.people(workspace_id))
        with self.store.write(workspace_id) as ledger:
            return remember_everybody(ledger, everyone, now=self.clock())

    def look_after(self, workspace_id: int) -> int:
        """Do what a workspace needs once a day: know its people, and learn its segments' cadences anew.

        Return how many people were matched.
        """
        known = self.know_people(workspace_id)
        with self.store.write(workspace_id) as ledger:
            relearn_cadences(ledger)
        return known

    def forget(self, workspace_id: int) -> None:
        """Drop everything that memory holds of a workspace whose token is gone."""
        self._tokens.pop(workspace_id, None)
        self._clients.pop(workspace_id, None)
        for team_id in [team for team, known in self._teams.items() if known[0] == workspace_id]:
            del self._teams[team_id]

    def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Return the token of a Slack team from memory, else from the ledger; None when it is not installed there."""
        known = self._teams.get(team_id or "")
        if known is None:
            with self.store.session(writes=False) as session:
                row = workspace_of(session, team_id or "")
                if row is None or row.uninstalled_at is not None:
                    return None
                token = self._tokens.get(row.id) or row.bot_token
                if token is None:
                    return None
                known = self._teams[team_id or ""] = (row.id, row.slack_bot_user_id or "", token)
                self._tokens[row.id] = token
        workspace_id, bot_user_id, token = known
        result = AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token, bot_user_id=bot_user_id)
        result["workspace_id"] = workspace_id
        return result

    def client_for(self, workspace_id: int) -> WebClient | None:
        """Return the Web API client of a workspace; None when its token is not known."""
        client = self._clients.get(workspace_id)
        if client is None and (token := self._token_of(workspace_id)):
            client = self._clients[workspace_id] = make_client(token, self.settings.api_url)
        return client

    def _token_of(self, workspace_id: int) -> str | None:
        if workspace_id not in self._tokens:
            with self.store.session(writes=False) as session:
                row = session.get(Workspace, workspace_id)
            if row is None or row.uninstalled_at is not None or row.bot_token is None:
                return None
            self._tokens[workspace_id] = row.bot_token
        return self._tokens[workspace_id]

    def start(self, *, longest_idle: float | None = None) -> None:
        """Start the clock and the dispatcher, which looks every `longest_idle` seconds for what other processes owe."""
        self.dispatcher.start(longest_idle=longest_idle or LONGEST_IDLE_SECONDS)
        self._scheduler = start_clock(
            self.store, clock=self.clock, wake=self.dispatcher.wake, look_after=self.look_after
        )

    def tick(self) -> int:
        """Tick once now; return how many digests were planned."""
        planned = tick(self.store, now=self.clock())
        self.dispatcher.wake()
        return planned

    def stop(self) -> None:
        """Stop ticking, finish what is being sent, and leave the rest in the ledger for the next start."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        self.dispatcher.stop()
        self.store.engine.dispose()

    def metrics(self) -> bytes:
        """Return what monitoring reads, in Prometheus' text format. Raises DBAPIError."""
        return metrics.page(self.store, self.clock)

    def problems(self) -> dict[str, object]:
        """Return what keeps the bot from working, by name; empty when it is ready."""
        found: dict[str, object] = {}
        try:
            if current_revision(self.store.engine) != newest_revision():
                return {"migrations": "run `python -m bot migrate`"}
            with self.store.session(writes=False) as session:
                oldest = oldest_unsent_at(session)
        except DBAPIError:
            return {"database": "can't be used"}
        if oldest is not None and (late := (self.clock() - oldest).total_seconds()) > 3600:
            found["oldest_unsent_seconds"] = round(late)
        return found


def _refusal(answer: Answer, api_url: str) -> str:
    if answer.verdict is Verdict.REFUSED:
        return (
            f"SLACK_BOT_TOKEN: Slack does not take it ({answer.error}). Copy it again from OAuth & Permissions;"
            " it starts with xoxb-."
        )
    return f"Slack can't be asked who this bot is ({answer.error}, {api_url}). Check the network, then start again."


def make_keepwarm(settings: Settings, *, clock: Callable[[], datetime] = wall_clock) -> Keepwarm:
    """Put the bot together on the database of the settings, which must be migrated."""
    return Keepwarm(settings, Store(make_engine(settings.database_url)), clock)
