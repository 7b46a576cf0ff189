"""From a delivery to the call it means: the words are drawn from the ledger at the moment of sending."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col

from bot.blocks import (
    customer,
    digest,
    entry,
    handover,
    home,
    late,
    lists,
    noted,
    promotions,
    proposals,
    team,
    troubles,
    unheard,
    welcome,
)
from bot.blocks.refusals import say_refusal
from bot.blocks.voice import Voice
from bot.delivery.call import RESPOND, Call
from bot.domain.model import Role, Seat, Teammate
from bot.domain.views import Card
from bot.domain.working_time import local_day
from bot.errors import NotAllowed
from bot.usecases.cards import cards_for_nudges, customer_view
from bot.usecases.digest_view import digest_view
from bot.usecases.drafting import with_drafts
from bot.usecases.entry_answers import entry_view
from bot.usecases.home import home_view
from bot.usecases.lateness import late_view
from bot.usecases.lists import list_view, reader_of
from bot.usecases.promises import noted_view
from bot.usecases.promotions import promotion_view
from bot.usecases.quieter import proposal_view
from bot.usecases.suggestions import facts_about
from bot.usecases.teammates import REFUSALS, is_let_in, row_of
from bot.usecases.troubles import trouble_view
from bot.usecases.unheard import still_unheard
from bot.writer import with_openers
from storage import customers, people
from storage.ledger import Ledger
from storage.models import ChannelRow, Customer, Delivery, Entry

Message = dict[str, Any]


def draw(ledger: Ledger, delivery: Delivery, *, now: datetime) -> Call | None:
    """Return the call that a delivery means now; None when there is nothing left to say."""
    draw_call = _CALLS.get(delivery.kind)
    if draw_call is not None:
        return draw_call(ledger, delivery, now)
    if _is_to_a_person(delivery) and not is_let_in(ledger, delivery.channel):
        return None
    message = _MESSAGES[delivery.kind](ledger, delivery, now, str(delivery.id))
    if message is None:
        return None
    place = {"channel": delivery.channel, "unfurl_links": False, "unfurl_media": False}
    if delivery.thread_ts:
        place["thread_ts"] = delivery.thread_ts
    return Call("chat.postMessage", {**place, **message})


def _is_to_a_person(delivery: Delivery) -> bool:
    return delivery.channel.startswith(("U", "W"))


def _home(ledger: Ledger, delivery: Delivery, now: datetime) -> Call | None:
    view = home_view(ledger, delivery.subject_id or 0, now=now)
    if view is None:
        return None
    if view.reader.seat is not Seat.MEMBER:
        say = Voice.to_teammate(view.reader, today=view.today)
        closed = home.build_closed_home(say_refusal(NotAllowed(REFUSALS[view.reader.seat]), say))
        return Call("views.publish", {"user_id": delivery.channel, "view": closed})
    view = replace(view, due=with_drafts(ledger, view.due, reader_id=view.reader.id, now=now))
    drawn = home.build_home(view, revision=str(delivery.id))
    return Call("views.publish", {"user_id": delivery.channel, "view": drawn})


def _reaction(ledger: Ledger, delivery: Delivery, now: datetime) -> Call | None:
    payload = delivery.payload
    arguments = {"channel": delivery.channel, "timestamp": payload["ts"], "name": payload["name"]}
    return Call("reactions.add", arguments)


def _whisper(ledger: Ledger, delivery: Delivery, now: datetime) -> Call | None:
    thread = {"thread_ts": delivery.thread_ts} if delivery.thread_ts else {}
    return Call("chat.postEphemeral", {"channel": delivery.channel, **delivery.payload, **thread})


def _update(ledger: Ledger, delivery: Delivery, now: datetime) -> Call | None:
    target = ledger.get(Delivery, delivery.target_id)
    if target is None or target.slack_ts is None:
        return None
    place = {"channel": target.slack_channel_id, "ts": target.slack_ts}
    if delivery.payload.get("remove") or (_is_to_a_person(target) and not is_let_in(ledger, target.channel)):
        return Call("chat.delete", place)
    message = _MESSAGES[target.kind](ledger, target, now, str(delivery.id))
    # Everybody in it was erased: a message that shows nobody has no reason to stand there.
    return Call("chat.update", {**place, **message}) if message else Call("chat.delete", place)


def _replacement(ledger: Ledger, delivery: Delivery, now: datetime) -> Call | None:
    place = str(delivery.id)
    match delivery.payload["what"]:
        case "entry":
            message = _logged(ledger, delivery, now, place)
        case "customer":
            message = _customer(ledger, delivery, now, f"customer.{delivery.subject_id}.{place}")
        case "sentence":
            message = delivery.payload["message"]
        case _:
            message = _list(ledger, delivery.subject_id or 0, now, f"list.{delivery.subject_id}.{place}")
    if message is None:
        return None
    body = {
        "replace_original": delivery.payload["replace_original"],
        "response_type": "ephemeral",
        **message,
    }
    return Call(RESPOND, {"url": delivery.payload["url"], "body": body})


def _list(ledger: Ledger, list_id: int, now: datetime, place: str) -> Message:
    reader = people.teammate(row_of(ledger, reader_of(ledger, list_id)))
    view = list_view(ledger, list_id, reader=reader, now=now)
    cards = _opened(ledger, view.cards, reader=reader, today=view.today, now=now)
    return lists.build_list(replace(view, cards=cards), place=place, list_id=list_id)


def _customer(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message:
    reader = people.teammate(row_of(ledger, delivery.payload["reader"]))
    today = local_day(now, reader.timezone)
    view = customer_view(ledger, delivery.subject_id or 0, today=today, reader_id=reader.id)
    card = _opened(ledger, (view.card,), reader=reader, today=today, now=now)[0]
    say = Voice.to(reader.speaks, timezone=reader.timezone, today=today)
    return customer.build_customer(replace(view, card=card), say, place=place)


def _digest(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    view = digest_view(ledger, delivery.subject_id or 0)
    if view is None:
        return None
    if view.reader is not None:
        cards = _opened(ledger, view.cards, reader=view.reader, today=view.local_on, now=now)
    else:
        cards = with_drafts(ledger, view.cards, reader_id=None, now=now)
    view = replace(view, cards=cards)
    return digest.build_digest(view, place=place)


def _logged(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    if ledger.get(Entry, delivery.subject_id) is None:
        return None
    return entry.build_entry(entry_view(ledger, delivery.subject_id or 0, now=now))


def _handed_over(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    to = people.teammate(row_of(ledger, delivery.payload["to"]))
    giver = row_of(ledger, delivery.payload["from"])
    today = local_day(now, to.timezone)
    if ledger.get(Customer, delivery.subject_id) is None:
        return None
    view = customer_view(ledger, delivery.subject_id or 0, today=today, reader_id=to.id)
    say = Voice.to(to.speaks, timezone=to.timezone, today=today)
    if view.card.relationship.owner_id != to.id:
        return handover.build_handed_on(view.card, say, from_name=giver.name, place=place)
    card = _opened(ledger, (view.card,), reader=to, today=today, now=now)[0]
    return handover.build_handover(replace(view, card=card), say, from_name=giver.name, place=place)


def _noted(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    found = noted_view(ledger, delivery, now=now)
    if found is None:
        return None
    reader = people.teammate(row_of(ledger, delivery.payload["to"]))
    today = local_day(now, reader.timezone)
    card = _opened(ledger, (found[0],), reader=reader, today=today, now=now)[0]
    return noted.build_noted(card, Voice.to_teammate(reader, today=today), place=place, waits=found[1])


def _welcome(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    row = row_of(ledger, delivery.subject_id or 0)
    return welcome.build_welcome(
        people.teammate(row),
        today=local_day(now, row.timezone),
        next_digest_at=row.next_digest_at,
        customers=customers.total(ledger),
    )


def _promotion(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    view = promotion_view(ledger, delivery.subject_id or 0)
    if view is None:
        return None
    owner = people.teammate(row_of(ledger, delivery.payload["to"]))
    say = Voice.to(owner.speaks, timezone=owner.timezone, today=local_day(now, owner.timezone))
    return promotions.build_promotion(view, say, place=place)


def _left(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    reader = people.teammate(row_of(ledger, delivery.payload["reader"]))
    heir_id = delivery.payload["to"]
    heir = row_of(ledger, heir_id).name if heir_id else None
    name = row_of(ledger, delivery.subject_id or 0).name
    say = Voice.to_teammate(reader, today=local_day(now, reader.timezone))
    return team.build_left(name, delivery.payload["count"], say, heir=heir, may_give=reader.role is Role.ADMIN)


def _shared(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    reader = people.teammate(row_of(ledger, delivery.subject_id or 0))
    say = Voice.to_teammate(reader, today=local_day(now, reader.timezone))
    return team.build_shared(delivery.payload["channel"], say)


def _covering(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    reader = people.teammate(row_of(ledger, delivery.payload["to"]))
    say = Voice.to_teammate(reader, today=local_day(now, reader.timezone))
    away = row_of(ledger, delivery.subject_id or 0)
    until_on = date.fromisoformat(delivery.payload["until"])
    # Whoever is back already needs no cover.
    return team.build_covering(away.name, until_on, say) if away.paused_until_on == until_on else None


def _unheard(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    reader = people.teammate(row_of(ledger, delivery.payload["reader"]))
    say = Voice.to_teammate(reader, today=local_day(now, reader.timezone))
    one = still_unheard(ledger, delivery, now=now)
    return unheard.build_unheard(one, say, reader_id=reader.id) if one else None


def _back(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    reader = people.teammate(row_of(ledger, delivery.subject_id or 0))
    today = local_day(now, reader.timezone)
    ended = [(nudge_id, 0) for nudge_id in delivery.payload["nudges"]]
    cards = cards_for_nudges(ledger, ended, today=today, reader_id=reader.id)
    return team.build_back(cards, Voice.to_teammate(reader, today=today)) if cards else None


def _list_post(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    if not delivery.payload["customers"]:
        return None
    channel = ledger.first(ChannelRow, col(ChannelRow.slack_channel_id) == delivery.channel)
    sharer = row_of(ledger, delivery.payload["shared_by"])
    reader = people.teammate(sharer)
    if channel is not None:
        reader = replace(reader, timezone=channel.timezone, locale=channel.locale, language=None)
    view = list_view(ledger, delivery.id, reader=reader, now=now)
    view = replace(view, cards=with_drafts(ledger, view.cards, reader_id=None, now=now))
    return lists.build_posted_list(view, asked_by=sharer.name, place=place)


def _trouble(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    view = trouble_view(ledger, delivery)
    if view is None:
        return None
    today = local_day(now, view.reader.timezone)
    return troubles.build_trouble(view, Voice.to_teammate(view.reader, today=today))


def _late(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    view = late_view(ledger, delivery, now=now)
    if view is None:
        return None
    today = local_day(now, view.reader.timezone)
    return late.build_late(view, Voice.to_teammate(view.reader, today=today))


def _proposal(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    view, row = proposal_view(ledger, delivery.subject_id or 0), people.by_slack_id(ledger, delivery.channel)
    if view is None or row is None:
        return None
    reader = people.teammate(row)
    say = Voice.to_teammate(reader, today=local_day(now, reader.timezone))
    return proposals.build_proposal(view, say, place=place)


def _text(ledger: Ledger, delivery: Delivery, now: datetime, place: str) -> Message | None:
    return dict(delivery.payload)


_CALLS: Mapping[str, Callable[[Ledger, Delivery, datetime], Call | None]] = {
    "update": _update,
    "react": _reaction,
    "home": _home,
    "whisper": _whisper,
    "replace": _replacement,
}
_MESSAGES: Mapping[str, Callable[[Ledger, Delivery, datetime, str], Message | None]] = {
    "digest": _digest,
    "logged": _logged,
    "handed_over": _handed_over,
    "noted": _noted,
    "welcome": _welcome,
    "list_post": _list_post,
    "left": _left,
    "shared": _shared,
    "covering": _covering,
    "back": _back,
    "unheard": _unheard,
    "trouble": _trouble,
    "promotion": _promotion,
    "late": _late,
    "proposal": _proposal,
    "text": _text,
}


def _opened(
    ledger: Ledger, cards: tuple[Card, ...], *, reader: Teammate, today: date, now: datetime
) -> tuple[Card, ...]:
    facts = facts_about(ledger, cards, today=today, sender=reader)
    return with_openers(with_drafts(ledger, cards, reader_id=reader.id, now=now), facts)
