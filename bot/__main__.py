"""The command line: `python -m bot COMMAND`. Exit status: 0 done, 1 the input was refused, 2 usage or settings."""

import json
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import KeepwarmError, SettingsError
from bot.terminal import (
    REFUSED,
    USAGE,
    WorkspaceOption,
    moment_of,
    money,
    one_customer,
    open_ledger,
    open_store,
    read_settings,
    real_now,
    standings,
    stop,
    team,
    tell,
    today_in,
    trouble_of,
    workspace_named,
)
from bot.terminal.segments import segments

app = typer.Typer(
    help="Keepwarm keeps valuable relationships from going quiet.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(segments, name="segments")


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class What(StrEnum):
    """What a file holds."""

    CUSTOMERS = "customers"
    TOUCHES = "touches"


class RunRole(StrEnum):
    """What a process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


AsOf = Annotated[str | None, typer.Option("--as-of", help="An ISO day or moment, like 2026-11-24 or 2026-11-24T09:00.")]


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is served on this machine; 0 takes a free port.")
    ] = 3000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Your own customers.csv instead of the sample.")] = None,
) -> None:
    """Show the whole product in a browser: the real bot, a stand-in for Slack, sample customers."""
    from bot.demo import open_browser, start_demo
    from bot.logs import set_up_logs
    from bot.running import listen_for_signals, wait_until
    from bot.usecases.imports.report import rejects_report

    set_up_logs("warning")
    told_to_stop = listen_for_signals()
    with start_demo(port=port, csv=csv) as running:
        if running.imported and running.imported.rejected:
            tell("\n".join(rejects_report(running.imported)), err=True)
            if not running.imported.taken:
                raise typer.Exit(REFUSED)
        typer.echo(f"Keepwarm's playground: {running.url}")
        typer.echo("Nothing leaves this machine. Stop with Ctrl+C.")
        if not no_browser:
            open_browser(running.url)
        wait_until(told_to_stop)


@app.command()
def run(
    role: Annotated[
        RunRole, typer.Option(help="Everything, only Slack's requests, or only clock and sending.")
    ] = RunRole.ALL,
) -> None:
    """Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP."""
    from bot.app import Keepwarm, wall_clock
    from bot.running import Role
    from bot.running import run as run_bot

    settings = read_settings()
    run_bot(Keepwarm(settings, open_store(settings), wall_clock), role=Role(role.value))


@app.command("import")
def import_(
    what: Annotated[What, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="A CSV file; separator, encoding and columns are found out.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go; FILE.rejects.csv by default.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column a field is in; can be repeated."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Import customers or touches; the same file twice changes nothing."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.domain.audit import Verb
    from bot.terminal.segments import work_in
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.deriving import derive_standings
    from bot.usecases.exponents import relearn_exponents
    from bot.usecases.imports import Subject, import_file, report
    from bot.usecases.imports.report import rejects_report
    from storage.columns import new_id

    store = open_store(read_settings(log_level="warning"))
    workspace_id = workspace_named(store, workspace)
    console, begun = Console(stderr=True), new_id()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Reading {file.name}", total=None)
        outcome = import_file(
            store,
            workspace_id,
            Subject(what.value),
            file,
            now=real_now(),
            dry_run=dry_run,
            rejects_path=rejects,
            columns=_mapped(columns or []),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    changed = outcome.created + outcome.updated
    if changed and not dry_run:
        with open_ledger(workspace, writes=True) as ledger:
            subject, taken = (what.value, None), f"{changed} rows"
            note(ledger, Verb.IMPORTED, now=real_now(), by_id=None, subject=subject, place=TERMINAL, detail=taken)
    if changed and not dry_run:
        relearn_exponents(store, workspace_id, now=real_now(), every=timedelta())
        work_in(store, workspace_id)
    if changed and not dry_run:
        # Touches say something about their customers alone; a value says something about everybody in its segment.
        touched_since = begun if outcome.subject is Subject.TOUCHES else None
        derive_standings(store, workspace_id, now=real_now(), touched_since=touched_since)
    for line in report(outcome):
        tell(line)
    refused = rejects_report(outcome)
    if refused:
        stop("\n".join(refused), REFUSED)


def _mapped(columns: list[str]) -> dict[str, str]:
    pairs = {}
    for pair in columns:
        field, equals, column = pair.partition("=")
        if not equals:
            stop(f"--map {pair!r}: write FIELD=COLUMN, like --map name=Firma.", USAGE)
        pairs[field.strip()] = column.strip()
    return pairs


@app.command()
def neglected(
    as_of: AsOf = None,
    owner: Annotated[str | None, typer.Option(help="Slack id, e-mail address or name.")] = None,
    segment: Annotated[str | None, typer.Option(help="The name of a segment.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at the most.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every customer, due or not, lost or not.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CUSTOMER", help="Print the arithmetic of one customer instead.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    """List who is going quiet, best first, with the reason."""
    from rich.console import Console

    from bot.terminal import arithmetic, listing
    from bot.usecases.neglect import rank

    if explain is not None and (owner or segment or limit or everyone or format_ is Format.CSV):
        stop("--explain is about one customer, as table or json: leave the other options out.", USAGE)
    with open_ledger(workspace) as ledger:
        now_day = today_in(ledger)
        day = moment_of(as_of, ledger).date() if as_of else now_day
        if explain is not None:
            customer_id = one_customer(ledger, explain)
            tell(arithmetic.of(ledger, customer_id, as_of=day, now_day=now_day, json=format_ is Format.JSON))
            return
        found = rank(ledger, as_of=day, now_day=now_day, owner=owner, segment=segment, limit=limit, everyone=everyone)
    match format_:
        case Format.JSON:
            typer.echo(listing.as_json(found))
        case Format.CSV:
            typer.echo(listing.as_csv(found), nl=False)
        case Format.TABLE:
            listing.print_table(Console(), found, as_of=day)


@app.command()
def digest(
    as_of: AsOf = None,
    owner: Annotated[list[str] | None, typer.Option(help="Only these people; can be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the messages as JSON and write nothing.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Plan and send the digests of a moment, of the ledger as it is now; working days, hours and pauses apply."""
    from bot.terminal.sending_now import drawn_digests, send_planned

    settings = read_settings(log_level="warning")
    store = open_store(settings)
    workspace_id = workspace_named(store, workspace)
    with store.read(workspace_id) as ledger:
        moment = moment_of(as_of, ledger) if as_of else real_now()
    whole_day = as_of is not None and len(as_of) == len("2026-11-24")
    if dry_run:
        messages = drawn_digests(store, workspace_id, moment=moment, whole_day=whole_day, owners=owner)
        typer.echo(json.dumps(messages, ensure_ascii=False, indent=2))
    else:
        sent, planned = send_planned(settings, store, workspace_id, moment=moment, whole_day=whole_day, owners=owner)
        typer.echo(f"{sent} digests sent." if sent != 1 else "1 digest sent.")
        if sent < planned:
            stop(f"{planned - sent} more could not be sent. `python -m bot doctor` says why.", REFUSED)


@app.command()
def suggest(
    customer: Annotated[str, typer.Argument(help="External id or name.")],
    occasion: Annotated[
        str | None, typer.Option(help="overdue, birthday, anniversary, renewal, promise, first_month.")
    ] = None,
    variant: Annotated[str | None, typer.Option(help="One wording; the fitting one by default.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Print something to start from for a message to a customer."""
    from bot.domain.model import Occasion
    from bot.usecases.suggestions import facts_of
    from bot.writer import write

    try:
        wanted = Occasion(occasion or Occasion.OVERDUE)
    except ValueError:
        stop(f"--occasion {occasion!r}: write one of {', '.join(Occasion)}.", USAGE)
    with open_ledger(workspace) as ledger:
        customer_id = one_customer(ledger, customer)
        facts = facts_of(ledger, customer_id, today=today_in(ledger), sender=None)
    suggestion = write(facts, occasion=wanted, variant=variant, seed=customer_id)
    if suggestion.subject:
        tell(f"{suggestion.subject}\n")
    tell(suggestion.text)


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(help="A folder; it is made when it is not there.")],
    customer: Annotated[str | None, typer.Option(help="All about one customer alone: external id or name.")] = None,
    teammate: Annotated[str | None, typer.Option(help="All about one teammate alone: Slack id or e-mail.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write everything: customers.csv, touches.csv and the whole ledger; or all about one customer or teammate."""
    from bot.commands_data import export_here

    export_here(directory, customer=customer, teammate=teammate, workspace=workspace)


@app.command()
def erase(
    customer: Annotated[str | None, typer.Argument(help="External id or name.")] = None,
    teammate: Annotated[str | None, typer.Option(help="A person instead: Slack id or e-mail address.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Erase a customer with all touches, or a teammate, here and in Slack's messages."""
    from bot.commands_data import erase_here

    erase_here(customer=customer, teammate=teammate, yes=yes, workspace=workspace)


@app.command()
def doctor(
    new_key: Annotated[bool, typer.Option("--new-key", help="Print a new key for KEEPWARM_SECRET_KEYS.")] = False,
) -> None:
    """Check settings, token, scopes, database, clock and the last digest, and say what to do."""
    from bot import doctor as examination

    if new_key:
        typer.echo(examination.new_key())
        return
    findings = examination.examine_here(read_settings(log_level="warning"), now=real_now())
    for finding in findings:
        tell(finding.line)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(REFUSED)


@app.command()
def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Write what the ledger gives where it differs.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Replay the ledger of every customer and print where the stored state differs."""
    from bot.terminal.verification import print_differences

    store = open_store(read_settings(log_level="warning"))
    if print_differences(store, workspace_named(store, workspace), repair=repair) and not repair:
        raise typer.Exit(REFUSED)


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema, and every customer to its keys."""
    from bot.terminal.segments import work_in
    from storage.engine import Store, make_engine
    from storage.migrate import migrate as run_migrations
    from storage.rhythms import workspaces_recomputing

    engine = make_engine(read_settings(log_level="warning").database_url)
    before, after = run_migrations(engine)
    store = Store(engine)
    with store.session(writes=False) as session:
        waiting = workspaces_recomputing(session)
    for workspace_id in waiting:
        work_in(store, workspace_id)
    typer.echo(f"The database is at {after}." if before == after else f"Migrated from {before or 'empty'} to {after}.")


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt everything anew with the newest key; can be stopped and started again."""
    from bot.terminal.keys import rotate_keys_here

    rotate_keys_here()


@app.command()
def manifest(
    http: Annotated[
        str | None, typer.Option("--http", metavar="URL", help="Where Slack reaches the bot; Socket Mode without it.")
    ] = None,
    many: Annotated[bool, typer.Option("--many", help="People install it themselves, in many workspaces.")] = False,
) -> None:
    """Print the app manifest to paste into Slack."""
    from bot.manifest import build_manifest

    typer.echo(json.dumps(build_manifest(http_url=http, many=many), ensure_ascii=False, indent=2))


money.add_to(app)
standings.add_to(app)
team.add_to(app)


def main() -> None:
    """Run a command; errors are sentences and statuses, never tracebacks."""
    try:
        app()
    except SettingsError as wrong:
        tell(str(wrong), err=True)
        sys.exit(USAGE)
    except KeepwarmError as refused:
        tell(str(refused), err=True)
        sys.exit(REFUSED)
    except Exception as broken:
        sentence = trouble_of(broken)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
        sys.exit(USAGE)


if __name__ == "__main__":
    main()
