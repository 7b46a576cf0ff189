"""`python -m bench [names] [--size S|L] [--json FILE]`: measure everything, or what is named, and print the ratios.

Exit status 1 when a ratio is more than twice as bad as its target: less can be other work on the machine.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.attention import measure_attention
from bench.digests import measure_digests
from bench.harness import Figure
from bench.idle import measure_idle
from bench.importing import measure_importing
from bench.lists import measure_lists
from bench.place import POSTGRESQL, SQLITE, Place, open_place
from bench.recomputing import measure_recomputing
from bench.rendering import measure_rendering
from bench.replicas import measure_replicas
from bench.requests import measure_requests
from bench.sending import measure_sending
from bench.sizes import SIZES
from bench.starting import measure_starting
from bench.touches import measure_touches

BENCHES: dict[str, Callable[[Place], Iterator[Figure]]] = {
    "lists": measure_lists,
    "touches": measure_touches,
    "requests": measure_requests,
    "starting": measure_starting,
    "importing": measure_importing,
    "digests": measure_digests,
    "sending": measure_sending,
    "replicas": measure_replicas,
    "idle": measure_idle,
    "recomputing": measure_recomputing,
    "rendering": measure_rendering,
    "attention": measure_attention,
}


def measure(names: list[str], place: Place) -> Iterator[tuple[str, Figure]]:
    """Yield (bench, figure) as they are measured."""
    for name in names:
        for figure in BENCHES[name](place):
            yield name, figure


def build_table(measured: list[tuple[str, Figure]], size: str) -> Table:
    """Build the report."""
    table = Table(title=f"size {size}; a ratio is subject / limit, medians of the same run", title_justify="left")
    table.add_column("what")
    for heading in ("limit", "subject", "ratio", "target"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for _, figure in measured:
        limit, subject = (f"{value:,.0f} {figure.unit}" for value in (figure.limit, figure.subject))
        target = str(figure.target) if figure.target else ""
        table.add_row(figure.what, limit, subject, f"{figure.ratio:.2f}", target, figure.verdict)
    return table


def main() -> int:
    """Measure and print; exit status 1 when a figure is worse than its guard."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where the ledgers are written; a temporary folder")
    parser.add_argument("--only", choices=(SQLITE, POSTGRESQL), help="measure one database")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in BENCHES]:
        parser.error(f"{', '.join(unknown)}: there is no such bench. Known: {', '.join(BENCHES)}")
    measured = []
    with (
        TemporaryDirectory(prefix="keepwarm-bench-", dir=asked.scratch) as scratch,
        open_place(SIZES[asked.size], Path(scratch), only=asked.only) as place,
    ):
        for name, figure in measure(asked.names or list(BENCHES), place):
            measured.append((name, figure))
            print(f"{figure.what}: {figure.ratio:.2f}", file=sys.stderr, flush=True)
    Console(width=130).print(build_table(measured, asked.size))
    if asked.json:
        found = [{"bench": name, **asdict(figure), "verdict": figure.verdict} for name, figure in measured]
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(any(figure.verdict == "worse" for _, figure in measured))


if __name__ == "__main__":
    raise SystemExit(main())
