"""The cast as cards: Acme, Birch and Cedar, drawn on Tuesday 24 November 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.blocks.voice import Voice
from bot.domain.model import (
    Direction,
    NudgeState,
    Occasion,
    Relationship,
    Rhythm,
    Segment,
    Standing,
    Teammate,
    TouchKind,
    TouchView,
)
from bot.domain.views import Card, Reason

TODAY = date(2026, 11, 24)
AT_NINE = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
ENGLISH = Voice.to("en-GB", timezone="Europe/London", today=TODAY)
GERMAN = Voice.to("de-DE", timezone="Europe/Berlin", today=TODAY)

ANA = Teammate(id=1, slack_user_id="U0ANA", name="Ana", timezone="Europe/London", locale="en-GB")

LAST_CALL = TouchView(
    id=71,
    at=datetime(2026, 9, 30, 9, tzinfo=UTC),
    on=date(2026, 9, 30),
    kind=TouchKind.CALL,
    direction=Direction.OUTBOUND,
    by="Ana",
    by_id=1,
    contact="Ana Köhler",
    note="Wants the three-year price.",
)
BEN_WROTE = TouchView(
    id=72,
    at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    on=date(2026, 11, 23),
    kind=TouchKind.EMAIL,
    direction=Direction.OUTBOUND,
    by="Ben",
    by_id=2,
    contact=None,
    note=None,
)
OVERDUE = Reason(
    occasions=(Occasion.OVERDUE,),
    silent_days=49,
    rhythm_days=21,
    overdue_days=28,
    touched=True,
    since_on=date(2025, 1, 7),
)


def relationship(name: str = "Acme", *, customer_id: int = 11, **changes: Any) -> Relationship:
    """A customer of Ana's, worth €84,000 a year."""
    known = Relationship(
        customer_id=customer_id,
        external_id=None,
        name=name,
        owner_id=1,
        segment=Segment(id=5, name="Agencies", cadence_days=21.0),
        standing=Standing.CUSTOMER,
        value_minor=8_400_000,
        currency="EUR",
        ranked_value=84_000.0,
        since_on=date(2025, 1, 7),
        rhythm=Rhythm(touch_days=9, first_on=date(2025, 1, 7), last_on=date(2026, 9, 30), recent=1.2),
        due_on=date(2026, 10, 27),
        nudge_from_on=date(2026, 10, 27),
        last_touch_id=71,
    )
    return known._replace(**changes)


def card(name: str = "Acme", *, customer_id: int = 11, position: int = 1, **changes: Any) -> Card:
    """A card of today's digest: overdue, called on 30 September."""
    known = Card(
        relationship=relationship(name, customer_id=customer_id),
        reason=OVERDUE,
        last_touch=LAST_CALL,
        owner_name="Ana",
        position=position,
        nudge_id=900 + customer_id,
    )
    return replace(known, **changes)


def done(name: str = "Acme", **changes: Any) -> Card:
    """The same card after Ben marked it as done at 9:12."""
    ended: dict[str, Any] = {
        "state": NudgeState.DONE,
        "ended_by": "Ben",
        "ended_by_id": 2,
        "ended_at": AT_NINE,
        "ended_kind": TouchKind.CALL,
        "note": "called, all good",
    }
    return card(name, **(ended | changes))
