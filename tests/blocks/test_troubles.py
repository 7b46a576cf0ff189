"""News for an admin: what Slack refuses, in words, with the remedy."""

import pytest

from bot.blocks.troubles import build_trouble
from bot.blocks.voice import Voice
from bot.domain.views import TroubleView
from tests.blocks.cast import ANA, ENGLISH, GERMAN
from tests.blocks.checks import assert_slack_takes, markup
from tests.conftest import NOW


def trouble(lane: str, error: str, waiting: int = 2) -> TroubleView:
    return TroubleView(
        reader=ANA, lane=lane, error=error, since_at=NOW, waiting=waiting, is_everything=lane == "*",
        is_person=lane.startswith("U"), is_method="." in lane, is_token=lane == "token",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (trouble("C1", "is_archived"), "Channel C1 is archived. 2 messages wait"),
        (trouble("C1", "shared_channel", 0), "People of another organisation read channel C1 now, so no customers"),
        (trouble("C1", "restricted_action"), "Channel C1 takes no messages of mine. 2 messages wait"),
        (trouble("U1", "user_not_found", 1), "Messages don't reach U1 any more. One message waits"),
        (
            trouble("reactions.add", "missing_scope"),
            "Slack does not let me call reactions.add: a permission",
        ),
        (trouble("*", "token_revoked"), "Slack stopped taking my messages"),
        (trouble("token", "invalid_refresh_token"), "Slack does not renew my permission to work here ("),
    ],
    ids=lambda value: value.error if isinstance(value, TroubleView) else None,
)
@pytest.mark.parametrize("say", [ENGLISH, GERMAN], ids=["en", "de"])
def test_every_refusal_says_what_waits_and_what_mends_it(view: TroubleView, told: str, say: Voice) -> None:
    message = build_trouble(view, say)
    assert_slack_takes(message)
    assert all("<" not in marked for marked in markup(message))
    if say is ENGLISH:
        assert message["text"].startswith(told)


def test_a_channel_is_mentioned_so_that_one_click_leads_there() -> None:
    (block,) = build_trouble(trouble("C1", "is_archived"), ENGLISH)["blocks"]
    assert block["elements"][0]["elements"][0] == {"type": "channel", "channel_id": "C1"}
