"""Text as it is compared: lower case without accents, letter by letter, so that positions stay as they were."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Fold a text; the result has the same length, and `fold(text)[i]` is the folded `text[i]`."""
    return text.lower() if text.isascii() else "".join(map(_fold_letter, text))


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter)[0].lower()
    if plain == "’":
        return "'"
    return plain if len(plain) == 1 and not plain.isspace() else letter  # "¨" comes apart into a blank and a sign
