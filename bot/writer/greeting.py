"""How a letter opens: by name, in the customer's form of address. Nobody's gender is ever guessed."""

import re
from dataclasses import dataclass
from functools import lru_cache

MOST_CHARACTERS = 60
MOST_WORDS = 6

_WOMAN = frozenset({"frau", "fr", "ms", "mrs", "miss"})
_MAN = frozenset({"herr", "herrn", "hr", "mr"})
_DEGREES = {"dr": "Dr.", "prof": "Prof.", "professor": "Prof."}
_ADDRESS = {"de": ("Frau", "Herr"), "en": ("Ms.", "Mr.")}
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_MARKS = re.compile(r"[\r\n!?;:,]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A contact's name in parts; `titles` only when somebody wrote them down."""

    full: str
    given: str
    family: str
    titles: tuple[str, ...]


def tidy(name: str | None) -> str | None:
    """A name on one line, cut at a word; None when it holds no letter or is an address."""
    words = _SENTENCE_MARKS.sub(" ", name or "").split()[:MOST_WORDS]
    while len(words) > 1 and len(" ".join(words)) > MOST_CHARACTERS:
        words.pop()
    text = " ".join(words)[:MOST_CHARACTERS].strip(" .-")
    return text if _LETTER.search(text) and "@" not in text else None


@lru_cache(maxsize=1024)
def person(contact_name: str | None, salutation: str | None) -> Person | None:
    """Take a contact's name apart; None when there is no usable name."""
    name = " ".join((contact_name or "").split())[:200]
    if tidy(name.replace(",", " ")) is None:
        return None
    from nameparser import HumanName  # its lists of titles are not needed before the first suggestion

    parsed = HumanName(name)
    given, family = tidy(parsed.first) or "", tidy(parsed.last) or ""
    full = tidy(f"{given} {family}") or tidy(name)
    if full is None:
        return None
    titles = f"{salutation or ''} {parsed.title}".replace(".", " ").casefold().split()
    return Person(full, given, family, tuple(dict.fromkeys(titles)))


def greeting(someone: Person | None, customer: str | None, *, language: str, formal: bool) -> str:
    """The opening words without their comma: "Hi Ana", "Guten Tag Frau Dr. Köhler", "Hello Acme", at least "Hello"."""
    if language == "de":
        hello = "Guten Tag" if formal or someone is None else "Hallo"
    else:
        hello = "Dear" if formal and someone else "Hi" if someone and someone.given else "Hello"
    name = (_addressed(someone, language, formal) if someone else customer) or ""
    return f"{hello} {name}".strip()


def _addressed(someone: Person, language: str, formal: bool) -> str:
    if someone.given and not formal:
        return someone.given
    address = _title(someone, language)
    return f"{address} {someone.family}" if address and someone.family else someone.full


def _title(someone: Person, language: str) -> str:
    """Frau, Herr and degrees as the language writes them; empty when no title is known."""
    woman, man = _ADDRESS[language]
    known = set(someone.titles)
    degrees = [_DEGREES[title] for title in someone.titles if title in _DEGREES]
    if known & _WOMAN and known & _MAN:
        return " ".join(dict.fromkeys(degrees))
    address = [woman] if known & _WOMAN else [man] if known & _MAN else []
    # English has one title before a name, German has all of them.
    titles = address + degrees if language == "de" else degrees[:1] or address
    return " ".join(dict.fromkeys(titles))
