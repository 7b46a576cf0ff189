"""The list that a person asked for: who is going quiet, kept as it was shown so that its buttons can change it."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col

from bot.domain.model import NudgeState, Teammate
from bot.domain.views import Card, ListView
from bot.domain.working_time import local_day
from bot.errors import NotFound
from bot.usecases.cards import cards_for, cards_for_nudges
from storage import customers, neglect_list, outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState, Nudge

DEFAULT_LIMIT = 5
MOST_CARDS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for. `owner_id` is ignored for the whole team; days are a silence longer than that."""

    owner_id: int | None
    whole_team: bool = False
    segment_id: int | None = None
    limit: int = DEFAULT_LIMIT
    silent_over_days: int | None = None
    offset: int = 0
    words: str = ""


def open_list(ledger: Ledger, question: Question, *, by: Teammate, channel: str, now: datetime) -> int:
    """Choose the customers of a list and keep the choice; return its id, which its buttons carry."""
    today = local_day(now, by.timezone)
    found = neglect_list.neglected(
        ledger,
        today=today,
        limit=min(question.limit, MOST_CARDS),
        offset=question.offset,
        owner_id=question.owner_id,
        whole_team=question.whole_team,
        segment_ids=frozenset({question.segment_id}) if question.segment_id else None,
        silent_over_days=question.silent_over_days,
    )
    list_id = new_id()
    payload = {"question": asdict(question), "by": by.id, "customers": [r.customer_id for r in found]}
    ledger.insert_once(
        Delivery,
        {
            "id": list_id,
            "key": f"list:{list_id}",
            "kind": "list",
            "channel": channel,
            "payload": payload,
            "state": DeliveryState.SENT,
            "due_at": now,
            "created_at": now,
            "sent_at": now,
            "attempts": 0,
        },
    )
    return list_id


def question_of(ledger: Ledger, list_id: int) -> Question:
    """Return what a list answered. Raises NotFound when it is gone."""
    return Question(**_payload(ledger, list_id)["question"])


def list_view(ledger: Ledger, list_id: int, *, reader: Teammate, now: datetime) -> ListView:
    """Return a list as it stands now: the customers that were chosen, each with what became of it since."""
    payload = _payload(ledger, list_id)
    question = Question(**payload["question"])
    today = local_day(now, reader.timezone)
    chosen: list[int] = payload["customers"]
    found = customers.by_ids(ledger, chosen)
    plain = cards_for(ledger, [found[i] for i in chosen if i in found], today=today, reader_id=reader.id)
    since = ledger.get(Delivery, list_id)
    cards = [
        replace(_newest(ledger, card, since.created_at if since else now, today, reader), position=number)
        for number, card in enumerate(plain, start=1)
    ]
    total = customers.count_neglected(
        ledger,
        today=today,
        owner_id=question.owner_id,
        whole_team=question.whole_team,
        segment_ids=frozenset({question.segment_id}) if question.segment_id else None,
        silent_over_days=question.silent_over_days,
    )
    still_due = sum(card.state is NudgeState.OPEN for card in cards)
    next_up = customers.next_due(ledger, owner_id=question.owner_id or reader.id, today=today)
    return ListView(
        cards=tuple(cards),
        more=max(0, total - question.offset - still_due),
        asked=question.words,
        locale=reader.speaks,
        timezone=reader.timezone,
        today=today,
        next_due=cards_for(ledger, [next_up], today=today)[0] if next_up and not cards else None,
        whole_team=question.whole_team,
    )


def _newest(ledger: Ledger, card: Card, since: datetime, today: date, reader: Teammate) -> Card:
    """Return the card with the nudge that was open, or was ended, since the list was shown."""
    nudges = ledger.rows(
        Nudge,
        col(Nudge.customer_id) == card.relationship.customer_id,
        (col(Nudge.state) == NudgeState.OPEN) | (col(Nudge.ended_at) >= since),
        order_by=col(Nudge.id).desc(),
    )
    if not nudges:
        return card
    return cards_for_nudges(ledger, [(nudges[0].id, 0)], today=today, reader_id=reader.id)[0]


def reader_of(ledger: Ledger, list_id: int) -> int:
    """Return the id of the teammate who asked for a list."""
    return int(_payload(ledger, list_id)["by"])


def _payload(ledger: Ledger, list_id: int) -> dict[str, Any]:
    row = ledger.get(Delivery, list_id)
    if row is None or row.kind not in {"list", "list_post"}:
        raise NotFound("That list is gone. Ask for it again with /whois-neglected.")
    return row.payload


def owe_replacement(ledger: Ledger, subject_id: int, response_url: str, *, what: str, now: datetime) -> None:
    """Owe a private message its new look, through the address that Slack gave for half an hour.

    `what` is "list" or "entry", and `subject_id` its id.
    """
    _owe_answer(ledger, subject_id, response_url, what=what, replace_original=True, now=now)


def owe_private_list(ledger: Ledger, list_id: int, response_url: str, *, now: datetime) -> None:
    """Owe a list to the person who pressed a button, below the message that the button stands on."""
    _owe_answer(ledger, list_id, response_url, what="list", replace_original=False, now=now)


def _owe_answer(
    ledger: Ledger, subject_id: int, response_url: str, *, what: str, replace_original: bool, now: datetime
) -> None:
    owed = outbox.Owed(
        key=f"replace:{subject_id}:{new_id()}",
        kind="replace",
        channel=f"{what}:{subject_id}",
        subject_id=subject_id,
        payload={"url": response_url, "what": what, "replace_original": replace_original},
    )
    outbox.owe(ledger, owed, now=now)


def next_page(question: Question) -> Question:
    """Return the question for the customers after those that a list showed."""
    return replace(question, offset=question.offset + question.limit)


def post_list(ledger: Ledger, list_id: int, *, slack_channel_id: str, by: Teammate, now: datetime) -> None:
    """Owe a channel the list that a person asked for, once, without what was noted. The caller checked the channel."""
    payload = _payload(ledger, list_id)
    owed = outbox.Owed(
        key=f"list_post:{list_id}:{slack_channel_id}",
        kind="list_post",
        channel=slack_channel_id,
        payload={**payload, "shared_by": by.id},
    )
    outbox.owe(ledger, owed, now=now, customer_ids=payload["customers"])


def segment_names(ledger: Ledger) -> dict[str, int]:
    """Return the ids of the workspace's segments by name."""
    return {segment.name: segment.id for segment in customers.segments(ledger).values()}
