"""Whom a line of a reply is about: a card's number, a customer's name, or the one customer of the thread."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.folding import fold
from bot.domain.found_date import FoundDate
from bot.domain.names import name_key
from bot.domain.touch_words import COMMON, DONE_SIGN, NAMED_SIGN, VAGUE_SIGN


@dataclass(frozen=True, slots=True)
class Named:
    """A customer and the name that people know it by; of a card also whom they talk to there (`contacts`)."""

    id: int
    name: str
    contacts: tuple[str, ...] = field(default=(), compare=False)


CustomersNamed = Callable[[str], Sequence[Named]]
"""All customers (or the first dozen) whose `name_key` begins with the key given, the shortest keys first."""


@dataclass(frozen=True, slots=True)
class Who:
    """The customers meant and the words that are left. `candidates`: one of these, but which must be asked.

    `is_subject`: one name stood in front without a colon, as in "Acme called". `is_exact`: the names were written out.
    `whole` is the text to quote where names were cut out of `rest`.
    """

    customers: tuple[Named, ...]
    rest: str
    candidates: tuple[Named, ...] = ()
    no_such_card: bool = False
    is_subject: bool = False
    is_exact: bool = True
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name in a text leads to: `named` has one customer, or several when it is ambiguous."""

    named: tuple[Named, ...]
    end: int
    is_exact: bool


_ITEM = r"#?(?:nr\.? ?|no\.? ?)?\d{1,3}(?:\s?(?:-|–|to|bis)\s?#?\d{1,3})?"
_NUMBERS = re.compile(
    rf"(?P<items>{_ITEM}(?:\s*(?:,|\+|&|\band\b|\bund\b)\s*{_ITEM})*)"
    r"(?![\w/%€$£])(?![.,:]\d)(?P<mark>\s*[:)\]]|[.,]|\s+[-–—])?(?=\s|$)\s*",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:people|persons?|guys|e?-?mails|calls|messages|meetings|hours?|hrs?|h|min(?:s|utes?|uten)?|times?|weeks?|days?"
    r"|months?|years?|licen[cs]es|seats|users?|leute|personen|anrufe|nachrichten|stunden?|mal|x|wochen?|tagen?|monaten?"
    r"|jahren?|lizenzen|platze|of|von|%|€|\$|k|questions?|fragen|new|neue[nr]?|more|weitere|big|open|offene|pm|uhr"
    r"|gente|personnes|personas|appels|llamadas|heures|horas)(?!\w)"
)
_BETWEEN = re.compile(r"\s*(?:[,;+&/]|\b(?:and|und|et|y)\b)\s*", re.IGNORECASE)
_AFTER_NAME = " \t,;:.-–—"
_COLON = re.compile(r":(?=\s|$)|\s[-–—](?=\s)")
_WORD = re.compile(r"\S+")
_LONGEST_NAME = 6
_SHORTEST_FIRST_NAME = 3
_LEAD = re.compile(r"(?:(?:just|quick|had|i|we|ich|wir|habe|haben|hab|have|gestern|heute|yesterday|today|a|an)\s+)*")
_TO = re.compile(r"\s+(?:(?:with|to|at|from|for|the|mit|bei|an|von|zu|avec|chez|con|a)\s+)*")


def who_is_meant(
    words: str,
    *,
    cards: Mapping[int, Named],
    customers_named: CustomersNamed,
    find_date: Callable[[str], FoundDate | None],
) -> Who:
    """Find the customers of one line.

    Numbers come first ("2", "#2:", "2, 4", "1-3"), unless they count something ("2 people") or open a date
    ("3 May"). Then names: before a colon, at the start, after the verb ("called Acme"), and those of the thread's
    cards anywhere; last the name of somebody at one of those cards ("met Isla"). In a thread of one card a line without
    a name is about that card; naming somebody else there without a colon is asked.
    """
    directory = _Directory(cards, customers_named)
    only = next(iter(cards.values())) if len(cards) == 1 else None
    numbers = _NUMBERS.match(words) if cards else None
    if numbers and not _opens_a_date(numbers, find_date(words)):
        rest = words[numbers.end() :]
        is_marked = bool(numbers["mark"]) or "#" in numbers["items"]
        if is_marked or not _COUNTED.match(fold(rest)):
            return _by_number(numbers["items"], rest, cards)
        if only is None:
            likely = [cards[n] for n in _numbers(numbers["items"]) if n in cards]
            return Who((), words, tuple(dict.fromkeys([*likely, *cards.values()])))
        return Who((only,), words)
    found = _before_colon(words, directory) or _at_start(words, directory)
    if only is not None:
        return _in_thread_of(only, words, found)
    if found and cards and not found.is_exact and not set(found.customers) <= set(cards.values()):
        return Who((), found.rest, found.candidates or found.customers, whole=words)  # "Ana" may be a contact
    return found or _in_the_middle(words, cards, directory) or _by_contact(words, cards) or _unknown(words)


