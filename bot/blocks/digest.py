"""The digest: the few customers of the day, best first, in one message. Reading its first two lines is enough."""

from itertools import chain

from bot.blocks.cards import ROOMS, build_card, build_short_card, card_lines
from bot.blocks.ended import say_name
from bot.blocks.ids import ActionId, QuieterChoice
from bot.blocks.kit import Json, button, divider, fits, header, message, mrkdwn, option, overflow, section
from bot.blocks.lists import say_more
from bot.blocks.reasons import say_why_short
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Frequency, NudgeState
from bot.domain.views import Card, DigestView

_HEADER = Counted(
    Phrase("{weekday}: {number} person to write to", "{weekday}: bei {number} Person melden"),
    Phrase("{weekday}: {number} people to write to", "{weekday}: bei {number} Leuten melden"),
)
_ALL_DONE = Phrase("{weekday}: nobody is waiting any more", "{weekday}: niemand wartet mehr")
_FIRST = Phrase("{name} first: {why}.", "{name} zuerst: {why}.")
SEE_ALL = Phrase("See all", "Alle zeigen")
_HINT = Phrase(
    "Reply in the thread to log: `{example}`",
    "Antworte im Thread, um etwas einzutragen: `{example}`",
)
_EXAMPLE = Phrase("{number} called yesterday", "{number} gestern angerufen")
_EXAMPLE_ALONE = Phrase("called yesterday", "gestern angerufen")
_TOO_OFTEN = Phrase("Too often? The menu here changes that.", "Zu oft? Das Menü hier ändert das.")
_WEEKLY = Phrase("Once a week", "Einmal die Woche")
_DAILY = Phrase("Every working day", "Jeden Arbeitstag")
_PAUSE = Phrase("Pause for a week", "Eine Woche Pause")
_OFF = Phrase("No more digests", "Keine Übersichten mehr")


def build_digest(view: DigestView, *, place: str) -> Json:
    """Draw a digest for its reader, or for a channel without what was noted. `place` is new with every update."""
    say = Voice.to(view.locale, timezone=view.timezone, today=view.local_on)
    private = view.reader is not None
    open_cards = [card for card in view.cards if card.state is NudgeState.OPEN]
    title = _header(len(open_cards), say)
    first = _first(open_cards[0], say, private=private) if open_cards else None
    more = say_more(view.left_out, view.next_name, say, value=view.next_value)

    above = [header(title), *([section(first)] if first else ())]
    below = [divider(), *_build_more(more, view, say, place=place), _footer(view, say, place=place)]
    blocks: list[Json] = []
    # First notes are cut, then the last cards lose their buttons for a menu: all of them are there, whatever they say.
    tries = chain(((len(view.cards), room) for room in ROOMS), ((whole, 0) for whole in range(len(view.cards))[::-1]))
    for whole, room in tries:
        cards = _build_cards(view, say, place=place, private=private, whole=whole, room=room)
        blocks = [*above, *cards, *below]
        if fits(blocks):
            break

    lines = [title, first or ""]
    for card in view.cards:
        lines += card_lines(card, say, private=private)
    return message([*lines, more or ""], blocks)


def _build_cards(view: DigestView, say: Voice, *, place: str, private: bool, whole: int, room: int) -> list[Json]:
    blocks: list[Json] = []
    for number, card in enumerate(view.cards, start=1):
        here = f"{place}.{number}"
        if number <= whole or card.state is not NudgeState.OPEN:
            blocks += [divider(), *build_card(card, say, place=here, private=private, room=room)]
        else:
            blocks += [divider(), build_short_card(card, say, place=here, private=private)]
    return blocks


def _build_more(more: str | None, view: DigestView, say: Voice, *, place: str) -> list[Json]:
    if not more:
        return []
    see_all = button(say(SEE_ALL), ActionId.LIST_MORE, f"digest.{view.id}")
    return [section(more, block_id=f"{place}.all", accessory=see_all)]


def _header(waiting: int, say: Voice) -> str:
    weekday = say.weekday(say.today)
    return say.count(_HEADER, waiting, weekday=weekday) if waiting else say(_ALL_DONE, weekday=weekday)


def _first(card: Card, say: Voice, *, private: bool) -> str:
    """Say whom to write to first, and why, in half a line."""
    why = say_why_short(card.reason, today=say.today, locale=say.locale, private=private)
    return say(_FIRST, name=say_name(card, say), why=why)


def _footer(view: DigestView, say: Voice, *, place: str) -> Json:
    """How to log by replying, and for a person how to get this less often; for a channel /keepwarm sets that."""
    alone = len(view.cards) == 1
    example = say(_EXAMPLE_ALONE) if alone else say(_EXAMPLE, number=view.cards[min(1, len(view.cards) - 1)].position)
    hint = say(_HINT, example=example)
    if view.reader is None:
        return mrkdwn(hint, block_id=f"{place}.hint")
    weekly = view.reader.digest_frequency is Frequency.WEEKLY
    choices = [
        option(say(_DAILY), QuieterChoice.DAILY) if weekly else option(say(_WEEKLY), QuieterChoice.WEEKLY),
        option(say(_PAUSE), QuieterChoice.PAUSE),
        option(say(_OFF), QuieterChoice.OFF),
    ]
    return mrkdwn(f"{hint}\n{say(_TOO_OFTEN)}", block_id=f"{place}.hint", accessory=overflow(ActionId.QUIETER, choices))
