"""Help names every command, in both languages, with examples that really work."""

import re
from datetime import date

import pytest

from bot.blocks.help import HELP, build_help
from bot.blocks.ids import ActionId
from bot.blocks.voice import Voice
from bot.domain import commands
from bot.domain.commands import COMMANDS, Help, Misunderstood
from tests.support.sdk import sdk_problems

SPEAKERS = [Voice.to(locale, today=date(2026, 11, 24)) for locale in ("en-GB", "de-DE")]


def parsed(command: str, words: str) -> object:
    if command == "/whois-neglected":
        return commands.parse_whois_neglected(words, segments=["gold"])
    return {
        "/touch": commands.parse_touch,
        "/customer": commands.parse_customer,
        "/keepwarm": commands.parse_keepwarm,
    }[command](words)


def test_every_command_has_help_and_nothing_else_has() -> None:
    assert set(HELP) == set(COMMANDS)


@pytest.mark.parametrize("say", SPEAKERS, ids=lambda say: say.language)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_is_understood_as_it_is_printed(command: str, say: Voice) -> None:
    for example in HELP[command].examples:
        understood = parsed(command, say(example.typed))
        assert not isinstance(understood, Help | Misunderstood), (say(example.typed), understood)


def test_the_examples_mean_the_same_in_both_languages() -> None:
    english, german = SPEAKERS
    for command in ("/whois-neglected", "/keepwarm"):
        for example in HELP[command].examples:
            here, there = parsed(command, english(example.typed)), parsed(command, german(example.typed))
            assert type(here) is type(there)
            if not isinstance(here, commands.Pause):
                assert here == there


@pytest.mark.parametrize("say", SPEAKERS, ids=lambda say: say.language)
@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_short_says_the_usage_and_all_of_it_to_a_screen_reader(command: str, say: Voice) -> None:
    shown = build_help(command, say)
    assert sdk_problems(shown) == []
    assert say(HELP[command].hint) in shown["text"]
    assert say(HELP[command].hint).replace("'", "\\'") in str(shown["blocks"])
    for example in HELP[command].examples:
        assert say(example.does) in shown["text"]
    assert len(shown["text"]) < 1200
    assert "!" not in shown["text"]


def test_the_help_of_keepwarm_names_the_other_commands_and_leads_to_the_settings() -> None:
    shown = build_help("/keepwarm", SPEAKERS[0])
    for command, usage in COMMANDS.items():
        assert f"{usage.about}: {command} " in shown["text"]
    ids = [element["action_id"] for element in shown["blocks"][-1]["elements"]]
    assert ids == [ActionId.OPEN_SETTINGS, ActionId.OPEN_LOG]


@pytest.mark.parametrize("command", ["/whois-neglected", "/keepwarm"])
def test_the_words_of_the_usage_are_understood_in_both_languages(command: str) -> None:
    english, german = ([hint.strip("[] ") for hint in re.split(r"[]|]", say(HELP[command].hint))] for say in SPEAKERS)
    words = {"@owner", "@Name", "segment", "Segment", "number", "Anzahl", "pause until …", "pause bis …", ""}
    for here, there in zip(english, german, strict=True):
        if here not in words and there not in words:
            assert parsed(command, here) == parsed(command, there)
            assert not isinstance(parsed(command, there), Misunderstood), there


def test_there_is_no_help_for_a_command_that_is_not_ours() -> None:
    with pytest.raises(KeyError):
        build_help("/remind", SPEAKERS[0])
