"""What a sentence says about a touch, the customer apart: kind, direction, day, and the note worth keeping."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.folding import fold
from bot.domain.found_date import FoundDate
from bot.domain.model import Direction, TouchKind
from bot.domain.touch_words import (
    ATTEMPT,
    DONE_SIGN,
    FILLERS,
    FROM_THEM,
    NAMED_SIGN,
    NOT_YET,
    NOTE_PREFIX,
    OURS,
    STARTS_WITH_VERB,
    SUBJECT_AND_VERB,
    THEIRS,
    TO_DO,
    VAGUE_SIGN,
)

DateFinder = Callable[[str], FoundDate | None]
Span = tuple[int, int]

_QUOTED = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]+?)\s*[\"“”„«»]")
_BREAK = re.compile(r"[;!?]|,(?!\s*(?:den\s|\d{4}\b))|(?<!\d)[.:](?=\s|$)|(?<=\d\d\d\d)\.(?=\s|$)|\s[-–—](?=\s)")
_EDGES = " \t,;:.-–—"


@dataclass(frozen=True, slots=True)
class Said:
    """A touch without its customer. `kind_guessed`: it was contact, but the words leave open by which way.

    `on` is the day said, else today; `date_words` are the words it was said in, and `rough` says that they named no
    single day. `note` is None when nothing but kind and day was said.
    """

    kind: TouchKind
    kind_guessed: bool
    direction: Direction
    on: date
    date_words: str | None = None
    rough: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said, and what speaks against logging it.

    A day ahead, a day that no calendar has, or words of a plan, a question, a denial. `tells_of_contact`: some word
    says that there was contact, or that it was tried.
    """

    said: Said
    ahead: FoundDate | None
    not_done: bool
    is_question: bool
    no_such_day: FoundDate | None = None
    tells_of_contact: bool = True


def read_touch(
    text: str, *, find_date: DateFinder, today: date, customer_is_subject: bool = False, whole: str | None = None
) -> Reading:
    """Read one sentence. `whole` is what a note falls back to when names were cut out of `text`.

    `customer_is_subject`: the customer's name stood right before these words, so that a verb in front is theirs
    ("Acme called"). A tried call is a note, which counts for nothing. A day ahead counts only beside the touch:
    "called, renewal next Friday" happened today.
    """
    quotes = _QUOTED.search(text)
    words = _QUOTED.sub(" ", text) if quotes else text
    folded = fold(words)
    if prefix := NOTE_PREFIX.match(folded):
        kept = quotes[1] if quotes else words[prefix.end() :].strip() or None
        return Reading(Said(TouchKind.NOTE, False, Direction.OUTBOUND, today, note=kept), None, False, False)
    clauses = _clauses(folded)
    kind, sign = _kind(folded, clauses)
    is_attempt = kind in {None, TouchKind.CALL} and ATTEMPT.search(folded) is not None
    if is_attempt:
        kind, guessed = TouchKind.NOTE, False
    else:
        guessed = sign is None or VAGUE_SIGN.fullmatch(folded, *sign) is not None
    found = _date(words, clauses, sign, find_date=find_date, today=today)
    is_ahead = found is not None and found.exists and found.is_ahead_of(today)
    note = quotes[1] if quotes else _note(words, folded, found, clauses, keep_all=is_attempt, whole=whole)
    said = Said(
        kind=kind or TouchKind.MESSAGE,
        kind_guessed=guessed,
        direction=_direction(
            words,
            _own_clause(clauses, sign),
            kind,
            customer_is_subject=customer_is_subject,
            # Of "mail from Acme" the name was cut out together with the word that led to it.
            from_them=whole is not None and _begins_with_theirs(fold(whole)),
        ),
        on=found.when if found else today,
        date_words=found.words if found else None,
        rough=found.rough if found else False,
        note=note,
    )
    happened = is_attempt or (sign is not None and not NAMED_SIGN.fullmatch(folded, *sign))
    return Reading(
        said=said,
        ahead=found if is_ahead else None,
        not_done=not is_attempt and _is_not_done(folded, clauses, sign),
        is_question=folded.rstrip().endswith("?") and not happened,
        no_such_day=found if found and not found.exists else None,
        tells_of_contact=is_attempt or sign is not None,
    )


def _clauses(folded: str) -> list[Span]:
    """The parts between commas, stops and dashes; a stop or comma inside a date is no end."""
    spans, start = [], 0
    for mark in _BREAK.finditer(folded):
        spans.append((start, mark.start()))
        start = mark.end()
    spans.append((start, len(folded)))
    kept = [(start, end) for start, end in spans if folded[start:end].strip()]
    return kept or [(0, len(folded))]


