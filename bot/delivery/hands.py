"""Threads that take things from one queue, live as long as there is something to do, and hold up no process's end."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

ThingT = TypeVar("ThingT")

# Whoever has waited this long for something to do leaves; the next thing hires somebody new.
_PATIENCE_SECONDS = 5.0


class Hands(Generic[ThingT]):
    """Up to `most` daemon threads that each do `work` with one thing at a time. It must not raise.

    Daemons, since a call that hangs must not hold up the end of the process, as those of an executor would.
    """

    def __init__(self, work: Callable[[ThingT], None], *, most: int, name: str) -> None:
        self._work, self._most, self._name = work, most, name
        self._given = threading.Condition()
        self._waiting: deque[ThingT] = deque()
        self._idle = self._hired = 0

    def give(self, things: Sequence[ThingT]) -> None:
        """Hand over things to do; they are begun in their order as hands are free."""
        with self._given:
            self._waiting.extend(things)
            wanted = min(len(self._waiting) - self._idle, self._most - self._hired)
            self._hired += max(0, wanted)
            self._given.notify(len(things))
        for _ in range(wanted):
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._given:
                self._idle += 1
                found = self._given.wait_for(lambda: bool(self._waiting), _PATIENCE_SECONDS)
                self._idle -= 1
                if not found:
                    self._hired -= 1
                    return
                thing = self._waiting.popleft()
            self._work(thing)
