"""Notes at rest: encrypted when there are keys, in a way that still lets the database tell whether two are the same.

AES-SIV (RFC 5297) gives one text one cipher text under one key, which is how an import knows a note again; who reads
the file of the database learns at most that two notes are equal. A token has nothing to be compared with and is
encrypted by Fernet (`columns.Encrypted`). What is stored begins with a mark and the key's name; what does not is in
clear, from before there were keys.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import JSON, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.columns import KeyMissing, Keyring

MARK = "\x01"


class Keys(MultiFernet):
    """The keys of the settings, newest first: the newest writes, every one of them reads."""

    NAME_LENGTH = 8

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__([Fernet(key) for key in keys])
        self._newest_fernet = Fernet(keys[0])
        derived = [_derive(key) for key in keys]
        self._ciphers = {_name(key): AESSIV(key) for key in derived}
        self.newest = _name(derived[0])
        self.names = tuple(self._ciphers)

    def seal(self, text: str) -> str:
        """Encrypt a text with the newest key."""
        cipher = self._ciphers[self.newest].encrypt(text.encode(), None)
        return f"{MARK}{self.newest}{base64.urlsafe_b64encode(cipher).decode()}"

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` made, with whichever key made it. Raises KeyMissing."""
        cipher = self._ciphers.get(sealed[1 : 1 + self.NAME_LENGTH])
        if cipher is None:
            raise KeyMissing(
                "KEEPWARM_SECRET_KEYS: a note was written with a key that is not among them. Add the old key behind the"
                " new one."
            )
        try:
            return cipher.decrypt(base64.urlsafe_b64decode(sealed[1 + self.NAME_LENGTH :]), None).decode()
        except (InvalidTag, ValueError):
            raise KeyMissing("A stored note is damaged: no key can read it.") from None

    def wrote(self, stored: str) -> bool:
        """Say whether the newest key wrote this, as a note or as a token."""
        if stored.startswith(MARK):
            return stored[1 : 1 + self.NAME_LENGTH] == self.newest
        try:
            self._newest_fernet.decrypt(stored.encode())
        except Exception:
            return False
        return True


def _derive(key: str) -> bytes:
    return HKDF(SHA512(), 64, salt=None, info=b"keepwarm notes").derive(base64.urlsafe_b64decode(key))


def _name(derived: bytes) -> str:
    return hashlib.sha256(b"name" + derived).hexdigest()[: Keys.NAME_LENGTH]


def seal(text: str | None) -> str | None:
    """Return a note as it is stored: sealed when there are keys. Nothing has nothing to hide."""
    if not text:
        return text
    keys = Keyring.fernet
    return keys.seal(text) if isinstance(keys, Keys) else text.lstrip(MARK)


def unseal(stored: str | None) -> str | None:
    """Return a note from what is stored. Raises KeyMissing."""
    if not stored or not stored.startswith(MARK):
        return stored
    if not isinstance(Keyring.fernet, Keys):
        raise KeyMissing("KEEPWARM_SECRET_KEYS is not set: the notes are encrypted. Set the keys again.")
    return Keyring.fernet.unseal(stored)


def sealed_rows(
    columns: Sequence[str], secret: Iterable[str], rows: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """Seal the secret columns of rows on their way around the column types."""
    places = [columns.index(name) for name in secret if name in columns]
    if Keyring.fernet is None or not places:
        yield from rows
        return
    for row in rows:
        cells = list(row)
        for place in places:
            cells[place] = seal(cells[place])
        yield tuple(cells)


class Sealed(TypeDecorator[str]):
    """A note: text that is sealed on its way in and read on its way out."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal."""
        return seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Unseal."""
        return unseal(value)


class SealedJson(TypeDecorator[Any]):
    """JSON that people's words are in: sealed, it is one JSON text."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Seal."""
        return seal(json.dumps(value)) if isinstance(Keyring.fernet, Keys) and value is not None else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Unseal; a plain value is of the time before there were keys."""
        return json.loads(unseal(value) or "null") if isinstance(value, str) and value.startswith(MARK) else value
