"""What `verify` prints: one line a column that differs, then a sentence. Names go to stdout alone, never to a log."""

from typing import Any

from bot.terminal import tell
from bot.usecases.verifying import verify_workspace
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
    return differing


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _conclusion(differing: int, total: int, *, repair: bool) -> str:
    everybody = f"{total} customers" if total != 1 else "1 customer"
    if not differing:
        return f"{everybody} replayed; what is stored is what the ledger gives."
    what_now = "put right" if repair else "not what the ledger gives. `verify --repair` puts that right"
    return f"{everybody} replayed; {differing} {'were' if repair else 'are'} {what_now}."
