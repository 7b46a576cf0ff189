"""Somebody who only ever listened did something: the owner is asked once whether they should be taken in."""

from bot.blocks.ended import NAME
from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, message, section
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON, say_touch_line
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Standing, TouchKind
from bot.domain.standing import Act, PromotionView

_WROTE = Counted(
    Phrase("{name} wrote to you this month.", "{name} hat dir diesen Monat geschrieben."),
    Phrase("{name} wrote to you {number} times this month.", "{name} hat dir diesen Monat {number} Mal geschrieben."),
)
_WROTE_TWICE = Phrase("{name} wrote to you twice this month.", "{name} hat dir diesen Monat zweimal geschrieben.")
_TALKED = Counted(
    Phrase("{name} was in touch with you this month.", "{name} hatte diesen Monat Kontakt mit dir."),
    Phrase(
        "{name} was in touch with you {number} times this month.",
        "{name} hatte diesen Monat {number} Mal Kontakt mit dir.",
    ),
)
_TALKED_TWICE = Phrase(
    "{name} was in touch with you twice this month.", "{name} hatte diesen Monat zweimal Kontakt mit dir."
)
_BOUGHT = Phrase("{name} bought something {on}.", "{name} hat {on} etwas gekauft.")
_ASK = {
    Standing.PROSPECT: Phrase("Make them a prospect?", "Als Interessent aufnehmen?"),
    Standing.CUSTOMER: Phrase("Make them a customer?", "Als Kunde aufnehmen?"),
}
_MAKE = {
    Standing.PROSPECT: Phrase("Make prospect", "Aufnehmen"),
    Standing.CUSTOMER: Phrase("Make customer", "Aufnehmen"),
}
_LEAVE = Phrase("Leave as is", "So lassen")
_UNDO = Phrase("Undo", "Rückgängig")
_MADE = {
    Standing.PROSPECT: Phrase(
        "{who} made {name} a prospect {at}.", "{who} hat {name} {at} als Interessent aufgenommen."
    ),
    Standing.CUSTOMER: Phrase("{who} made {name} a customer {at}.", "{who} hat {name} {at} als Kunde aufgenommen."),
}
_LEFT = Phrase("{who} left {name} as it is {at}.", "{who} hat {name} {at} so gelassen.")
_MOOT = Phrase("There is nothing to decide about {name} any more.", "Über {name} gibt es nichts mehr zu entscheiden.")
_LABEL_MAKE = Phrase("Take {name} in", "{name} aufnehmen")
_LABEL_LEAVE = Phrase("Leave {name} as is", "{name} so lassen")
_LABEL_UNDO = Phrase("Undo this for {name}", "Für {name} rückgängig machen")

_LETTERS = frozenset({TouchKind.EMAIL, TouchKind.MESSAGE})
_SHOWN = 3
_IN_LABEL = 40


def build_promotion(view: PromotionView, say: Voice, *, place: str) -> Json:
    """Draw the card for the owner, or what became of it."""
    return message(promotion_lines(view, say), build_promotion_blocks(view, say, place=place))


def build_promotion_blocks(view: PromotionView, say: Voice, *, place: str) -> list[Json]:
    """Draw the same for a place of several things, like the App Home."""
    ref, name = view.ref, cut(_name(view), _IN_LABEL)
    if view.state != "open":
        undo = button(say(_UNDO), ActionId.PROMOTION_UNDO, ref, label=say(_LABEL_UNDO, name=name))
        return [section(_said(view, say), block_id=f"{place}.promotion", accessory=undo)]
    if not view.is_open:
        return [section(_said(view, say), block_id=f"{place}.promotion")]
    choices = [
        button(say(_MAKE[view.to]), ActionId.PROMOTE, ref, label=say(_LABEL_MAKE, name=name)),
        button(say(_LEAVE), ActionId.LEAVE_AS_IS, ref, label=say(_LABEL_LEAVE, name=name)),
    ]
    return [
        section("\n".join(promotion_lines(view, say)), block_id=f"{place}.promotion"),
        actions(choices, block_id=f"{place}.promotion.do"),
    ]


def promotion_lines(view: PromotionView, say: Voice) -> list[str]:
    """Return what the card says: the act with the question, and the touches that it rests on."""
    if not view.is_open:
        return [_said(view, say)]
    asked = f"{_said(view, say)} {say(_ASK[view.to])}"
    return [asked, *(say_touch_line(touch, say) for touch in view.acts[:_SHOWN])]


def _said(view: PromotionView, say: Voice) -> str:
    name, who = _name(view), cut(tidy(view.ended_by or ""), PERSON)
    if view.state != "open" and view.ended_at is not None:
        phrase = _MADE[view.to] if view.state == "made" else _LEFT
        return say(phrase, who=who, name=name, at=say.at(view.ended_at))
    if not view.is_open:
        return say(_MOOT, name=name)
    if view.act is Act.BOUGHT:
        bought = next((touch for touch in view.acts if touch.kind is TouchKind.PURCHASE), view.acts[0])
        return say(_BOUGHT, name=name, on=say.on(bought.on))
    wrote = all(touch.kind in _LETTERS for touch in view.acts)
    if len(view.acts) == 2:
        return say(_WROTE_TWICE if wrote else _TALKED_TWICE, name=name)
    return say.count(_WROTE if wrote else _TALKED, len(view.acts), name=name)


def _name(view: PromotionView) -> str:
    return cut(tidy(view.name), NAME) or "…"
