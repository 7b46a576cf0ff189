"""The demo as a user starts it: a process of its own on a free port, ended whatever happens."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_START_SECONDS = 40.0


@contextmanager
def running_demo(*arguments: str) -> Iterator[str]:
    """Start `python -m bot demo` and yield the address of its page, without a trailing slash.

    Raises AssertionError with what it printed when it ends without an address.
    """
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    patience = threading.Timer(_START_SECONDS, process.kill)
    patience.start()
    try:
        yield _address(process)
    finally:
        patience.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if found := _ADDRESS.search(line):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[0]
    raise AssertionError(f"The demo ended before its page was there:\n{''.join(printed)}")
