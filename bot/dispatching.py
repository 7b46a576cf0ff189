"""Bolt, with every request numbered in the logs and timed, over HTTP and in Socket Mode alike."""

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from structlog.contextvars import bind_contextvars, reset_contextvars

from bot.metrics import DISPATCH_SECONDS


class WatchedApp(App):
    """A Bolt app whose log lines of one request carry the same id; a person who is told of an error reads that id."""

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request of Slack's."""
        began = perf_counter()
        bound = bind_contextvars(request=secrets.token_hex(4))
        try:
            return super().dispatch(req)
        finally:
            reset_contextvars(**bound)
            DISPATCH_SECONDS.observe(perf_counter() - began)


class Authorizing(Authorize):
    """Asks us which token works for an organisation and a team; for a plain function Bolt would inject by name."""

    def __init__(self, authorize: Callable[[str | None, str | None], AuthorizeResult | None]) -> None:
        self._authorize = authorize

    def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        """Return the token with what belongs to it; None where the bot is not installed."""
        return self._authorize(enterprise_id, team_id)
