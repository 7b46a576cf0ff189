"""Installing in a browser: what is stored and said, and everything that must not work."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.errors import SettingsError
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.playground import CannotDo
from bot.playground.installs import Where
from storage.engine import Store
from storage.models import TeammateRow
from tests.oauth.conftest import ORG, OTHER, PUBLIC, Browser, Shop


def test_the_page_says_what_slack_will_ask_and_what_happens_to_the_data(shop: Shop) -> None:
    page = shop.open_browser().get("/slack/install")
    assert page.status_code == 200
    assert f'href="{PUBLIC}/slack/install/start"' in page.text
    assert all(scope in page.text for scope in (*REQUIRED_SCOPES, *OPTIONAL_SCOPES))
    assert "kept for 30 days" in page.text
    assert '<html lang="en">' in page.text
    assert "<h1>" in page.text


def test_an_installation_stores_the_token_encrypted_and_greets_the_installer_once(
    store: Store, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(store)
    page = shop.open_browser().install()
    assert "Keepwarm is in Acorn" in page
    row = shop.installed()
    assert (row.name, row.slack_installer_id, row.uninstalled_at) == ("Acorn", "U0ANA", None)
    assert row.bot_token in shop.slack.installs.tokens
    with store.session(writes=False) as session:
        raw = session.execute(text("SELECT bot_token, refresh_token FROM workspace")).one()
    assert all(value.startswith("gAAAA") for value in raw)
    shop.keepwarm.dispatcher.drain()
    shop.open_browser().install()
    shop.keepwarm.dispatcher.drain()
    assert len(shop.slack.from_bot("U0ANA")) == 1
    with store.session(writes=False) as session:
        assert session.execute(text("SELECT count(*) FROM workspace")).scalar_one() == 1


def test_after_it_a_request_is_answered_without_asking_slack_who_we_are(shop: Shop) -> None:
    shop.open_browser().install()
    for _ in range(3):
        assert shop.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help").ok
    assert shop.slack.calls_of("auth.test") == []


def test_two_teams_have_two_workspaces_and_two_tokens(shop: Shop) -> None:
    shop.open_browser().install()
    page = shop.open_browser().install(OTHER, installer="U0BEN")
    assert "Other &amp; Sons" in page
    ours, theirs = shop.installed(), shop.installed("T0OTHER")
    assert ours.id != theirs.id
    assert ours.bot_token != theirs.bot_token


def test_a_ledger_that_was_filled_before_slack_is_not_given_to_the_first_who_installs(shop: Shop) -> None:
    """Anybody can open the page; what an operator imported is nobody's yet."""
    from bot.usecases.installing import LOCAL_TEAM, local_workspace

    with shop.store.session() as session:
        local = local_workspace(session, now=shop.clock()).id
    shop.open_browser().install()
    assert shop.installed().id != local
    assert shop.installed(LOCAL_TEAM).id == local


def test_scopes_that_were_left_out_are_named_with_what_they_cost(shop: Shop) -> None:
    page = shop.open_browser().install(without=("users:read.email", "channels:history"))
    assert "Without users:read.email owners that an import names" in page
    assert "Without groups:history" not in page
    assert "channels:history" not in (shop.installed().scopes or "").split(",")


def refused(shop: Shop, answer: object, status: int, words: str) -> None:
    """A clear page, with a way to begin again and no secret in it; nothing was stored."""
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    page = answer.text  # type: ignore[attr-defined]
    assert words in page
    assert f'href="{PUBLIC}/slack/install/start"' in page
    assert shop.slack.installs.client_secret not in page
    assert shop.workspace() is None


def come_back(browser: Browser, **given: str) -> object:
    return browser.get(f"/slack/oauth_redirect?{urlencode(given)}")


def test_saying_no_changes_nothing(shop: Shop) -> None:
    browser = shop.open_browser()
    refused(shop, browser.come_back(shop.slack.installs.deny(browser.start())), 200, "Nothing was installed")


@pytest.mark.parametrize("state", ["", "guessed", "x" * 5000, "'; DROP TABLE install_state; --", "\x00", "ü"])
def test_a_state_that_nobody_was_given_is_refused(shop: Shop, state: str) -> None:
    browser = shop.open_browser()
    asked = browser.start()
    shop.slack.installs.allow(asked, installer="U0ANA")
    refused(shop, come_back(browser, code="c", state=state), 400, "does not work any more")
    assert shop.slack.calls_of("oauth.v2.access") == [], "the code is not even looked at"


def test_a_state_ends_after_ten_minutes(shop: Shop) -> None:
    browser = shop.open_browser()
    back = shop.slack.installs.allow(browser.start(), installer="U0ANA")
    shop.clock.forward(minutes=10)
    refused(shop, browser.come_back(back), 400, "ten minutes")


