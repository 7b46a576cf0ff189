"""A little of what `make fuzz` does at length, with a seed of its own, so that a new way to break in is seen early."""

import socket
from datetime import datetime
from pathlib import Path

from storage.engine import Store
from tests.fuzz.requests import fuzz, report
from tests.fuzz.texts import fuzz_files, fuzz_replies, fuzz_templates


def test_spoilt_requests_break_nothing_and_change_nothing_unsigned(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    found = fuzz(tmp_path, port, requests=500, seed=7)
    assert found.holds, "\n".join(report(found))
    assert found.statuses[200] > 50, "some must get through, or nothing was tried"
    assert found.statuses[401] > 50


def test_no_text_that_a_person_types_is_too_much() -> None:
    fuzz_replies(count=300, seed=7)


def test_spoilt_files_are_taken_or_refused_and_the_ledger_holds(
    store: Store, workspace: int, now: datetime, tmp_path: Path
) -> None:
    seen = fuzz_files(store, workspace, tmp_path, count=20, seed=7, now=now)
    assert seen["taken"]


def test_spoilt_templates_are_refused_do_not_fit_or_say_something() -> None:
    assert all(fuzz_templates(count=300, seed=7).values())
