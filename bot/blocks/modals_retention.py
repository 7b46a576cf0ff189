"""The form that says for how long things are kept, and what a shorter time erases before it is written."""

from datetime import datetime

from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, bullets, labelled, modal, section, typed, words
from bot.blocks.modals_card import CANCEL
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.working_time import local_day

RETENTION = Phrase("Retention", "Aufbewahrung")
_SAVE = Phrase("Save", "Speichern")
_ERASE = Phrase("Erase", "Löschen")
_MESSAGES = Phrase("Keep messages for how many days?", "Wie viele Tage bleiben Nachrichten?")
_MESSAGES_HINT = Phrase(
    "{least} to {most}. With them go ended nudges and what people wrote to log. Touches stay, so every rhythm stays,"
    " and what stands in Slack stays there.",
    "{least} bis {most}. Mit ihnen gehen beendete Hinweise und was Leute zum Eintragen geschrieben haben. Kontakte"
    " bleiben und damit jeder Rhythmus, und was in Slack steht, bleibt dort.",
)
_NOTES = Phrase("Keep the notes of touches for how many months?", "Wie viele Monate bleiben die Notizen zu Kontakten?")
_NOTES_HINT = Phrase("1 to {most}. Empty means for ever.", "1 bis {most}. Leer heißt für immer.")
_OLDER = Phrase("What is older than {day} is erased", "Was älter ist als {day}, wird gelöscht")
_NOTES_OLDER = Phrase("Notes from before {day} are erased", "Notizen von vor dem {day} werden gelöscht")
_FINAL = Phrase(
    "The first time within a day, then once a day. This can't be undone.",
    "Das erste Mal binnen eines Tages, dann einmal am Tag. Das lässt sich nicht rückgängig machen.",
)
_COUNTS = {
    "messages": Counted(
        Phrase("{number} record of a message", "{number} Nachricht im Verzeichnis"),
        Phrase("{number} records of messages", "{number} Nachrichten im Verzeichnis"),
    ),
    "nudges": Counted(
        Phrase("{number} ended nudge", "{number} beendeter Hinweis"),
        Phrase("{number} ended nudges", "{number} beendete Hinweise"),
    ),
    "texts": Counted(
        Phrase("{number} text that somebody wrote to log", "{number} zum Eintragen geschriebener Text"),
        Phrase("{number} texts that people wrote to log", "{number} zum Eintragen geschriebene Texte"),
    ),
    "notes": Counted(
        Phrase("{number} note of a touch", "{number} Notiz zu einem Kontakt"),
        Phrase("{number} notes of touches", "{number} Notizen zu Kontakten"),
    ),
}
_KEPT = Counted(
    Phrase("Messages are kept for {number} day.", "Nachrichten bleiben {number} Tag."),
    Phrase("Messages are kept for {number} days.", "Nachrichten bleiben {number} Tage."),
)
_NOTES_KEPT = Counted(
    Phrase("Notes are kept for {number} month.", "Notizen bleiben {number} Monat."),
    Phrase("Notes are kept for {number} months.", "Notizen bleiben {number} Monate."),
)
_FOR_EVER = Phrase("Notes are kept for ever.", "Notizen bleiben für immer.")


def build_retention(messages_days: int, notes_months: int | None, say: Voice, *, limits: tuple[int, int, int]) -> Json:
    """Draw for how long things are kept; `limits` are the fewest and most days, and the most months."""
    least, most, months = limits
    days = typed(Field.KEEP_MESSAGES, value=str(messages_days), most=5)
    notes = typed(Field.KEEP_NOTES, value="" if notes_months is None else str(notes_months), most=4)
    blocks = [
        labelled(say(_MESSAGES), days, hint=say(_MESSAGES_HINT, least=least, most=most)),
        labelled(say(_NOTES), notes, hint=say(_NOTES_HINT, most=months), optional=True),
    ]
    return modal(ViewId.RETENTION, say(RETENTION), blocks, submit=say(_SAVE), close=say(CANCEL))


def build_confirm_retention(
    counts: dict[str, int], say: Voice, *, messages_from: datetime, notes_from: datetime | None, wanted: str
) -> Json:
    """Draw what is erased, how much and when, for the admin to confirm; `wanted` is carried to the answer.

    `counts` are by "messages", "nudges", "texts" and "notes".
    """
    day = say.calendar_day(local_day(messages_from, say.timezone))
    gone = [[words(say.count(_COUNTS[name], count))] for name, count in counts.items() if count and name != "notes"]
    blocks = [bullets(say(_OLDER, day=day), gone)] if gone else []
    if counts.get("notes") and notes_from is not None:
        since = say.calendar_day(local_day(notes_from, say.timezone))
        notes = [[words(say.count(_COUNTS["notes"], counts["notes"]))]]
        blocks.append(bullets(say(_NOTES_OLDER, day=since), notes))
    blocks.append(section(say(_FINAL)))
    title, close = say(RETENTION), say(CANCEL)
    return modal(ViewId.RETENTION_CONFIRM, title, blocks, submit=say(_ERASE), close=close, metadata=wanted)


def say_retention(messages_days: int, notes_months: int | None, say: Voice) -> str:
    """Say for how long things are kept from now on."""
    notes = say(_FOR_EVER) if notes_months is None else say.count(_NOTES_KEPT, notes_months)
    return f"{say.count(_KEPT, messages_days)} {notes}"
