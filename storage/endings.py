"""What became of nudges lately, and what rules have proposed since."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlmodel import col

from bot.domain.model import Direction, NudgeState
from storage.ledger import Ledger
from storage.models import Customer, Nudge, Touch
from storage.models_voice import Proposal
from storage.replay import histories

_ENDED = (NudgeState.DONE, NudgeState.SNOOZED, NudgeState.DISMISSED, NudgeState.HANDED_OVER)
_CUSTOMERS_AT_ONCE = 500


class EndedNudge(NamedTuple):
    """A nudge that somebody acted on, its customer's segment and beginning, and the touch that answered it, if any."""

    customer_id: int
    segment_id: int
    since_on: date
    occasions: str
    state: NudgeState
    planned_on: date
    ended_at: datetime
    snoozed_until_on: date | None
    touched_on: date | None
    direction: Direction | None


def ended_since(ledger: Ledger, since: datetime) -> list[EndedNudge]:
    """Return the nudges that ended after an instant, whoever got them."""
    query = (
        select(
            col(Nudge.customer_id), col(Customer.segment_id), col(Customer.since_on), col(Nudge.occasions),
            col(Nudge.state), col(Nudge.planned_on), col(Nudge.ended_at), col(Nudge.snoozed_until_on),
            col(Touch.touched_on), col(Touch.direction),
        )
        .select_from(Nudge)
        .join(
            Customer,
            and_(col(Customer.workspace_id) == col(Nudge.workspace_id), col(Customer.id) == col(Nudge.customer_id)),
        )
        .join(
            Touch,
            and_(col(Touch.workspace_id) == col(Nudge.workspace_id), col(Touch.id) == col(Nudge.touch_id)),
            isouter=True,
        )
        .where(
            col(Nudge.workspace_id) == ledger.workspace_id, col(Nudge.ended_at) > since, col(Nudge.state).in_(_ENDED)
        )
        .order_by(col(Nudge.id))
    )  # fmt: skip
    return [EndedNudge(*row) for row in ledger.session.execute(query)]


def days_of_contact(ledger: Ledger, customer_ids: Collection[int], *, until: date) -> Iterator[tuple[int, list[date]]]:
    """Yield (customer, days of contact up to a day, oldest first) of those whom somebody talked to."""
    wanted = sorted(set(customer_ids))
    for start in range(0, len(wanted), _CUSTOMERS_AT_ONCE):
        part = wanted[start : start + _CUSTOMERS_AT_ONCE]
        for history in histories(ledger, until=until, of=[col(Customer.id).in_(part)]):
            yield history.customer_id, list(history.days)


def last_proposed(ledger: Ledger) -> dict[tuple[int, str], Proposal]:
    """Return the newest proposal of every rule, by (segment, occasion)."""
    rows = ledger.rows(Proposal, order_by=(col(Proposal.proposed_at), col(Proposal.id)))
    return {(row.segment_id, row.occasion): row for row in rows}


def lock_proposal(ledger: Ledger, proposal_id: int) -> Proposal | None:
    """Return a proposal as it stands now, its row held until the transaction ends; None when it is not here."""
    query = (
        select(Proposal)
        .where(col(Proposal.workspace_id) == ledger.workspace_id, col(Proposal.id) == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return ledger.session.execute(query).scalars().first()
