"""Everything here talks to the bot through a stand-in for Slack, and everything the bot says must be sound."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.playground import Message
from bot.playground.limits import accessibility_problems, problems_of_message, problems_of_view
from bot.playground.web_api import Call
from tests.support.bot import Office, make_office, office
from tests.support.cast import Cast, write_cast
from tests.support.sdk import sdk_problems

__all__ = ["cast", "channel_digest", "digest", "make_office", "office"]

_LIVE = re.compile(r"<(?!mailto:)[^>]*>")


@pytest.fixture
def cast(office: Office) -> Cast:
    """Acme and the others, in the office's ledger."""
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        return write_cast(ledger, office.clock.now.date())


@pytest.fixture
def digest(office: Office, cast: Cast) -> Message:
    """Ana's digest of Tuesday, nine o'clock in London: Acme, Fjord, Gale."""
    office.clock.forward(hours=1)
    office.tick()
    return office.slack.last_message("U0ANA")


@pytest.fixture
def channel_digest(office: Office, cast: Cast) -> Message:
    """The team's digest of the same hour in #customers: Acme, Fjord, Gale, Cedar. Ana's own came as well."""
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "here daily")
    office.clock.forward(hours=1)
    office.tick()
    return office.slack.last_message("C0TEAM")


@pytest.fixture
def refusals() -> set[str]:
    """The methods that a test makes Slack refuse."""
    return set()


@pytest.fixture(autouse=True)
def _everything_said_is_sound(request: pytest.FixtureRequest, refusals: set[str]) -> Iterator[None]:
    """Slack takes every call and every answer, its own models agree, and nothing in them is live markup."""
    here: Office | None = request.getfixturevalue("office") if "office" in request.fixturenames else None
    yield
    if here is None:
        return
    problems = [line for call in here.slack.calls for line in _problems_of_call(call, refusals)]
    problems += [line for message in here.slack.workspace.messages if message.bot_id for line in _problems_of(message)]
    if not refusals:
        problems += [notice["text"] for _, notice in here.slack.workspace.notices]
    assert problems == []


def _problems_of_call(call: Call, refusals: set[str]) -> list[str]:
    problems = []
    if call.response is not None and not call.ok and call.method not in refusals:
        problems.append(f"refused: {call.response}")
    if call.method in {"chat.postMessage", "chat.postEphemeral", "chat.update"}:
        problems += problems_of_message(call.payload) + sdk_problems(call.payload)
        problems += accessibility_problems(call.payload)
        if call.method == "chat.update" and len(call.payload["text"]) > 4000:
            problems.append("an update has at most 4,000 characters of text")
        problems += _live_markup(call.payload)
    if call.method.startswith("views."):
        problems += problems_of_view(call.payload["view"]) + sdk_problems(call.payload["view"])
        problems += _live_markup(call.payload["view"])
    return [f"{call.method}: {problem}" for problem in problems]


def _problems_of(message: Message) -> list[str]:
    """What is wrong with a message as it stands; answers to commands and response URLs are in no other record."""
    payload = {"text": message.text, "blocks": message.blocks}
    problems = problems_of_message(payload) + accessibility_problems(payload) + _live_markup(payload)
    return problems if message.text.strip() else [*problems, "no top-level text"]


def _live_markup(payload: dict[str, Any]) -> list[str]:
    return [f"live markup: {found}" for text in _parsed_texts(payload) for found in _LIVE.findall(text)]


def _parsed_texts(node: Any) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn: the top-level one, and text objects of that type."""
    if isinstance(node, list):
        for part in node:
            yield from _parsed_texts(part)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str) and ("blocks" in node or node.get("type") == "mrkdwn"):
            yield node["text"]
        for part in node.values():
            yield from _parsed_texts(part)
