"""The one line on a card that says how a conversation with this customer could start, for the teammate who reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.facts import DEFAULT_LOCALE, Facts, language_of
from bot.domain.views import Card
from bot.writer.greeting import person
from bot.writer.notes import Reading, Said, read_note, read_promise

MOST_CHARACTERS = 120


def one_line(facts: Facts) -> str | None:
    """An opening in the teammate's language, at most 120 characters; None when nothing particular is known."""
    language = language_of(facts.sender_locale or DEFAULT_LOCALE)
    if owed := read_promise(facts.promise):
        return _fitting(_promised(owed, language))
    reading = read_note(facts.last_touch.note) if facts.last_touch else None
    # A note that is not understood stands on the card already, as the last touch.
    if reading is None or reading.said is Said.QUOTED:
        return None
    if reading.said is Said.PROMISED:
        return _fitting(_promised(reading.words, language))
    someone = person(facts.contact_name, facts.salutation)
    name = (someone.given or someone.full) if someone else None
    return _fitting(_ask_de(reading, name) if language == "de" else _ask_en(reading, name))


def with_openers(cards: Iterable[Card], facts: Mapping[int, Facts]) -> tuple[Card, ...]:
    """Cards with their opening line, where something particular is known; `facts` are by customer id."""
    return tuple(
        replace(card, suggestion=one_line(facts[card.relationship.customer_id]))
        if card.relationship.customer_id in facts
        else card
        for card in cards
    )


def _promised(what: str, language: str) -> str:
    return f"Versprochen und noch offen: {what}." if language == "de" else f"Promised and still open: {what}."


def _ask_en(reading: Reading, name: str | None) -> str:
    ask = f"Ask {name}" if name else "Ask"
    topic = reading.topic
    if topic is None:
        return f"{ask} what came of “{reading.words}”."
    if reading.language != "en":
        return f"{ask} what came of “{topic}”."
    if reading.said is Said.WANTED:
        return f"{ask} where {reading.words} landed."
    if reading.said in {Said.ASKED_ABOUT, Said.ASKED_FOR}:
        got = "an answer about " if reading.said is Said.ASKED_ABOUT else ""
        return f"Ask whether {name or 'they'} got {got}{reading.words}."
    return f"{ask} how it went with {reading.words}."


def _ask_de(reading: Reading, name: str | None) -> str:
    return f"Frag {name or 'nach'}, was aus „{reading.topic or reading.words}“ geworden ist."


def _fitting(line: str) -> str | None:
    return line if len(line) <= MOST_CHARACTERS else None
