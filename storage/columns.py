"""Column types and ids that every table shares: instants, encrypted text, time-ordered ids."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.model import Direction, NudgeState, Source, Standing, TouchKind

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ID_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00Z
_RANDOM_BITS = 21


class _IdSource:
    """Hands out 63-bit ids: 42 bits of milliseconds, then a counter that starts at random every millisecond.

    Ids grow within a process. Two replicas meet only in the same millisecond, on the same 21 random bits, in the same
    workspace; the primary key then refuses the second row and the request is tried again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, count: int = 1) -> int:
        """Return the first of `count` ids that follow each other; the others are the caller's as well."""
        now = time.time_ns() // 1_000_000 - _ID_EPOCH_MS
        with self._lock:
            # Drawing is slow beside counting, and an import takes hundreds of ids in a millisecond.
            drawn = now << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS - 1) if now > self._last >> _RANDOM_BITS else 0
            first = max(drawn, self._last + 1)
            self._last = first + count - 1
            return first


new_id = _IdSource().next


def new_ids(count: int) -> range:
    """Return so many new ids, drawn at once."""
    first = new_id(count)
    return range(first, first + count)


def aware(value: datetime) -> datetime:
    """Return an instant. Raises ValueError for a naive time, which means a different instant on another machine."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: an instant needs one")
    return value


def milliseconds_of(value: datetime) -> int:
    """Return an instant in milliseconds since 1970, as SQLite stores it."""
    return ((value if value.tzinfo else aware(value)) - _UNIX_EPOCH) // _MILLISECOND


class Instant(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, milliseconds since 1970 on SQLite, which has no such type."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times, which would mean a different instant on another machine."""
        if value is None:
            return None
        return milliseconds_of(value) if dialect.name != "postgresql" else aware(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return instant_of(value)


def driver_values(values: Iterable[Any], dialect: Dialect) -> list[Any]:
    """Return values as a database's driver takes them in a statement of its own words."""
    encoders = _ON_SQLITE if dialect.name == "sqlite" else _ON_POSTGRESQL
    return [encoders[kind](value) if (kind := value.__class__) in encoders else value for value in values]


_WORDS: dict[type, Callable[[Any], Any]] = dict.fromkeys(
    # `value` of an enumeration is a property written in Python, and looked up several times in every touch.
    (TouchKind, Direction, Source, Standing, NudgeState),
    attrgetter("_value_"),
)
_ON_SQLITE = _WORDS | {datetime: milliseconds_of, date: date.isoformat}
_ON_POSTGRESQL = _WORDS | {datetime: aware}


# SQLite has neither instants nor days; its driver writes them, and our words, as its columns hold them.
for _kind, _encoder in _ON_SQLITE.items():
    sqlite3.register_adapter(_kind, _encoder)


def instant_of(stored: Any) -> datetime | None:
    """Return an instant in UTC from what either driver gives for the column."""
    if stored is None:
        return None
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    return _UNIX_EPOCH + int(stored) * _MILLISECOND


def day_of(stored: Any) -> Any:
    """Return a date, or None, from what either driver gives for the column: SQLite has no such type."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


class KeyMissing(RuntimeError):
    """A stored secret cannot be written or read with the keys that are set; the text names the setting."""


class Keyring:
    """The process's encryption keys, set once at the start by the composition root."""

    fernet: MultiFernet | None = None


class Encrypted(TypeDecorator[str]):
    """Text that is encrypted when stored, with the newest key; any older key of the ring still reads it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt, or refuse to store in clear."""
        if value is None:
            return None
        if Keyring.fernet is None:
            raise KeyMissing("KEEPWARM_SECRET_KEYS is not set: a token is never stored in clear.")
        return Keyring.fernet.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt; a value written with a key that is no longer in the ring is an error, never garbage."""
        if value is None:
            return None
        if Keyring.fernet is None:
            raise KeyMissing("KEEPWARM_SECRET_KEYS is not set: the stored token can't be read. Set the keys again.")
        try:
            return Keyring.fernet.decrypt(value.encode()).decode()
        except InvalidToken:
            raise KeyMissing(
                "KEEPWARM_SECRET_KEYS: the stored token was written with a key that is not among them. Add the old key"
                " behind the new one, or start the bot once with SLACK_BOT_TOKEN set."
            ) from None
