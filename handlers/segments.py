"""Segments: everybody reads their policies, admins change them and are told first what that would change."""

from typing import Any

from bot.blocks.ids import Field
from bot.blocks.modals_segments import build_segment_form, build_segments
from bot.domain.model import Counts, Policy, Role
from bot.usecases import policies, segments, teammates
from bot.usecases.desk import Ledger
from bot.usecases.policy_form import PolicyForm, read_policy
from bot.usecases.what_if import A_CLICKS_WORTH, what_if
from handlers.edge import Answer, Visit
from handlers.forms import chosen


def handle_segments(visit: Visit) -> Answer:
    """Open the list of segments."""
    with visit.look() as ledger:
        view = _list(ledger, visit)
    visit.open(view)
    return None


def handle_change_segment(visit: Visit) -> Answer:
    """Open the form of one segment."""
    with visit.look() as ledger:
        teammates.require_admin(ledger, visit.teammate, otherwise=policies.ADMINS_CHANGE_SEGMENTS)
        view = build_segment_form(policies.segment_state(ledger, int(visit.value)), visit.voice)
    visit.open(view)
    return None


def handle_what_if(visit: Visit) -> Answer:
    """Show in the form what the policy in it would change; in a large segment from some of its customers."""
    segment_id, wanted = int(visit.value), read_policy(_form(visit))
    with visit.look() as ledger:
        teammates.require_admin(ledger, visit.teammate, otherwise=policies.ADMINS_CHANGE_SEGMENTS)
        found = what_if(ledger, segment_id, wanted, today=visit.today, at_most=A_CLICKS_WORTH)
        view = build_segment_form(policies.segment_state(ledger, segment_id), visit.voice, found=found)
    visit.client.views_update(view_id=visit.body["view"]["id"], hash=visit.body["view"]["hash"], view=view)
    return None


def submit_segment(visit: Visit) -> Answer:
    """Write a segment's policy, and show it in the list below and in the App Home."""
    wanted = read_policy(_form(visit))
    with visit.effect() as ledger:
        ahead = chosen(visit, Field.RENEWAL_AHEAD)
        segments.set_renewal_ahead(ledger, int(visit.private), ahead, by=visit.teammate)
        policies.change_policy(ledger, int(visit.private), wanted, by=visit.teammate, now=visit.now)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
        below = visit.body["view"].get("previous_view_id")
        if below:
            visit.client.views_update(view_id=below, view=_list(ledger, visit))
    visit.desk.recompute()
    return None


def _list(ledger: Ledger, visit: Visit) -> dict[str, Any]:
    may_change = visit.teammate.role is Role.ADMIN
    return build_segments(policies.segment_states(ledger), visit.voice, may_change=may_change)


def _form(visit: Visit) -> PolicyForm:
    return PolicyForm(
        policy=Policy(chosen(visit, Field.POLICY)),
        cadence=chosen(visit, Field.CADENCE),
        counts=Counts(chosen(visit, Field.COUNTS)),
        pauses=chosen(visit, Field.PAUSES),
        lost_after=chosen(visit, Field.LOST_AFTER),
        exponent=chosen(visit, Field.EXPONENT),
        horizon=chosen(visit, Field.HORIZON),
    )
