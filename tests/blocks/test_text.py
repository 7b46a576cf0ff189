"""Customer text is data: it is shown as it was typed and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.kit import message
from bot.blocks.text import cut, disarmed, escaped, tidy, tidy_lines
from bot.playground.rich_text import unescape


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Acme \n GmbH ", "Acme GmbH"),
        ("Acme\u202eemcA", "AcmeemcA"),
        ("a\x00b\x07c", "a b c"),
        ("👩‍👧", "👩‍👧"),
        ("שלום", "שלום"),
        (" \n\t", ""),
    ],
)
def test_a_name_is_one_clean_line(text: str, clean: str) -> None:
    assert tidy(text) == clean


def test_a_note_keeps_its_lines() -> None:
    assert tidy_lines("one \r\ntwo\x00\n\n") == "one\ntwo"


@pytest.mark.parametrize(("text", "short"), [("Acme", "Acme"), ("Acme Agency", "Acme…"), ("Acmee Agency", "Acmee…")])
def test_a_cut_text_says_that_there_was_more(text: str, short: str) -> None:
    assert cut(text, 6) == short


@given(st.text(alphabet="&<>ab", max_size=60), st.integers(min_value=1, max_value=80))
def test_an_escaped_text_fits_and_ends_in_no_half_entity(text: str, limit: int) -> None:
    safe = escaped(text, limit)
    assert len(safe) <= limit
    shown = unescape(safe)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1].rstrip()))
    assert "<" not in safe and ">" not in safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("a & b", "a &amp; b"),
        ("*bold*", "\u2060*\u2060bold\u2060*\u2060"),
        (":tada: 9:12: done", "\u2060:\u2060tada: 9:12: done"),
        (":100:", "\u2060:\u2060100:"),
        ("> quote", "\u2060&gt; quote"),
        ("Acme & 3 > 2", "Acme &amp; 3 &gt; 2"),
    ],
)
def test_markup_is_disarmed_where_slack_would_read_it(text: str, safe: str) -> None:
    assert disarmed(text) == safe


@pytest.mark.parametrize("line", ["x" * 500, "&" * 500, "*b* " * 100, "short"])
def test_the_text_of_a_message_stays_within_what_an_update_takes_and_drops_no_line(line: str) -> None:
    said = message([f"{number}: {line}" for number in range(30)], [])["text"]
    assert len(said) <= 4000
    assert [f"{number}: " in said for number in range(30)] == [True] * 30


def test_more_lines_than_fit_are_cut_between_their_escapes() -> None:
    said = message(["&" * 50] * 400, [])["text"]
    assert len(said) <= 4000
    assert "&" not in said.replace("&amp;", "")
