"""Answers of the bot that are not Web API calls: bodies of command acks and posts to a response_url."""

from __future__ import annotations

from bot.playground.chat import check_content
from bot.playground.model import Json, Message, Refused
from bot.playground.workspace import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Workspace, with_ids


def apply_reply(
    workspace: Workspace, reply: Json, *, channel: str, user: str, original: Message | None = None
) -> Message | None:
    """Show what the bot replied: a new message (ephemeral unless in_channel), or the original replaced or deleted.

    Raises Refused when Slack would not take it.
    """
    if reply.get("delete_original"):
        if original is None:
            raise Refused("message_not_found")
        original.deleted = True
        workspace.changed()
        return None
    check_content(reply)
    if reply.get("replace_original") and original is not None:
        with workspace.lock:
            original.text = str(reply.get("text") or "")
            original.blocks = with_ids(reply.get("blocks") or [], workspace)
        workspace.changed()
        return original
    in_channel = reply.get("response_type") == "in_channel"
    message = Message(
        channel=channel,
        ts=workspace.next_ts(),
        user=workspace.bot.id,
        text=str(reply.get("text") or ""),
        blocks=reply.get("blocks") or [],
        bot_id=workspace.bot_id,
        thread_ts=reply.get("thread_ts"),
        metadata=reply.get("metadata"),
        ephemeral_for=None if in_channel else user,
    )
    return workspace.add(message)


def use_response_url(workspace: Workspace, token: str, reply: Json) -> tuple[int, Json | str]:
    """Take one post to /response/<token>: HTTP status and body, as hooks.slack.com answers."""
    with workspace.lock:
        url = workspace.response_urls.get(token)
        if url is None:
            return 404, {"ok": False, "error": "not_found"}
        if (workspace.clock() - url.at).total_seconds() > RESPONSE_URL_SECONDS:
            return 404, {"ok": False, "error": "expired_url"}
        if url.uses >= RESPONSE_URL_USES:
            return 404, {"ok": False, "error": "used_url"}
        url.uses += 1
        original = workspace.find(url.channel, url.message_ts)
    try:
        shown = apply_reply(workspace, reply, channel=url.channel, user=url.user, original=original)
    except Refused as refused:
        return 400, refused.as_slack()
    if shown and original is None:
        url.message_ts = shown.ts
    return 200, "ok"
