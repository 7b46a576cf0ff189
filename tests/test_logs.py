"""What a process writes to its log when something of ours or of a library's breaks: where, and never about whom."""

import subprocess
import sys

import pytest
import structlog

from bot.logs import set_up_logs
from tests.support.process import ROOT

# A customer's name in the text of an error, as PostgreSQL quotes the row that it refuses.
_BREAKS = """
import logging, threading, urllib.request
from starlette.applications import Starlette
from starlette.routing import Route
from bot.logs import set_up_logs
from bot.web import WebServer

def broken(*_):
    raise ValueError("Failing row contains (7, Acme, Wants the three-year price)")

set_up_logs("info")
try:
    broken()
except ValueError:
    logging.getLogger("apscheduler.executors.default").exception("Job raised an exception about %s", "Acme")
thread = threading.Thread(target=broken, name="daily")
thread.start()
thread.join()
server = WebServer(Starlette(routes=[Route("/", broken)]), host="127.0.0.1", port=0)
server.start()
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{server.port}/")
except OSError:
    pass
server.stop()
"""


def test_what_breaks_in_a_library_a_thread_or_a_page_says_where_and_quotes_nobody() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _BREAKS], cwd=ROOT, capture_output=True, text=True, timeout=50, check=True
    )
    assert "Acme" not in ran.stderr + ran.stdout
    assert "three-year" not in ran.stderr + ran.stdout
    of_library, of_thread, of_page = ran.stderr.splitlines()
    assert of_library.startswith("ERROR apscheduler.executors.default builtins.ValueError in broken (")
    assert "event='thread_ended' thread='daily' exception='builtins.ValueError in broken (" in of_thread
    assert of_page.startswith("ERROR uvicorn.error builtins.ValueError in broken (")


@pytest.mark.parametrize("token", ["xoxb-1-2-abcDEF", "xoxe.xoxb-1-abc", "xoxe-1-abc", "xapp-1-A0-abc"])
def test_a_token_that_gets_into_a_line_is_taken_out_of_it(capsys: pytest.CaptureFixture[str], token: str) -> None:
    set_up_logs("info")
    structlog.get_logger().info("refused", answer=f"for {token}.")
    assert "(token)" in (said := capsys.readouterr().err)
    assert "abc" not in said
