"""Why a customer stands where it does, for people: what multiplies to its score, and how its day was found."""

from datetime import date
from math import floor, isfinite, log10

from bot.blocks.ended import NAME
from bot.blocks.ids import ViewId
from bot.blocks.kit import Json, bullets, context, modal, rich, strong, words
from bot.blocks.reasons import say_why
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.explain import Explanation, HeldBack, WorthFrom
from bot.domain.model import Policy
from bot.domain.nudges import reason_for
from bot.domain.views import Reason

_TITLE = Phrase("Why this customer", "Warum dieser Kunde")
_CLOSE = Phrase("Close", "Schließen")
_UNNAMED = Phrase("No name", "Ohne Namen")
_ORDER = Phrase("What puts them in their place", "Was den Platz bestimmt")
_DAY = Phrase("When they are due", "Wann sie fällig sind")

_WORTH = Phrase("Value: {amount} a year.", "Wert: {amount} im Jahr.")
_WORTH_AT_RATE = Phrase("Value: {amount} a year, which is {worth}.", "Wert: {amount} im Jahr, das sind {worth}.")
_MEDIAN = Phrase(
    "Value: not known, so it counts as the middle of {segment}, {worth}.",
    "Wert: nicht bekannt, deshalb zählt die Mitte von {segment}, {worth}.",
)
_UNRATED = Phrase(
    "Value: {amount} a year. There is no rate for {currency}, so the number counts as it is: {worth}.",
    "Wert: {amount} im Jahr. Für {currency} gibt es keinen Kurs, deshalb zählt die Zahl, wie sie ist: {worth}.",
)
_WARMTH = Phrase(
    "Recent contact: {now} touches. It was {then} {on}, and fades by half every {cadence}.",
    "Kontakt in letzter Zeit: {now} ({on} {then}; alle {cadence} halbiert er sich).",
)
_WARMTH_NEVER = Phrase(
    "Recent contact: {now} touches. Nobody has talked to them yet; the day they came, {on}, counts as one touch, and"
    " fades by half every {cadence}.",
    "Kontakt in letzter Zeit: {now}. Noch hat niemand mit ihnen gesprochen; der Tag, an dem sie kamen ({on}), zählt"
    " als ein Kontakt und halbiert sich alle {cadence}.",
)
_DEPTH = Phrase(
    "It goes back to {first}, so it counts {depth} times: the longer you have talked, the more silence it bears.",
    "Er reicht bis {first} zurück und zählt deshalb {depth}-fach: je länger er besteht, desto mehr Stille trägt er.",
)
_SILENCE = Phrase(
    "That makes ×{silence}: the cooler, the more ({weight} of 1 is how much silence weighs in {segment}).",
    "Das macht ×{silence}: je kühler, desto mehr (in {segment} zählt Stille mit {weight} von 1).",
)
_PRODUCT = Phrase(
    "{worth} × {silence} makes about {score}. The larger, the earlier on the list.",
    "{worth} × {silence} macht etwa {score}. Je größer, desto weiter oben auf der Liste.",
)

