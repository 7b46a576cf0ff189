"""Standings from evidence, once a day: what counting over many touches decides, and who acted without anybody asking.

A touch in Slack is judged at once only where it is a lurker's own; everything else can wait for the night.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from bot.domain.model import Standing
from bot.domain.standing import ACT_FRESH_FOR, Evidence, settle
from bot.domain.working_time import local_day
from bot.usecases.promotions import lurker_acted
from bot.usecases.standings import stand, standing_view
from bot.usecases.touches import lock_customer
from storage import standings
from storage.bulk import BATCH
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Workspace
from storage.standings import Known

# So many lurkers are proposed to one owner a day; an import of years of mail is no flood.
PROPOSED_A_DAY = 3


def derive_standings(store: Store, workspace_id: int, *, now: datetime, touched_since: int | None = None) -> int:
    """Let the evidence decide for every customer whom no person spoke for; return how many standings changed.

    `touched_since` is an id that was given before touches were written: then only their customers are looked at. What
    else the evidence is made of must be as it was, as it is after an import of touches. A batch is read without a lock
    and written in a transaction of its own, so that nobody waits for the whole. Lurkers who acted lately are proposed
    for promotion.
    """
    changed = 0
    for batch, evidence in _judged(store, workspace_id, touched_since):
        moves = {
            known.customer_id: (known.standing, then)
            for known in batch
            if (then := settle(known.standing, evidence[known.customer_id])) is not known.standing
        }
        if moves:
            with store.write(workspace_id) as ledger:
                _move(ledger, moves)
            changed += len(moves)
    with store.write(workspace_id) as ledger:
        _propose(ledger, now=now)
    return changed


def _judged(
    store: Store, workspace_id: int, touched_since: int | None
) -> Iterator[tuple[list[Known], dict[int, Evidence]]]:
    """Yield customers whom no person spoke for, with their evidence: all by their ids, or who was touched lately."""
    if touched_since is not None:
        with store.read(workspace_id) as ledger:
            touched = standings.touched_since(ledger, touched_since)
        for start in range(0, len(touched), BATCH):
            with store.read(workspace_id) as ledger:
                batch = standings.without_word_among(ledger, touched[start : start + BATCH])
                evidence = standings.evidence_of(ledger, batch)
            yield batch, evidence
        return
    after = -1
    while True:
        with store.read(workspace_id) as ledger:
            batch = standings.without_word(ledger, after=after)
            evidence = standings.evidence_of(ledger, batch)
        if not batch:
            return
        yield batch, evidence
        after = batch[-1].customer_id


def _move(ledger: Ledger, moves: dict[int, tuple[Standing, Standing]]) -> None:
    """Write the standings: many at once, and one by one who is no lurker any more, since their days are worked out."""
    for standing in Standing:
        plain = [i for i, (old, new) in moves.items() if new is standing and old is not Standing.LURKER]
        if plain:
            standings.restand(ledger, plain, standing)
    for customer_id in sorted(i for i, (old, _) in moves.items() if old is Standing.LURKER):
        lock_customer(ledger, customer_id)
        view = standing_view(ledger, customer_id)
        if view.word is None:
            stand(ledger, customer_id, view.standing)


def _propose(ledger: Ledger, *, now: datetime) -> None:
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    today = local_day(now, workspace.timezone if workspace else "UTC")
    asked: Counter[int | None] = Counter()
    for actor in standings.lurkers_who_acted(ledger, since=today - ACT_FRESH_FOR):
        if asked[actor.owner_id] < PROPOSED_A_DAY and lurker_acted(ledger, actor.customer_id, now=now):
            asked[actor.owner_id] += 1
