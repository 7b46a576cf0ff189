"""`run` as a real process against the stand-in for Slack: both modes, the stop, the kill, and what it says."""

import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from bot.playground import Playground
from bot.playground.line import signature_headers
from bot.usecases.installing import remember_workspace
from storage import outbox
from storage.models import Delivery, DeliveryState, TeammateRow, Touch, Workspace
from tests.delivery.conftest import Interlude
from tests.support.cast import write_cast
from tests.support.process import Running, say, start
from tests.support.slack import SIGNING_SECRET, build_slack
from tests.support.terminal import folder, store_in
from tests.support.waiting import until

__all__ = ["folder"]

# `docker stop` waits so long; what runs then is killed.
KILLED_AFTER_SECONDS = 10


@pytest.fixture
def slack() -> Iterator[Playground]:
    """A stand-in whose time is the real one, as the process's is."""
    with build_slack(lambda: datetime.now(UTC)) as playground:
        yield playground


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def http_settings(slack: Playground) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_API_URL": slack.api_url,
        "KEEPWARM_LOG_LEVEL": "debug",
    }  # fmt: skip


def socket_settings(slack: Playground) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url,
        "KEEPWARM_LOG_LEVEL": "debug",
    }  # fmt: skip


def stops_quickly(running: Running, how: signal.Signals = signal.SIGTERM) -> None:
    began = time.monotonic()
    assert running.stop(how) == 0, running.log.read_text()
    assert time.monotonic() - began < KILLED_AFTER_SECONDS
    assert "stopped" in running.log.read_text()


def owe(folder: Path, count: int) -> None:
    """Owe texts to a workspace that is installed."""
    store = store_in(folder)
    with store.session() as session:
        workspace_id = remember_workspace(
            session, slack_team_id="T0PLAY", name="Acorn", slack_bot_user_id="U0BOT", bot_token="xoxb-x",
            now=datetime.now(UTC),
        )  # fmt: skip
    with store.write(workspace_id) as ledger:
        for number in range(count):
            channel = ("C0TEAM", "C0PRIV")[number % 2]
            owed = outbox.Owed(key=f"text:{number}", kind="text", channel=channel, payload={"text": f"text {number}"})
            outbox.owe(ledger, owed, now=datetime.now(UTC))
    store.engine.dispose()


def test_http_mode_answers_a_command_and_stops_when_told(slack: Playground, folder: Path, port: int) -> None:
    running = start(folder, port, settings=http_settings(slack))
    slack.events_url = f"{running.url}/slack/events"
    answer = slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help")
    assert answer.ok
    assert "/whois-neglected" in answer.json["text"]
    assert httpx.get(f"{running.url}/healthz", trust_env=False).json() == {"ok": True}
    secret_text = "command=/keepwarm&team_id=T0PLAY&user_id=U0ANA&text=Acme+owes+us"
    for body in (secret_text, "{" + secret_text, "payload=" + secret_text):
        for key in (SIGNING_SECRET, "wrong"):
            headers = signature_headers(key, body, int(time.time()))
            httpx.post(f"{running.url}/slack/events", content=body, headers=headers, trust_env=False)
    slack.say("U0ANA", slack.dm("U0ANA"), "Acme owes us 12 apples")
    stops_quickly(running)
    log = running.log.read_text()
    assert "request_refused" in log
    for secret in ("Acme", "apples", "owes", slack.bot_token, SIGNING_SECRET, "Traceback"):
        assert secret not in log


def test_socket_mode_answers_the_same_command(slack: Playground, folder: Path, port: int) -> None:
    running = start(folder, port, settings=socket_settings(slack))
    assert slack.socket.connected
    answer = slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help")
    assert "/whois-neglected" in answer.json["text"]
    assert httpx.get(f"{running.url}/healthz", trust_env=False).status_code == 200
    assert httpx.post(f"{running.url}/slack/events", trust_env=False).status_code == 404, "one way in is enough"
    slack.say("U0ANA", slack.dm("U0ANA"), "Acme owes us 12 apples")
    stops_quickly(running, signal.SIGINT)
    log = running.log.read_text()
    for secret in ("Acme", "apples", slack.bot_token, slack.app_token, "Traceback"):
        assert secret not in log


def test_socket_mode_comes_back_and_takes_an_envelope_twice_for_one(slack: Playground, folder: Path, port: int) -> None:
    running = start(folder, port, settings=socket_settings(slack))
    with store_in(folder).session() as session:
        workspace_id = session.exec(select(col(Workspace.id))).one()
    assert slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help").ok, "people are known from their first visit"
    assert slack.slash("U0BEN", "C0TEAM", "/keepwarm", "help").ok
    with store_in(folder).write(workspace_id) as ledger:
        write_cast(ledger, datetime.now(UTC).date())
    for disturb in (slack.socket.ask_to_reconnect, slack.socket.cut):
        slack.socket.arrived.clear()
        disturb()
        assert slack.socket.arrived.wait(20), "the bot connects again"
        until(lambda: slack.socket.connections == 1, seconds=20, what="the old connection's end")
        assert "/whois-neglected" in slack.slash("U0ANA", "C0TEAM", "/keepwarm", "help").json["text"]
    assert slack.say("U0ANA", slack.dm("U0ANA"), "Acme called").ok
    assert slack.line.send(slack.requests[-1]).ok
    stops_quickly(running)
    with store_in(folder).session(writes=False) as session:
        said = session.exec(select(Touch).where(col(Touch.source) == "reply")).all()
    assert len(said) == 1


