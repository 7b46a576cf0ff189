"""A ledger to draw from: what every part of a page asks for was read once, and is handed to all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.model import Teammate
from storage.ledger import Ledger


@dataclass(slots=True, eq=False)
class Look(Ledger):
    """A ledger with the workspace's segments, as stored, and its people, as they were when the look began.

    For what draws. Who changes a segment or a person goes on with the ledger itself.
    """

    segments: tuple[tuple[Any, ...], ...]
    team: Mapping[int, Teammate]
