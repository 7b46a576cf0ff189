"""What a bot takes that has nothing to do: its minute tick, its looks for deliveries and jobs, its server."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from subprocess import PIPE

from bench.harness import Figure, at_most
from bench.place import Place
from bench.processes import free_port, holding_keys, multi_workspace_settings, running
from storage.engine import Store
from storage.models import TeammateRow, Workspace

A_HUNDREDTH = 0.01
PEOPLE = 20


def measure_idle(place: Place) -> Iterator[Figure]:
    """Yield the share of a core that a process takes, on every database; they rest at the same time."""
    size = place.size
    with ExitStack() as resting:
        bots = []
        for database in place.databases():
            store = place.store(database, "idle")
            _fill(store, size.workspaces)
            settings = multi_workspace_settings(store, "http://127.0.0.1:9/api/", free_port())
            store.engine.dispose()
            arguments = ["-m", "bench.idle_bot", str(size.idle_seconds)]
            bots.append((database, resting.enter_context(running(arguments, settings, stdout=PIPE))))
        for database, bot in bots:
            answer = json.loads(bot.stdout.readline() or "null")  # type: ignore[union-attr]
            if answer is None:
                raise RuntimeError(f"the idle bot on {database} ended: see above")
            tick_ms = 1e3 * answer["tick_seconds"]
            what = (
                f"a minute of a bot with {size.workspaces:,} workspaces of {PEOPLE} people at rest, {tick_ms:.0f} ms"
                f" of it the tick / a hundredth of a core, {database}"
            )
            limit, used = A_HUNDREDTH * 60e3, answer["share"] * 60e3
            yield Figure(what, used / limit, limit, used, "ms", at_most(1))


def _fill(store: Store, workspaces: int) -> None:
    """Write workspaces that were looked after today, and people whose digests are due tomorrow."""
    now = datetime.now(UTC)
    with holding_keys(), store.session() as session:
        for number in range(1, workspaces + 1):
            session.add(
                Workspace(
                    id=number,
                    slack_team_id=f"T{number}",
                    slack_bot_user_id="U0BOT",
                    bot_token="xoxb-bench",
                    installed_at=now,
                    people_seen_at=now,
                    ticked_at=now,
                )
            )
        session.flush()
        for number in range(1, workspaces + 1):
            session.add_all(
                TeammateRow(
                    workspace_id=number,
                    id=person,
                    slack_user_id=f"U{person}",
                    name="Ana",
                    seen_at=now,
                    next_digest_at=now + timedelta(days=1),
                )
                for person in range(1, PEOPLE + 1)
            )
