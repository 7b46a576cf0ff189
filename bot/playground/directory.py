"""auth, users, team, bots and conversations: who and what there is, as far as the bot may know."""

from __future__ import annotations

from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.playground.arguments import Arguments
from bot.playground.chat import shown
from bot.playground.model import Channel, Json, Message, Person, Refused
from bot.playground.workspace import Workspace

T = TypeVar("T")

_HISTORY = {"im": "im:history", "group": "groups:history", "channel": "channels:history"}
_READ = {"im": "im:read", "group": "groups:read", "channel": "channels:read"}


def need_scope(workspace: Workspace, scope: str) -> None:
    """Raise missing_scope unless the app was granted `scope`."""
    if scope not in workspace.settings.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(workspace.settings.scopes)))


def api_test(workspace: Workspace, given: Arguments) -> Json:
    """api.test: an echo, or the error asked for."""
    if "error" in given:
        raise Refused(given.text("error"), args=given.sent)
    return {"ok": True, "args": given.sent}


def auth_test(workspace: Workspace, given: Arguments) -> Json:
    """auth.test."""
    return {
        "ok": True,
        "url": "https://playground.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def team_info(workspace: Workspace, given: Arguments) -> Json:
    """team.info."""
    team = {"id": workspace.team_id, "name": workspace.name, "domain": "playground", "email_domain": ""}
    return {"ok": True, "team": team}


def bots_info(workspace: Workspace, given: Arguments) -> Json:
    """bots.info, of the own bot."""
    if given.text("bot", workspace.bot_id) != workspace.bot_id:
        raise Refused("bot_not_found")
    bot = {"id": workspace.bot_id, "deleted": False, "name": workspace.bot.name}
    return {"ok": True, "bot": {**bot, "app_id": workspace.app_id, "user_id": workspace.bot.id}}


def _user(workspace: Workspace, person: Person, *, with_locale: bool) -> Json:
    profile: Json = {"real_name": person.real_name, "display_name": person.name, "team": workspace.team_id}
    if person.email and not person.is_stranger and "users:read.email" in workspace.settings.scopes:
        profile["email"] = person.email
    user: Json = {
        "id": person.id,
        "team_id": person.team_id or workspace.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "color": person.avatar_color.removeprefix("#"),
        "profile": profile,
        "is_bot": person.is_bot,
        "updated": 1_600_000_000,
    }
    if person.deleted:
        return user
    user |= {
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "is_app_user": False,
    }
    if person.is_stranger:
        # Left out for people of another organisation who are in a shared channel that the app can see.
        meets = any({person.id, workspace.bot.id} <= channel.members for channel in workspace.channels.values())
        return user if meets else user | {"is_stranger": True}
    offset = workspace.clock().astimezone(ZoneInfo(person.tz)).utcoffset()
    user |= {"tz": person.tz, "tz_label": person.tz, "tz_offset": int(offset.total_seconds()) if offset else 0}
    if with_locale:
        user["locale"] = person.locale
    return user


def users_info(workspace: Workspace, given: Arguments) -> Json:
    """users.info; the locale only when asked for, the address only with its scope."""
    person = workspace.people.get(given.needed("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"ok": True, "user": _user(workspace, person, with_locale=given.flag("include_locale"))}


def users_list(workspace: Workspace, given: Arguments) -> Json:
    """users.list in pages."""
    people = [person for person in workspace.people.values() if not person.is_stranger]
    page, cursor = _page(people, given, most=1000, default=1000)
    members = [_user(workspace, person, with_locale=given.flag("include_locale")) for person in page]
    return {"ok": True, "members": members, "response_metadata": {"next_cursor": cursor}}


def _page(things: list[T], given: Arguments, *, most: int, default: int) -> tuple[list[T], str]:
    limit = given.number("limit", default, most=most)
    cursor = given.text("cursor", "0") or "0"
    if not cursor.isdigit() or int(cursor) > len(things):
        raise Refused("invalid_cursor")
    start = int(cursor)
    return things[start : start + limit], str(start + limit) if start + limit < len(things) else ""


def _known(workspace: Workspace, given: Arguments, scopes: dict[str, str]) -> Channel:
    channel = workspace.channels.get(given.needed("channel"))
    if channel is None or (channel.kind != "channel" and workspace.bot.id not in channel.members):
        raise Refused("channel_not_found")
    need_scope(workspace, scopes[channel.kind])
    return channel


def _conversation(workspace: Workspace, channel: Channel) -> Json:
    common = {"id": channel.id, "is_archived": channel.is_archived, "context_team_id": workspace.team_id}
    if channel.im_with:
        return {**common, "is_im": True, "user": channel.im_with, "is_open": True}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_private": channel.is_private,
        "is_member": workspace.bot.id in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_general": False,
        "num_members": len(channel.members),
    }


def conversations_open(workspace: Workspace, given: Arguments) -> Json:
    """conversations.open of direct messages with one person."""
    users = [user for user in given.text("users").split(",") if user]
    if len(users) != 1:
        raise Refused("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
    person = workspace.people.get(users[0])
    if person is None:
        raise Refused("user_not_found")
    if person.is_bot:
        raise Refused("cannot_dm_bot")
    if person.deleted:
        raise Refused("user_disabled")
    return {"ok": True, "channel": {"id": workspace.open_dm(person.id).id}}


def conversations_info(workspace: Workspace, given: Arguments) -> Json:
    """conversations.info."""
    channel = _known(workspace, given, _READ)
    return {"ok": True, "channel": _conversation(workspace, channel)}


def conversations_members(workspace: Workspace, given: Arguments) -> Json:
    """conversations.members in pages."""
    channel = _known(workspace, given, _READ)
    page, cursor = _page(sorted(channel.members), given, most=1000, default=100)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def conversations_list(workspace: Workspace, given: Arguments) -> Json:
    """conversations.list: what is public, and where the bot is."""
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    wanted = given.text("types", "public_channel").replace(" ", "").split(",")
    if not set(wanted) <= {*kinds, "mpim"}:
        raise Refused("invalid_types")
    for kind in wanted:
        need_scope(workspace, _READ.get(kinds.get(kind, ""), "mpim:read"))
    listed = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in {kinds.get(kind) for kind in wanted}
        and (channel.kind == "channel" or workspace.bot.id in channel.members)
        and not (channel.is_archived and given.flag("exclude_archived"))
    ]
    page, cursor = _page(listed, given, most=1000, default=100)
    channels = [_conversation(workspace, channel) for channel in page]
    return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": cursor}}


def _within(message: Message, given: Arguments) -> bool:
    inclusive = given.flag("inclusive")
    oldest, latest = float(given.text("oldest") or 0), float(given.text("latest") or "inf")
    ts = float(message.ts)
    return oldest < ts < latest or (inclusive and ts in (oldest, latest))


def _readable(workspace: Workspace, given: Arguments) -> Channel:
    channel = _known(workspace, given, _HISTORY)
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def conversations_history(workspace: Workspace, given: Arguments) -> Json:
    """Newest first, without thread replies (but with broadcast ones), without ephemeral and deleted messages."""
    channel = _readable(workspace, given)
    with workspace.lock:
        found = [
            m
            for m in reversed(workspace.messages)
            if m.channel == channel.id
            and not m.deleted
            and not m.ephemeral_for
            and (m.root_ts == m.ts or m.broadcast)
            and _within(m, given)
        ]
    return _messages(workspace, found, given)


def conversations_replies(workspace: Workspace, given: Arguments) -> Json:
    """The parent and its thread, oldest first."""
    channel = _readable(workspace, given)
    asked = workspace.find(channel.id, given.needed("ts"))
    parent = workspace.find(channel.id, asked.root_ts) if asked else None
    if parent is None or parent.ephemeral_for:
        raise Refused("thread_not_found")
    replies = [reply for reply in workspace.replies_to(parent) if _within(reply, given)]
    return _messages(workspace, [parent, *replies], given)


def _messages(workspace: Workspace, found: list[Message], given: Arguments) -> Json:
    page, cursor = _page(found, given, most=999, default=100)
    asked = given.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [shown(workspace, message, with_metadata=asked) for message in page],
        "has_more": bool(cursor),
        "pin_count": 0,
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})
