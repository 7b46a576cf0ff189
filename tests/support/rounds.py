"""A team whose digests the clock plans, in a workspace at UTC whose days begin at nine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from bot.domain.model import Teammate
from bot.domain.views import DigestView
from bot.usecases.digest_rounds import plan_due_digests
from bot.usecases.digest_view import digest_view
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import (
    Customer,
    Delivery,
    DeliveryState,
    Digest,
    SegmentRow,
)
from tests.support.books import Books

TODAY = date(2026, 11, 24)  # a Tuesday
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
LONG_AGO = date(2025, 1, 1)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace whose clock is at UTC and whose days begin at nine, with what its people did."""

    store: Store
    workspace_id: int

    def customer(self, name: str, **more: Any) -> int:
        """Write a customer that was talked to every thirty days until `silent` days ago."""
        return self.customers([name], **more)[0]

    def customers(
        self, names: Iterable[str], *, owner: str | None = "U0ANA", silent: int = 60, **more: Any
    ) -> list[int]:
        """Write customers that are alike but for their names, the first worth the most unless a value is given."""
        changes: dict[str, Any] = {key: more.pop(key) for key in ("birthday_on", "renewal_on") if key in more}
        if born := changes.get("birthday_on"):
            changes["birthday_key"] = born.month * 100 + born.day
        with self.store.write(self.workspace_id) as ledger:
            books = Books(ledger)
            segment_id = more.pop("segment_id", None) or self.segment(ledger)
            touched = [TODAY - timedelta(days=silent + 30 * n) for n in range(3)]
            ids = [
                books.customer(
                    name, segment_id=segment_id, since_on=LONG_AGO, owner_id=books.person(owner) if owner else None,
                    touched=touched, **{"value": 1000 - position, **more},
                )
                for position, name in enumerate(names)
            ]  # fmt: skip
            books.settle()
            for customer_id in ids if changes else ():
                row = ledger.get(Customer, customer_id)
                assert row is not None
                for column, value in changes.items():
                    setattr(row, column, value)
                ledger.add(row)
        return ids

    def segment(self, ledger: Ledger, name: str = "Clients") -> int:
        found = ledger.first(SegmentRow, col(SegmentRow.name) == name)
        return found.id if found else Books(ledger).segment(name, set_cadence_days=30)

    def person(self, slack_user_id: str = "U0ANA", **settings: Any) -> Teammate:
        """Change a teammate's row, everybody else's digest stays off."""
        with self.store.write(self.workspace_id) as ledger:
            row = people.by_slack_id(ledger, slack_user_id)
            assert row is not None
            for column, value in settings.items():
                setattr(row, column, value)
            return people.teammate(ledger.add(row))

    def tick(self, now: datetime) -> int:
        """Plan what is due; Slack takes it at once."""
        if planned := plan_due_digests(self.store, now=now):
            with self.store.session() as session:
                pending = col(Delivery.state) == DeliveryState.PENDING
                session.execute(update(Delivery).where(pending).values(state=DeliveryState.SENT, sent_at=now))
        return planned

    def ticks(self, first: datetime, days: float, *, every: timedelta = HOUR) -> None:
        for number in range(int(timedelta(days=days) / every)):
            self.tick(first + number * every)

    def digests(self) -> list[DigestView]:
        with self.store.read(self.workspace_id) as ledger:
            rows = ledger.rows(Digest, order_by=(col(Digest.local_on), col(Digest.audience)))
            views = [digest_view(ledger, row.id) for row in rows]
            return [view for view in views if view]

    def days(self) -> list[date]:
        return [view.local_on for view in self.digests()]

    def named(self) -> list[list[str]]:
        return [[card.relationship.name for card in view.cards] for view in self.digests()]

    def owed(self, kind: str = "digest") -> int:
        with self.store.read(self.workspace_id) as ledger:
            return len(ledger.rows(Delivery, col(Delivery.kind) == kind))


def build_team(store: Store, workspace_id: int, *, digests: Iterable[str] = ("U0ANA",)) -> Team:
    team = Team(store, workspace_id)
    for slack_user_id in ("U0ANA", "U0BEN", "U0CHI"):
        at_nine = MIDNIGHT + 9 * HOUR if slack_user_id in set(digests) else None
        team.person(slack_user_id, timezone="UTC", next_digest_at=at_nine)
    return team
