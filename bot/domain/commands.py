"""What people type behind a slash command, as values; help and the app manifest take their usage lines from here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.folding import fold
from bot.domain.model import Frequency
from bot.domain.sentences import in_english

MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is written, and what it is for, in one line each."""

    hint: str
    about: str


COMMANDS: Mapping[str, Usage] = {
    "/whois-neglected": Usage(
        "[@owner | all] [segment] [number] [over 45 days] [lost] [unowned]", "Who is due for a word from us, best first"
    ),
    "/touch": Usage('[customers] [what and when] ["note"]', "Log a call, a mail or a meeting, for several at once"),
    "/customer": Usage("[name]", "Everything we know about a customer"),
    "/keepwarm": Usage("[settings | here daily | pause until … | resume]", "Settings, this channel's digest, and help"),
}


@dataclass(frozen=True, slots=True)
class Help:
    """The person wants to know what can be typed here."""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Nothing was typed: show the form or the overview."""


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A sentence for the person: which words were not understood, and what would be.

    `template` is English, with a `{field}` for each of `values`.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return in_english(self.template, self.values)


@dataclass(frozen=True, slots=True)
class WhoIsNeglected:
    """Whose customers to list and which of them.

    `owner` is a Slack user id, None for the person asking; `everyone` takes the whole team. None leaves `limit`
    (1 to 50) and `silent_over_days` to the defaults; `segment` is spelt as the workspace spells it. `lost` asks for
    those whom the digest leaves out because they have been silent for too long, `unowned` for those whom nobody owns.
    """

    owner: str | None = None
    everyone: bool = False
    segment: str | None = None
    limit: int | None = None
    silent_over_days: int | None = None
    lost: bool = False
    unowned: bool = False


@dataclass(frozen=True, slots=True)
class LogTouch:
    """A touch in words, to be read as a reply is."""

    words: str


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """A customer by what the person calls it."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """The person's own settings."""


@dataclass(frozen=True, slots=True)
class DigestHere:
    """How often this channel gets the team's digest."""

    frequency: Frequency


@dataclass(frozen=True, slots=True)
class Pause:
    """No digests until the day that `until` says in words; None until the person resumes."""

    until: str | None


@dataclass(frozen=True, slots=True)
class Resume:
    """Digests again from now on."""


KeepwarmCommand = Help | OpenForm | ShowSettings | DigestHere | Pause | Resume | Misunderstood

