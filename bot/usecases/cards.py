"""Gathering cards: a customer with its reason, its last touch and how its nudge stands, many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import col

from bot.domain.model import NudgeState, Occasion, Relationship, Teammate, TouchView
from bot.domain.nudges import ASK_AFTER_SNOOZES, next_reason_on, reason_for
from bot.domain.views import Card, CardRef, ContactView, CustomerView, NotedPromise
from bot.errors import NotFound
from bot.usecases.looking import look_at
from bot.usecases.returning import back_on
from bot.usecases.standings import standing_view
from storage import customers, people, promises, touches
from storage.ledger import Ledger
from storage.models import Contact, Customer, Nudge

COLLEAGUE_WITHIN = timedelta(days=7)


def cards_for_nudges(
    ledger: Ledger, nudges: Sequence[tuple[int, int]], *, today: date, reader_id: int | None = None
) -> list[Card]:
    """Return cards for (nudge id, position) pairs, in their order; a customer that was erased has no card."""
    rows = {row.id: row for row in ledger.rows(Nudge, col(Nudge.id).in_([nudge_id for nudge_id, _ in nudges]))}
    found = [(rows[nudge_id], position) for nudge_id, position in nudges if nudge_id in rows]
    known = customers.by_ids(ledger, [nudge.customer_id for nudge, _ in found]).values()
    plain = {card.relationship.customer_id: card for card in cards_for(ledger, known, today=today, reader_id=reader_id)}
    here = [(nudge, position) for nudge, position in found if nudge.customer_id in plain]
    nudged = _with_nudges(ledger, plain, [nudge for nudge, _ in here], today, reader_id)
    return [replace(card, position=position) for card, (_, position) in zip(nudged, here, strict=True)]


def with_nudges(
    ledger: Ledger, cards: Sequence[Card], *, today: date, reader_id: int | None, since: datetime | None = None
) -> list[Card]:
    """Return cards in their order, each as the newest nudge stands that is open or, with `since`, was ended then."""
    plain = {card.relationship.customer_id: card for card in cards}
    stands = col(Nudge.state) == NudgeState.OPEN
    nudges = ledger.rows(
        Nudge,
        col(Nudge.customer_id).in_(plain),
        stands if since is None else stands | (col(Nudge.ended_at) >= since),
        order_by=col(Nudge.id),
    )
    newest = {nudge.customer_id: nudge for nudge in nudges}
    nudged = dict(zip(newest, _with_nudges(ledger, plain, list(newest.values()), today, reader_id), strict=True))
    return [nudged.get(card.relationship.customer_id, card) for card in cards]


def _with_nudges(
    ledger: Ledger, plain: Mapping[int, Card], nudges: Sequence[Nudge], today: date, reader_id: int | None
) -> list[Card]:
    """Return the card of each nudge's customer, as the nudge stands."""
    ended = touches.views_by_id(ledger, [nudge.touch_id for nudge in nudges if nudge.touch_id])
    team = people.everybody(ledger)
    names = {person.id: person.name for person in team.values()}
    telling = [nudge.id for nudge in nudges if Occasion.PROMISE in nudge.occasions.split(",")]
    told = promises.told_by_nudges(ledger, telling)
    return [
        _with_nudge(
            plain[nudge.customer_id],
            nudge,
            ended,
            names,
            today,
            tuple(noted(promise, names, reader_id) for promise in told if promise.nudge_id == nudge.id),
            _back_on(ledger, plain[nudge.customer_id].relationship, nudge.snoozed_until_on, team, nudge.occasions),
        )
        for nudge in nudges
    ]


def noted(promise: promises.Told, names: Mapping[int, str], reader_id: int | None) -> NotedPromise:
    """Return a promise as its reader sees it: their own has nobody's name."""
    by = None if promise.teammate_id == reader_id else names.get(promise.teammate_id)
    return NotedPromise(promise.id, promise.what, promise.due_on, by)


def _with_nudge(
    card: Card,
    nudge: Nudge,
    ended: dict[int, TouchView],
    names: dict[int, str],
    today: date,
    told: tuple[NotedPromise, ...],
    back_on: date | None,
) -> Card:
    touch = ended.get(nudge.touch_id or 0)
    occasions = tuple(Occasion(word) for word in nudge.occasions.split(","))
    return replace(
        card,
        reason=reason_for(card.relationship, today, occasions=occasions, promises=told),
        nudge_id=nudge.id,
        state=nudge.state,
        ended_by=names.get(nudge.ended_by_id or 0),
        ended_by_id=nudge.ended_by_id,
        ended_at=nudge.ended_at,
        ended_kind=touch.kind if touch else None,
        note=touch.note if touch else None,
        back_on=back_on or card.back_on,
        because=nudge.because,
        handed_to=card.owner_name if nudge.state is NudgeState.HANDED_OVER else None,
    )


