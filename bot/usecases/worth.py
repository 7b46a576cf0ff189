"""What a customer's value is in the order of the list: major units of the workspace's base currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from storage.ledger import Ledger
from storage.models import Workspace


@cache
def is_currency(code: str) -> bool:
    """Say whether three letters are a currency that is or was somewhere: "EUR", but not "ERU"."""
    return code in list_currencies()


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has: 2 for EUR, 0 for JPY."""
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True)
class Worth:
    """The workspace's base currency and rates; a rate says how many units of the base currency one unit is worth."""

    base_currency: str
    rates: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger) -> "Worth":
        """Read the rates of the ledger's workspace."""
        row = ledger.session.get(Workspace, ledger.workspace_id)
        if row is None:
            raise LookupError(f"there is no workspace {ledger.workspace_id}")
        return cls(row.base_currency, dict(row.rates))

    def has_rate(self, currency: str) -> bool:
        """Say whether amounts of the currency can be compared with the base currency's."""
        return currency == self.base_currency or currency in self.rates

    def ranked(self, minor: int, currency: str) -> float:
        """Return an amount in minor units as major units of the base currency; without a rate, the number as it is."""
        units: float = minor / 10 ** minor_digits(currency)
        return units if currency == self.base_currency else units * float(self.rates.get(currency, 1.0))
