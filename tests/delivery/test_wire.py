"""Connections that are kept: fewer handshakes, and never a doubt more about what was sent than without them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from bot.delivery.call import BROKEN
from bot.delivery.wire import Lines, NotSent
from tests.support.waiting import until

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"ok": true}'
# What a server does with the number of a request: answer and stay, answer and close, close without a word, stay
# without one.
STAY, CLOSE, VANISH, HANG = "stay", "close", "vanish", "hang"


class Server:
    """Reads requests as they come, and keeps what was asked on which connection."""

    def __init__(self, behave: Callable[[int], str]) -> None:
        self._behave = behave
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked: list[tuple[int, str]] = []
        self.closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self._serve, args=(line, number), daemon=True).start()

    def _serve(self, line: socket.socket, number: int) -> None:
        with closing(line), line.makefile("rb") as stream:
            while first := stream.readline():
                length = 0
                while (header := stream.readline().strip().lower()) != b"":
                    length = int(header.split()[1]) if header.startswith(b"content-length:") else length
                stream.read(length)
                self.asked.append((number, first.split()[1].decode()))
                behaviour = self._behave(len(self.asked))
                if behaviour in {STAY, CLOSE}:
                    line.sendall(ANSWER)
                if behaviour in {CLOSE, VANISH}:
                    break
            line.shutdown(socket.SHUT_RDWR)
        self.closed.set()

    def stop(self) -> None:
        """Listen no more: closing alone leaves the one `accept` that is waiting."""
        with suppress(OSError):  # stopped before
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def make_server() -> Iterator[Callable[..., Server]]:
    """Start servers that behave as told, by the number of the request; they stop at the end of the test."""
    running: list[Server] = []

    def make(*behaviours: str) -> Server:
        running.append(Server(lambda number: (*behaviours, STAY)[min(number - 1, len(behaviours))]))
        return running[-1]

    yield make
    for server in running:
        server.stop()


def test_calls_share_a_connection(make_server: Callable[..., Server]) -> None:
    server, lines = make_server(), Lines()
    for number in range(3):
        assert lines.post(f"{server.url}/api/{number}", {}, timeout=5).text == '{"ok": true}'
    assert server.asked == [(1, "/api/0"), (1, "/api/1"), (1, "/api/2")]


def test_a_connection_that_rested_too_long_is_not_trusted(make_server: Callable[..., Server]) -> None:
    server, lines = make_server(), Lines(longest_rest=0)
    for _ in range(2):
        lines.post(f"{server.url}/a", {}, timeout=5)
    assert server.asked == [(1, "/a"), (2, "/a")]


def test_a_connection_that_the_other_side_closed_while_it_rested_is_not_used(
    make_server: Callable[..., Server],
) -> None:
    server, lines = make_server(CLOSE), Lines()
    lines.post(f"{server.url}/a", {}, timeout=5)
    until(server.closed.is_set, what="the end of the line")
    assert lines.post(f"{server.url}/b", {}, timeout=5).status == 200
    assert server.asked == [(1, "/a"), (2, "/b")]


def test_a_request_that_was_read_and_not_answered_is_not_sent_again_and_not_called_unsent(
    make_server: Callable[..., Server],
) -> None:
    server, lines = make_server(STAY, VANISH), Lines()
    lines.post(f"{server.url}/a", {}, timeout=5)
    with pytest.raises(BROKEN):
        lines.post(f"{server.url}/b", {}, timeout=5)
    assert server.asked == [(1, "/a"), (1, "/b")]


def test_a_connection_whose_answer_did_not_come_in_time_is_not_used_again(make_server: Callable[..., Server]) -> None:
    """What comes on it later is the answer to another question."""
    server, lines = make_server(HANG), Lines()
    with pytest.raises(TimeoutError):
        lines.post(f"{server.url}/a", {}, timeout=0.1)
    assert lines.post(f"{server.url}/b", {}, timeout=5).text == '{"ok": true}'
    assert server.asked == [(1, "/a"), (2, "/b")]


def test_where_nobody_listens_nothing_was_sent(make_server: Callable[..., Server]) -> None:
    server = make_server()
    server.stop()
    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        Lines().post(f"{server.url}/a", {}, timeout=5)


def test_a_proxy_is_told_the_whole_address(make_server: Callable[..., Server]) -> None:
    proxy = make_server()
    Lines().post("http://slack.invalid/api/chat.postMessage?a=b", {}, timeout=5, proxy=proxy.url)
    assert proxy.asked == [(1, "http://slack.invalid/api/chat.postMessage?a=b")]
