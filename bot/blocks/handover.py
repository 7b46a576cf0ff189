"""A customer changed hands: the new owner is told once, with what they need to go on."""

from bot.blocks.cards import build_buttons, say_value
from bot.blocks.customer import build_known, build_people, build_touches, customer_lines, say_when
from bot.blocks.ended import say_name
from bot.blocks.kit import Json, context, message, section
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON, say_touch
from bot.blocks.voice import Phrase, Voice
from bot.domain.views import Card, CustomerView

_GAVE = Phrase("{who} gave you {name}.", "{who} hat dir {name} übergeben.")
_TAKEN_BACK = Phrase(
    "{who} gave you {name}; by now {owner} looks after them.",
    "{who} hatte dir {name} übergeben; inzwischen kümmert sich {owner} darum.",
)
_NOBODYS = Phrase(
    "{who} gave you {name}; by now nobody looks after them.",
    "{who} hatte dir {name} übergeben; inzwischen kümmert sich niemand darum.",
)
_TOUCHES = Phrase("{many} since {month}; last: {touch}, {day}.", "{many} seit {month}; zuletzt: {touch}, {day}.")
_NONE = Phrase("Nobody has talked to them yet.", "Noch hat niemand mit ihnen gesprochen.")
_HOW_MANY = (
    Phrase("One touch", "Ein Kontakt"),
    Phrase("Two touches", "Zwei Kontakte"),
    Phrase("Three touches", "Drei Kontakte"),
    Phrase("Four touches", "Vier Kontakte"),
    Phrase("Five touches", "Fünf Kontakte"),
)


def build_handover(view: CustomerView, say: Voice, *, from_name: str, place: str) -> Json:
    """Draw the message to the new owner. `view` holds at most five touches, newest first."""
    first = f"{say(_GAVE, who=cut(tidy(from_name), PERSON), name=say_name(view.card, say))} {_history(view, say)}"
    blocks = [
        section(first, block_id=f"{place}.gave"),
        section(say_when(view, say), block_id=f"{place}.why"),
        context(say_value(view.card, say)),
        *build_touches(view, say),
        *build_people(view, say),
        *build_known(view, say),
        build_buttons(view.card, say, place=place),
    ]
    return message([first, *customer_lines(view, say)], blocks)


def build_handed_on(card: Card, say: Voice, *, from_name: str, place: str) -> Json:
    """Draw the same message once the customer is somebody else's again: taken back, or handed on."""
    owner = cut(tidy(card.owner_name or ""), PERSON)
    who = {"who": cut(tidy(from_name), PERSON), "name": say_name(card, say)}
    said = say(_TAKEN_BACK, owner=owner, **who) if owner else say(_NOBODYS, **who)
    return message([said], [section(said, block_id=f"{place}.gave")])


def _history(view: CustomerView, say: Voice) -> str:
    if not view.touches:
        return say(_NONE)
    shown = view.touches[: len(_HOW_MANY)]
    newest, oldest = shown[0], shown[-1]
    return say(
        _TOUCHES,
        many=say(_HOW_MANY[len(shown) - 1]),
        month=say.month(oldest.on),
        touch=say_touch(newest, say),
        day=say.day(newest.on),
    )
