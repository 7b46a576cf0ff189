"""The ways to Slack: how fast they are used, and what happens to what is owed where Slack takes nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.delivery.call import Answer, Verdict
from bot.delivery.settling import LEASE
from bot.delivery.troubles import lane_refused
from bot.usecases.installing import remember_workspace
from storage import claiming, lanes, outbox
from storage.checkup import oldest_unsent_at
from storage.lanes import CONVERSATION, PACES
from storage.models import DeliveryState, Lane
from tests.delivery.conftest import Mailroom
from tests.support.slack import BOT_TOKEN

SENT, PENDING, FAILED = DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.FAILED
HOUR = timedelta(hours=1)


def news(mailroom: Mailroom) -> list[str]:
    """What Ana, who installed the bot, was told about Slack's refusals."""
    return [
        text for text in mailroom.texts("U0ANA") if "takes them" in text or "any more" in text or "archived" in text
    ]


def archive(mailroom: Mailroom, archived: bool = True) -> None:
    mailroom.slack.channel("C0TEAM").is_archived = archived


def test_a_channel_gets_a_few_messages_at_once_and_then_one_a_second(mailroom: Mailroom) -> None:
    count = CONVERSATION.at_once + 3
    for number in range(count):
        mailroom.owe(f"message {number}")
    mailroom.settle()
    assert len(mailroom.texts()) == CONVERSATION.at_once
    for more in (1, 2, 3):
        mailroom.clock.forward(seconds=1)
        mailroom.settle()
        assert len(mailroom.texts()) == CONVERSATION.at_once + more
    assert mailroom.texts() == [f"message {number}" for number in range(count)]


def test_a_workspace_gets_so_many_messages_a_minute(mailroom: Mailroom, make_workspace: Callable[..., int]) -> None:
    pace = PACES["chat.postMessage"]
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        for number in range(pace.at_once + 200):
            owed = outbox.Owed(key=f"{number}", kind="text", channel=f"C{number}", payload={"text": "hello"})
            outbox.owe(ledger, owed, now=mailroom.clock())
    elsewhere = make_workspace(mailroom.store, "T0ELSE")
    with mailroom.store.write(elsewhere) as ledger:
        outbox.owe(ledger, outbox.Owed(key="else", kind="text", channel="C9"), now=mailroom.clock())

    def claimed() -> list[int]:
        found = []
        while more := mailroom.claim("one"):
            found += [row.workspace_id for row in more]
        return found

    first = claimed()
    assert elsewhere in first, "other workspaces go their own pace"
    # A claim of many at once may go over by its size.
    assert pace.at_once <= len(first) - 1 <= pace.at_once + 100
    seconds = 0
    while not claimed():
        mailroom.clock.forward(seconds=1)
        seconds += 1
    assert 1 <= seconds < 60, "the workspace rests, and not until the first claims have run out"


def test_a_wait_that_slack_asks_for_holds_up_the_method_in_that_workspace_alone(mailroom: Mailroom) -> None:
    mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=30)
    mailroom.owe("refused")
    mailroom.settle()
    mailroom.owe("elsewhere", "C0PRIV")
    said = mailroom.slack.say("U0ANA", "C0TEAM", "called Acme")
    assert said.message is not None
    reaction = outbox.Owed(
        key="react", kind="react", channel="C0PRIV", payload={"ts": said.message.ts, "name": "white_check_mark"}
    )  # fmt: skip
    mailroom.owe_as(reaction)
    mailroom.settle()
    assert len(mailroom.slack.calls_of("chat.postMessage")) == 1, "the others need not hear the same answer"
    mailroom.clock.forward(seconds=30)
    mailroom.settle()
    assert (mailroom.texts("C0TEAM"), mailroom.texts("C0PRIV")) == (["refused"], ["elsewhere"])


def test_other_methods_go_on_while_one_waits(small_mailroom: Mailroom) -> None:
    posted = small_mailroom.owe("hello")
    small_mailroom.settle()
    small_mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=30)
    small_mailroom.owe("refused", "C0PRIV")
    small_mailroom.settle()
    with small_mailroom.store.write(small_mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, small_mailroom.row(posted), now=small_mailroom.clock())
    small_mailroom.settle()
    assert len(small_mailroom.slack.calls_of("chat.update")) == 1


