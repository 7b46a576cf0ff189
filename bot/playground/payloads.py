"""The payloads that Slack sends to an app, as its documentation and Bolt's scenario tests show them."""

from __future__ import annotations

import uuid
from typing import Any

from bot.playground import modals
from bot.playground.chat import shown
from bot.playground.model import Channel, Json, Message, Person, View
from bot.playground.workspace import Workspace

TOKEN = "playground-verification-token"  # noqa: S105 - Slack's deprecated token; a real app must ignore it


class Payloads:
    """Builds payloads for one workspace."""

    def __init__(self, workspace: Workspace, response_root: str) -> None:
        self.workspace = workspace
        self.response_root = response_root

    def command(self, person: Person, channel: Channel, command: str, text: str) -> Json:
        """A slash command. It has no thread, because Slack allows none there."""
        token = self.workspace.new_response_url(channel.id, person.id)
        return {
            "token": TOKEN,
            "team_id": self.workspace.team_id,
            "team_domain": "playground",
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.im_with else channel.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self.workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_root + token,
            "trigger_id": self.workspace.new_trigger(person.id),
        }

    def event(self, event: Json, *, channel: Channel | None = None) -> Json:
        """The envelope of the Events API, with a fresh event_id."""
        team, shared = self.workspace.team_id, bool(channel and channel.is_ext_shared)
        authorization = {
            "enterprise_id": None,
            "team_id": team,
            "user_id": self.workspace.bot.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": TOKEN,
            "team_id": team,
            "context_team_id": team,
            "api_app_id": self.workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": "Ev" + uuid.uuid4().hex[:10].upper(),
            "event_time": int(float(event["event_ts"])),
            "authorizations": [authorization],
            "is_ext_shared_channel": shared,
            "event_context": f"1-{event['type']}-{team}-{channel.id if channel else ''}",
        }

    def said(self, message: Message) -> Json:
        """The `message` object inside message events; strangers come with their own team."""
        person = self.workspace.people[message.user]
        said = shown(self.workspace, message)
        for key in ("reply_count", "reply_users", "latest_reply", "reactions"):
            said.pop(key, None)
        said["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, message.channel + message.ts))
        home = person.team_id or self.workspace.team_id
        if person.is_stranger:
            said |= {"user_team": home, "source_team": home}
        return said | {"team": home}

    def _interaction(self, kind: str, person: Person) -> Json:
        return {
            "type": kind,
            "team": {"id": self.workspace.team_id, "domain": "playground"},
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id or self.workspace.team_id,
            },
            "api_app_id": self.workspace.app_id,
            "token": TOKEN,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, message: Message) -> Json:
        channel = self.workspace.channels[message.channel]
        return {"id": channel.id, "name": "directmessage" if channel.im_with else channel.name}

    def _in_message(self, message: Message, person: Person, *, with_url: bool) -> Json:
        ephemeral = message.ephemeral_for is not None
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        container["is_ephemeral"] = ephemeral
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        part: Json = {"container": container, "channel": self._channel(message)}
        if not ephemeral:
            part["message"] = shown(self.workspace, message)
        if with_url:
            token = self.workspace.new_response_url(message.channel, person.id, message.ts)
            part["response_url"] = self.response_root + token
        return part

    def _in_view(self, view: View) -> Json:
        container = {"type": "view", "view_id": view.id}
        return {"container": container, "view": modals.shown(self.workspace, view)}

    def actions(self, person: Person, place: Message | View, action: Json, state: Json) -> Json:
        """block_actions: one pressed or changed element, the state around it, a trigger."""
        view_id = place.id if isinstance(place, View) and place.payload["type"] == "modal" else None
        payload = self._interaction("block_actions", person)
        payload |= {"trigger_id": self.workspace.new_trigger(person.id, view_id), "actions": [action]}
        if isinstance(place, View):
            return payload | self._in_view(place)
        return payload | self._in_message(place, person, with_url=True) | {"state": {"values": state}}

    def suggestion(self, person: Person, place: Message | View, element: Json, block_id: str, value: str) -> Json:
        """block_suggestion: what to offer for what was typed so far."""
        where = self._in_view(place) if isinstance(place, View) else self._in_message(place, person, with_url=False)
        asked: Json = {"action_id": element["action_id"], "block_id": block_id, "value": value}
        return self._interaction("block_suggestion", person) | asked | where

    def submission(self, person: Person, view: View) -> Json:
        """view_submission of an open modal."""
        shown_view = modals.shown(self.workspace, view)
        trigger = self.workspace.new_trigger(person.id, view.id)
        rest: Json = {"trigger_id": trigger, "view": shown_view, "response_urls": []}
        return self._interaction("view_submission", person) | rest

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Json:
        """view_closed."""
        rest: Json = {"view": modals.shown(self.workspace, view), "is_cleared": is_cleared}
        return self._interaction("view_closed", person) | rest

    def shortcut(self, person: Person, callback_id: str, message: Message | None = None) -> Json:
        """A shortcut: message_action with the message itself, or shortcut from anywhere."""
        payload = self._interaction("message_action" if message else "shortcut", person)
        payload |= {
            "callback_id": callback_id,
            "trigger_id": self.workspace.new_trigger(person.id),
            "action_ts": self.workspace.next_ts(),
        }
        if message is None:
            return payload
        token = self.workspace.new_response_url(message.channel, person.id)
        about: dict[str, Any] = {
            "channel": self._channel(message),
            "message_ts": message.ts,
            "message": shown(self.workspace, message),
            "response_url": self.response_root + token,
        }
        return payload | about
