"""Learning how much silence weighs in each segment, once a month, unless a person set it."""

from datetime import date, datetime, timedelta

from bot.domain.exponent import EXPONENT_MOVES_BY, Stayed, learned_exponent
from bot.usecases.recompute import is_recomputing
from bot.usecases.stayed import who_stayed
from bot.usecases.working_in import start, work_in_first
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import SegmentRow

# What a segment's customers do changes slowly, and counting it reads every touch of three horizons.
LEARN_EVERY = timedelta(days=30)


def relearn_exponents(store: Store, workspace_id: int, *, now: datetime, every: timedelta = LEARN_EVERY) -> int:
    """Learn the exponents that nobody set and that were not looked at for so long; return how many changed.

    The touches are read in a transaction of their own, so that nobody waits for it. An exponent changes only when it
    moves by more than .05, and then the keys of its segment are worked out again in the background.
    """
    today = now.date()
    with store.read(workspace_id) as ledger:
        horizons = {row.id: row.horizon_days for row in ledger.rows(SegmentRow) if _is_due(row, today, every)}
        stayed = who_stayed(ledger, horizons, today=today) if horizons else {}
    changed = 0
    for segment_id in horizons:
        with store.write(workspace_id) as ledger:
            row = ledger.get(SegmentRow, segment_id)
            if row is not None and _is_due(row, today, every):
                changed += _learn(ledger, row, stayed.get(segment_id), now=now)
    return changed


def _is_due(row: SegmentRow, today: date, every: timedelta) -> bool:
    learned_on = row.exponent_learned_on
    return row.set_exponent is None and not is_recomputing(row) and (learned_on is None or today - learned_on >= every)


def _learn(ledger: Ledger, row: SegmentRow, stayed: Stayed | None, *, now: datetime) -> bool:
    row.exponent_learned_on = now.date()
    learned = learned_exponent(stayed.looked_at, stayed.slipped) if stayed and stayed.looked_at else row.exponent
    moved = abs(learned - row.exponent) > EXPONENT_MOVES_BY
    if moved:
        start(ledger, row, by_id=None)
        row.exponent = learned
    ledger.add(row)
    if moved:
        work_in_first(ledger, row, now=now)
    return moved
