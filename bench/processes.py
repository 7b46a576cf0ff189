"""The bot as a process of its own, with the stand-in for Slack in this one; and what a process takes."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from bot.manifest import build_manifest
from bot.playground import Person, Playground
from storage.columns import Keyring
from storage.engine import Store

SECRET = "bench"
KEY = Fernet.generate_key().decode()
SLOWEST_START_SECONDS = 60.0
ROOT = Path(__file__).parents[1]


@contextmanager
def open_slack() -> Iterator[Playground]:
    """Start a stand-in for Slack with one person in it."""
    slack = Playground(
        clock=lambda: datetime.now(UTC),
        people=[Person("U0ANA", "Ana", "Ana Duarte", tz="Europe/London", locale="en-GB", email="ana@example.com")],
        signing_secret=SECRET,
        manifest=build_manifest(http_url="https://bench.invalid"),
    )
    slack.start()
    try:
        yield slack
    finally:
        slack.stop()


def settings_for(slack: Playground, database_url: str, port: int) -> dict[str, str]:
    """Return the environment of a bot that talks to the stand-in."""
    return {
        "DATABASE_URL": database_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "KEEPWARM_SECRET_KEYS": KEY,
        "KEEPWARM_PORT": str(port),
        "KEEPWARM_LOG_LEVEL": "warning",
    }


def multi_workspace_settings(store: Store, api_url: str, port: int) -> dict[str, str]:
    """Return the environment of a bot that people install, on a ledger whose workspaces hold their tokens."""
    url = store.engine.url
    if url.drivername.startswith("postgresql"):
        url = url.set(drivername="postgresql")
    return {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "SLACK_CLIENT_ID": "bench",
        "SLACK_CLIENT_SECRET": SECRET,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "KEEPWARM_PUBLIC_URL": "https://bench.invalid",
        "KEEPWARM_SECRET_KEYS": KEY,
        "KEEPWARM_PORT": str(port),
        "KEEPWARM_LOG_LEVEL": "warning",
    }


@contextmanager
def holding_keys() -> Iterator[None]:
    """Let tokens be written that those bots can read; what is measured in this process afterwards has no keys."""
    Keyring.fernet = MultiFernet([Fernet(KEY)])
    try:
        yield
    finally:
        Keyring.fernet = None


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    arguments: Sequence[str], settings: Mapping[str, str] | None = None, *, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python` with these arguments and none of this environment's own settings; stop it afterwards."""
    ours = ("DATABASE_URL", "SLACK_", "KEEPWARM_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment = {**inherited, **(settings or {})}
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=stdout)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as /readyz answers 200. Raises RuntimeError when the process ends or takes a minute."""
    give_up = time.monotonic() + SLOWEST_START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if line.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.005)
    raise RuntimeError("the process did not become ready")


def wait_until_idle(process: subprocess.Popen[bytes]) -> None:
    """Return once a process that became ready has done what it begins with; after five seconds at the latest."""
    give_up = time.monotonic() + 5
    used, before = cpu_seconds(process.pid), None
    while used != before and time.monotonic() < give_up:
        time.sleep(0.3)
        used, before = cpu_seconds(process.pid), used


def resident_mb(pid: int) -> float | None:
    """Return the resident memory of a process in MB; None where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def peak_mb() -> float:
    """Return the most resident memory that this process had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Its own: what getrusage says on Linux begins with the memory of the process that started this one.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time that a process has used; None where the system does not say."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
