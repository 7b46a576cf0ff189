"""The limit of a request: one route that reads and checks what Slack sent, parses its form and says 200.

`python -m bench.bare PORT SECRET`. The same server with the same settings, and the same checks of size, signature, age
and shape, as no bot can do without them.
"""

import sys
import time
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import check_shape, check_signature, read_body


def main() -> None:
    port, secret = int(sys.argv[1]), sys.argv[2]

    async def events(request: Request) -> Response:
        body = await read_body(request)
        check_signature(request.headers, body, secret=secret, now=time.time())
        text = body.decode()
        check_shape(text, request.headers.get("content-type", ""))
        form = dict(parse_qsl(text, keep_blank_values=True))
        return Response(status_code=200 if form["command"] else 404)

    app = Starlette(routes=[Route("/readyz", lambda _: Response()), Route("/slack/events", events, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
