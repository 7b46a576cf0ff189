"""Takes the pictures of the docs from a fresh demo: `python -m tests.browser.picture` writes docs/*.png."""

from tests.browser.demo import ROOT, running_demo
from tests.browser.devtools import Page
from tests.browser.journey import MESSAGE, MODAL, THREAD, open_thread

DOCS = ROOT / "docs"


def take_pictures() -> None:
    """A digest with a reply and its confirmation, a draft, and the list that somebody asked for in the dark."""
    with running_demo() as url, Page() as page:
        page.open(f"{url}/#as=U0ANA")
        page.see(MESSAGE, "people to write to")
        open_thread(page)
        page.click("[data-testid=thread-composer]")
        page.type("2 called yesterday, wants pricing")
        page.press("Enter")
        page.see(f"{THREAD} {MESSAGE}", "call, yesterday")
        page.see(f"{THREAD} [data-testid=reaction][data-name=white_check_mark]")
        page.see(MESSAGE, "as done at")
        page.still()
        page.picture(DOCS / "demo.png")

        page.click("[data-testid=close-thread]")
        page.click("button", "Draft a message to Acme")
        page.see(MODAL, "Another wording")
        page.still()
        page.picture(DOCS / "draft.png")

    with running_demo() as url, Page(dark=True) as page:
        page.open(f"{url}/#as=U0ANA&view=home")
        page.see("[data-testid=home]", "In the next seven days")
        page.still()
        page.picture(DOCS / "home.png")


if __name__ == "__main__":
    take_pictures()
