"""Who is let in, how Slack's word about people is kept, and settings that refuse what makes no sense."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.model import Frequency, Role, Seat
from bot.domain.people import SlackPerson
from bot.errors import InputRefused, NotAllowed, NotFound
from bot.usecases import teammates
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import ChannelRow, TeammateRow

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def ledger(store: Store, workspace: int) -> Iterator[Ledger]:
    with store.write(workspace) as ledger:
        yield ledger


def dora(**changes: Any) -> SlackPerson:
    known: dict[str, Any] = {"name": "Dora", "timezone": "Europe/Berlin", "locale": "de-DE", "seat": Seat.MEMBER}
    return SlackPerson("U0DORA", **{**known, **changes})


def row_of(ledger: Ledger, slack_user_id: str) -> TeammateRow:
    row = people.by_slack_id(ledger, slack_user_id)
    assert row is not None
    return row


@pytest.mark.parametrize("seat", [seat for seat in Seat if seat is not Seat.MEMBER])
def test_only_members_are_let_in_and_only_members_get_digests(ledger: Ledger, seat: Seat) -> None:
    found = teammates.remember(ledger, dora(seat=seat), now=NOW)
    with pytest.raises(NotAllowed):
        teammates.admitted(found)
    assert row_of(ledger, "U0DORA").next_digest_at is None
    back = teammates.remember(ledger, dora(), now=NOW)
    assert teammates.admitted(back) == back
    assert row_of(ledger, "U0DORA").next_digest_at is not None


def test_an_owner_of_an_import_becomes_the_person_with_that_address(ledger: Ledger) -> None:
    imported = ledger.add(TeammateRow(workspace_id=ledger.workspace_id, name="dora@example.com",
                                      email="dora@example.com"))  # fmt: skip
    found = teammates.remember(ledger, dora(email="Dora@Example.com"), now=NOW)
    assert (found.id, found.name, found.email) == (imported.id, "Dora", "dora@example.com")


def test_of_a_whole_directory_only_people_who_own_or_use_something_are_kept(ledger: Ledger) -> None:
    ledger.add(TeammateRow(workspace_id=ledger.workspace_id, email="dora@example.com"))
    stranger = SlackPerson("U0STRANGER", "Stranger", "UTC", "en-GB", Seat.MEMBER)
    assert teammates.remember_everybody(ledger, [dora(email="dora@example.com"), stranger], now=NOW) == 1
    assert people.by_slack_id(ledger, "U0STRANGER") is None


def test_a_profile_is_asked_for_again_after_a_day(ledger: Ledger) -> None:
    teammates.remember(ledger, dora(), now=NOW)
    assert teammates.known(ledger, "U0DORA", now=NOW + timedelta(hours=24)) is not None
    assert teammates.known(ledger, "U0DORA", now=NOW + timedelta(hours=24, seconds=1)) is None
    assert teammates.known(ledger, "U0NOBODY", now=NOW) is None


def test_slacks_admins_are_admins_and_a_viewer_stays_one(ledger: Ledger) -> None:
    assert teammates.remember(ledger, dora(is_admin=True), now=NOW).role is Role.ADMIN
    assert teammates.remember(ledger, dora(), now=NOW).role is Role.MEMBER
    row = row_of(ledger, "U0DORA")
    row.role = Role.VIEWER
    ledger.add(row)
    viewer = teammates.remember(ledger, dora(is_admin=True), now=NOW)
    assert viewer.role is Role.VIEWER
    with pytest.raises(NotAllowed):
        teammates.may_write(viewer)


@pytest.mark.parametrize("named", ["U0ANA", "u0ana", "ana@example.com", " Ana ", "ANA"])
def test_an_owner_is_found_by_id_address_or_name(ledger: Ledger, named: str) -> None:
    assert teammates.find_owner(ledger, named).slack_user_id == "U0ANA"


@pytest.mark.parametrize("named", ["", " ", "U0NOBODY", "An"])
def test_nobody_is_guessed(ledger: Ledger, named: str) -> None:
    ledger.add(TeammateRow(workspace_id=ledger.workspace_id))
    with pytest.raises(NotFound):
        teammates.find_owner(ledger, named)


@pytest.mark.parametrize(
    "changes", [{"work_days": ""}, {"pause_until_on": TODAY}, {"pause_until_on": TODAY + timedelta(days=366)}]
)
def test_settings_that_make_no_sense_are_refused(ledger: Ledger, changes: dict[str, Any]) -> None:
    with pytest.raises(InputRefused):
        teammates.change_settings(ledger, row_of(ledger, "U0ANA").id, now=NOW, **changes)


def test_a_pause_without_an_end_lasts_until_somebody_resumes(ledger: Ledger) -> None:
    ana = row_of(ledger, "U0ANA").id
    assert teammates.pause(ledger, ana, until_on=None, now=NOW).digest_frequency is Frequency.OFF
    assert row_of(ledger, "U0ANA").next_digest_at is None
    assert teammates.resume(ledger, ana, now=NOW).digest_frequency is Frequency.DAILY
    assert row_of(ledger, "U0ANA").next_digest_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_pause_with_an_end_brings_digests_back_that_were_off(ledger: Ledger) -> None:
    ana = row_of(ledger, "U0ANA").id
    teammates.pause(ledger, ana, until_on=None, now=NOW)
    paused = teammates.pause(ledger, ana, until_on=TODAY + timedelta(days=6), now=NOW)
    assert (paused.digest_frequency, paused.paused_until_on) == (Frequency.DAILY, TODAY + timedelta(days=6))
    assert row_of(ledger, "U0ANA").next_digest_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_resuming_keeps_a_weekly_digest_weekly(ledger: Ledger) -> None:
    ana = row_of(ledger, "U0ANA").id
    teammates.change_settings(ledger, ana, now=NOW, frequency=Frequency.WEEKLY)
    teammates.pause(ledger, ana, until_on=TODAY + timedelta(days=20), now=NOW)
    assert row_of(ledger, "U0ANA").next_digest_at == datetime(2026, 12, 14, 9, tzinfo=UTC)
    resumed = teammates.resume(ledger, ana, now=NOW)
    assert (resumed.digest_frequency, resumed.paused_until_on) == (Frequency.WEEKLY, None)
    assert row_of(ledger, "U0ANA").next_digest_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_only_an_admin_chooses_channels_and_the_admins_are_named(ledger: Ledger) -> None:
    ana, ben = row_of(ledger, "U0ANA"), row_of(ledger, "U0BEN")
    ben.role = Role.ADMIN
    ledger.add(ben)
    with pytest.raises(NotAllowed, match="Ben"):
        teammates.set_channel(ledger, "C0TEAM", Frequency.DAILY, by=people.teammate(ana), now=NOW)
    assert not teammates.is_allowed_channel(ledger, "C0TEAM")
    for frequency, allowed in ((Frequency.DAILY, True), (Frequency.WEEKLY, True), (Frequency.OFF, False)):
        teammates.set_channel(ledger, "C0TEAM", frequency, by=people.teammate(ben), now=NOW)
        assert teammates.is_allowed_channel(ledger, "C0TEAM") is allowed
    assert len(ledger.rows(ChannelRow, col(ChannelRow.slack_channel_id) == "C0TEAM")) == 1


def test_the_welcome_is_owed_once(ledger: Ledger) -> None:
    ana = people.teammate(row_of(ledger, "U0ANA"))
    assert [teammates.welcome(ledger, ana, now=NOW) for _ in range(2)] == [True, False]
