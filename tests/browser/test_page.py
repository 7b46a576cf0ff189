"""The page of the demo works in a real browser, with the mouse and with the keys alone."""

from collections.abc import Iterator

import pytest

from tests.browser.demo import running_demo
from tests.browser.devtools import Page, find_chromium
from tests.browser.journey import use_the_keys_alone, walk_through_the_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium or Chrome on this machine"),
]


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    with running_demo() as url:
        yield url


@pytest.fixture
def page() -> Iterator[Page]:
    with Page() as opened:
        yield opened


def test_a_form_is_opened_left_and_submitted_by_keys_alone(page: Page, demo_url: str) -> None:
    use_the_keys_alone(page, demo_url, print)


def test_a_day_and_the_next_morning_through_the_page() -> None:
    with running_demo() as url, Page() as page:
        walk_through_the_page(page, url, print)