_AIM = Phrase("In {segment} you talk every {cadence}.", "In {segment} sprecht ihr alle {cadence}.")
_OWN = Counted(
    Phrase(
        "With one day of contact they have no rhythm of their own yet.",
        "Mit einem Kontakttag gibt es noch keinen eigenen Rhythmus.",
    ),
    Phrase(
        "With them it is every {gap}, from {number} days of contact since {first}.",
        "Mit ihnen sind es {gap}, bei {number} Kontakttagen seit {first}.",
    ),
)  # fmt: skip
_PATIENCE = {
    Policy.LEARNED: Phrase(
        "Silence is unusual after {patience}: one and a half times what lies between the two.",
        "Ungewöhnlich wird Stille nach {patience}: dem Anderthalbfachen dessen, was dazwischen liegt.",
    ),
    Policy.OWN: Phrase(
        "Silence is unusual after {patience}: twice their own rhythm.",
        "Ungewöhnlich wird Stille nach {patience}: dem Doppelten des eigenen Rhythmus.",
    ),
    Policy.FIXED: Phrase(
        "Silence is unusual after {patience}: what {segment} is meant for.",
        "Ungewöhnlich wird Stille nach {patience}: so ist {segment} gedacht.",
    ),
}
_PAUSED = Counted(
    Phrase(
        "A day of that is in a pause of {segment}, and counts for nothing.",
        "Ein Tag davon liegt in einer Pause von {segment} und zählt nicht.",
    ),
    Phrase(
        "{number} days of that are in a pause of {segment}, and count for nothing.",
        "{number} Tage davon liegen in einer Pause von {segment} und zählen nicht.",
    ),
)
_PATIENCE_NEVER = Phrase(
    "The first touch is due {patience} after they came.", "Der erste Kontakt ist nach {patience} fällig."
)
_DAYS = Counted(Phrase("1 day", "einem Tag"), Phrase("{number} days", "{number} Tagen"))
_DUE_SINCE = Phrase("Due since {on}.", "Fällig seit {on}.")
_DUE_TODAY = Phrase("Due today.", "Heute fällig.")
_HELD_BACK = {
    HeldBack.LURKER: Phrase("Not in any digest: they only read along.", "In keiner Übersicht: sie lesen nur mit."),
    HeldBack.MUTED: Phrase(
        "Not in any digest: somebody took them off the list.", "In keiner Übersicht: von der Liste genommen."
    ),
    HeldBack.SNOOZED: Phrase("Snoozed; comes back {until}.", "Zurückgestellt; kommt {until} wieder."),
    HeldBack.LOST: Phrase(
        "Silent for so long that the digest leaves them out; /whois-neglected lost shows them.",
        "So lange still, dass die Übersicht sie auslässt; /whois-neglected verloren zeigt sie.",
    ),
    HeldBack.NOT_DUE: Phrase("Due {on}, not before.", "Fällig {on}, nicht vorher."),
}  # fmt: skip

_SEGMENT = 40


def build_explanation(
    explanation: Explanation,
    say: Voice,
    *,
    base_currency: str,
    reason: Reason | None = None,
    back_on: date | None = None,
) -> Json:
    """Draw "Why this customer" as a modal; scores are in whole units of the base currency.

    `reason` is what the card said, which may have a date instead of silence; without it silence is the reason.
    `back_on` is the day of the digest that brings back whoever was snoozed.
    """
    relationship = explanation.relationship
    why = say_why(reason or reason_for(relationship, say.today), today=say.today, locale=say.locale)
    blocks = [
        rich([[strong(cut(tidy(relationship.name), NAME) or say(_UNNAMED))], [words(why)]]),
        bullets(say(_ORDER), [[words(line)] for line in say_factors(explanation, say, base_currency=base_currency)]),
        bullets(say(_DAY), [[words(line)] for line in say_due(explanation, say)]),
    ]
    held_back = say_held_back(explanation, say, back_on=back_on)
    if held_back:
        blocks.append(context(*held_back))
    return modal(ViewId.WHY, say(_TITLE), blocks, submit=None, close=say(_CLOSE))


def say_factors(explanation: Explanation, say: Voice, *, base_currency: str) -> list[str]:
    """Say value, contact, depth and silence, and how they multiply to the score."""
    worth, silence = say.units(explanation.worth, base_currency), _silence(explanation, say)
    segment = _segment(explanation)
    lines = [_worth(explanation, say, worth=worth, base_currency=base_currency), _contact(explanation, say)]
    rhythm = explanation.relationship.rhythm
    if rhythm is not None and explanation.depth > 1:
        lines.append(say(_DEPTH, depth=say.number(explanation.depth), first=say.calendar_day(rhythm.first_on)))
    lines.append(say(_SILENCE, silence=silence, weight=say.number(explanation.exponent), segment=segment))
    score = say.number(_three_figures(explanation.score), digits=0)
    return [*lines, say(_PRODUCT, worth=worth, silence=silence, score=score)]


