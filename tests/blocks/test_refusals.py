"""Every sentence that refuses something is there in German, with the same fields."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

import bot
import handlers
from bot.blocks.refusals import GERMAN, say_refusal
from bot.blocks.voice import Voice
from bot.domain.sentences import Admins
from bot.errors import InputRefused, UserError
from bot.usecases import teammates
from tests.conftest import NOW

ROOT = Path(handlers.__file__).parent.parent
REFUSING = {"UserError", "NotAllowed", "NotFound", "TooLate", "InputRefused", "Misunderstood"}
# What only the terminal says, or a person who edits templates: English.
IN_THE_TERMINAL = {
    "bot/__main__.py", "bot/terminal/__init__.py", "bot/usecases/neglect.py", "bot/usecases/export_one.py",
    "bot/usecases/exports.py",
}  # fmt: skip
ENGLISH_ONLY = {"bot/usecases/imports", "bot/writer"}


def modules() -> Iterator[tuple[ModuleType, ast.Module]]:
    for path in sorted([*Path(bot.__path__[0]).rglob("*.py"), *(ROOT / "handlers").glob("*.py")]):
        place = path.relative_to(ROOT).as_posix()
        if place not in IN_THE_TERMINAL and not any(place.startswith(f"{folder}/") for folder in ENGLISH_ONLY):
            tree = ast.parse(path.read_text())
            if any(isinstance(node, ast.Name) and node.id in REFUSING for node in ast.walk(tree)):
                name = place.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
                yield importlib.import_module(name), tree


def said_by(module: ModuleType, template: ast.expr) -> list[str]:
    """The templates that an argument can be: a literal, a constant, or the values of a table."""
    match template:
        case ast.Constant(value=str(sentence)):
            return [sentence]
        case ast.Name(id=name) if isinstance(getattr(module, name, None), str):
            return [getattr(module, name)]
        case ast.Subscript(value=ast.Name(id=name)):
            return list(getattr(module, name).values())
        case ast.IfExp(body=one, orelse=other):
            return said_by(module, one) + said_by(module, other)
    return []


def refusals() -> dict[str, str]:
    """Every template that can be raised towards a person in Slack, and where."""
    found: dict[str, str] = {}
    for module, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            first = node.args[0] if node.args else None
            if isinstance(node.func, ast.Name) and node.func.id in REFUSING and first is not None:
                passed_on = isinstance(first, ast.Attribute) or ast.unparse(first) in {"template", "otherwise"}
                templates = said_by(module, first)
                assert templates or passed_on, f"{module.__name__}:{node.lineno} is no sentence that can be translated"
                found |= dict.fromkeys(templates, f"{module.__name__}:{node.lineno}")
            for keyword in node.keywords:
                if keyword.arg == "otherwise":
                    found |= dict.fromkeys(said_by(module, keyword.value), f"{module.__name__}:{node.lineno}")
    return found


def test_every_refusal_has_a_german_twin_and_no_twin_is_left_over() -> None:
    raised = refusals()
    assert len(raised) > 40
    assert {sentence: place for sentence, place in raised.items() if sentence not in GERMAN} == {}
    assert set(GERMAN) - set(raised) == set()


@pytest.mark.parametrize(("english", "german"), GERMAN.items())
def test_a_twin_has_the_same_fields_and_keeps_to_the_voice(english: str, german: str) -> None:
    fields = [{field for _, field, _, _ in Formatter().parse(sentence) if field} for sentence in (english, german)]
    assert fields[0] == fields[1]
    assert english != german
    for sentence in (english, german):
        assert "!" not in sentence
        assert sentence[-1] in '."“'


def test_a_refusal_is_said_in_the_readers_language() -> None:
    error = InputRefused("'{words}' is not ahead of us. Write a later day.", about="words", words="gestern")
    assert str(error) == "'gestern' is not ahead of us. Write a later day."
    assert say_refusal(error, Voice.to("en-GB", today=NOW.date())) == str(error)
    german = say_refusal(error, Voice.to("de-DE", today=NOW.date()))
    assert german == "„gestern“ liegt nicht vor uns. Schreib einen späteren Tag."


def test_several_names_are_listed_as_people_say_them() -> None:
    error = UserError(teammates.ADMINS_SET_CHANNELS, admins=Admins(["Ana", "Ben", "Chi"]))
    assert str(error).endswith("Yours are Ana, Ben and Chi.")
    assert say_refusal(error, Voice.to("de-DE", today=NOW.date())).endswith("Deine sind Ana, Ben und Chi.")


def test_one_admin_is_one() -> None:
    error = UserError(teammates.ADMINS_SET_CHANNELS, admins=Admins(["Ana"]))
    assert str(error).endswith("digest. Yours is Ana.")
    assert say_refusal(error, Voice.to("de-DE", today=NOW.date())).endswith("bekommen. Dein Admin ist Ana.")


@pytest.mark.parametrize("words", ["{0}", "{words}", "%s", "a\nb", "x" * 500])
def test_what_was_typed_stays_what_it_is(words: str) -> None:
    error = InputRefused("'{words}' is not ahead of us. Write a later day.", words=words)
    said = say_refusal(error, Voice.to("en-GB", today=NOW.date()))
    assert len(said) < 200
    assert "\n" not in said
    assert said.startswith(f"'{words[:2].strip()}")
