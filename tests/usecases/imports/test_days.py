from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.usecases.imports.days import DayColumn
from bot.usecases.imports.refusal import FieldRefused

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)


def column(*witnesses: str) -> DayColumn:
    days = DayColumn()
    for cell in witnesses:
        days.witness(cell)
    return days


@pytest.mark.parametrize(
    "cell",
    ["2026-05-09", "09.05.2026", "9.5.26", "2026/05/09", "9 May 2026", "May 9, 2026", "9. Mai 2026", "9 mai 2026",
     "2026-05-09T10:00:00Z", "09.05.2026 14:30"],
)  # fmt: skip
def test_a_day_that_can_be_read_in_one_way(cell: str) -> None:
    assert column().read_day(cell) == date(2026, 5, 9)


@pytest.mark.parametrize(
    ("witness", "day"),
    [("25/12/2026", date(2026, 9, 5)), ("12/25/2026", date(2026, 5, 9)), ("1-31-26", date(2026, 5, 9))],
)
def test_the_rest_of_the_column_says_whether_the_day_is_first(witness: str, day: date) -> None:
    assert column(witness).read_day("05/09/2026") == day


@pytest.mark.parametrize("witnesses", [[], ["25/12/2026", "12/25/2026"]])
def test_a_day_that_can_be_two_is_refused_with_both(witnesses: list[str]) -> None:
    with pytest.raises(FieldRefused, match="2026-09-05 or 2026-05-09"):
        column(*witnesses).read_day("05/09/2026")


def test_the_same_number_twice_is_one_day() -> None:
    assert column().read_day("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    "cell", ["31.02.2026", "2026-13-01", "soon", "45900", "0026-05-09", "9 Foo 2026", "1/2/3/4", ""]
)
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(FieldRefused, match="2026-05-09"):
        column().read_day(cell)


@pytest.mark.parametrize(
    ("cell", "at", "on"),
    [
        ("2024-09-04 13:37", datetime(2024, 9, 4, 11, 37, tzinfo=UTC), date(2024, 9, 4)),
        ("2024-01-04 13:37", datetime(2024, 1, 4, 12, 37, tzinfo=UTC), date(2024, 1, 4)),
        ("2024-09-04", datetime(2024, 9, 4, 10, 0, tzinfo=UTC), date(2024, 9, 4)),
        ("2024-09-04T23:30:00Z", datetime(2024, 9, 4, 23, 30, tzinfo=UTC), date(2024, 9, 5)),
        ("2024-09-04T23:30:15.5+02:00", datetime(2024, 9, 4, 21, 30, 15, tzinfo=UTC), date(2024, 9, 4)),
        ("13/4/2024 1:37 PM", datetime(2024, 4, 13, 11, 37, tzinfo=UTC), date(2024, 4, 13)),
        ("13/4/2024 12:05 am", datetime(2024, 4, 12, 22, 5, tzinfo=UTC), date(2024, 4, 13)),
    ],
)
def test_a_time_is_the_workspaces_unless_it_says_where(cell: str, at: datetime, on: date) -> None:
    assert column().read_instant(cell, BERLIN) == (at, on)


@pytest.mark.parametrize("cell", ["2024-09-04 25:00", "2024-09-04 noonish", "4.9.2024 13:00 PM"])
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(FieldRefused, match="time"):
        column().read_instant(cell, BERLIN)


def test_nobody_is_born_in_the_future() -> None:
    assert column().read_birthday("05.03.68", TODAY) == date(1968, 3, 5)
    assert column().read_birthday("05.03.12", TODAY) == date(2012, 3, 5)
    with pytest.raises(FieldRefused, match="ahead of us"):
        column().read_birthday("2031-03-05", TODAY)
