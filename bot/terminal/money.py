"""The currency that values are compared in, at the terminal."""

from typing import Annotated

import typer

from bot.terminal import USAGE, WorkspaceOption, open_ledger, real_now, stop


def add_to(app: typer.Typer) -> None:
    """Put the command of this module into the command line."""
    app.command()(currency)


def currency(
    base: Annotated[str | None, typer.Option(help="The workspace's own currency, like EUR.")] = None,
    rate: Annotated[
        list[str] | None, typer.Option(metavar="CODE=RATE", help="What one unit of another currency is worth in it.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show or set the currency that values are compared in, and the rates of others; nothing is fetched."""
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.rates import rates_of, set_base_currency, set_rate

    with open_ledger(workspace, writes=bool(base or rate)) as ledger:
        if base:
            set_base_currency(ledger, base)
        for code, value in (_rate(pair) for pair in rate or []):
            set_rate(ledger, code, value)
        own, rates = rates_of(ledger)
        if base or rate:
            note(ledger, "currency", now=real_now(), by_id=None, subject=("workspace", None), place=TERMINAL)
    typer.echo(f"Values are compared in {own}.")
    for code, value in sorted(rates.items()):
        typer.echo(f"1 {code} = {value:g} {own}")


def _rate(pair: str) -> tuple[str, float]:
    code, _, value = pair.partition("=")
    try:
        return code, float(value)
    except ValueError:
        stop(f"--rate {pair!r}: write CODE=RATE, like --rate USD=0.92.", USAGE)
