"""What there is to say on a day, before anybody looks at what was said already: most people have nothing on most days.

Asked for many people at once, and only in what stands in indexes, so that those without news cost next to nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.model import Relationship
from bot.usecases import covers
from storage import customers, neglect_list, promises
from storage.ledger import Ledger
from storage.promises import Awaited


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say to teammates on a day.

    By owner: `due` are those who are going quiet, and `dated` those who may have a day to write on.
    `awaited` are promises by who keeps them, `covered` of whose customers and promises a teammate is told as well.
    `readers` are the teammates whom some of it concerns.
    """

    due: Mapping[int, Sequence[neglect_list.Placed]] = field(default_factory=dict)
    dated: Mapping[int | None, Sequence[Relationship]] = field(default_factory=dict)
    awaited: Mapping[int, Sequence[Awaited]] = field(default_factory=dict)
    covered: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    readers: Collection[int | None] = frozenset()

    def owners_for(self, teammate_id: int) -> tuple[int, ...]:
        """Return whose customers a teammate is told of: their own, and those of whom they cover for."""
        return (teammate_id, *self.covered.get(teammate_id, ()))


def look_for_news(ledger: Ledger, teammate_ids: Collection[int], *, today: date, until: date) -> News:
    """Return what there is to say to teammates today; `until` is the last day on which one of them is told again."""
    if not teammate_ids:
        return News()
    covered = covers.covered_by_each(ledger, teammate_ids, today=today)
    owner_ids = {*teammate_ids, *(owner_id for owner_ids in covered.values() for owner_id in owner_ids)}
    dated: defaultdict[int | None, list[Relationship]] = defaultdict(list)
    for relationship in customers.with_a_day(ledger, owner_ids, today=today, until=until):
        dated[relationship.owner_id].append(relationship)
    due = neglect_list.due_of_each(ledger, owner_ids, today=today)
    awaited = promises.due(ledger, owner_ids, today=today, until=until)
    owners = due.keys() | dated.keys() | awaited.keys()
    readers = owners | {cover for cover, away in covered.items() if not owners.isdisjoint(away)}
    return News(due, dated, awaited, covered, readers)
