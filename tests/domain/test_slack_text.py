"""Slack's markup turned back into what the person saw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slack_text import plain_text


@pytest.mark.parametrize(
    ("slack", "plain"),
    [
        ("2 called &amp; emailed", "2 called & emailed"),
        ("price &lt; 5 &gt; 3", "price < 5 > 3"),
        ("&amp;lt; stays", "&lt; stays"),
        ("&lt;@U0ANA&gt; was typed", "<@U0ANA> was typed"),
        ("<@U0ANA> called", "@Ana called"),
        ("<@U0XYZ|zoe> called", "@zoe called"),
        ("<@U0XYZ> called", "@someone called"),
        ("see <https://example.com|the price>", "see the price"),
        ("see <https://example.com/a?b=1&amp;c>", "see https://example.com/a?b=1&c"),
        ("<mailto:ana@acme.example|ana@acme.example>", "ana@acme.example"),
        ("<#C1|sales> <!here>", "#sales @here"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
        ("<!subteam^S1|@sales>", "@sales"),
        ("*Acme*: _met_ ~Ben~ `Ana`", "Acme: met Ben Ana"),
        ("*_both_*", "both"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("2\u00a0called", "2 called"),
        ("", ""),
    ],
)
def test_what_slack_delivers_reads_as_it_was_typed(slack: str, plain: str) -> None:
    assert plain_text(slack, {"U0ANA": "Ana"}) == plain


@given(st.text(alphabet=st.sampled_from("<>&;|@#!*_~` aU0\n"), max_size=80))
def test_no_markup_breaks_it(text: str) -> None:
    assert isinstance(plain_text(text, {}), str)
