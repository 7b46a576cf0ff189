"""Writing segments, customers and touches into a ledger the short way, and the cast to write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlmodel import col

from bot.domain.model import Counts, Direction, Policy, Source, Standing, TouchKind
from bot.domain.rhythm import DEFAULT_EXPONENT
from bot.usecases.recompute import recompute_workspace
from storage import touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, TeammateRow
from storage.standing_models import StandingWord


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger to write into. Call `settle` once everything is written: it works the derived state out."""

    ledger: Ledger

    def person(self, slack_user_id: str) -> int:
        found = self.ledger.first(TeammateRow, col(TeammateRow.slack_user_id) == slack_user_id)
        assert found is not None, f"{slack_user_id} is not in the workspace"
        return found.id

    def segment(
        self,
        name: str = "Clients",
        *,
        policy: Policy = Policy.LEARNED,
        set_cadence_days: int | None = None,
        exponent: float | None = None,
        counts: Counts = Counts.ALL,
        pauses: str = "",
        lost_after: int = 6,
    ) -> int:
        row = SegmentRow(
            workspace_id=self.ledger.workspace_id, name=name, policy=policy, set_cadence_days=set_cadence_days,
            cadence_days=set_cadence_days or 30.0, set_exponent=exponent,
            exponent=DEFAULT_EXPONENT if exponent is None else exponent, counts=counts, pauses=pauses,
            lost_after_cadences=lost_after,
        )  # fmt: skip
        return self.ledger.add(row).id

    def customer(
        self,
        name: str,
        *,
        segment_id: int,
        since_on: date,
        owner_id: int | None = None,
        value: float | None = 1000,
        currency: str = "EUR",
        standing: Standing = Standing.CUSTOMER,
        snoozed_until_on: date | None = None,
        muted_because: str | None = None,
        touched: Iterable[date] = (),
    ) -> int:
        row = Customer(
            workspace_id=self.ledger.workspace_id, name=name, name_key=name.casefold(), external_id=name.casefold(),
            owner_id=owner_id, segment_id=segment_id, standing=standing, currency=currency, since_on=since_on,
            value_minor=None if value is None else round(value * 100), snoozed_until_on=snoozed_until_on,
            muted_because=muted_because, warm_key=0.0, ranked_value=1.0, sort_key=0.0, due_on=since_on,
            silent_since_on=since_on, nudge_from_on=since_on,
        )  # fmt: skip
        customer_id = self.ledger.add(row).id
        if standing is not Standing.CUSTOMER:
            # As a file would have said it.
            self.ledger.add(
                StandingWord(
                    workspace_id=self.ledger.workspace_id, customer_id=customer_id, standing=standing, from_file=True
                )
            )
        for day in touched:
            self.touch(customer_id, day)
        return customer_id

    def touch(
        self,
        customer_id: int,
        on: date,
        kind: TouchKind = TouchKind.CALL,
        *,
        note: str | None = None,
        amount: float | None = None,
        currency: str = "EUR",
        direction: Direction = Direction.OUTBOUND,
    ) -> int:
        touch_id = new_id()
        noon = datetime.combine(on, time(12), tzinfo=UTC)
        entry = touches.Entry(
            touch_id, customer_id, noon, on, kind, direction, Source.IMPORT, recorded_at=noon, note=note,
            amount_minor=None if amount is None else round(amount * 100),
            currency=None if amount is None else currency,
        )  # fmt: skip
        touches.append(self.ledger, entry)
        return touch_id

    def settle(self) -> None:
        recompute_workspace(self.ledger)
        self.ledger.session.expire_all()
