"""Bad weather between the bot and Slack: limits, broken lines, late and lost answers, at random."""

import random
import threading

from bot.playground.faults import Fault, Faults


class Weather(Faults):
    """Lets calls go wrong by chance, the same chance every time for the same seed. The start of a bot is spared."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self._one_at_a_time = threading.Lock()
        self.clear_sky = False
        self.blown = 0

    def take(self, method: str) -> Fault | None:
        """What goes wrong with this call, if anything."""
        waiting = super().take(method)
        if waiting is not None or self.clear_sky or not method.startswith(("chat.", "conversations.", "reactions.")):
            return waiting
        with self._one_at_a_time:
            fault = self._roll()
            self.blown += fault is not None and (fault.reset or fault.status is not None)
        return fault

    def _roll(self) -> Fault | None:
        dice, delay = self._chance.random(), self._chance.uniform(0, 0.2)
        for share, fault in (
            (0.03, Fault(reset=True, accepted=True, delay=delay)),
            (0.02, Fault(reset=True)),
            (0.02, Fault(status=500, accepted=True)),
            (0.01, Fault(status=503)),
            (0.01, Fault(status=429, retry_after=1)),
            (0.40, Fault(delay=delay)),
        ):
            if dice < share:
                return fault
            dice -= share
        return None
