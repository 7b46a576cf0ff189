"""The limit of a request: one route that checks Slack's signature and says 200. `python -m bench.bare PORT SECRET`."""

import sys
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import check_signature


def main() -> None:
    port, secret = int(sys.argv[1]), sys.argv[2]

    async def events(request: Request) -> Response:
        check_signature(request.headers, await request.body(), secret=secret, now=time.time())
        return Response()

    app = Starlette(routes=[Route("/readyz", lambda _: Response()), Route("/slack/events", events, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