class _Directory:
    """All customers by the beginning of their name, those of the thread first."""

    def __init__(self, cards: Mapping[int, Named], customers_named: CustomersNamed) -> None:
        self._cards = [(name_key(card.name), card) for card in cards.values()]
        self._customers_named = customers_named

    def written_out(self, key: str) -> tuple[Named, ...]:
        """Customers of exactly this name; beside one from outside, a card that the name may be short for."""
        here = tuple(card for known, card in self._cards if known == key)
        if here:
            return here
        others = tuple(named for named in self._customers_named(key) if name_key(named.name) == key)
        return (*self._on_cards(key), *others) if others else ()

    def beginning_with(self, key: str) -> tuple[Named, ...]:
        """Customers whose name begins so: those of the thread, and everybody else only when there are none."""
        return self._on_cards(key) or tuple(self._customers_named(key))

    def _on_cards(self, key: str) -> tuple[Named, ...]:
        return tuple(dict.fromkeys(card for known, card in self._cards if known.startswith(key)))


def _opens_a_date(numbers: re.Match[str], found: FoundDate | None) -> bool:
    return found is not None and found.start <= numbers.start() and found.end > len(numbers["items"])


def _numbers(items: str) -> list[int]:
    """Card numbers in the order given, ranges spelt out, each once."""
    listed: dict[int, None] = {}
    for item in re.finditer(r"(\d+)(?:\s?(?:-|–|to|bis)\s?#?(\d+))?", items, re.IGNORECASE):
        first, last = int(item[1]), int(item[2] or item[1])
        listed |= dict.fromkeys(range(min(first, last), max(first, last) + 1))
    return list(listed)


def _by_number(items: str, rest: str, cards: Mapping[int, Named]) -> Who:
    asked = _numbers(items)
    meant = tuple(dict.fromkeys(cards[number] for number in asked if number in cards))
    return Who(meant, rest, no_such_card=any(number not in cards for number in asked))


def _name_at(text: str, start: int, directory: _Directory, *, sure: bool = False) -> _Name | None:
    """The customer whose name starts here, the longest first; `sure` (a colon follows) lets any beginning of it do."""
    spans = [match.span() for match in _WORD.finditer(text, start)][:_LONGEST_NAME]
    keyed = [
        (name_key(text[start:end]), end, text[last:end])
        for last, end in reversed(spans)
        if last == start or not _BETWEEN.fullmatch(text[last:end])
    ]
    for key, end, _ in keyed:
        exact = directory.written_out(key) if key and (sure or not _is_common(text[start:end])) else ()
        if exact:
            return _Name(exact, end, True)
    for key, end, last_word in keyed:
        if len(key) < 3 or _is_common(text[start:end]) or _is_common(last_word):
            continue
        fits = directory.beginning_with(key)
        whole_words = tuple(named for named in fits if name_key(named.name).startswith(key + " "))
        if whole_words or (fits and (sure or _is_label(text, end))):
            return _Name(whole_words or fits, end, sure)
    return None


def _is_common(words: str) -> bool:
    """Whether these words are ordinary ones, so that only a colon makes them a name."""
    folded = fold(words).strip(_AFTER_NAME)
    return folded in COMMON or any(sign.fullmatch(folded) for sign in (DONE_SIGN, NAMED_SIGN, VAGUE_SIGN))


def _is_label(text: str, end: int) -> bool:
    """Whether what follows shows that a shortened name was meant as one: a comma, or a word for a touch."""
    following = fold(text[end:])
    if text[end - 1] in ",;" or _BETWEEN.match(following):
        return True
    return any(sign.match(following.lstrip()) for sign in (DONE_SIGN, NAMED_SIGN, VAGUE_SIGN))


def _before_colon(words: str, directory: _Directory) -> Who | None:
    colon = _COLON.search(words)
    head = words[: colon.start()] if colon else ""
    if colon is None or not head.strip() or len(head) > 120:
        return None
    rest = words[colon.end() :].strip()
    one = _name_at(head, 0, directory, sure=True)
    if one and not head[one.end :].strip(_AFTER_NAME):
        return _settled([one], rest)
    names = [_name_at(part.strip(), 0, directory, sure=True) for part in _BETWEEN.split(head) if part.strip()]
    found = [name for name in names if name]
    return _settled(found, rest) if len(found) == len(names) else None


