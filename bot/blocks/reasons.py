"""Why a customer is on the list, in a sentence made of the same numbers that ordered it."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Occasion
from bot.domain.views import NotedPromise, Reason

_USUAL = Phrase("You usually talk {every}. It has been {so_far}.", "Ihr sprecht sonst {every}. Jetzt sind es {so_far}.")
_USUAL_SHORT = Phrase("{silence}, you usually talk {every}", "{silence}, ihr sprecht sonst {every}")
_BUYS = Phrase("They usually buy {every}. It has been {so_far}.", "Sie kaufen sonst {every}. Jetzt sind es {so_far}.")
_BUYS_SHORT = Phrase("{silence}, they usually buy {every}", "{silence}, sie kaufen sonst {every}")
_MEANT = Phrase("Meant for {every}. It has been {so_far}.", "Gedacht ist {every}. Jetzt sind es {so_far}.")
_MEANT_SHORT = Phrase("{silence}, meant for {every}", "{silence}, gedacht ist {every}")
_ONCE = Phrase(
    "One touch so far, {silence} ago. In {segment} you usually talk {every}.",
    "Bisher ein Kontakt, das ist {silence} her. In {segment} sprecht ihr sonst {every}.",
)
_ONCE_SHORT = Phrase("one touch so far, {silence} ago", "bisher ein Kontakt, das ist {silence} her")
_JUST_TALKED = Phrase("You talked {day}.", "Ihr habt {day} gesprochen.")
_JUST_TALKED_SHORT = Phrase("you talked {day}", "{day} gesprochen")
_JUST_BOUGHT = Phrase("They bought {day}.", "Sie haben {day} gekauft.")
_JUST_BOUGHT_SHORT = Phrase("they bought {day}", "{day} gekauft")
_NEW = Phrase(
    "New since {month}. Nobody has talked to them yet.", "Neu seit {month}. Noch hat niemand mit ihnen gesprochen."
)
_NEW_SHORT = Phrase("new since {month}", "neu seit {month}")
_NOT_YET = Phrase("Not here before {day}.", "Vor dem {day} noch nicht da.")
_UNRECORDED = Phrase(
    "Known since {month}. No touch is recorded yet.", "Bekannt seit {month}. Noch ist kein Kontakt festgehalten."
)
_UNRECORDED_SHORT = Phrase("no touch recorded yet", "noch kein Kontakt festgehalten")
_BIRTHDAY = Phrase("birthday {on}", "Geburtstag {on}")
_ANNIVERSARY = Phrase("{years} as a customer {on}", "{on} {years} Kunde")
_RENEWAL = Phrase("the contract renews {on}", "der Vertrag verlängert sich {on}")
_RENEWAL_IN = Phrase("the contract renews {on}, {ahead}", "der Vertrag verlängert sich {on}, {ahead}")
_FIRST_MONTH = Phrase("new since {day}", "neu seit {day}")
_NOTED = Phrase("noted {for_day}: {words}", "{for_day} notiert: {words}")
_NOTED_BY = Phrase("{name} noted {for_day}: {words}", "{name} hat {for_day} notiert: {words}")
_NOTED_PRIVATELY = Phrase("something was promised {for_day}", "{for_day} ist etwas zugesagt")
_SILENT_TOO = Phrase("it has been {span}", "der letzte Kontakt ist {span} her")
_UNTALKED_TOO = Phrase("nobody has talked to them yet", "noch hat niemand mit ihnen gesprochen")
_AND_TOO = Phrase("{first}, and {last}", "{first}, und {last}")
_YEARS = Counted(Phrase("a year", "ein Jahr"), Phrase("{number} years", "{number} Jahre"))

_EVERY = Phrase("every {span}", "alle {span}")
_EVERY_DAY = Phrase("every day", "jeden Tag")
_EVERY_WEEK = Phrase("every week", "jede Woche")
_JUST_OVER = Phrase("just over {number}", "gut {number}")
# "in" wants the dative in German, which the plain spans are not in.
_IN_WEEKS = Counted(Phrase("in a week", "in einer Woche"), Phrase("in {number} weeks", "in {number} Wochen"))
_IN_MONTHS = Counted(Phrase("in a month", "in einem Monat"), Phrase("in {number} months", "in {number} Monaten"))

_SEGMENT = 40
_PROMISE = 80
_PERSON = 40
_SILENT_TOO_FOR = frozenset({Occasion.OVERDUE, Occasion.FIRST_MONTH})
_WEEK = 7
_FORTNIGHT = 14
_MONTH = 30.4
_NEW_FOR_DAYS = 365
# How long a silence can be pictured in days, weeks and months.
_PICTURED_DAYS: dict[float, int] = {1: 28, _WEEK: 182, _MONTH: 700}


def say_why(reason: Reason, today: date, locale: str, *, private: bool = True) -> str:
    """Say every reason: "You usually talk every 3 weeks. It has been 7.", several of them as one sentence.

    Without `private` it does not say what was promised: that is somebody's note.
    """
    voice = Voice.to(locale, today=today)
    dated = _dated(reason, voice, private=private)
    if not dated:
        return _silence(reason, voice)
    silent = [_silence_too(reason, voice)] if _SILENT_TOO_FOR.intersection(reason.occasions) else []
    return _sentence([*dated, *silent], voice)


def say_why_short(reason: Reason, today: date, locale: str, *, private: bool = True) -> str:
    """Say the most pressing reason after a name and a colon: "7 weeks, you usually talk every 3"."""
    voice = Voice.to(locale, today=today)
    dated = _dated(reason, voice, private=private)
    if dated:
        return dated[0]
    if not reason.touched:
        new = _is_new(reason, today)
        return voice(_NEW_SHORT if new else _UNRECORDED_SHORT, month=voice.month(reason.since_on))
    if reason.silent_days <= 1:
        return _just_now(reason, voice)
    if _is_borrowed(reason):
        return voice(_ONCE_SHORT, silence=voice.span(reason.silent_days))
    aim = _aim_days(reason)
    every = _every(aim, voice)
    if aim > 1 and _unit_days(aim) == _unit_days(reason.silent_days) and aim != _WEEK:
        every = voice(_EVERY, span=_number(aim, _unit_days(aim)))
    usual = _BUYS_SHORT if reason.only_buys else _USUAL_SHORT
    return voice(
        usual if aim == reason.rhythm_days else _MEANT_SHORT, silence=voice.span(reason.silent_days), every=every
    )


def _dated(reason: Reason, voice: Voice, *, private: bool) -> list[str]:
    """What has a day and cannot wait, the most pressing first."""
    found = []
    if Occasion.PROMISE in reason.occasions:
        found += _noted(reason.promises, voice, private=private)
    if Occasion.BIRTHDAY in reason.occasions and reason.birthday_on:
        found.append(voice(_BIRTHDAY, on=voice.on(reason.birthday_on)))
    if Occasion.ANNIVERSARY in reason.occasions and reason.anniversary_on and reason.joined_on:
        years = voice.count(_YEARS, max(1, reason.anniversary_on.year - reason.joined_on.year))
        found.append(voice(_ANNIVERSARY, years=years, on=voice.on(reason.anniversary_on)))
    if Occasion.RENEWAL in reason.occasions and reason.renewal_on:
        on = voice.on(reason.renewal_on)
        alone = len(reason.occasions) == 1
        ahead = _ahead((reason.renewal_on - voice.today).days, voice) if alone else None
        found.append(voice(_RENEWAL_IN, on=on, ahead=ahead) if ahead else voice(_RENEWAL, on=on))
    if Occasion.FIRST_MONTH in reason.occasions and reason.joined_on:
        found.append(voice(_FIRST_MONTH, day=voice.day(reason.joined_on)))
    return found


def say_noted(promise: NotedPromise, voice: Voice) -> str:
    """Say what is to be done, and by which day, as a sentence: "Noted for Friday: “send docs”."."""
    return _sentence(_noted([promise], voice, private=True), voice)


def _noted(promises: Sequence[NotedPromise], voice: Voice, *, private: bool) -> list[str]:
    """Say what was promised; what one person noted for one day is said together."""
    together: dict[tuple[date, str], list[str | None]] = {}
    for promise in promises:
        name = cut(tidy(promise.by or ""), _PERSON) if private else ""
        quoted = voice.quote(promise.what, _PROMISE) if private else None
        together.setdefault((promise.due_on, name), []).append(quoted)
    said = []
    for (due_on, name), quotes in together.items():
        for_day, words = voice.for_day(due_on), voice.names([quoted for quoted in quotes if quoted])
        if words:
            noted = _NOTED_BY if name else _NOTED
            said.append(voice(noted, name=name, for_day=for_day, words=words))
        if None in quotes:
            said.append(voice(_NOTED_PRIVATELY, for_day=for_day))
    return said


def _silence(reason: Reason, voice: Voice) -> str:
    if not reason.touched and reason.since_on > voice.today:
        return voice(_NOT_YET, day=voice.calendar_day(reason.since_on))
    if not reason.touched:
        return voice(_NEW if _is_new(reason, voice.today) else _UNRECORDED, month=voice.month(reason.since_on))
    if reason.silent_days <= 1:
        return voice(_JUST_BOUGHT if reason.only_buys else _JUST_TALKED, day=_last_day(reason, voice))
    if _is_borrowed(reason):
        return _once(_ONCE, reason, voice)
    aim = _aim_days(reason)
    usual = _BUYS if reason.only_buys else _USUAL
    phrase = usual if aim == reason.rhythm_days else _MEANT
    return voice(phrase, every=_every(aim, voice), so_far=_so_far(reason.silent_days, aim, voice))


def _silence_too(reason: Reason, voice: Voice) -> str:
    """How long it has been, as one more part of a sentence."""
    if not reason.touched:
        new = _is_new(reason, voice.today)
        return voice(_UNTALKED_TOO if new else _UNRECORDED_SHORT)
    if reason.silent_days <= 1:
        return _just_now(reason, voice)
    return voice(_SILENT_TOO, span=voice.span(reason.silent_days))


def _just_now(reason: Reason, voice: Voice) -> str:
    return voice(_JUST_BOUGHT_SHORT if reason.only_buys else _JUST_TALKED_SHORT, day=_last_day(reason, voice))


def _is_borrowed(reason: Reason) -> bool:
    """Whether the rhythm is the segment's: with one day of contact they have none of their own."""
    borrowed = reason.touch_days == 1 and bool(tidy(reason.segment_name))
    return borrowed and _aim_days(reason) == reason.rhythm_days