def test_a_permission_that_is_missing_on_the_way_closes_that_conversation_alone(small_mailroom: Mailroom) -> None:
    """Nobody can tell who reads a private channel; updates elsewhere go on."""
    held = small_mailroom.owe_as(outbox.Owed(key="d", kind="list_post", channel="C0PRIV", payload={"customers": []}))
    (claimed,) = small_mailroom.claim("one")
    assert claimed.id == held
    missing = Answer(Verdict.REFUSED, error="missing_scope")
    assert lane_refused(claimed, missing, on_the_way=True) == "C0PRIV"
    assert lane_refused(claimed, missing, on_the_way=False) == "chat.postMessage"


def test_the_dispatcher_is_told_when_a_lane_is_free(mailroom: Mailroom) -> None:
    for number in range(CONVERSATION.at_once + 1):
        mailroom.owe(f"message {number}")
    mailroom.settle()
    with mailroom.store.session(writes=False) as session:
        next_at = claiming.next_due_at(session, now=mailroom.clock())
    assert next_at is not None
    assert timedelta(0) < next_at - mailroom.clock() <= timedelta(seconds=1)


def test_what_is_owed_to_an_archived_channel_waits_until_it_is_back(mailroom: Mailroom) -> None:
    archive(mailroom)
    first, second = mailroom.owe("one"), mailroom.owe("two")
    for _ in range(5):
        mailroom.settle()
        mailroom.clock.now += HOUR
    assert (mailroom.state(first), mailroom.row(first).error) == (PENDING, "is_archived")
    tried = len([call for call in mailroom.slack.calls_of("chat.postMessage") if call.payload["channel"] == "C0TEAM"])
    assert 3 <= tried <= 5, "tried again from time to time, one message at a time"
    archive(mailroom, archived=False)
    mailroom.settle()
    assert mailroom.texts() == ["one", "two"]
    assert (mailroom.state(first), mailroom.state(second)) == (SENT, SENT)
    with mailroom.store.session(writes=False) as session:
        assert list(lanes.troubles(session)) == []


def test_an_admin_is_told_once_with_the_remedy(mailroom: Mailroom) -> None:
    archive(mailroom)
    for number in range(3):
        mailroom.owe(f"message {number}")
    for _ in range(6):
        mailroom.settle()
        mailroom.clock.now += HOUR
    assert news(mailroom) == [
        "Channel C0TEAM is archived. 3 messages wait and are tried again every hour. Unarchive it, or end the digest"
        " there with /keepwarm here off."
    ]


def install_again(mailroom: Mailroom) -> None:
    """What a start does with the token of the environment, and an installation with the one it got."""
    with mailroom.store.session() as session:
        remember_workspace(
            session, slack_team_id="T0PLAY", name="Acorn", slack_bot_user_id="U0BOT", bot_token=BOT_TOKEN,
            now=mailroom.clock(),
        )  # fmt: skip


def test_to_install_again_tries_at_once_and_tells_nobody_what_they_know(mailroom: Mailroom) -> None:
    archive(mailroom)
    first = mailroom.owe("one")
    mailroom.settle()
    assert len(news(mailroom)) == 1
    for minutes in (1, 90, 2):
        mailroom.clock.now += timedelta(minutes=minutes)
        tried = len(mailroom.slack.calls_of("chat.postMessage"))
        install_again(mailroom)
        mailroom.settle()
        assert len(mailroom.slack.calls_of("chat.postMessage")) == tried + 1
    assert (len(news(mailroom)), mailroom.state(first)) == (1, PENDING)
    archive(mailroom, archived=False)
    install_again(mailroom)
    mailroom.settle()
    assert (mailroom.state(first), len(news(mailroom))) == (SENT, 1)
    with mailroom.store.session(writes=False) as session:
        assert list(lanes.troubles(session)) == []


def test_what_nothing_waits_for_is_forgotten_with_a_new_installation(small_mailroom: Mailroom) -> None:
    archive(small_mailroom)
    payload = {"ts": "1700000000.000001", "name": "white_check_mark"}
    small_mailroom.owe_as(outbox.Owed(key="react", kind="react", channel="C0TEAM", payload=payload))
    small_mailroom.settle()
    with small_mailroom.store.write(small_mailroom.workspace_id) as ledger:
        lanes.close(
            ledger, "reactions.add", error="missing_scope", now=small_mailroom.clock(), shortest=HOUR, longest=HOUR
        )
    install_again(small_mailroom)
    with small_mailroom.store.session(writes=False) as session:
        assert list(lanes.troubles(session)) == []


