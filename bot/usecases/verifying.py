"""Holding what is stored against the ledger: every customer is replayed, and put right where that is asked for."""

from collections.abc import Iterator
from itertools import islice

from sqlmodel import col

from bot.usecases.recompute import Difference, differences
from storage import customers
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer

# So many customers are held at a time: a bot that runs beside this waits for a moment at most.
_AT_ONCE = 200


def verify_workspace(store: Store, workspace_id: int, *, repair: bool = False) -> Iterator[Difference]:
    """Yield the customers whose stored state is not what a replay of the ledger gives; with `repair`, put right.

    1. Stream everybody past the ledger, one batch in memory at a time. 2. Hold the rows of those that differ and
    compare again: a touch may have come in between the two reads. 3. Write what still differs, in the same transaction.
    """
    with store.read(workspace_id) as ledger:
        suspects = (found.customer_id for found in differences(ledger))
        while part := list(islice(suspects, _AT_ONCE)):
            yield from compare_again(store, workspace_id, part, repair=repair)


def compare_again(store: Store, workspace_id: int, customer_ids: list[int], *, repair: bool) -> list[Difference]:
    """Hold customers' rows and return which of them differ now; with `repair`, put them right before letting go."""
    with store.write(workspace_id) as ledger:
        customers.lock(ledger, customer_ids)
        found = list(differences(ledger, col(Customer.id).in_(customer_ids)))
        if repair:
            for difference in found:
                _put_right(ledger, difference)
    return found


def _put_right(ledger: Ledger, difference: Difference) -> None:
    replayed = {column: value for column, (_, value) in difference.columns.items()}
    customers.change(ledger, difference.customer_id, replayed)
