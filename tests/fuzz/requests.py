"""Fuzzing `/slack/events` of a real process: no 500, no effect without a signature that holds, memory stays flat."""

import http.client
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from pydantic import SecretStr

from bot.app import Keepwarm
from bot.blocks.ids import ActionId
from bot.playground import Playground
from bot.playground.line import Request
from bot.settings import Settings
from bot.usecases import teammates
from storage.engine import Store, make_engine
from storage.migrate import migrate
from tests.fuzz.mutations import Raw, spoil
from tests.handlers.acting import command, press, reply, submit
from tests.support.bot import Office
from tests.support.cast import write_cast
from tests.support.process import Running, start
from tests.support.slack import SIGNING_SECRET, bolt_line, build_slack

# Answers that a request may get: done, refused as it stands, of no kind that we handle, and the database being busy.
FINE = frozenset({200, 400, 401, 404, 405, 408, 413, 503})
# What a process may grow by while it answers: caches fill, the allocator keeps what it had once.
MOST_GROWTH_MB = 30


@dataclass
class Found:
    """What a run saw: statuses, and every request that broke a promise, in a sentence."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    failures_in_log: int = 0
    growth_mb: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken and self.growth_mb <= MOST_GROWTH_MB


def fuzz(folder: Path, port: int, *, requests: int, seed: int) -> Found:
    """Send spoilt requests to a bot of our own; `seed` makes a run the same again, but for the time."""
    found = Found()
    with build_slack(lambda: datetime.now(UTC)) as slack:
        corpus = record_a_day(folder, slack)
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_API_URL": slack.api_url,
        }  # fmt: skip
        # No clock and no dispatcher: whatever changes the database is an effect of a request.
        running = start(folder, port, "--role", "web", settings=settings)
        try:
            _attack(running, corpus, found, database=folder / "keepwarm.db", requests=requests, seed=seed)
        finally:
            running.stop()
    log = running.log.read_text(errors="replace")
    found.failures_in_log = len(re.findall(r"event='request_failed'", log))
    return found


def record_a_day(folder: Path, slack: Playground) -> list[Request]:
    """Let people use the bot in a database of its own, and return every request that Slack sent meanwhile."""
    url = f"sqlite:///{folder}/keepwarm.db"
    store = Store(make_engine(url))
    migrate(store.engine)
    settings = Settings(
        database_url=url, bot_token=SecretStr(slack.bot_token), api_url=slack.api_url, _env_file=None
    )  # fmt: skip

    def clock() -> datetime:
        return datetime.now(UTC)

    keepwarm = Keepwarm(settings, store, clock)
    slack.events_url = bolt_line(keepwarm.bolt)
    workspace_id = keepwarm.install()
    with store.write(workspace_id) as ledger:
        for slack_id in ("U0ANA", "U0BEN", "U0CHI"):
            teammates.remember(ledger, keepwarm.directory.person(workspace_id, slack_id), now=clock())
        write_cast(ledger, clock().date())
    office = Office(slack, keepwarm, clock, workspace_id)  # type: ignore[arg-type]
    _live_a_day(office)
    recorded = list(slack.requests)
    store.engine.dispose()
    return recorded


def _live_a_day(office: Office) -> None:
    slack = office.slack
    slack.open_home("U0ANA")
    for line in ("/keepwarm help", "/keepwarm here daily", "/touch Acme called yesterday", "/customer Acme"):
        command(office, "U0ANA", "C0TEAM", line)
    slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    submit(office, "U0ANA")
    listed = command(office, "U0ANA", "C0TEAM", "/whois-neglected all")
    press(office, "U0ANA", listed, ActionId.POST_HERE)
    posted = [message for message in slack.from_bot("C0TEAM") if not message.ephemeral_for][-1]
    reply(office, "U0ANA", posted, "1 called, wants pricing\n2 met yesterday")
    press(office, "U0ANA", posted, ActionId.DONE, "Cedar")
    for action in (ActionId.SNOOZE, ActionId.DRAFT):
        press(office, "U0ANA", posted, action, "Fjord")
        slack.close("U0ANA")
    press(office, "U0ANA", posted, ActionId.SNOOZE, "Gale")
    submit(office, "U0ANA")
    slack.say("U0ANA", slack.dm("U0ANA"), "Acme: met Jana")
    office.settle()


def _attack(running: Running, corpus: list[Request], found: Found, *, database: Path, requests: int, seed: int) -> None:
    random = Random(seed)
    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    before = None
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as watcher:
        for number in range(requests):
            if number == requests // 5:
                before = memory_mb(running.process.pid)
            raw = spoil(random.choice(corpus), random, secret=SIGNING_SECRET, now=int(time.time()))
            version = _version(watcher)
            status = _send(line, raw)
            found.statuses[status] += 1
            if status not in FINE:
                found.broken.append(f"request {number} was answered {status}: {raw.body[:300]!r}")
            if not raw.signed and status in range(200, 300):
                found.broken.append(f"request {number} was taken without a signature: {raw.headers}")
            if not raw.signed and _version(watcher) != version:
                found.broken.append(f"request {number} changed something without a signature: {raw.headers}")
    found.growth_mb = memory_mb(running.process.pid) - (before or 0)


def _version(watcher: sqlite3.Connection) -> int:
    """SQLite's count of changes that others made to the file."""
    return int(watcher.execute("PRAGMA data_version").fetchone()[0])


def _send(line: http.client.HTTPConnection, raw: Raw) -> int:
    try:
        line.request("POST", "/slack/events", body=raw.body, headers={**raw.headers})
        answer = line.getresponse()
        answer.read()
    except (http.client.HTTPException, OSError):
        line.close()
        return 0
    return answer.status


def memory_mb(pid: int) -> float:
    """Return what a process holds in memory, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def report(found: Found) -> Iterator[str]:
    """Say what a run saw."""
    yield "answers: " + ", ".join(f"{number} x {status}" for status, number in sorted(found.statuses.items()))
    yield f"memory: {found.growth_mb:+.1f} MB since a fifth of the run; failed in a listener: {found.failures_in_log}"
    yield from found.broken[:20]
