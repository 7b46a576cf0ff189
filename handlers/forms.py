"""Submitted modals: read the fields, run one use-case, close."""

from collections.abc import Sequence
from datetime import date

from bot.blocks.ids import Field
from bot.blocks.said import added
from bot.blocks.sentence_modal import build_said_modal
from bot.blocks.unheard import say_unheard
from bot.domain.covering import Unheard
from bot.domain.model import Direction, Frequency, Source, TouchKind
from bot.domain.views import CardRef
from bot.errors import InputRefused
from bot.usecases import customers, drafting, entries, entry_answers, lists, nudges, teammates, unheard
from bot.usecases.desk import Ledger
from handlers.dates import days_ahead, until_day
from handlers.edge import Answer, Visit
from handlers.places import show_again
from handlers.showing import show_customer_modal


def chosen(visit: Visit, name: Field) -> str:
    """Return what was typed or chosen in a field; empty when nothing was."""
    state = visit.fields.get(name) or {}
    option = state.get("selected_option") or {}
    found = option.get("value") or state.get("selected_date") or state.get("selected_user") or state.get("value") or ""
    return str(found).strip()


def all_chosen(visit: Visit, name: Field) -> list[str]:
    """Return the values of every box that is ticked."""
    state = visit.fields.get(name) or {}
    return [str(option["value"]) for option in state.get("selected_options") or []]


def _card(visit: Visit) -> CardRef:
    return CardRef.parse(visit.private.split("|", 1)[0])


def show_everywhere(ledger: Ledger, visit: Visit) -> None:
    """Change what the form was opened from: a private message, a customer's modal below it; and the App Home."""
    show_again(ledger, visit)
    below = visit.body["view"].get("previous_view_id")
    if below:
        view = show_customer_modal(ledger, visit, _card(visit).customer_id)
        visit.client.views_update(view_id=below, view=view)
    teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)


def _note(visit: Visit) -> str | None:
    return chosen(visit, Field.NOTE) or None


def _day(visit: Visit) -> date:
    return date.fromisoformat(chosen(visit, Field.ON)) if chosen(visit, Field.ON) else visit.today


def submit_done(visit: Visit) -> Answer:
    """Log a touch with its details and end the nudge."""
    with visit.effect() as ledger:
        nudges.mark_done(
            ledger,
            _card(visit),
            by=visit.teammate,
            now=visit.now,
            kind=TouchKind(chosen(visit, Field.KIND) or TouchKind.MESSAGE),
            direction=Direction(chosen(visit, Field.DIRECTION) or Direction.OUTBOUND),
            on=_day(visit),
            note=_note(visit),
        )
        show_everywhere(ledger, visit)
    return None


def submit_draft(visit: Visit) -> Answer:
    """Log that the drafted message was sent, by hand, today."""
    with visit.effect() as ledger:
        kind = TouchKind(chosen(visit, Field.KIND) or TouchKind.EMAIL)
        nudges.mark_done(ledger, _card(visit), by=visit.teammate, now=visit.now, kind=kind)
        drafting.end_draft(ledger, _card(visit).customer_id, by=visit.teammate, now=visit.now)
        show_everywhere(ledger, visit)
    return None


def submit_snooze(visit: Visit) -> Answer:
    """Let a customer sleep until the day that was typed or picked, else until the preset one."""
    words, picked, preset = chosen(visit, Field.WORDS), chosen(visit, Field.ON), chosen(visit, Field.PRESET)
    day = until_day(visit, words) if words else date.fromisoformat(picked or preset)
    if picked and day != date.fromisoformat(picked):
        raise InputRefused(
            "'{words}' is {typed}, and the calendar above says {picked}. Which of the two? Clear the other one.",
            about=Field.WORDS,
            words=words,
            typed=visit.voice.calendar_day(day),
            picked=visit.voice.calendar_day(date.fromisoformat(picked)),
        )
    with visit.effect() as ledger:
        because = chosen(visit, Field.REASON) or None
        nudges.snooze(ledger, _card(visit), until_on=day, by=visit.teammate, now=visit.now, because=because)
        show_everywhere(ledger, visit)
    return None


def submit_dismiss(visit: Visit) -> Answer:
    """Stop nudging about a customer; the reason is kept."""
    because = chosen(visit, Field.NOTE) or chosen(visit, Field.REASON)
    if not because:
        raise InputRefused("Choose why, or write it in your words.", about=Field.REASON)
    with visit.effect() as ledger:
        nudges.dismiss(ledger, _card(visit), because=because, by=visit.teammate, now=visit.now)
        show_everywhere(ledger, visit)
    return None


