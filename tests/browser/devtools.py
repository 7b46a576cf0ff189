"""A headless Chromium driven through its DevTools protocol, as far as a person's way through a page needs it.

Nothing is downloaded: whoever has a Chromium or a Chrome can run this, whoever has none is told so.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--lang=en-GB", "--remote-debugging-port=0",
)  # fmt: skip
_ADDRESS = re.compile(r"DevTools listening on (ws://\S+)")
_KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, " ": 32, "ArrowUp": 38, "ArrowDown": 40}

# Finds visible elements by CSS whose words or name contain a text, in the page's own order.
_FIND = """
const find = (css, text) => [...document.querySelectorAll(css)].filter((element) =>
  element.checkVisibility() && `${element.innerText} ${element.ariaLabel ?? ""}`.includes(text));
"""
_WAIT = """
new Promise((done, fail) => {
  %s
  const until = performance.now() + %d;
  const look = () => {
    const found = (() => { %s })();
    if (found) done(found);
    else if (performance.now() > until) fail(new Error("it did not come"));
    else setTimeout(look, 30);
  };
  look();
})
"""
# The middle of an element that stands still and that a click would hit; what is out of sight is scrolled to first.
_MIDDLE = """
const element = find(%s, %s).at(%d);
if (!element) return null;
const box = element.getBoundingClientRect();
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
const hit = document.elementFromPoint(x, y);
const moved = window.lastSeenAt !== `${x} ${y}`;
window.lastSeenAt = `${x} ${y}`;
if (hit && element.contains(hit)) return moved ? null : [x, y];
element.scrollIntoView({ block: "center", behavior: "instant" });
"""


def find_chromium() -> str | None:
    """Return the path of a browser that speaks this protocol, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class BrowserError(AssertionError):
    """The page did not do what was expected of it; the text says what."""


class Page:
    """One page in a browser of its own; `problems` collects what the page complained about."""

    def __init__(self, *, width: int = 1280, height: int = 800, dark: bool = False, wait_seconds: float = 10) -> None:
        """Start a browser with a fresh profile. Raises BrowserError when this machine has none."""
        binary = find_chromium()
        if binary is None:
            raise BrowserError(f"No browser found; looked for {', '.join(NAMES)}.")
        self.problems: list[str] = []
        self._wait_ms = int(wait_seconds * 1000)
        self._profile = tempfile.TemporaryDirectory(prefix="keepwarm-browser-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [binary, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        self._open = ExitStack()
        try:
            wire = connect(self._address(), max_size=None, compression=None, proxy=None, close_timeout=1)
            self._connection = self._open.enter_context(wire)
            self._last_id, self._session = 0, ""
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log"):
                self._call(f"{domain}.enable")
            self.resize(width, height)
            scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            self._call("Emulation.setEmulatedMedia", features=[scheme])
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the page."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the browser."""
        self.close()

    def close(self) -> None:
        """End the browser with everything it started."""
        self._open.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._profile.cleanup()

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=url)

    def resize(self, width: int, height: int) -> None:
        """Give the page a size in CSS pixels."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def evaluate(self, script: str) -> Any:
        """Return what a JavaScript expression gives, awaited. Raises BrowserError when it throws."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise BrowserError(thrown.get("exception", {}).get("description", thrown["text"]).splitlines()[0])
        return answer["result"].get("value")

    def wait(self, body: str, what: str) -> Any:
        """Wait until the body of a JavaScript function returns something true, and return it; `what` names it."""
        try:
            return self.evaluate(_WAIT % (_FIND, self._wait_ms, body))
        except BrowserError as error:
            raise BrowserError(f"Waited for {what}: {error}") from None

    def see(self, css: str, text: str = "", *, at: int = 0) -> str:
        """Wait for an element in sight whose words contain a text, and return all of its words."""
        found = f"return find({json.dumps(css)}, {json.dumps(text)}).at({at})?.innerText.concat('\\n');"
        return str(self.wait(found, f"{css} {text!r}"))

    def miss(self, css: str, text: str = "") -> None:
        """Wait until no element in sight contains a text."""
        self.wait(f"return !find({json.dumps(css)}, {json.dumps(text)}).length;", f"{css} {text!r} to go")

    def click(self, css: str, text: str = "", *, at: int = 0) -> None:
        """Move the mouse onto an element and click it; `at` says which of several, -1 the last."""
        middle = _MIDDLE % (json.dumps(css), json.dumps(text), at)
        x, y = self.wait(middle, f"{css} {text!r} to click")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            pressed = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **pressed)

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self._call("Input.insertText", text=text)

    def press(self, key: str, *, times: int = 1) -> None:
        """Press a key: Enter, Escape, Tab, a space, or an arrow."""
        code = {"windowsVirtualKeyCode": _KEYS[key], "key": key, "code": {" ": "Space"}.get(key, key)}
        written = {"Enter": {"text": "\r"}, " ": {"text": " "}}.get(key, {})
        for _ in range(times):
            self._call("Input.dispatchKeyEvent", type="keyDown", **code, **written)
            self._call("Input.dispatchKeyEvent", type="keyUp", **code)

    def still(self) -> None:
        """Move the mouse and the focus away and wait until nothing moves, for a picture."""
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)
        self.evaluate("document.activeElement.blur()")
        self.evaluate("new Promise((done) => setTimeout(done, 400))")

    def picture(self, path: Path) -> Path:
        """Save what is to be seen as a PNG and return where."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))
        return path

    def _address(self) -> str:
        """Read where the browser listens from what it says, and leave the rest of its talk unread."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := _ADDRESS.search(line):
                threading.Thread(target=self._process.stderr.read, daemon=True).start()
                return found[1]
        raise BrowserError("The browser ended before it could be reached.")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser, and note what the page complains about meanwhile."""
        self._last_id += 1
        asked = {"id": self._last_id, "method": method, "params": params}
        self._connection.send(json.dumps(asked | ({"sessionId": self._session} if self._session else {})))
        while True:
            heard = json.loads(self._connection.recv(timeout=self._wait_ms / 1000 + 10))
            if heard.get("id") == self._last_id:
                if "error" in heard:
                    raise BrowserError(f"{method}: {heard['error']['message']}")
                return dict(heard["result"])
            self._note(heard)

    def _note(self, heard: dict[str, Any]) -> None:
        params = heard.get("params", {})
        if heard.get("method") == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        elif heard.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}".strip())
