"""Removing the bot: everything stops at once, everything comes back within the grace period, and then it is erased."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.app import Keepwarm
from bot.clock import look_after_workspaces
from bot.doctor import examine
from bot.playground.installs import Where
from bot.playground.line import Answer, Request
from bot.usecases.exports import export_workspace
from bot.usecases.installing import only_workspace
from bot.usecases.leaving import erase_left, give_up_refused
from storage import lanes, outbox
from storage.engine import Store
from storage.leaving import erase_some, left_before
from storage.models import Customer, Delivery, DeliveryState, Workspace
from tests.handlers.test_bad_days import every_connection
from tests.oauth.conftest import ORG, OTHER, Shop
from tests.support.cast import write_cast
from tests.support.slack import TEAM
from tests.usecases.test_isolation import everything, fill

UNINSTALLED = {"type": "app_uninstalled"}
REVOKED = {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}
GRACE = timedelta(days=30)


def tell(shop: Shop, event: Mapping[str, object], *, team: str | None = TEAM, enterprise: str | None = None) -> Answer:
    """Let Slack send an event of the installation, one second after whatever was last."""
    shop.clock.forward(seconds=1)
    payload = shop.slack.payloads.event({"event_ts": f"{shop.clock().timestamp():.6f}", **event})
    is_org = enterprise is not None
    payload["team_id"], payload["enterprise_id"] = team, enterprise
    payload["authorizations"] = [
        {"enterprise_id": enterprise, "team_id": team, "user_id": "U0BOT", "is_enterprise_install": is_org}
    ]
    return shop.slack.line.send(Request("event", payload))


@pytest.fixture
def busy(store: Store, make_shop: Callable[..., Shop]) -> Shop:
    """Acorn has installed the bot, and has customers who are due."""
    shop = make_shop(store)
    shop.open_browser().install()
    for person in ("U0ANA", "U0BEN"):
        shop.slack.open_home(person)
    with shop.store.write(shop.installed().id) as ledger:
        write_cast(ledger, shop.clock.now.date())
    shop.keepwarm.dispatcher.drain()
    return shop


def remove(shop: Shop) -> None:
    shop.slack.installs.remove(Where(TEAM, "Acorn"))
    assert tell(shop, REVOKED).ok
    assert tell(shop, UNINSTALLED).ok


@pytest.mark.parametrize("events", [(UNINSTALLED, REVOKED), (REVOKED, UNINSTALLED), (REVOKED,)], ids=str)
def test_everything_stops_at_once_and_the_tokens_are_gone(busy: Shop, events: tuple[Mapping[str, object]]) -> None:
    workspace_id = busy.installed().id
    with busy.store.write(workspace_id) as ledger:
        owed = outbox.Owed(key="hello", kind="text", channel="C0TEAM", payload={"text": "hello"})
        outbox.owe(ledger, owed, now=busy.clock())
    for event in events:
        assert tell(busy, event).ok
    with busy.store.session(writes=False) as session:
        assert session.execute(text("SELECT bot_token, refresh_token FROM workspace")).one() == (None, None)
    assert busy.keepwarm.authorize(None, TEAM) is None
    assert busy.keepwarm.client_for(workspace_id) is None
    calls = len(busy.slack.calls)
    busy.clock.forward(hours=4)
    assert busy.keepwarm.tick() == 0, "no digest is planned"
    busy.keepwarm.dispatcher.drain()
    busy.keepwarm.do_chores()
    assert len(busy.slack.calls) == calls
    with busy.store.read(workspace_id) as ledger:
        states = {row.key: row.state for row in ledger.rows(Delivery)}
    assert states["hello"] is DeliveryState.CANCELLED
    assert not {DeliveryState.PENDING, DeliveryState.SENDING} & set(states.values())


def test_another_replica_knows_within_seconds(busy: Shop) -> None:
    other = Keepwarm(busy.keepwarm.settings, busy.store, busy.clock)
    workspace_id = busy.installed().id
    assert other.client_for(workspace_id) is not None
    assert tell(busy, UNINSTALLED).ok
    busy.clock.forward(seconds=11)
    assert other.client_for(workspace_id) is None
    assert other.authorize(None, TEAM) is None


def test_somebody_who_is_still_there_is_told_in_a_sentence(busy: Shop) -> None:
    remove(busy)
    answer = busy.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help")
    assert answer.ok
    assert "not installed in this workspace any more" in (busy.slack.ephemerals("U0ANA")[-1].text)


def test_within_the_grace_period_the_data_can_be_taken_along(
    busy: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    remove(busy)
    busy.clock.forward(days=29)
    busy.keepwarm.do_chores()
    with busy.store.session(writes=False) as session:
        found = only_workspace(session, TEAM)
    assert found is not None
    folder = tmp_path_factory.mktemp("out")
    with busy.store.read(found.id) as ledger:
        export_workspace(ledger, folder)
    assert "Acme" in (folder / "customers.csv").read_text()


def test_the_self_check_says_until_when(busy: Shop) -> None:
    remove(busy)
    busy.clock.forward(days=3)
    found = examine(busy.keepwarm.settings, busy.store, None, now=busy.clock(), real_time=0)
    (removed,) = [finding for finding in found if finding.name == "removed"]
    assert removed.ok is None
    assert "removed the bot on 24 November 2026" in removed.sentence
    assert "erased on 24 December 2026" in removed.sentence
    assert f"export DIR --workspace {TEAM}" in removed.sentence


def test_installing_again_within_the_grace_period_brings_everything_back(busy: Shop) -> None:
    workspace_id = busy.installed().id
    remove(busy)
    with busy.store.write(workspace_id) as ledger:
        owed = outbox.Owed(key="late", kind="text", channel="C0TEAM", payload={"text": "news of another time"})
        outbox.owe(ledger, owed, now=busy.clock())
    busy.clock.forward(days=20)
    busy.open_browser().install()
    assert busy.installed().id == workspace_id
    for _ in range(3):
        busy.keepwarm.tick()
        busy.keepwarm.dispatcher.drain()
        busy.clock.forward(hours=1)
    texts = [message.text for message in busy.slack.from_bot("U0ANA")]
    assert len([line for line in texts if "Acme" in line]) == 1, "one digest, of today"
    assert not busy.slack.from_bot("C0TEAM")
    busy.clock.forward(days=20)
    busy.keepwarm.do_chores()
    with busy.store.read(workspace_id) as ledger:
        assert len(ledger.rows(Customer)) == 7


def test_what_was_owed_while_the_bot_was_removed_is_never_sent(busy: Shop) -> None:
    remove(busy)
    with busy.store.write(busy.installed().id) as ledger:
        owed = outbox.Owed(key="meanwhile", kind="text", channel="C0TEAM", payload={"text": "of another time"})
        assert outbox.owe(ledger, owed, now=busy.clock())
    busy.open_browser().install()
    busy.keepwarm.dispatcher.drain()
    assert "of another time" not in [message.text for message in busy.slack.from_bot("C0TEAM")]


def test_after_the_grace_period_every_row_is_gone_and_nobody_else_s(
    store: Store, make_shop: Callable[..., Shop], make_workspace: Callable[[Store, str], int]
) -> None:
    shop = make_shop(store)
    leaving, staying = make_workspace(store, TEAM), make_workspace(store, "T0STAY")
    fill(store, leaving)
    fill(store, staying)
    before = everything(store, staying)
    assert tell(shop, UNINSTALLED).ok
    shop.clock.forward(days=29, hours=23)
    shop.keepwarm.do_chores()
    assert any(everything(store, leaving).values())
    shop.clock.forward(hours=1)
    shop.keepwarm.do_chores()
    assert not any(everything(store, leaving).values())
    assert shop.workspace() is None
    assert everything(store, staying) == before


def test_an_erasure_that_was_interrupted_goes_on_and_never_gives_half_a_ledger_back(
    store: Store, make_shop: Callable[..., Shop], make_workspace: Callable[[Store, str], int]
) -> None:
    shop = make_shop(store)
    leaving = make_workspace(store, TEAM)
    fill(store, leaving)
    assert tell(shop, UNINSTALLED).ok
    shop.clock.forward(days=31)
    with store.session() as session:
        assert left_before(session, shop.clock() - GRACE) == [leaving]
        assert erase_some(session, leaving, before=shop.clock() - GRACE, chunk=5), "there is more"
    shop.open_browser().install()
    assert shop.installed().id != leaving
    with store.read(shop.installed().id) as ledger:
        assert ledger.rows(Customer) == []
    rounds = 0
    with store.session() as session:
        while erase_some(session, leaving, before=shop.clock() - GRACE, chunk=5):
            rounds += 1
    assert rounds > 3, "in chunks"
    assert not any(everything(store, leaving).values())
    assert erase_left(store, now=shop.clock(), grace=GRACE) == 0
    assert shop.installed().uninstalled_at is None


def test_an_organisation_that_removes_the_bot_leaves_with_all_its_workspaces_but_those_with_a_token(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    for team in ("T0ONE", "T0TWO"):
        assert shop.keepwarm.authorize("E0ORG", team)
    shop.open_browser().install(Where("T0OWN", "Own", enterprise_id="E0ORG"))
    shop.open_browser().install(OTHER)
    assert tell(shop, UNINSTALLED, team=None, enterprise="E0ORG").ok
    assert shop.organisation().bot_token is None
    assert [shop.keepwarm.authorize("E0ORG", team) for team in ("T0ONE", "T0TWO", "T0NEW")] == [None] * 3
    assert shop.keepwarm.authorize("E0ORG", "T0OWN")
    assert shop.keepwarm.authorize(None, "T0OTHER")
    shop.open_browser().install(ORG)
    assert shop.keepwarm.authorize("E0ORG", "T0ONE")
    assert tell(shop, UNINSTALLED, team=None, enterprise="E0ORG").ok
    shop.clock.forward(days=31)
    shop.keepwarm.do_chores()
    assert [shop.workspace(team) is None for team in ("T0ONE", "T0TWO", "T0OWN")] == [True, True, False]
    with shop.store.session(writes=False) as session:
        assert session.execute(text("SELECT count(*) FROM organisation")).scalar_one() == 0


def test_an_organisation_s_admin_takes_one_workspace_out_and_in_again(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    before = shop.keepwarm.authorize("E0ORG", "T0ONE")
    assert before is not None
    assert shop.keepwarm.authorize("E0ORG", "T0TWO")
    assert tell(shop, {"type": "team_access_revoked", "team_ids": ["T0ONE"]}, team=None, enterprise="E0ORG").ok
    assert shop.keepwarm.authorize("E0ORG", "T0ONE") is None
    assert shop.keepwarm.authorize("E0ORG", "T0TWO")
    assert tell(shop, {"type": "team_access_granted", "team_ids": ["T0ONE"]}, team=None, enterprise="E0ORG").ok
    after = shop.keepwarm.authorize("E0ORG", "T0ONE")
    assert after is not None
    assert after["workspace_id"] == before["workspace_id"]


def test_another_event_of_an_organisation_that_names_no_workspace_is_taken_and_ignored(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    event = {"type": "app_home_opened", "user": "U0ANA", "tab": "home", "channel": "D0ANA"}
    assert tell(shop, event, team=None, enterprise="E0ORG").ok
    assert shop.slack.home("U0ANA") is None


def test_a_removal_that_meets_a_database_that_takes_nothing_is_done_when_slack_says_it_again(
    sqlite_store: Store, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(sqlite_store)
    shop.open_browser().install()
    with every_connection(shop.keepwarm, "query_only=ON"):
        assert tell(shop, UNINSTALLED).status == 500
    assert shop.installed().uninstalled_at is None
    assert shop.slack.redeliver().ok
    assert shop.installed().uninstalled_at is not None


@pytest.mark.parametrize(
    ("error", "token_error", "is_over"),
    [("account_inactive", None, True), ("token_revoked", None, True), ("token_expired", "invalid_refresh_token", True),
     ("token_expired", None, False), ("invalid_auth", None, False), ("org_login_required", None, False)],
)  # fmt: skip
def test_only_what_means_a_removal_is_taken_for_one(
    busy: Shop, error: str, token_error: str | None, is_over: bool
) -> None:
    with busy.store.write(busy.installed().id) as ledger:
        row = ledger.session.get(Workspace, ledger.workspace_id)
        assert row is not None
        row.token_error = token_error
        ledger.session.add(row)
        times = {"now": busy.clock(), "shortest": timedelta(0), "longest": timedelta(0)}
        assert lanes.close(ledger, lanes.EVERYTHING, error=error, **times)  # type: ignore[arg-type]
    assert give_up_refused(busy.store, now=busy.clock() + timedelta(days=6)) == []
    assert bool(give_up_refused(busy.store, now=busy.clock() + timedelta(days=7))) is is_over


def test_a_removal_that_nobody_told_us_of_is_noticed_after_a_week(busy: Shop) -> None:
    busy.slack.installs.remove(Where(TEAM, "Acorn"))
    workspace_id = busy.installed().id

    def live_a_day() -> None:
        look_after_workspaces(busy.store, now=busy.clock(), look_after=busy.keepwarm.look_after)
        busy.keepwarm.do_chores()
        busy.clock.forward(days=1)

    for _ in range(7):
        live_a_day()
        assert busy.installed().uninstalled_at is None, "it may come back"
    live_a_day()
    gone_at = busy.installed().uninstalled_at
    assert gone_at is not None
    assert busy.keepwarm.client_for(workspace_id) is None
    busy.clock.forward(days=30)
    busy.keepwarm.do_chores()
    assert busy.workspace() is None


def test_a_workspace_that_works_is_not_given_up_with_one_that_does_not(busy: Shop) -> None:
    busy.open_browser().install(OTHER)
    busy.slack.installs.remove(Where(TEAM, "Acorn"))
    for _ in range(9):
        look_after_workspaces(busy.store, now=busy.clock(), look_after=busy.keepwarm.look_after)
        busy.keepwarm.do_chores()
        busy.clock.forward(days=1)
    assert busy.installed().uninstalled_at is not None
    assert busy.installed(OTHER.team_id or "").uninstalled_at is None
