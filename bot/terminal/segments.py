"""`python -m bot segments`: list the segments, show what another policy would change, and change it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.domain.counted_days import Pause
from bot.domain.model import Counts, Policy
from bot.terminal import USAGE, open_ledger, open_store, read_settings, real_now, stop, today_in, workspace_named

# How much of a segment's name the table has room for in a line.
_NAME = 14

if TYPE_CHECKING:
    from bot.domain.policies import SegmentPolicy, SegmentState
    from bot.domain.what_if import WhatIf
    from storage.engine import Store

segments = typer.Typer(help="List the segments and their policies, or change one.", invoke_without_command=True)


class Format(StrEnum):
    """How the answer is printed."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print it.")]
WorkspaceOption = Annotated[
    str | None, typer.Option("--workspace", help="Slack team id (T…); needed when there are several.")
]


@segments.callback()
def list_segments(
    context: typer.Context, format_: FormatOption = Format.TABLE, workspace: WorkspaceOption = None
) -> None:
    """List the segments: policy, cadence, counted days, pauses, when a customer is lost; `segments set` changes one."""
    if context.invoked_subcommand is not None:
        return
    from bot.usecases.policies import segment_states

    with open_ledger(workspace) as ledger:
        states = segment_states(ledger)
    if format_ is Format.JSON:
        typer.echo(json.dumps([_as_json(state) for state in states], ensure_ascii=False, indent=2))
    else:
        _print_table(states)


