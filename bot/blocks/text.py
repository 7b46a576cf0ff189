"""Customer text on its way to Slack: cleaned, cut, and made unable to mention, link or style anything."""

import re
import unicodedata

# Overrides and isolates that would turn the rest of a line around. Joiners stay: scripts and emoji need them.
_TURNS_AROUND = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_SPACE = re.compile(r"\s+")
# Marks of mrkdwn; a colon only where an emoji's name follows, so that "9:12: done" stays as it is.
_MARK = re.compile(r"[*_~`]|:(?=(?:[\w+'-]*[^\W\d_][\w+'-]*|100|1234):)|^(?=&gt;)", re.MULTILINE)
# Between a mark and its neighbour it takes the mark its meaning and cannot be seen or heard.
_WORD_JOINER = "\u2060"


def tidy(text: str) -> str:
    """Make one clean line of a text: no line breaks, no control characters, no direction overrides."""
    return _SPACE.sub(" ", _without_controls(text.translate(_TURNS_AROUND), keep="")).strip()


def tidy_lines(text: str) -> str:
    """Clean a text that may have several lines; blank lines at its ends go."""
    clean = _without_controls(text.replace("\r\n", "\n").translate(_TURNS_AROUND), keep="\n")
    return "\n".join(line.rstrip() for line in clean.split("\n")).strip()


def cut(text: str, limit: int) -> str:
    """Shorten a text to at most `limit` characters, the last of which says that there was more."""
    return text if len(text) <= limit else text[: limit - 1].rstrip(" \n\u200d\ufe0f") + "…"


def escaped(text: str, limit: int) -> str:
    """Escape Slack's three control characters; cut so that the escaped text has at most `limit` characters.

    Slack counts escaped text, and half an entity is worse than none (docs.slack.dev, formatting message text).
    """
    whole = _escape(text)
    if len(whole) <= limit:
        return whole
    kept, room = [], limit - 1
    for character in text:
        letters = _escape(character)
        if len(letters) > room:
            break
        kept.append(letters)
        room -= len(letters)
    return "".join(kept).rstrip(" \n\u200d\ufe0f") + "…"


def disarmed(text: str) -> str:
    """Return text for a place that Slack reads as mrkdwn, so that it shows up as it was typed.

    Slack has no escape for `*`, `_`, `~`, backticks, `:emoji:` and a leading `>`: an invisible neighbour does it.
    """
    return _MARK.sub(lambda mark: f"{_WORD_JOINER}{mark[0]}{_WORD_JOINER if mark[0] else ''}", _escape(text))


def capitalized(text: str) -> str:
    """Begin a text with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_controls(text: str, *, keep: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c in keep or unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} else " " for c in text)
