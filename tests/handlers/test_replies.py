"""Logging by replying in a thread: what was understood, what is asked, and how edits and deletions are followed."""

from datetime import date

import pytest
from sqlmodel import col

from bot.blocks.ids import ActionId, OptionsId
from bot.domain.model import Direction, TouchKind
from bot.playground import Message
from bot.playground.line import Request
from storage.models import EntryLine, Touch
from tests.handlers.acting import (
    command,
    customer,
    days_pass,
    element_about,
    press,
    reply,
    said,
    submit,
    touches_of,
    value_of,
    whispers,
)
from tests.support.bot import Office
from tests.support.cast import Cast


def answer_to(office: Office, under: Message) -> Message:
    """The bot's newest answer in a thread."""
    return [message for message in office.slack.replies(under) if message.bot_id][-1]


def all_touches(office: Office) -> int:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return len(ledger.rows(Touch))


@pytest.mark.parametrize(
    ("text", "name", "kind", "on", "note"),
    [
        ("2 called yesterday, wants pricing", "fjord", TouchKind.CALL, date(2026, 11, 23), "wants pricing"),
        ("Acme: met Ana on Friday", "acme", TouchKind.MEETING, date(2026, 11, 20), None),
        ("3: emailed them", "gale", TouchKind.EMAIL, date(2026, 11, 24), None),
        ("gale called me 3 days ago", "gale", TouchKind.CALL, date(2026, 11, 21), None),
        ("#1 visited them on 12 November", "acme", TouchKind.VISIT, date(2026, 11, 12), None),
        ("Birch: lunch today", "birch", TouchKind.MEETING, date(2026, 11, 24), None),
    ],
)
def test_a_number_or_a_name_and_what_was_done(
    office: Office, cast: Cast, digest: Message, text: str, name: str, kind: TouchKind, on: date, note: str | None
) -> None:
    before = all_touches(office)
    written = reply(office, "U0ANA", digest, text)
    (touch, *_) = [t for t in touches_of(office, getattr(cast, name)) if t.source == "reply"]
    assert (touch.kind, touch.touched_on) == (kind, on)
    assert note is None or touch.note == note
    assert all_touches(office) == before + 1
    assert written.reactions == {"white_check_mark": ["U0BOT"]}


