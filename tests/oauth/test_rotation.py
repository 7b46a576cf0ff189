"""Tokens that end: replaced in time, once, by whoever is first; and what happens when Slack says no."""

import threading
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.oauth.rotation import rotate_due
from bot.playground.installs import Where
from bot.usecases.installing import Grant
from storage.engine import Store
from storage.models import Workspace
from tests.oauth.conftest import ORG, OTHER, Shop
from tests.support.slack import TEAM


@pytest.fixture
def tired(store: Store, make_shop: Callable[..., Shop]) -> Shop:
    """An installation whose token ends in an hour."""
    shop = make_shop(store)
    shop.open_browser().install()
    shop.clock.forward(hours=11)
    return shop


def held(shop: Shop) -> str:
    found = shop.keepwarm.authorize(None, TEAM)
    assert found is not None and found.bot_token is not None
    return found.bot_token


def test_a_fresh_token_is_left_alone(shop: Shop) -> None:
    shop.open_browser().install()
    shop.clock.forward(hours=9, minutes=59)
    shop.keepwarm.do_chores()
    assert len(shop.slack.calls_of("oauth.v2.access")) == 1


def test_a_token_is_replaced_before_it_ends_and_the_bot_works_on(tired: Shop) -> None:
    before = held(tired)
    tired.keepwarm.do_chores()
    tired.clock.forward(seconds=11)
    assert held(tired) != before
    tired.clock.forward(hours=2)
    assert tired.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help").ok
    row = tired.installed()
    assert row.token_expires_at is not None
    assert (row.token_expires_at - tired.clock()).total_seconds() > 9 * 3600


def test_a_bot_that_slept_through_the_end_wakes_with_a_new_token(tired: Shop) -> None:
    tired.clock.forward(days=3)
    assert tired.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help").ok
    assert len(tired.slack.calls_of("oauth.v2.access")) == 2
    assert tired.slack.calls_of("users.info")[-1].ok


def test_two_replicas_use_a_refresh_token_once(tired: Shop) -> None:
    """Both find it due; the second waits for the lock, reads again, and leaves."""
    oauth = tired.keepwarm.oauth
    assert oauth is not None
    asked, both_there = [], threading.Barrier(4, timeout=20)

    def refresh(refresh_token: str) -> Grant:
        asked.append(refresh_token)
        return oauth.refresh(refresh_token)

    def replica() -> None:
        both_there.wait()
        done.append(rotate_due(tired.store, refresh=refresh, now=tired.clock()))

    done: list[int] = []
    threads = [threading.Thread(target=replica) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == [0, 0, 0, 1]
    assert len(asked) == 1
    row = tired.installed()
    assert (row.token_error, row.bot_token in tired.slack.installs.tokens) == (None, True)


def test_a_token_that_no_key_reads_keeps_nobody_else_from_theirs(tired: Shop) -> None:
    tired.open_browser().install(OTHER)
    tired.clock.forward(hours=11)
    with tired.store.session() as session:
        row = session.get(Workspace, min(tired.installed().id, tired.installed(OTHER.team_id or "").id))
        assert row is not None
        unreadable = Fernet(Fernet.generate_key()).encrypt(b"xoxe-1-lost").decode()
        session.execute(
            text("UPDATE workspace SET refresh_token = :token WHERE id = :id"), {"token": unreadable, "id": row.id}
        )
        session.expunge(row)
        other = OTHER.team_id if row.slack_team_id == TEAM else TEAM
    before = tired.installed(other or "").bot_token
    tired.keepwarm.do_chores()
    assert tired.installed(other or "").bot_token != before


def test_a_refused_refresh_is_written_down_and_not_asked_for_again(
    tired: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    tired.slack.installs._refresh.clear()
    for _ in range(3):
        tired.keepwarm.do_chores()
    assert tired.installed().token_error == "invalid_refresh_token"
    assert len(tired.slack.calls_of("oauth.v2.access")) == 2
    assert "token_refused" in capsys.readouterr().out
    tired.open_browser().install()
    assert tired.installed().token_error is None
    assert held(tired) in tired.slack.installs.tokens


@pytest.mark.parametrize("where", [None, ORG])
def test_an_admin_hears_of_a_refused_refresh_while_the_token_still_works(
    store: Store, make_shop: Callable[..., Shop], where: Where | None
) -> None:
    """An answer that is lost on the way uses the refresh token up as well."""
    shop = make_shop(store)
    shop.open_browser().install(where)
    assert shop.keepwarm.authorize("E0ORG" if where else None, TEAM)
    shop.slack.open_home("U0ANA")
    shop.clock.forward(hours=10, seconds=1)
    shop.slack.faults.next("oauth.v2.access", reset=True, accepted=True)
    for _ in range(3):
        shop.keepwarm.do_chores()
        shop.keepwarm.dispatcher.drain()
    (told,) = [message.text for message in shop.slack.from_bot("U0ANA") if "renew" in message.text]
    assert told.startswith("Slack does not renew my permission to work here (invalid")
    assert told.endswith("Install the app again; nothing is lost.")


@pytest.mark.parametrize("trouble", [{"status": 503}, {"status": 429}, {"reset": True}, {"error": "fatal_error"}])
def test_a_slack_that_is_away_is_asked_again_a_minute_later(shop: Shop, trouble: dict[str, object]) -> None:
    shop.open_browser().install()
    shop.clock.forward(hours=11)
    shop.slack.faults.next("oauth.v2.access", **trouble)  # type: ignore[arg-type]
    before = shop.installed().bot_token
    shop.keepwarm.do_chores()
    assert (shop.installed().bot_token, shop.installed().token_error) == (before, None)
    shop.clock.forward(minutes=1)
    shop.keepwarm.do_chores()
    assert shop.installed().bot_token != before


def test_a_wrong_client_secret_costs_no_installation(shop: Shop) -> None:
    """It is the operator's mistake: once it is mended, the same refresh token works."""
    shop.open_browser().install()
    shop.clock.forward(hours=11)
    shop.slack.installs.client_secret = "rolled"
    shop.keepwarm.do_chores()
    assert shop.installed().token_error is None
    shop.slack.installs.client_secret = "playground-client-secret"
    before = shop.installed().bot_token
    shop.keepwarm.do_chores()
    assert shop.installed().bot_token != before


def test_an_organisation_s_token_is_replaced_for_all_its_workspaces(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    assert shop.keepwarm.authorize("E0ORG", "T0ONE")
    shop.clock.forward(hours=13)
    found = shop.keepwarm.authorize("E0ORG", "T0ONE")
    other = shop.keepwarm.authorize("E0ORG", "T0TWO")
    assert found is not None and other is not None
    assert found.bot_token == other.bot_token == shop.organisation().bot_token
    assert len(shop.slack.calls_of("oauth.v2.access")) == 2


def test_a_token_that_does_not_end_is_never_asked_about(sqlite_store: Store, make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(sqlite_store)
    shop.slack.installs.rotates = False
    shop.open_browser().install()
    shop.clock.forward(days=400)
    shop.keepwarm.do_chores()
    assert shop.keepwarm.authorize(None, TEAM)
    assert len(shop.slack.calls_of("oauth.v2.access")) == 1
