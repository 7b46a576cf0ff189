"""The welcome is one message with three steps, each of which can be done from it."""

from datetime import UTC, date, datetime

from bot.blocks.ids import ActionId
from bot.blocks.welcome import build_welcome
from bot.domain.model import Teammate
from tests.support.sdk import sdk_problems

TODAY = date(2026, 11, 24)
ANA = Teammate(id=1, slack_user_id="U0ANA", name="Ana", timezone="Europe/Berlin", locale="en-GB")
CHI = Teammate(id=3, slack_user_id="U0CHI", name="Chi", timezone="Europe/Berlin", locale="en-GB", language="de")
TOMORROW_AT_NINE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def test_the_three_steps_lead_from_customers_to_the_first_digest() -> None:
    lines = build_welcome(ANA, today=TODAY, next_digest_at=TOMORROW_AT_NINE)["text"].splitlines()
    assert lines[0].startswith("Hello Ana. ")
    assert lines[1] == (
        "1. Bring your customers. Add one here, or import a list where I run: "
        "python -m bot import customers customers.csv"
    )
    assert lines[2].startswith("2. Check who looks after them with /whois-neglected all")
    assert lines[3] == "3. Your first digest comes tomorrow at 9:00, if somebody is due by then. Or have it now."


def test_a_step_that_is_done_says_so() -> None:
    assert "1. Your customers: 24 are here already." in build_welcome(ANA, today=TODAY, customers=24)["text"]
    assert "1. Your customers: 1 is here already." in build_welcome(ANA, today=TODAY, customers=1)["text"]


def test_without_a_digest_to_come_nothing_is_announced() -> None:
    text = build_welcome(ANA, today=TODAY)["text"]
    assert "3. Digests are off for you." in text
    assert "tomorrow" not in text


def test_it_speaks_the_language_the_teammate_chose() -> None:
    text = build_welcome(CHI, today=TODAY, next_digest_at=TOMORROW_AT_NINE)["text"]
    assert text.startswith("Hallo Chi. ")
    assert "3. Die erste Übersicht kommt morgen um 9:00 Uhr" in text


def test_every_step_has_a_button() -> None:
    shown = build_welcome(ANA, today=TODAY)
    buttons = next(block for block in shown["blocks"] if block["type"] == "actions")["elements"]
    assert [button["action_id"] for button in buttons] == [
        ActionId.OPEN_ADD_CUSTOMER,
        ActionId.OPEN_SETTINGS,
        ActionId.DIGEST_NOW,
    ]
    assert sdk_problems(shown) == []


def test_a_name_is_text_and_never_markup() -> None:
    mallory = Teammate(id=9, slack_user_id="U0MAL", name="<!channel> *M*" * 30, timezone="UTC", locale="en-GB")
    shown = build_welcome(mallory, today=TODAY)
    assert "<!channel>" not in str(shown)
    assert sdk_problems(shown) == []
