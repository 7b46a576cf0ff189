"""/touch, /customer and /keepwarm: logged, shown and set from anywhere, privately."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks.ids import ActionId, Field, MoreChoice, OptionsId
from bot.domain.model import Frequency, TouchKind
from storage.models import ChannelRow, TeammateRow
from storage.people import by_slack_id
from tests.handlers.acting import choose, command, customer, days_pass, press, said, submit, time_passes, touches_of
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


def teammate(office: Office, user: str) -> TeammateRow:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = by_slack_id(ledger, user)
        assert row is not None
        return row


def test_touch_logs_for_several_customers_at_once_with_a_way_back(office: Office, cast: Cast) -> None:
    answer = command(office, "U0ANA", "C0TEAM", '/touch Acme, Fjord call yesterday "wants pricing"')
    for customer_id in (cast.acme, cast.fjord):
        (touch, *_) = touches_of(office, customer_id)
        assert (touch.kind, touch.touched_on, touch.note) == (TouchKind.CALL, date(2026, 11, 23), "wants pricing")
    assert answer.text.splitlines() == [
        "Acme: call, yesterday. 'wants pricing'",
        "Fjord: call, yesterday. 'wants pricing'",
    ]
    press(office, "U0ANA", answer, ActionId.LINE_UNDO, "Fjord")
    assert touches_of(office, cast.fjord)[0].touched_on != date(2026, 11, 23)
    assert answer.text.splitlines()[1] == "Fjord: taken back."
    assert touches_of(office, cast.acme)[0].touched_on == date(2026, 11, 23)


def test_touch_asks_when_a_name_fits_several(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        for name in ("Harbour North", "Harbour South"):
            books.customer(name, segment_id=cast.segment_id, since_on=date(2026, 1, 1))
        books.settle()
    answer = command(office, "U0ANA", "C0TEAM", "/touch Harbour: called today")
    assert "Which customer is this for?" in answer.text
    press(office, "U0ANA", answer, f"{ActionId.LINE_CUSTOMER}.2")
    assert answer.text == "Harbour South: call, today."


def test_touch_refuses_a_day_ahead_and_asks(office: Office, cast: Cast) -> None:
    before = len(touches_of(office, cast.acme))
    answer = command(office, "U0ANA", "C0TEAM", "/touch Acme call tomorrow")
    assert "ahead of us" in answer.text
    assert len(touches_of(office, cast.acme)) == before


def test_touch_with_nothing_to_log_says_what_to_write(office: Office, cast: Cast) -> None:
    assert "/touch Acme called yesterday" in command(office, "U0ANA", "C0TEAM", "/touch thanks").text


def test_touch_alone_opens_the_form_and_the_confirmation_comes_privately(office: Office, cast: Cast) -> None:
    slack = office.slack
    assert slack.slash("U0ANA", "C0TEAM", "/touch").ok
    form = slack.modal("U0ANA")
    assert form is not None
    (offered,) = slack.options("U0ANA", form, OptionsId.CUSTOMER, "ced").json["options"]
    assert submit(office, "U0ANA", pick_customer=offered["value"], kind="visit", on="2026-11-20", note="New hall") == {}
    (touch, *_) = touches_of(office, cast.cedar)
    assert (touch.kind, touch.touched_on, touch.note) == (TouchKind.VISIT, date(2026, 11, 20), "New hall")
    told = slack.last_message("U0ANA")
    assert told.text == "Cedar: visit, Friday. 'New hall'"
    press(office, "U0ANA", told, ActionId.LINE_UNDO)
    assert touches_of(office, cast.cedar)[0].note != "New hall"


def test_the_form_refuses_a_day_ahead_beside_the_field(office: Office, cast: Cast) -> None:
    slack = office.slack
    slack.slash("U0ANA", "C0TEAM", "/touch")
    form = slack.modal("U0ANA")
    assert form is not None
    (offered,) = slack.options("U0ANA", form, OptionsId.CUSTOMER, "ced").json["options"]
    errors = submit(office, "U0ANA", pick_customer=offered["value"], on="2026-12-01")
    assert errors == {"on": "That day is still ahead. Choose today or an earlier day."}


def test_customer_shows_the_card_with_the_last_five_touches(office: Office, cast: Cast) -> None:
    shown = command(office, "U0BEN", "C0TEAM", "/customer acme")
    text = said(shown)
    assert text.count("Call, ") == 5
    assert "Ana Köhler" in text
    assert "Owner: ana" in text
    assert "You usually talk every" in text


def test_acting_on_a_customers_card_changes_it(office: Office, cast: Cast) -> None:
    shown = command(office, "U0BEN", "C0TEAM", "/customer acme")
    press(office, "U0BEN", shown, ActionId.DONE)
    assert touches_of(office, cast.acme)[0].touched_on == date(2026, 11, 24)
    assert "today" in said(shown)
    press(office, "U0BEN", shown, ActionId.SNOOZE)
    submit(office, "U0BEN", words="in 2 weeks")
    # They talked today: on 8 December silence would be no reason yet, and Ana's first digest after Christmas tells it.
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 12, 8)
    assert customer(office, cast.acme).due_on > date(2026, 12, 24)
    assert "comes back on Tuesday, December 29" in said(shown)


def test_customer_knows_external_ids_and_parts_of_names(office: Office, cast: Cast) -> None:
    assert "Fjord" in said(command(office, "U0ANA", "C0TEAM", "/customer fjo"))
    assert "Gale" in said(command(office, "U0ANA", "C0TEAM", '/customer "Gale"'))


def test_customer_that_fits_several_names_them(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        for name in ("Harbour North", "Harbour South"):
            books.customer(name, segment_id=cast.segment_id, since_on=date(2026, 1, 1))
        books.settle()
    shown = command(office, "U0ANA", "C0TEAM", "/customer harbour")
    assert shown.text == "Several customers fit: Harbour North and Harbour South. Write more of the name."


def test_customer_that_is_not_there(office: Office, cast: Cast) -> None:
    shown = command(office, "U0ANA", "C0TEAM", "/customer Zorro")
    assert shown.text == "I don't know a customer called 'Zorro'. /customer alone opens a list to search."
    german = command(office, "U0CHI", "C0TEAM", "/customer Zorro")
    assert german.text.startswith("Ich kenne keinen Kunden namens „Zorro“.")


def test_customer_alone_opens_a_picker_that_shows_the_card(office: Office, cast: Cast) -> None:
    slack = office.slack
    slack.slash("U0ANA", "C0TEAM", "/customer")
    form = slack.modal("U0ANA")
    assert form is not None
    (offered,) = slack.options("U0ANA", form, OptionsId.CUSTOMER, "acm").json["options"]
    submit(office, "U0ANA", pick_customer=offered["value"])
    shown = slack.modal("U0ANA")
    assert shown is not None
    assert shown.title == "Acme"
    press(office, "U0ANA", shown, ActionId.DONE)
    assert touches_of(office, cast.acme)[0].touched_on == date(2026, 11, 24)
    shown = slack.modal("U0ANA")
    assert shown is not None
    assert "today" in said(shown)


def test_a_form_opened_on_top_of_a_customer_works(office: Office, cast: Cast) -> None:
    slack = office.slack
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    choose(office, "U0ANA", shown, MoreChoice.CUSTOMER, "Acme")
    modal = slack.modal("U0ANA")
    assert modal is not None
    press(office, "U0ANA", modal, ActionId.SNOOZE)
    assert submit(office, "U0ANA", words="in 2 weeks") == {}
    assert "Acme comes back on Tuesday, 8 December." in said(shown)


def test_keepwarm_alone_is_help_and_settings_open_a_form(office: Office, cast: Cast) -> None:
    assert "/keepwarm" in command(office, "U0ANA", "C0TEAM", "/keepwarm").text
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert form.title == "Settings"


def test_settings_move_the_next_digest(office: Office, cast: Cast) -> None:
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    values = {"hour": "990", "days": ["2", "4"], "frequency": "daily", "language": "de-DE"}
    assert submit(office, "U0ANA", **values) == {}
    row = teammate(office, "U0ANA")
    assert (row.digest_minute, row.work_days, row.language) == (990, "24", "de-DE")
    assert row.next_digest_at == datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    time_passes(office, hours=8, minutes=31)
    assert "Dienstag: bei 3 Leuten melden" in office.slack.last_message("U0ANA").text


def test_settings_refuse_no_days_and_a_pause_that_is_over(office: Office, cast: Cast) -> None:
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    values = {"hour": "540", "days": ["1"], "frequency": "daily", "language": "slack"}
    assert submit(office, "U0ANA", **values, pause="2026-11-20") == {
        Field.PAUSE: "That day is not ahead. Choose tomorrow or later."
    }
    assert list(submit(office, "U0ANA", pause="2031-11-20")) == [Field.PAUSE]
    assert submit(office, "U0ANA", pause="2026-12-01") == {}
    assert teammate(office, "U0ANA").paused_until_on == date(2026, 12, 1)


def test_pause_and_resume(office: Office, cast: Cast) -> None:
    paused = command(office, "U0ANA", "C0TEAM", "/keepwarm pause until 30 November")
    assert paused.text == "Digests come again on Monday, 30 November. /keepwarm resume brings them back earlier."
    days_pass(office, 2)
    assert office.slack.from_bot("U0ANA") == []
    resumed = command(office, "U0ANA", "C0TEAM", "/keepwarm resume")
    assert resumed.text == "You get a digest every working day."
    time_passes(office, hours=1)
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_pause_without_a_day_holds_until_resumed(office: Office, cast: Cast) -> None:
    assert "No more digests." in command(office, "U0ANA", "C0TEAM", "/keepwarm pause").text
    assert teammate(office, "U0ANA").next_digest_at is None
    command(office, "U0ANA", "C0TEAM", "/keepwarm resume")
    assert teammate(office, "U0ANA").next_digest_at is not None


@pytest.mark.parametrize(
    ("asked", "part"),
    [("dance", "I don't know"), ("here sometimes", "How often"), ("pause until yesterday", "not ahead"),
     ("pause until pigs fly", "I can't read")],
)  # fmt: skip
def test_keepwarm_says_what_it_does_not_understand(office: Office, cast: Cast, asked: str, part: str) -> None:
    assert part in command(office, "U0ANA", "C0TEAM", f"/keepwarm {asked}").text


def test_every_command_works_in_the_direct_messages_too(office: Office, cast: Cast) -> None:
    dm = office.slack.dm("U0ANA")
    assert "Acme" in command(office, "U0ANA", dm, "/whois-neglected").text
    assert "Acme" in command(office, "U0ANA", dm, "/customer Acme").text
    assert "Acme" in command(office, "U0ANA", dm, "/touch Acme called").text


def channel_row(office: Office, channel: str) -> ChannelRow | None:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return next((row for row in ledger.rows(ChannelRow) if row.slack_channel_id == channel), None)


@pytest.mark.parametrize(("often", "frequency"), [("daily", Frequency.DAILY), ("weekly", Frequency.WEEKLY)])
def test_an_admin_gives_a_channel_the_teams_digest(
    office: Office, cast: Cast, often: str, frequency: Frequency
) -> None:
    assert "This channel gets the team's digest" in command(office, "U0ANA", "C0TEAM", f"/keepwarm here {often}").text
    row = channel_row(office, "C0TEAM")
    assert row is not None
    assert row.frequency is frequency
    assert row.next_digest_at is not None
    assert row.next_digest_at - office.clock.now < timedelta(days=7)
    assert "gets no digest any more" in command(office, "U0ANA", "C0TEAM", "/keepwarm here off").text
    days_pass(office, 7)
    assert [m for m in office.slack.from_bot("C0TEAM") if not m.ephemeral_for] == []
