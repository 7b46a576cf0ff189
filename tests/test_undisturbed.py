"""Do-not-disturb, asked of Slack: whoever rests gets the digest afterwards, and where nobody can tell nobody waits."""

from datetime import timedelta

import pytest

from bot.undisturbed import AT_ONCE, MOST_ASKED, Undisturbed
from tests.support.bot import Office, make_office, office
from tests.support.cast import Cast, write_cast

__all__ = ["make_office", "office"]


def write(office: Office) -> Cast:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        return write_cast(ledger, office.clock.now.date())


def asked(office: Office) -> int:
    return sum(call.method == "dnd.teamInfo" for call in office.slack.calls)


def rest(office: Office, who: str, hours: float) -> None:
    nine = office.clock.now + timedelta(hours=1)
    office.slack.change_person(who, rests_from=nine - timedelta(hours=2), rests_until=nine + timedelta(hours=hours))


def test_a_digest_waits_until_its_reader_may_be_disturbed(office: Office) -> None:
    write(office)
    rest(office, "U0ANA", hours=1.5)
    office.clock.forward(hours=1)
    office.tick()
    assert office.slack.from_bot("U0ANA") == []
    office.clock.forward(hours=1.5)
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_whoever_does_not_rest_gets_it_at_once(office: Office) -> None:
    write(office)
    rest(office, "U0BEN", hours=12)
    office.clock.forward(hours=1)
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


@pytest.mark.parametrize(("begins", "ends"), [(1, 9), (-9, -1)])
def test_whoever_rests_later_or_rested_before_gets_it_at_once(office: Office, begins: int, ends: int) -> None:
    """Slack shows the next span, be it tonight's."""
    write(office)
    nine = office.clock.now + timedelta(hours=1)
    begun, ended = nine + timedelta(hours=begins), nine + timedelta(hours=ends)
    office.slack.change_person("U0ANA", rests_from=begun, rests_until=ended)
    office.clock.forward(hours=1)
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_without_the_scope_nobody_waits_and_slack_is_asked_once_an_hour(office: Office) -> None:
    write(office)
    settings = office.slack.workspace.settings
    settings.scopes = settings.scopes - {"dnd:read"}
    rest(office, "U0ANA", hours=3)
    office.clock.forward(hours=1)
    for _ in range(3):
        office.keepwarm.undisturbed.until(office.workspace_id, ["U0ANA"])
    assert asked(office) == 1
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_a_crowd_is_asked_for_in_bundles_and_not_beyond_what_slack_takes(office: Office) -> None:
    undisturbed = Undisturbed(office.keepwarm.client_for, office.clock)
    assert undisturbed.until(office.workspace_id, [f"U{number:05}" for number in range(MOST_ASKED + 60)]) == {}
    assert asked(office) == MOST_ASKED // AT_ONCE


def test_where_slack_can_t_be_asked_nobody_waits(office: Office) -> None:
    write(office)
    rest(office, "U0ANA", hours=3)
    office.slack.stop()
    assert office.keepwarm.undisturbed.until(office.workspace_id, ["U0ANA"]) == {}
