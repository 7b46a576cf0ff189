"""For how long things are kept: admins set it, and see what a shorter time erases before it is written."""

from dataclasses import asdict

from bot.blocks.ids import Field
from bot.blocks.modals_retention import build_confirm_retention, build_retention, say_retention
from bot.blocks.sentence_modal import build_said_modal
from bot.errors import InputRefused
from bot.usecases import retention
from bot.usecases.retention import Retention
from handlers.edge import Answer, Visit
from handlers.forms import chosen


def handle_retention(visit: Visit) -> Answer:
    """Open the form that says for how long things are kept."""
    with visit.look() as ledger:
        retention.may_set_retention(ledger, visit.teammate)
        kept = retention.retention_of(ledger)
    limits = retention.SHORTEST_DAYS, retention.LONGEST_DAYS, retention.LONGEST_MONTHS
    visit.open(build_retention(kept.messages_days, kept.notes_months, visit.voice, limits=limits))
    return None


def submit_retention(visit: Visit) -> Answer:
    """Write what erases nothing at once; show what else would be erased, and ask."""
    wanted = Retention(_number(visit, Field.KEEP_MESSAGES) or 0, _number(visit, Field.KEEP_NOTES))
    with visit.look() as ledger:
        retention.may_set_retention(ledger, visit.teammate)
        forgotten = retention.would_forget(ledger, wanted, now=visit.now)
    if not forgotten.anything:
        return _write(visit, wanted)
    view = build_confirm_retention(
        asdict(forgotten), visit.voice, messages_from=wanted.messages_from(visit.now),
        notes_from=wanted.notes_from(visit.now), wanted=f"{wanted.messages_days}|{wanted.notes_months or ''}",
    )  # fmt: skip
    return {"response_action": "update", "view": view}


def submit_retention_confirm(visit: Visit) -> Answer:
    """Write what an admin confirmed."""
    days, _, months = visit.private.partition("|")
    return _write(visit, Retention(int(days), int(months) if months else None))


def _write(visit: Visit, wanted: Retention) -> Answer:
    with visit.effect() as ledger:
        retention.keep_for(ledger, wanted, now=visit.now, by=visit.teammate, place="modal")
    sentence = say_retention(wanted.messages_days, wanted.notes_months, visit.voice)
    return {"response_action": "update", "view": build_said_modal(sentence)}


def _number(visit: Visit, field: Field) -> int | None:
    typed = chosen(visit, field)
    if typed and not (typed.isascii() and typed.isdigit()):
        raise InputRefused("'{typed}' is not a whole number.", about=field, typed=typed)
    return int(typed) if typed else None
