"""The form with the holidays of the company: one a line, so that a year of them is pasted at once."""

from collections.abc import Sequence
from datetime import date

from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, labelled, modal, typed
from bot.blocks.modals_card import CANCEL
from bot.blocks.voice import Counted, Phrase, Voice

HOLIDAYS = Phrase("Holidays of the company", "Betriebsferien")
_TITLE = Phrase("Company holidays", "Betriebsferien")
_SAVE = Phrase("Save", "Speichern")
_DAYS = Phrase("Days on which nobody hears from me", "Tage, an denen niemand von mir hört")
_HINT = Phrase(
    "One a line: 2026-12-24..2027-01-01 Company break. Everybody's public holidays are in their own settings.",
    "Je Zeile einmal: 2026-12-24..2027-01-01 Betriebsruhe. Feiertage stellt jede Person selbst ein.",
)
_SAVED = Counted(
    Phrase("{number} holiday of the company is set.", "{number} Zeitraum ist eingetragen."),
    Phrase("{number} holidays of the company are set.", "{number} Zeiträume sind eingetragen."),
)


def build_company_holidays(breaks: Sequence[tuple[date, date, str]], say: Voice) -> Json:
    """Draw the holidays as they are: (first day, last day, name), in the words in which they are written."""
    lines = [f"{first}{f'..{last}' if last != first else ''} {name}".strip() for first, last, name in breaks]
    field = typed(Field.COMPANY_HOLIDAY, value="\n".join(lines), lines=True)
    blocks = [labelled(say(_DAYS), field, hint=say(_HINT), optional=True)]
    return modal(ViewId.COMPANY_HOLIDAYS, say(_TITLE), blocks, submit=say(_SAVE), close=say(CANCEL))


def say_holidays_set(count: int, say: Voice) -> str:
    """Say how many holidays of the company there are now."""
    return say.count(_SAVED, count)
