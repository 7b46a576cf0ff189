"""A Slack that takes every message after 50 ms or so many seconds, and does nothing else.

`python -m bench.slow_slack PORT [SECONDS]`.
"""

import asyncio
import itertools
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LATENCY_SECONDS = 0.05


def main() -> None:
    numbers = itertools.count(1)
    latency_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else LATENCY_SECONDS

    async def post_message(request: Request) -> Response:
        await request.body()
        await asyncio.sleep(latency_seconds)
        return JSONResponse({"ok": True, "channel": "C0BENCH", "ts": f"1700000000.{next(numbers):06}"})

    routes = [
        Route("/readyz", lambda _: Response()),
        Route("/api/chat.postMessage", post_message, methods=["POST"]),
    ]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)


if __name__ == "__main__":
    main()
