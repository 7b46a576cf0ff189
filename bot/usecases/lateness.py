"""Telling an admin that digests are late: nobody notices a message that did not come."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col

from bot.domain.model import Teammate
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.views import LateView
from bot.usecases.troubles import admin_to_tell
from storage import late, outbox, people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Delivery, TeammateRow

LATE_AFTER = timedelta(hours=1)
# A digest is given up within hours; what was given up on the day before was told then.
LOST_SINCE = timedelta(hours=12)


def find_outages(store: Store, *, now: datetime) -> dict[int, tuple[datetime, int]]:
    """Return the workspaces whose digests are late because nothing ticked: since when, and for how many people.

    To be asked before the digests of this tick are planned: planning moves everybody's hour on.
    """
    with store.session(writes=False) as session:
        return late.overslept(session, before=now - LATE_AFTER)


def tell_of_outages(store: Store, outages: dict[int, tuple[datetime, int]], *, now: datetime) -> None:
    """Owe an admin of each workspace the news that the bot was away."""
    for workspace_id, (since_at, count) in outages.items():
        with store.write(workspace_id) as ledger:
            payload = {"since": since_at.isoformat(), "until": now.isoformat(), "count": count}
            if not _told_with(ledger, payload):
                _owe(ledger, f"late:away:{since_at.isoformat()}", payload, now=now)


def tell_of_waiting(store: Store, *, now: datetime) -> None:
    """Owe an admin the news that digests have waited for Slack for over an hour, once a day."""
    before = now - LATE_AFTER
    with store.session(writes=False) as session:
        # What nobody could send, because the bot was away, does not wait for Slack.
        awake = late.ticked_since(session, before)
        waiting = late.waiting_digests(session, before=before)
    for workspace_id in awake & waiting.keys():
        with store.write(workspace_id) as ledger:
            _owe(ledger, f"late:{now.date()}", {}, now=now)


def tell_of_lost(ledger: Ledger, *, now: datetime) -> None:
    """Owe an admin the news that a digest was given up, once a day: whoever waits for it is not told by silence."""
    _owe(ledger, f"late:lost:{now.date()}", {"lost": True}, now=now)


def tell_of_unplanned(ledger: Ledger, audience: str, *, since_at: datetime, now: datetime) -> None:
    """Owe an admin the news, once a day, that an audience's digest of `since_at` can't be planned, once it is late."""
    if now - since_at >= LATE_AFTER:
        payload = {"unplanned": audience, "since": since_at.isoformat()}
        _owe(ledger, f"late:unplanned:{now.date()}", payload, now=now)


def _told_with(ledger: Ledger, payload: dict[str, Any]) -> bool:
    """Take up an outage in the news of an earlier one that could not be told yet; say whether there is such news."""
    waiting = ledger.first(Delivery, col(Delivery.kind) == "late", col(Delivery.state).in_(outbox.OWED))
    if waiting is None or "until" not in waiting.payload:
        return False
    waiting.payload = {
        **payload,
        "since": waiting.payload["since"],
        "count": waiting.payload["count"] + payload["count"],
    }
    ledger.add(waiting)
    return True


def _owe(ledger: Ledger, key: str, payload: dict[str, Any], *, now: datetime) -> None:
    admin = admin_to_tell(ledger)
    if admin is None or admin.slack_user_id is None:
        return
    due_at = reachable_at(now, quiet_hours_of(admin), admin.timezone)
    owed = outbox.Owed(
        key=key, kind="late", channel=admin.slack_user_id, subject_id=admin.id, payload=payload, due_at=due_at
    )  # fmt: skip
    outbox.owe(ledger, owed, now=now)


def late_view(ledger: Ledger, delivery: Delivery, *, now: datetime) -> LateView | None:
    """Return what an admin is told now; None when what waited has arrived before they heard of it."""
    row = ledger.get(TeammateRow, delivery.subject_id)
    if row is None:
        return None
    reader: Teammate = people.teammate(row)
    if "lost" in delivery.payload:
        lost = late.lost_digests(ledger, since=delivery.created_at - LOST_SINCE)
        return LateView(reader, len(lost), min(lost), None, is_lost=True) if lost else None
    if "until" in delivery.payload:
        since_at, until_at = (datetime.fromisoformat(delivery.payload[name]) for name in ("since", "until"))
        return LateView(reader, delivery.payload["count"], since_at, until_at)
    if "unplanned" in delivery.payload:
        since_at = datetime.fromisoformat(delivery.payload["since"])
        came = late.planned_since(ledger, delivery.payload["unplanned"], since_at)
        return None if came else LateView(reader, 1, since_at, None, is_unplanned=True)
    with_slack = late.waiting_digests(ledger.session, before=now - LATE_AFTER).get(ledger.workspace_id)
    return LateView(reader, with_slack[1], with_slack[0], None) if with_slack else None
