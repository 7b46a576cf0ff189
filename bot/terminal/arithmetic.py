"""The arithmetic behind one customer's place on the list, for the terminal: line by line, or as JSON."""

import json
from collections.abc import Iterator
from datetime import date
from math import isfinite, log2
from typing import Any

from bot.blocks.explained import say_due, say_held_back
from bot.blocks.reasons import say_why
from bot.blocks.voice import Voice
from bot.domain.explain import Explanation, WorthFrom
from bot.domain.nudges import reason_for
from bot.domain.rhythm import DEEP_AFTER_GAPS
from bot.terminal.listing import LOCALE
from bot.usecases.customers import base_currency
from bot.usecases.explaining import explain_customer
from bot.usecases.worth import minor_digits
from storage.ledger import Ledger

_CONTACTS = 5
_WORTH_FROM = {
    WorthFrom.KNOWN: "value a year",
    WorthFrom.MEDIAN: "value not known: the middle of the segment",
    WorthFrom.UNRATED: "value a year, in a currency without a rate: the number as it is",
}


def of(ledger: Ledger, customer_id: int, *, as_of: date, now_day: date, json: bool) -> str:
    """Return the arithmetic of a customer on a day as text or as JSON. Raises NotFound."""
    explanation = explain_customer(ledger, customer_id, as_of=as_of, now_day=now_day)
    return as_json(explanation) if json else "\n".join(as_text(explanation, base_currency=base_currency(ledger)))


def as_object(explanation: Explanation) -> dict[str, Any]:
    """Return everything that was counted: values in major units, days as ISO text; what is beyond numbers is None."""
    relationship, rhythm = explanation.relationship, explanation.relationship.rhythm
    segment, minor = relationship.segment, relationship.value_minor
    return {
        "external_id": relationship.external_id,
        "name": relationship.name,
        "as_of": explanation.today.isoformat(),
        "why": _why(explanation),
        "score": explanation.score,
        "factors": {"worth": explanation.worth, "silence": _finite(explanation.silence)},
        "worth_from": explanation.worth_from.value,
        "value": None if minor is None else minor / 10 ** minor_digits(relationship.currency),
        "currency": relationship.currency,
        "warmth": explanation.warmth,
        "recent_touches": explanation.recent,
        "recent_touches_then": explanation.recent_then,
        "depth": explanation.depth,
        "exponent": explanation.exponent,
        "segment": segment.name,
        "policy": segment.policy.value,
        "cadence_days": segment.cadence_days,
        "own_gap_days": explanation.own_gap_days,
        "touch_days": rhythm.touch_days if rhythm else 0,
        "first_touch_on": rhythm.first_on.isoformat() if rhythm else None,
        "last_touch_on": rhythm.last_on.isoformat() if rhythm else None,
        "silent_days": explanation.silent_days,
        "counted_silent_days": segment.counted.between(relationship.silent_since_on, explanation.today),
        "patience_days": explanation.patience_days,
        "paused_days": explanation.paused_days,
        "due_on": relationship.due_on.isoformat(),
        "held_back": [reason.value for reason in explanation.held_back],
        "contacts": [{"on": contact.on.isoformat(), "left": contact.left} for contact in explanation.contacts],
    }


def as_json(explanation: Explanation) -> str:
    """Return the same as JSON, and nothing but JSON."""
    return json.dumps(as_object(explanation), ensure_ascii=False, indent=2, allow_nan=False)


def as_text(explanation: Explanation, *, base_currency: str) -> Iterator[str]:
    """Yield the lines: what multiplies to the score, what each touch still counts, and how the due day was found."""
    relationship, segment = explanation.relationship, explanation.relationship.segment
    say = Voice.to(LOCALE, today=explanation.today)
    yield f"{_plain(relationship.name)} on {explanation.today}: {_why(explanation)}"
    yield ""
    yield f"{explanation.worth:>16,.2f}  {base_currency}, {_WORTH_FROM[explanation.worth_from]}"
    yield f"x {explanation.silence:>14,.6g}  silence: (1 / {explanation.warmth:.6g}) ^ {explanation.exponent:.4g}"
    yield f"= {explanation.score:>14,.6g}  score"
    yield ""
    counted = segment.counted.between(relationship.silent_since_on, explanation.today)
    days = "days" if segment.counted.every_day else "days that count"
    halvings = log2(explanation.recent_then / explanation.recent) if explanation.recent else float("inf")
    yield f"{explanation.warmth:>16.6g}  warmth: {explanation.recent:.6g} touches left x depth {explanation.depth:.4g}"
    yield f"{explanation.depth:>16.6g}  depth: {_goes_back(explanation)}"
    yield (
        f"{explanation.recent:>16.6g}  touches left, {explanation.recent_then:.6g} on {relationship.silent_since_on}"
        f" halved {halvings:.4g} times: {counted} {days} of silence, {segment.cadence_days:.4g} a half"
    )
    for contact in explanation.contacts[:_CONTACTS]:
        yield f"{contact.left:>16.6g}  of {contact.on}"
    earlier = explanation.contacts[_CONTACTS:]
    if earlier:
        yield f"{sum(contact.left for contact in earlier):>16.6g}  of {len(earlier)} earlier days"
    yield ""
    yield from map(_plain, [*say_due(explanation, say), *say_held_back(explanation, say)])


def _goes_back(explanation: Explanation) -> str:
    """Say how far back the relationship goes: the usual gaps between its first and its last touch."""
    rhythm, segment = explanation.relationship.rhythm, explanation.relationship.segment
    if rhythm is None or rhythm.first_on == rhythm.last_on:
        return "1 until there was contact on two days"
    gaps = segment.counted.between(rhythm.first_on, rhythm.last_on) / segment.cadence_days
    enough = f", of which {DEEP_AFTER_GAPS} count" if gaps > DEEP_AFTER_GAPS else ""
    return f"1 + a quarter of the {gaps:.4g} usual gaps from {rhythm.first_on} to {rhythm.last_on}{enough}"


def _why(explanation: Explanation) -> str:
    reason = reason_for(explanation.relationship, explanation.today)
    return say_why(reason, today=explanation.today, locale=LOCALE)


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _plain(text: str) -> str:
    """Return text that a terminal does not take for a command."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
