"""A bot that gets quieter: rules that were in the way propose their own change, and admins answer once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from sqlmodel import col

from bot.domain.model import Counts, Occasion, Teammate
from bot.domain.outcomes import FEWEST_NUDGES, WINDOW_DAYS, Change, Ending, Judged, judge_rule, outcome
from bot.domain.views import ProposalView
from bot.domain.working_time import local_day
from bot.errors import NotFound, TooLate
from bot.usecases.covers import when_to_reach
from bot.usecases.policies import ADMINS_CHANGE_SEGMENTS, change_policy, segment_state
from bot.usecases.segments import slower_cadence
from bot.usecases.showing import refresh_deliveries, refresh_opened_homes
from bot.usecases.teammates import require_admin
from storage import customers, endings, outbox, people
from storage.columns import new_id
from storage.endings import EndedNudge
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, Delivery, SegmentRow, TeammateRow, Workspace
from storage.models_voice import Proposal

WINDOW = timedelta(days=WINDOW_DAYS)
# Whoever left a rule as it is meant it.
LEFT_FOR = timedelta(days=182)
_CHANGED_SINCE = "{segment} was changed again since."
_GONE = "That proposal is not there any more."
# What a rule would change about itself, by segment and occasion.
Found = list[tuple[int, Occasion, Change]]


def propose_changes(store: Store, workspace_id: int, *, now: datetime) -> int:
    """Let every rule that was in the way for four weeks propose its change to the admins; return how many did.

    Judging replays the ledgers of everybody who was nudged about, so nobody who writes waits for it.
    """
    with store.read(workspace_id) as ledger:
        found = changes_to_propose(ledger, now=now)
    if not found:
        return 0
    with store.write(workspace_id) as ledger:
        return propose(ledger, found, now=now)


def propose(ledger: Ledger, found: Found, *, now: datetime) -> int:
    """Ask the admins about changes, each once a day whoever comes first; return how many were asked about now."""
    today = local_day(now, _timezone(ledger))
    return sum(_propose(ledger, *one, today=today, now=now) for one in found)


def changes_to_propose(ledger: Ledger, *, now: datetime) -> Found:
    """Return by segment and occasion what the rules that were in the way would change about themselves.

    1. Sort the nudges that ended since by their rule; one with several reasons belongs to none. 2. Leave out rules that
    proposed something in those weeks or were left as they are, and nudges from before a proposal. 3. Judge the rest.
    """
    timezone = _timezone(ledger)
    today, segments, before = local_day(now, timezone), customers.segments(ledger), endings.last_proposed(ledger)
    rules: dict[tuple[int, str], list[EndedNudge]] = {}
    for nudge in endings.ended_since(ledger, now - WINDOW):
        last = before.get((nudge.segment_id, nudge.occasions))
        if last is None or (not _is_silent(last, now) and nudge.planned_on >= last.proposed_on):
            rules.setdefault((nudge.segment_id, nudge.occasions), []).append(nudge)
    found: Found = []
    for (segment_id, occasion), nudges in rules.items():
        segment = segments[segment_id]
        if len(nudges) < FEWEST_NUDGES or occasion not in {*Occasion} or segment.before is not None:
            continue
        judged = _judged(ledger, nudges, today=today, timezone=timezone)
        change = judge_rule(judged, segment, Occasion(occasion))
        if change is not None:
            found.append((segment_id, Occasion(occasion), change))
    return found


def ask_admins(ledger: Ledger, customer_id: int, *, now: datetime) -> None:
    """Pass on to the admins that a segment's cadence may be too short; not again while they were asked lately.

    Who put whom off is not passed on. Raises NotFound.
    """
    customer = ledger.get(Customer, customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    segment = customers.segments(ledger)[customer.segment_id]
    last = endings.last_proposed(ledger).get((segment.id, Occasion.OVERDUE.value))
    if last is not None and (last.answered_at is None or _is_silent(last, now)):
        return
    slower = slower_cadence(segment.cadence_days)
    change = Change(0, 0, 0, from_days=round(segment.cadence_days), to_days=slower, left_out=0, later=0)
    today = local_day(now, _timezone(ledger))
    _propose(ledger, segment.id, Occasion.OVERDUE, change, today=today, now=now, asked=True)


def accept(ledger: Ledger, proposal_id: int, *, by: Teammate, now: datetime) -> None:
    """Make the change that a rule proposed. Raises NotAllowed for anybody but an admin, NotFound, TooLate; that also
    when the segment was made as quiet by hand meanwhile.
    """
    proposal = _take(ledger, proposal_id, by=by)
    row = _segment_row(ledger, proposal.segment_id)
    if _is_moot(proposal, row):
        raise TooLate(_CHANGED_SINCE, segment=row.name)
    if proposal.to_days is None:
        row.without = ",".join(sorted({*_words(row.without), proposal.occasion}))
        ledger.add(row)
    else:
        proposal.set_days_before = row.set_cadence_days
        _set_cadence(ledger, proposal.segment_id, proposal.to_days, by=by, now=now)
    _answer(ledger, proposal, accepted=True, by=by, now=now)


def leave(ledger: Ledger, proposal_id: int, *, by: Teammate, now: datetime) -> None:
    """Leave a rule as it is. Raises NotAllowed for anybody but an admin, TooLate, NotFound."""
    _answer(ledger, _take(ledger, proposal_id, by=by), accepted=False, by=by, now=now)


def take_back(ledger: Ledger, proposal_id: int, *, by: Teammate, now: datetime) -> None:
    """Undo an answer: what was changed is as it was before, and the question is open again.

    Raises NotAllowed for anybody but an admin, NotFound, TooLate when somebody chose otherwise since.
    """
    require_admin(ledger, by, otherwise=ADMINS_CHANGE_SEGMENTS)
    proposal = _locked(ledger, proposal_id)
    row = _segment_row(ledger, proposal.segment_id)
    if proposal.answered_at is None:
        raise TooLate("It was taken back already.")
    if proposal.accepted and proposal.to_days is None:
        row.without = ",".join(word for word in _words(row.without) if word != proposal.occasion)
        ledger.add(row)
    elif proposal.accepted:
        if row.set_cadence_days != proposal.to_days:
            raise TooLate(_CHANGED_SINCE, segment=row.name)
        _set_cadence(ledger, proposal.segment_id, proposal.set_days_before, by=by, now=now)
    proposal.accepted = proposal.answered_at = proposal.answered_by_id = None
    _refresh(ledger, proposal, now=now)


def proposal_view(ledger: Ledger, proposal_id: int) -> ProposalView | None:
    """Return a proposal as it stands; None when it is not here."""
    row = ledger.get(Proposal, proposal_id)
    return _view(ledger, row) if row else None


def open_proposals(ledger: Ledger) -> tuple[ProposalView, ...]:
    """Return what admins have not answered yet and still can, the newest first."""
    rows = ledger.rows(Proposal, col(Proposal.answered_at).is_(None), order_by=col(Proposal.proposed_at).desc())
    return tuple(_view(ledger, row) for row in rows if not _is_moot(row, _segment_row(ledger, row.segment_id)))


def _is_silent(last: Proposal, now: datetime) -> bool:
    """Whether a rule that proposed something says nothing yet: for four weeks, and for longer where it was left."""
    if last.answered_at is not None and not last.accepted:
        return now - last.answered_at < LEFT_FOR
    return now - last.proposed_at < WINDOW


def _is_moot(proposal: Proposal, row: SegmentRow) -> bool:
    """Whether a segment has become as quiet as a proposal would make it."""
    if proposal.to_days is None:
        return proposal.occasion in _words(row.without)
    return row.cadence_days >= proposal.to_days


def _judged(ledger: Ledger, nudges: Sequence[EndedNudge], *, today: date, timezone: str) -> Iterable[Judged]:
    days = dict(endings.days_of_contact(ledger, {nudge.customer_id for nudge in nudges}, until=today))
    for nudge in nudges:
        ended_on = local_day(nudge.ended_at, timezone)
        ending = Ending(
            nudge.state, nudge.planned_on, ended_on, nudge.snoozed_until_on, nudge.touched_on, nudge.direction
        )
        verdict = outcome(ending)
        if verdict is not None:
            before = tuple(day for day in days.get(nudge.customer_id, ()) if day < nudge.planned_on)
            yield Judged(nudge.planned_on, verdict, nudge.since_on, before)


def _propose(
    ledger: Ledger,
    segment_id: int,
    occasion: Occasion,
    change: Change,
    *,
    today: date,
    now: datetime,
    asked: bool = False,
) -> bool:
    """Write a proposal and owe it to every admin, once a day whoever comes first.

    One that nobody has answered says its new figures where it stands, and nobody is asked twice.
    """
    last = endings.last_proposed(ledger).get((segment_id, occasion.value))
    if last is not None and last.answered_at is None and not _is_moot(last, _segment_row(ledger, segment_id)):
        figures = asdict(change) | {"proposed_on": today, "proposed_at": now, "asked": asked}
        _refresh(ledger, last.sqlmodel_update(figures), now=now)
        return False
    proposal_id = new_id()
    written = ledger.insert_once(
        Proposal,
        {
            "id": proposal_id,
            "segment_id": segment_id,
            "occasion": occasion.value,
            "proposed_on": today,
            "proposed_at": now,
            "asked": asked,
            **asdict(change),
        },
    )
    if not written:
        return False
    for admin in people.admins(ledger):
        owed = outbox.Owed(
            key=f"proposal:{proposal_id}:{admin.id}",
            kind="proposal",
            channel=admin.slack_user_id or "",
            subject_id=proposal_id,
            due_at=when_to_reach(admin, now),
        )
        outbox.owe(ledger, owed, now=now)
    _refresh_homes(ledger, now=now)
    return True


def _take(ledger: Ledger, proposal_id: int, *, by: Teammate) -> Proposal:
    """Return a proposal that is still to be answered; of two admins at once the second is told of the first."""
    require_admin(ledger, by, otherwise=ADMINS_CHANGE_SEGMENTS)
    proposal = _locked(ledger, proposal_id)
    if proposal.answered_at is not None:
        first = ledger.get(TeammateRow, proposal.answered_by_id)
        raise TooLate("{name} answered that already.", name=first.name if first else "?")
    return proposal


def _locked(ledger: Ledger, proposal_id: int) -> Proposal:
    proposal = endings.lock_proposal(ledger, proposal_id)
    if proposal is None:
        raise NotFound(_GONE)
    return proposal


def _answer(ledger: Ledger, proposal: Proposal, *, accepted: bool, by: Teammate, now: datetime) -> None:
    proposal.accepted, proposal.answered_at, proposal.answered_by_id = accepted, now, by.id
    _refresh(ledger, proposal, now=now)


def _refresh(ledger: Ledger, proposal: Proposal, *, now: datetime) -> None:
    """Owe every admin the message as it stands now, and a fresh App Home."""
    ledger.add(proposal)
    told = ledger.rows(Delivery, col(Delivery.kind) == "proposal", col(Delivery.subject_id) == proposal.id)
    refresh_deliveries(ledger, told, now=now)
    _refresh_homes(ledger, now=now)


def _refresh_homes(ledger: Ledger, *, now: datetime) -> None:
    admins = [(admin.id, admin.slack_user_id) for admin in people.admins(ledger)]
    refresh_opened_homes(ledger, [(admin_id, slack_id) for admin_id, slack_id in admins if slack_id], now=now)


def _set_cadence(ledger: Ledger, segment_id: int, days: int | None, *, by: Teammate, now: datetime) -> None:
    wanted = replace(segment_state(ledger, segment_id).policy, cadence_days=days)
    change_policy(ledger, segment_id, wanted, by=by, now=now)


def _view(ledger: Ledger, row: Proposal) -> ProposalView:
    answered_by = ledger.get(TeammateRow, row.answered_by_id)
    segment = _segment_row(ledger, row.segment_id)
    return ProposalView(
        id=row.id,
        segment_name=segment.name,
        occasion=Occasion(row.occasion),
        change=Change(row.nudges, row.too_early, row.wrong, row.from_days, row.to_days, row.left_out, row.later),
        in_working_days=segment.counts is Counts.WORKING,
        asked=row.asked,
        accepted=row.accepted,
        answered_by=answered_by.name if answered_by else None,
        answered_at=row.answered_at,
    )


def _segment_row(ledger: Ledger, segment_id: int) -> SegmentRow:
    row = ledger.get(SegmentRow, segment_id)
    if row is None:
        raise NotFound(_GONE)
    return row


def _words(stored: str) -> list[str]:
    return [word for word in stored.split(",") if word]


def _timezone(ledger: Ledger) -> str:
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    return workspace.timezone if workspace else "UTC"
