"""Acme's card on Ana's desk, and whatever people do with it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.model import Teammate
from bot.domain.views import Card, CardRef
from bot.usecases import nudges
from storage import neglect_list, people
from storage.ledger import Ledger
from storage.models import Customer, Nudge, TeammateRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MONDAY = TODAY + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Desk:
    """Acme, overdue and Ana's, with its nudge of today, and what people do with it."""

    ledger: Ledger
    acme: int
    nudge_id: int

    def who(self, slack_user_id: str = "U0ANA") -> Teammate:
        return people.teammate(self.someone(slack_user_id))

    def someone(self, slack_user_id: str) -> TeammateRow:
        row = people.by_slack_id(self.ledger, slack_user_id)
        assert row is not None
        return row

    @property
    def ref(self) -> CardRef:
        return CardRef(self.acme, self.nudge_id)

    @property
    def listed(self) -> CardRef:
        """Acme on a list, as it stands now."""
        return CardRef(self.acme, 0, self.customer().last_touch_id or 0)

    def customer(self) -> Customer:
        row = self.ledger.get(Customer, self.acme)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def nudge(self, nudge_id: int | None = None) -> Nudge:
        row = self.ledger.get(Nudge, nudge_id or self.nudge_id)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def act(self, what: str, ref: CardRef | None = None, *, by: str = "U0ANA", now: datetime = NOW) -> Card:
        """Do one of the four things that a card offers."""
        ref = ref or self.ref
        match what:
            case "done":
                return nudges.mark_done(self.ledger, ref, by=self.who(by), now=now)
            case "snooze":
                return nudges.snooze(self.ledger, ref, until_on=MONDAY, by=self.who(by), now=now)
            case "dismiss":
                return nudges.dismiss(self.ledger, ref, because="gone", by=self.who(by), now=now)
        return nudges.hand_over(self.ledger, ref, to=self.someone("U0CHI"), by=self.who(by), now=now)

    def undo(self, nudge_id: int | None = None, *, by: str = "U0ANA", now: datetime = NOW) -> Card:
        return nudges.undo(self.ledger, nudge_id or self.nudge_id, by=self.who(by), now=now)

    def is_listed(self, on: date = TODAY) -> bool:
        return bool(neglect_list.neglected(self.ledger, today=on, limit=1, whole_team=True))


def open_desk(ledger: Ledger) -> Desk:
    books = Books(ledger)
    clients = books.segment("Clients", set_cadence_days=30)
    ana = books.person("U0ANA")
    acme = books.customer(
        "Acme", segment_id=clients, since_on=date(2025, 1, 1), owner_id=ana, value=84_000,
        touched=[TODAY - timedelta(days=days) for days in (120, 90, 60)],
    )  # fmt: skip
    books.settle()
    nudge = Nudge(workspace_id=ledger.workspace_id, customer_id=acme, teammate_id=ana, planned_on=TODAY)
    return Desk(ledger, acme, ledger.add(nudge).id)
