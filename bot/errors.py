"""Every error that Keepwarm raises on purpose, as one tree.

KeepwarmError
├── SettingsError      the start is refused: a setting is missing or wrong (exit status 2)
└── UserError          what a person asked cannot be done; the text is safe and useful to show
    ├── NotAllowed     the person may not do this, or not here
    ├── NotFound       what was named does not exist in this workspace
    ├── TooLate        somebody else was first, or the state has moved on
    └── InputRefused   a file or a field was refused (exit status 1 in the terminal)
"""

from bot.domain.sentences import in_english


class KeepwarmError(Exception):
    """The root of the tree; its text is a sentence for a person."""


class SettingsError(KeepwarmError):
    """A setting is missing or wrong; the text names every wrong one and what to write instead."""


class UserError(KeepwarmError):
    """What a person asked cannot be done. A retry cannot mend it, so Slack is answered with 200.

    `template` is the English sentence, with a `{field}` for each of `values`; `blocks.refusals` has it in the other
    languages. `about` are the inputs of a form that it may be about: it is shown beside the first that is filled in.
    """

    def __init__(self, template: str, *, about: str | tuple[str, ...] = (), **values: object) -> None:
        super().__init__(template)
        self.template, self.values = template, values
        self.about = (about,) if isinstance(about, str) else about

    def __str__(self) -> str:
        return in_english(self.template, self.values)


class NotAllowed(UserError):
    """The person may not do this, or not here."""


class NotFound(UserError):
    """What was named does not exist in this workspace."""


class TooLate(UserError):
    """Somebody else was first, or the state has moved on.

    `card` is how the customer stands now, when there is one: whoever answers says from it who did what, and when.
    """

    def __init__(self, template: str, *, card: object | None = None, **values: object) -> None:
        super().__init__(template, **values)  # type: ignore[arg-type]
        self.card = card


class InputRefused(UserError):
    """A file or a field was refused; the text names the place, the value and the remedy."""
