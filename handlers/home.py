"""The App Home, settings, and the shortcuts: what opens a form."""

from datetime import UTC, datetime

from bot.blocks.modals_customer import build_add_customer
from bot.blocks.modals_log import build_log, build_log_of
from bot.domain.slack_text import plain_text
from bot.domain.working_time import local_day
from bot.usecases import customers, entries, lists, teammates
from handlers.dates import past_dates
from handlers.edge import Answer, Visit
from handlers.showing import show_settings


def handle_home_opened(visit: Visit) -> Answer:
    """Draw the App Home for the person who opened it; the first person of a workspace is welcomed."""
    with visit.effect() as ledger:
        teammates.welcome(ledger, visit.teammate, now=visit.now)
        if visit.body["event"].get("tab") == "home":
            teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return None


def handle_settings(visit: Visit) -> Answer:
    """Open a person's own settings."""
    with visit.look() as ledger:
        drawn = show_settings(ledger, visit)
    visit.open(drawn)
    return None


def handle_resume(visit: Visit) -> Answer:
    """Let the digests come again."""
    with visit.effect() as ledger:
        teammates.change_settings(ledger, visit.teammate.id, now=visit.now, resume=True)
    return None


def handle_log(visit: Visit) -> Answer:
    """Open the form that logs a touch."""
    teammates.may_write(visit.teammate)
    visit.open(build_log(visit.voice))
    return None


def handle_log_message(visit: Visit) -> Answer:
    """Open the form that logs a touch, with the message it was asked for as the note, filled with what it says."""
    teammates.may_write(visit.teammate)
    message = visit.body.get("message") or {}
    written_at = datetime.fromtimestamp(float(message.get("ts") or visit.now.timestamp()), UTC)
    written_on = local_day(written_at, visit.teammate.timezone)
    with visit.look() as ledger:
        note = plain_text(str(message.get("text") or ""), teammates.names_by_slack_id(ledger))
        named, said = entries.read_message(
            ledger, note, by=visit.teammate, find_date=past_dates(visit, written_on=written_on), written_at=written_at
        )
    customer = (named.id, named.name) if named else None
    visit.open(build_log_of(note, said, visit.voice, customer=customer, written_on=written_on))
    return None


def handle_add_customer(visit: Visit) -> Answer:
    """Open the form that adds a customer."""
    teammates.may_write(visit.teammate)
    with visit.look() as ledger:
        segments, currency = list(lists.segment_names(ledger)), customers.base_currency(ledger)
    visit.open(build_add_customer(visit.voice, segments=segments, currency=currency))
    return None
