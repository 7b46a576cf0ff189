"""Reading a whole workspace in order, a batch at a time: what an export writes."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from storage.bulk import BATCH
from storage.columns import Encrypted
from storage.ledger import Ledger
from storage.models import (
    ChannelRow,
    Contact,
    Customer,
    Digest,
    DigestCard,
    Entry,
    EntryLine,
    Nudge,
    Promise,
    SegmentRow,
    TeammateRow,
    Touch,
    Workspace,
)
from storage.standing_models import Promotion, StandingWord
from storage.touches import is_live

# Everything but the outbox, whose messages Slack has, and the keys of requests.
_TABLES: Sequence[type[SQLModel]] = (
    TeammateRow, SegmentRow, Customer, Contact, Touch, Nudge, Digest, DigestCard, Entry, EntryLine,
    Promise, ChannelRow, StandingWord, Promotion,
)  # fmt: skip
_SECRET = {column.name for column in Workspace.__table__.c if isinstance(column.type, Encrypted)}  # type: ignore[attr-defined]
# In front of our own id, where a row of an export has no id of another tool. An import knows it again.
OUR_IDS = "keepwarm:"

_ContactCells = tuple[str, str | None, str | None]


def profile_keys(ledger: Ledger) -> list[str]:
    """Return the keys that profiles have, in the order in which they are met."""
    query = select(col(Customer.profile)).where(col(Customer.workspace_id) == ledger.workspace_id)
    found: dict[str, None] = {}
    for profile in _stream(ledger, query.order_by(col(Customer.id))):
        found.update(dict.fromkeys(profile[0] or {}))
    return list(found)


def _names_nobody_alone() -> Any:
    """Match customers without an external id whose name is also another's name or external id.

    Each of the two is looked up by its own index, and only for customers without an id: SQLite works out both sides of
    an AND, and reads the whole table for an OR.
    """
    other = aliased(Customer)
    another = select(col(other.id)).where(
        col(other.workspace_id) == col(Customer.workspace_id), col(other.id) != col(Customer.id)
    )
    namesake = another.where(col(other.name_key) == col(Customer.name_key))
    called_so = another.where(col(other.external_id) == col(Customer.name))
    return case((col(Customer.external_id).is_not(None), false()), else_=or_(namesake.exists(), called_so.exists()))


def _person() -> Any:
    return func.coalesce(col(TeammateRow.slack_user_id), col(TeammateRow.email), col(TeammateRow.name))


def customers(ledger: Ledger) -> Iterator[tuple[Row[Any], Sequence[_ContactCells]]]:
    """Yield each customer with its contacts as (name, e-mail, phone), in the order of ids.

    Beside its columns a customer has `owner`, `segment` by name, and `is_ambiguous`: its name alone would not name it.
    """
    table = Customer.__table__  # type: ignore[attr-defined]
    query = (
        select(
            *table.c, _person().label("owner"), col(SegmentRow.name).label("segment"),
            _names_nobody_alone().label("is_ambiguous"),
        )
        .join(
            TeammateRow,
            and_(
                col(TeammateRow.workspace_id) == col(Customer.workspace_id),
                col(TeammateRow.id) == col(Customer.owner_id),
            ),
            isouter=True,
        )
        .join(
            SegmentRow,
            and_(
                col(SegmentRow.workspace_id) == col(Customer.workspace_id),
                col(SegmentRow.id) == col(Customer.segment_id),
            ),
        )
        .where(col(Customer.workspace_id) == ledger.workspace_id)
        .order_by(col(Customer.id))
        .limit(BATCH)
    )  # fmt: skip
    after = 0
    while batch := ledger.session.execute(query.where(col(Customer.id) > after)).all():
        contacts = _contacts(ledger, batch[0].id, batch[-1].id)
        for row in batch:
            yield row, contacts.get(row.id, ())
        after = batch[-1].id


def _contacts(ledger: Ledger, first_id: int, last_id: int) -> dict[int, list[_ContactCells]]:
    query = (
        select(col(Contact.customer_id), col(Contact.name), col(Contact.email), col(Contact.phone))
        .where(col(Contact.workspace_id) == ledger.workspace_id, col(Contact.customer_id).between(first_id, last_id))
        .order_by(col(Contact.id))
    )
    found: dict[int, list[_ContactCells]] = {}
    for customer_id, name, email, phone in ledger.session.execute(query):
        found.setdefault(customer_id, []).append((name, email, phone))
    return found


def live_touches(ledger: Ledger) -> Iterator[Row[Any]]:
    """Yield the entries that stand, oldest first, each with `by` and how its customer is named."""
    query = (
        select(
            col(Touch.id), col(Touch.external_id), col(Touch.touched_at), col(Touch.touched_on), col(Touch.kind),
            col(Touch.direction), func.coalesce(_person(), col(Touch.by_name)).label("by"), col(Touch.contact),
            col(Touch.amount_minor), col(Touch.currency), col(Touch.note), col(Touch.customer_id),
            col(Customer.external_id).label("customer_external_id"), col(Customer.name).label("customer_name"),
            col(Customer.currency).label("customer_currency"), _names_nobody_alone().label("is_ambiguous"),
        )
        .join(
            Customer,
            and_(col(Customer.workspace_id) == col(Touch.workspace_id), col(Customer.id) == col(Touch.customer_id)),
        )
        .join(
            TeammateRow,
            and_(col(TeammateRow.workspace_id) == col(Touch.workspace_id), col(TeammateRow.id) == col(Touch.by_id)),
            isouter=True,
        )
        .where(col(Touch.workspace_id) == ledger.workspace_id, is_live())
        .order_by(col(Touch.touched_on), col(Touch.touched_at), col(Touch.id))
    )  # fmt: skip
    yield from _stream(ledger, query)


def everything(ledger: Ledger) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every row of the workspace as (table, its columns), a table at a time."""
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    if workspace is not None:
        yield "workspace", workspace.model_dump(mode="json", exclude=_SECRET)
    for model in _TABLES:
        table = model.__table__  # type: ignore[attr-defined]
        query = select(*table.c).where(table.c.workspace_id == ledger.workspace_id).order_by(*table.primary_key)
        for row in _stream(ledger, query):
            yield table.name, {name: value for name, value in row._mapping.items() if name != "workspace_id"}


def _stream(ledger: Ledger, query: Any) -> Iterator[Row[Any]]:
    yield from ledger.session.execute(query.execution_options(yield_per=BATCH))
