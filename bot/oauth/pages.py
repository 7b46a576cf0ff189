"""Installing in the browser: a page, the way to Slack with a state, and the way back.

The state is random, works once and for ten minutes, and only in the browser that it was given to: a link that somebody
else prepared with a code of their own leads nowhere (RFC 6749, section 10.12). The database keeps hashes of both.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.oauth.exchange import REDIRECT_PATH, Client, Refused, Unreachable
from bot.oauth.looks import page
from bot.usecases.installing import Grant, remember_grant
from storage.engine import Store
from storage.installs import keep_state, use_state

PAGE_PATH = "/slack/install"
START_PATH = "/slack/install/start"
STATE_LIVES = timedelta(minutes=10)
COOKIE = "keepwarm_install"

_START_AGAIN = "Press the button to begin anew; the link works for ten minutes, once, and in one browser."
_ASK_THE_OPERATOR = (
    "Slack does not take the settings of this bot ({error}). Whoever runs it can check SLACK_CLIENT_ID,"
    " SLACK_CLIENT_SECRET, and that the app's redirect URLs have {redirect_uri}."
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Installer:
    """What the pages work with. `installed` is told of each workspace that is new, with who installed the bot."""

    client: Client
    store: Store
    clock: Callable[[], datetime]
    grace_days: int
    installed: Callable[[int, str | None], None]

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        return [
            Route(PAGE_PATH, self._page),
            Route(START_PATH, self._start),
            Route(REDIRECT_PATH, self._come_back),
        ]

    def _page(self, _request: Request) -> Response:
        scopes = [
            {"name": name, "without": without, "optional": name in OPTIONAL_SCOPES}
            for name, without in (REQUIRED_SCOPES | OPTIONAL_SCOPES).items()  # type: ignore[operator]
        ]
        return page("install", title="Add Keepwarm to Slack", start=self._here(START_PATH), scopes=scopes,
                    grace_days=self.grace_days)  # fmt: skip

    def _start(self, request: Request) -> Response:
        state = secrets.token_urlsafe(32)
        browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        with self.store.session() as session:
            expires_at = self.clock() + STATE_LIVES
            keep_state(session, state=_hashed(state), browser=_hashed(browser), expires_at=expires_at)
        answer = RedirectResponse(self.client.consent_url(state), 302, {"Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=int(STATE_LIVES.total_seconds()),
            path="/slack",
            secure=self.client.public_url.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return answer

    def _come_back(self, request: Request) -> Response:
        given = request.query_params
        browser = request.cookies.get(COOKIE, "")
        with self.store.session() as session:
            ours = use_state(session, state=_hashed(given.get("state", "")), browser=_hashed(browser), now=self.clock())
        if not ours:
            log.info("install_refused", reason="state")
            return self._trouble("This link does not work any more", _START_AGAIN, 400)
        if given.get("error") or not given.get("code"):
            log.info("install_refused", reason="denied")
            return self._trouble("Nothing was installed", "You said no in Slack, so nothing has changed.", 200)
        try:
            grant = self.client.exchange(given["code"])
        except Unreachable as trouble:
            log.warning("install_failed", error=str(trouble))
            return self._trouble("Slack could not be asked", "Nothing was installed. Try again in a minute.", 502)
        except Refused as refused:
            log.warning("install_failed", error=refused.error, ours=refused.is_ours)
            remedy = _START_AGAIN
            if refused.is_ours:
                remedy = _ASK_THE_OPERATOR.format(error=refused.error, redirect_uri=self.client.redirect_uri)
            return self._trouble("Slack did not install it", remedy, 502 if refused.is_ours else 400)
        return self._remember(grant)

    def _remember(self, grant: Grant) -> Response:
        with self.store.session() as session:
            workspace_id = remember_grant(session, grant, now=self.clock())
        log.info("installed", workspace=workspace_id, organisation=grant.is_org)
        if workspace_id is not None:
            self.installed(workspace_id, grant.installer_id)
        have = set(grant.scopes.split(","))
        missing = [f"Without {scope} {cost}." for scope, cost in OPTIONAL_SCOPES.items() if scope not in have]
        name = grant.enterprise_name if grant.is_org else grant.team_name
        return page(
            "installed",
            title=f"Keepwarm is in {name or 'your workspace'}",
            is_org=grant.is_org,
            missing=missing,
            open=f"https://slack.com/app_redirect?team={quote(grant.team_id or '')}",
        )

    def _trouble(self, title: str, remedy: str, status: int) -> Response:
        return page("trouble", title=title, status=status, remedy=remedy, start=self._here(START_PATH))

    def _here(self, path: str) -> str:
        return self.client.public_url + path


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
