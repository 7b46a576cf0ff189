"""A playground's folder goes with it; what a killed one left goes at the next start, and nothing else does."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bot.demo_folder import PREFIX, DemoFolder, remove_abandoned

LEAVE = """
import os
from bot.demo_folder import DemoFolder
folder = DemoFolder()
(folder.path / "demo.db").write_text("customers")
print(folder.path, flush=True)
os._exit(9)
"""


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_it_goes_with_the_playground(temp: Path) -> None:
    folder = DemoFolder()
    (folder.path / "demo.db").write_text("customers")
    folder.remove()
    assert list(temp.iterdir()) == []


def test_what_a_killed_one_left_is_removed_by_the_next(temp: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", LEAVE], capture_output=True, text=True, cwd=Path.cwd(), check=False)
    left = Path(killed.stdout.strip())
    assert (left / "demo.db").exists(), killed.stderr
    folder = DemoFolder()
    assert not left.exists()
    folder.remove()


def test_one_that_runs_keeps_its_folder(temp: Path) -> None:
    running = DemoFolder()
    assert remove_abandoned() == 0
    DemoFolder().remove()
    assert running.path.exists()
    running.remove()


def test_folders_of_others_and_new_ones_are_left_alone(temp: Path) -> None:
    (temp / "keepwarm-backup").mkdir()
    (temp / "elsewhere").mkdir()
    (temp / f"{PREFIX}link").symlink_to(temp / "elsewhere")
    (temp / f"{PREFIX}file").write_text("a file")
    (temp / f"{PREFIX}new").mkdir()
    assert remove_abandoned() == 0
    assert len(list(temp.iterdir())) == 5


def test_one_of_before_there_were_locks_goes_after_an_hour(temp: Path) -> None:
    old = temp / f"{PREFIX}old"
    old.mkdir()
    (old / "demo.db").write_text("customers")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert remove_abandoned() == 1
    assert not old.exists()
