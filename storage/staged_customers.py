"""Turning staged rows of a customers file into customers: who is already known, who is new, what an update changes."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Row,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import col

from storage.bulk import BATCH, rewrite
from storage.ledger import Ledger
from storage.models import Contact, Customer
from storage.sealed import sealed_rows
from storage.staging import REJECTED, STAGED_CUSTOMER, tell_planner

_STAGED = STAGED_CUSTOMER.c

# What a file can change of a customer, in the order in which `changed_rows` and `update_customers` carry it.
UPDATABLE = (
    "external_id", "name", "name_key", "owner_id", "segment_id", "standing", "value_minor", "currency",
    "preferred_channel", "locale", "timezone", "birthday_on", "birthday_key", "since_on", "joined_on", "joined_key",
    "renewal_on", "tags", "notes", "profile",
)  # fmt: skip
_DATES = frozenset({"birthday_on", "since_on", "joined_on", "renewal_on"})


def has_customers(ledger: Ledger) -> bool:
    """Say whether the workspace has any customer."""
    query = select(exists().where(col(Customer.workspace_id) == ledger.workspace_id))
    return bool(ledger.session.scalar(query))


def match_external_ids(ledger: Ledger) -> None:
    """Tie each staged row to the customer with its external id."""
    ledger.session.connection().execute(
        update(STAGED_CUSTOMER)
        .values(customer_id=col(Customer.id))
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.external_id) == _STAGED.external_id,
        )
    )


def name_candidates(ledger: Ledger) -> Iterator[Sequence[Row[Any]]]:
    """Yield batches of (line, name, external_id, known_id, known_name, known_external_id): unmatched rows beside the
    customers under the same name key, all of one line in one batch.
    """
    connection = ledger.session.connection()
    last = connection.scalar(select(func.max(_STAGED.line))) or 0
    query = (
        select(
            _STAGED.line, _STAGED.name, _STAGED.external_id,
            col(Customer.id).label("known_id"), col(Customer.name).label("known_name"),
            col(Customer.external_id).label("known_external_id"),
        )
        .join(
            Customer,
            (col(Customer.workspace_id) == ledger.workspace_id) & (col(Customer.name_key) == _STAGED.name_key),
        )
        .where(_STAGED.customer_id.is_(None))
        .order_by(_STAGED.line)
    )  # fmt: skip
    for start in range(0, last, BATCH):
        yield connection.execute(query.where(_STAGED.line > start, _STAGED.line <= start + BATCH)).all()


def set_matches(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Tie staged rows to customers, given as (customer id, line)."""
    rewrite(connection, STAGED_CUSTOMER, ["line"], ["customer_id"], pairs)


def reject_repeated(connection: Connection, column: str) -> None:
    """Reject staged rows that share `external_id` or `customer_id` with an earlier row, naming its line."""
    key = _STAGED[column]
    first = func.min(_STAGED.line).over(partition_by=key).label("first")
    inner = select(_STAGED.line, _STAGED.external_id, _STAGED.name, first).where(key.is_not(None)).subquery()
    by_id = column == "external_id"
    why = literal("is on line ") + cast(inner.c.first, Text) + literal(" already. Put both into one row.")
    rows = select(
        inner.c.line, literal("external_id" if by_id else "name"), inner.c.external_id if by_id else inner.c.name, why
    ).where(inner.c.line > inner.c.first)
    connection.execute(insert(REJECTED).from_select(["line", "field", "value", "remedy"], rows))
    drop_rejected(connection)


def namesakes_without_id(connection: Connection) -> Iterator[tuple[str, int, str, str | None]]:
    """Yield (name key, line, name, external id) where rows share a key and one has no external id, key by key."""
    inner = select(
        _STAGED.name_key, _STAGED.line, _STAGED.name, _STAGED.external_id,
        func.count().over(partition_by=_STAGED.name_key).label("rows"),
        func.count(_STAGED.external_id).over(partition_by=_STAGED.name_key).label("ids"),
    ).subquery()  # fmt: skip
    query = (
        select(inner.c.name_key, inner.c.line, inner.c.name, inner.c.external_id)
        .where(inner.c.rows > 1, inner.c.ids < inner.c.rows)
        .order_by(inner.c.name_key, inner.c.line)
    )
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def drop_rejected(connection: Connection) -> None:
    """Take the staged rows out that have been rejected."""
    connection.execute(delete(STAGED_CUSTOMER).where(_STAGED.line.in_(select(REJECTED.c.line))))


