"""The list for the terminal, in its three formats: a table to read, JSON and CSV for scripts."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.blocks.reasons import say_why
from bot.blocks.saying import say_date, say_money
from bot.usecases.neglect import Ranked
from bot.usecases.worth import minor_digits

LOCALE = "en-GB"

FIELDS = (
    "external_id", "name", "owner", "segment", "standing", "value", "currency", "last_touch_on", "last_touch_kind",
    "rhythm_days", "due_on", "overdue_days", "warmth", "score", "why",
)  # fmt: skip

# A spreadsheet runs a cell that begins like this; an apostrophe in front makes it text.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Below this width the reason goes on a line of its own, under the customer.
_ONE_LINE_WIDTH = 110


def as_row(ranked: Ranked) -> dict[str, Any]:
    """Return one line of the list by the contract: value in major units, dates as ISO text, None if unknown."""
    relationship, rhythm = ranked.relationship, ranked.relationship.rhythm
    value = relationship.value_minor
    return {
        "external_id": relationship.external_id,
        "name": relationship.name,
        "owner": ranked.owner,
        "segment": relationship.segment.name,
        "standing": relationship.standing.value,
        "value": None if value is None else value / 10 ** minor_digits(relationship.currency),
        "currency": relationship.currency,
        "last_touch_on": rhythm.last_on.isoformat() if rhythm else None,
        "last_touch_kind": ranked.last_touch_kind.value if ranked.last_touch_kind else None,
        "rhythm_days": ranked.reason.rhythm_days,
        "due_on": relationship.due_on.isoformat(),
        "overdue_days": ranked.reason.overdue_days,
        "warmth": ranked.warmth,
        "score": ranked.score,
        "why": say_why(ranked.reason, today=ranked.as_of, locale=LOCALE),
    }


def as_json(listed: Sequence[Ranked]) -> str:
    """Return the list as JSON, best first, and nothing but JSON."""
    return json.dumps([as_row(ranked) for ranked in listed], ensure_ascii=False, indent=2)


def as_csv(listed: Sequence[Ranked]) -> str:
    """Return the list as CSV with a heading; an apostrophe keeps text from running as a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for ranked in listed:
        writer.writerow([safe_cell(value) for value in as_row(ranked).values()])
    return text.getvalue()


def safe_cell(value: Any) -> Any:
    """Return a cell that is safe to open; numbers are ours and stay numbers."""
    if not isinstance(value, str):
        return value
    safe = f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value
    # A bare carriage return would end the row for some readers; the writer quotes line feeds.
    return safe.replace("\r\n", "\n").replace("\r", "\n")


def as_table(listed: Sequence[Ranked], *, as_of: date, width: int) -> Table:
    """Build the list as a table for a terminal of `width` columns; a narrow one shows the reason under the name."""
    narrow = width < _ONE_LINE_WIDTH
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column("Customer", overflow="fold", ratio=3 if narrow else 2)
    if not narrow:
        table.add_column("Why", overflow="fold", ratio=3)
    for heading, _ in _facts(narrow):
        table.add_column(heading, justify="right" if heading == "Value" else "left", no_wrap=heading == "Value")
    for number, ranked in enumerate(listed, start=1):
        name = f"[bold]{_plain(ranked.relationship.name)}[/]"
        why = _plain(say_why(ranked.reason, today=as_of, locale=LOCALE))
        who = [f"{name}\n{why}"] if narrow else [name, why]
        table.add_row(str(number), *who, *(_plain(say(ranked)) for _, say in _facts(narrow)))
    return table


def _plain(text: str) -> str:
    """Return text that neither rich takes for markup nor a terminal for a command."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def _facts(narrow: bool) -> Sequence[tuple[str, Callable[[Ranked], str]]]:
    facts: list[tuple[str, Callable[[Ranked], str]]] = [("Last touch", _last_touch), ("Value", _value)]
    if not narrow:
        facts += [("Owner", lambda r: r.owner or "nobody"), ("Segment", lambda r: r.relationship.segment.name)]
    return facts


def _last_touch(ranked: Ranked) -> str:
    rhythm = ranked.relationship.rhythm
    if rhythm is None or ranked.last_touch_kind is None:
        return "none yet"
    return f"{ranked.last_touch_kind.value}, {say_date(rhythm.last_on, today=ranked.as_of, locale=LOCALE)}"


def _value(ranked: Ranked) -> str:
    value = ranked.relationship.value_minor
    return "not known" if value is None else say_money(value, ranked.relationship.currency, locale=LOCALE)


def print_table(console: Console, listed: Sequence[Ranked], *, as_of: date) -> None:
    """Print the table, or one sentence when nobody is on it; rich leaves colour out for NO_COLOR and for pipes."""
    if not listed:
        console.print(f"Nobody is going quiet on {as_of.day} {as_of:%B %Y}.", highlight=False)
        return
    console.print(as_table(listed, as_of=as_of, width=console.width))
