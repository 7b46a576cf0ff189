"""What waited too long: given up where nobody waits for it, sent where it still tells something."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.model import Source
from bot.usecases.entry_confirmation import confirm
from storage import outbox, people
from storage.models import Delivery, DeliveryState, Entry, EntryLine
from tests.delivery.conftest import Mailroom

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SENT, CANCELLED = DeliveryState.SENT, DeliveryState.CANCELLED
WHISPER = outbox.Owed("whisper", kind="whisper", channel="C0TEAM", payload={"user": "U0ANA", "text": "Only for you."})
MARK = outbox.Owed(
    "react", kind="react", channel="C0TEAM", payload={"ts": "1700000000.000001", "name": "white_check_mark"}
)
TEXT = outbox.Owed("text", kind="text", channel="C0TEAM", payload={"text": "Good morning."})


@pytest.mark.parametrize(
    ("owed", "waits", "state"),
    [
        (WHISPER, HOUR, SENT),
        (WHISPER, HOUR + MINUTE, CANCELLED),
        (MARK, DAY, SENT),
        (MARK, DAY + MINUTE, CANCELLED),
        (TEXT, DAY, SENT),
        (TEXT, DAY + MINUTE, CANCELLED),
    ],
)
def test_what_nobody_waits_for_any_more_is_given_up(
    small_mailroom: Mailroom, owed: outbox.Owed, waits: timedelta, state: DeliveryState
) -> None:
    delivery_id = small_mailroom.owe_as(owed)
    small_mailroom.clock.now += waits
    small_mailroom.settle()
    found = small_mailroom.row(delivery_id)
    assert (found.state, found.error) == (state, "too_late" if state is CANCELLED else None)


@pytest.mark.parametrize(("status", "state"), [("left", CANCELLED), ("asking", SENT)])
def test_a_confirmation_of_yesterday_is_sent_only_when_it_asks_something(
    small_mailroom: Mailroom, status: str, state: DeliveryState
) -> None:
    with small_mailroom.store.write(small_mailroom.workspace_id) as ledger:
        place: dict[str, Any] = {"workspace_id": ledger.workspace_id, "id": 1}
        ana = people.by_slack_id(ledger, "U0ANA")
        assert ana is not None
        written_at = small_mailroom.clock()
        entry = ledger.add(Entry(**place, teammate_id=ana.id, source=Source.SHORTCUT, written_at=written_at))
        ledger.add(EntryLine(**place, entry_id=1, position=1, words="2 called", status=status))
        confirm(ledger, entry, now=written_at, privately_to="U0ANA")
    small_mailroom.clock.now += DAY + MINUTE
    small_mailroom.settle()
    with small_mailroom.store.read(small_mailroom.workspace_id) as ledger:
        (found,) = (row for row in ledger.rows(Delivery) if row.kind == "logged")
    assert found.state is state
