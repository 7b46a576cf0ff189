"""When somebody is gone from Slack: their customers go to their cover or wait for an owner, and the admins are told."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from bot.domain.audit import Verb
from bot.domain.model import NudgeState, Role, Seat
from bot.usecases import audit, unheard
from bot.usecases.covers import heir_of, when_to_reach
from bot.usecases.looking_after import check_can_look_after
from bot.usecases.sharing import take_down
from bot.usecases.showing import refresh_home, refresh_opened_homes
from storage import outbox, people
from storage.ledger import Ledger
from storage.models import Customer, Nudge, TeammateRow


def leave(ledger: Ledger, row: TeammateRow, *, now: datetime) -> int:
    """Give the customers of somebody who is gone to their cover, else to nobody; return how many moved.

    Who is still there, as a guest, no longer sees what the bot showed them: messages and Home tab are emptied.

    In one transaction: the customers, their open nudges, whom they cover for, the trail, one message to each admin and
    to the new owner.
    Whoever comes back gets nothing back in silence: an owner is chosen by hand.
    """
    if row.seat is not Seat.GONE and row.slack_user_id is not None:
        take_down(ledger, row.slack_user_id, now=now, because="no_member")
        refresh_opened_homes(ledger, [(row.id, row.slack_user_id)], now=now)
    heir = heir_of(ledger, row.id)
    unheard.pass_on(ledger, row, heir=heir, now=now)
    moved = _move(ledger, from_id=row.id, to_id=heir.id if heir else None)
    if row.role is Role.ADMIN:
        keep_an_admin(ledger, except_id=row.id)
    if not moved:
        return 0
    detail = f"{moved} customers to {heir.slack_user_id or heir.id}" if heir else f"{moved} customers to nobody"
    audit.note(ledger, Verb.MOVED, now=now, by_id=None, subject=("teammate", row.id), place="slack", detail=detail)
    told = {person.id: person for person in (*people.admins(ledger), *((heir,) if heir else ())) if person.id != row.id}
    for person in told.values():
        owed = outbox.Owed(
            key=f"left:{row.id}:{person.id}:{now.timestamp():.0f}",
            kind="left",
            channel=person.slack_user_id or "",
            subject_id=row.id,
            payload={"reader": person.id, "to": heir.id if heir else None, "count": moved},
            due_at=when_to_reach(person, now),
        )
        outbox.owe(ledger, owed, now=now)
        refresh_home(ledger, person, now=now)
    return moved


def _move(ledger: Ledger, *, from_id: int | None, to_id: int | None, segment_id: int | None = None) -> int:
    """Change the owner of customers and of the nudges that wait for somebody; return how many customers."""
    owned = col(Customer.owner_id).is_(None) if from_id is None else col(Customer.owner_id) == from_id
    where = [col(Customer.workspace_id) == ledger.workspace_id, owned]
    if segment_id is not None:
        where.append(col(Customer.segment_id) == segment_id)
    result = ledger.session.connection().execute(
        update(Customer).where(*where).values(owner_id=to_id).returning(col(Customer.id))
    )
    ids = [row[0] for row in result]
    waiting = [col(Nudge.workspace_id) == ledger.workspace_id, col(Nudge.state) == NudgeState.OPEN]
    nudged = col(Nudge.teammate_id) == from_id if from_id is not None else col(Nudge.customer_id).in_(ids)
    ledger.session.connection().execute(update(Nudge).where(*waiting, nudged).values(teammate_id=to_id))
    ledger.session.expire_all()
    return len(ids)


def give_unowned(
    ledger: Ledger, *, to: TeammateRow, segment_id: int | None, by_id: int | None, place: str, now: datetime
) -> int:
    """Give the customers that nobody owns to a teammate, all or those of a segment; return how many.

    Raises InputRefused for somebody who can't look after customers. The caller checked that an admin asks.
    """
    check_can_look_after(ledger, to, about="teammate")
    given = _move(ledger, from_id=None, to_id=to.id, segment_id=segment_id)
    detail = f"{given} customers from nobody"
    audit.note(ledger, Verb.MOVED, now=now, by_id=by_id, subject=("teammate", to.id), place=place, detail=detail)
    refresh_home(ledger, to, now=now)
    return given


def keep_an_admin(ledger: Ledger, *, except_id: int) -> None:
    """Make Slack's own admins admins here when no other is left."""
    if any(person.id != except_id for person in people.admins(ledger)):
        return
    for person in ledger.rows(
        TeammateRow,
        col(TeammateRow.is_slack_admin).is_(True),
        col(TeammateRow.seat) == Seat.MEMBER,
        col(TeammateRow.id) != except_id,
    ):
        person.role, person.role_set = Role.ADMIN, False
        ledger.session.add(person)
    ledger.session.flush()
