"""Running the bot until it is told to stop: Socket Mode or HTTP, and what each role of a process does."""

import signal
import threading
from enum import StrEnum
from types import FrameType

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.app import Keepwarm
from bot.errors import SettingsError
from bot.web import make_web, slack_endpoint

log = structlog.get_logger()


class Role(StrEnum):
    """What a process does: everything, only Slack's requests, or only the clock and the sending."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


def run(keepwarm: Keepwarm, *, role: Role) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being sent. Raises SettingsError for what is missing."""
    settings = keepwarm.settings
    if settings.app_token is None and settings.signing_secret is None and role is not Role.WORKER:
        raise SettingsError(
            "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP. Slack shows both under"
            " Basic Information."
        )
    workspace_id = keepwarm.install()
    log.info("installed", people=keepwarm.know_people(workspace_id))
    if role is not Role.WEB:
        keepwarm.start()
    try:
        if role is Role.WORKER:
            wait_for_signal()
        elif settings.app_token is not None:
            _run_socket_mode(keepwarm, settings.app_token.get_secret_value())
        else:
            _run_http(keepwarm)
    finally:
        keepwarm.stop()
        log.info("stopped")


def wait_for_signal() -> None:
    """Wait until the process is told to stop."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopped.wait(1):
        pass


def _run_socket_mode(keepwarm: Keepwarm, app_token: str) -> None:
    handler = SocketModeHandler(keepwarm.bolt, app_token)
    handler.client.web_client.base_url = keepwarm.settings.api_url
    handler.connect()  # type: ignore[no-untyped-call]
    log.info("ready", mode="socket")
    health = _health_server(keepwarm)
    try:
        wait_for_signal()
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        health.should_exit = True


def _health_server(keepwarm: Keepwarm) -> uvicorn.Server:
    """Serve the health pages beside Socket Mode, which has no port of its own."""
    settings = keepwarm.settings
    app = make_web(events=None, ready=keepwarm.problems)
    server = uvicorn.Server(uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning"))
    threading.Thread(target=server.run, name="health", daemon=True).start()
    return server


def _run_http(keepwarm: Keepwarm) -> None:
    settings = keepwarm.settings
    secret = settings.signing_secret.get_secret_value() if settings.signing_secret else ""
    app = make_web(events=slack_endpoint(keepwarm.bolt, signing_secret=secret), ready=keepwarm.problems)
    log.info("ready", mode="http", host=settings.host, port=settings.port)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
