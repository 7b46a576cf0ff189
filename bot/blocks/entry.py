"""The answer to a logged text: what was understood of each line, with a way back, and what has to be asked."""

from bot.blocks.ended import NAME
from bot.blocks.ids import ActionId, OptionsId
from bot.blocks.kit import Json, actions, button, external_select, message, section
from bot.blocks.text import capitalized, cut, tidy
from bot.blocks.touches import KINDS, NOTE
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Direction, TouchKind
from bot.domain.replies import AskReason
from bot.domain.views import EntryView, LineView

# Lines that get buttons; more than that would not fit into one message.
MOST_LINES = 12
_CANDIDATES = 5
_WORDS = 80

UNDO = Phrase("Undo", "Rückgängig")
CHANGE = Phrase("Change", "Ändern")
_LABEL_UNDO = Phrase("Undo this for {name}", "Für {name} rückgängig machen")
_LABEL_CHANGE = Phrase("Change what was logged for {name}", "Eintrag für {name} ändern")
_LOGGED = Phrase("{name}: {kind}, {day}.", "{name}: {kind}, {day}.")
_LOGGED_INBOUND = Phrase("{name}: {kind} from them, {day}.", "{name}: {kind} von ihnen, {day}.")
_REMINDED = Phrase("{name} comes back {on}.", "{name} kommt {on} wieder.")
_LEFT = Phrase("{words}: nothing logged.", "{words}: nichts eingetragen.")
_UNDONE = Phrase("{name}: taken back.", "{name}: zurückgenommen.")
_AND_MORE = Counted(
    Phrase("And {number} more line:", "Und {number} weitere Zeile:"),
    Phrase("And {number} more lines:", "Und {number} weitere Zeilen:"),
)
_WITHDRAWN = Phrase("Removed with your message.", "Mit deiner Nachricht entfernt.")
_NOTHING = Phrase(
    "I log touches here. Try “2 called yesterday” or “Acme: met Ana”.",
    "Ich trage hier Kontakte ein. Zum Beispiel „2 gestern angerufen“ oder „Acme: Ana getroffen“.",
)

_WHICH = Phrase("Which customer is this for?", "Zu welchem Kunden gehört das?")
_NO_SUCH_CARD = Phrase(
    "That number is not on this list. Which customer is this for?",
    "Diese Nummer steht nicht auf der Liste. Zu welchem Kunden gehört das?",
)
_AHEAD = Phrase(
    "{words} is ahead of us. Did you mean {past}, or plan a reminder?",
    "{words} liegt noch vor uns. War {past} gemeint, oder eine Erinnerung?",
)
_AHEAD_ONLY = Phrase("{words} is ahead of us. When was it?", "{words} liegt noch vor uns. Wann war das?")
_NO_SUCH_DAY = Phrase(
    "{words} is not in the calendar. When was it?", "{words} gibt es im Kalender nicht. Wann war das?"
)
_LAST_WEEKDAY = Phrase("last {weekday}", "letzter {weekday}")
_THE_LAST_WEEKDAY = Phrase("last {weekday}", "der letzte {weekday}")
_NOT_DONE = Phrase(
    "That reads as if it did not happen. Log it for today all the same?",
    "Das klingt, als wäre es nicht dazu gekommen. Trotzdem für heute eintragen?",
)
_UNCLEAR = Phrase(
    "I could not read that. Write it like “Acme: called yesterday, wants pricing”.",
    "Das konnte ich nicht lesen. Schreib es so: „Acme: gestern angerufen, will ein Angebot“.",
)
_TOO_LONG = Phrase(
    "That was too much for one message, so I did not read this line."
    " Send it again on its own, in fewer than 3,000 characters.",
    "Das war zu viel für eine Nachricht; diese Zeile habe ich nicht gelesen."
    " Schick sie noch einmal allein, mit weniger als 3.000 Zeichen.",
)
_OTHER = Phrase("Another customer", "Anderer Kunde")
_TODAY = Phrase("Log for today", "Für heute eintragen")
_REMIND = Phrase("Remind me {on}", "Erinnere mich {on}")
_LEAVE = Phrase("Leave it", "Lassen")
_OFFER = Phrase("Shall I remind you of {words}?", "Soll ich dich an {words} erinnern?")
_TAKEN_AS_TODAY = Phrase("I take {weekday} as today, {day}.", "{weekday} verstehe ich als heute, den {day}.")
_NOTED = Phrase("Noted {for_day}: {words}.", "Notiert {for_day}: {words}.")
_FORGET = Phrase("Don't remind me", "Nicht erinnern")

