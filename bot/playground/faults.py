"""Faults on demand: what Slack and the network between do on a bad day, one call at a time."""

from __future__ import annotations

import threading
from dataclasses import dataclass

LONGEST_DELAY_SECONDS = 5.0


@dataclass(frozen=True)
class Fault:
    """One bad answer. With `accepted` the call takes effect first, and only the answer is lost."""

    status: int | None = None
    retry_after: int | None = None
    error: str | None = None
    reset: bool = False
    accepted: bool = False
    delay: float = 0.0


class Faults:
    """The faults that wait for calls, per Web API method, first in first out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Fault]] = {}

    def next(
        self,
        method: str,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        reset: bool = False,
        accepted: bool = False,
        delay: float = 0.0,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of `method` ("chat.postMessage", or "*" for any) go wrong.

        `status` answers that HTTP status (429 with `retry_after` seconds); `error` answers ok=false with that code;
        `reset` breaks the connection without an answer; `delay` seconds pass first (at most 5).
        `accepted=True` does what was asked before it fails: the caller cannot know.
        """
        fault = Fault(status, retry_after, error, reset, accepted, min(delay, LONGEST_DELAY_SECONDS))
        with self._lock:
            self._waiting.setdefault(method, []).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one waits; it is used up."""
        with self._lock:
            for name in (method, "*"):
                if self._waiting.get(name):
                    return self._waiting[name].pop(0)
        return None

    def clear(self) -> None:
        """Forget the faults that still wait."""
        with self._lock:
            self._waiting.clear()
