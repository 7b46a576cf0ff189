"""A ledger that people tell about Acme and Birch, whom Ana looks after."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.model import Direction, NudgeState, Source, TouchKind
from bot.usecases.touches import NewTouch, change_touch, record_touch, retract_touch
from storage.ledger import Ledger
from storage.models import Customer, Nudge
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONG_AGO = date(2025, 1, 1)
CADENCE = 30


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger with Acme and Birch, both without a touch, and Ana who looks after them."""

    ledger: Ledger
    acme: int
    birch: int
    ana: int

    def touch(self, days: int, kind: TouchKind = TouchKind.CALL, *, of: int | None = None) -> int:
        """Record a touch of some days ago, now."""
        on = ago(days)
        at = NOW if days == 0 else datetime.combine(on, time(12), tzinfo=UTC)
        new = NewTouch(of or self.acme, at, on, kind, Direction.OUTBOUND, Source.REPLY, by_id=self.ana)
        return record_touch(self.ledger, new, now=NOW, today=TODAY)

    def row(self, customer_id: int | None = None) -> Customer:
        row = self.ledger.get(Customer, customer_id or self.acme)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def change(self, touch_id: int, **changes: object) -> int:
        return change_touch(self.ledger, touch_id, changes, now=NOW, today=TODAY)

    def retract(self, touch_id: int) -> int:
        return retract_touch(self.ledger, touch_id, now=NOW)

    def nudge(self, *, planned: int = 0, occasions: str = "overdue", of: int | None = None) -> Nudge:
        """An open nudge about Acme, planned some days ago."""
        return self.ledger.add(
            Nudge(
                workspace_id=self.ledger.workspace_id, customer_id=of or self.acme, teammate_id=self.ana,
                planned_on=ago(planned), occasions=occasions,
            )
        )  # fmt: skip

    def state(self, nudge: Nudge) -> NudgeState:
        self.ledger.session.flush()
        self.ledger.session.refresh(nudge)
        return nudge.state


def tell(ledger: Ledger) -> Told:
    books = Books(ledger)
    clients = books.segment("Clients", set_cadence_days=CADENCE)
    ana = books.person("U0ANA")
    acme = books.customer("Acme", segment_id=clients, since_on=LONG_AGO, owner_id=ana, value=84_000)
    birch = books.customer("Birch", segment_id=clients, since_on=LONG_AGO, owner_id=ana, value=60_000)
    books.settle()
    return Told(ledger, acme, birch, ana)
