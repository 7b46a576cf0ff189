"""Customers by hand: finding them by what people type, and adding one from Slack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col

from bot.domain.model import Standing, Teammate
from bot.domain.names import name_key
from bot.domain.rhythm import DEFAULT_CADENCE_DAYS, derive
from bot.errors import InputRefused
from storage import customers
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Contact, Customer, SegmentRow, Workspace

FIRST_SEGMENT = "Customers"
OPTIONS = 50
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer that a person adds in Slack; `value_minor` is money a year in minor units of `currency`."""

    name: str
    segment: str | None = None
    value_minor: int | None = None
    currency: str | None = None
    contact: str | None = None
    email: str | None = None


def find(ledger: Ledger, words: str, *, limit: int = OPTIONS) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the customers that typed words may mean: names that begin so first, then that contain it."""
    key = name_key(words) if words.strip() else ""
    beginning = customers.with_key_prefix(ledger, key, limit=limit)
    found = {row[0]: row[1] for row in beginning}
    if key and len(found) < limit:
        for customer_id, name in customers.with_key_inside(ledger, key, limit=limit):
            found.setdefault(customer_id, name)
    return list(found.items())[:limit]


def exactly(ledger: Ledger, words: str) -> Sequence[tuple[int, str]]:
    """Return the customers whose name, or external id, is what was typed."""
    key = name_key(words)
    by_name = ledger.rows(Customer, col(Customer.name_key) == key)
    found = by_name or ledger.rows(Customer, col(Customer.external_id) == words.strip())
    return [(row.id, row.name) for row in found]


def add_customer(ledger: Ledger, new: NewCustomer, *, owner: Teammate, today: date) -> int:
    """Write a customer that a teammate looks after from today; return its id.

    Raises InputRefused when the name is empty, too long, or is a customer already.
    """
    name = " ".join(new.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InputRefused(f"Write the customer's name, at most {LONGEST_NAME} letters.")
    same = exactly(ledger, name)
    if same:
        raise InputRefused(f"{same[0][1]} is here already. Write /customer {same[0][1]} to see them.")
    segment = _segment(ledger, new.segment or FIRST_SEGMENT)
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    currency = (new.currency or (workspace.base_currency if workspace else "EUR")).upper()
    if len(currency) != 3 or not currency.isalpha():
        raise InputRefused(f"Currency {currency!r}: write three letters, like EUR.")
    ranked = ranked_value(new.value_minor, currency, workspace, segment.median_value)
    derived = derive(
        None,
        since_on=today,
        segment=customers.segments(ledger)[segment.id],
        ranked_value=ranked,
        standing=Standing.CUSTOMER,
        snoozed_until_on=None,
        muted=False,
    )
    row = Customer(
        workspace_id=ledger.workspace_id, id=new_id(), name=name, name_key=name_key(name), owner_id=owner.id,
        segment_id=segment.id, value_minor=new.value_minor, currency=currency, since_on=today,
        warm_key=derived.warm_key, ranked_value=ranked, sort_key=derived.sort_key, due_on=derived.due_on,
        silent_since_on=derived.silent_since_on, nudge_from_on=derived.nudge_from_on,
    )  # fmt: skip
    ledger.add(row)
    if new.contact:
        ledger.add(
            Contact(
                workspace_id=ledger.workspace_id, id=new_id(), customer_id=row.id, name=new.contact, email=new.email
            )
        )
    return row.id


def ranked_value(value_minor: int | None, currency: str, workspace: Workspace | None, median_value: float) -> float:
    """Return what orders a customer, in major units of the base currency: its value by the workspace's rate.

    Without a rate the number stands as it is; without a value, the segment's median, so that missing data is never
    punished.
    """
    if value_minor is None:
        return median_value
    rate = 1.0
    if workspace is not None and currency != workspace.base_currency:
        rate = float(workspace.rates.get(currency, 1.0))
    return value_minor / 100 * rate


def _segment(ledger: Ledger, name: str) -> SegmentRow:
    found = ledger.first(SegmentRow, col(SegmentRow.name) == name)
    return found or ledger.add(
        SegmentRow(workspace_id=ledger.workspace_id, id=new_id(), name=name, cadence_days=DEFAULT_CADENCE_DAYS)
    )
