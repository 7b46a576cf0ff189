"""The digest of a channel shares its nudges with its teammates, and is not the same every day either."""

from datetime import datetime

import pytest

from bot.domain.model import Frequency
from storage.engine import Store
from storage.models import (
    ChannelRow,
    Nudge,
)
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, WEEK, Team, build_team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def channel(team: Team, frequency: Frequency = Frequency.DAILY, *, at: datetime = MIDNIGHT + 8 * HOUR) -> None:
    with team.store.write(team.workspace_id) as ledger:
        ledger.add(
            ChannelRow(
                workspace_id=team.workspace_id, slack_channel_id="C0TEAM", frequency=frequency, timezone="UTC",
                next_digest_at=at,
            )
        )  # fmt: skip


@pytest.mark.parametrize("first", ["channel", "teammate"])
def test_a_channel_and_its_teammates_share_one_nudge(team: Team, first: str) -> None:
    team.customer("Acme")
    channel(team, at=MIDNIGHT + (8 if first == "channel" else 10) * HOUR)
    team.ticks(MIDNIGHT, 1)
    own, teams = sorted(team.digests(), key=lambda view: view.reader is None)
    assert own.cards[0].nudge_id == teams.cards[0].nudge_id
    assert (own.reader is not None, teams.reader) == (True, None)
    with team.store.read(team.workspace_id) as ledger:
        assert len(ledger.rows(Nudge)) == 1


def test_a_channel_is_not_told_the_same_every_day(team: Team) -> None:
    team.customers((f"C{number}" for number in range(6)), owner=None)
    channel(team)
    team.ticks(MIDNIGHT, 8)
    assert team.days() == [TODAY, TODAY + DAY, TODAY + WEEK]
    assert [len(names) for names in team.named()] == [5, 1, 5]
