"""Reading dates that a visitor typed, in their language and from their day."""

from datetime import date

from bot.dates import FoundDate, find_date, parse_snooze
from bot.domain.touch_reading import DateFinder
from bot.errors import InputRefused
from handlers.edge import Visit


def languages(visit: Visit) -> list[str]:
    """Return the visitor's languages; their Slack locale decides what 3/5 means."""
    return list(dict.fromkeys([visit.teammate.locale, visit.teammate.speaks]))


def past_dates(visit: Visit, *, written_on: date | None = None) -> DateFinder:
    """Return the reader of dates for what has happened already, in words of today unless they are older."""

    def find(text: str) -> FoundDate | None:
        return find_date(text, today=written_on or visit.today, languages=languages(visit), direction="past")

    return find


def days_ahead(visit: Visit) -> DateFinder:
    """Return the reader of dates for what is still to be done."""

    def find(text: str) -> FoundDate | None:
        return find_date(text, today=visit.today, languages=languages(visit), direction="future")

    return find


def day_ahead(visit: Visit, words: str) -> date | None:
    """Return the day ahead that words name; None when they name none."""
    found = parse_snooze(words, today=visit.today, languages=languages(visit))
    return found.when if found and found.exists and found.is_ahead_of(visit.today) else None


def until_day(visit: Visit, words: str) -> date:
    """Read until when something is put off. Raises InputRefused when the words name no day ahead."""
    found = parse_snooze(words, today=visit.today, languages=languages(visit))
    if found is None:
        raise InputRefused(
            "I can't read '{words}' as a day. Write something like 3 weeks, next Monday or 30 November.",
            about="words",
            words=words,
        )
    if not found.exists:
        raise InputRefused("'{words}' is not in the calendar. Write a day that is.", about="words", words=words)
    if not found.is_ahead_of(visit.today):
        raise InputRefused("'{words}' is not ahead of us. Write a later day.", about="words", words=words)
    return found.when
