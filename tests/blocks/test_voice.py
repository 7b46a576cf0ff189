"""Every sentence of the bot exists in each of its languages and sounds like the colleague who remembers."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from string import Formatter
from typing import Any

import pytest

import bot.blocks
from bot.blocks import refusals
from bot.blocks.voice import Phrase, Voice
from tests.blocks.cast import ENGLISH, GERMAN, TODAY

_FORBIDDEN = re.compile(
    r"!|\boops\b|great job|don't forget|reminder:|neglect|lurker|touching base|checking in|successfully|invalid",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]|:[a-z_]+:")
# The commands and the words that people type are what they are.
_TYPED = re.compile(r"`[^`]*`|/[a-z-]+")


def _phrases(node: Any) -> Iterator[Phrase]:
    if isinstance(node, Phrase):
        yield node
    elif isinstance(node, dict):
        for part in (*node.keys(), *node.values()):
            yield from _phrases(part)
    elif isinstance(node, tuple | list | frozenset):
        for part in node:
            yield from _phrases(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for part in fields(node):
            yield from _phrases(getattr(node, part.name))


def _modules() -> list[Any]:
    return [importlib.import_module(f"bot.blocks.{m.name}") for m in pkgutil.iter_modules(bot.blocks.__path__)]


_EMPTY = Phrase("", "")  # A command that is typed alone.
PHRASES = sorted({p for module in _modules() for p in _phrases(vars(module))} - {_EMPTY}, key=lambda p: p.en)


def test_there_are_phrases_to_look_at() -> None:
    assert len(PHRASES) > 150


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda p: p.en[:40])
def test_a_phrase_says_the_same_in_both_languages(phrase: Phrase) -> None:
    assert phrase.en.strip() and phrase.de.strip()
    assert _fields(phrase.en) == _fields(phrase.de)
    assert (phrase.en[-1] in ".?") == (phrase.de[-1] in ".?"), "a sentence in one language only"


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda p: p.en[:40])
def test_a_phrase_keeps_the_tone(phrase: Phrase) -> None:
    for text in (phrase.en, phrase.de):
        spoken = _TYPED.sub("", text)
        assert not _FORBIDDEN.search(spoken), text
        assert not _EMOJI.search(spoken), text


_TYPED_IN_ENGLISH = re.compile(
    r"\b(?:here daily|here weekly|here off|resume|settings)\b|/whois-neglected (?:all|lost|unowned)\b"
)


def test_what_a_german_sentence_says_to_type_is_german() -> None:
    sentences = [*(phrase.de for phrase in PHRASES), *refusals.GERMAN.values()]
    assert [said for said in sentences if _TYPED_IN_ENGLISH.search(said)] == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en-GB", "en"), ("en-US", "en"), ("de-DE", "de"), ("de-AT", "de"), ("fr-FR", "en"), ("", "en"), ("xx", "en")],
)
def test_who_speaks_neither_is_talked_to_in_english(locale: str, language: str) -> None:
    say = Voice.to(locale, today=TODAY)
    assert say.language == language
    assert say.weekday(TODAY) == {"en": "Tuesday", "de": "Dienstag"}[language]


@pytest.mark.parametrize(
    ("day", "english", "german"),
    [
        (date(2026, 11, 25), "tomorrow", "morgen"),
        (date(2026, 11, 30), "on Monday, 30 November", "am Montag, 30. November"),
        (date(2027, 1, 4), "on Monday, 4 January 2027", "am Montag, 4. Januar 2027"),
    ],
)
def test_the_end_of_a_snooze_is_said_with_its_weekday(day: date, english: str, german: str) -> None:
    assert ENGLISH.full_day(day) == english
    assert GERMAN.full_day(day) == german


@pytest.mark.parametrize(
    ("instant", "english", "german"),
    [
        (datetime(2026, 11, 24, 9, 12, tzinfo=UTC), "at 9:12", "um 10:12 Uhr"),
        (datetime(2026, 11, 23, 9, 12, tzinfo=UTC), "yesterday at 9:12", "gestern um 10:12 Uhr"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "on Friday at 23:30", "am Samstag um 0:30 Uhr"),
    ],
)
def test_a_moment_is_said_in_the_zone_of_the_reader(instant: datetime, english: str, german: str) -> None:
    assert ENGLISH.at(instant) == english
    assert GERMAN.at(instant) == german


def test_names_are_listed_as_people_list_them() -> None:
    assert ENGLISH.names(["Ana"]) == "Ana"
    assert ENGLISH.names(["Ana", "Ben", "Chi"]) == "Ana, Ben and Chi"
    assert GERMAN.names(["Ana", "Ben"]) == "Ana und Ben"


def test_words_in_braces_are_text_and_no_field() -> None:
    assert ENGLISH.quote("{name} {0}", 40) == "'{name} {0}'"
