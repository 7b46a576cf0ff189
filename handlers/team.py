"""Roles, holidays of the company, and customers that nobody owns: what only admins do."""

from bot.blocks import team as blocks
from bot.blocks.ids import Field
from bot.blocks.modals_holidays import build_company_holidays, say_holidays_set
from bot.blocks.sentence_modal import build_said_modal
from bot.blocks.unheard import build_choose_cover, say_cover_chosen
from bot.domain.model import Role
from bot.errors import InputRefused
from bot.usecases import days_off, lists, team, teammates
from bot.usecases.departures import give_unowned
from handlers.edge import Answer, Visit
from handlers.forms import chosen


def handle_team(visit: Visit) -> Answer:
    """Open the form with everybody's role."""
    with visit.look() as ledger:
        team.may_set_roles(ledger, visit.teammate)
        members = [member.teammate for member in team.team(ledger)]
    visit.open(blocks.build_team(members, visit.voice))
    return None


def submit_team(visit: Visit) -> Answer:
    """Set what a teammate may do, and say so in place of the form."""
    if not chosen(visit, Field.TEAMMATE):
        raise InputRefused("Choose a teammate.", about=Field.TEAMMATE)
    whom = visit.desk.meet(visit.workspace_id, chosen(visit, Field.TEAMMATE), now=visit.now)
    with visit.effect() as ledger:
        role = Role(chosen(visit, Field.ROLE))
        changed = team.set_role(ledger, whom.id, role, by=visit.teammate, place="modal", now=visit.now)
        owned = team.owned_by(ledger, changed, now=visit.now)
    return _said(visit, blocks.say_role_set(changed, visit.voice, owned=owned))


def handle_give(visit: Visit) -> Answer:
    """Open the form that gives customers without an owner to somebody."""
    with visit.look() as ledger:
        team.may_give(ledger, visit.teammate)
        segments = lists.segment_names(ledger)
    visit.open(blocks.build_give(visit.voice, segments=segments))
    return None


def submit_give(visit: Visit) -> Answer:
    """Give customers without an owner to a teammate, and say how many in place of the form."""
    if not chosen(visit, Field.TEAMMATE):
        raise InputRefused("Choose a teammate.", about=Field.TEAMMATE)
    to = visit.desk.meet(visit.workspace_id, chosen(visit, Field.TEAMMATE), now=visit.now)
    segment = chosen(visit, Field.SEGMENT)
    with visit.effect() as ledger:
        team.may_give(ledger, visit.teammate)
        given = give_unowned(
            ledger,
            to=teammates.row_of(ledger, to.id),
            segment_id=None if segment == blocks.ALL_SEGMENTS else int(segment),
            by_id=visit.teammate.id,
            place="modal",
            now=visit.now,
        )
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return _said(visit, blocks.say_given(given, to.name, visit.voice))


def handle_choose_cover(visit: Visit) -> Answer:
    """Open the form that chooses who covers for somebody."""
    with visit.look() as ledger:
        away = team.may_choose_cover(ledger, visit.teammate, away_id=int(visit.value))
    visit.open(build_choose_cover(away.name, away.id, visit.voice))
    return None


def submit_cover(visit: Visit) -> Answer:
    """Write who covers for somebody, and say so in place of the form."""
    if not chosen(visit, Field.COVER):
        raise InputRefused("Choose a teammate.", about=Field.COVER)
    cover = visit.desk.meet(visit.workspace_id, chosen(visit, Field.COVER), now=visit.now)
    with visit.effect() as ledger:
        away = team.choose_cover(ledger, int(visit.private), cover, by=visit.teammate, place="modal", now=visit.now)
    return _said(visit, say_cover_chosen(cover.name, away.name, visit.voice))


def handle_company_holidays(visit: Visit) -> Answer:
    """Open the form with the holidays of the company."""
    with visit.look() as ledger:
        team.may_set_holidays(ledger, visit.teammate)
        breaks = [(one.first_on, one.last_on, one.name) for one in days_off.company_breaks(ledger)]
    visit.open(build_company_holidays(breaks, visit.voice))
    return None


def submit_company_holidays(visit: Visit) -> Answer:
    """Write the holidays of the company, move everybody's next digest, and say so in place of the form."""
    with visit.effect() as ledger:
        team.may_set_holidays(ledger, visit.teammate)
        count = days_off.set_breaks(ledger, chosen(visit, Field.COMPANY_HOLIDAY))
        teammates.reschedule_everybody(ledger, now=visit.now)
    return _said(visit, say_holidays_set(count, visit.voice))


def _said(visit: Visit, sentence: str) -> Answer:
    return {"response_action": "update", "view": build_said_modal(sentence)}
