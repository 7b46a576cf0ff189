"""The bot as a real process, with an environment of its own: what `python -m bot …` does, says and leaves behind."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import structlog

from bot.__main__ import main
from storage.columns import Keyring
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent.parent


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Nothing but what a process needs, and the given settings; the database is in the folder."""
    base = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return {
        **base, "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{folder}/keepwarm.db", "HOME": str(folder),
        "COLUMNS": "200", **settings,
    }  # fmt: skip


def bot(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a process of its own."""
    env = environment(folder, **(settings or {}))
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=50, check=False)


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str


def say(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Said:
    """Run a command to its end in this process, from its words to its exit status; much quicker than `bot`."""
    out, err = io.StringIO(), io.StringIO()
    with monkeypatch.context() as here:
        for name in os.environ:
            if name.startswith(("SLACK_", "KEEPWARM_", "DATABASE_")):
                here.delenv(name)
        for name, value in environment(folder, **(settings or {})).items():
            here.setenv(name, value)
        here.chdir(folder)
        here.setattr(sys, "argv", ["python -m bot", *words])
        logging_as_before = structlog.get_config()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = _status_of_main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            Keyring.fernet = None
            structlog.configure(**logging_as_before)
    return Said(status, out.getvalue(), err.getvalue())


def _status_of_main() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


@dataclass
class Running:
    """`python -m bot run` while it runs. What it logs is in `log`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and return its exit status."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def is_ready(self) -> bool:
        """Whether it says that it is ready."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def start(folder: Path, port: int, *words: str, settings: Mapping[str, str]) -> Running:
    """Start `run` and return when it is ready."""
    log = folder / "log.txt"
    given = {"KEEPWARM_PORT": str(port), **settings}
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", *words],
            cwd=folder, env=environment(folder, **given), stdout=stream, stderr=stream,
        )  # fmt: skip
    running = Running(process, port, log)
    until(running.is_ready, seconds=30, what="the start")
    return running
