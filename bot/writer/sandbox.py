"""Templates as data: a small part of Jinja, compiled once, that can neither loop nor reach into Python.

A template has four blocks: `subject`, `mail`, `chat` and `phone` (one talking point a line). A word that is not known
may be tested with `if`; printing it means that the template does not fit this customer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from bot.domain.facts import Channel
from bot.errors import InputRefused

Word = str | int | bool | Callable[..., str]
Words = Mapping[str, Word]

LONGEST_TEMPLATE = 6_000
LONGEST_OUTPUT = 4_000
LONGEST_SUBJECT = 80
# Fewer words than these, by channel; voice: under 90 by mail, under 30 in chat.
WORD_LIMITS = {Channel.EMAIL: 90, Channel.CHAT: 30, Channel.PHONE: 60}
BLOCKS = {Channel.EMAIL: "mail", Channel.CHAT: "chat", Channel.PHONE: "phone"}
SUBJECT = "subject"

# What a message needs, and nothing that could run long: no loops, macros, imports, arithmetic or attributes.
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Block, nodes.If, nodes.Name, nodes.Const, nodes.CondExpr,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Test, nodes.Filter, nodes.Call,
)  # fmt: skip
_CALLABLE = frozenset({"sie_du"})


class DoesNotFit(Exception):
    """A template names a fact that is not known, or says too much; a plainer one is to be used."""


class _Missing(StrictUndefined):
    """A fact that is not known: `if` sees nothing, printing it is an error."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


def _upper_first(text: object) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]


def _environment() -> SandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=_Missing, autoescape=False, cache_size=0)
    environment.globals.clear()
    environment.filters = {"upper_first": _upper_first}
    environment.tests = {name: environment.tests[name] for name in ("defined",)}
    return environment


_ENVIRONMENT = _environment()
# Jinja finds out about an unknown name only when a message comes to it.
_KNOWN = {*_ENVIRONMENT.filters, *_ENVIRONMENT.tests}


@dataclass(frozen=True, slots=True)
class Draft:
    """What one template says to one customer on one channel."""

    text: str
    subject: str | None


class Message:
    """One compiled wording. Raises InputRefused, naming line and remedy, for a source that is no message."""

    def __init__(self, source: str, *, name: str = "template") -> None:
        self.name = name
        self.uses = _check(source, name)
        self._template = _ENVIRONMENT.from_string(source)
        missing = [block for block in (SUBJECT, *BLOCKS.values()) if block not in self._template.blocks]
        if missing:
            raise InputRefused(f"{name} has no block '{missing[0]}'. Add {{% block {missing[0]} %}}…{{% endblock %}}.")

    def draft(self, channel: Channel, words: Words, *, limit: int | None = None) -> Draft:
        """Say it; raises DoesNotFit when a word is missing, nothing is said, or it has `limit` words or more."""
        raw = self._block(BLOCKS[channel], words)
        text = _LAYOUT[channel](raw)
        if not text or len(text) > LONGEST_OUTPUT:
            raise DoesNotFit(f"{len(text)} characters")
        if limit is not None and len(text.split()) >= limit:
            raise DoesNotFit(f"{len(text.split())} words")
        if channel is not Channel.EMAIL:
            return Draft(text, None)
        subject = _one_line(self._block(SUBJECT, words))
        if not subject or len(subject) > LONGEST_SUBJECT:
            raise DoesNotFit("the subject")
        return Draft(text, subject)

    def _block(self, block: str, words: Words) -> str:
        context = self._template.new_context(dict(words))
        try:
            return "".join(self._template.blocks[block](context))
        except UndefinedError as missing:
            raise DoesNotFit(str(missing)) from missing


def _check(source: str, name: str) -> frozenset[str]:
    """Refuse what is not a message; return the words it uses."""
    if len(source) > LONGEST_TEMPLATE:
        raise InputRefused(f"{name} has {len(source)} characters. {LONGEST_TEMPLATE} are enough for a message.")
    try:
        tree = _ENVIRONMENT.parse(source)
        used = frozenset(meta.find_undeclared_variables(tree))
        _ENVIRONMENT.compile(source)
    except TemplateSyntaxError as error:
        raise InputRefused(f"{name} line {error.lineno}: {error.message}.") from error
    except (RecursionError, SyntaxError, MemoryError) as error:
        raise InputRefused(f"{name} is nested too deeply. Use fewer brackets.") from error
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            raise InputRefused(f"{name} line {node.lineno}: '{kind}' has no place in a message. Use words and if.")
        if isinstance(node, nodes.Test | nodes.Filter) and node.name not in _KNOWN:
            raise InputRefused(f"{name} line {node.lineno}: '{node.name}' is not known here. Use words and if.")
        if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in _CALLABLE):
            raise InputRefused(f"{name} line {node.lineno}: only sie_du(…) can be called in a message.")
        if isinstance(node, nodes.Call) and (len(node.args) != 2 or node.kwargs or node.dyn_args or node.dyn_kwargs):
            raise InputRefused(f"{name} line {node.lineno}: write sie_du('with Sie', 'with du'), two wordings.")
    outside = [part for node in tree.body if isinstance(node, nodes.Output) for part in node.nodes]
    if any(not isinstance(part, nodes.TemplateData) or part.data.strip() for part in outside):
        raise InputRefused(f"{name}: there is text outside of its blocks, where nobody would see it.")
    return used


def _one_line(raw: str) -> str:
    return " ".join(raw.split())


def _paragraphs(raw: str) -> str:
    """Single spaces within a line, at most one empty line between paragraphs."""
    lines = [_one_line(line) for line in raw.strip().splitlines()]
    kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
    return "\n".join(kept)


def _points(raw: str) -> str:
    return " · ".join(line for line in map(_one_line, raw.splitlines()) if line)


_LAYOUT: dict[Channel, Callable[[str], str]] = {
    Channel.EMAIL: _paragraphs,
    Channel.CHAT: _one_line,
    Channel.PHONE: _points,
}
