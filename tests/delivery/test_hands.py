"""Threads that share a queue: each thing is done once, so many at a time."""

import threading

from bot.delivery.hands import Hands
from tests.support.waiting import until


def test_everything_is_done_once_by_no_more_than_there_are_hands() -> None:
    done: list[int] = []
    workers: set[str] = set()

    def work(number: int) -> None:
        workers.add(threading.current_thread().name + str(threading.get_ident()))
        done.append(number)

    hands = Hands(work, most=3, name="tester")
    for first in range(0, 100, 10):
        hands.give(range(first, first + 10))
    until(lambda: len(done) == 100, what="a hundred things")
    assert sorted(done) == list(range(100))
    assert len(workers) <= 3


def test_what_hangs_holds_up_nothing_else() -> None:
    let_go, done = threading.Event(), threading.Event()

    def work(thing: str) -> None:
        if thing == "slow":
            let_go.wait(10)
        else:
            done.set()

    Hands(work, most=2, name="tester").give(["slow", "quick"])
    assert done.wait(10)
    let_go.set()
