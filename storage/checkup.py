"""What the self-check asks of the database beyond housekeeping."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlmodel import Session, col

from storage.ledger import Ledger
from storage.models import Customer, Delivery, DeliveryState, TeammateRow, Workspace


def database_time(session: Session) -> datetime | None:
    """Return what time the database thinks it is; None for SQLite, whose clock is ours."""
    if session.get_bind().dialect.name != "postgresql":
        session.execute(select(1))
        return None
    moment: datetime = session.execute(select(func.now())).scalar_one()
    return moment


def read_tokens(session: Session) -> None:
    """Read every stored token, to know that it can be read. Raises KeyMissing."""
    session.execute(select(col(Workspace.bot_token)).where(col(Workspace.uninstalled_at).is_(None))).all()


def failed_since(session: Session, since: datetime) -> Sequence[tuple[str, str, int]]:
    """Return (kind, Slack's error, how many) of the deliveries that failed lately, the most frequent first."""
    number = func.count()
    query = (
        select(col(Delivery.kind), func.coalesce(col(Delivery.error), "no reason given"), number)
        .where(col(Delivery.state) == DeliveryState.FAILED, col(Delivery.created_at) >= since)
        .group_by(col(Delivery.kind), col(Delivery.error))
        .order_by(number.desc())
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def owners_without_slack(ledger: Ledger) -> Sequence[str]:
    """Return the names of the owners of customers whom Slack has not shown us: nobody gets their digests."""
    owns = exists().where(
        and_(
            col(Customer.workspace_id) == col(TeammateRow.workspace_id), col(Customer.owner_id) == col(TeammateRow.id)
        )
    )
    rows = ledger.rows(TeammateRow, col(TeammateRow.slack_user_id).is_(None), owns, order_by=col(TeammateRow.name))
    return [row.email or row.name for row in rows]


def customers_without_owner(ledger: Ledger) -> int:
    """Return how many customers nobody looks after."""
    query = select(func.count()).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id).is_(None)
    )
    return int(ledger.session.execute(query).scalar_one())