def _kind(folded: str, clauses: list[Span]) -> tuple[TouchKind | None, Span | None]:
    """The kind, and where it is said: what was done in the first part, else a noun there, else what was done later."""
    head = clauses[0]
    gift = next((sign for sign in NAMED_SIGN.finditer(folded, *head) if sign.lastgroup == "GIFT"), None)
    sign = (
        gift
        or DONE_SIGN.search(folded, *head)
        or NAMED_SIGN.search(folded, *head)
        or DONE_SIGN.search(folded)
        or VAGUE_SIGN.search(folded, *head)
        or VAGUE_SIGN.search(folded)
    )
    return (TouchKind[str(sign.lastgroup)], sign.span()) if sign else (None, None)


def _own_clause(clauses: list[Span], sign: Span | None) -> Span:
    """The part of the sentence that tells of the touch."""
    return next((span for span in clauses if sign and span[0] <= sign[0] < span[1]), clauses[0])


def _direction(
    words: str, own: Span, kind: TouchKind | None, *, customer_is_subject: bool, from_them: bool
) -> Direction:
    if kind in {TouchKind.MEETING, TouchKind.VISIT}:
        return Direction.MUTUAL
    if kind is TouchKind.PURCHASE:
        return Direction.INBOUND
    told = words[slice(*own)]
    folded = fold(told)
    if OURS.search(folded):
        return Direction.OUTBOUND
    theirs = (
        from_them
        or THEIRS.search(folded)
        or FROM_THEM.search(folded)
        or (customer_is_subject and own[0] == 0 and STARTS_WITH_VERB.match(folded))
    )
    subject = SUBJECT_AND_VERB.match(told)
    if theirs or (subject and fold(subject[1]) not in FILLERS):
        return Direction.INBOUND
    return Direction.OUTBOUND


def _begins_with_theirs(folded: str) -> bool:
    return FROM_THEM.search(folded, *_clauses(folded)[0]) is not None


def _date(
    words: str, clauses: list[Span], sign: Span | None, *, find_date: DateFinder, today: date
) -> FoundDate | None:
    """The day of the touch: said in its own part of the sentence, in the first part, or in a part of its own."""
    own = _own_clause(clauses, sign)
    for start, end in dict.fromkeys([own, clauses[0], *clauses]):
        found = find_date(words[start:end])
        if found is None:
            continue
        here = replace(found, start=start + found.start, end=start + found.end)
        if (start, end) in (own, clauses[0]):
            if here.is_ahead_of(today) and sign and _is_far(words, sign, here):
                continue
            return here
        rest = fold(words[start : here.start] + " " + words[here.end : end])
        if not here.is_ahead_of(today) and set(re.findall(r"\w+", rest)) <= FILLERS:
            return here
    return None


def _is_far(words: str, sign: Span, found: FoundDate) -> bool:
    """Whether a day to come belongs to something else than what was done: "met Ana and agreed to talk next week"."""
    was_done = DONE_SIGN.fullmatch(fold(words), *sign)
    between = words[sign[1] : found.start].split()
    return bool(was_done) and found.start > sign[1] and len(between) >= 3


def _is_not_done(folded: str, clauses: list[Span], sign: Span | None) -> bool:
    if sign is None:
        return bool(TO_DO.search(folded[slice(*clauses[0])].strip()))
    start = next(start for start, end in clauses if start <= sign[0] < end)
    return bool(NOT_YET.search(folded, start, sign[0]))


def _note(
    words: str, folded: str, found: FoundDate | None, clauses: list[Span], *, keep_all: bool, whole: str | None
) -> str | None:
    """What is left to remember: the sentence without its date, and without ends such as "called yesterday,"."""
    telling = [span for span in clauses if keep_all or _has_news(folded, found, *span)]
    if not telling:
        return None
    if len(telling) == len(clauses) and whole is not None:
        kept = whole.replace(found.words, " ", 1) if found else whole
    else:
        start, end = telling[0][0], telling[-1][1]
        kept = words[start:end]
        if found and start <= found.start and found.end <= end:
            kept = words[start : found.start] + " " + words[found.end : end]
    return re.sub(r"\s+(?=[,;.])", "", " ".join(kept.split())).strip(_EDGES) or None


def _has_news(folded: str, found: FoundDate | None, start: int, end: int) -> bool:
    """Whether a part says more than kind and day."""
    blank = list(folded[start:end])
    for sign in (
        *DONE_SIGN.finditer(folded, start, end),
        *NAMED_SIGN.finditer(folded, start, end),
        *VAGUE_SIGN.finditer(folded, start, end),
    ):
        blank[sign.start() - start : sign.end() - start] = " " * (sign.end() - sign.start())
    if found:
        for position in range(max(found.start, start), min(found.end, end)):
            blank[position - start] = " "
    return not set(re.findall(r"\w+", "".join(blank))) <= FILLERS
