"""The arguments of a Web API call: form, query or JSON, read with Slack's complaints about missing and odd ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.playground.model import Json, Refused

_JSON_ARGUMENTS = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
}


class Arguments:
    """What the bot sent. Strings in form calls and real JSON values in JSON calls read the same."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent: Json = dict(sent)
        self._broken: str | None = None
        for name, complaint in _JSON_ARGUMENTS.items():
            if isinstance(self.sent.get(name), str):
                try:
                    self.sent[name] = json.loads(self.sent[name])
                except ValueError:
                    self._broken = complaint

    def check(self) -> None:
        """Raise what Slack answers when an argument that should be JSON is not."""
        if self._broken:
            raise Refused(self._broken)

    def __contains__(self, name: str) -> bool:
        return self.sent.get(name) is not None

    def raw(self, name: str) -> Any:
        """The value as it came (JSON parsed), or None."""
        return self.sent.get(name)

    def text(self, name: str, default: str = "") -> str:
        """The value as text."""
        value = self.sent.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """A text argument that must be there. Raises invalid_arguments naming it."""
        value = self.text(name)
        if not value:
            raise Refused.with_problems("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """The value as a truth: true, "true", 1 or "1"."""
        value = self.sent.get(name)
        return default if value is None else value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 1 to `most`. Raises invalid_limit."""
        try:
            value = int(self.sent.get(name) or default)
        except ValueError:
            raise Refused("invalid_limit") from None
        if not 1 <= value <= most:
            raise Refused("invalid_limit")
        return value
