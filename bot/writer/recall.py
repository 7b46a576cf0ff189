"""A sentence that takes the customer back to what the last note says, told to them where it is understood."""

from babel import Locale

from bot.domain.facts import Facts, language_of
from bot.domain.model import Direction, TouchKind, TouchView
from bot.writer.greeting import tidy
from bot.writer.moments import say_when
from bot.writer.notes import Reading, Said

_TALKS = frozenset({TouchKind.CALL, TouchKind.MEETING, TouchKind.VISIT})
_LETTERS = frozenset({TouchKind.EMAIL, TouchKind.MESSAGE})
_SAID = {
    Said.WANTED: "you wanted {}",
    Said.NEEDED: "you needed {}",
    Said.INTERESTED: "you were interested in {}",
    Said.ASKED_ABOUT: "you asked about {}",
    Said.ASKED_FOR: "you asked for {}",
    Said.WAITING: "you were waiting for {}",
    Said.ABOUT: "it was about {}",
}
_GESAGT = {
    Said.WANTED: ("wollten Sie {}", "wolltest du {}"),
    Said.NEEDED: ("brauchten Sie {}", "brauchtest du {}"),
    Said.INTERESTED: ("haben Sie sich für {} interessiert", "hast du dich für {} interessiert"),
    Said.ASKED_ABOUT: ("haben Sie nach {} gefragt", "hast du nach {} gefragt"),
    Said.WAITING: ("warteten Sie noch auf {}", "hast du noch auf {} gewartet"),
    Said.ABOUT: ("ging es um {}", "ging es um {}"),
}


def recall(reading: Reading, touch: TouchView, facts: Facts, spoken: Locale, formal: bool) -> str:
    """A sentence, its first letter small, of what the last note says: told where it is understood, else quoted."""
    language = language_of(spoken.language)
    when = say_when(touch.on, facts.today, spoken)
    colleague = None if facts.wrote_last_touch else tidy(touch.by)
    if reading.language != language or (language == "de" and reading.said not in _GESAGT):
        quoted = quote(reading, language)
        if language == "de":
            return f"{when} {f'hat {colleague}' if colleague else 'habe ich mir'} notiert: {quoted}."
        return f"{when} {colleague or 'I'} noted: {quoted}."
    if language == "de":
        said = _GESAGT[reading.said][not formal].format(reading.words)
        return f"{_moment_de(touch, colleague, when, formal)} {said}."
    return f"{_moment_en(touch, colleague, when)}, {_SAID[reading.said].format(reading.words)}."


def _moment_en(touch: TouchView, colleague: str | None, when: str) -> str:
    if touch.kind in _TALKS:
        return f"when you spoke with {colleague} {when}" if colleague else f"when we spoke {when}"
    if touch.kind in _LETTERS and touch.direction is Direction.INBOUND:
        return f"when you wrote to {colleague} {when}" if colleague else f"when you wrote {when}"
    return when


def _moment_de(touch: TouchView, colleague: str | None, when: str, formal: bool) -> str:
    yours = "Ihrem" if formal else "deinem"
    if touch.kind in _TALKS:
        return f"in {yours} Gespräch mit {colleague} {when}" if colleague else f"in unserem Gespräch {when}"
    if touch.kind in _LETTERS and touch.direction is Direction.INBOUND:
        hers = "Ihrer" if formal else "deiner"
        return f"in {hers} Nachricht an {colleague} {when}" if colleague else f"in {hers} Nachricht {when}"
    return when


def is_theirs(touch: TouchView, reading: Reading) -> bool:
    """Whether the note tells what the customer said; in a note on our own letter, "asked about" is ours."""
    ours = touch.kind in _LETTERS and touch.direction is Direction.OUTBOUND
    return not (ours and reading.said in {Said.ASKED_ABOUT, Said.ASKED_FOR, Said.QUOTED})


def quote(reading: Reading, language: str) -> str:
    """The clause as it was noted, in the quotation marks of the language of the message."""
    text = as_data(reading.clause)
    return f"„{text}“" if language == "de" else f"“{text}”"


def as_data(words: str) -> str:
    """Somebody's words inside of quotation marks of ours."""
    return words.translate(str.maketrans('"“”„«»', "''''''"))
