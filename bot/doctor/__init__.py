"""The self-check: every thing that keeps a digest from arriving, with what to do about it."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path

from cryptography.fernet import Fernet
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.delivery.call import granted_scopes, make_client
from bot.doctor.finding import Finding
from bot.doctor.installs import installations, way_in
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.settings import Settings
from bot.usecases.worth import Worth
from storage import checkup, housekeeping, lanes, people
from storage.columns import KeyMissing, Keyring
from storage.engine import Store, make_engine
from storage.jobs import is_installed, schema_problem
from storage.ledger import Ledger
from storage.migrate import current_revision, is_behind
from storage.models import Workspace
from storage.staged_customers import currencies_in_use
from storage.transaction import Transaction

MOST_SKEW_SECONDS = 60
FAILURES_MATTER_FOR = timedelta(days=7)
_SHOWN = 5


def new_key() -> str:
    """Return a fresh key for KEEPWARM_SECRET_KEYS."""
    return Fernet.generate_key().decode()


def examine_here(settings: Settings, *, now: datetime) -> list[Finding]:
    """Look at the database and the token of the settings, as this process would use them."""
    Keyring.fernet = settings.fernet
    token = settings.bot_token
    client = make_client(token.get_secret_value(), settings.api_url) if token else None
    store = None if _is_missing_file(settings.database_url) else Store(make_engine(settings.database_url))
    try:
        return examine(settings, store, client, now=now, real_time=time.time())
    finally:
        if store is not None:
            store.engine.dispose()


def examine(
    settings: Settings, store: Store | None, client: WebClient | None, *, now: datetime, real_time: float
) -> list[Finding]:
    """Look at everything, in the order in which it would be mended.

    `store` is None while there is no database, `client` without a token; `now` is the bot's time, `real_time` this
    machine's in seconds since 1970, to hold against Slack's.
    """
    return [
        _settings(settings),
        _encryption(settings),
        *_slack(settings, client, real_time),
        *_ledger(settings, store, now=now, real_time=real_time),
    ]


def _is_missing_file(database_url: str) -> bool:
    path = database_url.removeprefix("sqlite:///")
    return path != database_url and not Path(path).exists()


def _settings(settings: Settings) -> Finding:
    if settings.app_token is not None:
        return Finding("settings", True, "Socket Mode: Slack needs no address of ours.")
    if settings.signing_secret is not None:
        where = f"{settings.host}:{settings.port}"
        return Finding("settings", True, f"HTTP: what Slack sends to /slack/events of your address must reach {where}.")
    return Finding(
        "settings",
        False,
        "neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set. Slack shows both under Basic"
        " Information.",
    )


def _encryption(settings: Settings) -> Finding:
    if settings.fernet is None:
        return Finding(
            "encryption",
            None,
            "KEEPWARM_SECRET_KEYS is not set, so the token is never stored. To store it encrypted, make a key with"
            " `python -m bot doctor --new-key`.",
        )
    return Finding("encryption", True, "the token is stored encrypted.")


def _slack(settings: Settings, client: WebClient | None, real_time: float) -> Iterator[Finding]:
    if settings.client_id is not None or settings.client_secret is not None:
        yield way_in(settings)
        if client is None:
            return
    if client is None:
        yield Finding(
            "token", False, "SLACK_BOT_TOKEN is not set. Slack shows it under OAuth & Permissions after installing."
        )
        return
    try:
        answer = client.auth_test()
    except SlackApiError as refused:
        error = refused.response.get("error")
        yield Finding(
            "token", False, f"Slack refuses SLACK_BOT_TOKEN ({error}). Copy it again from OAuth & Permissions."
        )
        return
    except (OSError, HTTPException, ValueError) as broken:
        yield Finding(
            "token", False, f"Slack can't be reached ({type(broken).__name__}). Check the network and SLACK_API_URL."
        )
        return
    yield Finding("token", True, f"Slack knows us as {answer.get('user')} in {answer.get('team')}.")
    yield from _scopes(granted_scopes(answer))
    yield _slack_clock(_header(answer, "date"), real_time)


def _header(answer: SlackResponse, name: str) -> str | None:
    return next((str(value) for key, value in answer.headers.items() if key.lower() == name), None)


def _scopes(granted: str | None) -> Iterator[Finding]:
    if granted is None:
        yield Finding("scopes", None, "Slack does not say which are granted.")
        return
    have = {scope.strip() for scope in granted.split(",")}
    missing = {scope: cost for scope, cost in REQUIRED_SCOPES.items() if scope not in have}
    if missing:
        yield Finding("scopes", False, f"{_costs(missing)}. Paste the manifest again and install the app anew.")
    else:
        yield Finding("scopes", True, "all that are required are granted.")
    optional = {scope: cost for scope, cost in OPTIONAL_SCOPES.items() if scope not in have}
    if optional:
        yield Finding("optional scopes", None, f"{_costs(optional)}.")


def _costs(missing: dict[str, str]) -> str:
    return "; ".join(f"without {scope} {cost}" for scope, cost in missing.items())


def _slack_clock(header: str | None, real_time: float) -> Finding:
    try:
        theirs = parsedate_to_datetime(header or "").timestamp()
    except ValueError:
        return Finding("clock", None, "Slack does not say what time it is.")
    return _skew("Slack's", real_time - theirs)


def _skew(whose: str, seconds: float) -> Finding:
    if abs(seconds) <= MOST_SKEW_SECONDS:
        return Finding("clock", True, f"ours and {whose} agree.")
    ahead = "ahead of" if seconds > 0 else "behind"
    return Finding(
        "clock",
        False,
        f"ours is {_span(timedelta(seconds=abs(seconds)))} {ahead} {whose}. Turn on time synchronisation: signatures"
        " and digest hours depend on it.",
    )


def _ledger(settings: Settings, store: Store | None, *, now: datetime, real_time: float) -> Iterator[Finding]:
    if store is None:
        yield Finding("database", None, "there is none yet. The first command that needs it makes it.")
        return
    try:
        with store.session(writes=False) as session:
            theirs = checkup.database_time(session)
        revision = current_revision(store.engine)
    except SQLAlchemyError as broken:
        reason = str(getattr(broken, "orig", broken)).strip().splitlines()[0]
        yield Finding("database", False, f"it can't be used ({reason}). Check DATABASE_URL, the disk and the rights.")
        return
    yield Finding("database", True, f"{store.engine.dialect.name} answers.")
    if theirs is not None:
        yield _skew("the database's", real_time - theirs.timestamp())
    if is_behind(store.engine):
        yield Finding("migrations", False, f"the schema is at {revision or 'nothing'}. Run `python -m bot migrate`.")
        return
    yield Finding("migrations", True, "the schema is this version's.")
    if store.engine.dialect.name == "postgresql":
        yield _jobs(store)
    with store.session(writes=False) as session:
        yield from _readable(session, settings)
        yield from _working(session, now)
        yield from installations(session, settings, now=now)


def _jobs(store: Store) -> Finding:
    if not is_installed():
        return Finding(
            "jobs",
            None,
            "procrastinate is not installed, so replicas look for what is owed every second or so instead of hearing of"
            " it. Install keepwarm[scale], then run `python -m bot migrate`.",
        )
    problem = schema_problem(store.engine)
    if problem is not None:
        return Finding("jobs", False, f"procrastinate is installed, but {problem}. Run `python -m bot migrate`.")
    return Finding("jobs", True, "procrastinate takes the deliveries, in every replica.")


def _readable(session: Transaction, settings: Settings) -> Iterator[Finding]:
    try:
        checkup.read_tokens(session)
    except KeyMissing as unreadable:
        yield Finding("encryption", False, str(unreadable))
    if checkup.has_lost_notes(session, settings.fernet):
        yield Finding(
            "encryption",
            False,
            "notes were written with a key that is not in KEEPWARM_SECRET_KEYS. Put that key back behind the others;"
            " digests that need them wait until then.",
        )


def _working(session: Transaction, now: datetime) -> Iterator[Finding]:
    workspaces = people.installed(session)
    yield _tick(workspaces, now)
    yield _digest(session, now)
    yield from _deliveries(session, now)
    for workspace in workspaces:
        where = f" in {workspace.name}" if len(workspaces) > 1 and workspace.name else ""
        ledger = Ledger(session, workspace.id)
        yield _rates(ledger, where)
        yield _owners(ledger, where)


def _tick(workspaces: Sequence[Workspace], now: datetime) -> Finding:
    ticks = [workspace.ticked_at for workspace in workspaces if workspace.ticked_at]
    if not ticks:
        return Finding("tick", None, "the clock has not ticked yet. It does while `python -m bot run` runs.")
    late = now - max(ticks)
    if late > checkup.LATEST_TICK:
        return Finding(
            "tick", False, f"the clock ticked last {_span(late)} ago. Start `python -m bot run`, or look at its log."
        )
    return Finding("tick", True, "the clock ticks.")


def _digest(session: Session, now: datetime) -> Finding:
    sent_at = housekeeping.last_sent_at(session, "digest")
    if sent_at is None:
        return Finding("digest", None, "none was sent yet. The first comes at a teammate's hour once somebody is due.")
    return Finding("digest", True, f"the last one was sent {_span(now - sent_at)} ago.")


def _deliveries(session: Session, now: datetime) -> Iterator[Finding]:
    failed = checkup.failed_since(session, now - FAILURES_MATTER_FOR)
    if failed:
        named = "; ".join(f"{count} × {kind} ({error})" for kind, error, count in failed[:_SHOWN])
        yield Finding("deliveries", False, f"messages failed in the last 7 days: {named}. The log says more.")
    oldest = checkup.oldest_unsent_at(session)
    is_late = oldest is not None and now - oldest > checkup.LATEST_UNSENT
    if oldest is not None and is_late:
        yield Finding(
            "deliveries",
            False,
            f"a message has waited for {_span(now - oldest)}. Start `python -m bot run`; if it runs, look at its log.",
        )
    closed = lanes.troubles(session)
    for lane in closed[:_SHOWN]:
        place = "the workspace" if lane.name == lanes.EVERYTHING else lane.name
        began = f"{_span(now - lane.since_at)} ago" if lane.since_at else "lately"
        yield Finding(
            "deliveries",
            False,
            f"Slack stopped taking anything for {place} {began} ({lane.error}). What is owed there waits until that is"
            " mended or the app is installed again.",
        )
    if not (failed or closed or is_late):
        yield Finding("deliveries", True, "nothing failed and nothing waits.")


def _rates(ledger: Ledger, where: str) -> Finding:
    worth = Worth.of(ledger)
    missing = sorted(code for code in currencies_in_use(ledger) if not worth.has_rate(code))
    if missing:
        return Finding(
            "rates",
            False,
            f"customers{where} are in {', '.join(missing)}, and there is no rate to {worth.base_currency}: they are"
            " ranked by their number alone. Set it with `python -m bot currency --rate USD=0.92`.",
        )
    return Finding("rates", True, f"every amount{where} can be compared in {worth.base_currency}.")


def _owners(ledger: Ledger, where: str) -> Finding:
    unknown = checkup.owners_without_slack(ledger)
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        return Finding(
            "owners",
            False,
            f"{', '.join(unknown[:_SHOWN])}{more}{where} own customers and are not known in Slack, so nobody gets their"
            " digests. Import them with the e-mail address or the id that Slack has.",
        )
    nobody = checkup.customers_without_owner(ledger)
    if nobody:
        return Finding("owners", None, f"{nobody} customers{where} have no owner, so they are in nobody's digest.")
    return Finding("owners", True, f"every customer{where} has an owner whom Slack knows.")


def _span(length: timedelta) -> str:
    minutes = max(0, round(length.total_seconds() / 60))
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
