"""How the pages look: plain HTML without scripts, every value escaped, headers that let nothing else in."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pages"
_CSS = (_FOLDER / "style.css").read_text(encoding="utf-8")
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_PAGES = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)

# The address of the page that Slack sends people back to carries a code: no other site is told it, nothing keeps it.
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; frame-ancestors 'none';"
    " base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def page(name: str, *, title: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page of `templates/pages`."""
    # Ours, and hashed in the header: escaping would change what the hash is of.
    html = _PAGES.get_template(f"{name}.html.j2").render(title=title, css=Markup(_CSS), **values)  # noqa: S704
    return HTMLResponse(html, status, dict(_HEADERS))
