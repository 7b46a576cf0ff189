"""Waiting for what another thread or process does, for as short as it takes and never for ever."""

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], object], *, seconds: float = 10.0, what: str = "it") -> None:
    """Return as soon as the condition holds. Raises AssertionError when that takes too long."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        pause.wait(0.01)
