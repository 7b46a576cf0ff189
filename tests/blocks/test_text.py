"""Customer text is data: it is shown as it was typed and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
