"""Installing the app: the consent page's decision, one-time codes, tokens that are exchanged, refreshed and revoked.

OAuth v2 and token rotation as docs.slack.dev describes them: a code lives ten minutes and works once, with the redirect
address it was asked for; a refresh token works once; the access token it replaces lives on until it expires.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bot.playground.arguments import Arguments
from bot.playground.model import CannotDo, Json, Refused

CODE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(hours=12)


@dataclass(frozen=True)
class Where:
    """What the app is installed in: a workspace, or with `is_org` a whole organisation."""

    team_id: str | None
    team_name: str
    enterprise_id: str | None = None
    is_org: bool = False


@dataclass
class Code:
    """A code that waits to be exchanged."""

    where: Where
    installer: str
    scopes: frozenset[str]
    redirect_uri: str
    at: datetime
    used: bool = False


@dataclass
class Token:
    """An access token: where it works, with which scopes, and until when (None: for ever)."""

    where: Where
    installer: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    revoked: bool = False


class Installs:
    """The app's client, its codes and its tokens. Redirect addresses must begin with one of `redirect_urls`, if any."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        home: Where,
        bot_user_id: str,
        app_id: str,
        asked: Iterable[str],
        optional: Iterable[str],
        redirect_urls: Iterable[str],
        rotates: bool,
    ) -> None:
        self.client_id, self.client_secret = "1.playground", "playground-client-secret"
        self.home = home
        self.tokens: dict[str, Token] = {}
        self.rotates = rotates
        self._clock, self._bot_user_id, self._app_id = clock, bot_user_id, app_id
        self._asked, self._optional = frozenset(asked), frozenset(optional)
        self._redirect_urls = tuple(redirect_urls)
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Token] = {}

    def check(self, asked: Mapping[str, str]) -> None:
        """Raise CannotDo where Slack's consent page would say that the link is wrong."""
        if asked.get("client_id") != self.client_id:
            raise CannotDo("invalid_client_id: no app has this client id.")
        unknown = set(filter(None, asked.get("scope", "").split(","))) - self._asked
        if unknown or not asked.get("scope"):
            raise CannotDo(f"invalid_scope: {', '.join(sorted(unknown)) or 'none asked for'}.")
        redirect = asked.get("redirect_uri", "")
        if self._redirect_urls and not redirect.startswith(self._redirect_urls):
            raise CannotDo("bad_redirect_uri: the app's settings do not have this address.")

    def allow(
        self, asked: Mapping[str, str], *, installer: str, where: Where | None = None, without: Iterable[str] = ()
    ) -> str:
        """Press *Allow*, leaving out optional scopes; return where the browser is sent."""
        self.check(asked)
        refused = frozenset(without)
        if refused - self._optional:
            raise CannotDo("Only optional scopes can be left out.")
        code = secrets.token_hex(16)
        granted = frozenset(asked["scope"].split(",")) - refused
        redirect = asked.get("redirect_uri", "")
        self._codes[code] = Code(where or self.home, installer, granted, redirect, self._clock())
        return f"{redirect}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    def deny(self, asked: Mapping[str, str]) -> str:
        """Press *Cancel*; return where the browser is sent."""
        self.check(asked)
        answer = {"error": "access_denied", "state": asked.get("state", "")}
        return f"{asked.get('redirect_uri', '')}?{urlencode(answer)}"

    def access(self, given: Arguments, basic: tuple[str, str] | None) -> Json:
        """oauth.v2.access: a code for tokens, or a refresh token for the next pair."""
        client_id, secret = basic or (given.text("client_id"), given.text("client_secret"))
        if client_id != self.client_id:
            raise Refused("invalid_client_id")
        if secret != self.client_secret:
            raise Refused("bad_client_secret")
        if given.text("grant_type") == "refresh_token":
            return self._granted(self._refreshed(given.text("refresh_token")))
        if given.text("grant_type", "authorization_code") != "authorization_code":
            raise Refused("invalid_grant_type")
        code = self._codes.get(given.text("code"))
        if code is None:
            raise Refused("invalid_code")
        if code.used:
            raise Refused("code_already_used")
        if self._clock() - code.at > CODE_LIVES:
            raise Refused("code_expired")
        if given.text("redirect_uri") != code.redirect_uri:
            raise Refused("bad_redirect_uri")
        code.used = True
        return self._granted(Token(code.where, code.installer, code.scopes))

    def _refreshed(self, refresh_token: str) -> Token:
        # Taking it out is what makes it work once, even when two ask at the same time.
        old = self._refresh.pop(refresh_token, None)
        if old is None or old.revoked:
            raise Refused("invalid_refresh_token")
        return Token(old.where, old.installer, old.scopes)

    def _granted(self, token: Token) -> Json:
        name = f"{'xoxe.' if self.rotates else ''}xoxb-{secrets.token_hex(12)}"
        where = token.where
        answer: Json = {
            "ok": True,
            "app_id": self._app_id,
            "access_token": name,
            "token_type": "bot",
            "scope": ",".join(sorted(token.scopes)),
            "bot_user_id": self._bot_user_id,
            "authed_user": {"id": token.installer},
            "team": None if where.is_org else {"id": where.team_id, "name": where.team_name},
            "enterprise": {"id": where.enterprise_id, "name": "Org"} if where.enterprise_id else None,
            "is_enterprise_install": where.is_org,
        }
        if self.rotates:
            token.expires_at = self._clock() + TOKEN_LIVES
            refresh = f"xoxe-1-{secrets.token_hex(12)}"
            self._refresh[refresh] = token
            answer |= {"refresh_token": refresh, "expires_in": int(TOKEN_LIVES.total_seconds())}
        self.tokens[name] = token
        return answer

    def use(self, name: str) -> Token:
        """Return the token that a call came with. Raises Refused for what Slack does not take any more."""
        token = self.tokens.get(name)
        if token is None:
            raise Refused("invalid_auth")
        if token.revoked:
            raise Refused("token_revoked")
        if token.expires_at is not None and self._clock() >= token.expires_at:
            raise Refused("token_expired")
        return token

    def revoke(self, name: str) -> Json:
        """auth.revoke."""
        self.use(name).revoked = True
        return {"ok": True, "revoked": True}

    def remove(self, where: Where) -> None:
        """Take every token of a place back, as uninstalling does."""
        for token in self.tokens.values():
            if token.where == where:
                token.revoked = True


def identity(token: Token, answer: dict[str, Any]) -> Json:
    """Return auth.test's answer for a token that was granted: its own workspace or organisation."""
    where = token.where
    return answer | {
        "team_id": where.enterprise_id if where.is_org else where.team_id,
        "team": where.team_name,
        "enterprise_id": where.enterprise_id,
        "is_enterprise_install": where.is_org,
    }
