"""The folder of a playground: it goes with it, and what a killed one left behind goes when the next one starts."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TextIO

try:
    import fcntl
except ImportError:  # On Windows nobody can tell whether a folder is in use, so nothing is cleaned up there.
    fcntl = None  # type: ignore[assignment]

PREFIX = "keepwarm-demo-"
_IN_USE = "in-use"
# Between the making of a folder and its lock there is a moment; a folder without a lock is left alone for this long.
_NEW_FOR_SECONDS = 3600


class DemoFolder:
    """A folder of our own, locked while this process lives: the lock ends with the process, however that ends."""

    def __init__(self) -> None:
        remove_abandoned()
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self._lock: TextIO = (self.path / _IN_USE).open("w", encoding="utf-8")
        if fcntl is not None:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        self._lock.close()
        self._folder.cleanup()


def remove_abandoned() -> int:
    """Remove the folders of playgrounds that were killed; return how many.

    Only folders that we named, that are this user's, and that no process holds.
    """
    if fcntl is None:
        return 0
    found = [path for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _is_abandoned(path)]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def _is_abandoned(folder: Path) -> bool:
    try:
        about = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or about.st_uid != os.getuid():
            return False
        if not (folder / _IN_USE).exists():
            return time.time() - about.st_mtime > _NEW_FOR_SECONDS
        with (folder / _IN_USE).open("r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Somebody holds it, or it is gone already.
        return False
    return True
