"""The App Home shows who is due, who is next and who sleeps, and never outgrows Slack."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.blocks.home import build_home
from bot.blocks.ids import ActionId
from bot.domain.attention import Budget
from bot.domain.backlog import Backlog
from bot.domain.counted_days import CountedDays
from bot.domain.model import Frequency, Segment
from bot.domain.policies import SegmentPolicy, SegmentState
from bot.domain.views import HomeView
from tests.blocks.cast import ANA, AT_NINE, TODAY, card, relationship
from tests.blocks.checks import HOSTILE, TEXTS, assert_slack_takes, element, elements, markup, shown

BIRCH = card("Birch", relationship=relationship("Birch", customer_id=12, nudge_from_on=date(2026, 11, 26)))
DUNE = card("Dune", position=0, relationship=relationship("Dune", snoozed_until_on=date(2026, 11, 30)))
HOME = HomeView(
    reader=ANA,
    today=TODAY,
    due=(card(position=0),),
    due_total=1,
    coming=(BIRCH,),
    snoozed=(DUNE,),
    owned=41,
    touched_in_rhythm=38,
    frequency=Frequency.DAILY,
    next_digest_at=datetime(2026, 11, 25, 9, tzinfo=UTC),
    last_digest_at=AT_NINE,
    is_admin=False,
)


def test_home_says_who_is_due_who_is_next_and_who_sleeps() -> None:
    view = build_home(HOME, revision="r1")
    seen = shown(view)
    for told in (
        "1 person to write to",
        "You usually talk every 3 weeks. It has been 7.",
        "Birch, on Thursday",
        "Dune comes back on Monday, 30 November.",
        "Your digest comes at 9:00 on your working days. The next one comes tomorrow at 9:00."
        " The last one came today at 9:12.",
        "38 of 41 are within their rhythm.",
    ):
        assert told in seen
    assert element(view, ActionId.WAKE)["value"] == "11.911.71"
    assert {ActionId.OPEN_LOG, ActionId.OPEN_ADD_CUSTOMER, ActionId.OPEN_SETTINGS} <= {
        e["action_id"] for e in elements(view)
    }
    assert_slack_takes(view)


def test_it_says_in_german_that_the_last_digest_came_today_or_when_else() -> None:
    german = replace(HOME, reader=replace(ANA, language="de-DE"))
    assert "Die letzte kam heute um " in shown(build_home(german, revision="r1"))
    earlier = replace(HOME, last_digest_at=AT_NINE - timedelta(days=1))
    assert "The last one came yesterday at 9:12." in shown(build_home(earlier, revision="r1"))


@pytest.mark.parametrize(
    ("cadence", "working", "english", "german"),
    [
        (42, False, "Clients: every 6 weeks", "Clients: alle 6 Wochen"),
        (22, True, "Clients: every 22 working days", "Clients: alle 22 Arbeitstage"),
        (1, False, "Clients: every day", "Clients: jeden Tag"),
        (1, True, "Clients: every working day", "Clients: jeden Arbeitstag"),
    ],
)
def test_admins_see_how_often_a_segment_is_talked_to(cadence: int, working: bool, english: str, german: str) -> None:
    clients = Segment(1, "Clients", cadence_days=cadence, counted=CountedDays(working=working))
    view = replace(HOME, is_admin=True, segments=(SegmentState(clients, SegmentPolicy(), 12),))
    assert english in shown(build_home(view, revision="r1"))
    assert german in shown(build_home(replace(view, reader=replace(ANA, language="de-DE")), revision="r1"))


def test_nobody_due_is_good_news() -> None:
    view = build_home(replace(HOME, due=(), due_total=0), revision="r1")
    assert "Nobody is waiting for you. Next is Birch, on Thursday." in shown(view)


@pytest.mark.parametrize(
    ("locale", "lost", "said"),
    [
        ("en-GB", 1, "1 customer has been silent for so long that the digest leaves them out."),
        ("en-GB", 4, "4 customers have been silent for so long that the digest leaves them out."),
        ("en-GB", 4, "/whois-neglected lost shows them."),
        ("de-DE", 4, "4 Kunden sind schon so lange still, dass die Übersicht sie auslässt."),
        ("de-DE", 4, "/whois-neglected verloren zeigt sie."),
    ],
)
def test_it_says_how_many_the_digest_leaves_out_and_how_to_see_them(locale: str, lost: int, said: str) -> None:
    reader = replace(ANA, locale=locale)
    for due in (HOME, replace(HOME, due=(), due_total=0)):
        view = build_home(replace(due, reader=reader, lost_total=lost), revision="r1")
        assert said in shown(view)
        assert_slack_takes(view)
    assert "/whois-neglected" not in shown(build_home(replace(HOME, reader=reader), revision="r1"))


def test_a_new_teammate_is_told_where_to_begin() -> None:
    empty = replace(HOME, due=(), due_total=0, coming=(), snoozed=(), owned=0, touched_in_rhythm=0, last_digest_at=None)
    view = build_home(empty, revision="r1")
    assert "You look after no customers yet." in shown(view)
    assert "/keepwarm help" in shown(view)
    assert_slack_takes(view)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frequency": Frequency.WEEKLY}, "Your digest comes once a week at 9:00."),
        ({"frequency": Frequency.OFF}, "You get no digests."),
        (
            {
                "reader": replace(ANA, paused_until_on=date(2026, 11, 28)),
                "next_digest_at": datetime(2026, 11, 30, 9, tzinfo=UTC),
            },
            "Digests are paused; they come again on Monday, 30 November.",
        ),
        (
            {"reader": replace(ANA, paused_until_on=date(2026, 11, 30)), "covered_by": "Ben"},
            "Digests are paused; they come again on Monday, 30 November. Ben covers for you until then.",
        ),
    ],
)
def test_it_says_when_digests_come(changes: dict[str, Any], said: str) -> None:
    assert said in shown(build_home(replace(HOME, **changes), revision="r1"))


def test_a_pause_can_be_ended() -> None:
    paused = build_home(replace(HOME, reader=replace(ANA, paused_until_on=date(2026, 11, 30))), revision="r1")
    assert element(paused, ActionId.RESUME)
    assert ActionId.RESUME not in {e["action_id"] for e in elements(build_home(HOME, revision="r1"))}


def test_admins_see_who_has_no_owner_and_how_to_import() -> None:
    assert "import customers" not in shown(build_home(HOME, revision="r1"))
    admin = shown(build_home(replace(HOME, is_admin=True, unowned=3), revision="r1"))
    assert "3 customers have no owner." in admin
    assert "python -m bot import customers FILE" in admin


def test_a_thousand_due_customers_fit_into_a_home() -> None:
    many = tuple(card("Müller & Söhne " * 20, customer_id=n, ask_about_cadence=True) for n in range(10))
    view = replace(
        HOME, due=many, due_total=1000, coming=many, snoozed=many, snoozed_total=1000, is_admin=True, unowned=12
    )
    home = build_home(view, revision="r1")
    assert "990 more are due." in shown(home)
    assert len(home["blocks"]) <= 100
    assert_slack_takes(home)


@given(TEXTS)
def test_any_name_makes_a_home_that_slack_takes(text: str) -> None:
    cards = (card(text, suggestion=text),)
    assert_slack_takes(build_home(replace(HOME, due=cards, coming=cards, snoozed=cards), revision="r1"))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_becomes_markup(text: str) -> None:
    cards = (card(text, suggestion=text),)
    assert list(markup(build_home(replace(HOME, due=cards, coming=cards, snoozed=cards), revision="r1"))) == []


def backlogged(backlog: Backlog | None, **more: object) -> str:
    return shown(build_home(replace(HOME, due_total=212, backlog=backlog, **more), revision="r1"))  # type: ignore[arg-type]


def test_a_backlog_says_when_it_is_worked_off() -> None:
    until = Backlog(date(2027, 1, 22))
    assert "212 are due; at 5 a day you are through on Friday, January 22, 2027." in backlogged(
        until, reader=replace(ANA, language="en-US")
    )
    assert "212 sind fällig; bei 5 am Tag bist du am Freitag, 22. Januar 2027 durch." in backlogged(
        until, reader=replace(ANA, language="de-DE")
    )
    assert "at 10 touches a week you are through" in backlogged(until, reader=replace(ANA, touches_a_week=10))
    assert "at 5 a week you are through" in backlogged(until, frequency=Frequency.WEEKLY)
    assert "you are through" not in backlogged(None)


def test_a_backlog_that_grows_is_said_to_and_what_would_hold_it() -> None:
    assert "212 are due; at 5 a day the list grows by about 3 a week. More room in your settings" in backlogged(
        Backlog(None, growth_a_week=3)
    )
    assert "at 5 a day you are not through within a year." in backlogged(Backlog(None))
    assert "wächst die Liste um etwa 3 in der Woche." in backlogged(
        Backlog(None, growth_a_week=3), reader=replace(ANA, language="de-DE")
    )


def test_what_is_gone_of_a_weeks_attention_is_said() -> None:
    spent = replace(HOME, budget=Budget(10), spent=6)
    assert "This week: 6 of 10 touches." in shown(build_home(spent, revision="r1"))
    german = replace(spent, budget=Budget(90, in_minutes=True), spent=40, reader=replace(ANA, language="de-DE"))
    assert "Diese Woche: 40 von 90 Minuten." in shown(build_home(german, revision="r1"))
    assert "This week" not in shown(build_home(HOME, revision="r1"))
