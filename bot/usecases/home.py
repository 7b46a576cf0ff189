"""The App Home of one teammate: what is due, what is coming, what sleeps, and how the bot is set."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.attention import budget_of
from bot.domain.model import Role, Teammate
from bot.domain.views import HomeView
from bot.domain.working_time import local_day
from bot.usecases.attention import Spender, backlog_of, spent_this_week
from bot.usecases.cards import cards_for
from bot.usecases.circle import circle_view
from bot.usecases.covers import is_away, last_cover
from bot.usecases.home_due import due_cards, due_today
from bot.usecases.looking import look_at
from bot.usecases.policies import segment_states
from bot.usecases.promotions import open_promotions
from bot.usecases.quieter import open_proposals
from storage import customers, neglect_list, people, standings
from storage.ledger import Ledger
from storage.models import Customer, Delivery, Digest, TeammateRow

SHOWN = 10
COMING_DAYS = 7
SHOWN_NAMES = 3


def home_view(ledger: Ledger, teammate_id: int, *, now: datetime) -> HomeView | None:
    """Return what a teammate sees in the App Home; None when they are not known."""
    ledger = look_at(ledger)
    row = ledger.get(TeammateRow, teammate_id)
    if row is None:
        return None
    reader = people.teammate(row)
    today = local_day(now, reader.timezone)
    due = due_today(ledger, reader, today=today, limit=SHOWN)
    coming = customers.coming(ledger, owner_id=reader.id, today=today, days=COMING_DAYS, limit=SHOWN)
    asleep, asleep_total = customers.snoozed(ledger, teammate_id=reader.id, today=today, limit=SHOWN)
    shown = {r.customer_id: r for r in (*(pick.relationship for pick in due.picks), *coming, *asleep)}
    plain = dict(zip(shown, cards_for(ledger, shown.values(), today=today, reader_id=reader.id), strict=True))
    budget = budget_of(reader)
    cover = last_cover(ledger, reader.id, today=today) if is_away(row, today) else None
    owned, in_rhythm = customers.counts(ledger, owner_id=reader.id, today=today)
    unanswering, unanswering_total = standings.unanswering(ledger, owner_id=reader.id, limit=SHOWN_NAMES)
    return HomeView(
        reader=reader,
        today=today,
        due=due_cards(ledger, reader, due, plain, today=today),
        due_total=due.total,
        coming=tuple(plain[r.customer_id] for r in coming),
        snoozed=tuple(plain[r.customer_id] for r in asleep),
        snoozed_total=asleep_total,
        owned=owned,
        touched_in_rhythm=in_rhythm,
        frequency=reader.digest_frequency,
        next_digest_at=row.next_digest_at,
        last_digest_at=_last_digest_at(ledger, reader),
        is_admin=reader.role is Role.ADMIN,
        unowned=_unowned(ledger) if reader.role is Role.ADMIN else 0,
        circle=circle_view(ledger, reader, today=today) if owned else None,
        promotions=open_promotions(ledger, reader),
        unanswering=tuple(unanswering),
        unanswering_total=unanswering_total,
        segments=tuple(segment_states(ledger, counts_customers=False)) if row.role is Role.ADMIN else (),
        proposals=open_proposals(ledger) if reader.role is Role.ADMIN else (),
        backlog=backlog_of(
            ledger, reader, due=due.going_quiet, today=today, shown=due.shown, covered_ids=due.covered_ids
        ),
        budget=budget,
        covered_by=cover.name if cover else None,
        spent=spent_this_week(ledger, [Spender(reader.id, budget)], today=today)[reader.id] if budget else 0,
        lost_total=neglect_list.count_neglected(
            ledger, today=today, owner_id=reader.id, covered_ids=due.covered_ids, lost=True
        ),
    )


def _last_digest_at(ledger: Ledger, reader: Teammate) -> datetime | None:
    query = (
        select(func.max(col(Delivery.sent_at)))
        .join(
            Digest,
            (col(Digest.workspace_id) == col(Delivery.workspace_id)) & (col(Digest.id) == col(Delivery.subject_id)),
        )
        .where(
            col(Delivery.workspace_id) == ledger.workspace_id,
            col(Delivery.kind) == "digest",
            col(Digest.teammate_id) == reader.id,
        )
    )
    found: datetime | None = ledger.session.execute(query).scalar_one()
    return found


def _unowned(ledger: Ledger) -> int:
    query = select(func.count()).where(
        col(Customer.workspace_id) == ledger.workspace_id, col(Customer.owner_id).is_(None)
    )
    return int(ledger.session.execute(query).scalar_one())
