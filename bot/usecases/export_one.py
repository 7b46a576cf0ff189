"""All that is known about one customer or one teammate, line by line, for whoever asks what we know about them."""

import json
from pathlib import Path

from bot.errors import InputRefused
from storage import one
from storage.ledger import Ledger


def export_one(ledger: Ledger, directory: Path, kind: str, row_id: int) -> Path:
    """Write `customer-<id>.jsonl` or `teammate-<id>.jsonl`; the name holds no name. Raises InputRefused."""
    path = directory / f"{kind}-{row_id}.jsonl"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # Nobody but its owner reads it, however many asked for it before.
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8") as file:
            for table, row in one.about(ledger, kind, row_id):
                file.write(json.dumps({"table": table, **row}, ensure_ascii=False, default=str) + "\n")
    except OSError as error:
        raise InputRefused(f"{directory} can't be written: {error.strerror or error}. Name another folder.") from error
    return path
