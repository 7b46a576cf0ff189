"""What people do with what the bot shows, found by the customer that it is about."""

import json
from datetime import timedelta
from typing import Any

from sqlmodel import col

from bot.blocks.ids import ActionId, MoreChoice
from bot.playground import Message, View
from bot.playground.line import Answer
from bot.playground.workspace import elements_of
from storage import touches
from storage.models import Customer, Touch
from tests.support.bot import Office

Place = Message | View
# Nine in the morning in Berlin, London and New York, in hours of UTC, as it is in winter.
NINE_O_CLOCK = (8, 9, 14)


def element_about(place: Place, action_id: str, name: str = "") -> tuple[str, dict[str, Any]]:
    """The block id and the element with an action id, in the block that names a customer."""
    found = [
        (block["block_id"], element)
        for block in place.blocks
        for element in elements_of(block)
        if element.get("action_id") == action_id and name in json.dumps(block, ensure_ascii=False)
    ]
    assert len(found) == 1, f"{action_id} about {name!r} is there {len(found)} times: {said(place)}"
    return found[0]


def value_of(place: Place, action_id: str, name: str = "") -> str:
    """What the button about a customer carries."""
    return str(element_about(place, action_id, name)[1]["value"])


def press(office: Office, user: str, place: Place, action_id: str, name: str = "") -> Answer:
    """Press the button about a customer, and let the bot send what it owes."""
    block_id, _ = element_about(place, action_id, name)
    answer = office.slack.click(user, place, action_id, block_id=block_id)
    office.settle()
    return answer


def choose(office: Office, user: str, place: Place, choice: MoreChoice, name: str) -> Answer:
    """Choose from the menu of a customer's card."""
    block_id, element = element_about(place, ActionId.MORE, name)
    value = next(o["value"] for o in element["options"] if o["value"].startswith(f"{choice}:"))
    answer = office.slack.select(user, place, ActionId.MORE, value, block_id=block_id)
    office.settle()
    return answer


def submit(office: Office, user: str, **values: Any) -> dict[str, str]:
    """Submit the modal on top; return the complaints beside its fields, if any."""
    answer = office.slack.submit(user, values)
    assert answer.ok, answer
    office.settle()
    errors: dict[str, str] = answer.json.get("errors", {})
    return errors


def reply(office: Office, user: str, under: Message, text: str) -> Message:
    """Write in the thread under a message, and let the bot send what it owes; return what was written."""
    answer = office.slack.say(user, under.channel, text, thread_ts=under.ts)
    assert answer.ok, answer
    office.settle()
    assert answer.message is not None
    return answer.message


def command(office: Office, user: str, channel: str, text: str) -> Message:
    """Type a slash command; return what the bot answers, privately."""
    name, _, rest = text.partition(" ")
    answer = office.slack.slash(user, channel, name, rest)
    assert answer.ok, answer
    office.settle()
    assert answer.message is not None, f"{text!r} was answered with nothing"
    assert answer.message.ephemeral_for == user
    return answer.message


def whispers(office: Office, user: str) -> list[str]:
    """What the bot said to one person alone, oldest first."""
    return [message.text for message in office.slack.ephemerals(user)]


def said(place: Place) -> str:
    """Every text in the blocks of a place, in order, one a line."""
    return "\n".join(_texts(place.blocks))


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for part in node for text in _texts(part)]
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for part in node.values() for text in _texts(part)]
    return []


def customer(office: Office, customer_id: int) -> Customer:
    """A customer's row."""
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = ledger.get(Customer, customer_id)
        assert row is not None
        return row


def touches_of(office: Office, customer_id: int) -> list[Touch]:
    """The touches of a customer that stand, neither superseded nor taken back, newest first."""
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        ids = [view.id for view in touches.latest(ledger, customer_id, limit=50)]
        rows = {row.id: row for row in ledger.rows(Touch, col(Touch.customer_id) == customer_id)}
        return [rows[i] for i in ids]


def time_passes(office: Office, **by: float) -> None:
    """Let time pass, and one tick; a second later what is spread over it is sent."""
    office.clock.forward(**by)
    office.tick()
    office.clock.forward(seconds=1)
    office.settle()


def days_pass(office: Office, days: int) -> None:
    """Let days pass, with a tick at each teammate's nine o'clock: a bot that was there is late for nobody."""
    for _ in range(days):
        begun = office.clock.now
        today = begun.replace(minute=0, second=0, microsecond=0)
        nines = (today.replace(hour=hour) + timedelta(days=day) for day in (0, 1) for hour in NINE_O_CLOCK)
        for moment in (nine for nine in nines if begun < nine < begun + timedelta(hours=24)):
            office.clock.now = moment
            office.tick()
        time_passes(office, seconds=(begun + timedelta(hours=24) - office.clock.now).total_seconds())
