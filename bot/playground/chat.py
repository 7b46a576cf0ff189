"""chat.* and reactions.*: posting, changing and deleting messages, with Slack's refusals."""

from __future__ import annotations

import json
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.limits import problems_of_message
from bot.playground.model import Channel, Json, Message, Refused
from bot.playground.workspace import Workspace, with_ids

# chat.postMessage truncates above 40,000; a stand-in that refuses shows the loss.
POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
BLOCKS_CHARACTERS = 13_200
METADATA_BYTES = 1_000


def shown(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """The message as Slack answers it, with its thread's figures."""
    answer = message.as_slack(team_id=workspace.team_id, app_id=workspace.app_id, with_metadata=with_metadata)
    replies = workspace.replies_to(message)
    if replies:
        answer |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts,
        }
    elif message.thread_ts and message.thread_ts != message.ts:
        parent = workspace.find(message.channel, message.thread_ts)
        answer["parent_user_id"] = parent.user if parent else ""
    return answer


def channel_to_post_in(workspace: Workspace, name: str) -> Channel:
    """The channel, DM or (by user id) the DM to be opened. Raises what chat.postMessage refuses.

    A deactivated person's DM still takes messages (slackapi/python-slack-sdk issue 1156).
    """
    person = workspace.people.get(name)
    if person is not None:
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        if not workspace.settings.messages_tab:
            raise Refused("messages_tab_disabled")
        return workspace.open_dm(name)
    wanted = name.removeprefix("#")
    channel = workspace.channels.get(name) or next(
        (c for c in workspace.channels.values() if c.name == wanted and c.kind != "im"), None
    )
    return _writable(workspace, channel)


def _writable(workspace: Workspace, channel: Channel | None) -> Channel:
    inside = channel is not None and workspace.bot.id in channel.members
    if channel is None or (channel.is_private and not inside):
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_archived")
    if not inside and "chat:write.public" not in workspace.settings.scopes:
        raise Refused("not_in_channel")
    if channel.im_with and not workspace.settings.messages_tab:
        raise Refused("messages_tab_disabled")
    return channel


def check_content(content: Json, *, most: int = POST_CHARACTERS) -> None:
    """Text, blocks and attachments as Slack would take them. Raises Refused."""
    if content.get("markdown_text") is not None:
        if content.get("text") or content.get("blocks"):
            raise Refused("markdown_text_conflict")
        if len(str(content["markdown_text"])) > 12_000:
            raise Refused("msg_too_long")
        return
    blocks, attachments = content.get("blocks") or [], content.get("attachments") or []
    text = str(content.get("text") or "")
    if not text.strip() and not blocks and not attachments:
        raise Refused("no_text")
    if len(text) > most:
        raise Refused("msg_too_long")
    if len(attachments) > 100:
        raise Refused("too_many_attachments")
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    problems = problems_of_message({"blocks": blocks})
    for attachment in attachments:
        problems += problems_of_message({"blocks": attachment.get("blocks")})
    if problems:
        raise Refused.with_problems("invalid_blocks", problems)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_CHARACTERS:
        raise Refused("msg_blocks_too_long")


def _metadata(given: Any) -> Json | None:
    if not given:
        return None
    event_type = given.get("event_type") if isinstance(given, dict) else None
    if not isinstance(event_type, str) or not isinstance(given.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(given).encode()) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return dict(given)


def _thread(workspace: Workspace, channel: Channel, thread_ts: str) -> str | None:
    if not thread_ts:
        return None
    parent = workspace.find(channel.id, thread_ts)
    if parent is None or parent.root_ts != thread_ts or parent.ephemeral_for:
        raise Refused("thread_not_found")
    return thread_ts


