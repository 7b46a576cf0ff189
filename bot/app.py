"""The composition root: the one place that knows every real part and puts them together."""

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import DBAPIError
from starlette.routing import Route

import handlers
from bot import metrics
from bot.clock import start_clock, tick
from bot.delivery.call import BROKEN, Answer, Verdict, granted_scopes, judge, make_client
from bot.delivery.local import LONGEST_IDLE_SECONDS, PATIENCE, LocalDispatcher
from bot.delivery.settling import Sender
from bot.delivery.troubles import OF_THE_WORKSPACE, close_lane
from bot.directory import SlackDirectory
from bot.dispatching import Authorizing, WatchedApp
from bot.errors import SettingsError, UserError
from bot.oauth.exchange import Client
from bot.oauth.pages import Installer
from bot.oauth.rotation import rotate_due, rotate_for
from bot.oauth.tokens import Tokens
from bot.recomputing import Recomputer
from bot.settings import Settings, WhenUnsure
from bot.undisturbed import Undisturbed
from bot.usecases import teammates
from bot.usecases.deriving import derive_standings
from bot.usecases.desk import Desk
from bot.usecases.exponents import relearn_exponents
from bot.usecases.installing import remember_workspace
from bot.usecases.leaving import erase_left, give_up_refused
from bot.usecases.quieter import propose_changes
from bot.usecases.recompute import relearn_medians
from bot.usecases.retention import forget_old
from bot.usecases.sharing import close_shared, open_channels
from bot.usecases.teammates import remember_everybody
from bot.usecases.working_in import relearn_cadences
from storage import lanes
from storage.audit import forget as forget_old_audit
from storage.checkup import LATEST_TICK, LATEST_UNSENT, last_tick_at, oldest_unsent_at
from storage.columns import Keyring
from storage.engine import Store, make_engine
from storage.installs import forget_states
from storage.migrate import is_behind

if TYPE_CHECKING:
    from bot.delivery.jobs import JobWorker

