"""The commands about the team itself: its holidays, its roles, what was done by whom, and what is kept."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.domain.model import Role
from bot.terminal import USAGE, WorkspaceOption, moment_of, one_customer, open_ledger, real_now, stop, tell

if TYPE_CHECKING:
    from bot.domain.audit import Record

SHOWN_FOR = timedelta(days=30)


class Shape(StrEnum):
    """How the trail is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class HolidayVerb(StrEnum):
    """What to do with a holiday of the company."""

    LIST = "list"
    ADD = "add"
    REMOVE = "remove"


class TeamVerb(StrEnum):
    """What to do with the team."""

    LIST = "list"
    ROLE = "role"


def add_to(app: typer.Typer) -> None:
    """Put the commands of this module into the command line."""
    app.command()(holidays)
    app.command()(team)
    app.command()(audit)
    app.command()(retention)


def holidays(
    do: Annotated[HolidayVerb, typer.Argument(help="list, add or remove.")] = HolidayVerb.LIST,
    days: Annotated[str, typer.Argument(help="A day, or both ends of a span: 2026-12-24..2027-01-01.")] = "",
    name: Annotated[str, typer.Argument(help="What it is called.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Show or change the company's holidays: nobody is nudged on them."""
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.days_off import add_break, company_breaks, remove_break
    from bot.usecases.teammates import reschedule_everybody

    if do is not HolidayVerb.LIST and not days:
        stop(f"holidays {do}: write the days, like 2026-12-24..2027-01-01.", USAGE)
    now = real_now()
    with open_ledger(workspace, writes=do is not HolidayVerb.LIST) as ledger:
        if do is HolidayVerb.ADD:
            add_break(ledger, days, name)
        elif do is HolidayVerb.REMOVE:
            remove_break(ledger, days)
        if do is not HolidayVerb.LIST:
            reschedule_everybody(ledger, now=now)
            note(ledger, "holidays", now=now, by_id=None, subject=("workspace", None), place=TERMINAL, detail=do.value)
        known = company_breaks(ledger)
    for one in known:
        span = f"{one.first_on}" if one.first_on == one.last_on else f"{one.first_on}..{one.last_on}"
        tell(f"{span}  {one.name}".rstrip())
    if not known:
        typer.echo('No holidays of the company yet. Add one: holidays add 2026-12-24..2027-01-01 "Company break"')


def team(
    do: Annotated[TeamVerb, typer.Argument(help="list or role.")] = TeamVerb.LIST,
    who: Annotated[str, typer.Argument(help="Slack id, e-mail address or name.")] = "",
    role: Annotated[Role | None, typer.Argument(help="admin, member or viewer.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show who may do what, or set it: the way back when no admin is left."""
    from bot.usecases.audit import TERMINAL
    from bot.usecases.team import owned_by, set_role
    from bot.usecases.team import team as everybody
    from bot.usecases.teammates import find_owner

    if do is TeamVerb.ROLE and not (who and role):
        stop("team role: write who and what, like team role U012AB3CD viewer.", USAGE)
    with open_ledger(workspace, writes=do is TeamVerb.ROLE) as ledger:
        if do is TeamVerb.ROLE and role:
            given = set_role(ledger, find_owner(ledger, who).id, role, by=None, place=TERMINAL, now=real_now())
            if given.slack_user_id is None:
                tell(f"{given.name} is a {role} once Slack shows them.")
            if role is Role.VIEWER and (owned := owned_by(ledger, given, now=real_now())):
                tell(f"{given.name} still looks after customers: {owned}. Hand them over from their cards in Slack.")
        members = everybody(ledger)
    for member in members:
        person, chosen = member.teammate, "set here" if member.set_here else "as in Slack"
        tell(f"{person.slack_user_id}  {person.role:<7} {person.name} ({chosen})")
    if not members and do is TeamVerb.LIST:
        typer.echo("Nobody has used the bot yet. The first admin is whoever installs it.")


def audit(
    since: Annotated[str | None, typer.Option(help="An ISO day or moment; the last 30 days by default.")] = None,
    who: Annotated[str | None, typer.Option(help="Only what they did: Slack id, e-mail address or name.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only what is about this customer: external id or name.")] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="From now on, keep the trail for this many days.")] = None,
    format_: Annotated[Shape, typer.Option("--format", help="How to print it.")] = Shape.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    """Show who saw, changed, exported and erased what, the oldest first."""
    from bot.usecases.audit import TERMINAL, keep_for, note, trail
    from bot.usecases.teammates import find_owner
    from storage.people import everybody

    with open_ledger(workspace, writes=keep is not None) as ledger:
        if keep is not None:
            keep_for(ledger, keep)
            about, detail = ("workspace", None), f"trail {keep} days"
            note(ledger, "retention", now=real_now(), by_id=None, subject=about, place=TERMINAL, detail=detail)
        since_at = moment_of(since, ledger, option="--since") if since else real_now() - SHOWN_FOR
        by_id = find_owner(ledger, who).id if who else None
        customer_id = one_customer(ledger, customer) if customer else None
        found = trail(ledger, since=since_at, by_id=by_id, customer_id=customer_id)
        names = {i: person.slack_user_id or person.name for i, person in everybody(ledger).items()}
    rows = [_row(record, names) for record in found]
    match format_:
        case Shape.JSON:
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        case Shape.CSV:
            typer.echo(_as_csv(rows), nl=False)
        case Shape.TABLE:
            _print(rows)


def retention(
    messages: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Messages, ended nudges, and what people wrote to log.")
    ] = None,
    notes: Annotated[str | None, typer.Option(metavar="MONTHS|forever", help="Notes of touches.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show or set for how long messages and notes are kept; touches themselves stay."""
    from bot.usecases.audit import TERMINAL
    from bot.usecases.retention import keep_for, retention_of

    if notes is not None and notes != "forever" and not notes.isdecimal():
        stop(f"--notes {notes!r}: write a number of months, or forever.", USAGE)
    with open_ledger(workspace, writes=not (messages is None and notes is None)) as ledger:
        kept = retention_of(ledger)
        if messages is not None:
            kept = replace(kept, messages_days=messages)
        if notes is not None:
            kept = replace(kept, notes_months=None if notes == "forever" else int(notes))
        if messages is not None or notes is not None:
            keep_for(ledger, kept, now=real_now(), by=None, place=TERMINAL)
    typer.echo(f"Messages, ended nudges and what people wrote to log are kept for {kept.messages_days} days.")
    months = kept.notes_months
    said = "for ever" if months is None else "for 1 month" if months == 1 else f"for {months} months"
    typer.echo(f"Notes of touches are kept {said}.")


_COLUMNS = ("at", "who", "did", "what", "id", "where", "detail")
_IN_TABLE = {"at": "at (UTC)"}


def _row(record: "Record", names: Mapping[int, str]) -> dict[str, Any]:
    at: datetime = record.at
    who = names.get(record.by_id, "") if record.by_id else ""
    values = (
        at.astimezone(UTC).isoformat(timespec="seconds"), who, record.verb, record.subject_kind, record.subject_id,
        record.place, record.detail,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _as_csv(rows: list[dict[str, Any]]) -> str:
    from bot.terminal.listing import safe_cell

    written = StringIO()
    writer = csv.DictWriter(written, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: safe_cell(value) for column, value in row.items()} for row in rows)
    return written.getvalue()


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    # Moments and ids are to be copied, and a word is not read in two pieces: who it was and the detail fold.
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(_IN_TABLE.get(column, column), no_wrap=column not in {"who", "detail"}, overflow="fold")
    for row in rows:
        shown = {**row, "at": row["at"][: len("2026-11-24T09:00")].replace("T", " ")}
        table.add_row(*("" if shown[column] is None else escape(str(shown[column])) for column in _COLUMNS))
    Console().print(table)
