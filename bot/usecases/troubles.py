"""Telling an admin, once, that Slack takes nothing somewhere: what is owed there waits until it is mended."""

from datetime import datetime

from sqlmodel import col

from bot.domain.model import Role, Seat, Teammate
from bot.domain.quiet_hours import quiet_hours_of, reachable_at
from bot.domain.views import TroubleView
from storage import installs, lanes, outbox, people
from storage.ledger import Ledger
from storage.models import Delivery, DeliveryState, TeammateRow, Workspace

# Not a lane: the token that Slack gives for a refresh token.
NEXT_TOKEN = "token"  # noqa: S105


def owe_trouble(ledger: Ledger, lane: str, *, error: str, now: datetime) -> None:
    """Owe an admin the news of a lane that Slack has begun to refuse.

    While a whole workspace is refused the news waits with everything else, and is the first to arrive. It waits for the
    end of the admin's quiet hours too: whoever is to be woken watches /readyz and /metrics.
    """
    admin = admin_to_tell(ledger)
    if admin is None or admin.slack_user_id is None:
        return
    owed = outbox.Owed(
        key=f"trouble:{lane}:{now.isoformat()}",
        kind="trouble",
        channel=admin.slack_user_id,
        subject_id=admin.id,
        payload={"lane": lane, "error": error, "since": now.isoformat()},
        due_at=reachable_at(now, quiet_hours_of(admin), admin.timezone),
    )
    outbox.owe(ledger, owed, now=now)


def admin_to_tell(ledger: Ledger) -> Teammate | None:
    """Return whoever installed the bot, else the admin who is here longest, if messages reach them."""
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    installer = workspace.slack_installer_id if workspace else None
    rows = ledger.rows(
        TeammateRow, col(TeammateRow.slack_user_id).is_not(None), col(TeammateRow.seat) == Seat.MEMBER,
        order_by=col(TeammateRow.id),
    )  # fmt: skip
    fit = [row for row in rows if row.slack_user_id == installer or row.role is Role.ADMIN]
    reached = [row for row in fit if lanes.trouble(ledger, row.slack_user_id or "") is None]
    reached.sort(key=lambda row: row.slack_user_id != installer)
    return people.teammate(reached[0]) if reached else None


def trouble_view(ledger: Ledger, delivery: Delivery) -> TroubleView | None:
    """Return what an admin is told now; None when a place is in order again before they heard of it."""
    lane, row = delivery.payload["lane"], ledger.get(TeammateRow, delivery.subject_id)
    if row is None:
        return None
    if lane == NEXT_TOKEN:
        is_mended = not installs.has_token_error(ledger.session, ledger.workspace_id)
    else:
        is_mended = lane != lanes.EVERYTHING and lanes.trouble(ledger, lane) is None
    if is_mended:
        return None
    waiting = ledger.rows(
        Delivery, col(Delivery.state).in_(outbox.OWED), col(Delivery.channel) == lane
    )  # fmt: skip
    return TroubleView(
        reader=people.teammate(row),
        lane=lane,
        error=delivery.payload["error"].partition(" ")[0],
        since_at=datetime.fromisoformat(delivery.payload["since"]),
        waiting=sum(found.state is not DeliveryState.SENDING for found in waiting),
        is_everything=lane == lanes.EVERYTHING,
        is_person=lane.startswith(("U", "W")),
        is_method="." in lane,
        is_token=lane == NEXT_TOKEN,
    )
