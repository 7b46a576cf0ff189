"""Buttons of a confirmation: undo, change, and the answers to what the bot asked."""

from collections.abc import Callable
from datetime import date

from bot.blocks.modals_log import build_change
from bot.usecases import entry_answers, lists, teammates
from bot.usecases.desk import Ledger
from handlers.edge import Answer, Visit
from handlers.places import private_answer
from handlers.showing import note_shown


def handle_undo(visit: Visit) -> Answer:
    """Take a logged line back."""
    return _answer(
        visit, lambda ledger: entry_answers.undo_line(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    )


def handle_leave(visit: Visit) -> Answer:
    """Leave a question unanswered."""
    return _answer(
        visit, lambda ledger: entry_answers.leave_line(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    )


def handle_customer(visit: Visit) -> Answer:
    """Say which customer a line is about, by a button or from the menu of all customers."""
    line_id, customer_id = _two(visit)
    return _answer(
        visit,
        lambda ledger: entry_answers.answer_customer(
            ledger, int(line_id), int(customer_id), by=visit.teammate, now=visit.now
        ),
    )


def handle_picked_customer(visit: Visit) -> Answer:
    """Say which customer a line is about, from the menu; its block carries the line."""
    if "view" in visit.body:
        return None
    line_id = int(str(visit.action["block_id"]).split(".")[1])
    return _answer(
        visit,
        lambda ledger: entry_answers.answer_customer(
            ledger, line_id, int(visit.value), by=visit.teammate, now=visit.now
        ),
    )


def handle_date(visit: Visit) -> Answer:
    """Say which day was meant."""
    line_id, day = _two(visit)
    return _answer(
        visit,
        lambda ledger: entry_answers.answer_date(
            ledger, int(line_id), date.fromisoformat(day), by=visit.teammate, now=visit.now
        ),
    )


def handle_remind(visit: Visit) -> Answer:
    """Take what was said as a plan: the customer comes back on that day."""
    line_id, day = _two(visit)
    return _answer(
        visit,
        lambda ledger: entry_answers.remind_instead(
            ledger, int(line_id), date.fromisoformat(day), by=visit.teammate, now=visit.now
        ),
    )


def handle_promise(visit: Visit) -> Answer:
    """Keep what a line says is to be done, and tell of it on its day, or on the other that was meant."""
    line_id, day = _two(visit)
    on = date.fromisoformat(day) if day else None
    return _answer(
        visit, lambda ledger: entry_answers.remind(ledger, int(line_id), by=visit.teammate, now=visit.now, on=on)
    )


def handle_forget(visit: Visit) -> Answer:
    """Take back the reminder of a line."""
    return _answer(
        visit, lambda ledger: entry_answers.forget(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    )


def handle_change(visit: Visit) -> Answer:
    """Open the form that corrects a logged touch."""
    teammates.may_write(visit.teammate)
    with visit.showing() as ledger:
        customer_id, name, touch = entry_answers.touch_of_line(ledger, int(visit.value), by=visit.teammate)
        note_shown(ledger, visit, customer_id)
    view = build_change(int(visit.value), touch, visit.voice, customer=(customer_id, name))
    visit.open({**view, "private_metadata": f"{visit.value}|{private_answer(visit)}"})
    return None


def _two(visit: Visit) -> tuple[str, str]:
    first, _, second = visit.value.partition(":")
    return first, second


def _answer(visit: Visit, act: Callable[[Ledger], int]) -> Answer:
    teammates.may_write(visit.teammate)
    with visit.effect() as ledger:
        entry_id = act(ledger)
        if url := private_answer(visit):
            lists.owe_replacement(ledger, entry_id, url, what="entry", now=visit.now)
    return None
