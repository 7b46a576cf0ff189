"""Structured logs on stderr: ids and counts, never customer text, message text or tokens."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

# The innermost calls say where it broke; what called them is the same few lines of the libraries every time.
_MOST_FRAMES = 12
_TOKEN = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+")


def _without_tokens(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _TOKEN.sub("(token)", value)
    return event


def without_texts(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say of an exception what it is and where it came from: its own text may quote what a customer said."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = " from ".join(_places(error))
    return event


def _places(error: BaseException | None) -> Iterator[str]:
    """Each exception of a chain, the last one first: its name, and its calls from the inside out."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
        calls = (f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
        yield f"{type(error).__module__}.{type(error).__qualname__} in " + ", ".join(calls)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Wordless(logging.Formatter):
    """Says of what a library logs who it is, how bad it is and where it broke.

    Their words may quote a request, and an error's a row: PostgreSQL names the values of the one that it refuses.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        broken = record.exc_info[1] if record.exc_info else None
        return " ".join((record.levelname, record.name, " from ".join(_places(broken)))).rstrip()


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else None
    structlog.get_logger().error("thread_ended", thread=name, exc_info=ended.exc_value)


def set_up_logs(level: str) -> None:
    """Send our logs, and the libraries' from warning up, to stderr as one line each, and what ends a thread as well."""
    # Bolt and the SDK write whole requests at INFO and DEBUG; those hold customer text.
    wordless = logging.StreamHandler(sys.stderr)
    wordless.setFormatter(Wordless())
    logging.basicConfig(handlers=[wordless], level=logging.WARNING)
    threading.excepthook = _tell_of_thread
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            without_texts,
            _without_tokens,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
