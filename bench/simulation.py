"""A day of 100,000 workspaces with 20 teammates each: the load by the minute, and where the first wall is.

`python -m bench.simulation [--workspaces N] [--teammates N] [--replicas N]`. Pure arithmetic with a fixed seed; nothing
is sent and no database is opened. What it rests on is in `Habits` and `Costs`, measured or assumed as they say.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.delivery.settling import SENDERS
from storage.lanes import PACES

MINUTES = 24 * 60
SEED = 20261124
# Where office workers live, roughly, by the offset of their winter time in minutes: shares of the workspaces.
ZONES = {
    -480: 9, -420: 4, -360: 9, -300: 17, -180: 5, 0: 11, 60: 22, 120: 5, 180: 2, 330: 7, 480: 4, 540: 3, 600: 2,
}  # fmt: skip
# When people want their digest: most leave it at nine.
HOURS = {8 * 60: 8, 8 * 60 + 30: 7, 9 * 60: 70, 9 * 60 + 30: 5, 10 * 60: 10}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a teammate is assumed to do on a working day: how likely somebody is due, and what follows a digest."""

    share_with_digest: float = 0.6
    actions_a_digest: float = 1.5
    updates_an_action: float = 1.2
    answered_within_minutes: float = 90


@dataclass(frozen=True, slots=True)
class Costs:
    """What one of each takes: seconds of a core, seconds of waiting for Slack, transactions of the database.

    Seconds of a core are measured by `make bench` on two shared cores (docs/performance.md); another machine scales all
    of them alike. The rest is assumed: how long Slack takes was never measured from here, the transactions are counted
    from the code, and what a database's own machine does in a second is a round number for one with fast disks.
    """

    plan_digest: float = 0.003
    plan_nothing: float = 0.0002
    send: float = 0.005
    request: float = 0.003
    slack_latency: float = 0.15
    transactions_a_message: int = 4
    transactions_a_request: int = 2
    database_per_second: float = 4000


@dataclass(slots=True)
class Day:
    """What happens in each minute of a day (UTC), all workspaces together."""

    due: list[float] = field(default_factory=lambda: [0.0] * MINUTES)
    digests: list[float] = field(default_factory=lambda: [0.0] * MINUTES)
    requests: list[float] = field(default_factory=lambda: [0.0] * MINUTES)
    updates: list[float] = field(default_factory=lambda: [0.0] * MINUTES)
    busiest_posts: int = 0
    busiest_updates: int = 0

    @property
    def calls(self) -> list[float]:
        """Calls of Slack's Web API."""
        return [a + b for a, b in zip(self.digests, self.updates, strict=True)]


@dataclass(frozen=True, slots=True)
class Wall:
    """One resource: how much of it the peak asks for (1 is all of it), and how late that makes the last of it."""

    name: str
    asked: float
    late_minutes: float


def simulate(workspaces: int, teammates: int, habits: Habits, *, seed: int = SEED) -> Day:
    """Let a day pass, workspace by workspace."""
    chance, day = random.Random(seed), Day()
    zones = chance.choices(list(ZONES), list(ZONES.values()), k=workspaces)
    hours, weights = list(HOURS), list(HOURS.values())
    for offset in zones:
        posts: Counter[int] = Counter()
        updates: Counter[int] = Counter()
        for minute in chance.choices(hours, weights, k=teammates):
            at = (minute - offset) % MINUTES
            day.due[at] += 1
            if chance.random() >= habits.share_with_digest:
                continue
            posts[at] += 1
            for _ in range(_times(chance, habits.actions_a_digest)):
                then = (at + 1 + int(chance.expovariate(1 / habits.answered_within_minutes))) % MINUTES
                day.requests[then] += 1
                updates[then] += _times(chance, habits.updates_an_action)
        for found, minutes in ((posts, day.digests), (updates, day.updates)):
            for at, number in found.items():
                minutes[at] += number
        day.busiest_posts = max(day.busiest_posts, max(posts.values(), default=0))
        day.busiest_updates = max(day.busiest_updates, max(updates.values(), default=0))
    return day


