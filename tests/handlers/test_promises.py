"""What somebody says they will do is offered as a reminder, told on its day in their words, and ended by doing it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.blocks.ids import ActionId, PromiseChoice
from bot.domain.model import NudgeState, PromiseState
from bot.playground import Message
from storage.models import Delivery, DeliveryState, Nudge, Promise
from tests.handlers.acting import command, element_about, press, reply, said, time_passes, touches_of, value_of
from tests.handlers.test_replies import answer_to
from tests.support.bot import Office
from tests.support.cast import Cast

# Tuesday, 24 November at nine in London.
SAID = "1 called, send docs by Friday"


def promises(office: Office) -> list[Promise]:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return list(ledger.rows(Promise))


def digests(office: Office) -> list[Message]:
    headers = ("to write to", "nobody is waiting any more")
    return [
        message
        for message in office.slack.from_bot("U0ANA")
        if not message.thread_ts and any(header in message.text.split("\n")[0] for header in headers)
    ]


def promised(office: Office, digest: Message, text: str = SAID) -> Message:
    """Ana writes it and asks to be reminded; return what the bot says then."""
    reply(office, "U0ANA", digest, text)
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_PROMISE)
    return answer_to(office, digest)


def test_it_is_offered_and_never_set_by_itself(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, SAID)
    answer = answer_to(office, digest)
    assert "Shall I remind you of 'send docs'?" in answer.text
    assert element_about(answer, ActionId.LINE_PROMISE)[1]["text"]["text"] == "Remind me on Friday"
    assert promises(office) == []


@pytest.mark.parametrize("text", ["1 called, sent docs on Friday", "1 called, renewal next Friday", "1 called"])
def test_nothing_is_offered_where_nothing_is_to_be_done(office: Office, cast: Cast, digest: Message, text: str) -> None:
    reply(office, "U0ANA", digest, text)
    assert ActionId.LINE_PROMISE not in str(answer_to(office, digest).blocks)


def deliver_as(office: Office, state: DeliveryState) -> None:
    """Let the confirmation be in a state that it passes on its way."""
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        for delivery in ledger.rows(Delivery, col(Delivery.kind) == "logged"):
            delivery.state = state
            delivery.due_at = office.clock.now + timedelta(minutes=1)
            delivery.lease_until_at = delivery.due_at if state is DeliveryState.SENDING else None
            ledger.add(delivery)


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.UNKNOWN])
def test_a_press_before_the_bot_knows_that_the_offer_arrived_is_seen_once_it_does(
    office: Office, cast: Cast, digest: Message, state: DeliveryState
) -> None:
    reply(office, "U0ANA", digest, SAID)
    offer = answer_to(office, digest)
    deliver_as(office, state)
    press(office, "U0ANA", offer, ActionId.LINE_PROMISE)
    deliver_as(office, DeliveryState.SENT)
    time_passes(office, minutes=5)
    assert "Noted for Friday: 'send docs'." in answer_to(office, digest).text


def test_pressed_twice_it_is_one_and_said_with_a_way_back(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, SAID)
    offer = answer_to(office, digest)
    office.slack.click("U0ANA", offer, ActionId.LINE_PROMISE)
    office.slack.click("U0ANA", offer, ActionId.LINE_PROMISE)
    office.settle()
    (promise,) = promises(office)
    assert (promise.what, str(promise.due_on), promise.as_owner) == ("send docs", "2026-11-27", True)
    answer = answer_to(office, digest)
    assert "Noted for Friday: 'send docs'." in answer.text
    press(office, "U0ANA", answer, ActionId.LINE_FORGET)
    assert [row.state for row in promises(office)] == [PromiseState.DROPPED]
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_PROMISE)
    assert [row.state for row in promises(office)] == [PromiseState.OPEN]


def test_on_its_day_it_is_told_in_the_words_it_was_given_in(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    time_passes(office, hours=48)
    assert len(digests(office)) == 1
    time_passes(office, hours=24)
    (_, friday) = digests(office)
    assert "Acme first: noted for today: 'send docs'." in said(friday)


def test_a_touch_on_the_day_keeps_it_and_taking_it_back_opens_it(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    time_passes(office, hours=72)
    (_, friday) = digests(office)
    press(office, "U0ANA", friday, ActionId.DONE, "Acme")
    assert "Noted for" not in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))
    press(office, "U0ANA", digests(office)[1], ActionId.UNDO)
    assert "Noted for today: 'send docs'." in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))


def test_kept_before_its_day_by_a_touch_on_that_morning(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    time_passes(office, hours=71)
    command(office, "U0ANA", "C0TEAM", "/touch Acme sent them the docs")
    time_passes(office, hours=2)
    assert len(digests(office)) == 1


def test_the_customers_page_shows_what_is_open_and_ends_it(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    page = command(office, "U0ANA", "C0TEAM", "/customer Acme")
    assert "Noted for Friday: 'send docs'." in said(page)
    block_id, menu = element_about(page, ActionId.PROMISE)
    value = next(o["value"] for o in menu["options"] if o["value"].startswith(PromiseChoice.KEPT))
    office.slack.select("U0ANA", page, ActionId.PROMISE, value, block_id=block_id)
    office.settle()
    assert [row.state for row in promises(office)] == [PromiseState.KEPT]
    time_passes(office, hours=72)
    assert len(digests(office)) == 1


def test_an_edit_changes_it_and_a_deletion_forgets_it(office: Office, cast: Cast, digest: Message) -> None:
    written = reply(office, "U0ANA", digest, SAID)
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_PROMISE)
    office.slack.edit("U0ANA", digest.channel, written.ts, "1 called, send the offer by Thursday")
    office.settle()
    assert [(row.what, str(row.due_on)) for row in promises(office)] == [("send the offer", "2026-11-26")]
    office.slack.delete("U0ANA", digest.channel, written.ts)
    office.settle()
    assert [row.state for row in promises(office)] == [PromiseState.DROPPED]
    time_passes(office, hours=72)
    assert len(digests(office)) == 1


def test_an_edit_that_promises_nothing_any_more_forgets_it(office: Office, cast: Cast, digest: Message) -> None:
    written = reply(office, "U0ANA", digest, SAID)
    press(office, "U0ANA", answer_to(office, digest), ActionId.LINE_PROMISE)
    office.slack.edit("U0ANA", digest.channel, written.ts, "1 called, all good")
    office.settle()
    assert [row.state for row in promises(office)] == [PromiseState.DROPPED]


def test_undoing_the_line_forgets_it(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", promised(office, digest), ActionId.LINE_UNDO)
    assert [row.state for row in promises(office)] == [PromiseState.DROPPED]


def test_a_plan_alone_is_no_touch_and_can_be_noted(office: Office, cast: Cast, digest: Message) -> None:
    reply(office, "U0ANA", digest, "1 will send docs by Friday")
    question = answer_to(office, digest)
    assert "Shall I remind you of 'send docs'?" in question.text
    press(office, "U0ANA", question, ActionId.LINE_PROMISE)
    assert [row.what for row in promises(office)] == ["send docs"]
    assert "Acme: Noted for" in answer_to(office, digest).text


def test_a_promise_about_a_colleagues_customer_comes_back_to_who_gave_it(
    office: Office, cast: Cast, digest: Message
) -> None:
    promised(office, digest, "Birch: called, send docs by Friday")
    time_passes(office, hours=72)
    assert "Birch first: noted for today: 'send docs'." in said(digests(office)[-1])


def test_somebody_else_cannot_end_it(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    page = command(office, "U0BEN", "C0TEAM", "/customer Acme")
    assert "Ana noted for Friday: 'send docs'." in said(page)
    block_id, menu = element_about(page, ActionId.PROMISE)
    office.slack.select("U0BEN", page, ActionId.PROMISE, menu["options"][0]["value"], block_id=block_id)
    office.settle()
    assert [row.state for row in promises(office)] == [PromiseState.OPEN]


def test_a_channel_reads_that_there_is_one_but_not_what(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "here daily")
    time_passes(office, hours=72)
    posted = "\n".join(said(message) for message in office.slack.from_bot("C0TEAM"))
    assert "send docs" not in posted


def test_ended_on_the_page_the_card_of_the_day_is_done(office: Office, cast: Cast, digest: Message) -> None:
    promised(office, digest)
    time_passes(office, hours=72)
    page: Any = command(office, "U0ANA", "C0TEAM", "/customer Acme")
    block_id, menu = element_about(page, ActionId.PROMISE)
    office.slack.select("U0ANA", page, ActionId.PROMISE, menu["options"][0]["value"], block_id=block_id)
    office.settle()
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        (nudge,) = [row for row in ledger.rows(Nudge) if row.occasions == "promise"]
    assert nudge.state is NudgeState.DONE
    assert value_of(digests(office)[1], ActionId.UNDO)


def on_friday(office: Office, digest: Message) -> Message:
    """Friday at ten in London: Ana says what she does by Friday; return the answer."""
    time_passes(office, hours=73)
    reply(office, "U0ANA", digest, SAID)
    return answer_to(office, digest)


def words_of_the_afternoon(office: Office) -> list[Message]:
    return [message for message in office.slack.from_bot("U0ANA") if message.text.startswith("Acme: Noted for today")]


def test_by_friday_on_a_friday_is_today_and_said_so_with_the_other_day(
    office: Office, cast: Cast, digest: Message
) -> None:
    answer = on_friday(office, digest)
    assert "Shall I remind you of 'send docs'? I take Friday as today, 27 November." in answer.text
    today, later = element_about(answer, ActionId.LINE_PROMISE), element_about(answer, f"{ActionId.LINE_PROMISE}.1")
    assert today[1]["text"]["text"] == "Remind me today"
    assert later[1]["text"]["text"] == "Remind me on Friday, 4 December"
    press(office, "U0ANA", answer, f"{ActionId.LINE_PROMISE}.1")
    assert [str(row.due_on) for row in promises(office)] == ["2026-12-04"]
    time_passes(office, hours=6)
    assert words_of_the_afternoon(office) == []


def test_what_is_to_be_done_today_is_told_in_the_afternoon_and_done_from_there(
    office: Office, cast: Cast, digest: Message
) -> None:
    press(office, "U0ANA", on_friday(office, digest), ActionId.LINE_PROMISE)
    assert "Noted for today: 'send docs'." in answer_to(office, digest).text
    assert [str(row.due_on) for row in promises(office)] == ["2026-11-27"]
    time_passes(office, hours=4)
    assert words_of_the_afternoon(office) == []
    time_passes(office, hours=1)
    (told,) = words_of_the_afternoon(office)
    assert "'send docs'" in told.text
    press(office, "U0ANA", told, ActionId.DONE, "Acme")
    assert "Noted for" not in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))
    (done,) = [message for message in office.slack.from_bot("U0ANA") if message.ts == told.ts]
    press(office, "U0ANA", done, ActionId.UNDO)
    assert "Noted for today: 'send docs'." in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))


def test_what_was_kept_before_the_afternoon_is_not_told_again(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", on_friday(office, digest), ActionId.LINE_PROMISE)
    office.clock.forward(minutes=5)
    command(office, "U0ANA", "C0TEAM", "/touch Acme sent them the docs")
    time_passes(office, hours=6)
    assert words_of_the_afternoon(office) == []


def test_a_reply_under_the_afternoons_word_logs_for_its_customer(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", on_friday(office, digest), ActionId.LINE_PROMISE)
    time_passes(office, hours=5)
    (told,) = words_of_the_afternoon(office)
    office.clock.forward(minutes=5)
    reply(office, "U0ANA", told, "mailed the docs")
    assert [row.note for row in touches_of(office, cast.acme)][:1] == ["mailed the docs"]
    assert "Noted for" not in said(command(office, "U0ANA", "C0TEAM", "/customer Acme"))
    office.tick()
    assert [m.text for m in office.slack.from_bot("U0ANA") if m.ts == told.ts] == [
        "Noted for today: 'send docs'. Nothing is open any more."
    ]


def test_after_five_by_friday_is_the_next_one(office: Office, cast: Cast, digest: Message) -> None:
    time_passes(office, hours=80)
    reply(office, "U0ANA", digest, SAID)
    answer = answer_to(office, digest)
    assert element_about(answer, ActionId.LINE_PROMISE)[1]["text"]["text"] == "Remind me on 4 December"
    assert "I take" not in answer.text


def test_it_is_said_in_german(office: Office, cast: Cast) -> None:
    office.slack.change_person("U0ANA", locale="de-DE")
    time_passes(office, hours=74)
    answer = command(office, "U0ANA", "C0TEAM", "/touch Acme angerufen, bis Freitag Unterlagen schicken")
    assert "Freitag verstehe ich als heute, den 27. November." in answer.text
    assert element_about(answer, ActionId.LINE_PROMISE)[1]["text"]["text"] == "Erinnere mich heute"