def cards_for(
    ledger: Ledger, relationships: Iterable[Relationship], *, today: date, reader_id: int | None = None
) -> list[Card]:
    """Return cards for relationships in their order, without a nudge: what a list shows."""
    wanted = list(relationships)
    last = touches.views_by_id(ledger, [r.last_touch_id for r in wanted if r.last_touch_id])
    team = people.everybody(ledger)
    rows = {row.id: row for row in ledger.rows(Customer, col(Customer.id).in_([r.customer_id for r in wanted]))}
    shown = [(r, last.get(r.last_touch_id or 0)) for r in wanted]
    buyers = touches.buyers(ledger, ((r.customer_id, touch.kind) for r, touch in shown if touch))
    cards = [
        _card(r._replace(only_buys=r.customer_id in buyers), rows[r.customer_id], touch, team, today, reader_id)
        for r, touch in shown
    ]
    return [
        replace(card, back_on=_back_on(ledger, card.relationship, card.relationship.snoozed_until_on, team))
        if card.relationship.snoozed_until_on and card.relationship.snoozed_until_on > today
        else card
        for card in cards
    ]


def _back_on(
    ledger: Ledger,
    relationship: Relationship,
    until_on: date | None,
    team: Mapping[int, Teammate],
    occasions: str = "",
) -> date | None:
    """Return the day of the digest that tells of somebody again: once a snooze is over and there is a reason to."""
    if until_on is None:
        return None
    day = until_on
    if relationship.snoozed_until_on == until_on and Occasion.PROMISE not in occasions.split(","):
        day = next_reason_on(relationship, until_on)
    return back_on(ledger, day, team.get(relationship.owner_id or 0))


def _card(
    relationship: Relationship,
    row: Customer,
    last_touch: TouchView | None,
    team: Mapping[int, Teammate],
    today: date,
    reader_id: int | None,
) -> Card:
    recent = last_touch is not None and last_touch.on >= today - COLLEAGUE_WITHIN
    by_colleague = recent and last_touch is not None and last_touch.by_id not in {None, reader_id}
    url = str(row.profile.get("crm_url") or row.profile.get("url") or "")
    owner = team.get(relationship.owner_id or 0)
    away_until_on = owner.paused_until_on if owner and owner.id != reader_id else None
    return Card(
        relationship=relationship,
        reason=reason_for(relationship, today),
        last_touch=last_touch,
        owner_name=owner.name if owner else None,
        away_until_on=away_until_on if away_until_on and away_until_on > today else None,
        colleague_wrote=last_touch if by_colleague else None,
        ask_about_cadence=row.snoozed_in_a_row >= ASK_AFTER_SNOOZES,
        crm_url=url if url.startswith("https://") else None,
    )


def card_of(ledger: Ledger, ref: CardRef, *, today: date, reader_id: int | None = None) -> Card:
    """Return the card that a button belongs to. Raises NotFound when the customer is gone."""
    if ref.nudge_id:
        found = cards_for_nudges(ledger, [(ref.nudge_id, 0)], today=today, reader_id=reader_id)
    else:
        found = cards_for(
            ledger, customers.by_ids(ledger, [ref.customer_id]).values(), today=today, reader_id=reader_id
        )
    if not found:
        raise NotFound("That customer is not in this workspace any more.")
    return found[0]


def customer_view(
    ledger: Ledger, customer_id: int, *, today: date, reader_id: int | None = None, touch_limit: int = 5
) -> CustomerView:
    """Return everything that /customer and a hand-over show. Raises NotFound."""
    ledger = look_at(ledger)
    open_nudge = ledger.first(Nudge, col(Nudge.customer_id) == customer_id, col(Nudge.state) == NudgeState.OPEN)
    card = card_of(ledger, CardRef(customer_id, open_nudge.id if open_nudge else 0), today=today, reader_id=reader_id)
    row = ledger.get(Customer, customer_id)
    if row is None:
        raise NotFound("That customer is not in this workspace any more.")
    contacts = ledger.rows(Contact, col(Contact.customer_id) == customer_id, order_by=col(Contact.id))
    names = {person.id: person.name for person in people.everybody(ledger).values()}
    return CustomerView(
        card=card,
        touches=tuple(touches.latest(ledger, customer_id, limit=touch_limit)),
        promises=tuple(noted(promise, names, reader_id) for promise in promises.of_customer(ledger, customer_id)),
        contacts=tuple(ContactView(c.name, c.email, c.phone) for c in contacts),
        tags=row.tags,
        notes=row.notes,
        profile={str(key): str(value) for key, value in row.profile.items() if value},
        standing=standing_view(ledger, customer_id),
        taken_off=_taken_off(ledger, row, today=today) if row.muted_because is not None else None,
    )


def _taken_off(ledger: Ledger, row: Customer, *, today: date) -> Card | None:
    found = ledger.rows(
        Nudge,
        col(Nudge.customer_id) == row.id,
        col(Nudge.state) == NudgeState.DISMISSED,
        order_by=col(Nudge.ended_at).desc(),
    )
    return card_of(ledger, CardRef(row.id, found[0].id), today=today) if found else None