def test_an_admin_is_told_again_when_it_breaks_again(small_mailroom: Mailroom) -> None:
    for _ in range(2):
        archive(small_mailroom)
        small_mailroom.owe(f"at {small_mailroom.clock()}")
        small_mailroom.settle()
        archive(small_mailroom, archived=False)
        small_mailroom.clock.now += HOUR
        small_mailroom.settle()
    assert len(news(small_mailroom)) == 2
    assert len(small_mailroom.texts()) == 2


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("C0OUT", "I am not in channel C0OUT any more. One message waits and is tried again every hour. Invite me"),
        ("C0NONE", "Channel C0NONE is gone, or I am not in it any more."),
        ("U0GONE", "Messages don't reach U0GONE any more."),
    ],
)
def test_each_kind_of_refusal_has_its_own_words(small_mailroom: Mailroom, channel: str, told: str) -> None:
    known = channel.replace("U0GONE", "U0BEN")
    if channel == "U0GONE":
        small_mailroom.slack.faults.next("chat.postMessage", error="user_not_found")
    delivery_id = small_mailroom.owe("hello", known)
    small_mailroom.settle()
    assert small_mailroom.state(delivery_id) is PENDING
    assert news(small_mailroom)[0].startswith(told.replace("U0GONE", "U0BEN"))


def test_other_places_go_on_while_one_is_refused(small_mailroom: Mailroom) -> None:
    archive(small_mailroom)
    small_mailroom.owe("one")
    small_mailroom.settle()
    small_mailroom.owe("two", "C0PRIV")
    small_mailroom.settle()
    assert small_mailroom.texts("C0PRIV") == ["two"]


def test_a_reaction_that_comes_too_late_for_its_channel_is_given_up(small_mailroom: Mailroom) -> None:
    archive(small_mailroom)
    payload = {"ts": "1700000000.000001", "name": "white_check_mark"}
    reaction = small_mailroom.owe_as(outbox.Owed(key="react", kind="react", channel="C0TEAM", payload=payload))
    small_mailroom.settle()
    assert small_mailroom.state(reaction) is FAILED
    assert news(small_mailroom) == []


def test_a_token_that_is_not_taken_any_more_stops_the_workspace_and_nothing_is_lost(mailroom: Mailroom) -> None:
    revoked = mailroom.hire("revoked", token="xoxb-revoked")
    owed = [mailroom.owe("to Ana", "U0ANA"), mailroom.owe("to all"), mailroom.owe("to leads", "C0PRIV")]
    for _ in range(3):
        revoked.drain()
        mailroom.clock.now += timedelta(minutes=1)
    assert {mailroom.state(delivery_id) for delivery_id in owed} == {PENDING}
    # Up to eight were on their way together when the first answer came.
    assert len(mailroom.slack.calls) <= 3, "one answer is enough for all"
    install_again(mailroom)
    mailroom.settle()
    assert {mailroom.state(delivery_id) for delivery_id in owed} == {SENT}
    (told,) = news(mailroom)
    assert told.startswith("Slack stopped taking my messages at 8:00 (invalid")


def test_what_waits_for_somebody_else_s_remedy_is_not_our_lateness(mailroom: Mailroom) -> None:
    archive(mailroom)
    mailroom.owe("held")
    mailroom.settle()
    late = mailroom.clock() + timedelta(seconds=1)
    mailroom.owe("late", "U0CHI", due_at=late)
    with mailroom.store.session(writes=False) as session:
        assert oldest_unsent_at(session) == late


def test_a_sender_that_slept_over_its_lease_does_not_post(small_mailroom: Mailroom) -> None:
    """It is stopped between its claim and its call; another one takes over meanwhile."""
    small_mailroom.owe("hello")
    (claimed,) = small_mailroom.claim("sleeper")
    small_mailroom.clock.now += LEASE
    small_mailroom.settle()
    assert small_mailroom.texts() == ["hello"]
    small_mailroom.send("sleeper", claimed)
    assert small_mailroom.texts() == ["hello"]
    assert len(small_mailroom.slack.calls_of("chat.postMessage")) == 1


def test_a_sender_that_is_slow_and_still_holds_its_claim_posts(small_mailroom: Mailroom) -> None:
    small_mailroom.owe("hello")
    (claimed,) = small_mailroom.claim("slow")
    small_mailroom.clock.now += LEASE * 2
    small_mailroom.send("slow", claimed)
    assert small_mailroom.texts() == ["hello"]


def test_lanes_that_have_rested_are_forgotten(mailroom: Mailroom) -> None:
    mailroom.owe("hello")
    mailroom.settle()
    with mailroom.store.session() as session:
        lanes.forget_rested(session, before=mailroom.clock() + HOUR)
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        assert ledger.rows(Lane) == []