def post_message(workspace: Workspace, given: Arguments) -> Json:
    """chat.postMessage."""
    channel = channel_to_post_in(workspace, given.needed("channel"))
    check_content(given.sent)
    metadata = _metadata(given.raw("metadata"))
    thread_ts = _thread(workspace, channel, given.text("thread_ts"))
    message = workspace.add(
        Message(
            channel=channel.id,
            ts=workspace.next_ts(),
            user=workspace.bot.id,
            text=given.text("text") or given.text("markdown_text"),
            blocks=given.raw("blocks") or [],
            attachments=given.raw("attachments") or [],
            bot_id=workspace.bot_id,
            thread_ts=thread_ts,
            metadata=metadata,
            broadcast=bool(thread_ts) and given.flag("reply_broadcast"),
        )
    )
    answer = shown(workspace, message, with_metadata=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": answer}


def post_ephemeral(workspace: Workspace, given: Arguments) -> Json:
    """chat.postEphemeral; message metadata is ignored there, as at Slack."""
    channel = channel_to_post_in(workspace, given.needed("channel"))
    user = given.needed("user")
    check_content(given.sent)
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = Message(
        channel=channel.id,
        ts=workspace.next_ts(),
        user=workspace.bot.id,
        text=given.text("text"),
        blocks=given.raw("blocks") or [],
        bot_id=workspace.bot_id,
        thread_ts=_thread(workspace, channel, given.text("thread_ts")),
        ephemeral_for=user,
    )
    workspace.add(message)
    return {"ok": True, "message_ts": message.ts}


def _own_message(workspace: Workspace, given: Arguments, refusal: str) -> Message:
    channel = workspace.channels.get(given.needed("channel"))
    ts = given.needed("ts")
    if channel is None or (channel.is_private and workspace.bot.id not in channel.members):
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_inactive" if refusal == "cant_update_message" else "is_archived")
    message = workspace.find(channel.id, ts)
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    if message.bot_id != workspace.bot_id:
        raise Refused(refusal)
    return message


def update(workspace: Workspace, given: Arguments) -> Json:
    """Text without blocks removes the blocks, blocks without text keep it (docs.slack.dev chat.update)."""
    message = _own_message(workspace, given, "cant_update_message")
    check_content(given.sent, most=UPDATE_CHARACTERS)
    metadata = _metadata(given.raw("metadata"))
    with workspace.lock:
        if "text" in given or "markdown_text" in given:
            message.text = given.text("text") or given.text("markdown_text")
        if "blocks" in given:
            message.blocks = with_ids(given.raw("blocks"), workspace)
        elif "text" in given:
            message.blocks = []
            message.edited = {"user": workspace.bot.id, "ts": workspace.next_ts()}
        if "attachments" in given:
            message.attachments = given.raw("attachments")
        if given.raw("metadata") is not None:
            message.metadata = metadata
        answer = shown(workspace, message, with_metadata=True)
    workspace.changed()
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text, "message": answer}


def delete(workspace: Workspace, given: Arguments) -> Json:
    """chat.delete, of own messages."""
    message = _own_message(workspace, given, "cant_delete_message")
    message.deleted = True
    workspace.changed()
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def get_permalink(workspace: Workspace, given: Arguments) -> Json:
    """chat.getPermalink."""
    channel = workspace.channels.get(given.needed("channel"))
    if channel is None or workspace.bot.id not in channel.members:
        raise Refused("channel_not_found")
    message = workspace.find(channel.id, given.needed("message_ts"))
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    link = f"https://playground.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def _message_to_react_to(workspace: Workspace, given: Arguments) -> Message:
    channel = workspace.channels.get(given.needed("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_archived")
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    message = workspace.find(channel.id, given.needed("timestamp"))
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    return message


def _reaction_name(given: Arguments) -> str:
    name = given.needed("name").strip(":")
    if not all(character.islower() or character.isdigit() or character in "_-+'" for character in name):
        raise Refused("invalid_name")
    return name


def add_reaction(workspace: Workspace, given: Arguments) -> Json:
    """reactions.add."""
    name = _reaction_name(given)
    message = _message_to_react_to(workspace, given)
    with workspace.lock:
        users = message.reactions.setdefault(name, [])
        if workspace.bot.id in users:
            raise Refused("already_reacted")
        users.append(workspace.bot.id)
    workspace.changed()
    return {"ok": True}


def remove_reaction(workspace: Workspace, given: Arguments) -> Json:
    """reactions.remove."""
    name = _reaction_name(given)
    message = _message_to_react_to(workspace, given)
    with workspace.lock:
        if workspace.bot.id not in message.reactions.get(name, []):
            raise Refused("no_reaction")
        message.reactions[name].remove(workspace.bot.id)
        if not message.reactions[name]:
            del message.reactions[name]
    workspace.changed()
    return {"ok": True}
