"""A workspace whose people say what customers are: Ana is its admin, Ben looks after most, Chi after nobody."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import col

from bot.domain.model import Direction, Role, Source, Standing, Teammate, TouchKind
from bot.usecases.standings import Full, set_standing, standing_view
from bot.usecases.touches import NewTouch, record_touch
from storage import people, standings
from storage.ledger import Ledger
from storage.models import Customer, Delivery, SegmentRow
from storage.standing_models import StandingWord
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MAIL = TouchKind.EMAIL
ONE_SIDED = [TODAY - days * DAY for days in (150, 120, 90, 60, 30)]


@dataclass(frozen=True, slots=True)
class Ring:
    """One transaction in that workspace."""

    ledger: Ledger

    def who(self, slack_user_id: str) -> Teammate:
        row = people.by_slack_id(self.ledger, slack_user_id)
        assert row is not None
        role = {"U0ANA": Role.ADMIN, "U0VIEW": Role.VIEWER}.get(slack_user_id, Role.MEMBER)
        return replace(people.teammate(row), role=role)

    @property
    def ana(self) -> Teammate:
        return self.who("U0ANA")

    @property
    def ben(self) -> Teammate:
        return self.who("U0BEN")

    @property
    def chi(self) -> Teammate:
        return self.who("U0CHI")

    def customer(self, name: str, *, owner: str | None = "U0BEN", days: list[date] | None = None, **more: Any) -> int:
        books = Books(self.ledger)
        row = self.ledger.first(SegmentRow, col(SegmentRow.name) == "Clients")
        segment_id = row.id if row else books.segment("Clients", set_cadence_days=21)
        customer_id = books.customer(
            name, segment_id=segment_id, owner_id=books.person(owner) if owner else None, since_on=TODAY - 400 * DAY,
            **{"value": None, **more},
        )  # fmt: skip
        for day in days or []:
            books.touch(customer_id, day, MAIL)
        books.settle()
        return customer_id

    def row(self, customer_id: int) -> Customer:
        row = self.ledger.get(Customer, customer_id)
        assert row is not None
        self.ledger.session.refresh(row)
        return row

    def is_now(self, customer_id: int) -> Standing:
        return self.row(customer_id).standing

    def says(self, customer_id: int, standing: Standing | None, by: Teammate | None, **more: Any) -> Full | None:
        return set_standing(self.ledger, customer_id, standing, by=by, **{"now": NOW, **more})

    def word(self, customer_id: int) -> StandingWord | None:
        return standings.word_of(self.ledger, customer_id)

    def ground(self, customer_id: int) -> str:
        return standing_view(self.ledger, customer_id).judged.ground

    def hears(
        self, customer_id: int, *, kind: TouchKind = MAIL, direction: Direction = Direction.INBOUND, on: date = TODAY,
        by: Teammate | None = None, now: datetime = NOW, note: str | None = None,
    ) -> int:  # fmt: skip
        new = NewTouch(
            customer_id=customer_id, at=now, on=on, kind=kind, direction=direction, source=Source.COMMAND,
            by_id=(by or self.ben).id, note=note,
        )  # fmt: skip
        return record_touch(self.ledger, new, now=now, today=TODAY)

    def owed(self, kind: str) -> list[Delivery]:
        return list(self.ledger.rows(Delivery, col(Delivery.kind) == kind, order_by=col(Delivery.id)))
