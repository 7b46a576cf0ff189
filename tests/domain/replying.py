"""Somebody replies to a digest of five: what the parser makes of their words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from bot.dates import find_date
from bot.domain.model import Direction, TouchKind
from bot.domain.names import name_key
from bot.domain.replies import Ask, Line, Named, SaidTouch, parse_reply

WEDNESDAY = date(2026, 11, 18)
LOOKING_BACK = partial(find_date, today=WEDNESDAY, languages=("en-GB", "de-DE"), direction="past")

ACME, BIRCH, CEDAR, DUNE, ELM = (
    Named(n, name) for n, name in enumerate(("Acme GmbH", "Birch & Co.", "Cedar Ltd", "Dune S.L.", "Elm"), start=1)
)
KOEHLER, METRO = Named(6, "Köhler Bäckerei"), Named(7, "Metro AG")
GLOBEX, GLOBEX_LABS = Named(8, "Globex Inc"), Named(9, "Globex Labs")
ANA_LTD, APPLE, NORTHWIND = Named(10, "Ana Consulting"), Named(11, "Apple"), Named(12, "Northwind Traders")
FIG, FIG_TOO = Named(13, "Fig AG"), Named(14, "Fig Inc")
EVERYONE = (ACME, BIRCH, CEDAR, DUNE, ELM, KOEHLER, METRO, GLOBEX, GLOBEX_LABS, ANA_LTD, APPLE, NORTHWIND, FIG, FIG_TOO)
DIGEST = dict(enumerate((ACME, BIRCH, CEDAR, DUNE, ELM), start=1))
ACMES_THREAD = {1: ACME}
CALL, EMAIL, MEETING, MESSAGE = TouchKind.CALL, TouchKind.EMAIL, TouchKind.MEETING, TouchKind.MESSAGE
VISIT, GIFT, PURCHASE, NOTE = TouchKind.VISIT, TouchKind.GIFT, TouchKind.PURCHASE, TouchKind.NOTE
OUT, IN, MUTUAL = Direction.OUTBOUND, Direction.INBOUND, Direction.MUTUAL
PEOPLE = {
    1: Named(1, "Acme GmbH", ("Isla Brown", "Sam Reed")),
    2: Named(2, "Birch & Co.", ("Sam Lee", "Al Gray")),
    3: Named(3, "Cedar Ltd", ("Isla-Marie Roth",)),
}


def named_among(customers: Sequence[Named]) -> Callable[[str], Sequence[Named]]:
    keyed = sorted((name_key(named.name), named.id, named) for named in customers)
    return lambda key: [named for known, _, named in keyed if known.startswith(key)][:12]


def replied(text: str, cards: Mapping[int, Named] = DIGEST) -> list[Line]:
    return parse_reply(
        text, cards=cards, customers_named=named_among(EVERYONE), find_date=LOOKING_BACK, today=WEDNESDAY
    )


def touch(text: str, cards: Mapping[int, Named] = DIGEST) -> SaidTouch:
    (line,) = replied(text, cards)
    assert isinstance(line, SaidTouch), line
    return line


def ask(text: str, cards: Mapping[int, Named] = DIGEST) -> Ask:
    (line,) = replied(text, cards)
    assert isinstance(line, Ask), line
    return line
