"""A touch in a few words: what it was, with whom, when and by whom."""

from collections.abc import Iterable

from bot.blocks.text import capitalized, cut, tidy
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import Direction, TouchKind, TouchView
from bot.domain.views import Drafting

PERSON = 60
NOTE = 160

KINDS = {
    TouchKind.CALL: Phrase("call", "Telefonat"),
    TouchKind.EMAIL: Phrase("email", "E-Mail"),
    TouchKind.MEETING: Phrase("meeting", "Treffen"),
    TouchKind.MESSAGE: Phrase("message", "Nachricht"),
    TouchKind.VISIT: Phrase("visit", "Besuch"),
    TouchKind.GIFT: Phrase("gift", "Geschenk"),
    TouchKind.PURCHASE: Phrase("purchase", "Kauf"),
    TouchKind.NOTE: Phrase("note", "Notiz"),
}
DIRECTIONS = {
    Direction.OUTBOUND: Phrase("We reached out", "Wir haben uns gemeldet"),
    Direction.INBOUND: Phrase("They reached out", "Sie haben sich gemeldet"),
    Direction.MUTUAL: Phrase("Both", "Beide"),
}

_WITH = Phrase("{kind} with {contact}", "{kind} mit {contact}")
_TO = Phrase("{kind} to {contact}", "{kind} an {contact}")
_FROM = Phrase("{kind} from {contact}", "{kind} von {contact}")
_VISITING = Phrase("{kind} to {contact}", "{kind} bei {contact}")
_BOUGHT = Phrase("{kind} by {contact}", "{kind} von {contact}")
_ABOUT = Phrase("{kind} about {contact}", "{kind} zu {contact}")
_LETTERS = frozenset({TouchKind.EMAIL, TouchKind.MESSAGE, TouchKind.GIFT})

_LAST = Phrase("Last: {touch}, {day}.", "Zuletzt: {touch}, {day}.")
_LAST_BY = Phrase("Last: {touch}, {day}, by {who}.", "Zuletzt: {touch}, {day}, durch {who}.")
_LINE = Phrase("{touch}, {day}.", "{touch}, {day}.")
_LINE_BY = Phrase("{touch}, {day}, by {who}.", "{touch}, {day}, durch {who}.")

_WROTE = Phrase("{who} wrote {on}; no answer yet.", "{who} hat {on} geschrieben; noch keine Antwort.")
_CALLED = Phrase("{who} called {on}.", "{who} hat {on} angerufen.")
_HEARD = Phrase("They got in touch with {who} {on}.", "Sie haben sich {on} bei {who} gemeldet.")
_DRAFTS = Phrase("{who} is drafting a message (since {time}).", "{who} entwirft gerade eine Nachricht (seit {time}).")
_IN_TOUCH = Phrase("{who} was in touch {on}.", "{who} hatte {on} Kontakt.")


def say_kind(kind: TouchKind, say: Voice) -> str:
    """Say a kind of touch as a choice of a menu."""
    return capitalized(say(KINDS[kind]))


def say_touch(touch: TouchView, say: Voice, *, private: bool = True) -> str:
    """Say what a touch was: "call with Ana Köhler", "email from Jonas". Not private: without names."""
    kind = say(KINDS[touch.kind])
    contact = cut(tidy(touch.contact or ""), PERSON) if private else ""
    return say(_joined(touch), kind=kind, contact=contact) if contact else kind


def _joined(touch: TouchView) -> Phrase:
    """The phrase that joins a kind of touch with the person at the customer."""
    if touch.kind is TouchKind.PURCHASE:
        return _BOUGHT
    if touch.kind is TouchKind.NOTE:
        return _ABOUT
    if touch.kind is TouchKind.VISIT and touch.direction is Direction.OUTBOUND:
        return _VISITING
    if touch.kind in _LETTERS and touch.direction is Direction.OUTBOUND:
        return _TO
    if touch.kind in _LETTERS | {TouchKind.VISIT} and touch.direction is Direction.INBOUND:
        return _FROM
    return _WITH


def say_last(touch: TouchView, say: Voice, *, owner_id: int | None, private: bool = True, room: int = NOTE) -> str:
    """Say the last touch with what was noted; who did it is named unless it was the owner or the customer's own doing.

    Not private: without contact and note. `room` is what a note may take.
    """
    return _sentence(_LAST, _LAST_BY, touch, say, owner_id=owner_id, private=private, room=room)


def say_touch_line(touch: TouchView, say: Voice, *, owner_id: int | None = None) -> str:
    """Say a touch in a list of touches."""
    return capitalized(_sentence(_LINE, _LINE_BY, touch, say, owner_id=owner_id, private=True, room=NOTE))


def say_colleague(touch: TouchView, say: Voice, *, private: bool = True, room: int = NOTE) -> str:
    """Say that a colleague was in touch lately: "Ben wrote on Monday; no answer yet.", with what was noted."""
    if touch.direction is Direction.INBOUND:
        phrase = _HEARD
    elif touch.kind in {TouchKind.EMAIL, TouchKind.MESSAGE} and touch.direction is Direction.OUTBOUND:
        phrase = _WROTE
    elif touch.kind is TouchKind.CALL and touch.direction is Direction.OUTBOUND:
        phrase = _CALLED
    else:
        phrase = _IN_TOUCH
    said = say(phrase, who=cut(tidy(touch.by or ""), PERSON), on=say.on(touch.on))
    return _with_note(said, touch, say, room=room if private else 0)


def say_drafts(drafting: Iterable[Drafting], say: Voice) -> list[str]:
    """Say who has a message open: "Ana is drafting a message (since 10:04)."."""
    return [say(_DRAFTS, who=cut(tidy(draft.who), PERSON), time=say.time(draft.since_at)) for draft in drafting]


def _sentence(
    plain: Phrase, by: Phrase, touch: TouchView, say: Voice, *, owner_id: int | None, private: bool, room: int
) -> str:
    who = cut(tidy(touch.by or ""), PERSON)
    theirs = touch.direction is Direction.INBOUND
    named = bool(who) and not theirs and (touch.by_id is None or touch.by_id != owner_id)
    said = say(by if named else plain, touch=say_touch(touch, say, private=private), day=say.day(touch.on), who=who)
    return _with_note(said, touch, say, room=room if private else 0)


def _with_note(said: str, touch: TouchView, say: Voice, *, room: int) -> str:
    quote = say.quote(touch.note, room) if room else None
    return f"{said} {quote}" if quote else said
