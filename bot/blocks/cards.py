"""A customer as a card: who, why, what was last, what it is worth, and what can be done about it.

In private the card shows everything. In a channel, which an admin allowed, it leaves out what was noted, who the
contacts are and the suggestion made from both: the reason, the owner and the value are enough to act on.
"""

from math import ceil

from bot.blocks.ended import say_ended, say_name
from bot.blocks.ids import ActionId, MoreChoice
from bot.blocks.kit import Json, actions, button, option, overflow, rich, section, strong, words
from bot.blocks.reasons import say_why
from bot.blocks.standing_said import STANDINGS
from bot.blocks.text import cut, tidy
from bot.blocks.touches import NOTE, PERSON, say_colleague, say_drafts, say_last
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import NudgeState, Standing
from bot.domain.nudges import can_undo
from bot.domain.views import Card

SUGGESTION = 200
# What notes and suggestions may take, in the order in which it is tried until a message of several cards fits.
ROOMS = (NOTE, 60, 0)
_SEGMENT = 40
_URL = 500
_IN_LABEL = 40
_WHY = 160

DONE = Phrase("Done", "Erledigt")
DRAFT = Phrase("Draft", "Entwurf")
SNOOZE = Phrase("Snooze", "Später")
UNDO = Phrase("Undo", "Rückgängig")
_WAKE = Phrase("Wake", "Aufwecken")
WHY = Phrase("Why?", "Warum?")
_LABEL_DONE = Phrase("Mark {name} as done", "{name} als erledigt eintragen")
_LABEL_DRAFT = Phrase("Draft a message to {name}", "Nachricht an {name} entwerfen")
_LABEL_SNOOZE = Phrase("Snooze {name}", "{name} zurückstellen")
_LABEL_UNDO = Phrase("Undo this for {name}", "Für {name} rückgängig machen")
_LABEL_WAKE = Phrase("Wake {name}", "{name} aufwecken")
_LABEL_WHY = Phrase("Why {name} is here", "Warum {name} hier steht")
_LABEL_LESS_OFTEN = Phrase("Talk to all of {segment} every {span}", "Mit allen aus {segment} alle {span} sprechen")
_LABEL_HAND_OVER = Phrase("Hand over {name}", "{name} übergeben")
_LABEL_DISMISS = Phrase("Stop showing {name}", "{name} nicht mehr zeigen")

_DETAILS = Phrase("Done, with details…", "Erledigt, mit Angaben…")
HAND_OVER = Phrase("Hand over…", "Übergeben…")
_NOT_RELEVANT = Phrase("Not relevant…", "Nicht relevant…")
_SHOW = Phrase("Show customer", "Kunden ansehen")
_OPEN_CRM = Phrase("Open in CRM", "Im CRM öffnen")

VALUE = Phrase("{amount} a year", "{amount} im Jahr")
NO_VALUE = Phrase(
    "No value known; ranked as the middle of {segment}", "Wert unbekannt; eingestuft als Mitte von {segment}"
)
OWNER = Phrase("Owner: {owner}", "Zuständig: {owner}")
_AWAY = Phrase("For {owner}, who is away until {day}.", "Für {owner}, abwesend bis {day}.")
NO_OWNER = Phrase("No owner", "Niemand zuständig")

_THIRD_SNOOZE = Phrase(
    "That's the third time for {name}. Talk less often (every {span}), hand over, or stop?",
    "Das ist das dritte Mal bei {name}. Seltener sprechen (alle {span}), übergeben oder aufhören?",
)
_LESS_OFTEN = Phrase("{segment}: every {span}", "{segment}: alle {span}")
_STOP = Phrase("Stop…", "Aufhören…")


