"""What a customer is, and how many seats the inner circle has, at the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import REFUSED, USAGE, WorkspaceOption, one_customer, open_ledger, real_now, stop, tell, today_in

if TYPE_CHECKING:
    from bot.usecases.standings import Full

DERIVED = "derived"


def add_to(app: typer.Typer) -> None:
    """Put the commands of this module into the command line."""
    app.command()(standing)
    app.command()(seats)


def standing(
    customer: Annotated[str, typer.Argument(help="External id or name.")],
    word: Annotated[
        str | None, typer.Argument(help="inner_circle, customer, prospect, lurker, or derived: let the ledger decide.")
    ] = None,
    leaves: Annotated[str | None, typer.Option(help="Who leaves a full inner circle.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what a customer is and why, or set it."""
    from bot.blocks.standing_said import say_standing, say_standing_name
    from bot.blocks.voice import Voice
    from bot.domain.audit import Verb
    from bot.domain.model import Standing
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.standings import set_standing, standing_view

    if word is not None and word not in {*Standing, DERIVED}:
        stop(f"{word!r} is no standing. Write one of {', '.join(Standing)}, or {DERIVED}.", USAGE)
    if leaves and word != Standing.INNER_CIRCLE:
        stop("--leaves says who leaves the inner circle for somebody else. Write it behind inner_circle.", USAGE)
    with open_ledger(workspace, writes=word is not None) as ledger:
        customer_id = one_customer(ledger, customer)
        if word is not None:
            wanted = None if word == DERIVED else Standing(word)
            leaver_id = one_customer(ledger, leaves) if leaves else None
            full = set_standing(ledger, customer_id, wanted, by=None, now=real_now(), leaves=leaver_id)
            if full is not None:
                stop(_say_full(full), REFUSED)
            about = ("customer", customer_id)
            note(ledger, Verb.CHANGED, now=real_now(), by_id=None, subject=about, place=TERMINAL, detail=f"to {word}")
        say = Voice.to("en-GB", today=today_in(ledger))
        view = standing_view(ledger, customer_id)
        # The word that the command takes, where people read what it is called in Slack.
        tell(say_standing(view, say).replace(say_standing_name(view.standing, say), view.standing, 1))


def _say_full(full: "Full") -> str:
    """Say that the circle is full, and name who may leave, the least contacted first."""
    number, whose = (full.seats.each, full.owner) if full.owner else (full.seats.team, "the team")
    taken = f"All {number} seats of {whose} are taken" if number != 1 else f"The one seat of {whose} is taken"
    names = "".join(f"\n  {seated.name} (last touch {seated.last_on or 'never'})" for seated in full.may_leave)
    return f"{taken}. Name who leaves with --leaves, the least contacted first:{names}"


def seats(
    each: Annotated[int | None, typer.Option(min=0, help="For each teammate.")] = None,
    team: Annotated[int | None, typer.Option(min=0, help="For the whole team.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show or set how many seats the inner circle has."""
    from bot.usecases.audit import TERMINAL, note
    from bot.usecases.circle import seats_of, set_seats

    with open_ledger(workspace, writes=each is not None or team is not None) as ledger:
        changes = each is not None or team is not None
        found = set_seats(ledger, each=each, team=team, by=None) if changes else seats_of(ledger)
        if changes:
            note(ledger, "seats", now=real_now(), by_id=None, subject=("workspace", None), place=TERMINAL)
    each_has = f"{found.each} seat{'s' * (found.each != 1)}"
    taken = "1 is taken" if found.team_taken == 1 else f"{found.team_taken} are taken"
    typer.echo(f"{each_has} for each teammate, {found.team} for the team; {taken}.")
