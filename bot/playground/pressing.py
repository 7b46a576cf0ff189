"""What a person does with elements: pressing, choosing, typing, submitting and closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground import modals
from bot.playground.choices import enter, fill, find_element, missing
from bot.playground.elements import Problems, check_option
from bot.playground.line import Answer, Request
from bot.playground.model import CannotDo, Json, Message, Person, Refused, View
from bot.playground.people import Conversations, why
from bot.playground.workspace import elements_of

Place = Message | View


class Elements(Conversations):
    """People and Block Kit. A place is a message or a view as the playground gave it; stale ones are looked up."""

    def __init__(self) -> None:
        self._suggested: dict[tuple[str, str], list[Json]] = {}
        self._message_state: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = {}

    def click(
        self,
        user: str,
        place: Place,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Press a button. `value` or `block_id` tells buttons with the same action id apart."""
        person, place = self._at(user, place)
        block, element = find_element(place.blocks, action_id, block_id, value)
        if element["type"] not in ("button", "icon_button", "workflow_button"):
            raise CannotDo(f"{action_id} is a {element['type']}: use select.")
        action: Json = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return self._act(person, place, (block, element), action, state)

    def select(
        self,
        user: str,
        place: Place,
        action_id: str,
        choice: Any,
        *,
        block_id: str | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Choose in a menu, pick a date, tick boxes, type into an input that dispatches: `choice` is the value.

        Menus take an option's value, multi menus and checkboxes a list of them, pickers "2026-11-24" or "09:30".
        An external select takes only what `options` was given before.
        """
        person, place = self._at(user, place)
        block, element = find_element(place.blocks, action_id, block_id, choice)
        if element["type"] == "button":
            raise CannotDo(f"{action_id} is a button: use click.")
        entered = enter(self.workspace, element, choice, self._suggested.get((person.id, action_id), ()))
        if element["type"] != "overflow":
            self._state_of(person, place).setdefault(block["block_id"], {})[action_id] = entered
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Answer(None)
        return self._act(person, place, (block, element), entered, state)

    def _act(
        self, person: Person, place: Place, pressed: tuple[Json, Json], action: Json, state: Mapping[str, Any] | None
    ) -> Answer:
        block, element = pressed
        typed = self._state_of(person, place)
        fill(self.workspace, place.blocks, typed, state or {}, self._offers(person))
        done = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"], **action}
        done["action_ts"] = self.workspace.next_ts()
        return self._interact(person, Request("interaction", self.payloads.actions(person, place, done, typed)))

    def options(self, user: str, place: Place, action_id: str, value: str, *, block_id: str | None = None) -> Answer:
        """Type into an external select; the bot's options are in `answer.json`.

        Below min_query_length (3 by default) Slack does not ask, so `answer.status` is None.
        """
        person, place = self._at(user, place)
        block, element = find_element(place.blocks, action_id, block_id, None)
        if "external" not in str(element["type"]):
            raise CannotDo(f"{action_id} is a {element['type']}, which does not ask the bot.")
        if len(value) < int(element.get("min_query_length", 3)):
            return Answer(None)
        payload = self.payloads.suggestion(person, place, element, block["block_id"], value)
        answer = self._interact(person, Request("interaction", payload))
        groups = answer.json.get("option_groups") or [{"options": answer.json.get("options") or []}]
        offered = [option for group in groups for option in group.get("options") or ()]
        problems = Problems()
        for number, option in enumerate(offered):
            check_option(problems, f"/options/{number}", option, kind="external_select")
        if len(groups) > 100 or any(len(group.get("options") or ()) > 100 for group in groups):
            problems.at("/options", "no more than 100 options or groups")
        if answer.ok and problems:
            return self._complain(person, answer, f"Slack does not take these options: {'; '.join(problems)}.")
        before = self._suggested.setdefault((person.id, action_id), [])
        before += [option for option in offered if option not in before]
        return answer

    def submit(self, user: str, values: Mapping[str, Any] | None = None) -> Answer:
        """Fill in and submit the modal on top. `values` are keyed by block id or action id, or nested like Slack's.

        Raises CannotDo when a required field is empty, as Slack's own window does before it asks the bot.
        """
        person = self.workspace.person(user)
        view = self._top(person)
        if not view.payload.get("submit"):
            raise CannotDo(f"The modal {view.title!r} has nothing to submit.")
        fill(self.workspace, view.blocks, view.typed, values or {}, self._offers(person))
        view.errors = missing(view.blocks, view.typed) or None
        if view.errors:
            self.workspace.changed()
            raise CannotDo(f"Please complete {', '.join(view.errors)} first.")
        answer = self._interact(person, Request("interaction", self.payloads.submission(person, view)))
        if not answer.ok:
            return answer
        try:
            self._follow(person, view, answer.json)
        except Refused as refused:
            return self._complain(person, answer, f"Slack does not take the bot's answer: {why(refused)}.")
        return answer

    def _follow(self, person: Person, view: View, reply: Json) -> None:
        """Do what the bot's answer to a submission says: errors, update, push, clear, or close."""
        action = reply.get("response_action")
        if action is None:
            with self.workspace.lock:
                stack = self.workspace.modals.get(person.id, [])
                if view.id in stack:
                    stack.remove(view.id)
                    del self.workspace.views[view.id]
            self.workspace.changed()
        elif action == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            errors = reply.get("errors") or {}
            if not errors or not set(errors) <= inputs:
                raise Refused.with_problems("invalid_arguments", [f"errors must name input blocks: {sorted(inputs)}"])
            view.errors = dict(errors)
            self.workspace.changed()
        elif action == "update":
            modals.change_view(self.workspace, view, modals.checked(reply.get("view"), "modal"))
        elif action == "push":
            modals.push_view(self.workspace, person.id, modals.checked(reply.get("view"), "modal"))
        elif action == "clear":
            modals.clear(self.workspace, person.id)
        else:
            raise Refused.with_problems("invalid_arguments", [f"unknown response_action {action!r}"])

    def close(self, user: str, *, everything: bool = False) -> Answer:
        """Close the modal on top with its button, or (`everything`) the whole stack with its x.

        The bot hears of it only with notify_on_close, and for the x only about the first view.
        """
        person = self.workspace.person(user)
        view = self._top(person)
        if everything:
            view = self.workspace.views[self.workspace.modals[person.id][0]]
        payload = self.payloads.closed(person, view, is_cleared=everything)
        if everything or view.payload.get("clear_on_close"):
            modals.clear(self.workspace, person.id)
        else:
            modals.close_top(self.workspace, person.id)
        if not view.payload.get("notify_on_close"):
            return Answer(None)
        return self._interact(person, Request("interaction", payload))

    def _top(self, person: Person) -> View:
        stack = self.workspace.modals.get(person.id)
        if not stack:
            raise CannotDo(f"{person.real_name} has no modal open.")
        return self.workspace.views[stack[-1]]

    def _at(self, user: str, place: Place) -> tuple[Person, Place]:
        """The person, and the place as it is now. Raises CannotDo when they can't see it (any more)."""
        person = self.workspace.person(user)
        if isinstance(place, Message):
            return person, self._seen(user, place.channel, place.ts)[2]
        view = self.workspace.views.get(place.id)
        if view is None or view.user != person.id:
            raise CannotDo("That view is closed, or somebody else's.")
        return person, view

    def _state_of(self, person: Person, place: Place) -> dict[str, dict[str, Json]]:
        if isinstance(place, View):
            return place.typed
        key = (person.id, place.channel, place.ts)
        self._message_state[key] = modals.initial_state(place.blocks, self._message_state.get(key, {}))
        return self._message_state[key]

    def _offers(self, person: Person) -> dict[str, list[Json]]:
        return {action_id: offered for (user, action_id), offered in self._suggested.items() if user == person.id}


def action_ids(place: Place) -> list[str]:
    """The action ids in a message or view, in order, for assertions."""
    return [e["action_id"] for block in place.blocks for e in elements_of(block) if "action_id" in e]
