"""Whatever a person opens about a customer is on record as seen, whichever button it was."""

import json
from datetime import timedelta

import pytest

import handlers
from bot.blocks.ids import ActionId
from bot.domain.audit import Verb
from storage import audit
from tests.handlers.test_isolation import press, values
from tests.support.bot import Office
from tests.usecases.test_isolation import Ids, fill

OPEN = {
    ActionId.WHY, ActionId.DRAFT, ActionId.SNOOZE, ActionId.MORE, ActionId.OPEN_STANDING, ActionId.LINE_CHANGE,
}  # fmt: skip
SHOWS = ("views.open", "views.push", "views.update")


@pytest.fixture
def ours(office: Office) -> Ids:
    return fill(office.keepwarm.store, office.workspace_id)


def seen(office: Office, customer_id: int) -> int:
    """How often it is on record that Ana saw a customer."""
    since = office.clock() - timedelta(days=30)
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        lines = audit.written(ledger, since=since, customer_id=customer_id)
    return sum(line.verb == Verb.SAW for line in lines)


def test_every_window_that_names_a_customer_is_on_record(office: Office, ours: Ids, refusals: set[str]) -> None:
    refusals.update({"chat.postMessage", "chat.update", "reactions.add", "views.update", "views.open"})
    showing, unrecorded = set(), set()
    # What changes a customer comes later: some of it ends the card that the others open.
    for action_id in sorted(handlers.ACTIONS, key=lambda action_id: action_id not in OPEN):
        for value in values(ours):
            before, calls = seen(office, ours.acme), len(office.slack.calls)
            press(office, action_id, value, ours)
            opened = [call.payload for call in office.slack.calls[calls:] if call.method in SHOWS]
            if "Acme" in json.dumps(opened):
                showing.add(action_id)
                if seen(office, ours.acme) == before:
                    unrecorded.add(action_id)
    assert showing >= OPEN
    # Another wording of the draft that is open already shows nobody anew.
    assert unrecorded - {ActionId.NEXT_VARIANT} == set()
