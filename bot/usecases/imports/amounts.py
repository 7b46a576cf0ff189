"""Reading numbers and money as people write them, in a column whose other cells say what a comma means."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.numbers import list_currencies

from bot.usecases.imports.refusal import FieldRefused
from bot.usecases.worth import minor_digits

MAX_UNITS = Decimal(10) ** 13

_NO_NUMBER = "is not a number. Write 12500 or 12.5k."
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "zł": "PLN", "₹": "INR", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₩": "KRW", "Fr": "CHF",
    "US$": "USD", "A$": "AUD", "C$": "CAD",
}  # fmt: skip
_SHARED_SYMBOLS = {
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
_SCALES = {
    "k": 3, "tsd": 3, "t": 3,
    "m": 6, "mio": 6, "mn": 6, "mln": 6, "million": 6, "millionen": 6, "b": 9, "bn": 9, "mrd": 9,
}  # fmt: skip
_WRITTEN = re.compile(
    r"(?P<before>[^\d\s.,()+-]{0,4})\s*(?P<number>\d[\d.,'’\s]*|[.,]\d+)(?P<scale>[^\W\d_]*)\.?\s*(?P<after>[^\d\s.,()]{0,4})"
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
# A spreadsheet that has too little room, and programs, write 1.2E+06.
_SCIENTIFIC = re.compile(r"(\d(?:[.,]\d+)?)[eE]([+-]?\d{1,2})")
_PLAIN = re.compile(r"[0-9]{1,13}\.[0-9]{2}")
_BELOW_ZERO = re.compile(r"\((?P<inside>.+)\)|(?P<before>[^\d−-]*)[−-](?P<after>[^\d−-]*[\d.,].*)")
_SPACES = dict.fromkeys(map(ord, "'\u2019 \u00a0\u202f\u2009\t"))


@cache
def known_currencies() -> frozenset[str]:
    """Return every ISO 4217 code."""
    return frozenset(list_currencies())


@dataclass(slots=True)
class AmountColumn:
    """The numbers of one column: first every cell is shown to `witness`, then each can be read.

    `below_zero` takes what was given back, like -20 or (20).
    """

    below_zero: bool = False
    decimal_marks: set[str] = field(default_factory=set)

    def witness(self, cell: str) -> None:
        """Note what the cell proves about commas and points."""
        if cell.isdigit():
            return
        if _PLAIN.fullmatch(cell):
            self.decimal_marks.add(".")
            return
        cell = _above_zero(cell.strip()) or cell.strip()
        if (written := _WRITTEN.fullmatch(cell)) and (mark := _proven_mark(written["number"])):
            self.decimal_marks.add(mark)

    def read(self, cell: str, currency: str | None, base: str) -> tuple[int, str | None]:
        """Return (minor units, currency): the cell's own if it names one, else `currency`, the row's.

        Without either it is None, and the number is one of `base`, the workspace's.
        """
        if cell.isdigit() and cell.isascii() and len(cell) < 14:
            return int(cell) * 10 ** minor_digits(currency or base), currency
        if _PLAIN.fullmatch(cell) and minor_digits(currency or base) == 2:
            return int(cell[:-3] + cell[-2:]), currency
        if above := _above_zero(cell):
            if not self.below_zero:
                raise FieldRefused("is below zero. Write 0 or leave it empty.")
            minor, currency = self.read(above, currency, base)
            return -minor, currency
        if scientific := _SCIENTIFIC.fullmatch(cell):
            units = Decimal(scientific[1].replace(",", ".")).scaleb(int(scientific[2]))
            return self._minor(units, currency or base), currency
        written = _WRITTEN.fullmatch(cell)
        if written is None:
            raise FieldRefused(_NO_NUMBER)
        scale, tail = written["scale"].casefold(), written["after"]
        if scale and scale not in _SCALES:
            scale, tail = "", written["scale"] + tail
        if written["before"] and tail:
            raise FieldRefused(_NO_NUMBER)
        sign = written["before"] or tail
        currency = currency_of(sign, base) if sign else currency
        return self._minor(self._number(written["number"]) * 10 ** _SCALES.get(scale, 0), currency or base), currency

    @staticmethod
    def _minor(units: Decimal, currency: str) -> int:
        if units >= MAX_UNITS:
            raise FieldRefused("is more money than there is. Check the number.")
        return round(units.scaleb(minor_digits(currency)))

    def _number(self, written: str) -> Decimal:
        digits = written.translate(_SPACES)
        mark = _proven_mark(digits)
        if mark is None and ("," in digits or "." in digits):
            if len(self.decimal_marks) != 1:
                thousands, fraction = digits.replace(",", "").replace(".", ""), digits.replace(",", ".")
                raise FieldRefused(f"can mean {thousands} or {fraction}. Write {thousands} or {fraction}0.")
            (mark,) = self.decimal_marks
        whole, _, part = digits.rpartition(mark) if mark and mark in digits else (digits, "", "")
        if ("," in whole or "." in whole) and not _GROUPED.fullmatch(whole):
            raise FieldRefused(_NO_NUMBER)
        try:
            return Decimal(whole.replace(",", "").replace(".", "") + "." + part)
        except InvalidOperation:
            raise FieldRefused(_NO_NUMBER) from None


def currency_of(sign: str, base: str) -> str:
    """Return the ISO code of a symbol or a code; a shared one like $ is the base currency's if that uses it."""
    sign = sign.strip()
    if (code := sign.upper()) in known_currencies():
        return code
    for symbol, currencies in _SHARED_SYMBOLS.items():
        if sign.casefold() == symbol:
            if base in currencies:
                return base
            if symbol != "kr":
                return currencies[0]
    if sign in _SYMBOLS:
        return _SYMBOLS[sign]
    raise FieldRefused("is no currency. Write a code of three letters like EUR.")


def _above_zero(cell: str) -> str | None:
    """Return an amount below zero without what makes it one, the minus or the brackets; None for any other."""
    found = _BELOW_ZERO.fullmatch(cell)
    return None if found is None else found["inside"] or found["before"] + found["after"]


def _proven_mark(number: str) -> str | None:
    """Return the decimal mark that the number proves by itself; None when it could be read in two ways."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma < 0 and point < 0:
        return None
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "."
    if number.count(mark) > 1:
        # Several of one kind only group thousands, so the other one is the decimal mark.
        return "." if mark == "," else ","
    whole, _, part = number.rstrip().partition(mark)
    if len(part) != 3 or len(whole) > 3 or whole in ("", "0"):
        return mark
    return None
