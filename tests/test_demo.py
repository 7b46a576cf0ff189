"""The demo starts at any hour of any day with the morning's digests there, with the sample or with a file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo import PlaygroundClock, before_morning, start_demo
from bot.errors import InputRefused, SettingsError
from bot.usecases.imports.report import rejects_report

TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), datetime(2026, 11, 24, 7, 50, tzinfo=UTC)),
        (datetime(2026, 11, 24, 23, tzinfo=UTC), datetime(2026, 11, 24, 7, 50, tzinfo=UTC)),
        (datetime(2026, 11, 28, 12, tzinfo=UTC), datetime(2026, 11, 27, 7, 50, tzinfo=UTC)),
        (datetime(2026, 11, 29, 12, tzinfo=UTC), datetime(2026, 11, 27, 7, 50, tzinfo=UTC)),
    ],
)
def test_it_begins_before_nine_in_berlin_on_a_working_day(now: datetime, starts: datetime) -> None:
    assert before_morning(now) == starts


def test_its_clock_never_goes_back() -> None:
    clock = PlaygroundClock(TUESDAY)
    clock.move_to(datetime(2026, 11, 23, tzinfo=UTC))
    assert clock() >= TUESDAY


def test_a_file_brings_its_rows_and_says_which_were_left_out(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("name,owner,annual_value,customer_since\nAcme,ana@example.com,84000,2026-09-01\nBirch,,a lot,\n")
    with start_demo(port=0, csv=file, now=TUESDAY) as demo:
        assert demo.imported is not None
        assert (demo.imported.taken, demo.imported.rejected) == (1, 1)
        assert "a lot" in rejects_report(demo.imported)[0]
        assert "1. Acme: " in demo.slack.last_message(demo.slack.dm("U0ANA")).text


def test_a_file_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"There is no file .*nowhere"):
        start_demo(port=0, csv=tmp_path / "nowhere.csv", now=TUESDAY)


def test_a_port_that_somebody_has_is_named_with_the_way_out() -> None:
    with start_demo(port=0, now=TUESDAY) as demo:
        port = int(demo.url.split(":")[2].split("/")[0])
        with pytest.raises(SettingsError, match=f"Port {port} is not free .*Try --port 0"):
            start_demo(port=port, now=TUESDAY)
