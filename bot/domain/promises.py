"""Something to do by a day to come, found in what a person wrote: "called, send docs by Friday". It is only offered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.domain.folding import fold
from bot.domain.found_date import FoundDate

DateFinder = Callable[[str], FoundDate | None]

LONGEST_WHAT = 140
_BREAK = re.compile(
    r"[;!?\n]|:(?=\s)|,(?!\s*(?:den\s|\d{4}\b))|(?<!\d)\.(?=\s|$)|\s[-–—](?=\s)|\b(?:and|und|then|dann)\b(?=\s)"
)
# Verbs as they stand in a plan, never as they stand in a report: "send" and "schicke", not "sent" and "geschickt".
_DO_EN = re.compile(
    r"\b(?:send|share|forward|deliver|prepare|provide|(?:e-?)?mail|write|book|arrange|introduce|present|quote"
    r"|(?:call|ring|phone|get|come|report|check) (?:(?:him|her|them|you) )?(?:back|again)|get back|follow(?:ing)? up"
    r"|follow-up|(?:to|will|i'll|we'll|must|shall) (?:call|phone|visit|meet)|let (?:him|her|them) know|owe|promised)\b"
)
_DO_DE = re.compile(
    r"\b(?:(?:schick|send|liefer|mail|schreib|ruf|meld|bring|erstell|bereit|reich|leit|klar|gib|geb)(?:e|en)"
    r"|(?:zu|nach|ab|weg|mit)?(?:schicken|senden|liefern)|(?:zuruck|zurueck|an)rufen|ruckruf|rueckruf|nachfassen"
    r"|nachreichen|vorbereiten|weiterleiten|(?:zuruck|zurueck)melden|melden|vereinbaren|vorstellen|erstellen|klaren"
    r"|klaeren|schreiben|mailen|bescheid (?:geben|sagen)|versprochen|zugesagt)\b"
)
# What the customer wants by a day is as good as a promise, once the day is a deadline.
_WANTED = re.compile(r"\b(?:wants?|needs?|expects?|asked for|braucht|will|mochte|moechte|erwartet)\b")
_DEADLINE = re.compile(r"\b(?:by|until|till|before|bis(?: zum| spatestens)?|vor dem|spatestens(?: am)?)\s*$")
_BEFORE_DATE = re.compile(
    r"(?:\b(?:by|until|till|before|on|at|in|latest|no later than|bis|zum|zur|am|vor|dem|spatestens|im|the)\s*)+$"
)
_THEIRS = re.compile(
    r"^\W*(?:(?:he|she|they|customer|client|er|der kunde|die kundin)\b"
    r"|sie (?:will|wollen|wird|werden|(?:schick|send|meld|ruf|liefer|bring)(?:en|et|t))\b)"
    r"|\b(?:sends?|mails?|calls?|schickt|sendet|mailt|ruft|meldet) (?:us|me|uns|mir|mich|sich)\b"
)
# A word given is told of afterwards, so whoever writes of it has talked.
_GIVEN = re.compile(r"\b(?:promised|owe|versprochen|zugesagt)\b")
_NOT = re.compile(r"\b(?:not|no need|never|won't|don't|didn't|nicht|kein(?:e|en)?|nie)\b")
_LEAD = re.compile(
    r"^\W*(?:(?:\d{1,2}|i'll|we'll|i|we|ich|wir|to-?do|remind me|will|shall|should|must|need to|have to|has to|going to"
    r"|promised(?: to)?|to|please|bitte|noch|muss|mussen|muessen|soll|sollen|werde|werden|und|and|also)\b[\s:,]*)+"
)
_EDGES = " \t,;:.-–—!?"


@dataclass(frozen=True, slots=True)
class SaidPromise:
    """What is to be done, in the person's words without the day, and by which day.

    `or_on` is the other day that the words may mean: "by Friday", said on a Friday.
    """

    what: str
    due_on: date
    or_on: date | None = None


def find_promise(text: str, *, find_ahead: DateFinder, today: date, works_today: bool = False) -> SaidPromise | None:
    """Return the first thing that a text says is to be done by a day to come; None when it says none.

    `find_ahead` reads days to come. A deadline may be today while there is time to work left (`works_today`): "by
    Friday" on a Friday morning is that Friday, and the one in a week is kept as what else it may mean. A clause needs a
    verb of doing, or what the customer wants with a deadline; what the customer will do themselves, and what will not
    be done, is none of ours.
    """
    start = 0
    for end in [*(mark.start() for mark in _BREAK.finditer(fold(text))), len(text)]:
        clause = text[start:end]
        found = _in_clause(clause, find_ahead, today, works_today) if len(clause.split()) > 1 else None
        if found:
            return found
        start = end
    return None


def begins_with_plan(text: str, *, find_ahead: DateFinder, today: date) -> bool:
    """Say whether a text begins with what is to be done by a day to come, so that nothing it tells has happened yet."""
    folded = fold(text)
    clause = text[: next((mark.start() for mark in _BREAK.finditer(folded)), len(text))]
    return (
        (_DO_EN.search(fold(clause)) or _DO_DE.search(fold(clause))) is not None
        and _GIVEN.search(folded) is None
        and _in_clause(clause, find_ahead, today, works_today=True) is not None
    )


def _in_clause(clause: str, find_ahead: DateFinder, today: date, works_today: bool) -> SaidPromise | None:
    folded = fold(clause).replace("ß", "s")
    verb = _DO_EN.search(folded) or _DO_DE.search(folded)
    wanted = _WANTED.search(folded)
    if not (verb or wanted) or _THEIRS.search(folded) or _NOT.search(folded):
        return None
    found = find_ahead(clause)
    if found is None:
        return None
    is_deadline = _DEADLINE.search(folded[: found.start]) is not None
    due_on, or_on = _by(found, today, may_be_today=is_deadline and works_today)
    if due_on is None or (verb is None and not is_deadline):
        return None
    before = clause[: found.start]
    lead = _BEFORE_DATE.search(fold(before))
    rest = " ".join(f"{before[: lead.start()] if lead else before} {clause[found.end :]}".split())
    what = _without_lead(rest).strip(_EDGES)
    return SaidPromise(what[:LONGEST_WHAT], due_on, or_on) if any(letter.isalpha() for letter in what) else None


def _by(found: FoundDate, today: date, *, may_be_today: bool) -> tuple[date | None, date | None]:
    """Return by which day something is to be done, and the other one that may be meant; none for a day that was."""
    if may_be_today and found.may_be(today):
        return today, found.when
    in_time = found.is_ahead_of(today) or (may_be_today and found.when == today)
    return (found.when if in_time else None), None


def _without_lead(rest: str) -> str:
    """Leave out what stands in front of the thing to do, as in "Acme: and I will ". A German verb comes last."""
    verb = _DO_EN.search(fold(rest))
    start = verb.start() if verb else 0
    lead = _LEAD.match(fold(rest[start:]))
    return rest[start + (lead.end() if lead else 0) :]


def plan_in_words(text: str, day: str) -> str:
    """Return what somebody plans, in their words without those of its day: "2 call next Friday" is "call"."""
    rest = " ".join(text.replace(day, " ", 1).split())
    return (_without_lead(rest).strip(_EDGES) or rest.strip(_EDGES) or text)[:LONGEST_WHAT]


def thing_promised(what: str) -> str | None:
    """Return the thing to send, as it could be told to the customer; None when it is something else to do."""
    sent = re.fullmatch(
        r"(?:send|share|forward)\s+(?:(?:over|him|her|them)\s+)*(?P<thing>.+)"
        r"|(?P<ding>.+?)\s+(?:zu|nach)?(?:schicken|senden|liefern)",
        what, re.IGNORECASE,
    )  # fmt: skip
    return (sent["thing"] or sent["ding"]) if sent else None
