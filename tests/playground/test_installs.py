"""Installing in the stand-in: it refuses what Slack refuses."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import CannotDo, Playground
from bot.playground.installs import Where
from tests.support.slack import Now, build_slack

BACK = "https://bot.example.com/slack/oauth_redirect"
MANIFEST = {
    "oauth_config": {
        "redirect_urls": [BACK],
        "scopes": {"bot": ["chat:write", "users:read"], "bot_optional": ["users:read.email"]},
    },
    "settings": {"token_rotation_enabled": True},
}
ASKED = {
    "client_id": "1.playground", "scope": "chat:write,users:read,users:read.email", "state": "s", "redirect_uri": BACK,
}  # fmt: skip


@pytest.fixture
def slack(now: Now) -> Iterator[Playground]:
    with build_slack(now, manifest=MANIFEST) as playground:
        yield playground


def code_of(address: str) -> str:
    return dict(parse_qsl(urlsplit(address).query))["code"]


def access(slack: Playground, **given: str) -> dict[str, object]:
    client = WebClient(base_url=slack.api_url, retry_handlers=[])
    answer = client.oauth_v2_access(
        client_id=given.pop("client_id", "1.playground"),
        client_secret=given.pop("client_secret", "playground-client-secret"),
        **given,
    )
    assert isinstance(answer.data, dict)
    return answer.data


def refusal(slack: Playground, **given: str) -> str:
    with pytest.raises(SlackApiError) as refused:
        access(slack, **given)
    return str(refused.value.response["error"])


def test_a_code_is_worth_one_pair_of_tokens(slack: Playground, now: Now) -> None:
    code = code_of(slack.installs.allow(ASKED, installer="U0ANA", without=["users:read.email"]))
    assert refusal(slack, code=code, redirect_uri=BACK + "/x") == "bad_redirect_uri"
    assert refusal(slack, code=code, redirect_uri=BACK, client_secret="no") == "bad_client_secret"
    assert refusal(slack, code=code, redirect_uri=BACK, client_id="2.other") == "invalid_client_id"
    granted = access(slack, code=code, redirect_uri=BACK)
    assert (granted["scope"], granted["team"]) == ("chat:write,users:read", {"id": "T0PLAY", "name": "Playground"})
    assert refusal(slack, code=code, redirect_uri=BACK) == "code_already_used"
    assert refusal(slack, code="c", redirect_uri=BACK) == "invalid_code"
    late = code_of(slack.installs.allow(ASKED, installer="U0ANA"))
    now.forward(minutes=11)
    assert refusal(slack, code=late, redirect_uri=BACK) == "code_expired"


def test_a_refresh_token_works_once_and_the_old_token_until_its_end(slack: Playground, now: Now) -> None:
    code = code_of(slack.installs.allow(ASKED, installer="U0ANA"))
    first = access(slack, code=code, redirect_uri=BACK)
    now.forward(hours=11)
    refresh = str(first["refresh_token"])
    second = access(slack, grant_type="refresh_token", refresh_token=refresh)
    assert refusal(slack, grant_type="refresh_token", refresh_token=refresh) == "invalid_refresh_token"
    assert refusal(slack, grant_type="password") == "invalid_grant_type"
    assert error_of(slack, first) is None
    now.forward(hours=1)
    assert error_of(slack, first) == "token_expired"
    assert error_of(slack, second) is None


def error_of(slack: Playground, granted: dict[str, object]) -> str | None:
    client = WebClient(token=str(granted["access_token"]), base_url=slack.api_url, retry_handlers=[])
    try:
        client.users_info(user="U0ANA")
    except SlackApiError as refused:
        return str(refused.response["error"])
    return None


def test_a_revoked_token_works_no_more(slack: Playground) -> None:
    granted = access(slack, code=code_of(slack.installs.allow(ASKED, installer="U0ANA")), redirect_uri=BACK)
    client = WebClient(token=str(granted["access_token"]), base_url=slack.api_url, retry_handlers=[])
    assert client.auth_revoke()["revoked"] is True
    assert error_of(slack, granted) == "token_revoked"


def test_an_organisation_s_token_must_be_told_the_team(slack: Playground) -> None:
    org = Where(None, "", enterprise_id="E0ORG", is_org=True)
    code = code_of(slack.installs.allow(ASKED, installer="U0ANA", where=org))
    granted = access(slack, code=code, redirect_uri=BACK)
    assert (granted["team"], granted["is_enterprise_install"]) == (None, True)
    client = WebClient(token=str(granted["access_token"]), base_url=slack.api_url, retry_handlers=[])
    with pytest.raises(SlackApiError, match="missing_argument"):
        client.users_list()
    assert client.users_list(team_id="T0PLAY")["ok"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "2.other"}, "invalid_client_id"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
    ],
)
def test_a_link_that_slack_would_not_show_is_refused(slack: Playground, changed: dict[str, str], said: str) -> None:
    with pytest.raises(CannotDo, match=said):
        slack.installs.allow(ASKED | changed, installer="U0ANA")
    page = httpx.get(f"{slack.url}/oauth/v2/authorize", params=ASKED | changed, trust_env=False)
    assert page.status_code == 400


def test_the_consent_page_sends_back_what_was_pressed(slack: Playground) -> None:
    page = httpx.get(f"{slack.url}/oauth/v2/authorize", params=ASKED, trust_env=False)
    assert "Allow" in page.text and "chat:write" in page.text
    for answer, part in (("allow", "code="), ("cancel", "error=access_denied")):
        given = ASKED | {"playground_answer": answer}
        sent = httpx.get(f"{slack.url}/oauth/v2/authorize", params=given, trust_env=False)
        assert sent.headers["location"].startswith(f"{BACK}?")
        assert part in sent.headers["location"] and "state=s" in sent.headers["location"]
