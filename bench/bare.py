"""The limit of a request: one route that reads and checks what Slack sent, parses its form and says it back.

`python -m bench.bare PORT SECRET`. The same server with the same settings, and the same checks of size, signature, age
and shape, as no bot can do without them.
"""

import signal
import sys
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web import WebServer, check_signature, parse_body, read_body


def main() -> None:
    port, secret = int(sys.argv[1]), sys.argv[2]

    async def events(request: Request) -> Response:
        body = await read_body(request)
        check_signature(request.headers, body, secret=secret, now=time.time())
        form = parse_body(body.decode(), request.headers.get("content-type", ""))
        return JSONResponse({"response_type": "ephemeral", "text": form["text"]})

    app = Starlette(routes=[Route("/readyz", lambda _: Response()), Route("/slack/events", events, methods=["POST"])])
    server = WebServer(app, host="127.0.0.1", port=port)
    server.start()
    signal.pause()


if __name__ == "__main__":
    main()
