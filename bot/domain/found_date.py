"""A date that somebody wrote in words, with the words, so that they can be quoted or taken out of a note."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class FoundDate:
    """`text[start:end]` is `words` and means the day `when`.

    `rough` when the words name no single day ("last week", "a few days ago"), so that `when` is a fair choice.
    """

    when: date
    words: str
    start: int
    end: int
    rough: bool = False

    def is_ahead_of(self, today: date) -> bool:
        """Whether the day is still to come, so that nothing can have happened on it."""
        return self.when > today

    def last_like_it(self, today: date) -> date:
        """For a day ahead, the one that was perhaps meant: the weekday before today, or the same time last year."""
        away = (self.when - today).days
        if away < 14:
            return self.when - timedelta(days=7 * (max(away, 0) // 7 + 1))
        return self.when - timedelta(days=364)
