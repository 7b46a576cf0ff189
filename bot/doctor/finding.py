"""What the self-check says of one thing that it looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` is None for what is no fault: not there yet, not needed, or not known."""

    name: str
    ok: bool | None
    sentence: str

    @property
    def line(self) -> str:
        """The finding as a line of the terminal."""
        mark = {True: "✓", False: "✗", None: "–"}[self.ok]
        return f"{mark} {self.name}: {self.sentence}"
