"""How customers are found by what people type: one key per name, in the ledger's index as in a reply."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_SILENT = str.maketrans("", "", ".'’`")
# Letters that no decomposition takes apart.
_LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_JOINING = frozenset({"and", "und", "et"})
_LEGAL_FORMS = (
    "ab aktiengesellschaft ag aps as asa bv co company corp corporation cv eg ek ev gbr ggmbh gmbh inc"
    " incorporated kft kg kgaa limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty sa sarl sas sasu se"
    " sl sll slu spa srl sro ug"
)
_LEGAL = frozenset(_LEGAL_FORMS.split())


def name_key(name: str) -> str:
    """The key under which a name is indexed and looked up; empty only for a blank name.

    Case, accents, punctuation, joining words ("&", "and", "und") and trailing legal forms do not matter, and
    `ae`, `oe`, `ue` read as their first vowel, so that "koehler", "kohler" and "Köhler GmbH" share the key `kohler`.
    """
    text = name.casefold()
    if not text.isascii():
        text = _without_accents(text)
    text = text.translate(_SILENT).replace("ae", "a").replace("oe", "o").replace("ue", "u")
    words = _WORD.findall(text)
    kept = [word for word in words if word not in _JOINING] or words
    while len(kept) > 1 and kept[-1] in _LEGAL:
        kept.pop()
    return " ".join(kept) or name.strip().casefold()


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