def names_in_order(ledger: Ledger) -> Iterator[tuple[str, str, int | None]]:
    """Yield (name key, name, None) of customers and (…, line) of new rows, ordered by key."""
    new = select(_STAGED.name_key, _STAGED.name, _STAGED.line).where(_STAGED.customer_id.is_(None))
    known = select(col(Customer.name_key), col(Customer.name), literal(None).label("line")).where(
        col(Customer.workspace_id) == ledger.workspace_id
    )
    both = new.union_all(known).subquery()
    query = select(both).order_by(both.c.name_key, func.coalesce(both.c.line, 0), both.c.name)
    yield from ledger.session.connection().execute(query.execution_options(yield_per=BATCH))


def used_ids(connection: Connection, column: str, table: Table = STAGED_CUSTOMER) -> set[int]:
    """Return the teammates' or segments' ids that staged rows carry."""
    query = select(table.c[column]).where(table.c[column].is_not(None)).distinct()
    return set(connection.scalars(query))


def needs_default_segment(connection: Connection) -> bool:
    """Say whether a new row names no segment."""
    query = select(exists().where(_STAGED.customer_id.is_(None), _STAGED.segment_id.is_(None)))
    return bool(connection.scalar(query))


def insert_new(ledger: Ledger, *, default_segment_id: int | None, base_currency: str) -> int:
    """Make customers of the staged rows that match none; return how many."""
    taken = {
        "segment_id": func.coalesce(_STAGED.segment_id, default_segment_id),
        "standing": func.coalesce(_STAGED.standing, "customer"),
        "currency": func.coalesce(_STAGED.currency, base_currency),
        "since_on": _STAGED.begun_on,
        "tags": func.coalesce(_STAGED.tags, ""),
        "notes": func.coalesce(_STAGED.notes, ""),
        "profile": _as_json(ledger, func.coalesce(_STAGED.profile, "{}")),
    }
    fixed: dict[str, Any] = {
        "workspace_id": literal(ledger.workspace_id),
        "id": _STAGED.id,
        "silent_since_on": _STAGED.begun_on,
        "touch_days": literal(0),
        "snoozed_in_a_row": literal(0),
    }
    derived = ("warm_key", "ranked_value", "sort_key", "due_on", "nudge_from_on")
    values: dict[str, Any] = {name: taken.get(name, _STAGED.get(name)) for name in UPDATABLE}
    values |= fixed | {name: _STAGED[name] for name in derived}
    rows = select(*(value.label(name) for name, value in values.items())).where(_STAGED.customer_id.is_(None))
    rows = rows.order_by(_STAGED.line)
    connection = ledger.session.connection()
    connection.execute(insert(Customer).from_select(list(values), rows, include_defaults=False))
    tell_planner(connection, Customer.__table__)  # type: ignore[attr-defined]
    return connection.scalar(select(func.count()).where(_STAGED.customer_id.is_(None))) or 0


def _as_json(ledger: Ledger, text: Any) -> Any:
    """Hand JSON text over as it is: SQLite stores it so, PostgreSQL wants to be told."""
    return cast(text, JSON) if ledger.session.get_bind().dialect.name == "postgresql" else text


def insert_contacts(ledger: Ledger) -> set[int]:
    """Write the staged contacts that their customers do not have yet; return the customers that were known before."""
    customer_id = func.coalesce(_STAGED.customer_id, _STAGED.id)
    name = func.coalesce(_STAGED.contact_name, "")
    known = exists().where(
        col(Contact.workspace_id) == ledger.workspace_id,
        col(Contact.customer_id) == customer_id,
        col(Contact.name) == name,
    )
    new = _STAGED.has_contact & ~known
    person = (_STAGED.contact_email, _STAGED.contact_phone)
    rows = select(literal(ledger.workspace_id), _STAGED.id, customer_id, name, *person).where(new)
    columns = ["workspace_id", "id", "customer_id", "name", "email", "phone"]
    connection = ledger.session.connection()
    gained = set(connection.scalars(select(_STAGED.customer_id).where(new, _STAGED.customer_id.is_not(None))))
    connection.execute(insert(Contact).from_select(columns, rows, include_defaults=False))
    return gained


