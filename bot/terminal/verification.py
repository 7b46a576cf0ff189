"""What `verify` prints: one line a column that differs, then a sentence. Names go to stdout alone, never to a log."""

from typing import Any

from bot.terminal import real_now, tell
from bot.terminal.segments import work_in
from bot.usecases.recompute import relearn_medians
from bot.usecases.verifying import verify_workspace
from bot.usecases.working_in import relearn_cadences
from storage import customers
from storage.engine import Store


def print_differences(store: Store, workspace_id: int, *, repair: bool) -> int:
    """Replay everybody, print what differs while it is found, and return how many customers differ."""
    with store.read(workspace_id) as ledger:
        total = customers.total(ledger)
    differing = 0
    for difference in verify_workspace(store, workspace_id, repair=repair):
        differing += 1
        for column, (stored, replayed) in difference.columns.items():
            tell(
                f"{difference.customer_id}  {difference.name}  {column}: {_said(stored)} is {_said(replayed)} in the"
                " ledger"
            )
    tell(_conclusion(differing, total, repair=repair))
    if repair and (moved := _relearn_segments(store, workspace_id)):
        tell(f"{moved} {'cadence or median was' if moved == 1 else 'cadences and medians were'} learned anew.")
    return differing


def _relearn_segments(store: Store, workspace_id: int) -> int:
    """Look at what segments have learned, as the bot does once a day, now that their customers are right."""
    with store.write(workspace_id) as ledger:
        moved = relearn_cadences(ledger, now=real_now()) + relearn_medians(ledger)
    work_in(store, workspace_id)
    return moved


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _conclusion(differing: int, total: int, *, repair: bool) -> str:
    everybody = f"{total} customers" if total != 1 else "1 customer"
    if not differing:
        return f"{everybody} replayed; what is stored is what the ledger gives."
    what_now = "put right" if repair else "not what the ledger gives. `verify --repair` puts that right"
    return f"{everybody} replayed; {differing} {'were' if repair else 'are'} {what_now}."