def say_due(explanation: Explanation, say: Voice) -> list[str]:
    """Say the segment's rhythm, the customer's own, and the silence after which it is due."""
    relationship, segment = explanation.relationship, _segment(explanation)
    cadence = say.span(relationship.segment.cadence_calendar_days)
    lines = [say(_AIM, segment=segment, cadence=cadence)]
    rhythm = relationship.rhythm
    patience = say.count(_DAYS, explanation.patience_days)
    if rhythm is None:
        lines.append(say(_PATIENCE_NEVER, patience=patience))
    else:
        gap, first = say.span(_felt(explanation)), say.calendar_day(rhythm.first_on)
        lines.append(say.count(_OWN, rhythm.touch_days, gap=gap, first=first))
        lines.append(say(_PATIENCE[relationship.segment.policy], patience=patience, segment=segment))
    if explanation.paused_days:
        lines.append(say.count(_PAUSED, explanation.paused_days, segment=segment))
    if HeldBack.NOT_DUE not in explanation.held_back:
        due_on, today = relationship.due_on, explanation.today
        lines.append(say(_DUE_TODAY) if due_on == today else say(_DUE_SINCE, on=say.calendar_day(due_on)))
    return lines


def say_held_back(explanation: Explanation, say: Voice, *, back_on: date | None = None) -> list[str]:
    """Say what keeps the customer out of the digest; nothing when it may be in it."""
    relationship = explanation.relationship
    until = say.full_day(back_on or relationship.snoozed_until_on or relationship.due_on)
    due = say.full_day(relationship.due_on)
    return [say(_HELD_BACK[reason], until=until, on=due) for reason in explanation.held_back]


def _felt(explanation: Explanation) -> int:
    """Return the customer's own rhythm in days of the calendar."""
    return round(explanation.relationship.segment.counted.in_calendar_days(explanation.own_gap_days))


def _worth(explanation: Explanation, say: Voice, *, worth: str, base_currency: str) -> str:
    relationship = explanation.relationship
    if explanation.worth_from is WorthFrom.MEDIAN:
        return say(_MEDIAN, segment=_segment(explanation), worth=worth)
    amount = say.money(relationship.value_minor or 0, relationship.currency)
    if explanation.worth_from is WorthFrom.UNRATED:
        return say(_UNRATED, amount=amount, currency=relationship.currency, worth=worth)
    compares_as_it_is = relationship.currency == base_currency
    return say(_WORTH if compares_as_it_is else _WORTH_AT_RATE, amount=amount, worth=worth)


def _contact(explanation: Explanation, say: Voice) -> str:
    relationship = explanation.relationship
    now, cadence = (
        say.number(explanation.recent, digits=_decimals(explanation.recent)),
        say.span(relationship.segment.cadence_calendar_days),
    )
    if relationship.rhythm is None:
        return say(_WARMTH_NEVER, now=now, on=say.calendar_day(relationship.since_on), cadence=cadence)
    on = say.on(relationship.rhythm.last_on)
    return say(_WARMTH, now=now, then=say.number(explanation.recent_then), on=on, cadence=cadence)


def _decimals(number: float) -> int:
    """Two decimals, and more for what would read as nothing."""
    return min(2 - floor(log10(number)), 9) if 0 < number < 0.1 else 2


def _silence(explanation: Explanation, say: Voice) -> str:
    return say.number(explanation.silence) if isfinite(explanation.silence) else "∞"


def _segment(explanation: Explanation) -> str:
    return cut(tidy(explanation.relationship.segment.name), _SEGMENT)


def _three_figures(score: float) -> float:
    """Round as people do: what was multiplied is shown rounded too, and must not seem to disagree."""
    return round(score, 2 - floor(log10(score))) if score > 0 else score
