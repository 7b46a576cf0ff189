"""Segments in Slack: everybody reads the policies, admins see what would change and change it."""

from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId, Field, ViewId
from bot.domain.model import Role
from bot.playground import View
from bot.usecases.policies import segment_state
from bot.usecases.recompute import differences
from bot.usecases.working_in import start
from storage.models import SegmentRow, TeammateRow
from tests.handlers.acting import customer, element_about, press, said, submit
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


@pytest.fixture
def segments(office: Office, cast: Cast) -> View:
    """The list of segments that Ana, an admin, opened from her Home tab."""
    return opened(office, "U0ANA")


def opened(office: Office, user: str) -> View:
    assert office.slack.open_home(user).ok
    office.settle()
    home = office.slack.home(user)
    assert home is not None
    press(office, user, home, ActionId.OPEN_SEGMENTS)
    return modal(office, user)


def modal(office: Office, user: str) -> View:
    shown = office.slack.modal(user)
    assert shown is not None
    return shown


def home_says(office: Office, user: str) -> str:
    shown = office.slack.home(user)
    assert shown is not None
    return said(shown)


def form(office: Office, segments: View) -> View:
    press(office, "U0ANA", segments, ActionId.CHANGE_SEGMENT)
    return modal(office, "U0ANA")


def test_admins_read_the_policies_and_may_change_them(office: Office, segments: View) -> None:
    assert segments.title == "Segments"
    text = said(segments)
    assert "Learned: due when silence is unusual for this customer and its segment. Cadence" in text
    assert "lost after 6 cadences." in text
    assert element_about(segments, ActionId.CHANGE_SEGMENT)


def test_others_read_them_and_change_nothing(office: Office, cast: Cast, segments: View) -> None:
    theirs = opened(office, "U0CHI")
    assert "verloren nach 6 Abständen" in said(theirs)
    assert ActionId.CHANGE_SEGMENT not in str(theirs.blocks)


def test_who_is_no_admin_any_more_is_refused_in_a_list_that_is_still_open(
    office: Office, cast: Cast, segments: View
) -> None:
    form(office, segments)
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        ana = ledger.get(TeammateRow, Books(ledger).person("U0ANA"))
        assert ana is not None
        ana.role = Role.MEMBER
        ledger.add(ana)
    refused = submit(office, "U0ANA", **{Field.CADENCE: "15"})
    assert "Only admins" in next(iter(refused.values()))
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        assert segment_state(ledger, cast.segment_id).policy.cadence_days != 15


def test_what_would_change_is_shown_in_the_form_and_nothing_is_written(
    office: Office, cast: Cast, segments: View
) -> None:
    shown = form(office, segments)
    before = customer(office, cast.acme).due_on
    block_id, _ = element_about(shown, ActionId.WHAT_IF)
    typed: dict[str, str] = {Field.CADENCE: "300", Field.POLICY: "fixed"}
    assert office.slack.click("U0ANA", shown, ActionId.WHAT_IF, block_id=block_id, state=typed).ok
    text = said(modal(office, "U0ANA"))
    assert "→ 300 days: " in text
    assert "valuable customers more at risk." in text or "valuable customer more at risk." in text
    assert "The last 12 weeks replayed" in text
    assert customer(office, cast.acme).due_on == before
    # What was typed stays, and is what is saved.
    assert submit(office, "U0ANA") == {}
    assert customer(office, cast.acme).due_on == customer(office, cast.acme).last_on + timedelta(days=300)  # type: ignore[operator]


def test_a_change_is_saved_and_seen_in_the_list_and_in_the_home(office: Office, cast: Cast, segments: View) -> None:
    form(office, segments)
    changes = {
        Field.POLICY: "fixed", Field.CADENCE: "15", Field.COUNTS: "working", Field.PAUSES: "08-01..08-31, 12-24..01-01",
        Field.LOST_AFTER: "9", Field.EXPONENT: "0,8", Field.HORIZON: "180",
    }  # fmt: skip
    assert submit(office, "U0ANA", **changes) == {}
    listed = modal(office, "U0ANA")
    assert listed.payload["callback_id"] == ViewId.SEGMENTS
    assert "Fixed: due after one cadence. Cadence 15 working days; lost after 9 cadences." in said(listed)
    assert "Sleeps 1 August to 31 August and 24 December to 1 January." in said(listed)
    assert "15 working days" in home_says(office, "U0ANA")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        state = segment_state(ledger, cast.segment_id)
        assert (state.policy.exponent, state.policy.horizon_days, state.policy.lost_after) == (0.8, 180, 9)
        assert state.recomputed_percent is None
        assert list(differences(ledger)) == []


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        (Field.CADENCE, "often", "'often' is not a number of days. Write one like 45, or nothing to have it learned."),
        (Field.CADENCE, "0", "A cadence of 0 days can't be kept. Write 1 to 3650."),
        (Field.PAUSES, "August", "'August' is not a pause. Write month and day of its first and last day,"),
        (Field.PAUSES, "01-01..12-01", "The pauses take 336 days of the year."),
        (Field.PAUSES, "08-31..08-01", "08-31..08-01 goes over New Year and takes 337 days of the year. If that is"),
        (Field.PAUSES, "02-30..03-01", "'02-30..03-01' is not a pause. Write month and day of its first and last day,"),
        (Field.LOST_AFTER, "1", "Lost after 1 is too soon: with this policy customers become due at about 1½ × the"),
        (Field.LOST_AFTER, "x", "'x' is not a number of cadences. Write one like 6."),
        (Field.EXPONENT, "2", "An exponent of 2 is out of range. Write 0 (only value counts) to 1."),
        (Field.EXPONENT, "half", "'half' is not a number. Write one from 0 to 1, like 0.5, or nothing to have it"),
        (Field.HORIZON, "0", "A horizon of 0 days is out of range. Write 1 to 730."),
        (Field.HORIZON, "a year", "'a year' is not a number of days. Write one like 90."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    office: Office, segments: View, field: Field, typed: str, complaint: str
) -> None:
    form(office, segments)
    errors = submit(office, "U0ANA", **{field: typed})
    assert list(errors) == [field]
    assert errors[field].startswith(complaint)


def test_while_a_change_is_worked_in_its_progress_is_shown_and_another_is_refused(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = ledger.get(SegmentRow, cast.segment_id)
        assert row is not None
        start(ledger, row, by_id=Books(ledger).person("U0ANA"))
        row.set_cadence_days = 50
        ledger.add(row)
    shown = opened(office, "U0ANA")
    assert "Recomputing " in said(shown)
    assert ": 0 %." in said(shown)
    assert ActionId.CHANGE_SEGMENT not in str(shown.blocks)
    assert ": 0 %." in home_says(office, "U0ANA")
    office.keepwarm.recomputer.drain()
    office.settle()
    assert "every 7 weeks" in home_says(office, "U0ANA")
    assert ": 0 %." not in home_says(office, "U0ANA")
