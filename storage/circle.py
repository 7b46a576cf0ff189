"""The inner circle in the ledger: its seats, held while somebody is added, and who sits in them."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import and_, func, select, update
from sqlmodel import col

from bot.domain.circle import LATELY_TOUCHES, Seated, Seats
from bot.domain.model import Standing, TouchKind
from bot.domain.working_time import local_day
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, Touch, Workspace
from storage.standing_models import StandingWord
from storage.touches import is_live

# Contact further back says nothing of how often somebody is talked to lately.
_LOOKED_BACK = timedelta(days=400)

_SEATS = select(col(Workspace.seats_each), col(Workspace.seats_team))
_IN_CIRCLE = (
    and_(
        col(Customer.workspace_id) == col(StandingWord.workspace_id),
        col(Customer.id) == col(StandingWord.customer_id),
    ),
    col(StandingWord.standing) == Standing.INNER_CIRCLE,
)


def hold_seats(ledger: Ledger) -> tuple[int, int]:
    """Hold the workspace's seats until the transaction ends, and return how many: for each teammate, for the team.

    Of two who add at once, the second sees the first. The lock lets others write rows of the workspace; it is taken
    before any customer's.
    """
    query = _SEATS.where(col(Workspace.id) == ledger.workspace_id).with_for_update(key_share=True)
    each, team = ledger.session.execute(query).one()
    return each, team


def change_seats(ledger: Ledger, *, each: int, team: int) -> None:
    """Write how many seats there are."""
    ledger.session.execute(
        update(Workspace).where(col(Workspace.id) == ledger.workspace_id).values(seats_each=each, seats_team=team)
    )


def seats(ledger: Ledger, owner_id: int | None) -> Seats:
    """Return the seats of a teammate and of the team; a customer whom nobody looks after takes one of the team's."""
    each, team = ledger.session.execute(_SEATS.where(col(Workspace.id) == ledger.workspace_id)).one()
    count = (
        select(func.count(), func.count().filter(col(Customer.owner_id) == owner_id))
        .select_from(StandingWord)
        .join(Customer, _IN_CIRCLE[0])
        .where(col(StandingWord.workspace_id) == ledger.workspace_id, _IN_CIRCLE[1])
    )
    team_taken, taken = ledger.session.execute(count).one()
    return Seats(each, team, taken if owner_id is not None else 0, team_taken)


def members(ledger: Ledger, *, owner_id: int | None, whole_team: bool, today: date) -> list[Seated]:
    """Return who is in a teammate's circle, or in the whole team's, by name, with their latest contact."""
    whose = [] if whole_team else [col(Customer.owner_id) == owner_id]
    query = (
        select(
            col(Customer.id), col(Customer.name), col(Customer.owner_id), col(SegmentRow.cadence_days),
            col(Customer.since_on), col(Customer.value_minor), col(Customer.currency), col(Customer.last_on),
            col(StandingWord.said_at), col(StandingWord.kept_on), col(Workspace.timezone),
        )
        .select_from(StandingWord)
        .join(Customer, _IN_CIRCLE[0])
        .join(
            SegmentRow,
            and_(
                col(SegmentRow.workspace_id) == col(Customer.workspace_id),
                col(SegmentRow.id) == col(Customer.segment_id),
            ),
        )
        .join(Workspace, col(Workspace.id) == col(StandingWord.workspace_id))
        .where(col(StandingWord.workspace_id) == ledger.workspace_id, _IN_CIRCLE[1], *whose)
        .order_by(col(Customer.name_key), col(Customer.id))
    )  # fmt: skip
    rows = ledger.session.execute(query).all()
    days = _latest_days(ledger, [row[0] for row in rows], since=today - _LOOKED_BACK)
    return [
        Seated(
            customer_id, name, owner, cadence, since_on, minor, currency,
            days=days.get(customer_id) or ((last_on,) if last_on else ()),
            seated_on=local_day(said_at, timezone) if said_at else None,
            kept_on=kept_on,
        )
        for customer_id, name, owner, cadence, since_on, minor, currency, last_on, said_at, kept_on, timezone in rows
    ]  # fmt: skip


def _latest_days(ledger: Ledger, customer_ids: Sequence[int], *, since: date) -> dict[int, tuple[date, ...]]:
    if not customer_ids:
        return {}
    query = (
        select(col(Touch.customer_id), col(Touch.touched_on))
        .where(
            col(Touch.workspace_id) == ledger.workspace_id,
            col(Touch.customer_id).in_(customer_ids),
            col(Touch.touched_on) >= since,
            col(Touch.kind) != TouchKind.NOTE,
            is_live(),
        )
        .distinct()
        .order_by(col(Touch.customer_id), col(Touch.touched_on).desc())
    )
    found: dict[int, tuple[date, ...]] = {}
    for customer_id, on in ledger.session.execute(query):
        known = found.get(customer_id, ())
        if len(known) < LATELY_TOUCHES:
            found[customer_id] = (*known, on)
    return found
