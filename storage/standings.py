"""Reading what standings rest on, many customers at a time, and writing what follows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, and_, case, distinct, func, or_, select, type_coerce, update
from sqlmodel import col

from bot.domain.model import Direction, Standing, TouchKind
from bot.domain.standing import TALKS, Evidence, opportunity_in
from storage.bulk import BATCH
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, Touch
from storage.standing_models import Promotion, StandingWord
from storage.touches import is_live

# A segment whose customers have no value has this as its median.
_NO_MEDIAN = 1.0

_BOUGHT = col(Touch.kind) == TouchKind.PURCHASE
_BACK = or_(_BOUGHT, col(Touch.direction) != Direction.OUTBOUND)
_TALKED = and_(col(Touch.direction) == Direction.OUTBOUND, col(Touch.kind).in_(TALKS))
_SENT = and_(col(Touch.direction) == Direction.OUTBOUND, col(Touch.kind).not_in((*TALKS, TouchKind.PURCHASE)))


class Known(NamedTuple):
    """A customer's standing as stored, and what of the evidence stands in its own row."""

    customer_id: int
    standing: Standing
    value_minor: int | None
    currency: str
    renewal_on: date | None
    touch_days: int
    profile: dict[str, Any]
    median_value: float


_KNOWN = (
    select(
        col(Customer.id), col(Customer.standing), col(Customer.value_minor), col(Customer.currency),
        col(Customer.renewal_on), col(Customer.touch_days), col(Customer.profile), col(SegmentRow.median_value),
    )
    .join(
        SegmentRow,
        and_(
            col(SegmentRow.workspace_id) == col(Customer.workspace_id), col(SegmentRow.id) == col(Customer.segment_id)
        ),
    )
)  # fmt: skip


def known(ledger: Ledger, customer_id: int) -> Known | None:
    """Return what one customer's row says; None when they are not here."""
    query = _KNOWN.where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == customer_id)
    row = ledger.session.execute(query).one_or_none()
    return Known(*row) if row else None


def touched_since(ledger: Ledger, touch_id: int) -> list[int]:
    """Return the customers with an entry in the ledger that was written after the id `touch_id` was given, by id."""
    query = "SELECT DISTINCT customer_id FROM touch WHERE workspace_id = ? AND id > ? ORDER BY customer_id"
    return [row[0] for row in ledger.ask(query, ledger.workspace_id, touch_id)]


def without_word(ledger: Ledger, *, after: int) -> list[Known]:
    """Return a batch of customers whose standing no person gave, by id, behind the id `after`."""
    query = _without_word(ledger).where(col(Customer.id) > after).order_by(col(Customer.id)).limit(BATCH)
    return [Known(*row) for row in ledger.session.execute(query)]


def without_word_among(ledger: Ledger, customer_ids: Collection[int]) -> list[Known]:
    """Return those of some customers whose standing no person gave."""
    query = _without_word(ledger).where(col(Customer.id).in_(customer_ids))
    return [Known(*row) for row in ledger.session.execute(query)]


def _without_word(ledger: Ledger) -> Any:
    said = and_(
        col(StandingWord.workspace_id) == col(Customer.workspace_id),
        col(StandingWord.customer_id) == col(Customer.id),
    )
    return _KNOWN.outerjoin(StandingWord, said).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(StandingWord.customer_id).is_(None)
    )


def evidence_of(ledger: Ledger, customers: Collection[Known]) -> dict[int, Evidence]:
    """Return the evidence by customer id. Touches are read of those only whose own row decides nothing."""
    open_ids = [each.customer_id for each in customers if each.touch_days and not each.value_minor]
    told = _touch_evidence(ledger, open_ids)
    return {
        each.customer_id: Evidence(
            value_minor=each.value_minor,
            currency=each.currency,
            values_are_kept=each.median_value > _NO_MEDIAN,
            renewal_on=each.renewal_on,
            opportunity=opportunity_in(each.profile),
            **told.get(each.customer_id, {}),
        )
        for each in customers
    }


