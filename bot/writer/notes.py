"""What a colleague's note says about the customer, as far as it can be told for sure.

Notes are free text for colleagues. A clause like "wants the three-year price" is understood and can be told to the
customer in the second person; anything else is quoted at most, and what looks private, unkind or empty is left alone.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_WORDS = 9
MOST_CHARACTERS = 70


class Said(StrEnum):
    """What the customer said, or what we said to them."""

    WANTED = "wanted"
    NEEDED = "needed"
    INTERESTED = "interested"
    ASKED_ABOUT = "asked_about"
    ASKED_FOR = "asked_for"
    WAITING = "waiting"
    ABOUT = "about"
    PROMISED = "promised"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Reading:
    """One `clause` of a note and what it is about; a quotation has no `language`, it may be in any."""

    said: Said
    words: str
    language: str | None
    clause: str

    @property
    def topic(self) -> str | None:
        """The words without a leading article; None when they are not the name of a thing."""
        if self.said is Said.QUOTED or _VERBAL.match(self.words):
            return None
        return _ARTICLE.sub("", self.words) or None


_VERBAL = re.compile(
    r"(?:to|us|me|more|if|whether|noch|nicht|mehr|dass|zu)\b|.*\b(?:wissen|sehen|haben)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:the|a|an|some|der|die|das|den|dem|des|ein|eine|einen|einem|einer)\s+(?=\S)", re.IGNORECASE)
_PRIVATE = re.compile(
    r"^\W*(?:private|privat|internal|intern)\s*[:\-–]|\[\s*(?:private|privat|internal|intern)\s*\]",
    re.IGNORECASE,
)
# Said among colleagues or about a person's life: never put into a message, whatever the rest of the note says.
_KEPT_BACK = re.compile(
    r"\b(?:churn|margin|upsell|difficult|annoy|angry|upset|complain|stingy|competitor|lawsuit|lawyer|divorce|illness|"
    r"sick|cancer|mood|died|death|pregnan|fired|bankrupt|insolven|marge|schwierig|nervig|nervt|sauer|verärger|beschwer|"
    r"geizig|konkurrenz|wettbewerb|anwalt|kündig|scheidung|krank|stimmung|gestorben|verstorben|schwanger|pleite)\w*",
    re.IGNORECASE,
)
# They would point at somebody else once the note is told to the customer.
_THIRD_PERSON = re.compile(
    r"\b(?:he|she|they|him|her|hers|his|them|their|i|my|me|er|ihm|ihn|sein|seine|seinen|ihr|ihre|ihren|ich|mir|mein)\b",
    re.IGNORECASE,
)
_VAGUE = frozenset(
    {"it", "that", "this", "more", "nothing", "something", "es", "das", "dies", "mehr", "nichts", "etwas"}
)
_HOLLOW = re.compile(
    # "called", "met Ana Köhler", "call with Jonas went well"
    r"(?:(?:have |has |had )?(?:called|call|rang|phoned|spoke|talked|met|meeting|emailed|e-?mail|mailed|wrote|visited|"
    r"visit|lunch|coffee|chat|chatted|telefoniert|angerufen|anruf|getroffen|treffen|geschrieben|besuch|besucht|"
    r"gesprochen)(?: (?:with|to|mit|bei))?(?: (?-i:[A-ZÄÖÜ])\S*){0,2}"
    r"(?: (?:back|again|yesterday|today|went well|was good|zurück|gestern|heute|lief gut))?"
    # "all good"
    r"|(?:(?:all|everything|alles) )?(?:(?:is|was|ist|war) )?"
    r"(?:good|fine|ok|okay|well|great|gut|klar|super|in ordnung|done|erledigt)"
    # nobody was there
    r"|no (?:answer|reply|response)|(?:left (?:a )?)?voice ?mail|keine antwort|nicht erreicht|mailbox"
    r"|nothing new|nichts neues|yesterday|today|gestern|heute)",
    re.IGNORECASE,
)

_WHO = r"(?:(?:and|but|und|aber|also|still|noch)\s+)?(?:(?:she|he|they|sie|er|[A-ZÄÖÜ][\w'’-]+)\s+)?"


def _clause(words: str) -> re.Pattern[str]:
    return re.compile(f"{_WHO}(?i:{words})")


_PATTERNS: tuple[tuple[str, Said, re.Pattern[str]], ...] = (
    ("en", Said.PROMISED, re.compile(r"(?i)(?:(?:i|we)\s+)?promised\s+(?:to\s+send\s+)?(?P<what>.+)")),
    ("en", Said.PROMISED, re.compile(r"(?i)(?:i|we)(?:'ll|’ll|\s+will)\s+send\s+(?:over\s+)?(?P<what>.+)")),
    ("en", Said.PROMISED, re.compile(r"(?i)(?:i|we)\s+(?:still\s+)?owe\s+(?:him\s+|her\s+|them\s+)?(?P<what>.+)")),
    ("en", Said.WANTED, _clause(r"(?:wants?|wanted|would\s+like)\s+(?P<what>.+)")),
    ("en", Said.NEEDED, _clause(r"(?:needs?|needed)\s+(?P<what>.+)")),
    ("en", Said.INTERESTED, _clause(r"(?:is\s+|was\s+)?interested\s+in\s+(?P<what>.+)")),
    ("en", Said.ASKED_ABOUT, _clause(r"(?:asked|asks)\s+about\s+(?P<what>.+)")),
    ("en", Said.ASKED_FOR, _clause(r"(?:asked|asks)\s+for\s+(?P<what>.+)")),
    ("en", Said.WAITING, _clause(r"(?:is\s+|was\s+)?(?:still\s+)?(?:waiting|waits)\s+for\s+(?P<what>.+)")),
    (
        "en",
        Said.ABOUT,
        _clause(r"(?:called|rang|spoke|talked|met|wrote|mailed|emailed)\s+about\s+(?P<what>.+)"),
    ),
    ("de", Said.PROMISED, re.compile(r"(?i)(?:versprochen|zugesagt)\s*:?\s+(?P<what>.+)")),
    (
        "de",
        Said.PROMISED,
        _clause(r"(?:ich\s+habe?\s+|wir\s+haben\s+|habe\s+)?(?P<what>.+)\s+(?:versprochen|zugesagt)"),
    ),
    ("de", Said.WANTED, _clause(r"(?:will|möchte|wollte)\s+(?P<what>.+)")),
    ("de", Said.NEEDED, _clause(r"(?:braucht|brauchte|benötigt)\s+(?P<what>.+)")),
    ("de", Said.INTERESTED, _clause(r"interessiert\s+sich\s+für\s+(?P<what>.+)")),
    ("de", Said.ASKED_ABOUT, _clause(r"(?:fragt|fragte)\s+nach\s+(?P<what>.+)")),
    ("de", Said.ASKED_ABOUT, _clause(r"hat\s+nach\s+(?P<what>.+?)\s+gefragt")),
    ("de", Said.WAITING, _clause(r"wartet\s+(?:noch\s+)?auf\s+(?P<what>.+)")),
    ("de", Said.ABOUT, _clause(r"über\s+(?P<what>.+?)\s+(?:gesprochen|geredet|telefoniert)")),
)
_CLAUSE_END = re.compile(r"[.;:!?](?:\s+|$)|[\n\r]+|,\s+|\s+[-–—]\s+")
_EDGES = " \t.,;:!?\"'“”„‚‘’«»()[]"


def read_note(note: str | None) -> Reading | None:
    """Say what a note is about; None when it says nothing that could be told to the customer."""
    text = (note or "").strip()
    if not text or _PRIVATE.search(text) or _KEPT_BACK.search(text):
        return None
    clauses = [part.strip(_EDGES) for part in _CLAUSE_END.split(text[:500])]
    for clause in clauses:
        if reading := _understood(clause):
            return reading
    return _quotation([clause for clause in clauses if clause and not _HOLLOW.fullmatch(clause)])


def read_promise(promise: str | None) -> str | None:
    """What we owe the customer, fit to be told to them; None when it is private, too long or nothing."""
    text = " ".join((promise or "").split()).strip(_EDGES)
    if not text or _PRIVATE.search(text) or _KEPT_BACK.search(text):
        return None
    return text if _is_short(text) else None


def _understood(clause: str) -> Reading | None:
    if not _is_short(clause):
        return None
    for language, said, pattern in _PATTERNS:
        if match := pattern.fullmatch(clause):
            what = " ".join(match["what"].split()).strip(_EDGES)
            if _is_telling(what) and not _THIRD_PERSON.search(what):
                return Reading(said, what, language, clause)
    return None


def _quotation(clauses: list[str]) -> Reading | None:
    words = " ".join(", ".join(clauses).split())
    if not _is_telling(words) or not _is_short(words) or _THIRD_PERSON.search(words):
        return None
    return Reading(Said.QUOTED, words, None, words)


def _is_telling(words: str) -> bool:
    return any(letter.isalpha() for letter in words) and words.rsplit(maxsplit=1)[-1].casefold() not in _VAGUE


def _is_short(words: str) -> bool:
    return len(words) <= MOST_CHARACTERS and len(words.split()) <= MOST_WORDS
