"""Bolt, with every request numbered in the logs and timed, over HTTP and in Socket Mode alike."""

import secrets
from time import perf_counter

import structlog
from slack_bolt import App, BoltRequest, BoltResponse

from bot.metrics import DISPATCH_SECONDS


class WatchedApp(App):
    """A Bolt app whose log lines of one request carry the same id; a person who is told of an error reads that id."""

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request of Slack's."""
        began = perf_counter()
        try:
            with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4)):
                return super().dispatch(req)
        finally:
            DISPATCH_SECONDS.observe(perf_counter() - began)
