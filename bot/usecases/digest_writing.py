"""Writing digests with their nudges and deliveries: one statement a table for all that were decided together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from bot.domain.model import Occasion
from bot.domain.nudges import Pick, Plan
from bot.usecases.answers_to_nudges import Waiting, open_all_once, waiting_about
from bot.usecases.digest_facts import Audience
from bot.usecases.showing import refresh_messages_of
from storage import customers, outbox, promises
from storage.columns import new_ids
from storage.ledger import Ledger

_DIGEST = """INSERT INTO digest (workspace_id, id, audience, teammate_id, channel_id, local_on, planned_at, left_out,
    next_customer_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_CARD = "INSERT INTO digest_card (workspace_id, id, digest_id, nudge_id, position) VALUES (?, ?, ?, ?, ?)"
_REASONS = "UPDATE nudge SET occasions = ? WHERE workspace_id = ? AND id = ?"
# Somebody may act on it at this moment; what they did stands.
_SUPERSEDED = "UPDATE nudge SET state = 'superseded' WHERE workspace_id = ? AND id = ? AND state = 'open'"


class Decided(NamedTuple):
    """A reader's digest of a local day before it is written, and the promises that it tells of, by customer."""

    audience: Audience
    today: date
    due_at: datetime
    plan: Plan
    owed: Mapping[int, Sequence[int]]

    @property
    def customer_ids(self) -> list[int]:
        """Whom it names, in order."""
        return [pick.relationship.customer_id for pick in self.plan.picks]


def write_digests(ledger: Ledger, decided: Sequence[Decided], *, now: datetime) -> dict[str, int]:
    """Write digests, their nudges, cards and deliveries; return the ids of the digests by their readers' keys.

    A reader who had theirs of the day is left out. So is a customer who heard from us, was put off or was handed over
    while this was decided: its row is held until all is written, so that whoever acts next sees the nudge.
    """
    standing = _still_standing(ledger, decided)
    keys = (digest.audience.key for digest in standing)
    digest_ids = dict(zip(keys, new_ids(len(standing)), strict=True))
    at = ledger.stored([now])[0]
    rows = [
        (
            ledger.workspace_id, digest_ids[digest.audience.key], digest.audience.key, digest.audience.teammate_id,
            digest.audience.channel_id, digest.today.isoformat(), at, digest.plan.left_out,
            digest.plan.next_customer_id,
        )
        for digest in standing
    ]  # fmt: skip
    if ledger.tell_each(_DIGEST, rows) < len(rows):
        digest_ids = _written(ledger, digest_ids)
        standing = [digest for digest in standing if digest.audience.key in digest_ids]
    nudge_ids = _open_nudges(ledger, standing, now=now)
    cards, messages = [], []
    card_ids = iter(new_ids(sum(len(digest.plan.picks) for digest in standing)))
    for digest in standing:
        digest_id, customer_ids = digest_ids[digest.audience.key], digest.customer_ids
        for position, customer_id in enumerate(customer_ids, start=1):
            cards.append((ledger.workspace_id, next(card_ids), digest_id, nudge_ids[customer_id], position))
            if customer_id in digest.owed:
                promises.are_told_by(ledger, digest.owed[customer_id], nudge_ids[customer_id])
        messages.append((_message(digest, digest_id), customer_ids))
    ledger.tell_each(_CARD, cards)
    outbox.owe_all(ledger, messages, now=now)
    return digest_ids


def _still_standing(ledger: Ledger, decided: Sequence[Decided]) -> list[Decided]:
    """Hold the customers that are to be named, and leave out what was overtaken since they were read."""
    if ledger.has_one_writer:
        return list(decided)
    held = customers.held(ledger, {customer_id for digest in decided for customer_id in digest.customer_ids})
    standing = []
    for digest in decided:
        picks = tuple(pick for pick in digest.plan.picks if _stands(pick, held))
        if len(picks) == len(digest.plan.picks):
            standing.append(digest)
        elif picks:
            standing.append(digest._replace(plan=digest.plan._replace(picks=picks)))
    return standing


def _stands(pick: Pick, held: Mapping[int, tuple[int | None, int | None, date | None]]) -> bool:
    as_read = pick.relationship
    return held.get(as_read.customer_id) == (as_read.owner_id, as_read.last_touch_id, as_read.nudge_from_on)


def _written(ledger: Ledger, digest_ids: Mapping[str, int]) -> dict[str, int]:
    places = ", ".join("?" * len(digest_ids))
    query = f"SELECT audience, id FROM digest WHERE workspace_id = ? AND id IN ({places})"  # noqa: S608  our own words
    return dict(ledger.ask(query, ledger.workspace_id, *digest_ids.values()))


def _open_nudges(ledger: Ledger, digests: Sequence[Decided], *, now: datetime) -> dict[int, int]:
    """Open the nudges of digests; return their ids by customer.

    A channel shares the one that is open, as does the second teammate who is told of a customer on one day: it then has
    the reasons of both. A teammate's new one supersedes that of an earlier day.
    """
    waiting = waiting_about(ledger, {customer_id for digest in digests for customer_id in digest.customer_ids})
    opened: dict[int, Waiting] = {}
    shared: dict[int, Waiting] = {}
    nudge_ids = iter(new_ids(sum(len(digest.plan.picks) for digest in digests)))
    superseded: dict[int, Waiting] = {}
    for digest in digests:
        is_channel = digest.audience.channel_id is not None
        for pick in digest.plan.picks:
            customer_id = pick.relationship.customer_id
            open_one = opened.get(customer_id) or shared.get(customer_id) or waiting.get(customer_id)
            if open_one is None or not (is_channel or customer_id in opened or open_one.planned_on == digest.today):
                if open_one is not None:
                    superseded[customer_id] = open_one
                    shared.pop(customer_id, None)
                opened[customer_id] = Waiting(
                    next(nudge_ids), customer_id, pick.relationship.owner_id, _joined(pick.occasions), digest.today
                )
            elif not is_channel:
                both = open_one._replace(occasions=_joined((*open_one.occasions.split(","), *pick.occasions)))
                (opened if customer_id in opened else shared)[customer_id] = both
    ledger.tell_each(_SUPERSEDED, [(ledger.workspace_id, old.id) for old in superseded.values()])
    ledger.tell_each(_REASONS, [(one.occasions, ledger.workspace_id, one.id) for one in shared.values()])
    if superseded or shared:
        # What the session holds of them is of before.
        ledger.session.flush()
        ledger.session.expire_all()
        refresh_messages_of(ledger, superseded, now=now)
    ids = {customer_id: one.id for customer_id, one in waiting.items()}
    return ids | open_all_once(ledger, list(opened.values()))


@cache
def _joined(reasons: tuple[str, ...]) -> str:
    return ",".join(occasion for occasion in Occasion if occasion in reasons)


def _message(digest: Decided, digest_id: int) -> outbox.Owed:
    return outbox.Owed(
        key=f"digest:{digest.audience.key}:{digest.today}",
        kind="digest",
        channel=digest.audience.slack_id,
        subject_id=digest_id,
        due_at=digest.due_at,
    )