@segments.command("set")
def set_policy(
    name: Annotated[str, typer.Argument(help="The segment's name.")],
    policy: Annotated[Policy | None, typer.Option(help="How due days are found.")] = None,
    cadence: Annotated[
        str | None, typer.Option(metavar="DAYS|learned", help="The gap the segment aims for, in days that count.")
    ] = None,
    exponent: Annotated[
        str | None, typer.Option(metavar="NUMBER|learned", help="How much silence weighs in the order, 0 to 1.")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Over how many days an exponent is learned.")
    ] = None,
    count: Annotated[Counts | None, typer.Option(help="All days or working days.")] = None,
    pause: Annotated[
        list[str] | None,
        typer.Option(metavar="MM-DD..MM-DD", help="When the segment sleeps every year; can be repeated."),
    ] = None,
    no_pause: Annotated[bool, typer.Option("--no-pause", help="The segment never sleeps.")] = False,
    lost_after: Annotated[int | None, typer.Option(metavar="N", help="Cadences of silence until lost.")] = None,
    what_if: Annotated[bool, typer.Option("--what-if", help="Say what would change and write nothing.")] = False,
    format_: FormatOption = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    """Change a segment's policy and work it in, or say with --what-if what that would change."""
    from bot.usecases.exponents import relearn_exponents
    from bot.usecases.policies import change_policy, segment_named

    if pause and no_pause:
        stop("--pause and --no-pause: write one of them.", USAGE)
    given: dict[str, Any] = {
        "policy": policy, "horizon_days": horizon, "counts": count, "lost_after": lost_after,
        "pauses": () if no_pause else _pauses(pause) if pause else None,
    }  # fmt: skip
    changes = {field: value for field, value in given.items() if value is not None}
    if cadence is not None:
        changes["cadence_days"] = _cadence(cadence)
    if exponent is not None:
        changes["exponent"] = _exponent(exponent)
    if not changes:
        stop("Nothing to change. Write at least one of --policy, --cadence, --exponent, --horizon, --count, --pause,"
             " --no-pause, --lost-after.", USAGE)  # fmt: skip
    store = open_store(read_settings(log_level="warning"))
    workspace_id = workspace_named(store, workspace)
    with store.read(workspace_id) as ledger:
        state = segment_named(ledger, name)
    wanted = replace(state.policy, **changes)
    if what_if:
        _print_what_if(store, workspace_id, state, wanted, format_)
        return
    work_in(store, workspace_id)
    with store.write(workspace_id) as ledger:
        change_policy(ledger, state.segment.id, wanted, by=None, now=real_now())
    work_in(store, workspace_id)
    relearn_exponents(store, workspace_id, now=real_now())
    work_in(store, workspace_id)
    with store.read(workspace_id) as ledger:
        state = segment_named(ledger, name)
    typer.echo(json.dumps(_as_json(state), ensure_ascii=False, indent=2) if format_ is Format.JSON else _said(state))


def _cadence(text: str) -> int | None:
    if text.strip().casefold() == "learned":
        return None
    try:
        return int(text)
    except ValueError:
        stop(f"--cadence {text!r}: write a number of days like 45, or learned.", USAGE)


def _exponent(text: str) -> float | None:
    if text.strip().casefold() == "learned":
        return None
    try:
        return float(text)
    except ValueError:
        stop(f"--exponent {text!r}: write a number from 0 to 1 like 0.5, or learned.", USAGE)


def _pauses(texts: Sequence[str]) -> tuple[Pause, ...]:
    found = []
    for text in texts:
        try:
            found.append(Pause.parse(text))
        except ValueError:
            stop(f"--pause {text!r}: write month and day of its first and last day, like 08-01..08-31.", USAGE)
    return tuple(found)


def work_in(store: "Store", workspace_id: int) -> None:
    """Work every changed policy of the workspace in, with a bar where somebody looks."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.recomputing import work_in_next

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Recomputing", total=None)
        while (progress := work_in_next(store, workspace_id, now=real_now())) is not None:
            words = f"Recomputing {progress.segment_name}"
            bar.update(task, description=words, completed=progress.done, total=progress.total)


def _print_what_if(
    store: "Store", workspace_id: int, state: "SegmentState", wanted: "SegmentPolicy", format_: Format
) -> None:
    from bot.blocks.segments_said import say_how_known, say_what_if
    from bot.blocks.voice import Voice
    from bot.usecases.what_if import what_if

    with store.read(workspace_id) as ledger:
        today = today_in(ledger)
        found = what_if(ledger, state.segment.id, wanted, today=today)
    say = Voice.to("en-GB", today=today)
    if format_ is Format.JSON:
        typer.echo(json.dumps({**_compared(found), "sentence": say_what_if(found, say)}, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{say_what_if(found, say)}\n{say_how_known(found, say)}\nNothing was written.")


def _compared(found: "WhatIf") -> dict[str, Any]:
    return {
        "cadence_days": [round(found.before.cadence_days, 1), round(found.after.cadence_days, 1)],
        "nudges_a_week": [round(found.nudges_before, 1), round(found.nudges_after, 1)],
        "valuable_more_at_risk": found.more_at_risk,
        "valuable_noticed_sooner": found.noticed_sooner,
        "customers": found.customers,
        "until": found.until.isoformat() if found.until else None,
    }


def _as_json(state: "SegmentState") -> dict[str, Any]:
    policy = state.policy
    return {
        "name": state.segment.name, "policy": policy.policy.value, "cadence_days": round(state.segment.cadence_days, 1),
        "cadence": "learned" if policy.cadence_days is None else "set", "exponent": round(state.segment.exponent, 3),
        "exponent_from": "learned" if policy.exponent is None else "set", "horizon_days": policy.horizon_days,
        "count": policy.counts.value, "pauses": [str(pause) for pause in policy.pauses],
        "lost_after": policy.lost_after, "customers": state.customers, "recomputed_percent": state.recomputed_percent,
    }  # fmt: skip


def _said(state: "SegmentState") -> str:
    from bot.blocks.segments_said import say_customers, say_policy
    from bot.blocks.voice import Voice

    say = Voice.to("en-GB", today=real_now().date())
    return f"{state.segment.name}, {say_customers(state.customers, say)}. {say_policy(state, say)}"


def _print_table(states: Sequence["SegmentState"]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.blocks.segments_said import say_cadence, say_progress
    from bot.blocks.voice import Voice

    say = Voice.to("en-GB", today=real_now().date())
    console = Console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    # A name is what --segment and `segments set` take: it is folded where it is long, and never cut.
    longest = max((len(state.segment.name) for state in states), default=0)
    table.add_column("Segment", no_wrap=longest <= _NAME, overflow="fold")
    for head in ("Policy", "Cadence", "Exponent", "Sleeps", "Lost after", "Customers"):
        whole = head in {"Policy", "Sleeps", "Customers"}
        table.add_column(head, justify="right" if head == "Customers" else "left", no_wrap=whole)
    for state in states:
        policy = state.policy
        cadence = say_cadence(state.segment, say) + ("" if policy.cadence_days else ", learned")
        exponent = f"{state.segment.exponent:.3g}" + ("" if policy.exponent is not None else ", learned")
        table.add_row(
            Text(state.segment.name), policy.policy.value, cadence, exponent,
            "\n".join(map(str, policy.pauses)) or "never", f"{policy.lost_after} cadences", str(state.customers),
        )  # fmt: skip
    console.print(table)
    for state in states:
        progress = say_progress(state, say)
        if progress:
            console.print(progress, markup=False)
