"""One journey through a running demo: over HTTP always, and through the page when this machine has a browser.

`python -m tests.smoke` says every step, and ends with 1 and the reason when one fails.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.browser.demo import running_demo
from tests.browser.devtools import Page, find_chromium
from tests.browser.journey import Tell, use_the_keys_alone, walk_through_the_page
from tests.browser.seat import Json, Seat


def _customers(digest: Json) -> list[str]:
    """The customers of a digest, in their order, from the text that a screen reader gets."""
    numbered = [line for line in digest["text"].splitlines() if line[:1].isdigit() and line[1:3] == ". "]
    return [line[3:].split(":")[0] for line in numbered]


def walk_over_http(url: str, tell: Tell) -> None:
    """Do the day's work as Ana through the API that the page uses."""
    ana = Seat(url, "U0ANA")
    digest = ana.wait_for_message("people to write to")
    names = _customers(digest)
    assert len(names) >= 4, digest["text"]
    tell(f"the digest is there: {', '.join(names)}")
    first, second, third = names[:3]

    ana.press(digest, f"Why {first}")
    ana.wait_for_modal("What puts them in their place")
    ana.do("close", everything=True)
    tell(f"Why? says what put {first} first")

    ana.press(digest, f"Mark {first} as done")
    ana.wait_for_message(f"Ana marked {first} as done")
    tell(f"done: {first}")

    room = ana.room(ana.state())
    said = ana.do("say", conversation=room, text="2 called yesterday, wants pricing", thread_ts=digest["ts"])
    ana.wait_for_message(f"{second}: call, yesterday. 'wants pricing'", thread_ts=digest["ts"])
    ana.wait(
        lambda state: [m for m in ana.messages(state) if m["ts"] == said["ts"] and m["reactions"]], "the check mark"
    )
    ana.wait_for_message(f"Ana marked {second} as done")
    tell(f"a reply logged a call with {second}, and its card says so")

    ana.do("say", conversation=room, text="2 emailed, send samples in 2 weeks", thread_ts=digest["ts"])
    ana.press(ana.wait_for_message("Shall I remind you of 'send samples'?"), "Remind me on")
    ana.wait_for_message("Noted for", "'send samples'")
    tell("a promise in a reply became a reminder")

    ana.press(ana.wait_for_message("to write to"), f"Snooze {third}")
    modal = ana.wait(lambda state: state["modals"], "the form to snooze")[-1]
    ana.do("submit", view_id=modal["id"], values=_chosen(modal, "preset", -1))
    ana.wait_for_message(f"{third} comes back on")
    tell(f"snoozed for a month: {third}")

    ana.do("open_home")
    ana.press(ana.wait(lambda state: state["home"], "the Home tab"), "Segments")
    ana.press(ana.wait_for_modal("Key accounts"), "Change Clients")
    form = ana.wait_for_modal("Show what would change")
    ana.press(
        form, "Show what would change", state={"cadence": {"cadence": {"type": "plain_text_input", "value": "90"}}}
    )
    ana.wait_for_modal("42 → 90 days")
    ana.do("close", everything=True)
    tell("a segment says what another cadence would change")

    ana.do("command", conversation=room, text="/whois-neglected")
    asked = ana.wait_for_message("going quiet")["text"]
    assert names[3] in asked, asked
    assert not [name for name in (first, second, third) if name in asked], asked
    tell("/whois-neglected leaves out who was seen to")

    ana.control("next-morning")
    tomorrow = ana.wait(
        lambda state: [m for m in ana.messages(state) if "to write to" in m["text"] and m["ts"] > said["ts"]],
        "the next morning's digest",
    )[-1]
    again = set(_customers(tomorrow)) & set(names)
    assert _customers(tomorrow), tomorrow["text"]
    assert not again, f"The next morning repeats {', '.join(again)}."
    tell(f"the next morning brings {', '.join(_customers(tomorrow))} and nobody from yesterday")


def _chosen(modal: Json, action_id: str, choice: int) -> Json:
    """What a form sends when one choice is made and the rest is left as it opened."""
    values: Json = {}
    for block in modal["blocks"]:
        if block.get("type") == "input" and (element := block["element"])["action_id"] == action_id:
            chosen = element["options"][choice]
            values[block["block_id"]] = {action_id: {"type": element["type"], "selected_option": chosen}}
    return values


def _journeys() -> Iterator[tuple[str, Callable[[str], None]]]:
    def tell(step: str) -> None:
        print(f"  ok: {step}", flush=True)

    def over_http(url: str) -> None:
        walk_over_http(url, tell)

    def in_the_browser(url: str) -> None:
        with Page() as page:
            try:
                use_the_keys_alone(page, url, tell)
                walk_through_the_page(page, url, tell)
            except Exception:
                where = Path(tempfile.mkdtemp(prefix="keepwarm-smoke-")) / "page.png"
                print(f"  what was to be seen: {page.picture(where)}", flush=True)
                raise

    yield "Over HTTP", over_http
    if find_chromium():
        yield "In a browser", in_the_browser
    else:
        print("No Chromium or Chrome on this machine: the journey through the page is left out.")


def main() -> int:
    """Walk every journey; return 1 when one fails."""
    started = time.monotonic()
    with ExitStack() as demos, ThreadPoolExecutor() as starting:
        # Each journey has a demo of its own; they start at once, because starting takes longer than a journey.
        ready = [(name, walk, starting.submit(demos.enter_context, running_demo())) for name, walk in _journeys()]
        for name, walk, demo in ready:
            print(name, flush=True)
            try:
                walk(demo.result())
            except (AssertionError, OSError) as problem:
                print(f"  failed: {problem}", file=sys.stderr)
                return 1
    print(f"The journey works ({time.monotonic() - started:.0f} seconds).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
