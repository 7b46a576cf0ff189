"""Digests by hand, from the command line: drawn without writing, or planned and sent at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col

from bot.app import Keepwarm
from bot.delivery.draw import draw
from bot.domain.working_time import instant_at
from bot.settings import Settings
from bot.usecases.digest_rounds import plan_now
from bot.usecases.teammates import find_owner, row_of
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState, TeammateRow


def _plan(ledger: Ledger, *, moment: datetime, whole_day: bool, owners: Sequence[str] | None) -> list[int]:
    """Plan the digests of a moment; of a whole day, at each person's own hour."""
    named = [row_of(ledger, find_owner(ledger, name).id) for name in owners] if owners else None
    rows = named or [row for row in ledger.rows(TeammateRow) if row.slack_user_id]
    if not whole_day:
        return plan_now(ledger, now=moment, owners=rows)
    return [
        digest_id
        for row in rows
        for digest_id in plan_now(ledger, now=instant_at(moment.date(), row.digest_minute, row.timezone), owners=[row])
    ]


def drawn_digests(
    store: Store, workspace_id: int, *, moment: datetime, whole_day: bool, owners: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Return the `chat.postMessage` arguments of the digests of a moment; nothing is written."""
    with store.session() as session:
        ledger = Ledger(session, workspace_id)
        planned = _plan(ledger, moment=moment, whole_day=whole_day, owners=owners)
        deliveries = ledger.rows(Delivery, col(Delivery.kind) == "digest", col(Delivery.subject_id).in_(planned))
        calls = [draw(ledger, delivery, now=moment) for delivery in deliveries]
        session.rollback()
    return [call.arguments for call in calls if call is not None]


def send_planned(
    settings: Settings,
    store: Store,
    workspace_id: int,
    *,
    moment: datetime,
    whole_day: bool,
    owners: Sequence[str] | None,
) -> tuple[int, int]:
    """Plan the digests of a moment and send them; return how many were sent, of how many. A second time plans none."""
    keepwarm = Keepwarm(settings, store)
    keepwarm.get_in()
    with store.write(workspace_id) as ledger:
        planned = _plan(ledger, moment=moment, whole_day=whole_day, owners=owners)
        for delivery in ledger.rows(Delivery, col(Delivery.kind) == "digest", col(Delivery.subject_id).in_(planned)):
            # Whatever moment was asked for, it is sent now, and not too late.
            delivery.due_at = delivery.created_at = keepwarm.clock()
            ledger.add(delivery)
    keepwarm.dispatcher.drain()
    with store.read(workspace_id) as ledger:
        sent = ledger.rows(
            Delivery,
            col(Delivery.kind) == "digest",
            col(Delivery.subject_id).in_(planned),
            col(Delivery.state) == DeliveryState.SENT,
        )
    return len(sent), len(planned)
