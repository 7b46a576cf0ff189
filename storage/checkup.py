"""What the self-check asks of the database beyond housekeeping."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, and_, case, exists, func, select, text, type_coerce
from sqlmodel import Session, col

from storage import lanes
from storage.ledger import Ledger
from storage.models import ChannelRow, Customer, Delivery, DeliveryState, TeammateRow, Workspace
from storage.rekeying import places
from storage.sealed import MARK, Keys, Sealed

# The clock ticks every minute; a start takes less than this.
LATEST_TICK = timedelta(minutes=5)
LATEST_UNSENT = timedelta(hours=1)
# In the words of the outbox's index, which a database does not recognise behind parameters.
_OWED = text("state IN ('pending', 'sending', 'unknown')")
_AGES = (
    ("not_due", timedelta(0)),
    ("under_1m", timedelta(minutes=1)),
    ("under_10m", timedelta(minutes=10)),
    ("under_1h", timedelta(hours=1)),
)


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


def has_lost_notes(session: Session, keys: Keys | None) -> bool:
    """Say whether a note was written with a key that is not among these."""
    names = keys.names if keys else ()
    for place in places():
        for column in place.columns:
            if isinstance(column.type, Sealed):
                stored = type_coerce(column, String())
                key = func.substr(stored, len(MARK) + 1, Keys.NAME_LENGTH)
                lost = select(stored).where(func.substr(stored, 1, len(MARK)) == MARK, key.not_in(names)).limit(1)
                if session.execute(lost).first() is not None:
                    return True
    return False


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
        and_(col(Customer.workspace_id) == col(TeammateRow.workspace_id), col(Customer.owner_id) == col(TeammateRow.id))
    )
    rows = ledger.rows(TeammateRow, col(TeammateRow.slack_user_id).is_(None), owns, order_by=col(TeammateRow.name))
    return [row.email or row.name for row in rows]


def customers_without_owner(ledger: Ledger) -> int:
    """Return how many customers nobody looks after."""
    query = select(func.count()).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id).is_(None)
    )
    return int(ledger.session.execute(query).scalar_one())


def oldest_unsent_at(session: Session) -> datetime | None:
    """Return since when the oldest unsent delivery has been due; None when nothing waits.

    What waits for somebody to mend a place that Slack refuses does not count: we are not late with it.
    """
    query = select(func.min(col(Delivery.due_at))).where(_OWED, ~lanes.has_trouble())
    found: datetime | None = session.execute(query).scalar_one()
    return found


def last_tick_at(session: Session) -> datetime | None:
    """Return when the clock ticked last, of any process; None when it never did."""
    query = select(func.max(col(Workspace.ticked_at))).where(col(Workspace.uninstalled_at).is_(None))
    found: datetime | None = session.execute(query).scalar_one()
    return found


def owed_by_state_and_age(session: Session, *, now: datetime) -> dict[tuple[str, str], int]:
    """Return how many deliveries wait, by (state, time since they fell due: `not_due`, `under_1m`, … `over_1h`)."""
    age = case(*((col(Delivery.due_at) > now - least, name) for name, least in _AGES), else_="over_1h")
    query = select(col(Delivery.state), age, func.count()).where(_OWED).group_by(col(Delivery.state), age)
    return {(str(row[0]), row[1]): row[2] for row in session.execute(query)}


def digests_waiting(session: Session, *, now: datetime) -> int:
    """Return how many people and channels have a digest hour that has come and was not planned yet."""
    total = 0
    for row in (TeammateRow, ChannelRow):
        query = (
            select(func.count())
            .select_from(row)
            .join(Workspace, col(Workspace.id) == col(row.workspace_id))
            .where(col(row.next_digest_at) <= now, col(Workspace.uninstalled_at).is_(None))
        )
        total += int(session.execute(query).scalar_one())
    return total
