"""One morning and the next through the page, as a person would go: mouse, keys, and what is to be seen."""

from collections.abc import Callable

from tests.browser.devtools import Page

Tell = Callable[[str], None]

MESSAGE = "[data-testid=message]"
THREAD = "[data-testid=thread]"
MODAL = "[data-testid=modal]"
HOME = "[data-testid=home]"


def walk_through_the_page(page: Page, url: str, tell: Tell) -> None:
    """Do the day's work as Ana: done, a reply, a snooze, the list, the next morning, and a look as Chi."""
    page.open(f"{url}/#as=U0ANA")
    digest = page.see(MESSAGE, "people to write to", at=-1)
    names = [line.split(" · ")[0][3:] for line in digest.splitlines() if line[:2] in {"1.", "2.", "3.", "4.", "5."}]
    assert len(names) >= 4, digest
    tell(f"the page opens on the digest: {', '.join(names)}")
    first, second, third = names[:3]

    page.click("button", f"Why {first}")
    page.see(MODAL, "What puts them in their place")
    page.press("Escape")
    page.miss(MODAL)
    tell(f"Why? says what put {first} first")

    page.click("button", f"Mark {first} as done")
    page.see(MESSAGE, f"Ana marked {first} as done")
    tell(f"done: {first}")

    open_thread(page)
    page.see(THREAD, "Reply in the thread to log")
    page.click("[data-testid=thread-composer]")
    page.type("2 called yesterday, wants pricing")
    page.press("Enter")
    page.see(f"{THREAD} {MESSAGE}", f"{second}: call, yesterday. 'wants pricing'")
    page.see(f"{THREAD} [data-testid=reaction][data-name=white_check_mark]")
    tell(f"a reply logged a call with {second}, and its card says so")

    page.click("[data-testid=thread-composer]")
    page.type("2 emailed, send samples in 2 weeks")
    page.press("Enter")
    page.click(f"{THREAD} button", "Remind me on")
    page.see(f"{THREAD} {MESSAGE}", "Noted for")
    page.click("[data-testid=close-thread]")
    page.see(MESSAGE, f"Ana marked {second} as done")
    tell("a promise in a reply became a reminder")

    page.click("button", f"Snooze {third}")
    page.see(MODAL, third)
    page.click(f"{MODAL} label", "In a month")
    page.click("[data-testid=modal-submit]")
    page.miss(MODAL)
    page.see(MESSAGE, f"{third} comes back on")
    tell(f"snoozed for a month: {third}")

    page.click("[data-testid=home-tab]")
    page.click(f"{HOME} button", "Segments")
    page.click(f"{MODAL} button", "Change Clients")
    page.click(f"{MODAL} label", "Fixed: due after one cadence")
    page.click(f"{MODAL} button", "Show what would change")
    page.see(MODAL, "The last 12 weeks replayed")
    page.press("Escape")
    page.see(MODAL, "Key accounts")
    page.press("Escape")
    page.miss(MODAL)
    page.miss("[data-testid=toast]")
    page.click("[data-testid=messages-tab]")
    tell("a segment says what another policy would change")

    say(page, "/whois-neglected")
    asked = page.see(MESSAGE, "going quiet", at=-1)
    assert not [name for name in (first, second, third) if name in asked], asked
    assert names[3] in asked, asked
    tell("/whois-neglected leaves out who was seen to")

    page.click("[data-testid=next-morning]")
    page.see("[data-testid=toast]", "past nine")
    page.wait(
        f"const all = find('{MESSAGE}', 'to write to'); return all.length > 1 && all.at(-1).innerText;",
        "the next morning's digest",
    )
    tomorrow = page.see(MESSAGE, "to write to", at=-1)
    assert not [name for name in names if name in tomorrow], tomorrow
    tell("the next morning brings a new digest with nobody from yesterday")

    page.click("[data-testid=person-switch]")
    page.click("[data-person=U0CHI]")
    page.see(MESSAGE, "Leuten melden", at=-1)
    tell("Chi reads hers in German")

    strangers = page.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name)"
        ".filter((name) => !name.startsWith(location.origin) && !name.startsWith('data:'))"
    )
    assert strangers == [], f"The page asked elsewhere: {strangers}"
    assert page.problems == [], f"The page complained: {page.problems}"


def use_the_keys_alone(page: Page, url: str, tell: Tell) -> None:
    """Open a card's form, fill it in, submit, and change the person without touching the mouse."""
    page.open(f"{url}/#as=U0BEN")
    page.see(MESSAGE, "to write to")
    _tab_to(page, "Snooze Granite Peak")
    page.press("Enter")
    page.see(MODAL, "Granite Peak")
    assert page.evaluate("document.activeElement.closest('[data-testid=modal]') !== null"), "the form has no focus"
    page.press("Escape")
    page.miss(MODAL)
    page.wait("return document.activeElement.ariaLabel === 'Snooze Granite Peak';", "the focus to come back")
    page.press("Enter")
    page.see(MODAL)
    _tab_to(page, "Snooze", tag="submit")
    page.press("Enter")
    page.miss(MODAL)
    page.see(MESSAGE, "Granite Peak comes back on")
    tell("by keys alone: opened, left, opened again and submitted a form")

    page.evaluate("document.querySelector('[data-testid=person-switch]').focus()")
    page.press("Enter")
    page.see("[data-person=U0CHI]")
    page.press("ArrowDown", times=_steps_to(page, "U0CHI"))
    page.press("Enter")
    page.see(MESSAGE, "Leuten melden")
    tell("by keys alone: became Chi")


def say(page: Page, text: str) -> None:
    page.click("[data-testid=composer]")
    page.type(text)
    page.press("Enter")


def open_thread(page: Page) -> None:
    """The tools of a message show under the mouse, so move onto the digest's headline first, as people do."""
    page.click(f"{MESSAGE} *", "people to write to", at=-1)
    page.click("[data-testid=reply-in-thread]", at=-1)


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText"))


def _tab_to(page: Page, name: str, *, tag: str = "", most: int = 60) -> None:
    for _ in range(most):
        page.press("Tab")
        here = page.evaluate("document.activeElement.type") if tag else tag
        if name in _focused(page) and here == tag:
            return
    raise AssertionError(f"{most} times Tab do not lead to {name!r}.")


def _steps_to(page: Page, person: str) -> int:
    """How often the arrow goes down from the item that has the focus to a person."""
    people = "[...document.querySelectorAll('[data-person]')].filter((item) => item.checkVisibility())"
    order = page.evaluate(f"{people}.map((item) => item.dataset.person)")
    here = page.wait("return document.activeElement.dataset.person;", "the menu to take the focus")
    return int(order.index(person) - order.index(here))
