"""Lurkers who act: proposed to their owner for promotion, once for each kind of act, and decided by a person."""

from datetime import datetime
from typing import Any

from bot.domain.model import Role, Standing, Teammate
from bot.domain.standing import ACT_FRESH_FOR, PromotionView, act_of, promoted_to
from bot.domain.working_time import local_day
from bot.errors import NotAllowed, NotFound, TooLate
from bot.usecases.covers import when_to_reach
from bot.usecases.showing import refresh_messages, refresh_owners_home
from bot.usecases.standings import may_decide, stand, standing_view, write_word
from bot.usecases.touches import lock_customer
from storage import outbox, standings, touches
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, TeammateRow
from storage.standing_models import Promotion, StandingWord

SHOWN = 3


def lurker_acted(ledger: Ledger, customer_id: int, *, now: datetime, by_id: int | None = None) -> int | None:
    """Take note that a lurker did something: propose to take them in; return the proposal's id when it is new.

    A purchase of somebody whom only the evidence made a lurker needs no question: they are a customer from now on. The
    owner is told at once when they recorded it themselves, else with their next digest.
    """
    lock_customer(ledger, customer_id)
    view = standing_view(ledger, customer_id)
    if view.standing is not Standing.LURKER:
        stand(ledger, customer_id, view.standing)
        return None
    owner = _owner(ledger, customer_id)
    today = local_day(now, owner.timezone if owner else "UTC")
    act = act_of(touches.acts(ledger, customer_id, since=today - ACT_FRESH_FOR))
    if act is None:
        return None
    promotion_id = new_id()
    row = {
        "id": promotion_id, "customer_id": customer_id, "act": act, "proposed": promoted_to(view.judged),
        "asked_on": today, "state": "open", "before": {},
    }  # fmt: skip
    if not ledger.insert_once(Promotion, row):
        return None
    if owner is not None and owner.slack_user_id:
        is_answer = owner.id == by_id
        owed = outbox.Owed(
            key=f"promotion:{promotion_id}", kind="promotion", channel=owner.slack_user_id, subject_id=promotion_id,
            payload={"to": owner.id}, due_at=now if is_answer else when_to_reach(owner, owner.next_digest_at or now),
        )  # fmt: skip
        outbox.owe(ledger, owed, now=now, customer_ids=[customer_id])
    refresh_owners_home(ledger, customer_id, now=now)
    return promotion_id


def promotion_view(ledger: Ledger, promotion_id: int) -> PromotionView | None:
    """Return a proposal with the touches that it rests on; None when the customer was erased."""
    row = ledger.get(Promotion, promotion_id)
    return _view(ledger, row) if row else None


def open_promotions(ledger: Ledger, reader: Teammate) -> tuple[PromotionView, ...]:
    """Return what a teammate has to decide; admins also see the lurkers whom nobody looks after."""
    owner_ids: list[int | None] = [reader.id, None] if reader.role is Role.ADMIN else [reader.id]
    rows = standings.open_promotions(ledger, owner_ids=owner_ids, limit=SHOWN)
    return tuple(view for view in (_view(ledger, row) for row in rows) if view.is_open)


def promote(ledger: Ledger, promotion_id: int, *, by: Teammate, now: datetime) -> None:
    """Make a lurker what was proposed, as the person's word. Raises NotFound, NotAllowed, TooLate."""
    row, customer = _undecided(ledger, promotion_id, by)
    row.before = _word_now(ledger, customer.id)
    write_word(ledger, customer, row.proposed, by=by, now=now)
    _end(ledger, row, "made", by=by, now=now)


def leave_as_is(ledger: Ledger, promotion_id: int, *, by: Teammate, now: datetime) -> None:
    """Leave a lurker one; it is not asked again for the same act. Raises NotFound, NotAllowed, TooLate."""
    row, _ = _undecided(ledger, promotion_id, by)
    _end(ledger, row, "left", by=by, now=now)


