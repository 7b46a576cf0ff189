"""What audiences' digests named lately, so that they do not repeat themselves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.model import Occasion
from storage.customers import day_reader
from storage.ledger import Ledger


class Shown(NamedTuple):
    """A customer in a digest of a local day, for which occasions it was there, and whether its nudge still waits."""

    customer_id: int
    on: date
    occasions: Sequence[str]
    nudge_id: int
    waits: bool


# One that waits after an attempt has not arrived; one of another day that waits for its turn will not be sent any more.
_UNSEEN = """SELECT 1 FROM delivery m
WHERE m.workspace_id = d.workspace_id AND m.kind = 'digest' AND m.subject_id = d.id
    AND (m.state IN ('cancelled', 'failed')
        OR (m.state = 'pending' AND (m.first_attempt_at IS NOT NULL OR d.local_on < ?)))"""
# With LIKE and a parameter SQLite would prepare this anew every time, which takes four times as long as the answer.
# CROSS keeps SQLite to this order; PostgreSQL finds it. All digests of a batch in one statement would be a minute's
# work for a PostgreSQL that has not counted these tables yet.
_SHOWN = f"""SELECT n.customer_id, d.local_on, n.occasions, n.id, n.state
FROM digest d CROSS JOIN digest_card c CROSS JOIN nudge n
WHERE d.workspace_id = ? AND d.audience = ? AND d.local_on > ?
    AND c.workspace_id = d.workspace_id AND c.digest_id = d.id
    AND n.workspace_id = d.workspace_id AND n.id = c.nudge_id
    AND (d.local_on > ? OR REPLACE(n.occasions, '{Occasion.RENEWAL}', '') <> n.occasions) AND n.state <> 'snoozed'
    AND NOT EXISTS ({_UNSEEN})"""  # noqa: S608  our own words


def shown_to(
    ledger: Ledger, audiences: Sequence[str], *, today: date, since: date, renewals_since: date
) -> Mapping[str, Sequence[Shown]]:
    """Return by audience whom its digests named after a day, and whose renewal they named after an earlier one.

    A card that somebody put off is left out: it is to come back. So is a digest that nobody can have seen, because
    Slack could not be reached or did not take it, or because its day is over.
    """
    days = (min(since, renewals_since).isoformat(), since.isoformat(), today.isoformat())
    each = [(ledger.workspace_id, audience, *days) for audience in audiences]
    read = day_reader(ledger)
    return {
        audience: [
            Shown(customer_id, read(on), occasions.split(","), nudge_id, state == "open")
            for customer_id, on, occasions, nudge_id, state in rows
        ]
        for audience, rows in zip(audiences, ledger.ask_each(_SHOWN, each), strict=True)
    }
