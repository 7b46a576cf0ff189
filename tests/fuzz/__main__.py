"""`make fuzz`: a hundred thousand spoilt requests, and as many replies, files and templates as fit in minutes."""

import argparse
import socket
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from storage.engine import Store, make_engine
from storage.migrate import migrate
from storage.models import Workspace
from tests.fuzz.requests import fuzz, report
from tests.fuzz.texts import fuzz_files, fuzz_replies, fuzz_templates, run


def main() -> int:
    """Fuzz everything; return the exit status."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--requests", type=int, default=100_000)
    words.add_argument("--texts", type=int, default=20_000)
    words.add_argument("--files", type=int, default=1_000)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, workspace_id = _ledger(folder / "files.db")
        parts = {
            "replies (slowest, in seconds)": lambda: round(fuzz_replies(count=asked.texts, seed=asked.seed), 3),
            "templates": lambda: fuzz_templates(count=asked.texts, seed=asked.seed),
            "files": lambda: fuzz_files(
                store, workspace_id, folder, count=asked.files, seed=asked.seed, now=datetime.now(UTC)
            ),
        }
        for line in run(parts):
            print(line, flush=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        found = fuzz(folder, port, requests=asked.requests, seed=asked.seed)
    print(*report(found), sep="\n")
    return int(not found.holds)


def _ledger(path: Path) -> tuple[Store, int]:
    store = Store(make_engine(f"sqlite:///{path}"))
    migrate(store.engine)
    with store.session() as session:
        row = Workspace(slack_team_id="T0FUZZ", installed_at=datetime.now(UTC))
        session.add(row)
        session.flush()
        return store, row.id


if __name__ == "__main__":
    sys.exit(main())
