"""How people say how much attention they have: "10 touches", "90 minutes a week", "2 Stunden"."""

import re

from bot.domain.attention import Budget
from bot.domain.folding import fold

MOST_TOUCHES = 500
MOST_MINUTES = 60 * 60
_A_WEEK = r"(?:\s*(?:a|per|each|/|die|pro|jede|in der)\s*(?:week|woche))?"
_TOUCHES = re.compile(
    rf"(?P<number>\d{{1,4}})\s*(?:touch(?:es)?|people|customers?|kontakte?n?|leuten?|kunden?)?{_A_WEEK}"
)
_MINUTES = re.compile(rf"(?P<number>\d{{1,4}})\s*(?:m|min|mins|minutes?|minuten?)\.?{_A_WEEK}")
_HOURS = re.compile(rf"(?P<number>\d{{1,2}}(?:[.,]\d{{1,2}})?)\s*(?:h|hrs?|hours?|std|stunden?)\.?{_A_WEEK}")


def parse_budget(text: str) -> Budget | None:
    """Read a week's attention; None when nothing was written. Raises ValueError for what is no amount of it."""
    words = fold(text).strip().rstrip(".")
    if not words:
        return None
    if hours := _HOURS.fullmatch(words):
        found = Budget(round(float(hours["number"].replace(",", ".")) * 60), in_minutes=True)
    elif minutes := _MINUTES.fullmatch(words):
        found = Budget(int(minutes["number"]), in_minutes=True)
    elif touches := _TOUCHES.fullmatch(words):
        found = Budget(int(touches["number"]))
    else:
        raise ValueError(f"{text!r} is no number of touches or minutes")
    if not 1 <= found.amount <= (MOST_MINUTES if found.in_minutes else MOST_TOUCHES):
        raise ValueError(f"{text!r} is no week's attention")
    return found
