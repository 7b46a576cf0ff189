"""`rotate-keys`: everything that is encrypted, written anew with the newest key; what was in clear is encrypted."""

from collections.abc import Callable

from cryptography.fernet import InvalidToken

from bot.errors import SettingsError
from storage.columns import KeyMissing
from storage.engine import Store
from storage.rekeying import CHUNK, count, places, rekey_some
from storage.sealed import Keys

LOST = (
    "KEEPWARM_SECRET_KEYS: something was encrypted with a key that is not among them. Add the old key behind the new"
    " one and run this again; it goes on where it stopped."
)


def rotate_keys(
    store: Store,
    keys: Keys | None,
    *,
    progress: Callable[[str, int, int], None] = lambda _table, _done, _total: None,
    chunk: int = CHUNK,
) -> dict[str, int]:
    """Rewrite everything; return how many values of each table were not of the newest key.

    Each chunk is a transaction of its own, so the bot goes on working beside it, and a run that was interrupted is
    simply started again: what is of the newest key already is read and left. Raises SettingsError without keys, and
    where a key is missing.
    """
    if keys is None:
        raise SettingsError("KEEPWARM_SECRET_KEYS is not set. Make a key with `python -m bot doctor --new-key`.")
    rewritten: dict[str, int] = {}
    for place in places():
        with store.session(writes=False) as session:
            total = count(session, place)
        after, done, more = None, 0, True
        while more:
            with store.session() as session:
                try:
                    after, seen, changed = rekey_some(session, place, keys, after=after, chunk=chunk)
                except (KeyMissing, InvalidToken):
                    raise SettingsError(LOST) from None
            done, more = done + seen, after is not None
            rewritten[place.table.name] = rewritten.get(place.table.name, 0) + changed
            progress(place.table.name, done, total)
    return rewritten