NOT_INSTALLED = "Keepwarm is not installed in this workspace any more. An admin can install it again."
NOT_CONNECTED = "SLACK_BOT_TOKEN is not set. It starts with xoxb-; Slack shows it after the installation."

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
    _clients: dict[int, WebClient] = field(default_factory=dict)
    _scheduler: BackgroundScheduler | None = None

    def __post_init__(self) -> None:
        Keyring.fernet = self.settings.fernet
        self.oauth = oauth_client(self.settings)
        self.tokens = Tokens(self.store, clock=self.clock, refresh_now=self.refresh_token)
        self.directory = SlackDirectory(self.client_for, self.tokens.of_workspace)
        self.undisturbed = Undisturbed(self.client_for, self.clock)
        # A container's host and process id come again after a restart; what the dead one held must not look like ours.
        name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        sender = Sender(name, send_when_unsure=self.settings.when_unsure is WhenUnsure.TWICE)
        self.dispatcher = LocalDispatcher(self.store, sender=sender, clock=self.clock, client_for=self.client_for)
        self.worker = self._make_worker(sender)
        self.recomputer = Recomputer(self.store, clock=self.clock, wake=self.dispatcher.wake)
        self.desk = Desk(self.store, self.clock, self.dispatcher.wake, self.directory, self.forget, self.recomputer.ask)
        self.bolt = self._make_bolt()

    def _make_worker(self, sender: Sender) -> "JobWorker | None":
        if self.store.jobs is None:
            return None
        from bot.delivery.jobs import JobWorker

        return JobWorker(
            self.store, self.store.jobs, sender=sender, clock=self.clock, client_for=self.client_for
        )  # fmt: skip

    def _make_bolt(self) -> App:
        # Our own `authorize` answers from memory: Bolt's would call auth.test on every request. The edge has checked
        # the signature before Bolt parses anything, so Bolt need not do it again.
        bolt = WatchedApp(
            name="keepwarm",  # else Bolt reads the sources of all its callers to find a name
            authorize=Authorizing(self.authorize),  # type: ignore[arg-type]  # taken, but not declared
            user_facing_authorize_error_message=NOT_INSTALLED,
            request_verification_enabled=False,
            ssl_check_enabled=True,
            signing_secret="checked at the edge",  # noqa: S106
            token_verification_enabled=False,
            client=WebClient(base_url=self.settings.api_url, retry_handlers=[], timeout=3),
        )
        handlers.register(bolt, self.desk)
        return bolt

    def get_in(self) -> None:
        """Install the bot with the token of the environment, unless people install it themselves and there is none."""
        if self.oauth is None or self.settings.bot_token is not None:
            self.install()

    def install(self) -> int:
        """Ask Slack who we are with the token of the environment, and remember the workspace; return its id.

        Raises SettingsError when there is no token, when Slack does not take it, and when Slack can't be asked.
        """
        token = self.settings.bot_token
        if token is None:
            raise SettingsError(NOT_CONNECTED)
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
                scopes=granted_scopes(answer),
                now=self.clock(),
            )
        self.tokens.give(workspace_id, token.get_secret_value())
        return workspace_id

    def know_people(self, workspace_id: int) -> int:
        """Match the owners that imports named with the people in Slack; return how many were matched."""
        everyone = list(self.directory.people(workspace_id))
        with self.store.write(workspace_id) as ledger:
            return remember_everybody(ledger, everyone, now=self.clock())

    def look_after(self, workspace_id: int) -> int:
        """Do what a workspace needs once a day; return how many people were matched.

        That is forgetting, people, cadences, median values, exponents, proposals of rules, standings. What is too old
        goes first: Slack may not answer.
        """
        forget_old(self.store, workspace_id, now=self.clock())
        with self.store.write(workspace_id) as ledger:
            forget_old_audit(ledger, now=self.clock())
        try:
            known = self.know_people(workspace_id)
        except SlackApiError as refused:
            self._note_refusal(workspace_id, judge(refused))
            raise
        with self.store.write(workspace_id) as ledger:
            relearn_cadences(ledger, now=self.clock())
            relearn_medians(ledger)
            channels = open_channels(ledger)
        for channel in channels:
            if self.directory.is_read_outside(workspace_id, channel, now=self.clock()):
                with self.store.write(workspace_id) as ledger:
                    close_shared(ledger, channel, now=self.clock())
        propose_changes(self.store, workspace_id, now=self.clock())
        self.dispatcher.wake()
        relearn_exponents(self.store, workspace_id, now=self.clock())
        self.recomputer.ask()
        derive_standings(self.store, workspace_id, now=self.clock())
        return known

    def _note_refusal(self, workspace_id: int, answer: Answer) -> None:
        if answer.verdict is Verdict.REFUSED and answer.error in OF_THE_WORKSPACE:
            with self.store.write(workspace_id) as ledger:
                close_lane(ledger, lanes.EVERYTHING, answer, now=self.clock())

    def forget(self, workspace_id: int) -> None:
        """Drop everything that memory holds of a workspace whose token is gone."""
        self.tokens.forget(workspace_id)
        self._clients.pop(workspace_id, None)

    def refresh_token(self, workspace_id: int) -> None:
        """Get a workspace its next token, if people install the bot themselves and it ends soon."""
        if self.oauth is not None:
            rotate_for(self.store, workspace_id, refresh=self.oauth.refresh, now=self.clock())

    def do_chores(self) -> None:
        """Do what keeps installations in order, beside the ticks; what fails is tried again a minute later."""
        now = self.clock()
        if self.oauth is not None:
            rotate_due(self.store, refresh=self.oauth.refresh, now=now)
            with self.store.session() as session:
                forget_states(session, before=now)
            for workspace_id in give_up_refused(self.store, now=now):
                self.forget(workspace_id)
                log.warning("workspace_uninstalled", workspace=workspace_id, because="refused")
        erase_left(self.store, now=now, grace=timedelta(days=self.settings.grace_days))

    def install_pages(self) -> list[Route]:
        """Return the pages on which people install the bot; none where that is not set up."""
        if self.oauth is None:
            return []
        return Installer(self.oauth, self.store, self.clock, self.settings.grace_days, self.greet).routes()

    def greet(self, workspace_id: int, slack_user_id: str | None) -> None:
        """Owe whoever installed the bot the steps to the first digest, once a workspace.

        The installation stands without it: somebody whom Slack does not show now is greeted in the Home tab.
        """
        self.forget(workspace_id)
        try:
            person = self.directory.person(workspace_id, slack_user_id or "")
        except (UserError, *BROKEN) as trouble:
            log.warning("installer_not_greeted", workspace=workspace_id, error=type(trouble).__name__)
            return
        with self.store.write(workspace_id) as ledger:
            teammates.welcome(ledger, teammates.remember(ledger, person, now=self.clock()), now=self.clock())
        self.dispatcher.wake()

    def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Return the token that works in a Slack team, without asking Slack; None when it is not installed there.

        An organisation's own events name no team: its token then comes without a workspace.
        """
        if not team_id:
            token = self.tokens.of_organisation(enterprise_id or "")
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=None, bot_token=token) if token else None
        held = self.tokens.of_team(team_id, enterprise_id)
        if held is None:
            return None
        result = AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=held.token, bot_user_id=held.bot_user_id
        )
        result["workspace_id"] = held.workspace_id
        return result

    def client_for(self, workspace_id: int) -> WebClient | None:
        """Return the Web API client of a workspace; None when its token is not known."""
        held = self.tokens.of_workspace(workspace_id)
        if held is None:
            return None
        client = self._clients.get(workspace_id)
        if client is None or client.token != held.token:
            client = self._clients[workspace_id] = make_client(held.token, self.settings.api_url)
        return client

    def start(self, *, longest_idle: float | None = None) -> None:
        """Start the clock and the dispatcher, which looks every `longest_idle` seconds for what other processes owe.

        Where there are jobs a worker takes them, and the dispatcher only what no job has sent.
        """
        if self.worker is None:
            self.dispatcher.start(longest_idle=longest_idle or LONGEST_IDLE_SECONDS)
        else:
            self.worker.start()
            self.dispatcher.start(longest_idle=LONGEST_IDLE_SECONDS, patience=PATIENCE)
        self.recomputer.start()
        self._scheduler = start_clock(
            self.store,
            clock=self.clock,
            wake=self.dispatcher.wake,
            look_after=self.look_after,
            do_chores=self.do_chores,
            resting=self.undisturbed.until,
        )

    def tick(self) -> int:
        """Tick once now; return how many digests were planned."""
        planned = tick(self.store, now=self.clock(), resting=self.undisturbed.until)
        self.dispatcher.wake()
        return planned

    def stop(self) -> None:
        """Stop ticking, finish what is being sent, and leave the rest in the ledger for the next start."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        self.recomputer.stop()
        if self.worker is not None and self._scheduler is not None:
            self.worker.stop()
        self.dispatcher.stop()
        self.store.engine.dispose()

    def metrics(self) -> bytes:
        """Return what monitoring reads, in Prometheus' text format. Raises DBAPIError."""
        return metrics.page(self.store, self.clock)

    def problems(self) -> dict[str, object]:
        """Return what keeps this process from answering, by name; empty when it may get requests."""
        try:
            if is_behind(self.store.engine):
                return {"migrations": "run `python -m bot migrate`"}
            self._late()
        except DBAPIError:
            return {"database": "can't be used"}
        return {}

    def delays(self) -> dict[str, object]:
        """Return what is late, in seconds by name: news for whoever watches, and nothing that another process mends.

        A clock that has stopped ticking means that nobody runs it, or that the database takes nothing.
        """
        with suppress(DBAPIError):
            return self._late()
        return {}

    def _late(self) -> dict[str, object]:
        with self.store.session(writes=False) as session:
            oldest, ticked = oldest_unsent_at(session), last_tick_at(session)
        now = self.clock()
        looked_at = (("oldest_unsent_seconds", oldest, LATEST_UNSENT), ("last_tick_seconds", ticked, LATEST_TICK))
        return {name: round((now - at).total_seconds()) for name, at, latest in looked_at if at and now - at > latest}


def _refusal(answer: Answer, api_url: str) -> str:
    if answer.verdict is Verdict.REFUSED:
        return (
            f"SLACK_BOT_TOKEN: Slack does not take it ({answer.error}). Copy it again from OAuth & Permissions;"
            " it starts with xoxb-."
        )
    return f"Slack can't be asked who this bot is ({answer.error}, {api_url}). Check the network, then start again."


def oauth_client(settings: Settings) -> Client | None:
    """Return the app as people install it themselves; None when that is not set up. Raises SettingsError for half."""
    if settings.client_id is None and settings.client_secret is None:
        return None
    missing = settings.missing_for_installs()
    if missing or settings.client_id is None or settings.client_secret is None or settings.public_url is None:
        raise SettingsError("\n".join(missing))
    return Client(settings.client_id, settings.client_secret.get_secret_value(), settings.api_url, settings.public_url)


def make_keepwarm(settings: Settings, *, clock: Callable[[], datetime] = wall_clock) -> Keepwarm:
    """Put the bot together on the database of the settings, which must be migrated."""
    return Keepwarm(settings, Store(make_engine(settings.database_url)), clock)