def take_back(ledger: Ledger, promotion_id: int, *, by: Teammate, now: datetime) -> None:
    """Undo what was decided about a proposal: it is open again, and what was said before holds again.

    Raises NotFound, NotAllowed for anybody but who decided, the owner and admins, TooLate when it was undone already or
    somebody said something else since.
    """
    row, customer = _held(ledger, promotion_id)
    if by.id not in {row.ended_by_id, customer.owner_id} and by.role is not Role.ADMIN:
        raise NotAllowed("Only the person who did this, or the owner, can take it back.")
    if row.state == "open":
        raise TooLate("It was taken back already.")
    if row.state == "made":
        word = standings.word_of(ledger, customer.id)
        if word is None or word.said_at != row.ended_at or word.standing is not row.proposed:
            raise TooLate("Somebody decided otherwise about {name} since.", name=customer.name)
        _say_again(ledger, customer, row.before, now=now)
    row.state, row.ended_by_id, row.ended_at, row.before = "open", None, None, {}
    ledger.add(row)
    refresh_messages(ledger, customer.id, now=now)
    refresh_owners_home(ledger, customer.id, now=now)


def _view(ledger: Ledger, row: Promotion) -> PromotionView:
    customer = ledger.get(Customer, row.customer_id)
    by = ledger.get(TeammateRow, row.ended_by_id)
    return PromotionView(
        id=row.id,
        customer_id=row.customer_id,
        name=customer.name if customer else "",
        to=row.proposed,
        act=row.act,
        acts=tuple(touches.acts(ledger, row.customer_id, since=row.asked_on - ACT_FRESH_FOR)),
        standing=customer.standing if customer else Standing.LURKER,
        state=row.state,
        ended_by=by.name if by else None,
        ended_at=row.ended_at,
    )


def _held(ledger: Ledger, promotion_id: int) -> tuple[Promotion, Customer]:
    """Return a proposal and its customer, held until the transaction ends. Raises NotFound."""
    row = ledger.get(Promotion, promotion_id)
    if row is None:
        raise NotFound("That card is not there any more.")
    lock_customer(ledger, row.customer_id)
    customer = ledger.get(Customer, row.customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    ledger.session.refresh(row)
    ledger.session.refresh(customer)
    return row, customer


def _undecided(ledger: Ledger, promotion_id: int, by: Teammate) -> tuple[Promotion, Customer]:
    row, customer = _held(ledger, promotion_id)
    may_decide(ledger, customer, by)
    if row.state != "open":
        who = ledger.get(TeammateRow, row.ended_by_id)
        took_in = row.state == "made"
        raise TooLate(
            "{who} has taken {name} in already." if took_in else "{who} has left {name} as it is already.",
            who=who.name if who else "",
            name=customer.name,
        )
    if customer.standing is not Standing.LURKER:
        raise TooLate("Somebody decided otherwise about {name} since.", name=customer.name)
    return row, customer


def _end(ledger: Ledger, row: Promotion, state: str, *, by: Teammate, now: datetime) -> None:
    row.state, row.ended_by_id, row.ended_at = state, by.id, now
    ledger.add(row)
    refresh_messages(ledger, row.customer_id, now=now)
    refresh_owners_home(ledger, row.customer_id, now=now)


def _word_now(ledger: Ledger, customer_id: int) -> dict[str, Any]:
    """What a person said of a customer so far, to say it again; empty when nobody did."""
    word = standings.word_of(ledger, customer_id)
    return word.model_dump(mode="json", exclude={"workspace_id", "customer_id"}) if word else {}


def _say_again(ledger: Ledger, customer: Customer, before: dict[str, Any], *, now: datetime) -> None:
    """Let a customer be a lurker again, on the word of before if there was one."""
    write_word(ledger, customer, None, by=None, now=now)
    if before:
        ledger.add(
            StandingWord.model_validate({**before, "workspace_id": ledger.workspace_id, "customer_id": customer.id})
        )
    stand(ledger, customer.id, Standing.LURKER)


def _owner(ledger: Ledger, customer_id: int) -> TeammateRow | None:
    customer = ledger.get(Customer, customer_id)
    return ledger.get(TeammateRow, customer.owner_id) if customer else None
