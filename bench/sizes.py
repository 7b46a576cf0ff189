"""How large the ledgers are that everything is measured on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of a ledger, and how patiently to measure: rounds of limit and subject, calls a round, requests, starts."""

    name: str
    customers: int
    touches: int
    owners: int
    rounds: int
    calls: int
    import_rows: int
    teammates: int
    deliveries: int
    workspaces: int
    idle_seconds: float
    recomputed: int


# T is for the tests of this suite: it shows that everything runs, its ratios mean nothing.
SIZES = {
    size.name: size
    for size in (
        Size("T", 200, 2_000, 4, rounds=1, calls=2, import_rows=50, teammates=20, deliveries=16,
             workspaces=5, idle_seconds=0.5, recomputed=50),
        Size("S", 20_000, 400_000, 200, rounds=9, calls=60, import_rows=50_000, teammates=10_000, deliveries=400,
             workspaces=1_000, idle_seconds=15, recomputed=100_000),
        Size("L", 1_000_000, 20_000_000, 2_000, rounds=15, calls=200, import_rows=1_000_000, teammates=10_000,
             deliveries=1_000, workspaces=1_000, idle_seconds=60, recomputed=100_000),
    )
}  # fmt: skip
