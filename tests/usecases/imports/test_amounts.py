import pytest

from bot.usecases.imports.amounts import AmountColumn, currency_of
from bot.usecases.imports.refusal import FieldRefused


def column(*witnesses: str) -> AmountColumn:
    amounts = AmountColumn()
    for cell in witnesses:
        amounts.witness(cell)
    return amounts


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12500", 1_250_000),
        ("98.96", 9_896),
        ("98,9", 9_890),
        ("12.5k", 1_250_000),
        ("84k", 8_400_000),
        ("1,5 Mio", 150_000_000),
        ("13.305,72", 1_330_572),
        ("13,305.72", 1_330_572),
        ("1.234.567", 123_456_700),
        ("84'000", 8_400_000),
        ("84 000,50", 8_400_050),
        ("0.125", 12),
        ("1234.567", 123_457),
        ("1.2E+06", 120_000_000),
        ("9.5e-05", 0),
        ("1,25e3", 125_000),
    ],
)
def test_a_number_that_can_mean_one_thing_needs_no_witness(cell: str, minor: int) -> None:
    assert column().read(cell, "EUR", "EUR") == (minor, "EUR")


@pytest.mark.parametrize(("witness", "minor"), [("19947.50", 60_600_000), ("13.305,72", 60_600)])
def test_the_rest_of_the_column_says_what_a_comma_means(witness: str, minor: int) -> None:
    assert column(witness).read("606,000", "EUR", "EUR") == (minor, "EUR")


@pytest.mark.parametrize("witnesses", [[], ["19947.50", "13.305,72"]])
def test_a_number_that_can_mean_two_things_is_refused_with_both(witnesses: list[str]) -> None:
    with pytest.raises(FieldRefused, match=r"1234 or 1\.234"):
        column(*witnesses).read("1.234", "EUR", "EUR")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("€ 84.000,00", (8_400_000, "EUR")), ("$12.5k", (1_250_000, "USD")), ("84k GBP", (8_400_000, "GBP")),
     ("¥ 5000", (5_000, "JPY")), ("200 zł", (20_000, "PLN"))],
)  # fmt: skip
def test_the_currency_in_a_cell_wins(cell: str, expected: tuple[int, str]) -> None:
    assert column().read(cell, "CHF", "EUR") == expected


def test_a_dollar_is_the_workspaces_own_when_it_has_dollars() -> None:
    assert currency_of("$", "CAD") == "CAD"
    assert currency_of("$", "EUR") == "USD"


def test_a_currency_without_decimals_has_no_minor_units() -> None:
    assert column().read("5000", "JPY", "EUR") == (5_000, "JPY")


@pytest.mark.parametrize("cell", ["12k5", "abc", "1,23,45.6.7", "12..5", "€", "12 apples", "10" * 20, "=1+1", "1e400"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(FieldRefused):
        column().read(cell, "EUR", "EUR")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("-5", (-500, "EUR")),
        ("(500)", (-50_000, "EUR")),
        ("−12.50", (-1_250, "EUR")),
        ("-$20", (-2_000, "USD")),
        ("USD -999.50", (-99_950, "USD")),
        ("- 1.234,50", (-123_450, "EUR")),
    ],
)
def test_where_money_can_be_given_back_it_is_below_zero(cell: str, expected: tuple[int, str]) -> None:
    assert AmountColumn(below_zero=True).read(cell, "EUR", "EUR") == expected


@pytest.mark.parametrize("cell", ["-5", "(500)", "-12.5k"])
def test_money_below_zero_says_so(cell: str) -> None:
    with pytest.raises(FieldRefused, match="below zero"):
        column().read(cell, "EUR", "EUR")
