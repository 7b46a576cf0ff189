"""What is wrong with a template, found by writing with it to many customers about whom this or that is not known."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bot.domain.facts import LANGUAGES, Channel, Facts
from bot.domain.model import Direction, TouchKind, TouchView
from bot.errors import InputRefused
from bot.writer.sandbox import WORD_LIMITS, DoesNotFit, Message, Words
from bot.writer.words import VOCABULARY, words_for

_FLAWS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a greeting without a name or a comma without words before it",
        re.compile(r"(?:^|\s),|^,", re.MULTILINE),
    ),
    ("punctuation after a space", re.compile(r"[^\S\n][.?:;](?:\s|$)")),
    ("two marks in a row", re.compile(r"[,;:?]\s*[,.;:?]|\.\.(?!\.)")),
    ("a missing word that shows", re.compile(r"\bNone\b|\bundefined\b|\{\{|\{%")),
    ("an exclamation mark", re.compile(r"!")),
    ("empty quotation marks", re.compile(r"“\s*”|„\s*“")),
    ("a separator with nothing beside it", re.compile(r"^ ?· | ·$|· ·", re.MULTILINE)),
)
_STOCK_PHRASES = re.compile(
    r"touch(?:ing)? base|checking in|check in with|hope this (?:mail |message )?finds you|circl(?:e|ing) back|"
    r"valued customer|excit(?:ed|ing)|reach(?:ing)? out|just wanted to|following up|as per my|synerg|"
    r"hoffe,? (?:es geht|diese)|spannend|geschätzter? kund|wollte nur (?:kurz )?nachhaken|asap",
    re.IGNORECASE,
)
_TODAY = date(2026, 11, 24)
_JOINED = (None, date(2025, 11, 24), date(2022, 11, 26), date(2026, 10, 1))
_ANNIVERSARIES = (None, date(2026, 11, 24), date(2026, 11, 26), date(2027, 10, 1))


def lint(source: str, *, language: str, name: str = "template") -> list[str]:
    """Every problem of a template as a sentence with an example; an empty list when it may be used."""
    try:
        message = Message(source, name=name)
    except InputRefused as refused:
        return [str(refused)]
    problems = {
        f"'{word}' is not a word that templates know. Known: {', '.join(sorted(VOCABULARY))}.": None
        for word in sorted(message.uses - VOCABULARY)
    }
    for channel in Channel:
        drafts = list(_drafts(message, channel, language))
        if not drafts:
            problems[f"{channel.value}: it fits none of {len(_battery())} customers, so nobody would ever see it."] = (
                None
            )
        for text in drafts:
            for flaw in _flaws(text, channel):
                # One example of a flaw is enough.
                if not any(known.startswith(f"{channel.value}: {flaw}:") for known in problems):
                    problems[f"{channel.value}: {flaw}: “{_around(text)}”"] = None
    return list(problems)


def _drafts(message: Message, channel: Channel, language: str) -> Iterator[str]:
    for words in _battery_words(channel, language):
        try:
            draft = message.draft(channel, words)
        except DoesNotFit:
            continue
        yield draft.text
        if draft.subject:
            yield draft.subject


def _flaws(text: str, channel: Channel) -> Iterator[str]:
    if len(text.split()) >= WORD_LIMITS[channel]:
        yield f"{len(text.split())} words, fewer than {WORD_LIMITS[channel]} are wanted"
    for flaw, pattern in _FLAWS:
        if pattern.search(text):
            yield flaw
    if stock := _STOCK_PHRASES.search(text):
        yield f"'{stock[0]}' is a phrase that everybody writes"


def _around(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else flat[:159] + "…"


@cache
def _battery_words(channel: Channel, language: str) -> tuple[Words, ...]:
    locales = {code: f"{code}-{code.upper()}" for code in LANGUAGES} | {"en": "en-GB"}
    return tuple(words_for(facts, channel) for facts in _battery(locales[language]))


@cache
def _battery(locale: str = "en-GB") -> tuple[Facts, ...]:
    """Customers with this or that unknown. The lists have coprime lengths, so that every two values meet."""
    contacts = (
        None,
        "Ana Köhler",
        "Frau Dr. Köhler",
        "Ana",
        "info@example.com",
        "Jan van der Berg",
        "王小明",
    )
    touches = (
        None,
        _touch(TouchKind.CALL, Direction.MUTUAL, "wants the three-year price", by_id=1),
        _touch(TouchKind.EMAIL, Direction.INBOUND, "fragt nach der API", by_id=2),
        _touch(TouchKind.EMAIL, Direction.OUTBOUND, "Renewal terms", by_id=2),
        _touch(TouchKind.MEETING, Direction.MUTUAL, "called, all good", by_id=1),
        _touch(TouchKind.PURCHASE, Direction.INBOUND, None, by_id=None),
        _touch(TouchKind.CALL, Direction.MUTUAL, "private: ill", by_id=None),
        _touch(TouchKind.VISIT, Direction.MUTUAL, "I promised the data sheet", by_id=2),
        _touch(TouchKind.MESSAGE, Direction.INBOUND, "waiting for the board", by_id=2),
    )
    silences = (None, 0, 49, 200, 900)
    forms = (None, True, False, None)
    renewals = (None, 0, 1, 35, -3, 5, 20, 180, 12, 2, 90)
    return tuple(
        Facts(
            customer_name=("Acme", "Ana Köhler", "4711")[at % 3],
            today=_TODAY,
            contact_name=contacts[at % 7],
            formal=forms[at % 4],
            contact_locale=locale,
            sender_locale=locale,
            since_on=(None, _TODAY - timedelta(days=90), _TODAY - timedelta(days=800))[at // 4 % 3],
            silent_days=silences[at % 5],
            last_touch=touches[at % 9],
            promise=(None, None, None, "the data sheet")[at // 5 % 4],
            joined_on=_JOINED[at // 3 % 4],
            anniversary_on=_ANNIVERSARIES[at // 3 % 4],
            birthday_on=(None, _TODAY, _TODAY + timedelta(days=3))[at // 7 % 3],
            renewal_on=None if renewals[at % 11] is None else _TODAY + timedelta(days=renewals[at % 11] or 0),
            sender_id=1,
            sender_name=(None, "Ben Ode")[at // 2 % 2],
        )
        for at in range(4 * 5 * 7 * 9)
    )


def _touch(kind: TouchKind, direction: Direction, note: str | None, *, by_id: int | None) -> TouchView:
    on = _TODAY - timedelta(days=49)
    by = {1: "Ben Ode", 2: "Chi"}.get(by_id or 0)
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return TouchView(1, at, on, kind, direction, by, None, note, by_id=by_id)
