"""The inner circle in the App Home: who sits in it, who drifts out of it, and lurkers who knocked."""

from bot.blocks.ended import NAME
from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, context, divider, section
from bot.blocks.promotions import build_promotion_blocks
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.circle import CircleView, Drifting
from bot.domain.views import CardRef, HomeView

_CIRCLE = Phrase(
    "Inner circle, {taken} of {seats} seats: {names}.", "Innerer Kreis, {taken} von {seats} Plätzen: {names}."
)
_EMPTY = Counted(
    Phrase(
        "Inner circle: nobody yet. /customer shows the card on which to give the one seat.",
        "Innerer Kreis: noch niemand. Auf der Karte von /customer vergibst du den einen Platz.",
    ),
    Phrase(
        "Inner circle: nobody yet. /customer shows the card on which to give one of {number} seats.",
        "Innerer Kreis: noch niemand. Auf der Karte von /customer vergibst du einen von {number} Plätzen.",
    ),
)
_NO_SEATS = Phrase("Inner circle: there are no seats.", "Innerer Kreis: Es gibt keine Plätze.")
_OVER = Counted(
    Phrase(
        "That is one more than there are seats. Who leaves? Their card frees a seat.",
        "Das ist einer mehr, als es Plätze gibt. Wer geht? Auf der Karte wird ein Platz frei.",
    ),
    Phrase(
        "That is {number} more than there are seats. Who leaves? Their card frees a seat.",
        "Das sind {number} mehr, als es Plätze gibt. Wer geht? Auf der Karte wird ein Platz frei.",
    ),
)
_MORE = Phrase("{number} more", "{number} weitere")
_DRIFTS = Phrase(
    "{name} is in your inner circle; you have talked every {span} lately. Keep the seat, or free it?",
    "{name} ist in deinem inneren Kreis; zuletzt habt ihr alle {span} gesprochen. Platz behalten oder freigeben?",
)
_KEEP = Phrase("Keep the seat", "Platz behalten")
_FREE = Phrase("Free it", "Freigeben")
_LABEL_KEEP = Phrase("Keep the seat of {name}", "Platz von {name} behalten")
_LABEL_FREE = Phrase("Free the seat of {name}", "Platz von {name} freigeben")
_SEATS = Phrase("Seats", "Plätze")
_UNANSWERING = Counted(
    Phrase(
        "{names} never answered, so your digest leaves them out. /customer shows why, and takes them back in.",
        "{names} hat nie geantwortet und fehlt deshalb in der Übersicht. /customer zeigt warum und ändert es.",
    ),
    Phrase(
        "{names} never answered, so your digest leaves them out. /customer shows why, and takes them back in.",
        "{names} haben nie geantwortet und fehlen deshalb in der Übersicht. /customer zeigt warum und ändert es.",
    ),
)
_NAMES = 8
_SHORT = 40


def build_circle(view: HomeView, say: Voice, *, place: str) -> list[Json]:
    """Draw what the teammate's circle looks like and what is to be decided about it; nothing before it is known."""
    if view.circle is None:
        return []
    blocks: list[Json] = [divider()]
    for number, promotion in enumerate(view.promotions, start=1):
        blocks += build_promotion_blocks(promotion, say, place=f"{place}.promotion.{number}")
    seats = button(say(_SEATS), ActionId.OPEN_SEATS) if view.is_admin else None
    blocks.append(section(_say_circle(view.circle, say), block_id=f"{place}.circle", accessory=seats))
    for drifting in view.circle.drifting:
        blocks += _build_drifting(drifting, say, place=place)
    if view.unanswering_total:
        blocks.append(context(_say_unanswering(view, say)))
    return blocks


def _say_circle(circle: CircleView, say: Voice) -> str:
    seats = circle.seats
    if not circle.members:
        return say.count(_EMPTY, seats.each) if seats.each else say(_NO_SEATS)
    names = [cut(tidy(member.name), _SHORT) or "…" for member in circle.members]
    said = say(_CIRCLE, taken=seats.taken, seats=seats.each, names=_named(names[:_NAMES], len(names), say))
    return f"{said} {say.count(_OVER, seats.taken - seats.each)}" if seats.taken > seats.each else said


def _build_drifting(drifting: Drifting, say: Voice, *, place: str) -> list[Json]:
    name, ref = cut(tidy(drifting.name), NAME) or "…", str(CardRef(drifting.customer_id))
    label, here = cut(name, _SHORT), f"{place}.drifts.{drifting.customer_id}"
    return [
        section(say(_DRIFTS, name=name, span=say.span(max(1, drifting.lately_days))), block_id=here),
        actions(
            [
                button(say(_KEEP), ActionId.KEEP_SEAT, ref, label=say(_LABEL_KEEP, name=label)),
                button(say(_FREE), ActionId.FREE_SEAT, ref, label=say(_LABEL_FREE, name=label)),
            ],
            block_id=f"{here}.do",
        ),
    ]


def _say_unanswering(view: HomeView, say: Voice) -> str:
    names = [cut(tidy(name), _SHORT) or "…" for name in view.unanswering]
    return say.count(_UNANSWERING, view.unanswering_total, names=_named(names, view.unanswering_total, say))


def _named(names: list[str], total: int, say: Voice) -> str:
    more = total - len(names)
    return say.names([*names, say(_MORE, number=more)] if more > 0 else names)
