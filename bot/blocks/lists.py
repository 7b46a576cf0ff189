"""The answer to /whois-neglected: the same cards, for the person who asked; and that list posted in a channel."""

from dataclasses import replace
from itertools import product

from bot.blocks.cards import ROOMS, build_card, card_lines
from bot.blocks.ended import NAME, say_name
from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, divider, fits, header, message, rich, section, strong, words
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import NudgeState
from bot.domain.views import Card, ListView

_MORE = Counted(
    Phrase("{number} more is due.", "{number} weiterer ist fällig."),
    Phrase("{number} more are due.", "{number} weitere sind fällig."),
)
_MORE_NEXT = Counted(
    Phrase("{number} more is due: {name}.", "{number} weiterer ist fällig: {name}."),
    Phrase("{number} more are due; the next is {name}.", "{number} weitere sind fällig; als Nächstes käme {name}."),
)
_WORTH = Phrase("{name}, {amount}", "{name}, {amount}")
_TITLE = Counted(
    Phrase("{number} customer is going quiet", "Um {number} Kunden wird es still"),
    Phrase("{number} customers are going quiet", "Um {number} Kunden wird es still"),
)
_LOST_TITLE = Counted(
    Phrase("Silent for very long: {number} customer", "Schon sehr lange still: {number} Kunde"),
    Phrase("Silent for very long: {number} customers", "Schon sehr lange still: {number} Kunden"),
)
_LOST_MORE = Counted(
    Phrase("{number} more has been silent that long.", "{number} weiterer ist so lange still."),
    Phrase("{number} more have been silent that long.", "{number} weitere sind so lange still."),
)
_NONE_LOST = Phrase(
    "None of your customers has been silent for very long.", "Keiner deiner Kunden ist schon sehr lange still."
)
_NONE_LOST_FOR = Phrase(
    "None of the customers of {name} has been silent for very long.",
    "Keiner der Kunden von {name} ist schon sehr lange still.",
)
_NONE_LOST_AT_ALL = Phrase("No customer has been silent for very long.", "Kein Kunde ist schon sehr lange still.")
_ALL_DONE = Phrase("Nobody on this list is waiting any more", "Von dieser Liste wartet niemand mehr")
_NOBODY = Phrase("Nobody is waiting for you.", "Niemand wartet auf dich.")
_NOBODY_FOR = Phrase("Nobody is waiting for {name}.", "Niemand wartet auf {name}.")
_CUSTOMERS_OF = Phrase("Customers of {name}", "Kunden von {name}")
_NOBODY_AT_ALL = Phrase("Nobody is waiting.", "Niemand wartet.")
_UNOWNED = Phrase("Customers without an owner", "Kunden, um die sich niemand kümmert")
_NONE_UNOWNED = Phrase(
    "No customer without an owner is due.", "Kein Kunde, um den sich niemand kümmert, ist gerade fällig."
)
_NEXT_ON = Phrase("Next is {name}, {on}.", "Als Nächstes kommt {name}, {on}.")
_SHOW_MORE = Phrase("More", "Mehr")
_POST_HERE = Phrase("Post here", "Hier teilen")
_LABEL_POST = Phrase("Post this list in this channel", "Diese Liste in diesem Kanal teilen")
_ALSO = Phrase("Also on this list", "Außerdem auf dieser Liste")
_ASKED_BY = Phrase("{who} shared this list.", "{who} hat diese Liste geteilt.")


def build_list(view: ListView, *, place: str, list_id: int) -> Json:
    """Draw a list for the person who asked; its buttons carry `list_id`. An empty one says who is next."""
    say = Voice.to(view.locale, timezone=view.timezone, today=view.today)
    if not view.cards:
        nobody = _say_none(view, say)
        return message([nobody], [section(nobody, block_id=f"{place}.nobody")])
    title = _title(view, say, elsewhere=view.before + view.more)
    more = say.count(_LOST_MORE, view.more) if view.lost and view.more > 0 else say_more(view.more, None, say)
    buttons = [button(say(_SHOW_MORE), ActionId.LIST_MORE, str(list_id))] if more else []
    if view.may_be_posted:
        buttons.append(button(say(_POST_HERE), ActionId.POST_HERE, str(list_id), label=say(_LABEL_POST)))
    below = [*([section(more)] if more else ()), *([actions(buttons, block_id=f"{place}.list")] if buttons else ())]
    whose = say(_CUSTOMERS_OF, name=cut(tidy(view.owner_name), PERSON)) if view.owner_name else ""
    whose = say(_UNOWNED) if view.unowned else whose
    above = [header(title), *([section(whose)] if whose else ())]
    blocks = _fit_cards(view, say, above=above, below=below, place=place, private=True)
    lines = [line for card in view.cards for line in card_lines(card, say, show_owner=view.whole_team)]
    return message([title, whose, *lines, more or ""], blocks)


