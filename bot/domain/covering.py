"""When somebody is away and nobody hears of their customers, although somebody was to: who, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Silence(StrEnum):
    """Why a cover is told of nobody, or can do nothing about it."""

    NO_DIGESTS = "no_digests"
    AWAY = "away"
    LEFT = "left"
    ONLY_LOOKS = "only_looks"


@dataclass(frozen=True, slots=True)
class Unheard:
    """A teammate who is away until a day, and the cover who was to hear of their customers and can't."""

    away_id: int
    away: str
    until_on: date
    cover_id: int
    cover: str
    silence: Silence
