"""The terminal's side of the keys: progress while they are rotated, and what to do next."""

import typer

from bot.terminal import open_store, read_settings


def rotate_keys_here() -> None:
    """Rotate with the keys of the settings, and say how far it is and what came of it."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.terminal.rotating_keys import rotate_keys

    settings = read_settings(log_level="warning")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Encrypting", total=None)
        rewritten = rotate_keys(
            open_store(settings),
            settings.fernet,
            progress=lambda table, done, total: bar.update(task, description=table, completed=done, total=total),
        )
    changed = {table: count for table, count in rewritten.items() if count}
    for table, count in changed.items():
        typer.echo(f"{table}: {count} encrypted with the newest key.")
    typer.echo(
        "Everything is under the newest key; older ones can be taken out of KEEPWARM_SECRET_KEYS now. An import knows"
        " every note again: before this it would have counted those of an older key as corrections."
    )