def _at_start(words: str, directory: _Directory) -> Who | None:
    """One name, or a list of them ("acme, globex call"), with nothing but what was done behind."""
    first = _name_at(words, 0, directory)
    if first is None:
        return None
    names = [first]
    end = first.end
    while between := _BETWEEN.match(words, end - 1 if words[end - 1] in ",;" else end):
        following = _name_at(words, between.end(), directory)
        if following is None:
            break
        names.append(following)
        end = following.end
    is_subject = len(names) == 1 and words[end - 1] not in ",;:."
    return _settled(names, words[end:].lstrip(_AFTER_NAME), is_subject=is_subject)


def _settled(names: Sequence[_Name], rest: str, *, is_subject: bool = False) -> Who:
    """Customers where each name means one; candidates as soon as one of them is ambiguous."""
    certain = tuple(dict.fromkeys(name.named[0] for name in names if len(name.named) == 1))
    doubtful = tuple(dict.fromkeys(named for name in names if len(name.named) > 1 for named in name.named))
    return Who(certain, rest, doubtful, is_subject=is_subject, is_exact=all(name.is_exact for name in names))


def _in_thread_of(only: Named, words: str, found: Who | None) -> Who:
    if found is None:
        return Who((only,), words)
    if only in found.customers or only in found.candidates:
        return Who(found.customers or (only,), found.rest, is_subject=found.is_subject)
    if found.is_subject:
        others = (*found.customers, *found.candidates)
        return Who((), words, (only, *others)) if found.is_exact else Who((only,), words)
    return found


def _in_the_middle(words: str, cards: Mapping[int, Named], directory: _Directory) -> Who | None:
    """A name written out behind the verb ("called Acme yesterday"), or a card's anywhere; asked when they differ."""
    behind = _after_verb(words, directory)
    here = _cards_in(words, cards)
    if behind is None:
        return Who(here, words) if len(here) == 1 else Who((), words, here) if here else None
    if set(here) <= set(behind.customers):
        return behind
    return Who((), words, tuple(dict.fromkeys([*behind.customers, *behind.candidates, *here])))


def _after_verb(words: str, directory: _Directory) -> Who | None:
    folded = fold(words)
    lead = _LEAD.match(folded)
    at = lead.end() if lead else 0
    for sign in (DONE_SIGN, NAMED_SIGN, VAGUE_SIGN):
        verb = sign.match(folded, at)
        link = _TO.match(folded, verb.end()) if verb else None
        name = _name_at(words, link.end(), directory) if link else None
        if link and name and name.is_exact:
            rest = words[: link.start()] + (words[name.end - 1] if words[name.end - 1] in ",;" else "")
            found = _settled([name], rest + " " + words[name.end :].lstrip())
            return Who(found.customers, found.rest, found.candidates, whole=words)
    return None


def _cards_in(words: str, cards: Mapping[int, Named]) -> tuple[Named, ...]:
    """The cards of the thread that a line names in full, wherever they stand."""
    said = f" {name_key(words)} "
    return tuple(dict.fromkeys(card for card in cards.values() if f" {name_key(card.name)} " in said))


def _by_contact(words: str, cards: Mapping[int, Named]) -> Who | None:
    """The card at which somebody of that name or first name is; several such cards are offered."""
    people = [
        Named(card.id, name)
        for card in cards.values()
        for contact in card.contacts
        for name in dict.fromkeys((contact, contact.split(" ")[0]))
        if len(name) >= _SHORTEST_FIRST_NAME
    ]
    directory = _Directory(dict(enumerate(people)), lambda _key: ())
    found = _before_colon(words, directory) or _at_start(words, directory) or _after_verb(words, directory)
    if found is None or not found.is_exact:
        return None
    known = {card.id: card for card in cards.values()}
    meant = tuple(dict.fromkeys(known[person.id] for person in (*found.customers, *found.candidates)))
    if len(meant) == 1:
        return replace(found, customers=meant, candidates=())
    return Who((), words, meant, whole=words)


def _unknown(words: str) -> Who:
    """Nobody we know; what stands before a colon was meant as a name, so the rest is what was done."""
    colon = _COLON.search(words)
    if colon and len(words[: colon.start()].split()) <= 4:
        return Who((), words[colon.end() :], whole=words)
    return Who((), words)
