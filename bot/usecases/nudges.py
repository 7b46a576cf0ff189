"""Acting on a card: done, snooze, hand over, not relevant, and taking it back. The first to act wins."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col

from bot.domain.model import Direction, NudgeState, Occasion, Source, Teammate, TouchKind
from bot.domain.nudges import can_end, can_undo
from bot.domain.views import Card, CardRef
from bot.domain.working_time import instant_at, local_day
from bot.errors import InputRefused, NotAllowed, NotFound, TooLate
from bot.usecases.answers_to_nudges import open_nudge, open_once, reopen
from bot.usecases.cards import card_of
from bot.usecases.covers import when_to_reach
from bot.usecases.looking_after import check_can_look_after
from bot.usecases.showing import refresh_messages, refresh_owners_home
from bot.usecases.touches import NewTouch, derived_of, lock_customer, record_touch, retract_touch
from storage import customers, outbox
from storage.ledger import Ledger
from storage.models import Customer, Nudge, TeammateRow

NOON = 12 * 60
# The fields of the snooze form, in the order in which they count.
UNTIL = ("words", "on", "preset")
FURTHEST_SNOOZE = timedelta(days=730)
# A list does not say whose a customer was when it was drawn: so long it may show the owner of before a hand-over.
SEEN_FOR = timedelta(minutes=10)


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
    touch_id = record_touch(ledger, touch, now=now, today=today)
    ledger.session.refresh(nudge)
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
        raise InputRefused("That day is not ahead. Choose tomorrow or later.", about=UNTIL)
    if until_on > today + FURTHEST_SNOOZE:
        raise InputRefused("That is more than two years ahead. Choose an earlier day.", about=UNTIL)
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
    check_can_look_after(ledger, to, about="teammate")
    today = local_day(now, by.timezone)
    customer = _locked(ledger, ref.customer_id)
    if not ref.nudge_id and customer.owner_id != by.id:
        card = _newest_card(ledger, customer.id, today=today)
        just_now = card.ended_at is not None and now - card.ended_at < SEEN_FOR
        if card.state is NudgeState.HANDED_OVER and card.ended_by_id != by.id and just_now:
            raise TooLate("Somebody was first.", card=card)
    nudge = _take(ledger, ref, today=today)
    if customer.owner_id == to.id:
        raise InputRefused("{name} is {owner}'s already.", about="teammate", name=customer.name, owner=to.name)
    refresh_owners_home(ledger, customer.id, now=now)
    nudge.before = {"owner_id": customer.owner_id, "to_id": to.id}
    customer.owner_id = to.id
    ledger.add(customer)
    _end(ledger, nudge, NudgeState.HANDED_OVER, by=by, now=now)
    if to.slack_user_id and to.id != by.id:
        owed = outbox.Owed(
            key=f"handed_over:{nudge.id}:{to.id}",
            kind="handed_over",
            channel=to.slack_user_id,
            subject_id=customer.id,
            payload={"from": by.id, "to": to.id, "note": note},
            due_at=when_to_reach(to, now),
        )
        outbox.owe(ledger, owed, now=now, customer_ids=[customer.id])
    return _finish(ledger, nudge, by=by, now=now)


def undo(ledger: Ledger, nudge_id: int, *, by: Teammate, now: datetime) -> Card:
    """Take back what was done to a nudge: the touch is retracted, the snooze lifted, the owner restored.

    Raises NotAllowed for anybody but the one who did it and the owner, TooLate when there is nothing to take back or
    somebody decided otherwise since.
    """
    nudge = ledger.get(Nudge, nudge_id)
    if nudge is None:
        raise NotFound("That card is not there any more.")
    customer = _locked(ledger, nudge.customer_id)
    ledger.session.refresh(nudge)
    if by.id not in {nudge.ended_by_id, nudge.teammate_id, customer.owner_id}:
        raise NotAllowed("Only the person who did this, or the owner, can take it back.")
    if not can_undo(nudge.state) or not _still_stands(nudge, customer):
        card = _newest_card(ledger, customer.id, today=local_day(now, by.timezone))
        raise TooLate("It was taken back already.", card=card)
    match nudge.state:
        case NudgeState.DONE if nudge.touch_id:
            retract_touch(ledger, nudge.touch_id, now=now)
            ledger.session.refresh(nudge)
            return _finish(ledger, nudge, by=by, now=now)
        case NudgeState.SNOOZED:
            _restore_snooze(ledger, nudge)
        case NudgeState.DISMISSED:
            _decide(ledger, customer.id, muted=False, columns={"muted_because": None})
        case NudgeState.HANDED_OVER:
            customers.change(ledger, customer.id, {"owner_id": nudge.before.get("owner_id")})
    reopen(ledger, nudge)
    return _finish(ledger, nudge, by=by, now=now)


def _still_stands(nudge: Nudge, customer: Customer) -> bool:
    """Whether what was decided on a card holds to this day: nobody chose another day, another owner or an end since."""
    match nudge.state:
        case NudgeState.SNOOZED:
            return nudge.snoozed_until_on == customer.snoozed_until_on
        case NudgeState.DISMISSED:
            return customer.muted_because is not None
        case NudgeState.HANDED_OVER:
            return nudge.before.get("to_id", customer.owner_id) == customer.owner_id
    return True


def wake(ledger: Ledger, customer_id: int, *, now: datetime) -> None:
    """End a snooze early: the customer may be nudged about from its due day on, and its card waits again."""
    until_on = _locked(ledger, customer_id).snoozed_until_on
    _decide(ledger, customer_id, snoozed_until_on=None, columns={"snoozed_in_a_row": 0})
    for nudge in ledger.rows(
        Nudge,
        col(Nudge.customer_id) == customer_id,
        col(Nudge.state) == NudgeState.SNOOZED,
        col(Nudge.snoozed_until_on) == until_on,
    ):
        reopen(ledger, nudge)
    refresh_messages(ledger, customer_id, now=now)
    refresh_owners_home(ledger, customer_id, now=now)


def _locked(ledger: Ledger, customer_id: int) -> Customer:
    """Return a customer whose row is held until the transaction ends, as it stands now. Raises NotFound."""
    lock_customer(ledger, customer_id)
    customer = ledger.get(Customer, customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    ledger.session.refresh(customer)
    return customer


def _take(ledger: Ledger, ref: CardRef, *, today: date) -> Nudge:
    """Return the open nudge behind a card, or make one for a card of a list; raise TooLate when somebody was first.

    The customer's row is locked, so that of two people at once the second sees what the first did. A card of an older
    digest acts on the newer nudge that stands for it.
    """
    customer = _locked(ledger, ref.customer_id)
    if ref.nudge_id:
        nudge = ledger.get(Nudge, ref.nudge_id)
        if nudge is None or nudge.customer_id != customer.id:
            raise NotFound("That card is not there any more.")
        ledger.session.refresh(nudge)
        if can_end(nudge.state):
            return nudge
        newer = open_nudge(ledger, customer.id) if nudge.state is NudgeState.SUPERSEDED else None
        if newer:
            return newer
        superseded = nudge.state is NudgeState.SUPERSEDED
        card = _newest_card(ledger, customer.id, today=today) if superseded else card_of(ledger, ref, today=today)
        raise TooLate("Somebody was first.", card=card)
    sleeps = customer.snoozed_until_on is not None and customer.snoozed_until_on > today
    if (customer.last_touch_id or 0) != ref.seen_touch_id or sleeps or customer.muted_because:
        raise TooLate("Somebody was first.", card=_newest_card(ledger, customer.id, today=today))
    nudge_id = open_once(
        ledger, customer.id, teammate_id=customer.owner_id, occasions=Occasion.OVERDUE.value, planned_on=today
    )
    nudge = ledger.get(Nudge, nudge_id)
    if nudge is None:
        raise NotFound("That card is not there any more.")
    return nudge


def _newest_card(ledger: Ledger, customer_id: int, *, today: date) -> Card:
    """Return a customer's card as it ended last, or as it stands when nobody ever acted on one."""
    ended = ledger.rows(
        Nudge,
        col(Nudge.customer_id) == customer_id,
        col(Nudge.ended_at).is_not(None),
        order_by=col(Nudge.ended_at).desc(),
    )
    return card_of(ledger, CardRef(customer_id, ended[0].id if ended else 0), today=today)


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


def _finish(ledger: Ledger, nudge: Nudge, *, by: Teammate, now: datetime) -> Card:
    refresh_messages(ledger, nudge.customer_id, now=now)
    refresh_owners_home(ledger, nudge.customer_id, now=now)
    ref = CardRef(nudge.customer_id, nudge.id)
    return card_of(ledger, ref, today=local_day(now, by.timezone), reader_id=by.id)
