"""What a person's reply in a thread says, line by line: a touch, something to ask back, or nothing to log.

Every line gets exactly one answer. What is doubtful is asked, never guessed, and thanks, nods and emoji alone are left.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.folding import fold
from bot.domain.found_date import FoundDate
from bot.domain.named_customers import CustomersNamed, Named, Who, who_is_meant
from bot.domain.promises import SaidPromise, begins_with_plan, find_promise
from bot.domain.touch_reading import DateFinder, Reading, Said, read_touch
from bot.domain.touch_words import is_chatter

__all__ = ["Ask", "AskReason", "Chatter", "Line", "Named", "Said", "SaidTouch", "parse_reply"]

MAX_LINES = 50
MAX_CHARACTERS = 3_000
_BULLET = re.compile(r"^(?:\s*(?:[-*•◦▪>–—]|\(?[a-z]\))\s+)+|^\s*[•◦▪>]+\s*")


class AskReason(StrEnum):
    """Why a line is asked back instead of being logged."""

    WHICH_CUSTOMER = "which_customer"
    NO_SUCH_CARD = "no_such_card"
    FUTURE_DATE = "future_date"
    NO_SUCH_DAY = "no_such_day"
    NOT_DONE = "not_done"
    UNCLEAR = "unclear"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class SaidTouch:
    """A line that says what was done with whom; one touch for each customer."""

    text: str
    customers: tuple[Named, ...]
    said: Said
    promise: SaidPromise | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A line to ask about: `said` and `customers` were understood, `candidates` are likely customers, best first.

    `ahead` is a day to come, `no_such_day` one that no calendar has, and `perhaps_on` the day that was perhaps meant.
    """

    text: str
    reason: AskReason
    said: Said | None = None
    customers: tuple[Named, ...] = ()
    candidates: tuple[Named, ...] = ()
    ahead: FoundDate | None = None
    no_such_day: FoundDate | None = None
    perhaps_on: date | None = None
    promise: SaidPromise | None = None


@dataclass(frozen=True, slots=True)
class Chatter:
    """A line with nothing to log: thanks, a nod, emoji alone."""

    text: str


Line = SaidTouch | Ask | Chatter


def parse_reply(
    text: str,
    *,
    cards: Mapping[int, Named],
    customers_named: CustomersNamed,
    find_date: DateFinder,
    today: date,
    find_ahead: DateFinder | None = None,
    works_today: bool = False,
) -> list[Line]:
    """Read a reply that Slack's markup was taken out of (see `slack_text.plain_text`).

    `cards` are the numbered customers of the thread: one of them is the customer unless another is named; none of them
    (for `/touch`) makes names a must. `customers_named` looks a `name_key` up, `find_date` reads the past. With
    `find_ahead`, which reads what is to come, a line keeps what it says is to be done ("send docs by Friday"), by today
    as well when the writer has time to work left (`works_today`). Beyond 50 lines or 3,000 characters every line is
    asked as `too_long`.
    """
    lines: list[Line] = []
    before: tuple[Named, ...] = ()
    used = 0
    for written in _written_lines(text):
        used += len(written)
        if len(lines) >= MAX_LINES or used > MAX_CHARACTERS:
            lines.append(Ask(written, AskReason.TOO_LONG))
            continue
        line = _read_line(
            written,
            cards=cards,
            customers_named=customers_named,
            find_date=find_date,
            today=today,
            before=before,
            find_ahead=find_ahead,
        )
        if isinstance(line, SaidTouch):
            before = line.customers
        if find_ahead is not None and not isinstance(line, Chatter):
            said = find_promise(written, find_ahead=find_ahead, today=today, works_today=works_today)
            line = replace(line, promise=said)
        lines.append(line)
    return lines


def _written_lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _read_line(
    written: str,
    *,
    cards: Mapping[int, Named],
    customers_named: CustomersNamed,
    find_date: DateFinder,
    today: date,
    before: tuple[Named, ...],
    find_ahead: DateFinder | None,
) -> Line:
    words = _BULLET.sub("", written).strip()
    if is_chatter(fold(words)):
        return Chatter(written)
    who = who_is_meant(words, cards=cards, customers_named=customers_named, find_date=find_date)
    reading = read_touch(
        who.rest, find_date=find_date, today=today, customer_is_subject=who.is_subject, whole=who.whole
    )
    said = reading.said
    day = (reading.ahead, reading.no_such_day, _perhaps_on(reading, today))
    if not who.customers or who.candidates or who.no_such_card:
        reason = AskReason.NO_SUCH_CARD if who.no_such_card else AskReason.WHICH_CUSTOMER
        return Ask(written, reason, said, who.customers, _likely(who, cards, before), *day)
    if reading.no_such_day or reading.ahead:
        reason = AskReason.NO_SUCH_DAY if reading.no_such_day else AskReason.FUTURE_DATE
        return Ask(written, reason, said, who.customers, (), *day)
    is_plan = (
        find_ahead is not None
        and not reading.tells_of_contact
        and begins_with_plan(who.rest, find_ahead=find_ahead, today=today)
    )
    if reading.not_done or is_plan:
        return Ask(written, AskReason.NOT_DONE, said, who.customers)
    if reading.is_question or is_chatter(fold(who.rest)):  # "2", "2 ok", "Acme?"
        return Ask(written, AskReason.UNCLEAR, said, who.customers)
    return SaidTouch(written, who.customers, said)


def _perhaps_on(reading: Reading, today: date) -> date | None:
    """The day that was perhaps meant by one that can't be it; None when that one is not known either."""
    if reading.no_such_day:
        return None if reading.no_such_day.is_ahead_of(today) else reading.no_such_day.when
    return reading.ahead.last_like_it(today) if reading.ahead else None


def _likely(who: Who, cards: Mapping[int, Named], before: tuple[Named, ...]) -> tuple[Named, ...]:
    """Whom to offer as buttons: the names that fit, else the customer of the line before and those of the thread."""
    if len(who.candidates) > 1:
        return who.candidates
    likely = (*who.candidates, *before, *cards.values())
    return tuple(dict.fromkeys(named for named in likely if named not in who.customers))