def build_posted_list(view: ListView, *, asked_by: str, place: str) -> Json:
    """Draw a list in a channel, without what was noted."""
    say = Voice.to(view.locale, timezone=view.timezone, today=view.today)
    shared = say(_ASKED_BY, who=cut(tidy(asked_by), PERSON))
    if not view.cards:
        nobody = say(_NONE_LOST_AT_ALL if view.lost else _NOBODY_AT_ALL)
        return message([nobody, shared], [section(f"{nobody} {shared}", block_id=f"{place}.nobody")])
    title = _title(view, say)
    blocks = _fit_cards(view, say, above=[header(title), section(shared)], below=[], place=place, private=False)
    lines = [line for card in view.cards for line in card_lines(card, say, private=False)]
    return message([title, shared, *lines], blocks)


def say_more(left_out: int, next_name: str | None, say: Voice, *, value: tuple[int, str] | None = None) -> str | None:
    """Say how many are due beyond the ones shown, who would be next and what they are worth; None when none are.

    "9 more are due; the next is Cedar, €4,200."
    """
    if left_out <= 0:
        return None
    name = cut(tidy(next_name or ""), NAME)
    if not name:
        return say.count(_MORE, left_out)
    return say.count(_MORE_NEXT, left_out, name=say(_WORTH, name=name, amount=say.money(*value)) if value else name)


def say_nobody(next_due: Card | None, say: Voice, *, whole_team: bool = False, owner_name: str | None = None) -> str:
    """Say that nobody is waiting for the reader, for a teammate or for anybody, and who is next and when."""
    nobody = say(_NOBODY_AT_ALL if whole_team else _NOBODY)
    if owner_name and not whole_team:
        nobody = say(_NOBODY_FOR, name=cut(tidy(owner_name), PERSON))
    if next_due is None:
        return nobody
    due = next_due.relationship.nudge_from_on or next_due.relationship.due_on
    return f"{nobody} {say(_NEXT_ON, name=say_name(next_due, say), on=say.on(due))}"


def _say_none(view: ListView, say: Voice) -> str:
    if view.unowned:
        return say(_NONE_UNOWNED)
    if not view.lost:
        return say_nobody(view.next_due, say, whole_team=view.whole_team, owner_name=view.owner_name)
    if view.whole_team:
        return say(_NONE_LOST_AT_ALL)
    return say(_NONE_LOST_FOR, name=cut(tidy(view.owner_name), PERSON)) if view.owner_name else say(_NONE_LOST)


def _title(view: ListView, say: Voice, *, elsewhere: int = 0) -> str:
    """Say how many wait: on the list, and on its other pages."""
    waiting = sum(card.state is NudgeState.OPEN for card in view.cards)
    return say.count(_LOST_TITLE if view.lost else _TITLE, waiting + max(0, elsewhere)) if waiting else say(_ALL_DONE)


def _fit_cards(
    view: ListView, say: Voice, *, above: list[Json], below: list[Json], place: str, private: bool
) -> list[Json]:
    """Draw as many cards as fit into one message, and the others as one line each; notes are cut before cards go."""
    blocks: list[Json] = []
    for count, room in product(range(len(view.cards), -1, -1), ROOMS[:2]):
        rest = [[words(card_lines(card, say, private=private)[0])] for card in view.cards[count:]]
        cards = _build_cards(replace(view, cards=view.cards[:count]), say, place=place, private=private, room=room)
        blocks = [*above, *cards, *([rich([[strong(say(_ALSO))], *rest])] if rest else ()), *below]
        if fits(blocks):
            break
    return blocks


def _build_cards(view: ListView, say: Voice, *, place: str, private: bool, room: int) -> list[Json]:
    blocks: list[Json] = []
    for number, card in enumerate(view.cards, start=1):
        show_owner = view.whole_team or not private
        drawn = build_card(card, say, place=f"{place}.{number}", private=private, show_owner=show_owner, room=room)
        blocks += [divider(), *drawn]
    return [*blocks, divider()]
