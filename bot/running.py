"""Running the bot until it is told to stop: Socket Mode or HTTP, and what each role of a process does."""

import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from enum import StrEnum
from types import FrameType

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.app import NOT_CONNECTED, Keepwarm
from bot.delivery.call import BROKEN, judge
from bot.errors import SettingsError
from bot.web import WebServer, make_web, slack_endpoint

# A worker is not woken by what another process owes.
WORKER_LOOKS_EVERY_SECONDS = 1.0

log = structlog.get_logger()


class Role(StrEnum):
    """What a process does: everything, only Slack's requests, or only the clock and the sending."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


def run(keepwarm: Keepwarm, *, role: Role) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being sent. Raises SettingsError for what is missing."""
    told_to_stop = listen_for_signals()
    settings = keepwarm.settings
    missing = _missing(keepwarm, role)
    if missing:
        raise SettingsError("\n".join(missing))
    in_socket_mode = settings.app_token is not None and role is not Role.WORKER
    with ExitStack() as running:
        handler = _socket_mode(keepwarm) if in_socket_mode else None
        server = _web_server(keepwarm, serves_slack=handler is None and role is not Role.WORKER, handler=handler)
        keepwarm.get_in()
        if role is not Role.WEB:
            keepwarm.start(longest_idle=WORKER_LOOKS_EVERY_SECONDS if role is Role.WORKER else None)
        running.callback(keepwarm.stop)
        server.start()
        running.callback(server.stop)
        if handler is not None:
            _connect(handler)
            running.callback(handler.close)
        engine = "procrastinate" if keepwarm.worker is not None else "local"
        where = {"host": settings.host, "port": server.port}
        log.info("ready", role=role.value, deliveries=engine, socket_mode=in_socket_mode, **where)
        wait_until(told_to_stop)
        log.info("stopping")
    log.info("stopped")


def _missing(keepwarm: Keepwarm, role: Role) -> list[str]:
    settings, missing = keepwarm.settings, []
    if settings.app_token is None and settings.signing_secret is None and role is not Role.WORKER:
        missing.append(
            "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP. Slack shows both under"
            " Basic Information."
        )
    if settings.bot_token is None and keepwarm.oauth is None:
        missing.append(NOT_CONNECTED)
    return missing


def listen_for_signals() -> threading.Event:
    """Return the event that SIGTERM and SIGINT set from now on."""
    told_to_stop = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told_to_stop.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told_to_stop


def wait_until(told_to_stop: threading.Event) -> None:
    """Wait for the event, and let signals in: some systems deliver none to a wait without an end."""
    while not told_to_stop.wait(1):
        pass


def _web_server(keepwarm: Keepwarm, *, serves_slack: bool, handler: SocketModeHandler | None) -> WebServer:
    settings = keepwarm.settings
    events = None
    if serves_slack and settings.signing_secret is not None:
        events = slack_endpoint(keepwarm.bolt, signing_secret=settings.signing_secret.get_secret_value())
    app = make_web(
        events=events,
        ready=_readiness(keepwarm, handler),
        late=keepwarm.delays,
        metrics=keepwarm.metrics,
        more=keepwarm.install_pages(),
    )
    try:
        return WebServer(app, host=settings.host, port=settings.port)
    except OSError as taken:
        raise SettingsError(
            f"KEEPWARM_HOST, KEEPWARM_PORT: {settings.host}:{settings.port} can't be listened on"
            f" ({taken.strerror or taken}). Choose another one, or stop what uses it."
        ) from None


def _readiness(keepwarm: Keepwarm, handler: SocketModeHandler | None) -> Callable[[], Mapping[str, object]]:
    def problems() -> Mapping[str, object]:
        found = keepwarm.problems()
        if handler is not None and not handler.client.is_connected():
            found["socket_mode"] = "not connected to Slack"
        return found

    return problems


def _socket_mode(keepwarm: Keepwarm) -> SocketModeHandler:
    settings = keepwarm.settings
    handler = SocketModeHandler(keepwarm.bolt, settings.app_token.get_secret_value() if settings.app_token else "")
    handler.client.web_client.base_url = settings.api_url
    return handler


def _connect(handler: SocketModeHandler) -> None:
    """Connect to Slack; when the line breaks later, the SDK connects again by itself."""
    try:
        handler.connect()  # type: ignore[no-untyped-call]
    except BROKEN as broken:
        answer = judge(broken)
        raise SettingsError(f"SLACK_APP_TOKEN: Slack does not open a connection for it ({answer.error}).") from None