_ABOUT_CUSTOMER = {AskReason.WHICH_CUSTOMER: _WHICH, AskReason.NO_SUCH_CARD: _NO_SUCH_CARD}
_PLAIN_QUESTIONS = {AskReason.NOT_DONE: _NOT_DONE, AskReason.TOO_LONG: _TOO_LONG}


def build_entry(view: EntryView) -> Json:
    """Draw the confirmation of a logged text, as its writer sees it in the thread."""
    say = Voice.to(view.locale, today=view.today)
    if view.withdrawn or not view.lines:
        sentence = say(_WITHDRAWN if view.withdrawn else _NOTHING)
        return message([sentence], [section(sentence)])
    # Questions come first when not everything fits: a logged line can wait for its Undo, a question can't.
    by_need = (
        sorted(view.lines, key=lambda line: line.status != "asking") if len(view.lines) > MOST_LINES else view.lines
    )
    shown, rest = by_need[:MOST_LINES], by_need[MOST_LINES:]
    blocks = [block for line in shown for block in _build_line(line, say)]
    spoken = [_say_line(line, say) for line in shown]
    if rest:
        summary = "\n".join([say.count(_AND_MORE, len(rest)), *(_say_line(line, say) for line in rest)])
        blocks.append(section(summary))
        spoken.append(summary)
    return message(spoken, blocks)


def _build_line(line: LineView, say: Voice) -> list[Json]:
    said = section(_say_line(line, say), block_id=f"line.{line.id}.{line.status}")
    place = f"line.{line.id}.{line.status}.{line.question or 'do'}"
    if line.status == "asking":
        return [said, *_build_answers(line, say, place=place)]
    reminders = _build_reminder(line, say)
    if line.status != "logged":
        return [said, *([actions(reminders, block_id=f"{place}.reminder")] if reminders else ())]
    name = cut(_name(line), 40)
    undo = button(say(UNDO), ActionId.LINE_UNDO, str(line.id), label=say(_LABEL_UNDO, name=name))
    change = button(say(CHANGE), ActionId.LINE_CHANGE, str(line.id), label=say(_LABEL_CHANGE, name=name))
    return [said, actions([undo, change, *reminders], block_id=place)]


def _build_reminder(line: LineView, say: Voice) -> list[Json]:
    """The way to be reminded of what a line says is to be done, or the way back."""
    if line.reminder:
        return [button(say(_FORGET), ActionId.LINE_FORGET, str(line.id))]
    if line.offer is None:
        return []
    days = [line.offer[1], *([line.or_on] if line.or_on else ())]
    # A week from today a weekday could be either; the date can't.
    return [
        button(say(_REMIND, on=say.full_day(day) if line.or_on else say.on(day)), _numbered(n), f"{line.id}:{day}")
        for n, day in enumerate(days)
    ]


def _numbered(place: int) -> str:
    return f"{ActionId.LINE_PROMISE}.{place}" if place else ActionId.LINE_PROMISE


