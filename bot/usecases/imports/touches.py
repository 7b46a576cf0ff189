"""Touches of a file into the ledger: append what is new, supersede what differs, leave what people corrected."""

from bot.domain.model import NudgeState
from bot.domain.nudges import touch_ends_nudge
from bot.usecases.imports.customers import Written
from bot.usecases.imports.rejects import Rejects
from bot.usecases.imports.roster import Roster, Segments, add_people_and_segments
from bot.usecases.imports.setting import Setting
from bot.usecases.recompute import recompute_stale
from bot.usecases.showing import refresh_messages
from storage import staged_touches as staged
from storage.ledger import Ledger
from storage.rhythms import is_stale
from storage.staged_customers import used_ids
from storage.staging import STAGED_TOUCH


def write_touches(ledger: Ledger, rejects: Rejects, *, roster: Roster, segments: Segments, setting: Setting) -> Written:
    """Append the staged rows, and bring the customers and nudges up to date that they speak of."""
    connection = ledger.session.connection()
    rejects.store()
    staged.reject_repeated(connection)
    staged.judge(ledger)
    add_people_and_segments(ledger, roster, segments, setting, used=used_ids(connection, "by_id", STAGED_TOUCH))
    staged.wake_snoozed(ledger)
    staged.insert_judged(ledger, recorded_at=setting.now)
    recompute_stale(ledger, values_moved=False)
    staged.begin_with_first_touch(ledger, is_stale())
    _end_nudges(ledger, setting)
    counts = staged.verdicts(connection)
    return Written(counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0))


def _end_nudges(ledger: Ledger, setting: Setting) -> None:
    for nudge, last_on, due_on, last_touch_id in staged.open_nudges(ledger, is_stale()):
        if last_on is None or not touch_ends_nudge(
            touched_on=last_on, planned_on=nudge.planned_on, due_on=due_on, today=setting.today
        ):
            continue
        nudge.state, nudge.ended_at, nudge.touch_id = NudgeState.DONE, setting.now, last_touch_id
        ledger.add(nudge)
        refresh_messages(ledger, nudge.customer_id, now=setting.now)
