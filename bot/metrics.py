"""What monitoring reads: what this process counted, and what the database owes at the moment of asking."""

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage.checkup import digests_waiting, last_tick_at, oldest_unsent_at, owed_by_state_and_age
from storage.engine import Store

# One registry of our own: the default one also reports on Python, which says nothing about digests.
REGISTRY = CollectorRegistry()

SLACK_CALLS = Counter(
    "keepwarm_slack_calls",
    "Calls of Slack's Web API by method and by what came of them; `later` is a 429.",
    ["method", "outcome"],
    registry=REGISTRY,
)
SETTLED = Counter(
    "keepwarm_deliveries_settled",
    "Deliveries that reached a final state in this process, by kind.",
    ["kind", "state"],
    registry=REGISTRY,
)
DISPATCH_SECONDS = Histogram(
    "keepwarm_dispatch_seconds",
    "Time from a checked request to its answer. Slack gives up after 3 seconds.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0),
    registry=REGISTRY,
)
REQUESTS_REFUSED = Counter(
    "keepwarm_requests_refused",
    "Requests refused before anything read them, by reason.",
    ["reason"],
    registry=REGISTRY,
)
DIGESTS_PLANNED = Counter("keepwarm_digests_planned", "Digests planned by this process.", registry=REGISTRY)


class Owed(Collector):
    """What the database says at the moment of asking: every replica reports the same."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Count what waits, by state and by how long it has been due, in one read."""
        now = self._clock()
        with self._store.session(writes=False) as session:
            owed = owed_by_state_and_age(session, now=now)
            oldest = oldest_unsent_at(session)
            ticked = last_tick_at(session)
            waiting = digests_waiting(session, now=now)
        deliveries = GaugeMetricFamily(
            "keepwarm_deliveries_owed", "Deliveries not sent yet, by state and time since they fell due.",
            labels=["state", "age"],
        )  # fmt: skip
        for (state, age), number in sorted(owed.items()):
            deliveries.add_metric([state, age], number)
        yield deliveries
        late = (now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "keepwarm_oldest_unsent_seconds", "How long the oldest delivery has been due.", value=max(0.0, late)
        )
        if ticked is not None:
            yield GaugeMetricFamily(
                "keepwarm_last_tick_seconds", "How long ago the clock ticked last, in any replica.",
                value=max(0.0, (now - ticked).total_seconds()),
            )  # fmt: skip
        yield GaugeMetricFamily(
            "keepwarm_digests_due", "People and channels whose digest hour has come and is not planned.", value=waiting
        )


def page(store: Store, clock: Callable[[], datetime]) -> bytes:
    """Return the metrics in Prometheus' text format. Raises DBAPIError when the database can't be used."""
    database = CollectorRegistry()
    database.register(Owed(store, clock))
    return generate_latest(REGISTRY) + generate_latest(database)
