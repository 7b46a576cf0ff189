"""The forms that log a touch and that correct one: customer, kind, who reached out, day, note."""

from datetime import date

from bot.blocks.ids import Field, OptionsId, ViewId
from bot.blocks.kit import Json, datepicker, external_select, labelled, modal, option, select, typed
from bot.blocks.modals_card import CANCEL, KIND, NOTE, NOTE_HINT, WHEN
from bot.blocks.text import cut, tidy
from bot.blocks.touches import DIRECTIONS, say_kind
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import Direction, TouchKind, TouchView
from bot.domain.touch_reading import Said

_LOG_TITLE = Phrase("Log a touch", "Kontakt eintragen")
_LOG_SUBMIT = Phrase("Log", "Eintragen")
_CHANGE_TITLE = Phrase("Change a touch", "Kontakt ändern")
_CHANGE_SUBMIT = Phrase("Change", "Ändern")
_CUSTOMER = Phrase("Customer", "Kunde")
_CUSTOMER_PLACEHOLDER = Phrase("Type a name", "Name eingeben")
_WHO = Phrase("Who reached out?", "Wer hat sich gemeldet?")

Named = tuple[int, str]


def build_log(
    say: Voice,
    *,
    customer: Named | None = None,
    kind: TouchKind = TouchKind.CALL,
    direction: Direction = Direction.OUTBOUND,
    on: date | None = None,
    note: str = "",
    metadata: str = "",
) -> Json:
    """Draw "Log a touch", filled with what is known; `customer` is (id, name), `on` today unless given."""
    fields = _fields(say, customer, kind, direction, on or say.today, note)
    return modal(ViewId.LOG, say(_LOG_TITLE), fields, submit=say(_LOG_SUBMIT), close=say(CANCEL), metadata=metadata)


def build_log_of(note: str, said: Said | None, say: Voice, *, customer: Named | None, written_on: date) -> Json:
    """Draw "Log a touch" for a message that was written on a day: as it was understood, else a call of that day."""
    if said is None:
        return build_log(say, customer=customer, on=written_on, note=note)
    kind = TouchKind.CALL if said.kind_guessed else said.kind
    on = said.on if said.on <= say.today else written_on
    return build_log(say, customer=customer, kind=kind, direction=said.direction, on=on, note=note)


def build_change(line_id: int, touch: TouchView, say: Voice, *, customer: Named) -> Json:
    """Draw the form that corrects a logged line; the line's id is its metadata."""
    fields = _fields(say, customer, touch.kind, touch.direction, touch.on, touch.note or "")
    return modal(
        ViewId.CHANGE,
        say(_CHANGE_TITLE),
        fields,
        submit=say(_CHANGE_SUBMIT),
        close=say(CANCEL),
        metadata=str(line_id),
    )


def customer_option(customer: Named) -> Json:
    """A customer as a choice of a menu, as the search answers it too."""
    customer_id, name = customer
    return option(cut(tidy(name), 75) or "…", str(customer_id))


def _fields(
    say: Voice, customer: Named | None, kind: TouchKind, direction: Direction, on: date, note: str
) -> list[Json]:
    chosen = customer_option(customer) if customer else None
    kinds = [option(say_kind(each, say), each) for each in TouchKind]
    directions = [option(say(phrase), each) for each, phrase in DIRECTIONS.items()]
    return [
        labelled(say(_CUSTOMER), external_select(OptionsId.CUSTOMER, say(_CUSTOMER_PLACEHOLDER), chosen=chosen)),
        labelled(say(KIND), select(Field.KIND, kinds, chosen=kind)),
        labelled(say(_WHO), select(Field.DIRECTION, directions, chosen=direction)),
        labelled(say(WHEN), datepicker(Field.ON, chosen=on)),
        labelled(say(NOTE), typed(Field.NOTE, value=note, lines=True), hint=say(NOTE_HINT), optional=True),
    ]