def _once(phrase: Phrase, reason: Reason, voice: Voice) -> str:
    return voice(
        phrase,
        silence=voice.span(reason.silent_days),
        segment=cut(tidy(reason.segment_name), _SEGMENT),
        every=_every(reason.rhythm_days, voice),
    )


def _sentence(parts: list[str], voice: Voice) -> str:
    """Join reasons as a person would: "Birthday today, the contract renews on 3 December, and it has been 7 weeks."."""
    text = parts[0] if len(parts) == 1 else voice(_AND_TOO, first=", ".join(parts[:-1]), last=parts[-1])
    return f"{text[:1].upper()}{text[1:]}."


def _aim_days(reason: Reason) -> int:
    """The gap to measure silence by: their own rhythm, or what the segment asks for when it asks for more."""
    if reason.overdue_days > 0 and reason.silent_days < reason.rhythm_days:
        return max(1, reason.silent_days - reason.overdue_days)
    return reason.rhythm_days


def _last_day(reason: Reason, voice: Voice) -> str:
    return voice.on(voice.today - timedelta(days=reason.silent_days))


def _is_new(reason: Reason, today: date) -> bool:
    return (today - reason.since_on).days < _NEW_FOR_DAYS


def _every(days: int, voice: Voice) -> str:
    if days <= 1:
        return voice(_EVERY_DAY)
    return voice(_EVERY_WEEK) if days == _WEEK else voice(_EVERY, span=voice.span(days))


def _so_far(silent_days: int, aim_days: int, voice: Voice) -> str:
    """The silence as a bare number in the unit of the aim while that is easy to picture, else with its own unit."""
    unit = _unit_days(aim_days)
    if aim_days in {1, _WEEK} or _unit_days(silent_days) < unit or silent_days > _PICTURED_DAYS.get(unit, 0):
        return voice.span(silent_days)
    number = _number(silent_days, unit)
    if silent_days > aim_days and number == _number(aim_days, unit):
        return voice(_JUST_OVER, number=number)
    return str(number)


def _unit_days(days: int) -> float:
    """The unit in which `say_span` says a length of time, in days."""
    if days < _FORTNIGHT:
        return 1
    return _WEEK if days < 10 * _WEEK else _MONTH if days < 700 else 365.25


def _number(days: int, unit_days: float) -> int:
    return round(days / unit_days)


def _ahead(days: int, voice: Voice) -> str | None:
    """ "in 3 weeks"; nothing within two weeks, when the day says it."""
    if days < _FORTNIGHT:
        return None
    return (
        voice.count(_IN_WEEKS, round(days / _WEEK))
        if days < 10 * _WEEK
        else voice.count(_IN_MONTHS, round(days / _MONTH))
    )
