"""Roles: who sets up, who works, who may only look; an admin decides, and one always stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col

from bot.domain.audit import Verb
from bot.domain.model import Role, Seat, Teammate
from bot.domain.working_time import local_day
from bot.errors import InputRefused
from bot.usecases import audit, covers, unheard
from bot.usecases.showing import refresh_home
from bot.usecases.teammates import require_admin, row_of
from storage import customers, people
from storage.ledger import Ledger
from storage.models import TeammateRow

ADMINS_SET_ROLES = "Only admins decide who may do what. {admins}."
ADMINS_SET_HOLIDAYS = "Only admins write down when the company is closed. {admins}."
ADMINS_CHOOSE_COVERS = "Only admins choose who covers for somebody else. {admins}."
ADMINS_GIVE = "Only admins hand out customers that nobody owns. {admins}."


@dataclass(frozen=True, slots=True)
class Member:
    """A person who uses the bot, with their role; `set_here` when an admin chose it rather than Slack."""

    teammate: Teammate
    set_here: bool


def team(ledger: Ledger) -> list[Member]:
    """Return everybody who may use the bot, admins first, then by name."""
    rows = ledger.rows(TeammateRow, col(TeammateRow.seat) == Seat.MEMBER, col(TeammateRow.slack_user_id).is_not(None))
    order = list(Role)
    rows = sorted(rows, key=lambda row: (order.index(row.role), row.name.casefold()))
    return [Member(people.teammate(row), row.role_set) for row in rows]


def owned_by(ledger: Ledger, teammate: Teammate, *, now: datetime) -> int:
    """Return how many customers somebody looks after."""
    return customers.counts(ledger, owner_id=teammate.id, today=local_day(now, teammate.timezone))[0]


def may_set_roles(ledger: Ledger, by: Teammate) -> None:
    """Raise NotAllowed unless an admin asks."""
    require_admin(ledger, by, otherwise=ADMINS_SET_ROLES)


def may_give(ledger: Ledger, by: Teammate) -> None:
    """Raise NotAllowed unless an admin asks for customers without an owner."""
    require_admin(ledger, by, otherwise=ADMINS_GIVE)


def may_set_holidays(ledger: Ledger, by: Teammate) -> None:
    """Raise NotAllowed unless an admin asks for the holidays of the company."""
    require_admin(ledger, by, otherwise=ADMINS_SET_HOLIDAYS)


def may_choose_cover(ledger: Ledger, by: Teammate, *, away_id: int) -> Teammate:
    """Return the teammate whose cover is to be chosen. Raises NotAllowed unless an admin asks, or they themselves."""
    if by.id != away_id:
        require_admin(ledger, by, otherwise=ADMINS_CHOOSE_COVERS)
    return people.teammate(row_of(ledger, away_id))


def choose_cover(ledger: Ledger, away_id: int, cover: Teammate, *, by: Teammate, place: str, now: datetime) -> Teammate:
    """Write who covers for somebody, and tell the cover if they are away now; return whose cover it is.

    Raises NotAllowed for anybody but an admin and themselves, InputRefused for people who can't cover.
    """
    may_choose_cover(ledger, by, away_id=away_id)
    away = row_of(ledger, away_id)
    covers.set_cover(ledger, away.id, cover)
    covers.tell_cover(ledger, away, now=now)
    refresh_home(ledger, row_of(ledger, cover.id), now=now)
    detail = f"cover {cover.slack_user_id}"
    audit.note(ledger, Verb.CHANGED, now=now, by_id=by.id, subject=("teammate", away.id), place=place, detail=detail)
    return people.teammate(away)


def set_role(
    ledger: Ledger, teammate_id: int, role: Role, *, by: Teammate | None, place: str, now: datetime
) -> Teammate:
    """Write what somebody may do; `by` None is whoever runs the bot. Slack's own roles change it no more.

    Where somebody relies on a cover who may only look from now on, an admin is told.

    Raises NotAllowed unless an admin asks, InputRefused for people who may not come in and for the last admin.
    """
    if by is not None:
        may_set_roles(ledger, by)
    row = row_of(ledger, teammate_id)
    if row.seat is not Seat.MEMBER:
        raise InputRefused(
            "{name} can't use Keepwarm: it is for members of this workspace.", about="teammate", name=row.name
        )
    if role is not Role.ADMIN and row.role is Role.ADMIN and len(people.admins(ledger)) == 1:
        raise InputRefused("{name} is the only admin. Make somebody else one first.", about="role", name=row.name)
    unheard_before = unheard.unheard(ledger, now=now)
    row.role, row.role_set = role, True
    ledger.add(row)
    unheard.tell_of_unheard(ledger, before=unheard_before, now=now)
    by_id = by.id if by else None
    audit.note(
        ledger, Verb.CHANGED, now=now, by_id=by_id, subject=("teammate", row.id), place=place, detail=f"role {role}"
    )
    refresh_home(ledger, row, now=now)
    return people.teammate(row)
