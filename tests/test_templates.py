"""Templates: those that are shipped are right, and lint names what is wrong with one that somebody wrote."""

import re
from pathlib import Path

import pytest

from bot.domain.model import Occasion
from bot.writer import lint, variants
from bot.writer.words import VOCABULARY

MESSAGES = Path(__file__).resolve().parents[1] / "templates" / "messages"

SHIPPED = sorted(MESSAGES.rglob("*.j2"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_occasion_has_several_wordings_and_a_plain_one_last(language: str) -> None:
    assert variants(Occasion.OVERDUE, language) == ["after_a_talk", "first_contact", "long_silent", "promised", "plain"]
    assert variants(Occasion.BIRTHDAY, language) == ["with_thanks", "plain"]
    assert variants(Occasion.RENEWAL, language) == ["with_date", "with_note", "plain"]
    assert variants(Occasion.ANNIVERSARY, language) == ["with_years", "plain"]
    assert variants(Occasion.PROMISE, language) == ["with_thing", "plain"]
    assert variants(Occasion.FIRST_MONTH, language) == ["after_a_talk", "plain"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shipped_template_has_no_problem(path: Path) -> None:
    assert lint(path.read_text(encoding="utf-8"), language=path.name.split(".")[1]) == []


def template(mail: str) -> str:
    return (
        "{% block subject %}Hello{% endblock %}{% block mail %}" + mail + "{% endblock %}"
        "{% block chat %}{{ greeting }}, how is it going?{% endblock %}{% block phone %}How is it going?{% endblock %}"
    )


@pytest.mark.parametrize(
    ("mail", "problem"),
    [
        ("Hi {% if name %}{{ name }}{% endif %}, how is it going?", "a greeting without a name"),
        ("{{ greeting }}, great news!", "an exclamation mark"),
        ("{{ greeting }}, just checking in.", "'checking in' is a phrase that everybody writes"),
        ("{{ greeting }}, your {{ colour }} car", "'colour' is not a word that templates know"),
        ("{{ greeting }}, " + "so " * 90, "words, fewer than 90 are wanted"),
        ("{{ colour }}", "it fits none of"),
        ("{{ greeting }} . Well", "punctuation after a space"),
        ("{{ 7 * 7 }}", "'mul' has no place in a message"),
        ("{{ ''.__class__ }}", "'getattr' has no place in a message"),
        ("{% for n in 'abc' %}{{ n }}{% endfor %}", "'for' has no place in a message"),
        ("{% include 'other' %}", "'include' has no place in a message"),
        ("{{ greeting() }}", "only sie_du(…) can be called"),
        ("{{ sie_du('Ihnen') }}", "two wordings"),
        ("{% if greeting %}x{% elif greeting is string %}y{% endif %}", "'string' is not known here"),
        ("{{ greeting | center(9999999) }}", "No filter named 'center'"),
        ("{% if %}", "line 1"),
        ("x" * 7000, "characters"),
        ("{{ " + "(" * 2500 + "1" + ")" * 2500 + " }}", "nested too deeply"),
    ],
)
def test_lint_names_what_is_wrong_with_a_template(mail: str, problem: str) -> None:
    assert any(problem in found for found in lint(template(mail), language="en")), lint(template(mail), language="en")


def test_lint_passes_a_template_that_is_right() -> None:
    assert (
        lint(template("{{ greeting }},\n\nhow is it going{% if company %} at {{ company }}{% endif %}?"), language="en")
        == []
    )


def test_lint_refuses_a_template_without_all_blocks_or_with_text_outside() -> None:
    assert lint("{% block mail %}Hi{% endblock %}", language="en") == [
        "template has no block 'subject'. Add {% block subject %}…{% endblock %}."
    ]
    assert "outside" in lint(template("{{ greeting }}, well?") + "PS: hello", language="en")[0]


def test_the_guide_for_people_who_edit_templates_names_every_word() -> None:
    guide = (MESSAGES / "README.md").read_text(encoding="utf-8")
    table = {
        word
        for line in guide.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert table == VOCABULARY
