"""The page of the demo works in a real browser, with the mouse and with the keys alone."""

from collections.abc import Iterator

import pytest

from tests.browser.demo import running_demo
from tests.browser.devtools import Page, find_chromium
from tests.browser.journey import MESSAGE, MODAL, say, use_the_keys_alone, walk_through_the_page

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


# Holds back the answer to the closing of a form; `overtaken` comes once the page has read what Ana sees after that.
_HOLD_BACK = """
window.lateEnough = new Promise((done) => { window.letGo = done; });
window.overtaken = new Promise((done) => {
  const ask = window.fetch;
  window.fetch = async (path, options) => {
    const answer = await ask(path, options);
    if (options?.body?.includes('"close"')) await window.lateEnough;
    if (path.includes("state?as=U0ANA") && window.isLate) setTimeout(done, 100);
    return answer;
  };
});
null;
"""


def test_who_is_switched_to_sees_their_own_though_an_answer_about_another_comes_late(page: Page, demo_url: str) -> None:
    for person, greeting in (("U0CHI", "Leuten melden"), ("U0ANA", "to write to")):
        page.open(f"{demo_url}/#as={person}")
        page.see(MESSAGE, greeting)
    say(page, "/keepwarm settings")
    page.see(MODAL, "Settings")
    page.evaluate(_HOLD_BACK)
    page.press("Escape")
    page.open(f"{demo_url}/#as=U0CHI")
    page.see(MESSAGE, "Leuten melden")
    page.evaluate("window.isLate = true, window.letGo(), window.overtaken")
    assert "Leuten melden" in page.evaluate("document.body.innerText")


def test_a_day_and_the_next_morning_through_the_page() -> None:
    with running_demo() as url, Page() as page:
        walk_through_the_page(page, url, print)
