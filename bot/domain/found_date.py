"""A date that somebody wrote in words, with the words, so that they can be quoted or taken out of a note."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class FoundDate:
    """`text[start:end]` is `words` and means the day `when`.

    `rough` when the words name no single day ("last week", "a few days ago"), so that `when` is a fair choice;
    `is_weekday` when they are a weekday's name alone, which on that very weekday may mean it or the one in a week.
    Where the calendar has no such day (31 February), it does not `exist`, and `when` is the nearest one that does.
    """

    when: date
    words: str
    start: int
    end: int
    rough: bool = False
    is_weekday: bool = False
    exists: bool = True

    def is_ahead_of(self, today: date) -> bool:
        """Whether the day is still to come, so that nothing can have happened on it."""
        return self.when > today

    def may_be(self, today: date) -> bool:
        """Whether a weekday that is read as the one in a week may as well mean today: "by Friday", on a Friday."""
        return self.is_weekday and self.when - today == timedelta(days=7)

    def last_like_it(self, today: date) -> date:
        """For a day ahead, the one that was perhaps meant: the weekday before today, or the same time last year."""
        away = (self.when - today).days
        if away < 14:
            return self.when - timedelta(days=7 * (max(away, 0) // 7 + 1))
        return self.when - timedelta(days=364)
