"""A segment's policy: how due days are found, which days count, when it sleeps, and from when on a customer is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.audit import Verb
from bot.domain.counted_days import LONGEST_PAUSES_DAYS, CountedDays, Pause, counted_days, pauses_text
from bot.domain.model import Counts, Policy, Segment, Teammate
from bot.domain.policies import LEAST_LOST_AFTER, SegmentPolicy, SegmentState
from bot.errors import InputRefused, NotFound, TooLate
from bot.usecases import audit
from bot.usecases.recompute import is_recomputing
from bot.usecases.teammates import require_admin
from bot.usecases.working_in import start, work_in_first
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow
from storage.rhythms import count_customers
from storage.segments import segment_of

LONGEST_CADENCE_DAYS = 3_650
MOST_LOST_AFTER = 100
LONGEST_HORIZON_DAYS = 730
MOST_PAUSES = 10
_DUE_AT = {Policy.FIXED: "1", Policy.LEARNED: "1½", Policy.OWN: "2"}
ADMINS_CHANGE_SEGMENTS = "Only admins change segments. {admins}."


def checked(wanted: SegmentPolicy, *, before: SegmentPolicy | None = None) -> SegmentPolicy:
    """Return a policy, its pauses in order. Raises InputRefused with the field, the value and the remedy.

    What is as it was `before` is not asked about again: a segment from before the lost threshold had a floor.
    """
    cadence = wanted.cadence_days
    if cadence is not None and not 1 <= cadence <= LONGEST_CADENCE_DAYS:
        raise InputRefused(
            "A cadence of {days} days can't be kept. Write 1 to {most}.",
            about="cadence", days=cadence, most=LONGEST_CADENCE_DAYS,
        )  # fmt: skip
    if wanted.exponent is not None and not 0 <= wanted.exponent <= 1:
        raise InputRefused(
            "An exponent of {value} is out of range. Write 0 (only value counts) to 1.",
            about="exponent", value=f"{wanted.exponent:g}",
        )  # fmt: skip
    if not 1 <= wanted.horizon_days <= LONGEST_HORIZON_DAYS:
        raise InputRefused(
            "A horizon of {days} days is out of range. Write 1 to {most}.",
            about="horizon", days=wanted.horizon_days, most=LONGEST_HORIZON_DAYS,
        )  # fmt: skip
    if before is None or (before.policy, before.lost_after) != (wanted.policy, wanted.lost_after):
        _check_lost_after(wanted)
    if len(wanted.pauses) > MOST_PAUSES:
        raise InputRefused("{number} pauses are too many. Keep {most}.",
                           about="pauses", number=len(wanted.pauses), most=MOST_PAUSES)  # fmt: skip
    for pause in wanted.pauses:
        days = CountedDays(pauses=(pause,)).paused_days
        if pause.is_over_new_year and days > LONGEST_PAUSES_DAYS:
            raise InputRefused(
                "{pause} goes over New Year and takes {days} days of the year. If that is the wrong way round, write"
                " {turned}.",
                about="pauses", pause=pause, days=days, turned=Pause(pause.last, pause.first),
            )  # fmt: skip
    paused = wanted.counted.paused_days
    if paused > LONGEST_PAUSES_DAYS:
        raise InputRefused(
            "The pauses take {days} days of the year. Leave at least half of it: {most} days at the most.",
            about="pauses", days=paused, most=LONGEST_PAUSES_DAYS,
        )  # fmt: skip
    return replace(wanted, pauses=tuple(sorted(set(wanted.pauses))))


def _check_lost_after(wanted: SegmentPolicy) -> None:
    least = LEAST_LOST_AFTER[wanted.policy]
    if wanted.lost_after > MOST_LOST_AFTER:
        raise InputRefused(
            "Lost after {number} cadences is out of range. Write {least} to {most}.",
            about="lost_after", number=wanted.lost_after, least=least, most=MOST_LOST_AFTER,
        )  # fmt: skip
    if wanted.lost_after < least:
        raise InputRefused(
            "Lost after {number} is too soon: with this policy customers become due at about {due} × the cadence, and"
            " would leave the digest before anybody wrote. Write {least} to {most}.",
            about="lost_after", number=wanted.lost_after, due=_DUE_AT[wanted.policy], least=least, most=MOST_LOST_AFTER,
        )  # fmt: skip


def segment_states(ledger: Ledger, *, counts_customers: bool = True) -> list[SegmentState]:
    """Return every segment of the workspace with its policy, by name; counting its customers takes a look at each."""
    customers: Mapping[int, int] = {}
    if counts_customers:
        query = (
            select(col(Customer.segment_id), func.count())
            .where(col(Customer.workspace_id) == ledger.workspace_id)
            .group_by(col(Customer.segment_id))
        )
        customers = {row[0]: row[1] for row in ledger.session.execute(query)}
    rows = sorted(ledger.rows(SegmentRow), key=lambda row: (row.name.casefold(), row.id))
    return [_state(row, customers.get(row.id, 0)) for row in rows]


def segment_state(ledger: Ledger, segment_id: int) -> SegmentState:
    """Return one segment with its policy. Raises NotFound."""
    row = _row(ledger, segment_id)
    return _state(row, count_customers(ledger, segment_id))


def segment_with_policy(ledger: Ledger, segment_id: int) -> Segment:
    """Return one segment. Raises NotFound."""
    return segment_of(_row(ledger, segment_id))


def segment_named(ledger: Ledger, name: str) -> SegmentState:
    """Return the segment of that name, however it is capitalised. Raises NotFound, naming those that are there."""
    states = segment_states(ledger)
    for state in states:
        if state.segment.name.casefold() == name.strip().casefold():
            return state
    known = ", ".join(state.segment.name for state in states) or "none"
    raise NotFound("segment '{name}': there is none of that name. Known: {known}.", name=name, known=known)


def change_policy(
    ledger: Ledger, segment_id: int, wanted: SegmentPolicy, *, by: Teammate | None, now: datetime
) -> SegmentState:
    """Write a segment's policy and begin to work it in; return the segment as it stands then.

    A small segment is worked out in this transaction, a large one in the background, and until that has reached a
    customer the policy before holds for it. `by` is None in the terminal.
    Raises NotAllowed for anybody but an admin, InputRefused, NotFound; TooLate while an earlier change is worked in.
    """
    if by is not None:
        require_admin(ledger, by, otherwise=ADMINS_CHANGE_SEGMENTS)
    row = _row(ledger, segment_id)
    wanted = checked(wanted, before=_policy(row))
    if _policy(row) == wanted:
        return segment_state(ledger, segment_id)
    if is_recomputing(row):
        raise TooLate(
            "{segment} is still being recomputed ({percent} %). Change it again when that is done.",
            segment=row.name, percent=_percent(row) or 0,
        )  # fmt: skip
    start(ledger, row, by_id=by.id if by else None)
    row.policy, row.set_cadence_days = wanted.policy, wanted.cadence_days
    if (wanted.exponent, wanted.horizon_days) != (row.set_exponent, row.horizon_days):
        row.set_exponent, row.horizon_days, row.exponent_learned_on = wanted.exponent, wanted.horizon_days, None
    row.exponent = row.exponent if wanted.exponent is None else wanted.exponent
    row.counts, row.pauses, row.lost_after_cadences = wanted.counts, pauses_text(wanted.pauses), wanted.lost_after
    ledger.add(row)
    work_in_first(ledger, row, now=now)
    if by is None:
        audit.note(ledger, Verb.CHANGED, now=now, by_id=None, subject=("segment", row.id), place=audit.TERMINAL)
    return segment_state(ledger, segment_id)


def _row(ledger: Ledger, segment_id: int) -> SegmentRow:
    row = ledger.get(SegmentRow, segment_id)
    if row is None:
        raise NotFound("That segment is not in this workspace.")
    return row


def _policy(row: SegmentRow) -> SegmentPolicy:
    return SegmentPolicy(
        policy=row.policy, cadence_days=row.set_cadence_days, exponent=row.set_exponent,
        counts=Counts(row.counts), pauses=counted_days(row.counts, row.pauses).pauses,
        lost_after=row.lost_after_cadences, horizon_days=row.horizon_days,
    )  # fmt: skip


def _percent(row: SegmentRow) -> int | None:
    if not is_recomputing(row):
        return None
    return min(99, 100 * row.recomputed // max(1, row.to_recompute))


def _state(row: SegmentRow, customers: int) -> SegmentState:
    return SegmentState(segment_of(row), _policy(row), customers, _percent(row))
