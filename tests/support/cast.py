"""The cast of the tests in a ledger: Acme and the others, as they stand on a Tuesday in November."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.domain.model import Standing, TouchKind
from storage.ledger import Ledger
from storage.models import Contact
from tests.support.books import Books

WEEKS = timedelta(weeks=1)
ANA, BEN, CHI = "U0ANA", "U0BEN", "U0CHI"


@dataclass(frozen=True, slots=True)
class Cast:
    """The ids of the customers.

    Ana's are Acme (valuable, seven weeks silent where three are usual), Fjord and Gale (overdue too, worth less) and
    Dune (valuable, overdue, snoozed for a week); Ben's are Birch (valuable, talked to on Friday), Cedar (small,
    overdue) and Elm (a lurker). Nobody but Acme has a contact.
    """

    acme: int
    birch: int
    cedar: int
    dune: int
    elm: int
    fjord: int
    gale: int
    segment_id: int


def write_cast(ledger: Ledger, today: date) -> Cast:
    """Write the cast into a ledger that knows Ana and Ben."""
    books = Books(ledger)
    ana, ben = books.person(ANA), books.person(BEN)
    clients = books.segment("Clients", set_cadence_days=21)
    since = today - 60 * WEEKS

    def regular(name: str, owner_id: int, value: float, silent_weeks: float, **more: Any) -> int:
        """A customer who was talked to every three weeks, six times, until some weeks ago."""
        days = [today - (silent_weeks + 3 * n) * WEEKS for n in reversed(range(6))]
        customer_id = books.customer(
            name, segment_id=clients, owner_id=owner_id, value=value, since_on=since, touched=days[:-1], **more
        )
        books.touch(customer_id, days[-1], TouchKind.CALL, note="Wants the three-year price")
        return customer_id

    acme = regular("Acme", ana, 90_000, 7)
    fjord = regular("Fjord", ana, 20_000, 8)
    gale = regular("Gale", ana, 5_000, 9)
    dune = regular("Dune", ana, 80_000, 8, snoozed_until_on=today + WEEKS)
    birch = regular("Birch", ben, 70_000, 4 / 7)
    cedar = regular("Cedar", ben, 2_000, 8)
    elm = regular("Elm", ben, 0, 10, standing=Standing.LURKER)
    ledger.add(
        Contact(workspace_id=ledger.workspace_id, customer_id=acme, name="Ana Köhler", email="koehler@acme.example")
    )
    books.settle()
    return Cast(acme, birch, cedar, dune, elm, fjord, gale, clients)
