"""Do not disturb: until when people do not want to be notified, as far as others may know."""

from __future__ import annotations

from bot.playground.arguments import Arguments
from bot.playground.model import Json, Person, Refused
from bot.playground.workspace import Workspace

MOST_PEOPLE = 50


def team_info(workspace: Workspace, given: Arguments) -> Json:
    """dnd.teamInfo of up to fifty people; those it does not know are left out."""
    wanted = [user for user in given.needed("users").split(",") if user]
    if len(wanted) > MOST_PEOPLE:
        raise Refused("too_many_users")
    return {"ok": True, "users": {user: _dnd(workspace.people[user]) for user in wanted if user in workspace.people}}


def _dnd(person: Person) -> Json:
    if person.rests_from is None or person.rests_until is None:
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(person.rests_from.timestamp()),
        "next_dnd_end_ts": int(person.rests_until.timestamp()),
    }