def build_card(
    card: Card, say: Voice, *, place: str, private: bool = True, show_owner: bool | None = None, room: int = NOTE
) -> list[Json]:
    """Draw a card. `place` makes its block ids unique within the message and new with every update.

    The owner is named unless the card is private; `show_owner` decides otherwise. `room` is what a note and a
    suggestion may take; without room both go, and the CRM and the question after three snoozes with them.
    """
    if card.state is not NudgeState.OPEN:
        return build_ended(card, say, place=place, private=private)
    facts = _facts(card, say, show_owner=not private if show_owner is None else show_owner)
    title = [strong(_title(card, say)), words(f" · {' · '.join(facts)}")]
    lines = [title, *([words(line)] for line in _lines(card, say, private=private, room=room))]
    suggestion = cut(tidy(card.suggestion or ""), min(SUGGESTION, room)) if private and room else ""
    asks = card.ask_about_cadence and room > 0
    return [
        rich(lines, quote=suggestion, block_id=f"{place}.card"),
        *([section(_cadence_question(card, say), block_id=f"{place}.often")] if asks else ()),
        build_buttons(card, say, place=place, asks=asks, brief=not room),
    ]


def build_short_card(card: Card, say: Voice, *, place: str, private: bool = True) -> Json:
    """Draw a card in a paragraph with a menu, where a message has no room for its buttons."""
    title = f"{_title(card, say)} · {' · '.join(_facts(card, say, show_owner=not private))}"
    why = say_why(card.reason, today=say.today, locale=say.locale, private=private)
    menu = overflow(ActionId.MORE, _menu(card, say))
    return section(f"{title}\n{cut(why, _WHY)}", block_id=f"{place}.card", accessory=menu)


def card_lines(card: Card, say: Voice, *, private: bool = True, show_owner: bool | None = None) -> list[str]:
    """Return all that a card says, as lines for a screen reader."""
    if card.state is not NudgeState.OPEN:
        return [say_ended(card, say, private=private)]
    facts = _facts(card, say, show_owner=not private if show_owner is None else show_owner)
    lines = [f"{_title(card, say)}: {say_why(card.reason, today=say.today, locale=say.locale, private=private)}"]
    lines += _lines(card, say, private=private)[1:]
    lines.append(". ".join(facts) + ".")
    if private and card.suggestion:
        lines.append(cut(tidy(card.suggestion), SUGGESTION))
    if card.ask_about_cadence:
        lines.append(_cadence_question(card, say))
    return lines


def say_value(card: Card, say: Voice) -> str:
    """Say what a customer is worth a year, or that nobody knows and how it is ranked then."""
    customer = card.relationship
    if customer.value_minor is None:
        return say(NO_VALUE, segment=cut(tidy(customer.segment.name), _SEGMENT))
    return say(VALUE, amount=say.money(customer.value_minor, customer.currency))


def _title(card: Card, say: Voice) -> str:
    name = say_name(card, say)
    return f"{card.position}. {name}" if card.position else name


def _lines(card: Card, say: Voice, *, private: bool, room: int = NOTE) -> list[str]:
    """Why, what was last, and who drafts; a colleague who was in touch lately is the last touch and told as such."""
    lines = [say_why(card.reason, today=say.today, locale=say.locale, private=private)]
    if card.away_until_on and card.owner_name:
        owner = cut(tidy(card.owner_name), PERSON)
        lines.append(say(_AWAY, owner=owner, day=say.calendar_day(card.away_until_on)))
    last, colleague = card.last_touch, card.colleague_wrote
    if last and (colleague is None or colleague.id != last.id):
        lines.append(say_last(last, say, owner_id=card.relationship.owner_id, private=private, room=room))
    if colleague:
        lines.append(say_colleague(colleague, say, private=private, room=room))
    return [*lines, *say_drafts(card.drafting, say)]


def _facts(card: Card, say: Voice, *, show_owner: bool) -> list[str]:
    facts = [say_value(card, say)]
    if card.relationship.standing is Standing.INNER_CIRCLE:
        facts.append(say(STANDINGS[Standing.INNER_CIRCLE]))
    if show_owner:
        owner = cut(tidy(card.owner_name or ""), PERSON)
        facts.append(say(OWNER, owner=owner) if owner else say(NO_OWNER))
    return facts


