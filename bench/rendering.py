"""Drawing a digest, beside the same message as a literal that has nothing to work out."""

import json
from collections.abc import Iterator

from bench.book import NOW, TODAY
from bench.harness import Figure, alternate
from bench.place import SQLITE, Place
from bot.blocks.digest import build_digest
from bot.domain.views import DigestView
from bot.usecases.cards import cards_for
from storage import neglect_list, people


def measure_rendering(place: Place) -> Iterator[Figure]:
    """Yield the figure of a digest of five."""
    book = place.book(SQLITE)
    with book.store.read(book.workspace_id) as ledger:
        found = neglect_list.neglected(ledger, today=TODAY, limit=5, owner_id=book.owner_ids[0])
        cards = cards_for(ledger, found, today=TODAY, reader_id=book.owner_ids[0])
        reader = people.everybody(ledger)[book.owner_ids[0]]
    view = DigestView(
        id=1, local_on=NOW.date(), cards=tuple(cards), left_out=3, next_name="Cedar", locale="en-GB", timezone="UTC",
        reader=reader,
    )  # fmt: skip
    literal = compile(repr(json.loads(json.dumps(build_digest(view, place="1")))), "digest", "eval")
    timed = alternate(
        lambda: eval(literal),
        lambda: build_digest(view, place="1"),
        rounds=place.size.rounds,
        calls=place.size.calls,
    )
    yield timed.figure("digest of five drawn / the same as a literal")