def test_the_answer_says_what_was_understood(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 called yesterday, wants pricing")
    answer = answer_to(office, digest)
    assert answer.text == "Acme: call, yesterday. 'wants pricing'"
    element_about(answer, ActionId.LINE_UNDO)
    element_about(answer, ActionId.LINE_CHANGE)
    assert "ana marked Acme as done at 9:00: 'wants pricing'." in said(digest)


def test_several_lines_are_several_touches_and_no_line_is_dropped(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 called\n2 emailed yesterday\nthanks\nsomebody was met")
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        statuses = [line.status for line in ledger.rows(EntryLine, order_by=col(EntryLine.position))]
    assert statuses == ["logged", "logged", "left", "asking"]
    assert "Which customer is this for?" in answer_to(office, digest).text


def test_german_is_read_and_answered_in_german(office: Office, cast: Cast, channel_digest: Message) -> None:
    reply(office, "U0CHI", channel_digest, "1 letzten Freitag angerufen, will ein Angebot\nCedar: gestern gemailt")
    (touch, *_) = touches_of(office, cast.acme)
    assert (touch.touched_on, touch.kind, touch.note) == (date(2026, 11, 20), TouchKind.CALL, "will ein Angebot")
    answer = answer_to(office, channel_digest)
    assert "Acme: Telefonat, Freitag. „will ein Angebot“" in answer.text
    assert "Cedar: E-Mail, gestern." in answer.text


def test_whoever_reached_out_is_understood(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "Acme called me yesterday")
    (touch, *_) = touches_of(office, cast.acme)
    assert touch.direction is Direction.INBOUND
    assert answer_to(office, digest).text == "Acme: call from them, yesterday."


def test_a_number_in_the_channels_thread_is_the_channels_card(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    reply(office, "U0BEN", channel_digest, "4 called")
    (touch, *_) = touches_of(office, cast.cedar)
    assert touch.touched_on == date(2026, 11, 24)


def test_an_edit_supersedes_the_touch(office: Office, cast: Cast, digest: Message) -> None:
    written = reply(office, "U0ANA", digest, "1 called yesterday")
    count = len(touches_of(office, cast.acme))
    office.slack.edit("U0ANA", digest.channel, written.ts, "1 met them on Friday, signs soon")
    office.settle()
    (touch, *_) = [t for t in touches_of(office, cast.acme) if t.source == "reply"]
    assert (touch.kind, touch.touched_on, touch.note) == (TouchKind.MEETING, date(2026, 11, 20), "signs soon")
    assert touch.revision == 2
    assert len(touches_of(office, cast.acme)) == count
    assert "Acme: meeting, Friday." in answer_to(office, digest).text


def test_an_edit_to_another_customer_moves_the_touch(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.acme).last_on
    written = reply(office, "U0ANA", digest, "1 called yesterday")
    office.slack.edit("U0ANA", digest.channel, written.ts, "2 called yesterday")
    office.settle()
    assert customer(office, cast.acme).last_on == before
    assert customer(office, cast.fjord).last_on == date(2026, 11, 23)
    assert "1. Acme" in said(digest)
    assert "ana marked Fjord as done" in said(digest)


def test_a_deletion_takes_the_touches_back(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.acme).last_on
    written = reply(office, "U0ANA", digest, "1 called\n2 called")
    office.slack.delete("U0ANA", digest.channel, written.ts)
    office.settle()
    assert customer(office, cast.acme).last_on == before
    assert "1. Acme" in said(digest)
    assert "2. Fjord" in said(digest)
    assert "Removed with your message." in answer_to(office, digest).text


def test_undo_and_undo_again(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.acme).last_on
    reply(office, "U0ANA", digest, "1 called")
    answer = answer_to(office, digest)
    value = value_of(answer, ActionId.LINE_UNDO)
    office.slack.click("U0ANA", answer, ActionId.LINE_UNDO, value=value)
    office.slack.click("U0ANA", answer, ActionId.LINE_UNDO, value=value)
    office.settle()
    assert customer(office, cast.acme).last_on == before
    assert answer.text == "Acme: taken back."
    assert whispers(office, "U0ANA")[-1] == "It was taken back already."
    assert "1. Acme" in said(digest)


def test_change_corrects_what_was_understood(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 called")
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_CHANGE)
    form = office.slack.modal("U0ANA")
    assert form is not None
    assert "Acme" in said(form) or "Acme" in str(form.blocks)
    assert submit(office, "U0ANA", kind="visit", on="2026-11-19", note="Saw the new hall", direction="mutual") == {}
    (touch, *_) = touches_of(office, cast.acme)
    assert (touch.kind, touch.touched_on, touch.note) == (TouchKind.VISIT, date(2026, 11, 19), "Saw the new hall")
    assert "Acme: visit, 19 November. 'Saw the new hall'" in answer_to(office, digest).text.replace(
        "Thursday", "19 November"
    )


def test_change_to_a_day_ahead_is_refused_beside_the_field(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 called")
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_CHANGE)
    assert list(submit(office, "U0ANA", on="2026-12-24")) == ["on"]


def test_a_reply_that_names_nobody_asks_with_buttons(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "called yesterday, wants pricing")
    question = answer_to(office, digest)
    assert all_touches(office) == before
    assert "Which customer is this for?" in question.text
    press(office, "U0ANA", question, f"{ActionId.LINE_CUSTOMER}.2")
    (touch, *_) = touches_of(office, cast.fjord)
    assert (touch.touched_on, touch.note) == (date(2026, 11, 23), "wants pricing")
    assert answer_to(office, digest).text == "Fjord: call, yesterday. 'wants pricing'"


def test_a_question_can_be_left(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "called yesterday")
    question = answer_to(office, digest)
    press(office, "U0ANA", question, ActionId.LINE_LEAVE)
    assert all_touches(office) == before
    assert answer_to(office, digest).text == "'called yesterday': nothing logged."


def test_another_customer_is_picked_from_the_menu(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "called yesterday")
    question = answer_to(office, digest)
    offered = office.slack.options("U0ANA", question, OptionsId.CUSTOMER, "bir").json["options"]
    assert [option["text"]["text"] for option in offered] == ["Birch"]
    office.slack.select("U0ANA", question, OptionsId.CUSTOMER, offered[0]["value"])
    office.settle()
    (touch, *_) = touches_of(office, cast.birch)
    assert touch.touched_on == date(2026, 11, 23)


def test_a_day_ahead_asks_which_was_meant(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "1 called next Friday")
    question = answer_to(office, digest)
    assert all_touches(office) == before
    assert "'next Friday' is ahead of us. Did you mean last Friday, or plan a reminder?" in question.text
    press(office, "U0ANA", question, ActionId.LINE_DATE)
    (touch, *_) = touches_of(office, cast.acme)
    assert touch.touched_on == date(2026, 11, 20)


def test_a_day_ahead_can_become_a_reminder(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 called next Friday")
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_REMIND)
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 11, 27)
    assert "Acme comes back on Friday, 27 November." in answer_to(office, digest).text
    assert "Acme comes back on Friday, 27 November." in said(digest)


def test_a_reminder_of_somebody_who_is_not_due_is_kept(office: Office, cast: Cast) -> None:
    asked = command(office, "U0BEN", "C0TEAM", "/touch Birch call next Friday")
    press(office, "U0BEN", asked, ActionId.LINE_REMIND)
    assert customer(office, cast.birch).due_on > date(2026, 11, 27)
    assert "Noted for Friday: 'Birch call'." in said(office.slack.ephemerals("U0BEN")[-1])
    days_pass(office, 4)
    friday = office.slack.last_message("U0BEN")
    assert "Birch first: noted for today: 'Birch call'." in friday.text
    press(office, "U0BEN", friday, ActionId.DONE, "Birch")
    office.slack.open_home("U0BEN")
    office.settle()
    assert "Birch call" not in str(office.slack.home("U0BEN"))


def test_a_reminder_says_the_day_of_the_digest_that_brings_it(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 call on Sunday 29 November")
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_REMIND)
    assert customer(office, cast.acme).snoozed_until_on == date(2026, 11, 29)
    assert "Acme comes back on Monday, 30 November." in answer_to(office, digest).text


def test_a_day_that_no_calendar_has_is_asked_about(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "1 called on 31 October 2026 and on 31 Sept")
    assert all_touches(office) == before + 1, "the first day is the touch's"
    reply(office, "U0ANA", digest, "1 called on 31 Sept")
    question = answer_to(office, digest)
    assert all_touches(office) == before + 1
    assert question.text == "'on 31 Sept' is not in the calendar. When was it?"
    buttons = [element["text"]["text"] for element in question.blocks[1]["elements"]]
    assert buttons == ["30 September", "Log for today", "Leave it"]
    press(office, "U0ANA", question, ActionId.LINE_DATE)
    days = [touch.touched_on for touch in touches_of(office, cast.acme)]
    assert {date(2026, 10, 31), date(2026, 9, 30)} <= set(days)


def test_an_answer_to_whose_it_is_asks_for_the_day_next(office: Office, cast: Cast, digest: Message) -> None:
    for text, question, logged in (
        ("called on 31 Sept", "'on 31 Sept' is not in the calendar. When was it?", date(2026, 9, 30)),
        ("met on Friday next week", "'on Friday next week' is ahead of us.", None),
    ):
        before = all_touches(office)
        reply(office, "U0ANA", digest, text)
        assert text in answer_to(office, digest).text, "the whole line is quoted"
        office.slack.click("U0ANA", answer_to(office, digest), f"{ActionId.LINE_CUSTOMER}.1")
        office.settle()
        assert all_touches(office) == before
        assert question in answer_to(office, digest).text
        press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_DATE)
        assert all_touches(office) == before + 1
        if logged:
            assert logged in [touch.touched_on for touch in touches_of(office, cast.acme)]


def test_a_plan_is_not_logged_as_done(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "1 will call tomorrow")
    assert all_touches(office) == before


@pytest.mark.parametrize("text", ["thanks", "ok", "👍", ":tada:", "danke", "👀 👍"])
def test_thanks_and_nods_are_left_alone(office: Office, cast: Cast, digest: Message, text: str) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, text)
    assert all_touches(office) == before
    assert [m for m in office.slack.replies(digest) if m.bot_id] == []


