"""What people type behind a slash command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import (
    COMMANDS,
    DigestHere,
    Help,
    LogTouch,
    Misunderstood,
    OpenForm,
    Pause,
    Resume,
    ShowCustomer,
    ShowSettings,
    WhoIsNeglected,
    parse_customer,
    parse_keepwarm,
    parse_touch,
    parse_whois_neglected,
)
from bot.domain.model import Frequency

SEGMENTS = ("Mittelstand", "Key accounts", "Key accounts north", "Größte Kunden", "All")
PEOPLE = {"ben": "U0BEN"}
SCRAPS = ("all", "@ben", "5", "45d", "key", '"', "segment:", "<@U1>", "over", ">", "0", "lost")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", WhoIsNeglected()),
        ("me", WhoIsNeglected()),
        ("all", WhoIsNeglected(segment="All")),
        ("team 20", WhoIsNeglected(everyone=True, limit=20)),
        ("10", WhoIsNeglected(limit=10)),
        ("top 5", WhoIsNeglected(limit=5)),
        ("<@U0ANA|ana>", WhoIsNeglected(owner="U0ANA")),
        ("<@U0ANA> 5", WhoIsNeglected(owner="U0ANA", limit=5)),
        ("@ben 5", WhoIsNeglected(owner="U0BEN", limit=5)),
        ("@Ben", WhoIsNeglected(owner="U0BEN")),
        ("Mittelstand 10", WhoIsNeglected(segment="Mittelstand", limit=10)),
        ("mittel 10", WhoIsNeglected(segment="Mittelstand", limit=10)),
        ("10 mittelstand", WhoIsNeglected(segment="Mittelstand", limit=10)),
        ("key accounts", WhoIsNeglected(segment="Key accounts")),
        ("key accounts north 3", WhoIsNeglected(segment="Key accounts north", limit=3)),
        ('segment:"key accounts" 3', WhoIsNeglected(segment="Key accounts", limit=3)),
        ("tier: mittelstand", WhoIsNeglected(segment="Mittelstand")),
        ("größte kunden", WhoIsNeglected(segment="Größte Kunden")),
        ("45d", WhoIsNeglected(silent_over_days=45)),
        ("45 days", WhoIsNeglected(silent_over_days=45)),
        ("days:45", WhoIsNeglected(silent_over_days=45)),
        ("over 45 days", WhoIsNeglected(silent_over_days=45)),
        ("over 45", WhoIsNeglected(silent_over_days=45)),
        ("> 6 weeks", WhoIsNeglected(silent_over_days=42)),
        ("über 45 Tage", WhoIsNeglected(silent_over_days=45)),
        ("everyone, Mittelstand, 10, over 45 days", WhoIsNeglected(None, True, "Mittelstand", 10, 45)),
        ("<@U0ANA|ana> key accounts 10 45d", WhoIsNeglected("U0ANA", False, "Key accounts", 10, 45)),
        ("lost", WhoIsNeglected(lost=True)),
        ("verloren", WhoIsNeglected(lost=True)),
        ("Lost, team 20", WhoIsNeglected(everyone=True, limit=20, lost=True)),
        ("<@U0ANA> key accounts verloren 10", WhoIsNeglected("U0ANA", False, "Key accounts", 10, lost=True)),
        ("help", Help()),
        ("Hilfe", Help()),
    ],
)
def test_the_parts_of_a_list_may_come_in_any_order(text: str, meant: object) -> None:
    understood = parse_whois_neglected(text, segments=SEGMENTS, people=PEOPLE)
    assert understood == meant


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("bananas", '"bananas"'),
        ("10 bananas", '"bananas"'),
        ("@zoe", "@zoe"),
        ("¨", '"¨"'),
        ("key", '"key"'),
        ("0", "1 to 50"),
        ("500", "1 to 50"),
        ("10 20", "two numbers"),
        ("<@U0ANA> <@U0BEN>", "two teammates"),
        ("team <@U0ANA>", "everybody"),
        ("mittelstand größte kunden", "two segments"),
    ],
)
def test_what_is_not_understood_is_named_and_never_ignored(text: str, part: str) -> None:
    understood = parse_whois_neglected(text, segments=SEGMENTS, people=PEOPLE)
    assert isinstance(understood, Misunderstood)
    assert part in understood.sentence
    assert "!" not in understood.sentence


def test_a_word_that_is_not_understood_is_answered_with_the_segments_that_exist() -> None:
    understood = parse_whois_neglected("bananas", segments=("Mittelstand", "Key accounts"))
    assert isinstance(understood, Misunderstood)
    assert "Mittelstand and Key accounts" in understood.sentence


def test_all_is_everybody_where_no_segment_has_that_name() -> None:
    assert parse_whois_neglected("all 20", segments=("Mittelstand",)) == WhoIsNeglected(everyone=True, limit=20)


def test_lost_is_a_segment_only_where_one_is_called_just_that() -> None:
    assert parse_whois_neglected("lost", segments=("Lost",)) == WhoIsNeglected(segment="Lost")
    assert parse_whois_neglected("lost", segments=("Lost and found",)) == WhoIsNeglected(lost=True)
    assert parse_whois_neglected("lost and found", segments=("Lost and found",)) == WhoIsNeglected(
        segment="Lost and found"
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", OpenForm()),
        ("  ", OpenForm()),
        ("help", Help()),
        (' acme, globex call yesterday "note" ', LogTouch('acme, globex call yesterday "note"')),
    ],
)
def test_a_touch_is_a_form_or_words(text: str, meant: object) -> None:
    assert parse_touch(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", OpenForm()),
        ("help", Help()),
        ('"Acme GmbH"', ShowCustomer("Acme GmbH")),
        ("köhler", ShowCustomer("köhler")),
    ],
)
def test_a_customer_is_shown_by_name(text: str, meant: object) -> None:
    assert parse_customer(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", OpenForm()),
        ("help", Help()),
        ("Settings", ShowSettings()),
        ("Einstellungen", ShowSettings()),
        ("here daily", DigestHere(Frequency.DAILY)),
        ("here  weekly", DigestHere(Frequency.WEEKLY)),
        ("here off", DigestHere(Frequency.OFF)),
        ("hier täglich", DigestHere(Frequency.DAILY)),
        ("pause", Pause(None)),
        ("pause until 30 Nov", Pause("30 Nov")),
        ("pause bis Freitag", Pause("Freitag")),
        ("pause 2 weeks", Pause("2 weeks")),
        ("resume", Resume()),
    ],
)
def test_keepwarm_itself_is_set_by_words(text: str, meant: object) -> None:
    assert parse_keepwarm(text) == meant


@pytest.mark.parametrize("text", ["here", "here sometimes", "dance", "settings now"])
def test_keepwarm_says_what_it_understands(text: str) -> None:
    understood = parse_keepwarm(text)
    assert isinstance(understood, Misunderstood)
    assert "here daily" in understood.sentence


@given(st.text(max_size=80) | st.lists(st.sampled_from(SCRAPS)).map(" ".join))
def test_no_text_breaks_a_command(text: str) -> None:
    parse_whois_neglected(text, segments=SEGMENTS, people=PEOPLE)
    parse_touch(text)
    parse_customer(text)
    parse_keepwarm(text)


def test_every_command_has_a_hint_and_a_line_that_fit_the_manifest() -> None:
    assert set(COMMANDS) == {"/whois-neglected", "/touch", "/customer", "/keepwarm"}
    for usage in COMMANDS.values():
        assert 0 < len(usage.hint) <= 1_000
        assert 0 < len(usage.about) <= 2_000
