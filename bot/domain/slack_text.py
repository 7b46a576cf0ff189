"""What Slack delivers as message text, turned back into what the person saw while typing."""

import re
from collections.abc import Mapping

_TAG = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_CODE = re.compile(r"(?<!\w)(```|`)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_STYLED = re.compile(r"(?<!\w)([*_~])(?=\S)((?:(?!\1)[^\n])+)(?<=\S)\1(?!\w)")


def plain_text(slack_text: str, people: Mapping[str, str]) -> str:
    """Flatten mentions, links, styles and entities; `people` maps Slack user ids to names ("@Ana").

    Tags go first and entities last, so that a typed "&lt;@U1&gt;" stays text.
    """
    text = _TAG.sub(lambda tag: _said(tag[1], tag[2], people), slack_text)
    text = _CODE.sub(r"\2", text)
    for _ in range(3):  # *_both_* takes one round per layer
        flat = _STYLED.sub(r"\2", text)
        if flat == text:
            break
        text = flat
    text = text.replace("\u00a0", " ")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _said(target: str, label: str | None, people: Mapping[str, str]) -> str:
    if target.startswith("@"):
        return "@" + (people.get(target[1:]) or label or "someone")
    if target.startswith("#"):
        return "#" + (label or "channel")
    if target.startswith("!"):
        word = target[1:].partition("^")[0]
        return label or ("@" + word if word else "")
    return label or target.removeprefix("mailto:").removeprefix("tel:")
