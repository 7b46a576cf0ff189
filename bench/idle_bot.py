"""`python -m bench.idle_bot SECONDS`: run the bot of the environment, see what it takes at rest, print that and end.

The process is that of `python -m bot run`. What it takes in some seconds between two ticks, with its looks for jobs and
deliveries, is added to what a tick takes with its chores: so nobody waits for minutes to pass.
"""

import json
import os
import signal
import sys
import threading
import time

from bot.app import Keepwarm, wall_clock
from bot.clock import TICK_SECONDS, look_after_workspaces
from bot.running import Role, run
from bot.terminal import open_store, read_settings

_LONGEST_SETTLING_SECONDS = 3.0
_TICKS = 3


def main() -> None:
    """Run until it is measured."""
    settings = read_settings()
    keepwarm = Keepwarm(settings, open_store(settings), wall_clock)
    threading.Thread(target=_measure, args=(keepwarm, float(sys.argv[1])), daemon=True).start()
    run(keepwarm, role=Role.ALL)


def _measure(keepwarm: Keepwarm, seconds: float) -> None:
    try:
        time.sleep(min(seconds, _LONGEST_SETTLING_SECONDS))
        begun = time.process_time()
        time.sleep(seconds)
        at_rest = (time.process_time() - begun) / seconds
        begun = time.process_time()
        for _ in range(_TICKS):
            keepwarm.tick()
            keepwarm.do_chores()
            look_after_workspaces(keepwarm.store, now=keepwarm.clock(), look_after=keepwarm.look_after)
        tick_seconds = (time.process_time() - begun) / _TICKS
        share = at_rest + tick_seconds / TICK_SECONDS
        print(json.dumps({"share": share, "tick_seconds": tick_seconds}), flush=True)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
