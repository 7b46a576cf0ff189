"""The state of one customer, held while a transaction changes it: what a touch, a snooze or a word begins with."""

from datetime import date
from typing import Any, NamedTuple

from bot.domain.model import AWAKE, Rhythm, Segment, Sleep, Standing
from bot.domain.rhythm import Derived
from storage.customers import STANDINGS, day_reader, update_of
from storage.ledger import Ledger
from storage.segments import SEGMENT_COLUMNS, read_segment


class State(NamedTuple):
    """A customer's state, the policy that it follows, the nudge that waits, and whether messages of ours show it."""

    id: int
    since_on: date
    ranked_value: float
    standing: Standing
    muted: bool
    sleep: Sleep
    rhythm: Rhythm | None
    segment: Segment
    nudge_id: int | None
    is_shown: bool


_HOLD = "SELECT id FROM customer WHERE workspace_id = ? AND id = ? FOR NO KEY UPDATE"
_STATE = f"""SELECT since_on, ranked_value, standing, muted_because, snoozed_until_on, snoozed_in_a_row, touch_days,
    first_on, last_on, warmth,
    (SELECT id FROM nudge WHERE workspace_id = c.workspace_id AND customer_id = c.id AND state = 'open'),
    EXISTS (SELECT 1 FROM appearance WHERE workspace_id = c.workspace_id AND customer_id = c.id),
    {", ".join(f"s.{name}" for name in SEGMENT_COLUMNS)}
FROM customer AS c JOIN segment AS s ON s.workspace_id = c.workspace_id AND s.id = c.segment_id
WHERE c.workspace_id = ? AND c.id = ?"""  # noqa: S608  our own names
_OF_SEGMENT = slice(-len(SEGMENT_COLUMNS), None)


def hold(ledger: Ledger, customer_id: int) -> State | None:
    """Hold a customer's row until the transaction ends and return its state; None when it is not in this workspace.

    Of two at once, the second sees the first. The lock lets others write rows that point to the customer. It is taken
    before anything is read: a query that had to wait for the row would read the segment and the nudge as they were
    before, and a changed policy or an answer may be why it waited.
    """
    session, key = ledger.session, (ledger.workspace_id, customer_id)
    if not session.has_one_writer:
        session.ask(_HOLD, key)
    found = session.ask(_STATE, key)
    if not found:
        return None
    row = found[0]
    since_on, value, standing, muted_because, until, in_a_row, days, first, last, warmth, nudge_id, is_shown, *_ = row
    read = day_reader(ledger)
    return State(
        customer_id, read(since_on), value, STANDINGS[standing], muted_because is not None,
        Sleep(until and read(until), in_a_row) if until or in_a_row else AWAKE,
        Rhythm(days, read(first), read(last), warmth) if days else None,
        read_segment(row[_OF_SEGMENT]).of(customer_id), nudge_id, bool(is_shown),
    )  # fmt: skip


# What follows from a customer's ledger and its snooze, in the order of `moved`.
MOVE = update_of((
    "touch_days", "first_on", "last_on", "warmth", "last_touch_id", *Derived._fields, "snoozed_until_on",
    "snoozed_in_a_row",
))  # fmt: skip
_NEVER_TOUCHED = (0, None, None, None)


def moved(
    ledger: Ledger, customer_id: int, rhythm: Rhythm | None, last_touch_id: int | None, derived: Derived, sleep: Sleep
) -> tuple[Any, ...]:
    """Return the parameters of `MOVE`: to what a touch, or a replay of the ledger, moves a customer's state."""
    return (*(rhythm or _NEVER_TOUCHED), last_touch_id, *derived, *sleep, ledger.workspace_id, customer_id)
