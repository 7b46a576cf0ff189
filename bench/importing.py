"""Importing customers: read, checked, matched and ranked, beside the driver's executemany of the same cells."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.book import NOW, SEED
from bench.harness import Figure, at_least, at_most, compare
from bench.place import SQLITE, Place
from bench.processes import ROOT
from bench.raw import begin, parameters, raw_connection
from bot.usecases.imports import Subject, import_file
from storage.engine import Store
from storage.models import Workspace

MOST_MB = 200
_COLUMNS = ("external_id", "name", "owner", "segment", "standing", "annual_value", "currency", "customer_since")
_OWNER = """INSERT INTO teammate (workspace_id, id, email, name, timezone, locale, role, seat, digest_minute, work_days,
    digest_frequency) VALUES (1, ?, ?, '', 'UTC', 'en-US', 'member', 'member', 540, '12345', 'daily')"""
_SEGMENT = """INSERT INTO segment (workspace_id, id, name, policy, cadence_days, exponent, median_value)
    VALUES (1, ?, ?, 'learned', 30, 0.5, 1)"""
_INSERT = """INSERT INTO customer (workspace_id, id, external_id, name, name_key, owner_id, segment_id, standing,
    value_minor, currency, since_on, tags, notes, profile, touch_days, warm_key, ranked_value, sort_key, due_on,
    silent_since_on, nudge_from_on, snoozed_in_a_row)
    VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '{}', 0, 0, ?, ?, ?, ?, ?, 0)"""
# Imports a file in a process of its own and says how much memory it took at the most.
_ALONE = """
import sys
from pathlib import Path
from bench.importing import import_customers
from bench.processes import peak_mb
from storage.engine import Store, make_engine
import_customers(Store(make_engine(sys.argv[1])), Path(sys.argv[2]))
print(peak_mb())
"""


def write_customers(path: Path, rows: int) -> None:
    """Write a customers.csv by the contract: 200 owners, eight segments, values of a power law."""
    random = Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number in range(1, rows + 1):
            day = f"20{random.randrange(15, 26)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
            value = f"{1000 * random.paretovariate(1.16):.2f}"
            owner = f"owner{random.randrange(200)}@example.com"
            segment = f"Segment {random.randrange(8)}"
            writer.writerow((f"C{number}", _name(random, number), owner, segment, "customer", value, "EUR", day))


def _name(random: Random, number: int) -> str:
    first = random.choice(("Alder", "Beech", "Cypress", "Douglas", "Ebony", "Fir", "Ginkgo", "Hazel"))
    return f"{first} {number:x} {random.choice(('GmbH', 'Ltd', 'Inc', 'SARL'))}"


def import_customers(store: Store, path: Path) -> int:
    """Import a file into a workspace of its own; return how many customers it made."""
    with store.session() as session:
        workspace = Workspace(slack_team_id=f"T{time.time_ns()}", base_currency="EUR")
        session.add(workspace)
    return import_file(store, workspace.id, Subject.CUSTOMERS, path, now=NOW).created


def measure_importing(place: Place) -> Iterator[Figure]:
    """Yield the figures of importing: pace on every database, memory on SQLite."""
    path = place.scratch / "customers.csv"
    write_customers(path, place.size.import_rows)
    for database in place.databases():
        stores = (place.store(database, f"{name}_{database}") for name in _names())
        timed = compare(
            lambda: _bare(next(stores), path),  # noqa: B023
            lambda: _import(next(stores), path),  # noqa: B023
            rounds=min(place.size.rounds, 3),
        )
        yield timed.figure(f"import of {place.size.import_rows:,} rows / bare executemany, {database}", at_least(0.2))
    store = place.store(SQLITE, "import_memory")
    arguments = [sys.executable, "-c", _ALONE, store.engine.url.render_as_string(), str(path)]
    said = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=True)
    peak = float(said.stdout)
    yield Figure("memory of the import at the most", peak / MOST_MB, MOST_MB, peak, "MB", at_most(1))


def _names() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"import{number}"


def _import(store: Store, path: Path) -> float:
    begun = time.perf_counter()
    import_customers(store, path)
    seconds = time.perf_counter() - begun
    store.engine.dispose()
    return seconds


def _bare(store: Store, path: Path) -> float:
    """Put every row into the same table, with its keys and indexes, without a look at what it says."""
    with store.session() as session:
        session.add(Workspace(id=1, slack_team_id="T0BARE"))
    with raw_connection(store) as raw:
        begun = time.perf_counter()
        begin(raw)
        owner_ids: dict[str, int] = {}
        segment_ids: dict[str, int] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                owner_ids.setdefault(row["owner"], len(owner_ids) + 1)
                segment_ids.setdefault(row["segment"], len(segment_ids) + 1)
        cursor = raw.cursor()
        for statement, ids in ((_OWNER, owner_ids), (_SEGMENT, segment_ids)):
            cursor.executemany(parameters(store, statement), [(number, name) for name, number in ids.items()])
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            cursor.executemany(parameters(store, _INSERT), _cells(rows, owner_ids, segment_ids))
        raw.commit()
        seconds = time.perf_counter() - begun
    store.engine.dispose()
    return seconds


def _cells(
    rows: Iterator[list[str]], owner_ids: dict[str, int], segment_ids: dict[str, int]
) -> Iterator[tuple[object, ...]]:
    for number, (external_id, name, owner, segment, standing, value, currency, since) in enumerate(rows, start=1):
        worth = float(value)
        yield (
            number, external_id, name, name.lower(), owner_ids[owner], segment_ids[segment], standing, int(worth * 100),
            currency, since, worth, worth, since, since, since,
        )  # fmt: skip
