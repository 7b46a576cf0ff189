"""A person's place at the page's API: what the page shows and does, without a browser."""

import json
import time
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

Json = dict[str, Any]
_WAIT_SECONDS = 15.0


class Seat:
    """One person, looking at the page and acting on it."""

    def __init__(self, url: str, person: str) -> None:
        """Sit down as a person, by Slack id."""
        self.url, self.person = url, person

    def state(self) -> Json:
        """Return everything the person sees."""
        return _fetch(f"{self.url}/playground/state?as={quote(self.person)}")

    def do(self, what: str, **fields: Any) -> Json:
        """Do one thing. Raises AssertionError when it is refused."""
        answer = _fetch(f"{self.url}/playground/do", {"as": self.person, "what": what, **fields})
        assert answer["ok"], f"{what} was refused: {answer['error']}"
        return answer

    def control(self, name: str) -> Json:
        """Press one of the playground's own buttons."""
        return _fetch(f"{self.url}/playground/control/{name}", {"as": self.person})

    def messages(self, state: Json) -> list[Json]:
        """Return the messages with the bot, oldest first, their texts as they read."""
        return [{**message, "text": unescape(message["text"])} for message in state["messages"][self.room(state)]]

    def room(self, state: Json) -> str:
        """Return the conversation with the bot."""
        return str(next(room["id"] for room in state["conversations"] if room["kind"] == "im"))

    def wait(self, found: Callable[[Json], Any], what: str) -> Any:
        """Wait until something is to be seen, and return it; `what` names it when it never comes."""
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            state = self.state()
            if answer := found(state):
                return answer
            assert time.monotonic() < until, f"Waited {_WAIT_SECONDS:.0f} seconds for {what}."
            _fetch(f"{self.url}/playground/changes?since={state['version']}", timeout=max(1, until - time.monotonic()))

    def wait_for_message(self, *words: str, thread_ts: str | None = None) -> Json:
        """Wait for the newest message with the bot that contains all the words, in a thread if it is given."""

        def newest(state: Json) -> Json | None:
            said = [
                message
                for message in self.messages(state)
                if all(word in message["text"] for word in words) and thread_ts in (None, message["thread_ts"])
            ]
            return said[-1] if said else None

        return dict(self.wait(newest, f"a message that says {' and '.join(words)}"))

    def press(self, place: Json, name: str, *, state: Json | None = None) -> None:
        """Press the button of a message or a view whose name for screen readers begins so, with what was typed."""
        actions = [
            {**element, "block_id": block["block_id"]}
            for block in place["blocks"]
            for element in (*block.get("elements", ()), block.get("accessory") or {})
            if element.get("type") == "button" and _name(element).startswith(name)
        ]
        assert actions, f"There is no button {name!r} on: {place.get('text') or place['title']['text']}"
        where = (
            {"view_id": place["id"]} if "id" in place else {"conversation": self.room(self.state()), "ts": place["ts"]}
        )
        self.do("click", action=actions[0], state=state, **where)

    def wait_for_modal(self, words: str) -> Json:
        """Wait until the modal on top says something."""
        return dict(self.wait(lambda state: [v for v in state["modals"][-1:] if words in str(v)], words)[-1])


def _name(button: Json) -> str:
    return unescape(str(button.get("accessibility_label") or button["text"]["text"]))


def _fetch(url: str, body: Json | None = None, timeout: float = 30) -> Json:
    given = None if body is None else json.dumps(body).encode()
    request = Request(url, given, {"content-type": "application/json"})
    try:
        with urlopen(request, timeout=timeout) as answer:
            return dict(json.load(answer))
    except TimeoutError:
        return {}
