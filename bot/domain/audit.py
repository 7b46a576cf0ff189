"""What the audit trail says: who did what to what, where. Ids and fixed words alone, never what a customer said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """The words that are the same everywhere; what a person did in Slack is called as the request is."""

    SAW = "saw"
    SHARED = "shared"
    WAS_TOLD = "was_told"
    LOGGED = "logged"
    IMPORTED = "imported"
    EXPORTED = "exported"
    ERASED = "erased"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the trail. `by_id` None: nobody in Slack; `place` says what it was then (terminal, clock, slack)."""

    at: datetime
    by_id: int | None
    verb: str
    subject_kind: str
    subject_id: int | None
    place: str = ""
    detail: str = ""


def customer_of(body: Mapping[str, Any]) -> int | None:
    """Return the customer that a request of Slack's is about, when a card's button or form says so."""
    actions = body.get("actions") or []
    chosen = (actions[0].get("selected_option") or actions[0]) if actions else {}
    carried = str(chosen.get("value") or (body.get("view") or {}).get("private_metadata") or "")
    first, *rest = carried.split("|", 1)[0].rsplit(":", 1)[-1].split(".")
    return int(first) if len(rest) == 2 and first.isdigit() else None
