"""What Slack says about a person, and whether that lets them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.model import Role, Seat


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """A person's profile in Slack, reduced to what the bot keeps."""

    slack_user_id: str
    name: str
    timezone: str
    locale: str
    seat: Seat
    is_admin: bool = False
    email: str | None = None

    @property
    def role(self) -> Role:
        """Slack's admins set the bot up."""
        return Role.ADMIN if self.is_admin else Role.MEMBER


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """What Slack shows of a channel that the bot is in: whether outsiders read it, and whether only members find it."""

    is_shared: bool
    is_private: bool


def read_by_outsiders(channel: Mapping[str, Any]) -> bool:
    """Say whether people of another organisation read a channel, from Slack's own channel object."""
    return any(channel.get(name) for name in ("is_ext_shared", "is_pending_ext_shared", "is_org_shared"))


def seat_of(*, deleted: bool, is_bot: bool, is_guest: bool, is_stranger: bool) -> Seat:
    """Return what a person is to this workspace; the strictest word wins."""
    if deleted:
        return Seat.GONE
    if is_stranger:
        return Seat.OUTSIDER
    if is_bot:
        return Seat.BOT
    return Seat.GUEST if is_guest else Seat.MEMBER
