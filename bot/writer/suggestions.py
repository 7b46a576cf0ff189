"""A suggestion: the plainest thing that is true of this customer and worth writing. A teammate changes and sends it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from bot.domain.facts import Channel, Facts, language_of
from bot.domain.model import Occasion
from bot.errors import NotFound
from bot.writer.sandbox import WORD_LIMITS, DoesNotFit, Draft, Message, Words
from bot.writer.words import words_for

# The wording that needs no more than the customer's name, and so always fits.
PLAIN = "plain"
_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"
_FILE = re.compile(r"(?P<variant>[a-z0-9_]+)\.(?P<language>[a-z]{2})\.j2")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A drafted message: plain text, never markup; talking points for `Channel.PHONE`. Only a mail has a subject."""

    text: str
    subject: str | None
    variant: str
    language: str
    channel: Channel


def write(
    facts: Facts,
    *,
    occasion: Occasion,
    variant: str | None = None,
    channel: Channel | None = None,
    seed: int | str = 0,
) -> Suggestion:
    """Write to a customer on an occasion, on the preferred channel unless another is asked for.

    `variant` is tried first; then, in an order that depends on `seed` (the customer's id) alone, every other wording
    whose facts are known; the plain one last. Raises NotFound for a variant that does not exist.
    """
    channel = channel or facts.preferred_channel
    language = language_of(facts.locale(channel))
    words = words_for(facts, channel)
    wordings = shipped(occasion, language)
    for name in _in_order(wordings, occasion, variant, seed):
        try:
            draft = wordings[name].draft(channel, words, limit=WORD_LIMITS[channel])
        except DoesNotFit:
            continue
        return _suggestion(draft, name, language, channel)
    return _suggestion(wordings[PLAIN].draft(channel, words), PLAIN, language, channel)


def variants(occasion: Occasion, language: str) -> list[str]:
    """Every wording for an occasion in a language, the plain one last."""
    return _in_order(shipped(occasion, language_of(language)), occasion, None, None)


def fitting_variants(
    facts: Facts, *, occasion: Occasion, channel: Channel | None = None, seed: int | str = 0
) -> list[str]:
    """The wordings that could be used for this customer, in the order in which `write` prefers them."""
    channel = channel or facts.preferred_channel
    words = words_for(facts, channel)
    wordings = shipped(occasion, language_of(facts.locale(channel)))
    return [name for name in _in_order(wordings, occasion, None, seed) if _fits(wordings[name], channel, words)]


@cache
def shipped(occasion: Occasion, language: str) -> Mapping[str, Message]:
    """The wordings that come with Keepwarm, compiled once."""
    found = {}
    for path in sorted((_FOLDER / occasion.value).glob("*.j2")):
        name = _FILE.fullmatch(path.name)
        if name and name["language"] == language:
            found[name["variant"]] = Message(path.read_text(encoding="utf-8"), name=f"{occasion.value}/{path.name}")
    return found


def _in_order(
    wordings: Mapping[str, Message], occasion: Occasion, first: str | None, seed: int | str | None
) -> list[str]:
    if first is not None and first not in wordings:
        raise NotFound(f"There is no wording '{first}' for {occasion.value}. There are: {', '.join(sorted(wordings))}.")
    names = sorted(name for name in wordings if name not in {PLAIN, first})
    if names and seed is not None:
        at = crc32(f"{occasion.value}:{seed}".encode()) % len(names)
        names = names[at:] + names[:at]
    return ([first] if first else []) + names + ([PLAIN] if first != PLAIN else [])


def _fits(message: Message, channel: Channel, words: Words) -> bool:
    try:
        message.draft(channel, words, limit=WORD_LIMITS[channel])
    except DoesNotFit:
        return False
    return True


def _suggestion(draft: Draft, variant: str, language: str, channel: Channel) -> Suggestion:
    return Suggestion(draft.text, draft.subject, variant, language, channel)