_GREETING = re.compile(
    r"(?:hi|hello|hey|hallo|moin|servus|good (?:morning|afternoon)|guten (?:morgen|tag)|bonjour|hola)"
    r"(?: there| keepwarm| zusammen)?[\s,.!?]*"
)
_HELP = frozenset({"help", "?", "hilfe", "aide", "ayuda", "usage"})
_ME = frozenset({"me", "mine", "my", "ich", "meine", "mich"})
_EVERYONE = frozenset({"all", "everyone", "team", "alle", "everybody"})
_LOST = frozenset({"lost", "verloren", "verlorene"})
_UNOWNED = frozenset({"unowned", "nobody", "ohne", "niemand", "herrenlos"})
_FREQUENCIES = {
    "daily": Frequency.DAILY,
    "taglich": Frequency.DAILY,
    "taeglich": Frequency.DAILY,
    "weekly": Frequency.WEEKLY,
    "wochentlich": Frequency.WEEKLY,
    "woechentlich": Frequency.WEEKLY,
    "off": Frequency.OFF,
    "aus": Frequency.OFF,
}
_MENTION = re.compile(r"<@(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_HANDLE = re.compile(r"(?:owner:\s*)?@(?P<handle>[\w.-]+)")
_DAY_WORDS = r"(?:d|days?|tagen?|t)"
_WEEK_WORDS = r"(?:w|weeks?|wochen?)"
_OVER = r"(?:over|more than|longer than|>|uber|ueber|mehr als|langer als|seit|days:|days=)"
_SILENCE = re.compile(
    rf"(?:{_OVER}\s*)?(?P<number>\d{{1,5}})\s*(?:(?P<days>{_DAY_WORDS})|(?P<weeks>{_WEEK_WORDS}))(?!\w)"
    rf"|{_OVER}\s*(?P<bare>\d{{1,5}})(?!\w)"
)
_LIMIT = re.compile(r"(?:top\s*|limit[:= ]\s*|n[:=]\s*)?(?P<number>\d{1,6})(?!\w)")
_LABEL = re.compile(r"(?:segment|tier|owner)[:=]\s*")


def parse_whois_neglected(
    text: str, *, segments: Sequence[str], people: Mapping[str, str] | None = None
) -> WhoIsNeglected | Help | Misunderstood:
    """Read `[@owner|all|me] [segment] [number] [days] [lost]` in any order.

    `segments` are the names the workspace has; a beginning will do when only one fits. `people` maps handles in lower
    case to Slack ids, for names that Slack left as plain text.
    """
    left = text.strip()
    if fold(left) in _HELP:
        return Help()
    asked = WhoIsNeglected()
    while left:
        argument = _next_argument(left, segments, people or {})
        if isinstance(argument, Misunderstood):
            return argument
        said, length = argument
        if twice := _said_twice(asked, said):
            return twice
        asked = WhoIsNeglected(
            owner=said.owner or asked.owner,
            everyone=said.everyone or asked.everyone,
            segment=said.segment or asked.segment,
            limit=said.limit or asked.limit,
            silent_over_days=asked.silent_over_days if said.silent_over_days is None else said.silent_over_days,
            lost=said.lost or asked.lost,
            unowned=said.unowned or asked.unowned,
        )
        left = left[length:].lstrip(" ,;")
    if asked.everyone and asked.owner:
        return Misunderstood("That asks for one teammate and for everybody. Ask for one of them.")
    return asked


_Argument = tuple[WhoIsNeglected, int]


def _said_twice(asked: WhoIsNeglected, said: WhoIsNeglected) -> Misunderstood | None:
    pairs = (
        (Misunderstood("That names two teammates. Ask for one at a time."), asked.owner, said.owner),
        (Misunderstood("That names two segments. Ask for one at a time."), asked.segment, said.segment),
        (Misunderstood("That names two numbers. Ask for one at a time."), asked.limit, said.limit),
        (Misunderstood("That names two silences. Ask for one."), asked.silent_over_days, said.silent_over_days),
    )
    return next((twice for twice, old, new in pairs if None not in (old, new) and old != new), None)


def _next_argument(left: str, segments: Sequence[str], people: Mapping[str, str]) -> _Argument | Misunderstood:
    """What the text begins with, and how many characters of it that takes."""
    return (
        _owner(left, people)
        or _silence(left)
        or _segment(left, segments)
        or _limit(left)
        or _known_word(left)
        or _what_is_understood(left.split(maxsplit=1)[0].rstrip(",;"), segments)
    )


def _owner(left: str, people: Mapping[str, str]) -> _Argument | Misunderstood | None:
    if mention := _MENTION.match(left):
        return WhoIsNeglected(owner=mention["id"]), mention.end()
    handle = _HANDLE.match(left)
    if handle is None:
        return None
    known = people.get(handle["handle"].lower())
    if known is None:
        return Misunderstood(
            "I don't know @{name}. Type @ and pick the teammate from Slack's list.", {"name": handle["handle"]}
        )
    return WhoIsNeglected(owner=known), handle.end()


def _silence(left: str) -> _Argument | None:
    silence = _SILENCE.match(fold(left))
    if silence is None:
        return None
    days = int(silence["number"] or silence["bare"]) * (7 if silence["weeks"] else 1)
    return WhoIsNeglected(silent_over_days=days), silence.end()


def _limit(left: str) -> _Argument | Misunderstood | None:
    limit = _LIMIT.match(fold(left))
    if limit is None:
        return None
    number = int(limit["number"])
    if 1 <= number <= MAX_LISTED:
        return WhoIsNeglected(limit=number), limit.end()
    return Misunderstood(
        "{number} is not a number I can list. Ask for 1 to {most} customers.", {"number": number, "most": MAX_LISTED}
    )


def _known_word(left: str) -> _Argument | None:
    word = fold(left).split(maxsplit=1)[0].rstrip(",;")
    if word in _EVERYONE:
        return WhoIsNeglected(everyone=True), len(word)
    if word in _LOST:
        return WhoIsNeglected(lost=True), len(word)
    if word in _UNOWNED:
        return WhoIsNeglected(unowned=True), len(word)
    return (WhoIsNeglected(), len(word)) if word in _ME else None


def _segment(left: str, segments: Sequence[str]) -> _Argument | None:
    """The longest segment name that the text begins with, else the only one that begins with its first word."""
    folded = fold(left)
    label = _LABEL.match(folded)
    start = label.end() if label else 0
    is_quoted = folded[start : start + 1] in {'"', "“", "”", "„", "'"}
    start += is_quoted
    for name in sorted(segments, key=len, reverse=True):
        known = fold(name.strip())
        end = start + len(known)
        if known and folded.startswith(known, start) and not folded[end : end + 1].isalnum():
            return WhoIsNeglected(segment=name), end + is_quoted
    word = re.match(r"[^\s,;\"“”']+", folded[start:])
    if word is None or (not label and (len(word[0]) < 3 or word[0] in _EVERYONE | _ME | _LOST | _UNOWNED)):
        return None
    fits = [name for name in segments if fold(name).startswith(word[0])]
    return (WhoIsNeglected(segment=fits[0]), start + word.end() + is_quoted) if len(fits) == 1 else None


def _what_is_understood(word: str, segments: Sequence[str]) -> Misunderstood:
    if segments:
        return Misunderstood(_UNDERSTANDS_SEGMENTS, {"word": word, "segments": _listed(segments)})
    return Misunderstood(_UNDERSTANDS, {"word": word})


_UNDERSTANDS = (
    'I don\'t know "{word}". I understand @name, all or me, a segment, a number of customers,'
    " a silence such as 45d, lost, and unowned."
)
_UNDERSTANDS_SEGMENTS = (
    'I don\'t know "{word}". I understand @name, all or me, a segment, a number of customers,'
    " a silence such as 45d, lost, and unowned. Your segments are {segments}."
)


def _listed(names: Sequence[str]) -> list[str]:
    return [*names[:8], "…"] if len(names) > 8 else list(names)


def parse_touch(text: str) -> LogTouch | OpenForm | Help:
    """Read what follows `/touch`: nothing opens the form, anything but help is a touch in words."""
    words = text.strip()
    if not words:
        return OpenForm()
    return Help() if fold(words) in _HELP else LogTouch(words)


def is_greeting(text: str) -> bool:
    """Whether somebody says hello and nothing else: a new teammate, who is better served with what can be done here."""
    return bool(_GREETING.fullmatch(fold(text.strip())))


def parse_customer(text: str) -> ShowCustomer | OpenForm | Help:
    """Read what follows `/customer`: a name; nothing opens the picker."""
    name = text.strip().strip('"“”„').strip()
    if not name:
        return OpenForm()
    return Help() if fold(name) in _HELP else ShowCustomer(name)


def parse_keepwarm(text: str) -> KeepwarmCommand:
    """Read what follows `/keepwarm`; the days of a pause stay words, for the reader of dates."""
    words = text.split()
    if not words:
        return OpenForm()
    verb, rest = fold(words[0]).strip(".,;:"), words[1:]
    if verb in _PAUSE:
        until = rest[1:] if rest and fold(rest[0]) in _UNTIL else rest
        return Pause(" ".join(until) or None)
    if verb in _HERE:
        frequency = _FREQUENCIES.get(fold(" ".join(rest)))
        return DigestHere(frequency) if frequency else Misunderstood(_HOW_OFTEN)
    if not rest and verb in _PLAIN:
        return _PLAIN[verb]
    said = " ".join(words)[:40]
    return Misunderstood(_KEEPWARM_UNDERSTANDS, {"words": said})


_HERE = frozenset({"here", "hier", "channel"})
_KEEPWARM_UNDERSTANDS = (
    'I don\'t know "{words}". I understand settings, here daily, here weekly, here off, pause until a day, resume,'
    " and help."
)
_HOW_OFTEN = "How often should the digest come here? Write here daily, here weekly or here off."
_PAUSE = frozenset({"pause", "pausiere", "stop", "stopp"})
_UNTIL = frozenset({"until", "till", "til", "bis"})
_PLAIN: Mapping[str, KeepwarmCommand] = {
    **dict.fromkeys(_HELP, Help()),
    **dict.fromkeys(("settings", "setting", "preferences", "einstellungen"), ShowSettings()),
    **dict.fromkeys(("resume", "start", "weiter"), Resume()),
}
