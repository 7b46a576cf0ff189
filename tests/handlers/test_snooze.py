"""Snoozing: presets, a date, words, in the clicker's language; back once; a touch ends it; the third one asks."""

from datetime import date, timedelta

import pytest

from bot.blocks.ids import ActionId
from bot.playground import Message
from storage.models import Customer, SegmentRow
from tests.handlers.acting import command, customer, days_pass, element_about, press, said, submit, whispers
from tests.support.bot import Office
from tests.support.cast import Cast


def next_digest(office: Office, user: str, on: date) -> Message | None:
    """Let the days pass until one, each at nine; the last digest that came. Digests are spread by milliseconds."""
    before = office.slack.from_bot(user)
    days_pass(office, (on - office.clock.now.date()).days)
    new = [message for message in office.slack.from_bot(user) if message not in before and not message.thread_ts]
    return new[-1] if new else None


def test_a_preset_is_the_date_it_shows(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert "In a week (Tuesday, 1 December)" in said(form)
    assert submit(office, "U0ANA", preset="2026-12-01", reason="On holiday") == {}
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 12, 1)
    assert "Acme comes back on Tuesday, 1 December: 'On holiday'." in said(digest)


@pytest.mark.parametrize(
    ("words", "day"),
    [("in 2 weeks", date(2026, 12, 8)), ("next Monday", date(2026, 11, 30)), ("1 March", date(2027, 3, 1))],
)
def test_words_are_read(office: Office, cast: Cast, digest: Message, words: str, day: date) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    assert submit(office, "U0ANA", words=words) == {}
    assert customer(office, cast.acme).snoozed_until_on == day


def test_a_day_and_words_that_say_the_same_are_no_question(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    assert list(submit(office, "U0ANA", words="in 2 weeks", on="2026-12-01")) == ["words"]
    assert submit(office, "U0ANA", words="in 2 weeks", on="2026-12-08") == {}
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 12, 8)


def test_words_are_read_in_the_clickers_language(office: Office, cast: Cast, channel_digest: Message) -> None:
    press(office, "U0CHI", channel_digest, ActionId.SNOOZE, "Acme")
    assert submit(office, "U0CHI", words="nächsten Montag") == {}
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"words": "yesterday"}, "words", "'yesterday' is not ahead of us. Write a later day."),
        ({"words": "31 Feb"}, "words", "'31 Feb' is not in the calendar. Write a day that is."),
        ({"words": "when pigs fly"}, "words", "I can't read 'when pigs fly' as a day."),
        (
            {"words": "in 2 weeks", "on": "2026-12-01"},
            "words",
            "'in 2 weeks' is 8 December, and the calendar above says 1 December. Which of the two?",
        ),
        ({"on": "2026-11-24"}, "on", "That day is not ahead. Choose tomorrow or later."),
        ({"on": "2031-01-01"}, "on", "That is more than two years ahead. Choose an earlier day."),
        ({"words": "in 5 years"}, "words", "That is more than two years ahead. Choose an earlier day."),
    ],
)
def test_what_is_no_day_ahead_is_refused_beside_its_field(
    office: Office, cast: Cast, digest: Message, values: dict[str, str], field: str, sentence: str
) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    errors = submit(office, "U0ANA", **values)
    assert list(errors) == [field]
    assert errors[field].startswith(sentence)
    assert customer(office, cast.acme).snoozed_until_on is None


def test_a_snoozed_customer_is_in_no_digest_until_the_day_and_then_once(
    office: Office, cast: Cast, digest: Message
) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    submit(office, "U0ANA", on="2026-12-03")
    came = []
    for offset in range(1, 16):
        found = next_digest(office, "U0ANA", date(2026, 11, 24) + timedelta(days=offset))
        if found and ". Acme" in said(found):
            came.append(office.clock.now.date())
    assert came == [date(2026, 12, 3)]


@pytest.mark.parametrize(("until", "back"), [("2026-11-25", 1), ("2026-11-27", 3), ("2026-11-28", 6)])
def test_a_short_snooze_is_back_on_its_day_or_the_next_working_day(
    office: Office, cast: Cast, digest: Message, until: str, back: int
) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    submit(office, "U0ANA", on=until)
    back_on = date(2026, 11, 24) + timedelta(days=back)
    expected = "tomorrow" if back == 1 else f"on {back_on:%A}, {back_on.day} November"
    assert f"Acme comes back {expected}." in said(digest)
    days_pass(office, back - 1)
    assert office.slack.from_bot("U0ANA") == [digest]
    days_pass(office, 1)
    assert "1. Acme" in said(office.slack.last_message("U0ANA"))


def test_undo_wakes_the_customer(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.acme)
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    submit(office, "U0ANA", words="in 2 weeks")
    press(office, "U0ANA", digest, ActionId.UNDO, "Acme")
    after = customer(office, cast.acme)
    assert (after.snoozed_until_on, after.snoozed_in_a_row) == (None, 0)
    assert after.nudge_from_on == before.nudge_from_on


def test_a_touch_ends_a_snooze_and_undoing_it_brings_the_snooze_back(
    office: Office, cast: Cast, digest: Message
) -> None:
    press(office, "U0ANA", digest, ActionId.SNOOZE, "Acme")
    submit(office, "U0ANA", on="2026-12-01")
    office.clock.forward(minutes=5)
    logged = command(office, "U0ANA", "C0TEAM", "/touch Acme called today")
    assert customer(office, cast.acme).snoozed_until_on is None
    assert "ana marked Acme as done at 9:05." in said(digest)
    press(office, "U0ANA", logged, ActionId.LINE_UNDO)
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 12, 1)
    assert "Acme comes back on Tuesday, 1 December." in said(digest)


def test_the_third_snooze_asks_whether_the_rhythm_is_wrong(office: Office, cast: Cast, digest: Message) -> None:
    shown = digest
    for _ in range(3):
        press(office, "U0ANA", shown, ActionId.SNOOZE, "Acme")
        assert submit(office, "U0ANA", words="in 8 days") == {}
        if customer(office, cast.acme).snoozed_in_a_row < 3:
            found = next_digest(office, "U0ANA", office.clock.now.date() + timedelta(days=8))
            assert found is not None
            shown = found
    assert "third time for Acme" in said(shown)
    element_about(shown, ActionId.LESS_OFTEN)
    press(office, "U0ANA", shown, ActionId.LESS_OFTEN)
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = ledger.get(SegmentRow, cast.segment_id)
        assert row is not None
        assert row.set_cadence_days == 42


def test_only_admins_change_a_segments_rhythm(office: Office, cast: Cast, channel_digest: Message) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = ledger.get(Customer, cast.cedar)
        assert row is not None
        row.snoozed_in_a_row = 2
        ledger.add(row)
    press(office, "U0BEN", channel_digest, ActionId.SNOOZE, "Cedar")
    submit(office, "U0BEN", words="tomorrow")
    press(office, "U0BEN", channel_digest, ActionId.LESS_OFTEN)
    expected = "Only admins change how often a segment is talked to. Yours is ana. I have passed the question on."
    assert whispers(office, "U0BEN")[-1] == expected
