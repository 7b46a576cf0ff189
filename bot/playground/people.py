"""What a person does in conversations: commands, messages, edits, deletions, reactions, shortcuts, the App Home."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.playground import modals
from bot.playground.line import Answer, Line, Request
from bot.playground.model import CannotDo, Channel, Json, Message, Person, Refused
from bot.playground.payloads import Payloads
from bot.playground.replies import apply_reply
from bot.playground.rich_text import escape, rich_text_of
from bot.playground.workspace import Workspace

_EVENTS = {
    "im": ("message.im", "im:history"),
    "group": ("message.groups", "groups:history"),
    "channel": ("message.channels", "channels:history"),
}
NOT_SENT = Answer(None)
_NAMED = re.compile(r"(?<!\S)([@#])([\w][\w.-]*)")


class Conversations:
    """People talking, to each other and to the bot. Each act returns what the bot answered.

    `people` are ids. A `channel` is an id; the bot's or the person's own id means their direct messages.
    `answer.status` is None and `answer.ok` true when Slack had no reason to tell the bot.
    """

    workspace: Workspace
    line: Line
    payloads: Payloads
    event_retries: int = 0

    def slash(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """Call a slash command; what the bot answers appears as Slack shows it (`answer.message`)."""
        person = self.workspace.person(user)
        place = self.workspace.conversation(channel, person)
        self._check_command(command)
        typed = self._as_typed(text, for_command=command)
        payload = self.payloads.command(person, place, command, typed)
        answer = self._interact(person, Request("command", payload))
        reply = answer.json or ({"text": answer.body} if isinstance(answer.body, str) and answer.body else {})
        if not answer.ok or not reply:
            return answer
        try:
            message = apply_reply(self.workspace, reply, channel=place.id, user=person.id)
        except Refused as refused:
            return self._complain(person, answer, f"Slack does not take the bot's answer: {why(refused)}.")
        if message:
            self.workspace.response_urls[payload["response_url"].rsplit("/", 1)[1]].message_ts = message.ts
        return replace(answer, message=message)

    def _check_command(self, command: str) -> None:
        known = [entry["command"] for entry in self.workspace.settings.commands]
        if not command.startswith("/") or (self.workspace.settings.declared and command not in known):
            raise CannotDo(f"{command} is not a valid command. There is: {', '.join(known) or 'none'}.")

    def _as_typed(self, text: str, *, for_command: str = "") -> str:
        """Slack's escaping, with @names and #channels resolved in messages and in should_escape commands."""
        entry = next((c for c in self.workspace.settings.commands if c["command"] == for_command), None)
        resolve = not for_command or entry is None or bool(entry.get("should_escape"))
        people = {person.name: person for person in self.workspace.people.values()}
        channels = {channel.name: channel for channel in self.workspace.channels.values() if not channel.im_with}

        def named(match: re.Match[str]) -> str:
            sign, name = match[1], match[2]
            bare = name.rstrip(".-")
            if sign == "@" and bare in people:
                person = people[bare]
                return (f"<@{person.id}|{bare}>" if for_command else f"<@{person.id}>") + name[len(bare) :]
            if sign == "#" and bare in channels:
                return f"<#{channels[bare].id}|{bare}>" + name[len(bare) :]
            return match[0]

        escaped = escape(text)
        return _NAMED.sub(named, escaped) if resolve else escaped

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        """Write a message, in a thread if `thread_ts` names one. `answer.message` is what was written."""
        person = self.workspace.person(user)
        place = self.workspace.conversation(channel, person)
        if place.is_archived:
            raise CannotDo(f"#{place.name} is archived.")
        if thread_ts is not None:
            parent = self.workspace.find(place.id, thread_ts)
            if parent is None or not self.workspace.sees(person.id, parent):
                raise CannotDo("That thread is gone.")
            if parent.ephemeral_for:
                raise CannotDo("A message that only you can see has no thread.")
            thread_ts = parent.root_ts
        typed = self._as_typed(text)
        blocks = [rich_text_of(typed, self.workspace.next_id("b"))]
        message = Message(place.id, self.workspace.next_ts(), person.id, typed, blocks, thread_ts=thread_ts)
        self.workspace.add(message)
        event = self.payloads.said(message) | {"channel": place.id, "event_ts": message.ts}
        return replace(self._message_event(place, event), message=message)

    def edit(self, user: str, channel: str, ts: str, text: str) -> Answer:
        """Change one's own message."""
        person, place, message = self._own(user, channel, ts)
        before = self.payloads.said(message)
        with self.workspace.lock:
            message.text = self._as_typed(text)
            message.blocks = [rich_text_of(message.text, self.workspace.next_id("b"))]
            message.edited = {"user": person.id, "ts": self.workspace.next_ts()}
        self.workspace.changed()
        event = {"subtype": "message_changed", "message": self.payloads.said(message), "previous_message": before}
        return replace(self._hidden_event(place, event), message=message)

    def delete(self, user: str, channel: str, ts: str) -> Answer:
        """Delete one's own message."""
        _, place, message = self._own(user, channel, ts)
        before = self.payloads.said(message)
        message.deleted = True
        self.workspace.changed()
        event = {"subtype": "message_deleted", "deleted_ts": ts, "previous_message": before}
        return replace(self._hidden_event(place, event), message=message)

    def _own(self, user: str, channel: str, ts: str) -> tuple[Person, Channel, Message]:
        person = self.workspace.person(user)
        place = self.workspace.conversation(channel, person)
        message = self.workspace.find(place.id, ts)
        if message is None or message.user != person.id:
            raise CannotDo("Only your own messages can be changed or deleted.")
        return person, place, message

    def react(self, user: str, channel: str, ts: str, name: str) -> Answer:
        """Add a reaction, or take it away when it is already there."""
        person, place, message = self._seen(user, channel, ts)
        if message.ephemeral_for:
            raise CannotDo("A message that only you can see takes no reactions.")
        with self.workspace.lock:
            users = message.reactions.setdefault(name, [])
            kind = "reaction_removed" if person.id in users else "reaction_added"
            if person.id in users:
                users.remove(person.id)
            else:
                users.append(person.id)
            if not users:
                del message.reactions[name]
        self.workspace.changed()
        item = {"type": "message", "channel": place.id, "ts": ts}
        event = {"type": kind, "user": person.id, "reaction": name, "item_user": message.user, "item": item}
        if self.workspace.bot.id not in place.members or not self._told(kind, "reactions:read"):
            return replace(NOT_SENT, message=message)
        event["event_ts"] = self.workspace.next_ts()
        return replace(self._deliver(self.payloads.event(event, channel=place)), message=message)

    def open_home(self, user: str) -> Answer:
        """Look at the bot's App Home."""
        person = self.workspace.person(user)
        home = self.workspace.homes.get(person.id)
        event: Json = {"type": "app_home_opened", "user": person.id, "tab": "home"}
        event |= {"channel": self.workspace.open_dm(person.id).id, "event_ts": self.workspace.next_ts()}
        if home:
            event["view"] = modals.shown(self.workspace, self.workspace.views[home])
        return self._deliver(self.payloads.event(event)) if self._told("app_home_opened", None) else NOT_SENT

    def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Answer:
        """Use a message shortcut from a message's menu."""
        person, _, message = self._seen(user, channel, ts)
        self._check_shortcut(callback_id, "message")
        return self._interact(person, Request("interaction", self.payloads.shortcut(person, callback_id, message)))

    def global_shortcut(self, user: str, callback_id: str) -> Answer:
        """Use a global shortcut."""
        person = self.workspace.person(user)
        self._check_shortcut(callback_id, "global")
        return self._interact(person, Request("interaction", self.payloads.shortcut(person, callback_id)))

    def _check_shortcut(self, callback_id: str, kind: str) -> None:
        known = [s["callback_id"] for s in self.workspace.settings.shortcuts if s["type"] == kind]
        if self.workspace.settings.declared and callback_id not in known:
            raise CannotDo(f"There is no {kind} shortcut {callback_id}. There is: {', '.join(known) or 'none'}.")

    def _seen(self, user: str, channel: str, ts: str) -> tuple[Person, Channel, Message]:
        person = self.workspace.person(user)
        place = self.workspace.conversation(channel, person)
        message = self.workspace.find(place.id, ts)
        if message is None or not self.workspace.sees(person.id, message):
            raise CannotDo("That message is gone.")
        return person, place, message

    def redeliver(self, *, retry_num: int = 1, reason: str = "http_timeout") -> Answer:
        """Send the last event once more, as Slack does when it got no 200 in time."""
        last = next(request for request in reversed(self.line.sent) if request.kind == "event")
        return self.line.send(replace(last, retry_num=retry_num, retry_reason=reason))

    def _told(self, event: str, scope: str | None) -> bool:
        settings = self.workspace.settings
        return (settings.events is None or event in settings.events) and (not scope or scope in settings.scopes)

    def _hidden_event(self, place: Channel, event: Json) -> Answer:
        now = self.workspace.next_ts()
        return self._message_event(place, {**event, "hidden": True, "channel": place.id, "ts": now, "event_ts": now})

    def _message_event(self, place: Channel, event: Json) -> Answer:
        if self.workspace.bot.id not in place.members or not self._told(*_EVENTS[place.kind]):
            return NOT_SENT
        whole = {"type": "message", **event, "channel_type": place.kind}
        return self._deliver(self.payloads.event(whole, channel=place))

    def _deliver(self, payload: Json) -> Answer:
        request = Request("event", payload)
        answer = self.line.send(request)
        for number in range(1, self.event_retries + 1):
            if answer.ok:
                break
            reason = answer.retry_reason or "unknown_error"
            answer = self.line.send(replace(request, retry_num=number, retry_reason=reason))
        if not answer.ok:
            user = payload["event"].get("user") or payload["event"].get("message", {}).get("user", "")
            self.workspace.notice(user, answer.problem or "")
        return answer

    def _interact(self, person: Person, request: Request) -> Answer:
        answer = self.line.send(request)
        if not answer.ok:
            self.workspace.notice(person.id, answer.problem or "")
        return answer

    def _complain(self, person: Person, answer: Answer, problem: str) -> Answer:
        self.workspace.notice(person.id, problem)
        return replace(answer, problem=problem)


def why(refused: Refused) -> str:
    """The refusal and its problems in one line."""
    return f"{refused.error} ({'; '.join(refused.extra['errors'])})" if "errors" in refused.extra else refused.error
