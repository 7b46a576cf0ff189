"""The terminal's side of taking data out and erasing it: all of it, one customer's, or one teammate's."""

from pathlib import Path

import typer

from bot.terminal import USAGE, one_customer, open_ledger, real_now, stop, tell


def export_here(directory: Path, *, customer: str | None, teammate: str | None, workspace: str | None) -> None:
    """Write everything, or what hangs on one customer or teammate; the audit trail keeps that it was done."""
    from bot.domain.audit import Verb
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.export_one import export_one
    from bot.usecases.exports import export_workspace
    from bot.usecases.teammates import find_owner

    if customer and teammate:
        stop("Name --customer or --teammate, not both.", USAGE)
    with open_ledger(workspace, writes=True) as ledger:
        subject: tuple[str, int | None] = ("workspace", None)
        if customer:
            subject = ("customer", one_customer(ledger, customer))
        elif teammate:
            subject = ("teammate", find_owner(ledger, teammate).id)
        note(ledger, Verb.EXPORTED, now=real_now(), by_id=None, subject=subject, place=TERMINAL)
    with open_ledger(workspace) as ledger:
        kind, row_id = subject
        paths = export_workspace(ledger, directory) if row_id is None else [export_one(ledger, directory, kind, row_id)]
    for path in paths:
        typer.echo(str(path))


def erase_here(*, customer: str | None, teammate: str | None, yes: bool, workspace: str | None) -> None:
    """Erase a customer or a teammate, after asking."""
    from bot.usecases.audit import TERMINAL
    from bot.usecases.customers import name_of
    from bot.usecases.erasing import erase_customer
    from bot.usecases.erasing_people import erase_teammate
    from bot.usecases.teammates import find_owner

    if (customer is None) == (teammate is None):
        stop("Name a customer, or --teammate with a Slack id, an e-mail address or a name.", USAGE)
    with open_ledger(workspace) as ledger:
        if teammate is not None:
            found = find_owner(ledger, teammate)
            row_id, asked = found.id, f"Erase {found.name}? What they logged stays, as a former teammate's."
        else:
            row_id = one_customer(ledger, customer or "")
            asked = f"Erase {name_of(ledger, row_id)} and all their touches?"
    if not yes:
        typer.confirm(f"{asked} This can't be undone.", abort=True, err=True)
    with open_ledger(workspace, writes=True) as ledger:
        if teammate is not None:
            sentence = erase_teammate(ledger, row_id, now=real_now(), place=TERMINAL).sentence
        else:
            sentence = erase_customer(ledger, row_id, now=real_now(), place=TERMINAL).sentence
    tell(sentence)
