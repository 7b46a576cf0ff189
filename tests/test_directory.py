"""Who belongs to this workspace, by what Slack says of them in every kind of installation."""

from typing import Any

import pytest

from bot.directory import person_of
from bot.domain.model import Seat
from bot.oauth.tokens import Held

ALONE = Held(1, "T0HERE", "U0BOT", "xoxb", None, None)
IN_ORGANISATION = Held(1, "T0HERE", "U0BOT", "xoxb", None, None, "E0HERE")
ORG: dict[str, Any] = {"enterprise_id": "E0HERE"}


@pytest.mark.parametrize(
    ("held", "user", "seat"),
    [
        (ALONE, {"team_id": "T0HERE"}, Seat.MEMBER),
        (ALONE, {}, Seat.MEMBER),
        (None, {"team_id": "T0ELSE"}, Seat.MEMBER),
        (None, {"team_id": "T0ELSE", "is_stranger": True}, Seat.OUTSIDER),
        # In a shared channel with the bot, Slack does not call them a stranger.
        (ALONE, {"team_id": "T0ELSE"}, Seat.OUTSIDER),
        (ALONE, {"team_id": "T0ELSE", "is_stranger": False, "is_restricted": True}, Seat.OUTSIDER),
        (ALONE, {"team_id": "E0ELSE", "enterprise_user": {"enterprise_id": "E0ELSE"}}, Seat.OUTSIDER),
        (IN_ORGANISATION, {"team_id": "T0HERE", "enterprise_user": {**ORG, "teams": ["T0HERE"]}}, Seat.MEMBER),
        (
            IN_ORGANISATION,
            {"team_id": "T0MAIN", "enterprise_user": {**ORG, "teams": ["T0MAIN", "T0HERE"]}},
            Seat.MEMBER,
        ),
        (IN_ORGANISATION, {"team_id": "T0MAIN", "enterprise_user": {**ORG, "teams": ["T0MAIN"]}}, Seat.OUTSIDER),
        (IN_ORGANISATION, {"team_id": "E0HERE", "enterprise_user": ORG}, Seat.MEMBER),
        (IN_ORGANISATION, {"team_id": "T0MAIN", "enterprise_user": ORG}, Seat.MEMBER),
        (IN_ORGANISATION, {"team_id": "T0ELSE"}, Seat.OUTSIDER),
        (IN_ORGANISATION, {"team_id": "E0ELSE", "enterprise_user": {"enterprise_id": "E0ELSE"}}, Seat.OUTSIDER),
    ],
)
def test_who_comes_from_elsewhere_is_an_outsider(held: Held | None, user: dict[str, Any], seat: Seat) -> None:
    assert person_of({"id": "U0SOME", "name": "some", **user}, held).seat is seat
