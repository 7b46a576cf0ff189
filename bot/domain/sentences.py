"""Filling English sentences with what they are about, for logs, the terminal and tests; people read them in a voice."""

from collections.abc import Mapping


class Admins(list[str]):
    """The names of a workspace's admins, said as a sentence without its full stop: "Yours are Ana and Ben"."""


def in_english(template: str, values: Mapping[str, object]) -> str:
    """Fill the `{fields}` of a template; several names become "Ana, Ben and Chi". Without values it is left alone."""
    if not values:
        return template
    return template.format(**{name: _said(value) for name, value in values.items()})


def _said(value: object) -> str:
    if not isinstance(value, list | tuple):
        return str(value)
    names = [str(name) for name in value]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Yours {'is' if len(names) == 1 else 'are'} {listed}" if isinstance(value, Admins) else listed