def _build_answers(line: LineView, say: Voice, *, place: str) -> list[Json]:
    """The answers to a line's question. The buttons carry the line in their values, the menu in its block id."""
    leave = button(say(_LEAVE), ActionId.LINE_LEAVE, str(line.id))
    if line.question in _ABOUT_CUSTOMER or line.candidates:
        likely = [
            button(cut(tidy(name), 60) or str(customer_id), f"{ActionId.LINE_CUSTOMER}.{n}", f"{line.id}:{customer_id}")
            for n, (customer_id, name) in enumerate(line.candidates[:_CANDIDATES], start=1)
        ]
        return [actions([*likely, external_select(OptionsId.CUSTOMER, say(_OTHER)), leave], block_id=place)]
    days = []
    if line.question == AskReason.FUTURE_DATE and line.asked_on:
        meant = capitalized(_say_past(line, say, _LAST_WEEKDAY))
        days.append(button(meant, ActionId.LINE_DATE, f"{line.id}:{line.asked_on}"))
    if line.question == AskReason.NO_SUCH_DAY and line.customer_name:
        if line.asked_on:
            days.append(button(capitalized(say.day(line.asked_on)), ActionId.LINE_DATE, f"{line.id}:{line.asked_on}"))
        days.append(button(say(_TODAY), f"{ActionId.LINE_DATE}.1", f"{line.id}:{say.today}"))
    if line.question == AskReason.FUTURE_DATE and line.on and line.customer_name:
        days.append(button(say(_REMIND, on=say.on(line.on)), ActionId.LINE_REMIND, f"{line.id}:{line.on}"))
    if line.question == AskReason.NOT_DONE and line.customer_name:
        days += _build_reminder(line, say)
        days.append(button(say(_TODAY), ActionId.LINE_DATE, f"{line.id}:{say.today}"))
    return [actions([*days, leave], block_id=place)]


def _say_line(line: LineView, say: Voice) -> str:
    return f"{_say_what_became(line, say)} {_say_reminder(line, say)}".rstrip()


def _say_reminder(line: LineView, say: Voice) -> str:
    if line.reminder:
        what, due_on = line.reminder
        return say(_NOTED, for_day=say.for_day(due_on), words=say.quote(what, _WORDS))
    if line.offer and (line.status == "logged" or line.question == AskReason.NOT_DONE):
        offer = say(_OFFER, words=say.quote(line.offer[0], _WORDS))
        if line.or_on is None or line.offer[1] != say.today:
            return offer
        day = say.calendar_day(say.today)
        return f"{offer} {say(_TAKEN_AS_TODAY, weekday=say.weekday(say.today), day=day)}"
    return ""


def _say_what_became(line: LineView, say: Voice) -> str:
    if line.status == "asking":
        return _say_question(line, say)
    if line.status == "reminded" and line.on:
        return say(_REMINDED, name=_name(line), on=say.full_day(line.on))
    if line.status == "left" and line.reminder:
        return f"{_name(line)}:"
    if line.status == "left":
        return say(_LEFT, words=say.quote(line.words, _WORDS) or "")
    if line.status != "logged":
        return say(_UNDONE, name=_name(line))
    phrase = _LOGGED_INBOUND if line.direction is Direction.INBOUND else _LOGGED
    kind, day = say(KINDS[line.kind or TouchKind.MESSAGE]), say.day(line.on or say.today)
    said = say(phrase, name=_name(line), kind=kind, day=day)
    quote = say.quote(line.note, NOTE)
    return f"{said} {quote}" if quote else said


def _say_question(line: LineView, say: Voice) -> str:
    words = say.quote(line.words, _WORDS) or ""
    if line.question == AskReason.FUTURE_DATE:
        if line.asked_on and line.customer_name:
            return say(_AHEAD, words=words, past=_say_past(line, say, _THE_LAST_WEEKDAY))
        return say(_AHEAD_ONLY, words=words)
    if line.question == AskReason.NO_SUCH_DAY:
        return say(_NO_SUCH_DAY, words=words)
    if line.question in _ABOUT_CUSTOMER:
        return f"{words}\n{say(_ABOUT_CUSTOMER[AskReason(line.question)])}".lstrip()
    if line.question in _PLAIN_QUESTIONS:
        return f"{words}\n{say(_PLAIN_QUESTIONS[AskReason(line.question)])}".lstrip()
    return f"{words}\n{say(_UNCLEAR)}".lstrip()


def _say_past(line: LineView, say: Voice, last_weekday: Phrase) -> str:
    """Say the day that was perhaps meant: "last Friday", or its date when that is longer ago."""
    day = line.asked_on or say.today
    return say(last_weekday, weekday=say.weekday(day)) if 1 < (say.today - day).days <= 7 else say.day(day)


def _name(line: LineView) -> str:
    return cut(tidy(line.customer_name or ""), NAME) or cut(tidy(line.words), _WORDS)
