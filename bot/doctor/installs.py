"""The part of the self-check about installations: tokens that Slack takes no more, scopes, and who has left."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.doctor.finding import Finding
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.settings import Settings
from storage import installs, leaving

_SHOWN = 5


def way_in(settings: Settings) -> Finding:
    """Say how the bot gets its tokens where people install it themselves."""
    missing = settings.missing_for_installs()
    if missing:
        return Finding("installing", False, " ".join(missing))
    return Finding("installing", True, f"people install the bot at {settings.public_url}/slack/install.")


def installations(session: Session, settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look at every installation that the database knows."""
    refused = installs.refused(session)
    for name, error in refused[:_SHOWN]:
        yield Finding(
            "token",
            False,
            f"Slack gives {name} no next token ({error}). Somebody there must install the bot again:"
            f" {settings.public_url or ''}/slack/install.",
        )
    if not refused and settings.bot_token is None and settings.client_id is not None:
        count = installs.count_working(session)
        yield Finding("token", True if count else None, f"{count} installed it, and Slack took every token so far.")
    for name, scopes in installs.granted(session) if settings.client_id is not None else ():
        have = frozenset(part.strip() for part in scopes.split(","))
        required = [f"without {scope} {cost}" for scope, cost in REQUIRED_SCOPES.items() if scope not in have]
        if required:
            yield Finding("scopes", False, f"{name}: {'; '.join(required)}. Install the bot again there.")
        optional = [f"without {scope} {cost}" for scope, cost in OPTIONAL_SCOPES.items() if scope not in have]
        if optional:
            yield Finding("optional scopes", None, f"{name}: {'; '.join(optional)}.")
    grace = timedelta(days=settings.grace_days)
    for team_id, name, since in leaving.waiting(session):
        yield Finding(
            "removed",
            None,
            f"{name or team_id} ({team_id}) removed the bot on {_day(since)}. Its data is erased on"
            f" {_day(max(since + grace, now))}; until then `python -m bot export DIR --workspace {team_id}` writes"
            " it out, and installing again brings everything back.",
        )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
