"""What every command of the terminal starts from: the ledger of one workspace, the time, a customer by name."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.errors import NotFound, SettingsError, UserError

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.engine import Store
    from storage.ledger import Ledger

# Control characters but the end of a line.
_COMMANDS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

REFUSED = 1
USAGE = 2

WorkspaceOption = Annotated[
    str | None, typer.Option("--workspace", help="Slack team id (T…); needed when there are several.")
]


def tell(text: str, *, err: bool = False) -> None:
    """Print text that may hold what customers are called: a terminal must not take a part of it for a command."""
    typer.echo(_COMMANDS.sub(" ", text), err=err)


def stop(sentence: str, status: int) -> NoReturn:
    """Print a sentence to stderr and end with a status."""
    tell(sentence, err=True)
    raise typer.Exit(status)


def read_settings(*, log_level: str | None = None) -> "Settings":
    """Read the settings, and send logs to stderr from a level on, that of the settings by default.

    stdout is for what was asked. Raises SettingsError.
    """
    from bot.logs import set_up_logs
    from bot.settings import load_settings

    settings = load_settings()
    set_up_logs(log_level or settings.log_level)
    return settings


def trouble_of(broken: Exception) -> str | None:
    """Return the sentence for a database that can't be used or a key that is missing; None for any other error."""
    from alembic.util import CommandError
    from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

    from storage.columns import KeyMissing

    if isinstance(broken, KeyMissing):
        return str(broken)
    if isinstance(broken, CommandError):
        return f"DATABASE_URL: the database is of another version of Keepwarm ({broken}). Start that version."
    # Before any statement it is the connection that was refused, whatever the driver calls it.
    is_unopened = isinstance(broken, DBAPIError) and broken.statement is None
    if type(broken) not in {OperationalError, DatabaseError} and not is_unopened:
        return None
    reason = str(getattr(broken, "orig", broken)).strip().splitlines()[0]
    return f"DATABASE_URL: the database can't be used ({reason}). Check the address, the disk and the rights."


def real_now() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


def open_store(settings: "Settings", *, migrates: bool = True) -> "Store":
    """Open the ledger; an empty one and one in SQLite are brought to this version's schema first."""
    from storage.columns import Keyring
    from storage.engine import Store, make_engine
    from storage.jobs import queue_of
    from storage.migrate import current_revision, is_behind, migrate, newest_revision

    Keyring.fernet = settings.fernet
    engine = make_engine(settings.database_url)
    is_shared = engine.dialect.name == "postgresql"
    found = current_revision(engine)
    if is_behind(engine) or (not is_shared and found != newest_revision()):
        if not (migrates and (found is None or not is_shared)):
            raise SettingsError("The database is not at this version's schema. Run `python -m bot migrate` first.")
        migrate(engine)
    return Store(engine, queue_of(engine))


@contextmanager
def open_ledger(named: str | None, *, writes: bool = False) -> Iterator["Ledger"]:
    """Open the ledger of the named workspace, or of the only one."""
    store = open_store(read_settings(log_level="warning"))
    workspace_id = workspace_named(store, named)
    with store.write(workspace_id) if writes else store.read(workspace_id) as ledger:
        yield ledger


def workspace_named(store: "Store", named: str | None) -> int:
    """Return the id of the named workspace, or of the only one; an empty ledger gets one of its own."""
    from bot.usecases.installing import local_workspace, only_workspace
    from storage.people import installed

    with store.session(writes=False) as session:
        row = only_workspace(session, named)
        known = installed(session)
    if row is not None:
        return row.id
    if named:
        raise NotFound(
            "--workspace {named}: Keepwarm is not installed there. Known: {teams}.", named=named, teams=_teams(known)
        )
    if known:
        raise SettingsError(f"There are several workspaces. Add --workspace with one of {_teams(known)}.")
    with store.session() as session:
        return local_workspace(session, now=real_now()).id


def _teams(known: list[Any]) -> str:
    return ", ".join(row.slack_team_id for row in known) or "none"


def today_in(ledger: "Ledger") -> date:
    """Return the workspace's calendar day."""
    from bot.domain.working_time import local_day

    return local_day(real_now(), _timezone(ledger))


def _timezone(ledger: "Ledger") -> str:
    from storage.models import Workspace

    row = ledger.session.get(Workspace, ledger.workspace_id)
    return row.timezone if row else "UTC"


def moment_of(text: str, ledger: "Ledger", *, option: str = "--as-of") -> datetime:
    """Read a moment that an option was given; without a zone it is the workspace's local time."""
    from bot.domain.working_time import zone

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{option} {text!r} is not an ISO day or moment. Write 2026-11-24 or 2026-11-24T09:00.", USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone(_timezone(ledger)))


def one_customer(ledger: "Ledger", named: str) -> int:
    """Return the id of the customer that is meant. Raises NotFound, UserError."""
    from bot.usecases.customers import exactly, find, nearest_names
    from storage.customers import by_ids

    found = exactly(ledger, named) or find(ledger, named, limit=6)
    if not found:
        near = nearest_names(ledger, named)
        if near:
            raise NotFound(
                "No customer is called {named}. The nearest are {names}.", named=named, names=", ".join(near)
            )
        raise NotFound("No customer is called {named}. Write the external id or the name.", named=named)
    if len(found) > 1:
        known = by_ids(ledger, [customer_id for customer_id, _ in found]).values()
        names = ", ".join(f"{r.name} ({r.external_id or 'no id'})" for r in known)
        raise UserError("{named} fits several customers: {names}. Write the id.", named=named, names=names)
    return found[0][0]