def submit_hand_over(visit: Visit) -> Answer:
    """Give a customer to a teammate."""
    to = visit.desk.meet(visit.workspace_id, chosen(visit, Field.TEAMMATE), now=visit.now)
    with visit.effect() as ledger:
        nudges.hand_over(
            ledger,
            _card(visit),
            to=teammates.row_of(ledger, to.id),
            by=visit.teammate,
            now=visit.now,
            note=_note(visit),
        )
        show_everywhere(ledger, visit)
    return None


def submit_log(visit: Visit) -> Answer:
    """Log a touch from the form; a message that it was opened from is kept as the note."""
    teammates.may_write(visit.teammate)
    if not chosen(visit, Field.CUSTOMER):
        raise InputRefused("Choose the customer.", about=Field.CUSTOMER)
    with visit.effect() as ledger:
        entries.log_form(
            ledger,
            customer_id=int(chosen(visit, Field.CUSTOMER)),
            kind=TouchKind(chosen(visit, Field.KIND) or TouchKind.MESSAGE),
            direction=Direction(chosen(visit, Field.DIRECTION) or Direction.OUTBOUND),
            on=_day(visit),
            note=_note(visit),
            by=visit.teammate,
            source=Source.SHORTCUT,
            find_ahead=days_ahead(visit),
            now=visit.now,
        )
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return None


def submit_change(visit: Visit) -> Answer:
    """Correct a logged touch."""
    line_id, _, url = visit.private.partition("|")
    with visit.effect() as ledger:
        entry_id = entry_answers.change_line(
            ledger,
            int(line_id),
            customer_id=int(chosen(visit, Field.CUSTOMER)),
            kind=TouchKind(chosen(visit, Field.KIND)),
            direction=Direction(chosen(visit, Field.DIRECTION)),
            on=_day(visit),
            note=_note(visit),
            by=visit.teammate,
            now=visit.now,
        )
        if url:
            lists.owe_replacement(ledger, entry_id, url, what="entry", now=visit.now)
    return None


def _quiet_hours(visit: Visit) -> tuple[int, int] | None:
    begins = chosen(visit, Field.QUIET_FROM)
    return (int(begins), int(chosen(visit, Field.QUIET_UNTIL))) if begins.isdigit() else None


def submit_settings(visit: Visit) -> Answer:
    """Write a person's own settings."""
    pause = chosen(visit, Field.PAUSE)
    language = chosen(visit, Field.LANGUAGE)
    minute, cover = int(chosen(visit, Field.HOUR)), chosen(visit, Field.COVER)
    who_covers = visit.desk.meet(visit.workspace_id, cover, now=visit.now) if cover else None
    with visit.effect() as ledger:
        teammates.change_calendar(
            ledger,
            visit.teammate.id,
            holidays=chosen(visit, Field.HOLIDAYS),
            quiet=_quiet_hours(visit),
            cover=who_covers,
            digest_minute=minute,
        )
        teammates.change_settings(
            ledger,
            visit.teammate.id,
            now=visit.now,
            digest_minute=minute,
            work_days="".join(all_chosen(visit, Field.DAYS)),
            frequency=Frequency(chosen(visit, Field.FREQUENCY)),
            language=None if language == "slack" else language,
            budget=chosen(visit, Field.BUDGET),
            pause_until_on=date.fromisoformat(pause) if pause else None,
            resume=not pause,
        )
        unheard_now = unheard.concerning(ledger, visit.teammate.id, now=visit.now)
    return _said_of(unheard_now, visit) if unheard_now else None


def _said_of(unheard_now: Sequence[Unheard], visit: Visit) -> Answer:
    sentences = [say_unheard(one, visit.voice, reader_id=visit.teammate.id) for one in unheard_now]
    return {"response_action": "update", "view": build_said_modal(" ".join(sentences))}


def submit_add_customer(visit: Visit) -> Answer:
    """Add a customer that the person looks after, and say so in place of the form."""
    teammates.may_write(visit.teammate)
    typed = chosen(visit, Field.VALUE)
    currency = chosen(visit, Field.CURRENCY).upper() or None
    new = customers.NewCustomer(
        name=chosen(visit, Field.NAME),
        segment=chosen(visit, Field.SEGMENT) or None,
        value=typed or None,
        currency=currency,
        contact=chosen(visit, Field.CONTACT) or None,
        email=chosen(visit, Field.EMAIL) or None,
        since_on=date.fromisoformat(chosen(visit, Field.SINCE)) if chosen(visit, Field.SINCE) else None,
    )
    with visit.effect() as ledger:
        customers.add_customer(ledger, new, owner=visit.teammate, today=visit.today)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return {"response_action": "update", "view": build_said_modal(added(new.name, visit.voice))}


def submit_pick_customer(visit: Visit) -> Answer:
    """Show the customer that was picked, in place of the picker."""
    with visit.showing() as ledger:
        return {
            "response_action": "update",
            "view": show_customer_modal(ledger, visit, int(chosen(visit, Field.CUSTOMER))),
        }
