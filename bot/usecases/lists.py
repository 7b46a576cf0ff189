"""The list that a person asked for: who is going quiet, kept as it was shown so that its buttons can change it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.domain.audit import Verb
from bot.domain.model import Teammate
from bot.domain.views import ListView
from bot.domain.working_time import local_day
from bot.errors import NotFound
from bot.usecases import audit, covers
from bot.usecases.cards import cards_for, with_nudges
from bot.usecases.looking import look_at
from storage import customers, neglect_list, outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState

DEFAULT_LIMIT = 5
MOST_CARDS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for. `owner_id` is ignored for the whole team; days are a silence longer than that.
    `owner_name` is set when they are somebody else's than the person's who asks. `lost` asks for those who have been
    silent for too long, whom the digest leaves out.

    `covered_ids` are the teammates who are away and whose customers are on the list of the person who asks.

    `seen_ids` are the customers on the pages before: they are left out, so that none is skipped when some of them are
    done meanwhile.
    """

    owner_id: int | None
    whole_team: bool = False
    segment_id: int | None = None
    limit: int = DEFAULT_LIMIT
    silent_over_days: int | None = None
    seen_ids: Sequence[int] = ()
    owner_name: str | None = None
    lost: bool = False
    unowned: bool = False
    covered_ids: Sequence[int] = ()


def open_list(ledger: Ledger, question: Question, *, by: Teammate, channel: str, now: datetime) -> int:
    """Choose the customers of a list and keep the choice; return its id, which its buttons carry.

    On one's own list are the customers of those whom one covers for while they are away, as in the digest.
    """
    today = local_day(now, by.timezone)
    if question.owner_id == by.id and not question.whole_team:
        question = replace(question, covered_ids=covers.covered_by(ledger, by.id, today=today))
    found = neglect_list.neglected(
        ledger,
        today=today,
        limit=min(question.limit, MOST_CARDS),
        owner_id=question.owner_id,
        covered_ids=question.covered_ids,
        whole_team=question.whole_team,
        segment_ids=frozenset({question.segment_id}) if question.segment_id else None,
        silent_over_days=question.silent_over_days,
        except_ids=question.seen_ids,
        lost=question.lost,
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
    audit.note_seen(ledger, [r.customer_id for r in found], now=now, by_id=by.id, place="list")
    return list_id


def list_view(ledger: Ledger, list_id: int, *, reader: Teammate, now: datetime) -> ListView:
    """Return a list as it stands now: the customers that were chosen, each with what became of it since."""
    ledger = look_at(ledger)
    payload = _payload(ledger, list_id)
    question = Question(**payload["question"])
    today = local_day(now, reader.timezone)
    chosen: list[int] = payload["customers"]
    found = customers.by_ids(ledger, chosen)
    plain = cards_for(ledger, [found[i] for i in chosen if i in found], today=today, reader_id=reader.id)
    row = ledger.get(Delivery, list_id)
    since = row.created_at if row else now
    nudged = with_nudges(ledger, plain, since=since, today=today, reader_id=reader.id)
    cards = [replace(card, position=number) for number, card in enumerate(nudged, start=1)]
    more = _count(ledger, question, today=today, except_ids=[*question.seen_ids, *chosen])
    others = _count(ledger, question, today=today, except_ids=chosen) if question.seen_ids else more
    whose = None if question.unowned else question.owner_id or reader.id
    says_next = not (cards or question.lost)
    next_up = customers.next_due(ledger, owner_id=whose, today=today) if says_next else None
    return ListView(
        cards=tuple(cards),
        more=more,
        locale=reader.speaks,
        timezone=reader.timezone,
        today=today,
        next_due=cards_for(ledger, [next_up], today=today)[0] if next_up else None,
        whole_team=question.whole_team,
        owner_name=question.owner_name,
        lost=question.lost,
        unowned=question.unowned,
        before=others - more,
        may_be_posted=not (row and row.channel.startswith("D")),
    )


def _count(ledger: Ledger, question: Question, *, today: date, except_ids: Sequence[int]) -> int:
    return neglect_list.count_neglected(
        ledger,
        today=today,
        owner_id=question.owner_id,
        covered_ids=question.covered_ids,
        whole_team=question.whole_team,
        segment_ids=frozenset({question.segment_id}) if question.segment_id else None,
        silent_over_days=question.silent_over_days,
        except_ids=except_ids,
        lost=question.lost,
    )


def reader_of(ledger: Ledger, list_id: int) -> int:
    """Return the id of the teammate who asked for a list."""
    return int(_payload(ledger, list_id)["by"])


def _payload(ledger: Ledger, list_id: int) -> dict[str, Any]:
    row = ledger.get(Delivery, list_id)
    if row is None or row.kind not in {"list", "list_post"}:
        raise NotFound("That list is gone. Ask for it again with /whois-neglected.")
    return row.payload


def owe_replacement(
    ledger: Ledger, subject_id: int, response_url: str, *, what: str, now: datetime, reader_id: int | None = None
) -> None:
    """Owe a private message its new look, through the address that Slack gave for half an hour.

    `what` is "list", "entry" or "customer", and `subject_id` its id; a customer is drawn for the reader.
    """
    _owe_answer(ledger, subject_id, response_url, what=what, replace_original=True, now=now, reader_id=reader_id)


def owe_private_list(ledger: Ledger, list_id: int, response_url: str, *, now: datetime) -> None:
    """Owe a list to the person who pressed a button, below the message that the button stands on."""
    _owe_answer(ledger, list_id, response_url, what="list", replace_original=False, now=now)


def _owe_answer(
    ledger: Ledger,
    subject_id: int,
    response_url: str,
    *,
    what: str,
    replace_original: bool,
    now: datetime,
    reader_id: int | None = None,
) -> None:
    owed = outbox.Owed(
        key=f"replace:{subject_id}:{new_id()}",
        kind="replace",
        channel=f"{what}:{subject_id}",
        subject_id=subject_id,
        payload={"url": response_url, "what": what, "replace_original": replace_original, "reader": reader_id},
    )
    outbox.owe(ledger, owed, now=now)


def next_page(ledger: Ledger, list_id: int) -> Question:
    """Return the question for the customers after those that a list showed. Raises NotFound when it is gone."""
    payload = _payload(ledger, list_id)
    question = Question(**payload["question"])
    return replace(question, seen_ids=[*question.seen_ids, *payload["customers"]])


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
    audit.note_seen(ledger, payload["customers"], now=now, by_id=by.id, place=slack_channel_id, verb=Verb.SHARED)


def segment_names(ledger: Ledger) -> dict[str, int]:
    """Return the ids of the workspace's segments by name."""
    return {segment.name: segment.id for segment in customers.segments(ledger).values()}
