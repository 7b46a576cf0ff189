"""An import as a test writes it: rows in, outcome out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from bot.usecases.imports import Outcome, Subject, import_file
from storage.engine import Store

Import = Callable[..., Outcome]


@pytest.fixture
def take(store: Store, workspace: int, now: datetime, tmp_path: Path) -> Import:
    """Import text, bytes or a file as customers or touches."""

    def take(
        subject: str, content: str | bytes | Path, *, name: str = "", dry_run: bool = False,
        columns: Mapping[str, str] | None = None, at: datetime = now,
    ) -> Outcome:  # fmt: skip
        path = content if isinstance(content, Path) else tmp_path / (name or f"{subject}.csv")
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(
            store, workspace, Subject(subject), path, now=at, dry_run=dry_run, columns=columns,
            rejects_path=tmp_path / "rejects.csv",
        )  # fmt: skip

    return take


@pytest.fixture
def exports() -> Path:
    """Where exports of other tools are kept as they came."""
    return Path(__file__).parents[2] / "fixtures" / "imports"