def _times(chance: random.Random, mean: float) -> int:
    """A whole number with that mean."""
    return int(mean) + (chance.random() < mean % 1)


def longest_queue(arriving: Sequence[float], a_minute: float) -> float:
    """Return how many minutes the last of a queue waits at its worst, when so many are served a minute."""
    waiting = worst = 0.0
    for number in [*arriving, *arriving]:
        waiting = max(0.0, waiting + number - a_minute)
        worst = max(worst, waiting)
    return worst / a_minute


def walls(day: Day, costs: Costs, habits: Habits, *, replicas: int) -> list[Wall]:
    """Return what the peak asks of each resource, the scarcest first. A replica has one core, and eight senders."""
    planning = habits.share_with_digest * costs.plan_digest + (1 - habits.share_with_digest) * costs.plan_nothing
    resources = (
        ("planning digests (cores)", day.due, 60 * replicas / planning),
        ("sending (cores)", day.calls, 60 * replicas / costs.send),
        ("waiting for Slack (senders)", day.calls, 60 * replicas * SENDERS / costs.slack_latency),
        ("answering requests (cores)", day.requests, 60 * replicas / costs.request),
        ("the database (transactions)", transactions(day, costs), 60 * costs.database_per_second),
    )
    found = [Wall(name, max(load) / a_minute, longest_queue(load, a_minute)) for name, load, a_minute in resources]
    return sorted(found, key=lambda wall: -wall.asked)


def transactions(day: Day, costs: Costs) -> list[float]:
    """Return the transactions of each minute."""
    return [
        calls * costs.transactions_a_message + requests * costs.transactions_a_request
        for calls, requests in zip(day.calls, day.requests, strict=True)
    ]


def replicas_for(day: Day, costs: Costs, habits: Habits, *, late_minutes: float) -> int:
    """Return how many replicas bring the last digest of the peak in time, as far as replicas help."""
    count = 1
    while any(
        wall.late_minutes > late_minutes
        for wall in walls(day, costs, habits, replicas=count)
        if "database" not in wall.name
    ):
        count += 1
    return count


def report(day: Day, costs: Costs, habits: Habits, *, replicas: int) -> list[str]:
    """Return the lines that say it all."""
    kinds: tuple[tuple[str, Sequence[float]], ...] = (
        ("people whose hour comes", day.due),
        ("digests", day.digests),
        ("requests from Slack", day.requests),
        ("calls of Slack", day.calls),
        ("transactions", transactions(day, costs)),
    )
    lines = [f"{'a second':28} {'mean':>9} {'peak':>9}   a day"]
    lines += [f"{n:28} {sum(v) / 86400:9,.0f} {max(v) / 60:9,.0f}   {sum(v):,.0f}" for n, v in kinds]
    post, update = PACES["chat.postMessage"], PACES["chat.update"]
    lines += [
        "",
        f"The busiest workspace: {day.busiest_posts} posts in a minute of {post.per_minute:.0f},"
        f" {day.busiest_updates} updates of {update.per_minute:.0f}. Slack's limits are per workspace: no wall.",
        "",
        f"With {replicas} replicas:",
    ]
    for wall in walls(day, costs, habits, replicas=replicas):
        late = f"the last waits {wall.late_minutes:.0f} min" if wall.late_minutes >= 1 else "nobody waits"
        lines.append(f"  {wall.name:28} {wall.asked:7.1%} of what there is; {late}")
    in_time = replicas_for(day, costs, habits, late_minutes=10)
    lines.append(f"Replicas that bring every digest within 10 minutes: {in_time}")
    return lines


def main(say: Callable[[str], object] = print) -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulation", description=__doc__)
    parser.add_argument("--workspaces", type=int, default=100_000)
    parser.add_argument("--teammates", type=int, default=20)
    parser.add_argument("--replicas", type=int, default=3)
    asked = parser.parse_args()
    habits, costs = Habits(), Costs()
    day = simulate(asked.workspaces, asked.teammates, habits)
    for line in report(day, costs, habits, replicas=asked.replicas):
        say(line)


if __name__ == "__main__":
    main()
