"""What one unit of a foreign currency is worth in the workspace's own: set by hand, since nothing is fetched."""

from math import isfinite

from babel.numbers import list_currencies

from bot.errors import InputRefused
from bot.usecases.recompute import recompute_workspace
from storage.ledger import Ledger
from storage.models import Workspace


def rates_of(ledger: Ledger) -> tuple[str, dict[str, float]]:
    """Return the workspace's own currency and the rates of others."""
    row = _workspace(ledger)
    return row.base_currency, dict(row.rates)


def set_rate(ledger: Ledger, currency: str, rate: float) -> int:
    """Write what one unit of a currency is worth and rank its customers by it; return how many customers moved.

    Raises InputRefused for a currency that does not exist, the workspace's own, and a rate that is no positive number.
    """
    code = currency.strip().upper()
    row = _workspace(ledger)
    if code not in list_currencies():
        raise InputRefused("{currency} is not a currency. Write three letters, like USD.", currency=currency)
    if code == row.base_currency:
        raise InputRefused("{currency} is this workspace's own currency; it needs no rate.", currency=code)
    if not (isfinite(rate) and rate > 0):
        raise InputRefused("A rate is a number above 0: what one {currency} is worth.", currency=code)
    row.rates = {**row.rates, code: rate}
    ledger.session.add(row)
    ledger.session.flush()
    return recompute_workspace(ledger)


def set_base_currency(ledger: Ledger, currency: str) -> int:
    """Make another currency the workspace's own; return how many customers moved. Raises InputRefused.

    With its rate the other rates are turned into it. Without one nobody knows what they would be, so they go.
    """
    code = currency.strip().upper()
    if code not in list_currencies():
        raise InputRefused("{currency} is not a currency. Write three letters, like USD.", currency=currency)
    row = _workspace(ledger)
    if code != row.base_currency:
        worth = row.rates.get(code)
        known = {**row.rates, row.base_currency: 1.0} if worth else {}
        row.rates = {name: rate / worth for name, rate in known.items() if worth and name != code}
        row.base_currency = code
    ledger.session.add(row)
    ledger.session.flush()
    return recompute_workspace(ledger)


def _workspace(ledger: Ledger) -> Workspace:
    row = ledger.session.get(Workspace, ledger.workspace_id)
    if row is None:
        raise LookupError(f"there is no workspace {ledger.workspace_id}")
    return row
