"""The standings of a staged customers file: which of them are news, and writing them as the words that they are."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Text, and_, func, literal, or_, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.domain.circle import Wish
from bot.domain.model import Standing
from storage.bulk import BATCH
from storage.columns import Instant
from storage.ledger import Ledger
from storage.models import Customer
from storage.staging import STAGED_CUSTOMER
from storage.standing_models import StandingWord

_STAGED = STAGED_CUSTOMER.c


def leave_to_people(ledger: Ledger) -> int:
    """Take what the file says back where a person said something else here by hand; return how many rows that were."""
    said_by_hand = (
        select(col(StandingWord.customer_id))
        .where(
            col(StandingWord.workspace_id) == ledger.workspace_id,
            col(StandingWord.customer_id) == _STAGED.customer_id,
            ~col(StandingWord.from_file),
            type_coerce(col(StandingWord.standing), Text) != _STAGED.standing,
        )
        .exists()
    )
    silenced = update(STAGED_CUSTOMER).where(_STAGED.standing.is_not(None), said_by_hand).values(standing=None)
    return ledger.session.connection().execute(silenced).rowcount


def leave_what_is(ledger: Ledger) -> None:
    """Take back what is so already: a file that says what the ledger says says nothing new."""
    is_so = (
        select(col(Customer.id))
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.id) == _STAGED.customer_id,
            type_coerce(col(Customer.standing), Text) == _STAGED.standing,
        )
        .exists()
    )
    silenced = update(STAGED_CUSTOMER).where(_STAGED.standing.is_not(None), is_so).values(standing=None)
    ledger.session.connection().execute(silenced)


def wishes(ledger: Ledger) -> list[Wish]:
    """Return the rows that want a seat in the inner circle, in the order of the file."""
    query = (
        select(_STAGED.line, _STAGED.name, func.coalesce(_STAGED.owner_id, col(Customer.owner_id)))
        .outerjoin(
            Customer,
            and_(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == _STAGED.customer_id),
        )
        .where(_STAGED.standing == Standing.INNER_CIRCLE.value)
        .order_by(_STAGED.line)
    )
    return [Wish(*row) for row in ledger.session.connection().execute(query)]


def seats_taken(ledger: Ledger) -> dict[int | None, int]:
    """Return how many customers sit in each owner's circle once the file is in, without those who want to be added."""
    owner_id = func.coalesce(_STAGED.owner_id, col(Customer.owner_id))
    query = (
        select(owner_id, func.count())
        .select_from(StandingWord)
        .join(
            Customer,
            and_(
                col(Customer.workspace_id) == col(StandingWord.workspace_id),
                col(Customer.id) == col(StandingWord.customer_id),
            ),
        )
        .outerjoin(STAGED_CUSTOMER, _STAGED.customer_id == col(Customer.id))
        .where(
            col(StandingWord.workspace_id) == ledger.workspace_id,
            col(StandingWord.standing) == Standing.INNER_CIRCLE,
            or_(_STAGED.standing.is_(None), _STAGED.standing == Standing.INNER_CIRCLE.value),
        )
        .group_by(owner_id)
    )
    return {row[0]: row[1] for row in ledger.session.connection().execute(query)}


def leave(connection: Connection, lines: Iterable[int]) -> None:
    """Take back what the file says of standings on some lines; the rest of the rows stays."""
    source = iter(lines)
    while part := list(islice(source, BATCH)):
        connection.execute(update(STAGED_CUSTOMER).where(_STAGED.line.in_(part)).values(standing=None))


def record_words(ledger: Ledger, *, now: datetime) -> None:
    """Write the standings that are left as words of the file; the customers must be there."""
    connection = ledger.session.connection()
    names = ["workspace_id", "customer_id", "standing", "said_at", "from_file"]
    said_here: Select[Any] = select(
        literal(ledger.workspace_id), func.coalesce(_STAGED.customer_id, _STAGED.id), _STAGED.standing,
        literal(now, Instant()), literal(True),
    ).where(_STAGED.standing.is_not(None))  # fmt: skip
    table = StandingWord.__table__  # type: ignore[attr-defined]
    flavour = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = flavour.insert(table).from_select(names, said_here, include_defaults=False)
    said = {name: statement.excluded[name] for name in names[2:]}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "customer_id"], set_={**said, "by_id": None, "kept_on": None}
        )
    )
