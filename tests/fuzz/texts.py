"""Fuzzing what people and files say: replies, commands, CSV files, templates. Nothing but refusals may be raised."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from bot.dates import find_date, parse_snooze
from bot.domain.commands import parse_customer, parse_keepwarm, parse_touch, parse_whois_neglected
from bot.domain.facts import Channel, Facts
from bot.domain.named_customers import Named
from bot.domain.replies import parse_reply
from bot.errors import InputRefused
from bot.usecases.imports import Subject, import_file
from bot.usecases.recompute import differences
from bot.writer.sandbox import DoesNotFit, Message
from bot.writer.words import words_for
from storage.engine import Store

TODAY = date(2026, 11, 24)
ROOT = Path(__file__).parents[2]
WORDS = """1 2 #3 9, 12 - : ; ( ) " ' acme Acme: Köhler called call? met gestern angerufen morgen next friday 3. Mai 3/5
in 2 weeks until bis last vor 3 Wochen not nobody snooze note: *bold* <@U0ANA> <!here> &amp; 👍"""
PIECES = (
    *WORDS.split(),
    "\n",
    "\u202e", "\0", "9" * 400, "a" * 2_000, "31.02.2026", "29 February", "0000-00-00", "99999999999 days ago", "²",
    "\ud800", "ß" * 50,
)  # fmt: skip
FACTS = Facts(
    customer_name="Acme", today=TODAY, contact_name="Ana Köhler", formal=True, contact_locale="de-DE",
    sender_locale="de-DE", since_on=date(2024, 1, 1), silent_days=49, sender_id=1, sender_name="Ben Ode",
    renewal_on=date(2026, 12, 24), birthday_on=TODAY,
)  # fmt: skip


def fuzz_replies(*, count: int, seed: int) -> float:
    """Read random replies, commands and dates in both languages; return the longest a single one took, in seconds."""
    random = Random(seed)
    cards = {
        number: Named(number, name, ("Isla Brown", "1 2", ""))
        for number, name in enumerate(("Acme", "Köhler & Söhne", "1 2 3"), start=1)
    }
    slowest = 0.0
    for _ in range(count):
        text = _text(random)
        spoken = random.choice([["en-GB"], ["de-DE"], ["en-US", "de-AT"], ["ja-JP"]])
        began = perf_counter()
        lines = parse_reply(
            text, cards=random.choice([cards, {}]), customers_named=lambda _key: [Named(1, "Acme")], today=TODAY,
            find_date=lambda words, spoken=spoken: find_date(  # type: ignore[misc]
                words, today=TODAY, languages=spoken, direction="past"
            ),
        )  # fmt: skip
        assert [line.text for line in lines] == [line.strip() for line in text.splitlines() if line.strip()], text
        parse_snooze(text, today=TODAY, languages=spoken)
        for parse in (parse_touch, parse_customer, parse_keepwarm):
            parse(text)
        parse_whois_neglected(text, segments=["Clients", "Retail"], people={"ana": "U0ANA"})
        slowest = max(slowest, perf_counter() - began)
    return slowest


def _text(random: Random) -> str:
    words = [random.choice(PIECES) for _ in range(random.randrange(30))]
    if random.random() < 0.3:
        words += ["".join(chr(random.randrange(1, 0x3000)) for _ in range(random.randrange(40)))]
    random.shuffle(words)
    return random.choice([" ", " ", "", "\n"]).join(words)


def fuzz_files(
    store: Store, workspace_id: int, folder: Path, *, count: int, seed: int, now: datetime
) -> dict[str, int]:
    """Import spoilt files; each is taken with its rejects or refused whole, and the ledger stays consistent."""
    random = Random(seed)
    sources = sorted((ROOT / "tests/fixtures/imports").glob("*.csv"))
    seen = {"taken": 0, "refused": 0}
    for number in range(count):
        path = folder / f"{number}.csv"
        path.write_bytes(_spoilt_file(random.choice(sources).read_bytes(), random))
        subject = random.choice(list(Subject))
        try:
            import_file(store, workspace_id, subject, path, now=now, rejects_path=folder / "rejects.csv")
            seen["taken"] += 1
        except InputRefused:
            seen["refused"] += 1
        path.unlink()
    with store.read(workspace_id) as ledger:
        assert not list(differences(ledger)), "the state of a customer is not what its ledger says"
    return seen


_MARKS = (b'"', b";", b",", b"\0", b"\n", b"\r", b"\xff", b"=1+1", b"\t", b"9" * 500)


def _spoilt_file(source: bytes, random: Random) -> bytes:
    content = bytearray(source)
    for _ in range(random.choice([1, 5, 50])):
        at = random.randrange(len(content) + 1)
        match random.randrange(5):
            case 0:
                content[at : at + random.randrange(40)] = b""
            case 1:
                content[at:at] = random.choice(
                    [b'"', b";", b",", b"\0", b"\n", b"\r", b"\xff", b"=1+1", b"\t", b"9" * 500]
                )
            case 2:
                content[at:at] = random.randbytes(random.randrange(30))
            case 3:
                content[at:at] = content[max(0, at - 200) : at]
            case _:
                content[at : at + 1] = bytes([random.randrange(256)])
    return bytes(content)


def fuzz_templates(*, count: int, seed: int) -> dict[str, int]:
    """Compile and say spoilt texts of templates; each is refused with a sentence, does not fit, or says something."""
    random = Random(seed)
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates/messages").rglob("*.j2"))]
    seen = {"refused": 0, "does not fit": 0, "said": 0}
    for _ in range(count):
        try:
            message = Message(_spoilt_template(random.choice(sources), random))
            for channel in Channel:
                message.draft(channel, words_for(FACTS, channel))
            seen["said"] += 1
        except InputRefused:
            seen["refused"] += 1
        except DoesNotFit:
            seen["does not fit"] += 1
    return seen


_JINJA = (
    "{{", "}}", "{%", "%}", "{#", "#}", "{% if name %}", "{% endif %}", "{% for x in range(10**9) %}", "{% endfor %}",
    "{{ name }}", "{{ ''.__class__.__mro__ }}", "{{ 9**9**9 }}", "{{ name * 10**9 }}", "{% block mail %}", "{{ self }}",
    "{% endblock %}", "{% include 'x' %}", "{{ name|upper_first }}", "{{ name|attr('x') }}", "{{ cycler }}", "(" * 300,
    "{{ " + "not " * 400 + "name }}", "{% set x = 1 %}", "{% raw %}", "\0", "{{ sie_du('a', 'b') }}", "{{ sie_du() }}",
    "{{ sie_du(1, 2, 3) }}", "{{ name is string }}", "plain words", "",
)  # fmt: skip


def _spoilt_template(source: str, random: Random) -> str:
    for _ in range(random.choice([1, 1, 2, 5])):
        at = random.randrange(len(source) + 1)
        cut = random.choice([0, 0, 5, 60])
        source = source[:at] + random.choice(_JINJA) + source[at + cut :]
    return source


def run(parts: dict[str, Callable[[], object]]) -> Iterator[str]:
    """Run the parts one after the other and say what each saw and how long it took."""
    for name, part in parts.items():
        began = perf_counter()
        outcome = part()
        yield f"{name}: {outcome} in {perf_counter() - began:.0f} s"