def update_contacts(ledger: Ledger) -> set[int]:
    """Write what the file says otherwise of contacts by the same name; return the customers whose contact changed."""
    differs = or_(
        _STAGED.contact_email.is_not(None) & col(Contact.email).is_distinct_from(_STAGED.contact_email),
        _STAGED.contact_phone.is_not(None) & col(Contact.phone).is_distinct_from(_STAGED.contact_phone),
    )
    same = (
        (col(Contact.workspace_id) == ledger.workspace_id)
        & (col(Contact.customer_id) == _STAGED.customer_id)
        & (col(Contact.name) == func.coalesce(_STAGED.contact_name, ""))
    )
    connection = ledger.session.connection()
    query = (
        select(
            func.coalesce(_STAGED.contact_email, col(Contact.email)),
            func.coalesce(_STAGED.contact_phone, col(Contact.phone)),
            col(Contact.workspace_id), col(Contact.id), col(Contact.customer_id),
        )
        .select_from(STAGED_CUSTOMER)
        .join(Contact, same)
        .where(differs)
    )  # fmt: skip
    changed = connection.execute(query).all()
    rewrite(
        connection, Contact.__table__, ["workspace_id", "id"], ["email", "phone"],  # type: ignore[attr-defined]
        [tuple(row[:4]) for row in changed],
    )  # fmt: skip
    return {row[4] for row in changed}


def currencies_named(connection: Connection) -> set[str | None]:
    """Return the currencies of the staged values, None among them where a row names none."""
    return set(connection.scalars(select(_STAGED.currency).where(_STAGED.value_minor.is_not(None)).distinct()))


def currencies_in_use(ledger: Ledger) -> set[str]:
    """Return the currencies of the workspace's customers with a value."""
    query = (
        select(col(Customer.currency))
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.value_minor).is_not(None))
        .distinct()
    )
    return set(ledger.session.connection().scalars(query))


def count_matched(connection: Connection) -> int:
    """Return how many staged rows mean a customer that the ledger has."""
    return connection.scalar(select(func.count()).where(_STAGED.customer_id.is_not(None))) or 0


def matched_rows(ledger: Ledger) -> Iterator[list[tuple[int, Any, tuple[Any, ...], tuple[Any, ...]]]]:
    """Yield batches of (customer id, its first day with a touch, stored values, staged values), values as in UPDATABLE.

    Dates are ISO text and the profile is JSON text, as the staging tables hold them.
    """
    connection = ledger.session.connection()
    dialect = connection.dialect.name
    staged = select(_STAGED.customer_id, *(_plain(_STAGED[name], name, dialect) for name in UPDATABLE)).where(
        _STAGED.customer_id.is_not(None)
    )
    stored = select(
        col(Customer.id),
        _plain(col(Customer.first_on), "since_on", dialect),
        *(_plain(col(getattr(Customer, name)), name, dialect) for name in UPDATABLE),
    ).where(col(Customer.workspace_id) == ledger.workspace_id)
    last = connection.scalar(select(func.max(_STAGED.line)).where(_STAGED.customer_id.is_not(None))) or 0
    for start in range(0, last, BATCH):
        said = connection.execute(staged.where(_STAGED.line > start, _STAGED.line <= start + BATCH)).all()
        if said:
            # Two look-ups by key instead of one join, which a planner without fresh statistics gets wrong.
            ids = [row[0] for row in said]
            known = {row[0]: row for row in connection.execute(stored.where(col(Customer.id).in_(ids))).all()}
            yield [(row[0], known[row[0]][1], tuple(known[row[0]][2:]), tuple(row[1:])) for row in said]


def _plain(column: Any, name: str, dialect: str) -> Any:
    """Read dates and JSON as the text in which SQLite stores them anyway."""
    if name in _DATES:
        return cast(column, Text) if dialect == "postgresql" else func.coalesce(column, None, type_=Text)
    return cast(column, Text) if name in ("profile", "standing") else column


def update_customers(ledger: Ledger, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write customers; each row is the values as in UPDATABLE followed by the workspace's id and the customer's."""
    table = Customer.__table__  # type: ignore[attr-defined]
    stored = list(sealed_rows(UPDATABLE, ("notes",), rows))
    rewrite(ledger.session.connection(), table, ["workspace_id", "id"], UPDATABLE, stored)
