"""Slack's page on which a person allows an app: who asks, for what, *Allow* or *Cancel*."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.playground.installs import Installs
from bot.playground.model import CannotDo

CONSENT = "/oauth/v2/authorize"
# Nobody logs in to the playground: its first person is the one at the browser.
INSTALLER = "U0ANA"

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Allow this app?</title>
<h1>This app asks for access to {name}</h1><ul>{scopes}</ul>
<p><a href="{allow}">Allow</a></p><p><a href="{cancel}">Cancel</a></p></html>"""


def consent_routes(installs: Installs) -> list[Route]:
    """The routes of the page and of its two answers."""

    def page(request: Request) -> Response:
        asked: Mapping[str, str] = request.query_params
        answer = asked.get("playground_answer")
        try:
            if answer == "allow":
                return RedirectResponse(installs.allow(asked, installer=INSTALLER), 302)
            if answer == "cancel":
                return RedirectResponse(installs.deny(asked), 302)
            installs.check(asked)
        except CannotDo as wrong:
            return HTMLResponse(f"<!doctype html><p>{escape(str(wrong))}</p>", 400)
        scopes = "".join(f"<li>{escape(scope)}</li>" for scope in asked["scope"].split(","))
        links = {
            name: escape(f"{CONSENT}?{request.url.query}&playground_answer={name}") for name in ("allow", "cancel")
        }
        return HTMLResponse(_PAGE.format(name=escape(installs.home.team_name), scopes=scopes, **links))

    return [Route(CONSENT, page)]