def test_a_stop_finishes_what_is_being_sent(slack: Playground, folder: Path, port: int) -> None:
    owe(folder, 2)
    slack.faults.next("chat.postMessage", delay=0.4, times=2)
    running = start(folder, port, "--role", "worker", settings=http_settings(slack))
    until(lambda: _states(folder) == {DeliveryState.SENDING, DeliveryState.SENT} or _is_sending(folder), what="sending")
    stops_quickly(running)
    assert _states(folder) == {DeliveryState.SENT}
    assert sorted(slack_texts(slack)) == ["text 0", "text 1"]


def slack_texts(slack: Playground) -> list[str]:
    return [message.text for message in slack.workspace.messages if message.bot_id]


def _rows(folder: Path) -> list[Delivery]:
    store = store_in(folder)
    with store.session(writes=False) as session:
        found = list(session.exec(select(Delivery)).all())
    store.engine.dispose()
    return found


def _states(folder: Path) -> set[DeliveryState]:
    return {row.state for row in _rows(folder) if row.kind == "text"}


def _is_sending(folder: Path) -> bool:
    return DeliveryState.SENDING in _states(folder)


def test_a_bot_that_is_killed_during_a_digest_sends_it_once(slack: Playground, folder: Path, port: int) -> None:
    """Killed while Slack works on it. The next one waits until the dead one's claim has run out."""
    store = store_in(folder)
    now = datetime.now(UTC)
    due_at = max(now - timedelta(minutes=1), now.replace(hour=0, minute=0, second=0, microsecond=0))
    with store.session() as session:
        workspace_id = remember_workspace(
            session, slack_team_id="T0PLAY", name="Acorn", slack_bot_user_id="U0BOT", bot_token="xoxb-x", now=now
        )
        for slack_id in ("U0ANA", "U0BEN"):
            session.add(
                TeammateRow(
                    workspace_id=workspace_id, slack_user_id=slack_id, name=slack_id, timezone="UTC", seen_at=now,
                    work_days="1234567", next_digest_at=due_at if slack_id == "U0ANA" else None,
                )
            )  # fmt: skip
    with store.write(workspace_id) as ledger:
        write_cast(ledger, now.date())
        # A first message to somebody can't be looked for, so this is not the first.
        hello = outbox.Owed(key="hello", kind="text", channel="U0ANA", payload={"text": "hello"})
        outbox.owe(ledger, hello, now=now - timedelta(minutes=5))
    victims: list[Running] = []
    settings = {**http_settings(slack), "KEEPWARM_LOG_LEVEL": "info"}
    slack.web_api.faults = Interlude("chat.postMessage", lambda: victims[0].stop(signal.SIGKILL), at=2)
    victims.append(start(folder, port, settings=settings))
    until(lambda: victims[0].process.poll() == -signal.SIGKILL, seconds=30, what="its death")
    until(lambda: len(slack_texts(slack)) == 2, what="what Slack had taken")
    with store.write(workspace_id) as ledger:
        held = ledger.rows(Delivery, col(Delivery.state) == DeliveryState.SENDING)
        # The App Home goes its own way beside the conversation, so it may have been caught as well.
        assert {row.kind for row in held} - {"home"} == {"digest"}
        for row in held:
            row.lease_until_at = now
            ledger.add(row)
    again = start(folder, port, settings=settings)
    until(lambda: {row.state for row in _rows(folder)} == {DeliveryState.SENT}, what="all of it")
    stops_quickly(again)
    assert len(slack_texts(slack)) == 2
    assert [row.attempts for row in _rows(folder) if row.kind == "digest"] == [2]
    store.engine.dispose()


def start_refused(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: dict[str, str]) -> str:
    """What `run` says on stderr when it does not start; in this process, since no server gets that far."""
    done = say(monkeypatch, folder, "run", settings=settings)
    assert (done.status, done.out) == (2, "")
    assert "Traceback" not in done.err
    return done.err


def test_a_port_that_is_taken_is_a_sentence(slack: Playground, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        said = start_refused(monkeypatch, folder, {**http_settings(slack), "KEEPWARM_PORT": number})
    assert "KEEPWARM_PORT" in said
    assert number in said


def test_every_wrong_setting_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"SLACK_BOT_TOKEN": "wrong", "KEEPWARM_PORT": "many", "SLACK_API_URL": "http://evil.example/api/"}
    said = start_refused(monkeypatch, folder, wrong)
    assert sorted(line.split(":")[0] for line in said.splitlines()) == sorted(wrong)


def test_everything_that_is_missing_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = start_refused(monkeypatch, folder, {"KEEPWARM_PORT": "0"})
    assert [name for name in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN") if name not in said] == []


@pytest.mark.parametrize("missing", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])
def test_a_missing_secret_is_a_sentence(
    slack: Playground, folder: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = http_settings(slack) | {"KEEPWARM_PORT": "0"}
    del settings[missing]
    assert missing in start_refused(monkeypatch, folder, settings)


@pytest.mark.parametrize(("setting", "value"), [("SLACK_BOT_TOKEN", "xoxb-of-another"), ("SLACK_APP_TOKEN", "xapp-no")])
def test_a_token_that_slack_refuses_is_a_sentence(
    slack: Playground, folder: Path, setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = start_refused(monkeypatch, folder, http_settings(slack) | {"KEEPWARM_PORT": "0", setting: value})
    assert f"{setting}: " in said
    assert "invalid_auth" in said
    assert value not in said