def _touch_evidence(ledger: Ledger, customer_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    if not customer_ids:
        return {}
    on = col(Touch.touched_on)

    def days(which: Any) -> Any:
        return func.count(distinct(case((which, on))))

    def extreme(function: Any, which: Any) -> Any:
        return type_coerce(function(case((which, on))), Date)

    found = {
        "bought_days": days(_BOUGHT), "bought_on": extreme(func.max, _BOUGHT),
        "back_days": days(_BACK), "back_on": extreme(func.max, _BACK),
        "talked_days": days(_TALKED), "sent_days": days(_SENT),
        "sent_first_on": extreme(func.min, _SENT), "sent_last_on": extreme(func.max, _SENT),
    }  # fmt: skip
    query = (
        select(col(Touch.customer_id), *(value.label(name) for name, value in found.items()))
        .where(
            col(Touch.workspace_id) == ledger.workspace_id,
            col(Touch.customer_id).in_(customer_ids),
            col(Touch.kind) != TouchKind.NOTE,
            is_live(),
        )
        .group_by(col(Touch.customer_id))
    )
    return {row[0]: dict(zip(found, row[1:], strict=True)) for row in ledger.session.execute(query)}


def word_of(ledger: Ledger, customer_id: int) -> StandingWord | None:
    """Return what a person said a customer is, None when nobody said anything."""
    return ledger.session.get(StandingWord, (ledger.workspace_id, customer_id), populate_existing=True)


def restand(ledger: Ledger, customer_ids: Sequence[int], standing: Standing) -> None:
    """Write a standing of customers without a word who are no lurkers; who becomes one is nudged about no more."""
    values: dict[str, Any] = {"standing": standing}
    if standing is Standing.LURKER:
        values["nudge_from_on"] = None
    for start in range(0, len(customer_ids), BATCH):
        said = select(col(StandingWord.customer_id)).where(col(StandingWord.workspace_id) == ledger.workspace_id)
        ledger.session.execute(
            update(Customer)
            .where(
                col(Customer.workspace_id) == ledger.workspace_id,
                col(Customer.id).in_(customer_ids[start : start + BATCH]),
                col(Customer.standing) != Standing.LURKER,
                col(Customer.id).not_in(said),
            )
            .values(values)
            .execution_options(synchronize_session=False)
        )


class Actor(NamedTuple):
    """A lurker who acted, and who looks after them."""

    customer_id: int
    owner_id: int | None
    last_on: date


def lurkers_who_acted(ledger: Ledger, *, since: date) -> Iterator[Actor]:
    """Yield the lurkers with a touch of their own since a day who were never proposed, the latest act first."""
    latest = func.max(col(Touch.touched_on))
    asked = select(col(Promotion.customer_id)).where(col(Promotion.workspace_id) == ledger.workspace_id)
    query = (
        select(col(Customer.id), func.min(col(Customer.owner_id)), latest)
        .join(
            Touch,
            and_(
                col(Touch.workspace_id) == col(Customer.workspace_id),
                col(Touch.customer_id) == col(Customer.id),
                col(Touch.touched_on) >= since,
            ),
        )
        .where(
            col(Customer.workspace_id) == ledger.workspace_id,
            col(Customer.standing) == Standing.LURKER,
            col(Touch.kind) != TouchKind.NOTE,
            _BACK,
            is_live(),
            col(Customer.id).not_in(asked),
        )
        .group_by(col(Customer.id))
        .order_by(latest.desc(), col(Customer.id))
    )
    for row in ledger.session.execute(query).all():
        yield Actor(*row)


def open_promotions(ledger: Ledger, *, owner_ids: Collection[int | None], limit: int) -> list[Promotion]:
    """Return what is proposed for the customers of these owners and not decided, the newest first."""
    whose = [col(Customer.owner_id).in_([each for each in owner_ids if each is not None])]
    if None in owner_ids:
        whose.append(col(Customer.owner_id).is_(None))
    query = (
        select(Promotion)
        .join(
            Customer,
            and_(
                col(Customer.workspace_id) == col(Promotion.workspace_id),
                col(Customer.id) == col(Promotion.customer_id),
            ),
        )
        .where(
            col(Promotion.workspace_id) == ledger.workspace_id,
            col(Promotion.state) == "open",
            col(Customer.standing) == Standing.LURKER,
            or_(*whose),
        )
        .order_by(col(Promotion.asked_on).desc(), col(Promotion.id).desc())
        .limit(limit)
    )
    return list(ledger.session.execute(query).scalars())


def unanswering(ledger: Ledger, *, owner_id: int, limit: int) -> tuple[list[str], int]:
    """Return the first names, and how many there are, of an owner's customers whom the evidence makes lurkers."""
    said = select(col(StandingWord.customer_id)).where(col(StandingWord.workspace_id) == ledger.workspace_id)
    mine = (
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id) == owner_id,
        col(Customer.standing) == Standing.LURKER, col(Customer.id).not_in(said),
    )  # fmt: skip
    total = ledger.session.execute(select(func.count()).select_from(Customer).where(*mine)).scalar_one()
    names = select(col(Customer.name)).where(*mine).order_by(col(Customer.name_key)).limit(limit)
    return list(ledger.session.execute(names).scalars()) if total else [], total
