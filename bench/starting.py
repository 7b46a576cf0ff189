"""From nothing to ready, beside the bare import of the same libraries; and the memory it takes to get there."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

from bench.harness import Figure, at_most, compare
from bench.place import SQLITE, Place
from bench.processes import ROOT, free_port, open_slack, resident_mb, running, settings_for, wait_until_ready
from bot.playground import Playground

MOST_MB = 110
# Prints the modules of others that a started bot holds, in the order in which they were loaded.
_LIBRARIES = """
import json, sys
import bot.__main__, bot.app, bot.running
ours = ("bot", "handlers", "storage")
known = {"__main__", *ours, *sys.builtin_module_names}
others = [name for name, module in list(sys.modules.items())
          if "site-packages" in (getattr(module, "__file__", None) or "") and name.split(".")[0] not in known]
print(json.dumps(others))
"""


def measure_starting(place: Place) -> Iterator[Figure]:
    """Yield the figures of starting."""
    store = place.store(SQLITE, "starting")
    store.engine.dispose()
    found = subprocess.run([sys.executable, "-c", _LIBRARIES], cwd=ROOT, capture_output=True, check=True)
    libraries = json.loads(found.stdout)
    imports = f"import importlib\nfor name in {libraries!r}: importlib.import_module(name)"
    memory: list[float] = []
    with open_slack() as slack:
        url = store.engine.url.render_as_string()
        timed = compare(lambda: _import(imports), _start(slack, url, memory), rounds=max(place.size.rounds // 2, 1))
    yield Figure(
        f"start to ready / import of the same {len({name.split('.')[0] for name in libraries})} libraries",
        timed.slower, timed.limit * 1e3, timed.subject * 1e3, "ms", at_most(1.5),
    )  # fmt: skip
    if memory:
        used = median(memory)
        yield Figure("memory when ready", used / MOST_MB, MOST_MB, used, "MB", at_most(1))


def _import(statements: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", statements], cwd=ROOT, check=True)
    return time.perf_counter() - begun


def _start(slack: Playground, database_url: str, memory: list[float]) -> Callable[[], float]:
    def start() -> float:
        port = free_port()
        begun = time.perf_counter()
        with running(["-m", "bot", "run"], settings_for(slack, database_url, port)) as bot:
            wait_until_ready(port, bot)
            seconds = time.perf_counter() - begun
            used = resident_mb(bot.pid)
            if used is not None:
                memory.append(used)
        return seconds

    return start
