"""What the self-check says of installations."""

from bot.doctor import examine
from bot.doctor.finding import Finding
from tests.oauth.conftest import OTHER, Shop


def look(shop: Shop) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in examine(shop.keepwarm.settings, shop.store, None, now=shop.clock(), real_time=0):
        found.setdefault(finding.name, []).append(finding)
    return found


def test_before_anybody_has_installed_it_there_is_no_fault(shop: Shop) -> None:
    found = look(shop)
    assert found["installing"][0].ok is True
    assert "https://bot.example.com/slack/install" in found["installing"][0].sentence
    assert found["token"][0].ok is None


def test_each_workspace_s_missing_scopes_are_named_with_what_they_cost(shop: Shop) -> None:
    shop.open_browser().install()
    shop.open_browser().install(OTHER, without=("users:read.email",))
    (finding,) = look(shop)["optional scopes"]
    assert finding.ok is None
    assert finding.sentence.startswith("Other & Sons: without users:read.email owners")
    assert look(shop)["token"][0].ok is True


def test_a_token_that_slack_does_not_replace_is_a_fault_with_the_remedy(shop: Shop) -> None:
    shop.open_browser().install()
    shop.slack.installs._refresh.clear()
    shop.clock.forward(hours=11)
    shop.keepwarm.do_chores()
    (finding,) = look(shop)["token"]
    assert finding.ok is False
    assert "Acorn" in finding.sentence
    assert "invalid_refresh_token" in finding.sentence
    assert "https://bot.example.com/slack/install" in finding.sentence
