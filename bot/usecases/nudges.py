"""Acting on a card: done, snooze, hand over, not relevant, and taking it back. The first to act wins."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Occasion, Seat, Source, Teammate, TouchKind
from bot.domain.nudges import can_end, can_undo
from bot.domain.views import Card, CardRef
from bot.domain.working_time import instant_at, local_day
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases.cards import card_of
from bot.usecases.showing import refresh_messages
from bot.usecases.touches import NewTouch, derived_of, record_touch, retract_touch
from storage import customers, outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Nudge, TeammateRow

NOON = 12 * 60
FURTHEST_SNOOZE = timedelta(days=730)


def mark_done(
    ledger: Ledger,
    ref: CardRef,
    *,
    by: Teammate,
    now: datetime,
    kind: TouchKind = TouchKind.MESSAGE,
    direction: Direction = Direction.OUTBOUND,
    on: date | None = None,
    note: str | None = None,
) -> Card:
    """Log a touch from a card and end its nudge; return the card as it stands then.

    Raises TooLate when somebody acted first, InputRefused for a day that is still ahead.
    """
    today = local_day(now, by.timezone)
    day = on or today
    if day > today:
        raise InputRefused("That day is still ahead. Choose today or an earlier day.", about="on")
    nudge = _take(ledger, ref, today=today)
    touch = NewTouch(
        customer_id=nudge.customer_id,
        at=now if day == today else instant_at(day, NOON, by.timezone),
        on=day,
        kind=kind,
        direction=direction,
        source=Source.BUTTON,
        by_id=by.id,
        note=note or None,
    )
    nudge.before = _snooze_state(ledger, nudge.customer_id)
    ledger.add(nudge)
    touch_id = record_touch(ledger, touch, now=now, today=today)
    nudge = _reload(ledger, nudge)
    if can_end(nudge.state):
        # A note, or a touch of long ago, still answers the card that the person pressed.
        _end(ledger, nudge, NudgeState.DONE, by=by, now=now, touch_id=touch_id)
    return _finish(ledger, nudge, by=by, now=now)


def snooze(
    ledger: Ledger, ref: CardRef, *, until_on: date, by: Teammate, now: datetime, because: str | None = None
) -> Card:
    """Let a customer sleep until a local day of the clicker; return the card. Raises TooLate, InputRefused."""
    today = local_day(now, by.timezone)
    if until_on <= today:
        raise InputRefused("That day is not ahead. Choose tomorrow or later.")
    if until_on > today + FURTHEST_SNOOZE:
        raise InputRefused("That is more than two years ahead. Choose an earlier day.")
    nudge = _take(ledger, ref, today=today)
    before = _snooze_state(ledger, nudge.customer_id)
    _decide(
        ledger,
        nudge.customer_id,
        snoozed_until_on=until_on,
        columns={"snoozed_in_a_row": before["snoozed_in_a_row"] + 1},
    )
    nudge.snoozed_until_on = until_on
    nudge.before = before
    _end(ledger, nudge, NudgeState.SNOOZED, by=by, now=now, because=because)
    return _finish(ledger, nudge, by=by, now=now)


def dismiss(ledger: Ledger, ref: CardRef, *, because: str, by: Teammate, now: datetime) -> Card:
    """Stop nudging about a customer until somebody takes it back; the reason is kept. Raises TooLate."""
    nudge = _take(ledger, ref, today=local_day(now, by.timezone))
    _decide(ledger, nudge.customer_id, muted=True, columns={"muted_because": because})
    _end(ledger, nudge, NudgeState.DISMISSED, by=by, now=now, because=because)
    return _finish(ledger, nudge, by=by, now=now)


def hand_over(
    ledger: Ledger, ref: CardRef, *, to: TeammateRow, by: Teammate, now: datetime, note: str | None = None
) -> Card:
    """Give a customer to a teammate, who is told once with the last five touches. Raises TooLate, InputRefused."""
    if to.seat is not Seat.MEMBER:
        raise InputRefused(
            "Keepwarm looks after customers for members of this workspace. {name} can't take one over.",
            about="teammate",
            name=to.name,
        )
    customer = ledger.get(Customer, ref.customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    if customer.owner_id == to.id:
        raise InputRefused("{name} is {owner}'s already.", about="teammate", name=customer.name, owner=to.name)
    nudge = _take(ledger, ref, today=local_day(now, by.timezone))
    nudge.before = {"owner_id": customer.owner_id}
    customer.owner_id = to.id
    ledger.add(customer)
    _end(ledger, nudge, NudgeState.HANDED_OVER, by=by, now=now)
    if to.slack_user_id and to.id != by.id:
        owed = outbox.Owed(
            key=f"handed_over:{nudge.id}",
            kind="handed_over",
            channel=to.slack_user_id,
            subject_id=customer.id,
            payload={"from": by.id, "to": to.id, "note": note},
        )
        outbox.owe(ledger, owed, now=now, customer_ids=[customer.id])
    return _finish(ledger, nudge, by=by, now=now)


def undo(ledger: Ledger, nudge_id: int, *, by: Teammate, now: datetime) -> Card:
    """Take back what was done to a nudge: the touch is retracted, the snooze lifted, the owner restored.

    Raises NotAllowed for anybody but the one who did it and the owner, TooLate when there is nothing to take back.
    """
    nudge = ledger.get(Nudge, nudge_id)
    if nudge is None:
        raise NotFound("That card is not there any more.")
    customer = ledger.get(Customer, nudge.customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    if by.id not in {nudge.ended_by_id, nudge.teammate_id, customer.owner_id}:
        raise NotAllowed("Only the person who did this, or the owner, can take it back.")
    if not can_undo(nudge.state):
        raise TooLate("It was taken back already.")
    match nudge.state:
        case NudgeState.DONE if nudge.touch_id:
            retract_touch(ledger, nudge.touch_id, now=now)
            nudge = _reload(ledger, nudge)
            if nudge.before:
                _restore_snooze(ledger, nudge)
        case NudgeState.SNOOZED:
            _restore_snooze(ledger, nudge)
        case NudgeState.DISMISSED:
            _decide(ledger, customer.id, muted=False, columns={"muted_because": None})
        case NudgeState.HANDED_OVER:
            customers.change(ledger, customer.id, {"owner_id": nudge.before.get("owner_id")})
    _open_again(ledger, nudge)
    return _finish(ledger, nudge, by=by, now=now)


def wake(ledger: Ledger, customer_id: int, *, now: datetime) -> None:
    """End a snooze early."""
    _decide(ledger, customer_id, snoozed_until_on=None, columns={"snoozed_in_a_row": 0})
    refresh_messages(ledger, customer_id, now=now)


def _take(ledger: Ledger, ref: CardRef, *, today: date) -> Nudge:
    """Return the open nudge behind a card, or make one for a card of a list; raise TooLate when somebody was first.

    The customer's row is locked, so that of two people at once the second sees what the first did.
    """
    customer = ledger.get(Customer, ref.customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    ledger.session.refresh(customer, with_for_update=True)
    if ref.nudge_id:
        nudge = ledger.get(Nudge, ref.nudge_id)
        if nudge is None or nudge.customer_id != customer.id:
            raise NotFound("That card is not there any more.")
        ledger.session.refresh(nudge)
        if can_end(nudge.state):
            return nudge
        raise TooLate("Somebody was first.", card=card_of(ledger, ref, today=today))
    sleeps = customer.snoozed_until_on is not None and customer.snoozed_until_on > today
    if (customer.last_touch_id or 0) != ref.seen_touch_id or sleeps or customer.muted_because:
        newest = ledger.rows(Nudge, col(Nudge.customer_id) == customer.id, order_by=col(Nudge.ended_at).desc())
        latest_ref = CardRef(customer.id, newest[0].id if newest else 0)
        raise TooLate("Somebody was first.", card=card_of(ledger, latest_ref, today=today))
    waiting = ledger.first(Nudge, col(Nudge.customer_id) == customer.id, col(Nudge.state) == NudgeState.OPEN)
    return waiting or ledger.add(_nudge_for_list(ledger, customer, today))


def _nudge_for_list(ledger: Ledger, customer: Customer, today: date) -> Nudge:
    return Nudge(
        workspace_id=ledger.workspace_id,
        id=new_id(),
        customer_id=customer.id,
        teammate_id=customer.owner_id,
        occasions=Occasion.OVERDUE.value,
        planned_on=today,
    )


def _end(
    ledger: Ledger,
    nudge: Nudge,
    state: NudgeState,
    *,
    by: Teammate,
    now: datetime,
    touch_id: int | None = None,
    because: str | None = None,
) -> None:
    nudge.state = state
    nudge.ended_at = now
    nudge.ended_by_id = by.id
    nudge.touch_id = touch_id
    nudge.because = because
    ledger.add(nudge)


def _open_again(ledger: Ledger, nudge: Nudge) -> None:
    other = ledger.first(
        Nudge,
        col(Nudge.customer_id) == nudge.customer_id,
        col(Nudge.state) == NudgeState.OPEN,
        col(Nudge.id) != nudge.id,
    )
    nudge.state = NudgeState.SUPERSEDED if other else NudgeState.OPEN
    nudge.ended_at = nudge.ended_by_id = nudge.touch_id = None
    nudge.snoozed_until_on = nudge.because = None
    nudge.before = {}
    ledger.add(nudge)


def _snooze_state(ledger: Ledger, customer_id: int) -> dict[str, Any]:
    customer = ledger.get(Customer, customer_id)
    until = customer.snoozed_until_on if customer else None
    return {
        "snoozed_until_on": until.isoformat() if until else None,
        "snoozed_in_a_row": customer.snoozed_in_a_row if customer else 0,
    }


def _restore_snooze(ledger: Ledger, nudge: Nudge) -> None:
    until = nudge.before.get("snoozed_until_on")
    _decide(
        ledger,
        nudge.customer_id,
        snoozed_until_on=date.fromisoformat(until) if until else None,
        columns={"snoozed_in_a_row": nudge.before.get("snoozed_in_a_row", 0)},
    )


def _decide(ledger: Ledger, customer_id: int, *, columns: dict[str, Any], **decision: Any) -> None:
    """Write what a person decided about a customer, and the day from which it may be nudged about again."""
    derived = derived_of(ledger, customer_id, **decision)
    stored = {name: value for name, value in decision.items() if name != "muted"}
    customers.change(ledger, customer_id, {**columns, **stored, "nudge_from_on": derived.nudge_from_on})
    customer = ledger.get(Customer, customer_id)
    if customer is not None:
        ledger.session.refresh(customer)


def _reload(ledger: Ledger, nudge: Nudge) -> Nudge:
    ledger.session.refresh(nudge)
    return nudge


def _finish(ledger: Ledger, nudge: Nudge, *, by: Teammate, now: datetime) -> Card:
    refresh_messages(ledger, nudge.customer_id, now=now)
    ref = CardRef(nudge.customer_id, nudge.id)
    return card_of(ledger, ref, today=local_day(now, by.timezone), reader_id=by.id)
