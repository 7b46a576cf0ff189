"""The company's holidays: few rows, asked for with every digest, so kept for the length of a transaction."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete
from sqlmodel import col

from storage.columns import day_of, new_id
from storage.ledger import Ledger
from storage.models_team import CompanyHoliday

_KEPT = "company_days_off"


def company_spans(ledger: Ledger) -> tuple[tuple[date, date], ...]:
    """Return the company's holidays as spans, both ends included."""
    kept: dict[int, tuple[tuple[date, date], ...]] = ledger.session.info.setdefault(_KEPT, {})
    if ledger.workspace_id not in kept:
        rows = ledger.ask(
            "SELECT first_on, last_on FROM company_holiday WHERE workspace_id = ? ORDER BY first_on",
            ledger.workspace_id,
        )
        spans = ((day_of(first), day_of(last)) for first, last in rows)
        kept[ledger.workspace_id] = tuple((first, last) for first, last in spans if first and last)
    return kept[ledger.workspace_id]


def company_holidays(ledger: Ledger) -> Sequence[CompanyHoliday]:
    """Return the company's holidays with their names, the earliest first."""
    return ledger.rows(CompanyHoliday, order_by=(col(CompanyHoliday.first_on), col(CompanyHoliday.last_on)))


def add_company_holiday(ledger: Ledger, first_on: date, last_on: date, name: str) -> bool:
    """Write a holiday of the company; False when those very days are there already."""
    values = {"id": new_id(), "first_on": first_on, "last_on": last_on, "name": name}
    ledger.session.info.pop(_KEPT, None)
    return ledger.insert_once(CompanyHoliday, values)


def remove_company_holiday(ledger: Ledger, first_on: date, last_on: date) -> bool:
    """Take a holiday of the company away; False when there is none on exactly those days."""
    ledger.session.info.pop(_KEPT, None)
    result = ledger.session.connection().execute(
        delete(CompanyHoliday).where(
            col(CompanyHoliday.workspace_id) == ledger.workspace_id,
            col(CompanyHoliday.first_on) == first_on,
            col(CompanyHoliday.last_on) == last_on,
        )
    )
    return bool(result.rowcount)