def test_a_retried_event_is_one_touch(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    reply(office, "U0ANA", digest, "1 called")
    assert office.slack.redeliver().ok
    office.settle()
    assert all_touches(office) == before + 1
    assert len([m for m in office.slack.replies(digest) if m.bot_id]) == 1


def test_a_message_in_somebody_elses_thread_is_ignored(office: Office, cast: Cast, channel_digest: Message) -> None:
    before = all_touches(office)
    lunch = office.slack.say("U0BEN", "C0TEAM", "Lunch?").message
    assert lunch is not None
    reply(office, "U0ANA", lunch, "Acme: called yesterday")
    office.slack.say("U0ANA", "C0TEAM", "Acme: called yesterday")
    office.settle()
    assert all_touches(office) == before
    assert [m for m in office.slack.replies(lunch) if m.bot_id] == []


def test_what_other_apps_and_the_bot_itself_write_is_ignored(office: Office, cast: Cast, digest: Message) -> None:
    before = all_touches(office)
    slack = office.slack
    event = {
        "type": "message", "channel": digest.channel, "channel_type": "im", "thread_ts": digest.ts,
        "ts": "1795510900.000001", "event_ts": "1795510900.000001", "text": "1 called", "user": "U0ANA",
        "bot_id": "B0X",
    }  # fmt: skip
    for changes in ({}, {"subtype": "bot_message", "user": None}, {"user": "U0BOT", "bot_id": None}):
        payload = slack.payloads.event({**event, **changes}, channel=slack.channel(digest.channel))
        assert slack.line.send(Request("event", payload)).ok
    office.settle()
    assert all_touches(office) == before
    assert slack.replies(digest) == []


@pytest.mark.parametrize("greeting", ["hello", "Hi there", "Guten Morgen!"])
def test_who_says_hello_is_told_what_can_be_done_here(office: Office, cast: Cast, greeting: str) -> None:
    office.slack.say("U0ANA", office.slack.dm("U0ANA"), greeting)
    office.settle()
    assert "/keepwarm" in office.slack.last_message("U0ANA").text


def test_who_says_thanks_is_not_answered(office: Office, cast: Cast) -> None:
    before = len(office.slack.from_bot(office.slack.dm("U0ANA")))
    office.slack.say("U0ANA", office.slack.dm("U0ANA"), "thanks")
    office.settle()
    assert len(office.slack.from_bot(office.slack.dm("U0ANA"))) == before


def test_in_the_direct_messages_a_line_logs_and_help_helps(office: Office, cast: Cast) -> None:
    slack = office.slack
    dm = slack.dm("U0ANA")
    written = slack.say("U0ANA", dm, "Acme: called, wants pricing").message
    office.settle()
    assert written is not None
    (touch, *_) = touches_of(office, cast.acme)
    assert (touch.kind, touch.note) == (TouchKind.CALL, "wants pricing")
    assert answer_to(office, written).text == "Acme: call, today. 'wants pricing'"
    slack.say("U0ANA", dm, "help")
    office.settle()
    assert "/keepwarm" in slack.last_message("U0ANA").text


def test_nonsense_in_the_direct_messages_is_asked_about(office: Office, cast: Cast) -> None:
    before = all_touches(office)
    written = office.slack.say("U0ANA", office.slack.dm("U0ANA"), "the weather is nice").message
    office.settle()
    assert written is not None
    assert all_touches(office) == before
    assert "Which customer is this for?" in answer_to(office, written).text


def test_a_reply_to_the_bots_question_in_the_direct_messages_logs_too(office: Office, cast: Cast) -> None:
    written = office.slack.say("U0ANA", office.slack.dm("U0ANA"), "called them").message
    office.settle()
    assert written is not None
    reply(office, "U0ANA", written, "Acme: called yesterday")
    (touch, *_) = touches_of(office, cast.acme)
    assert touch.touched_on == date(2026, 11, 23)


@pytest.mark.parametrize("action", [ActionId.LINE_UNDO, ActionId.LINE_CHANGE])
def test_somebody_elses_line_cannot_be_changed(
    office: Office, cast: Cast, channel_digest: Message, action: ActionId
) -> None:
    reply(office, "U0BEN", channel_digest, "1 called")
    before = len(touches_of(office, cast.acme))
    press(office, "U0CHI", answer_to(office, channel_digest), action)
    assert len(touches_of(office, cast.acme)) == before
    assert office.slack.modal("U0CHI") is None
    assert whispers(office, "U0CHI")[-1] == "Das kann nur ändern, wer es geschrieben hat."


def test_somebody_elses_question_cannot_be_answered(office: Office, cast: Cast, channel_digest: Message) -> None:
    reply(office, "U0BEN", channel_digest, "called yesterday")
    before = all_touches(office)
    press(office, "U0CHI", answer_to(office, channel_digest), f"{ActionId.LINE_CUSTOMER}.1")
    assert all_touches(office) == before


def test_a_reply_that_names_a_contact_is_about_their_customer(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "met Ana Köhler yesterday")
    (touch,) = [touch for touch in touches_of(office, cast.acme) if touch.source == "reply"]
    assert touch.kind == "meeting"