def build_buttons(card: Card, say: Voice, *, place: str, asks: bool = False, brief: bool = False) -> Json:
    """Draw the row of what can be done about a customer; with the slower rhythm when the card asks about it."""
    name, ref = cut(say_name(card, say), _IN_LABEL), str(card.ref)
    more = _menu(card, say)
    if not brief and card.crm_url and card.crm_url.startswith("https://") and len(card.crm_url) <= _URL:
        more.append(option(say(_OPEN_CRM), f"{MoreChoice.OPEN_CRM}:{ref}", url=card.crm_url))
    return actions(
        [
            button(say(DONE), ActionId.DONE, ref, label=say(_LABEL_DONE, name=name)),
            button(say(DRAFT), ActionId.DRAFT, ref, label=say(_LABEL_DRAFT, name=name)),
            button(say(SNOOZE), ActionId.SNOOZE, ref, label=say(_LABEL_SNOOZE, name=name)),
            *([] if brief else [button(say(WHY), ActionId.WHY, ref, label=say(_LABEL_WHY, name=name))]),
            *([_build_less_often(card, say)] if asks else ()),
            overflow(ActionId.MORE, more),
        ],
        block_id=f"{place}.do",
    )


def _menu(card: Card, say: Voice) -> list[Json]:
    ref = str(card.ref)
    return [
        option(say(_DETAILS), f"{MoreChoice.DETAILS}:{ref}"),
        option(say(HAND_OVER), f"{MoreChoice.HAND_OVER}:{ref}"),
        option(say(_NOT_RELEVANT), f"{MoreChoice.DISMISS}:{ref}"),
        option(say(_SHOW), f"{MoreChoice.CUSTOMER}:{ref}"),
    ]


def build_wake(card: Card, say: Voice) -> Json:
    """Draw the button that ends a snooze early."""
    label = say(_LABEL_WAKE, name=cut(say_name(card, say), _IN_LABEL))
    return button(say(_WAKE), ActionId.WAKE, str(card.ref), label=label)


def build_ended(card: Card, say: Voice, *, place: str, private: bool = True) -> list[Json]:
    """Draw what became of a card, with the way back; not private: without what was noted."""
    undo = None
    if can_undo(card.state) and card.nudge_id:
        label = say(_LABEL_UNDO, name=cut(say_name(card, say), _IN_LABEL))
        undo = button(say(UNDO), ActionId.UNDO, str(card.nudge_id), label=label)
    blocks = [section(say_ended(card, say, private=private), block_id=f"{place}.ended", accessory=undo)]
    if card.state is NudgeState.SNOOZED and card.ask_about_cadence:
        blocks += _build_cadence_question(card, say, place=place)
    return blocks


def _slower_days(card: Card) -> int:
    """The cadence that is proposed after the third snooze, twice the segment's, as people feel it."""
    segment = card.relationship.segment
    return round(segment.counted.in_calendar_days(ceil(2 * segment.cadence_days)))


def _cadence_question(card: Card, say: Voice) -> str:
    return say(_THIRD_SNOOZE, name=say_name(card, say), span=say.span(_slower_days(card)))


def _build_less_often(card: Card, say: Voice) -> Json:
    """A cadence is the segment's, so the button says for whom it changes."""
    span, segment = say.span(_slower_days(card)), cut(tidy(card.relationship.segment.name), _SEGMENT)
    label = say(_LABEL_LESS_OFTEN, segment=segment, span=span)
    return button(say(_LESS_OFTEN, segment=segment, span=span), ActionId.LESS_OFTEN, str(card.ref), label=label)


def _build_cadence_question(card: Card, say: Voice, *, place: str) -> list[Json]:
    """After the third snooze the cadence may be wrong: offer twice the gap, another owner, or an end."""
    name, ref = cut(say_name(card, say), _IN_LABEL), str(card.ref)
    choices = [
        _build_less_often(card, say),
        button(say(HAND_OVER), ActionId.HAND_OVER, ref, label=say(_LABEL_HAND_OVER, name=name)),
        button(say(_STOP), ActionId.DISMISS, ref, label=say(_LABEL_DISMISS, name=name)),
    ]
    question = section(_cadence_question(card, say), block_id=f"{place}.often")
    return [question, actions(choices, block_id=f"{place}.often.do")]
