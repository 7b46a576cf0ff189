"""A proposal in Slack: told to the admins, answered once, updated where it stands, and shown in their Home tab."""

from datetime import timedelta

import pytest
from sqlmodel import col

from bot.blocks.ids import ActionId
from bot.domain.model import NudgeState
from bot.playground import Message
from storage.models import Customer, Nudge, SegmentRow
from tests.handlers.acting import press, said, submit, whispers
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


@pytest.fixture
def asked(office: Office, cast: Cast) -> Message:
    """What Ana, the admin, is told after four weeks in which 24 of 24 nudges came too early."""
    today = office.clock.now.date()
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        for number in range(24):
            touched = today - timedelta(days=10 + 33)
            customer_id = books.customer(
                f"c{number}", segment_id=cast.segment_id, since_on=today - timedelta(days=400), touched=[touched]
            )
            ledger.add(
                Nudge(
                    workspace_id=office.workspace_id, customer_id=customer_id, planned_on=today - timedelta(days=10),
                    state=NudgeState.SNOOZED, ended_at=office.clock.now - timedelta(days=9), snoozed_until_on=today,
                )
            )  # fmt: skip
        books.settle()
    office.keepwarm.look_after(office.workspace_id)
    office.settle()
    return office.slack.last_message("U0ANA")


def cadence(office: Office, cast: Cast) -> int | None:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = ledger.get(SegmentRow, cast.segment_id)
        assert row is not None
        return row.set_cadence_days


def test_the_admin_is_told_the_figures_and_changes_it_with_one_click(
    office: Office, cast: Cast, asked: Message
) -> None:
    assert "Clients, silence: 24 of 24 nudges in the last four weeks came too early." in said(asked)
    assert cadence(office, cast) == 21
    press(office, "U0ANA", asked, ActionId.PROPOSAL_ACCEPT)
    changed = cadence(office, cast)
    assert changed is not None
    assert changed > 21
    assert f"ana changed Clients to {changed} days at 8:00." in said(asked)
    press(office, "U0ANA", asked, ActionId.PROPOSAL_UNDO)
    assert cadence(office, cast) == 21
    assert "24 of 24" in said(asked)


def test_leaving_it_is_an_answer_too(office: Office, cast: Cast, asked: Message) -> None:
    press(office, "U0ANA", asked, ActionId.PROPOSAL_LEAVE)
    assert cadence(office, cast) == 21
    assert "ana left Clients as it is at 8:00." in said(asked)


def test_nobody_else_is_told(office: Office, cast: Cast, asked: Message) -> None:
    assert office.slack.from_bot("U0BEN") == []


def test_the_home_tab_of_an_admin_shows_it_until_it_is_answered(office: Office, cast: Cast, asked: Message) -> None:
    office.slack.open_home("U0ANA")
    office.settle()
    home = office.slack.home("U0ANA")
    assert home is not None
    assert "24 of 24 nudges" in said(home)
    press(office, "U0ANA", home, ActionId.PROPOSAL_LEAVE)
    home = office.slack.home("U0ANA")
    assert home is not None
    assert "24 of 24 nudges" not in said(home)
    assert "ana left Clients as it is" in said(asked)


def test_it_is_told_once_in_four_weeks(office: Office, cast: Cast, asked: Message) -> None:
    before = office.slack.from_bot("U0ANA")
    office.clock.forward(days=1)
    office.keepwarm.look_after(office.workspace_id)
    office.settle()
    assert office.slack.from_bot("U0ANA") == before


def test_a_third_snooze_by_somebody_else_asks_the_admins_and_names_nobody(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        (row,) = ledger.rows(Customer, col(Customer.id) == cast.cedar)
        row.snoozed_in_a_row = 2
        ledger.add(row)
    press(office, "U0BEN", channel_digest, ActionId.SNOOZE, "Cedar")
    submit(office, "U0BEN", words="in 8 days")
    press(office, "U0BEN", channel_digest, ActionId.LESS_OFTEN)
    assert whispers(office, "U0BEN")[-1].endswith("I have passed the question on.")
    asked = office.slack.last_message("U0ANA")
    assert "Clients: a customer was put off three times in a row" in said(asked)
    assert "ben" not in said(asked).lower()
    assert "Cedar" not in said(asked)
    press(office, "U0ANA", asked, ActionId.PROPOSAL_ACCEPT)
    assert cadence(office, cast) == 42
