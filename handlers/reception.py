"""Where Bolt hands requests over: a middleware that answers them itself, found by their kind and id."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import BoltContext, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

Listener = Callable[[Mapping[str, Any], BoltContext], BoltResponse | None]


class Reception(Middleware):
    """Bolt's last middleware, after it has authorised the request and dropped what the bot did itself.

    Bolt would ask one listener after the other whether a request is theirs, and put some forty arguments together for
    the one it is; here one look into a table finds who answers. What no table knows goes on to Bolt, which answers 404.
    """

    def __init__(self, find: Callable[[Mapping[str, Any]], Listener | None]) -> None:
        self._find = find

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,
        next: Callable[[], BoltResponse],  # Bolt's own name for it
    ) -> BoltResponse | None:
        """Answer a request. What a listener raises, Bolt gives to the error handler."""
        listener = self._find(req.body)
        if listener is None:
            return next()
        return listener(req.body, req.context) or BoltResponse(status=200)
