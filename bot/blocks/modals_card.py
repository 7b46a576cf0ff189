"""The forms behind a card's buttons: done with details, snooze, hand over, not relevant.

Every form carries the card's ref as its metadata; every field has its `Field` as block id and action id.
"""

from calendar import monthrange
from datetime import date, timedelta

from bot.blocks.ended import DISMISS_REASONS, say_name
from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, datepicker, labelled, modal, option, radio, section, select, typed
from bot.blocks.text import capitalized
from bot.blocks.touches import say_kind
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import TouchKind
from bot.domain.views import Card

CANCEL = Phrase("Cancel", "Abbrechen")
KIND = Phrase("What was it?", "Was war es?")
WHEN = Phrase("When?", "Wann?")
NOTE = Phrase("What was said?", "Worum ging es?")
NOTE_HINT = Phrase(
    "One fact that helps next time, like “wants the three-year price”.",
    "Ein Satz, der beim nächsten Mal hilft, etwa „will den Dreijahrespreis“.",
)

_DONE_TITLE = Phrase("Mark as done", "Erledigt")
_DONE_SUBMIT = Phrase("Mark as done", "Erledigt")

_SNOOZE_TITLE = Phrase("Snooze", "Zurückstellen")
_SNOOZE_SUBMIT = Phrase("Snooze", "Zurückstellen")
_UNTIL = Phrase("Until", "Bis")
_PRESETS = (
    Phrase("Tomorrow ({day})", "Morgen ({day})"),
    Phrase("In 3 days ({day})", "In 3 Tagen ({day})"),
    Phrase("In a week ({day})", "In einer Woche ({day})"),
    Phrase("In a month ({day})", "In einem Monat ({day})"),
)
_WEEKDAY_DATE = Phrase("{weekday}, {day}", "{weekday}, {day}")
_OR_DAY = Phrase("Or until a day", "Oder bis zu einem Tag")
_OR_WORDS = Phrase("Or in words", "Oder in Worten")
_WORDS_HINT = Phrase("Like “in 2 weeks” or “1 March”.", "Etwa „in 2 Wochen“ oder „1. März“.")
_BECAUSE = Phrase("Why?", "Warum?")
_BECAUSE_HINT = Phrase("Shown on the card, so that a colleague knows.", "Steht auf der Karte, damit es alle wissen.")

_HAND_OVER_TITLE = Phrase("Hand over", "Übergeben")
_TO_WHOM = Phrase("Who looks after {name} from now on?", "Wer kümmert sich ab jetzt um {name}?")
_TO_WHOM_HINT = Phrase(
    "They are told once, with the last five touches.", "Die Person erfährt es einmal, mit den letzten fünf Kontakten."
)

_DISMISS_TITLE = Phrase("Not relevant", "Nicht relevant")
_DISMISS_SUBMIT = Phrase("Take off the list", "Von der Liste")
_DISMISS_EXPLAINED = Phrase(
    "Nobody will be asked about {name} any more. You can undo this on the card.",
    "Nach {name} wird nicht mehr gefragt. Auf der Karte lässt sich das rückgängig machen.",
)
_OR_TYPE = Phrase("Or in your words", "Oder in deinen Worten")


def build_done(card: Card, say: Voice) -> Json:
    """Draw "Done, with details": kind, day, note. The handler refuses a day ahead beside the field."""
    kinds = [option(say_kind(kind, say), kind) for kind in TouchKind]
    blocks = [
        section(say_name(card, say)),
        labelled(say(KIND), select(Field.KIND, kinds, chosen=TouchKind.CALL)),
        labelled(say(WHEN), datepicker(Field.ON, chosen=say.today)),
        labelled(say(NOTE), typed(Field.NOTE, lines=True), hint=say(NOTE_HINT), optional=True),
    ]
    return modal(
        ViewId.DONE, say(_DONE_TITLE), blocks, submit=say(_DONE_SUBMIT), close=say(CANCEL), metadata=str(card.ref)
    )


def build_snooze(card: Card, say: Voice) -> Json:
    """Draw "Snooze": four presets whose values are ISO days, a week unless another, a day or words are given."""
    days = preset_days(say.today)
    in_a_week = days[2]
    presets = [
        option(say(phrase, day=_weekday_date(day, say)), day.isoformat())
        for phrase, day in zip(_PRESETS, days, strict=True)
    ]
    blocks = [
        section(say_name(card, say)),
        labelled(say(_UNTIL), radio(Field.PRESET, presets, chosen=in_a_week.isoformat())),
        labelled(say(_OR_DAY), datepicker(Field.ON), optional=True),
        labelled(say(_OR_WORDS), typed(Field.WORDS, most=100), hint=say(_WORDS_HINT), optional=True),
        labelled(say(_BECAUSE), typed(Field.REASON, most=300), hint=say(_BECAUSE_HINT), optional=True),
    ]
    return modal(
        ViewId.SNOOZE, say(_SNOOZE_TITLE), blocks, submit=say(_SNOOZE_SUBMIT), close=say(CANCEL), metadata=str(card.ref)
    )


def preset_days(today: date) -> tuple[date, date, date, date]:
    """Return the days of the presets: tomorrow, in 3 days, in a week, in a calendar month."""
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    in_a_month = date(year, month, min(today.day, monthrange(year, month)[1]))
    return today + timedelta(days=1), today + timedelta(days=3), today + timedelta(days=7), in_a_month


def build_hand_over(card: Card, say: Voice) -> Json:
    """Draw "Hand over": who looks after the customer from now on."""
    picker: Json = {"type": "users_select", "action_id": Field.TEAMMATE}
    label = say(_TO_WHOM, name=say_name(card, say))
    title = say(_HAND_OVER_TITLE)
    return modal(
        ViewId.HAND_OVER,
        title,
        [labelled(label, picker, hint=say(_TO_WHOM_HINT))],
        submit=title,
        close=say(CANCEL),
        metadata=str(card.ref),
    )


def build_dismiss(card: Card, say: Voice) -> Json:
    """Draw "Not relevant": a reason of ours (a key of DISMISS_REASONS) or typed. The handler wants one of the two."""
    reasons = [option(say(phrase), value) for value, phrase in DISMISS_REASONS.items()]
    blocks = [
        section(say(_DISMISS_EXPLAINED, name=say_name(card, say))),
        labelled(say(_BECAUSE), radio(Field.REASON, reasons), optional=True),
        labelled(say(_OR_TYPE), typed(Field.NOTE, most=300), optional=True),
    ]
    return modal(
        ViewId.DISMISS,
        say(_DISMISS_TITLE),
        blocks,
        submit=say(_DISMISS_SUBMIT),
        close=say(CANCEL),
        metadata=str(card.ref),
    )


def _weekday_date(day: date, say: Voice) -> str:
    return capitalized(say(_WEEKDAY_DATE, weekday=say.weekday(day), day=say.calendar_day(day)))