def test_a_state_works_once(shop: Shop) -> None:
    browser = shop.open_browser()
    back = shop.slack.installs.allow(browser.start(), installer="U0ANA")
    assert browser.come_back(back).status_code == 200
    again = browser.come_back(back)
    assert again.status_code == 400
    assert len(shop.slack.calls_of("oauth.v2.access")) == 1


def test_a_state_works_only_in_its_own_browser_and_is_not_spoilt_by_another(shop: Shop) -> None:
    """The attack that the state is for: a link with the attacker's code, opened by somebody else."""
    attacker, victim = shop.open_browser(), shop.open_browser()
    back = shop.slack.installs.allow(attacker.start(), installer="U0BEN", where=OTHER)
    refused(shop, victim.come_back(back), 400, "in one browser")
    victim.start()
    refused(shop, victim.come_back(back), 400, "in one browser")
    assert shop.workspace("T0OTHER") is None
    assert attacker.come_back(back).status_code == 200, "its own browser was not robbed of it"


def test_the_code_of_one_team_with_the_state_of_another_browser_installs_nothing(shop: Shop) -> None:
    ana, ben = shop.open_browser(), shop.open_browser()
    asked_by_ana, asked_by_ben = ana.start(), ben.start()
    back = shop.slack.installs.allow(asked_by_ana, installer="U0ANA")
    mixed = back.replace(asked_by_ana["state"], asked_by_ben["state"])
    refused(shop, ana.come_back(mixed), 400, "does not work any more")


def test_a_code_that_slack_does_not_know_is_refused(shop: Shop) -> None:
    browser = shop.open_browser()
    asked = browser.start()
    refused(shop, come_back(browser, code="invented", state=asked["state"]), 400, "Slack did not install it")


def test_a_code_that_was_used_is_refused(shop: Shop) -> None:
    shop.slack.faults.next("oauth.v2.access", reset=True, accepted=True)
    browser = shop.open_browser()
    asked = browser.start()
    back = shop.slack.installs.allow(asked, installer="U0ANA")
    refused(shop, browser.come_back(back), 502, "Slack could not be asked")
    again = browser.start()
    refused(shop, browser.come_back(back.replace(asked["state"], again["state"])), 400, "Slack did not install it")


@pytest.mark.parametrize(
    ("settings", "error"),
    [({"client_secret": SecretStr("wrong-secret")}, "bad_client_secret"), ({"public_url": PUBLIC + "/app"}, "")],
)
def test_wrong_settings_are_the_operators_to_mend(
    sqlite_store: Store, make_shop: Callable[..., Shop], settings: dict[str, object], error: str
) -> None:
    shop = make_shop(sqlite_store, **settings)
    browser = shop.open_browser()
    asked = browser.start()
    if not error:
        with pytest.raises(CannotDo, match="bad_redirect_uri"):
            shop.slack.installs.allow(asked, installer="U0ANA")
        return
    page = browser.come_back(shop.slack.installs.allow(asked, installer="U0ANA"))
    assert page.status_code == 502
    assert f"({error})" in page.text
    assert "SLACK_CLIENT_SECRET" in page.text
    assert "wrong-secret" not in page.text
    assert shop.workspace() is None


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 429, "retry_after": 1}, {"reset": True}])
def test_a_slack_that_is_away_is_a_page_to_try_again(shop: Shop, trouble: dict[str, object]) -> None:
    shop.slack.faults.next("oauth.v2.access", **trouble)  # type: ignore[arg-type]
    browser = shop.open_browser()
    back = shop.slack.installs.allow(browser.start(), installer="U0ANA")
    refused(shop, browser.come_back(back), 502, "Slack could not be asked")


def test_names_are_text_on_the_pages(shop: Shop) -> None:
    hostile = Where("T0OTHER", "<script>alert(1)</script>{{ 7*7 }}\"'")
    page = shop.open_browser().install(hostile)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect?code=c&state=s"])
def test_the_pages_let_nothing_in_and_nothing_out(shop: Shop, path: str) -> None:
    headers = shop.open_browser().get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_nobody_is_sent_to_another_site(shop: Shop) -> None:
    """No parameter chooses where a browser goes: to Slack, and back to our own address."""
    browser = shop.open_browser()
    for given in ({"redirect_uri": "https://evil.example"}, {"next": "//evil.example"}, {"return_to": "https://e.x"}):
        assert "evil" not in browser.get(f"/slack/install/start?{urlencode(given)}").headers["location"]
        answer = browser.get(f"/slack/oauth_redirect?{urlencode({**given, 'state': 'x'})}")
        assert "evil" not in answer.text
        assert "location" not in answer.headers


