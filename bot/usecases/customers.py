"""Customers by hand: finding them by what people type, and adding one from Slack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col

from bot.domain.model import Standing, Teammate
from bot.domain.names import name_key
from bot.domain.nudges import day_key
from bot.domain.rhythm import DEFAULT_CADENCE_DAYS, derive
from bot.errors import InputRefused
from bot.usecases.recompute import relearn_median
from bot.usecases.worth import Worth, is_currency
from storage import customers
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Contact, Customer, SegmentRow

FIRST_SEGMENT = "Customers"
OPTIONS = 50
LONGEST_NAME = 200
# Of 100: how alike a name and what was typed must be to be offered instead.
_LIKE = 60


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer that a person adds in Slack; `value` is money a year as typed, like 12.5k.

    `since_on` is the day they became a customer, if the person knows it.
    """

    name: str
    segment: str | None = None
    value: str | None = None
    currency: str | None = None
    contact: str | None = None
    email: str | None = None
    since_on: date | None = None


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


def nearest_names(ledger: Ledger, words: str, *, limit: int = 3) -> Sequence[str]:
    """Return the names that are written most like the words, the nearest first; none where nothing is like them."""
    from rapidfuzz import process  # a page of C that only a mistyped name needs

    names = {customer_id: name_key(name) for customer_id, name in customers.names(ledger)}
    found = process.extract(name_key(words), names, limit=limit, score_cutoff=_LIKE)
    return [name_of(ledger, customer_id) for _, _, customer_id in found]


def add_customer(ledger: Ledger, new: NewCustomer, *, owner: Teammate, today: date) -> int:
    """Write a customer that a teammate looks after from today; return its id.

    Its value may move the middle of the segment, by which those of unknown value are ranked.
    Raises InputRefused when the name is empty, too long, or is a customer already.
    """
    name = " ".join(new.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InputRefused("Write the customer's name, at most {most} letters.", about="name", most=LONGEST_NAME)
    same = exactly(ledger, name)
    if same:
        raise InputRefused("{name} is here already. Write /customer {name} to see them.", about="name", name=same[0][1])
    segment = _segment(ledger, new.segment or FIRST_SEGMENT)
    currency = (new.currency or base_currency(ledger)).upper()
    if not is_currency(currency):
        raise InputRefused(
            "'{currency}' is no currency. Write three letters, like EUR.", about="currency", currency=currency
        )
    if new.since_on and new.since_on > today:
        raise InputRefused("That day is still ahead. Choose today or an earlier day.", about="since")
    since_on = new.since_on or today
    value_minor = _value(new.value, currency)
    ranked = segment.median_value if value_minor is None else Worth.of(ledger).ranked(value_minor, currency)
    customer_id = new_id()
    derived = derive(
        None,
        since_on=since_on,
        segment=customers.segments(ledger)[segment.id].of(customer_id),
        ranked_value=ranked,
        standing=Standing.CUSTOMER,
        snoozed_until_on=None,
        muted=False,
    )
    row = Customer(
        workspace_id=ledger.workspace_id, id=customer_id, name=name, name_key=name_key(name), owner_id=owner.id,
        segment_id=segment.id, value_minor=value_minor, currency=currency, since_on=since_on,
        joined_on=new.since_on, joined_key=day_key(new.since_on) if new.since_on else None,
        warm_key=derived.warm_key, ranked_value=ranked, sort_key=derived.sort_key, due_on=derived.due_on,
        silent_since_on=derived.silent_since_on, nudge_from_on=derived.nudge_from_on,
    )  # fmt: skip
    ledger.add(row)
    if value_minor is not None:
        relearn_median(ledger, segment)
    if new.contact:
        ledger.add(
            Contact(
                workspace_id=ledger.workspace_id,
                id=new_id(),
                customer_id=customer_id,
                name=new.contact,
                email=new.email,
            )
        )
    return customer_id


def _value(typed: str | None, currency: str) -> int | None:
    if typed is None:
        return None
    # What reads files is a third of the bot, and most days nobody types an amount.
    from bot.usecases.imports.amounts import AmountColumn
    from bot.usecases.imports.refusal import FieldRefused

    column = AmountColumn()
    column.witness(typed)
    try:
        return column.read(typed.strip(), currency, currency)[0]
    except FieldRefused:
        raise InputRefused("'{value}' is not an amount. Write 12500 or 12.5k.", about="value", value=typed) from None


def _segment(ledger: Ledger, name: str) -> SegmentRow:
    found = ledger.first(SegmentRow, col(SegmentRow.name) == name)
    return found or ledger.add(
        SegmentRow(workspace_id=ledger.workspace_id, id=new_id(), name=name, cadence_days=DEFAULT_CADENCE_DAYS)
    )


def base_currency(ledger: Ledger) -> str:
    """Return the workspace's own currency."""
    return Worth.of(ledger).base_currency


def name_of(ledger: Ledger, customer_id: int) -> str:
    """Return a customer's name."""
    row = ledger.get(Customer, customer_id)
    return row.name if row else ""