def test_the_cookie_is_for_the_way_to_slack_alone(shop: Shop) -> None:
    cookie = shop.open_browser().get("/slack/install/start").headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/slack", "Max-Age=600"))


def test_a_state_is_stored_as_a_hash_and_thrown_away_when_it_has_ended(shop: Shop) -> None:
    asked = shop.open_browser().start()
    with shop.store.session(writes=False) as session:
        stored = session.execute(text("SELECT state, browser FROM install_state")).one()
    assert asked["state"] not in stored
    shop.clock.forward(minutes=11)
    shop.keepwarm.do_chores()
    with shop.store.session(writes=False) as session:
        assert session.execute(text("SELECT count(*) FROM install_state")).scalar_one() == 0


def test_no_secret_is_logged(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    browser = shop.open_browser()
    asked = browser.start()
    back = shop.slack.installs.allow(asked, installer="U0ANA")
    browser.come_back(back)
    browser.come_back(back)
    come_back(browser, code="c0de", state="st4te")
    said = "".join(capsys.readouterr())
    assert "installed" in said
    tokens = list(shop.slack.installs.tokens)
    for secret in (*tokens, asked["state"], back.split("code=")[1][:32], "c0de", "st4te", "Acorn",
                   shop.slack.installs.client_secret):  # fmt: skip
        assert secret not in said


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "public_url", "secret_keys"])
def test_half_a_setup_is_named_at_the_start(sqlite_store: Store, make_shop: Callable[..., Shop], missing: str) -> None:
    names = {"client_id": "SLACK_CLIENT_ID", "client_secret": "SLACK_CLIENT_SECRET",
             "public_url": "KEEPWARM_PUBLIC_URL", "secret_keys": "KEEPWARM_SECRET_KEYS"}  # fmt: skip
    with pytest.raises(SettingsError, match=f"^{names[missing]}: it is needed"):
        make_shop(sqlite_store, **{missing: SecretStr("") if missing == "secret_keys" else None})


def test_an_organisation_installs_once_for_all_its_workspaces(store: Store, make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(store)
    page = shop.open_browser().install(ORG)
    assert "Keepwarm is in Org" in page
    assert "choose the workspaces" in page
    first = shop.keepwarm.authorize("E0ORG", "T0ONE")
    second = shop.keepwarm.authorize("E0ORG", "T0TWO")
    assert first is not None and second is not None
    assert first.bot_token == second.bot_token == shop.organisation().bot_token
    assert first["workspace_id"] != second["workspace_id"], "each has a ledger of its own"
    assert shop.keepwarm.authorize("E0OTHER", "T0THREE") is None
    assert shop.keepwarm.authorize(None, "T0THREE") is None


def test_a_workspace_s_own_token_comes_before_its_organisation_s(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    shop.open_browser().install(Where("T0ONE", "One", enterprise_id="E0ORG"))
    own = shop.keepwarm.authorize("E0ORG", "T0ONE")
    assert own is not None
    assert own.bot_token == shop.installed("T0ONE").bot_token != shop.organisation().bot_token


def test_an_organisation_s_people_are_listed_for_one_workspace(shop: Shop) -> None:
    shop.open_browser().install(ORG)
    found = shop.keepwarm.authorize("E0ORG", "T0PLAY")
    assert found is not None
    assert list(shop.keepwarm.directory.people(found["workspace_id"]))
    assert shop.slack.calls_of("users.list")[-1].payload["team_id"] == "T0PLAY"


def test_people_who_install_again_find_their_ledger(shop: Shop) -> None:
    shop.open_browser().install()
    before = shop.installed()
    shop.clock.forward(days=29)
    shop.open_browser().install(installer="U0BEN")
    after = shop.installed()
    assert (after.id, after.slack_installer_id) == (before.id, "U0BEN")
    assert after.installed_at == shop.clock()
    assert after.bot_token != before.bot_token


def test_an_installer_whom_slack_does_not_show_does_not_stop_the_installation(shop: Shop) -> None:
    shop.slack.faults.next("users.info", status=500)
    shop.open_browser().install()
    with shop.store.read(shop.installed().id) as ledger:
        assert ledger.rows(TeammateRow) == []
    shop.clock.forward(minutes=1)
    shop.slack.open_home("U0ANA")
    shop.keepwarm.dispatcher.drain()
    assert len(shop.slack.from_bot("U0ANA")) == 1, "greeted when they come themselves"
    assert shop.clock() - (shop.installed().installed_at or shop.clock()) == timedelta(minutes=1)
