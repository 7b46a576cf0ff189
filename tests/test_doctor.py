"""The self-check names what is wrong and what to do, and stays quiet about the rest."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk import WebClient
from sqlalchemy import text, update

from bot.doctor import examine, examine_here, new_key
from bot.doctor.finding import Finding
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.sample import load_sample
from bot.settings import Settings
from storage import lanes
from storage.columns import Keyring, new_id
from storage.engine import Store, make_engine
from storage.jobs import migrate_jobs
from storage.models import Customer, Delivery, DeliveryState, TeammateRow, Workspace
from tests.support.cast import write_cast
from tests.support.slack import BOT_TOKEN, Now, build_slack, web_client

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def settings(**given: Any) -> Settings:
    """Settings of Socket Mode, with a key, unless something else is given."""
    values: dict[str, Any] = {
        "database_url": "sqlite:///unused.db", "bot_token": SecretStr(BOT_TOKEN), "app_token": SecretStr("xapp-1"),
        "signing_secret": None, "secret_keys": SecretStr(new_key()), "_env_file": None,
    }  # fmt: skip
    return Settings(**(values | given))


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    """The findings; of several by one name the worst."""
    worst: dict[str, Finding] = {}
    for finding in findings:
        if finding.name not in worst or finding.ok is False:
            worst[finding.name] = finding
    return worst


def look(
    store: Store | None = None, client: WebClient | None = None, *, real_time: float | None = None, **given: Any
) -> dict[str, Finding]:
    real_time = time.time() if real_time is None else real_time
    return by_name(examine(settings(**given), store, client, now=NOW, real_time=real_time))


def change(store: Store, workspace: int, **values: Any) -> None:
    with store.session() as session:
        row = session.get(Workspace, workspace)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def owe(store: Store, workspace: int, state: DeliveryState, at: datetime, **values: Any) -> None:
    with store.write(workspace) as ledger:
        row = Delivery(
            workspace_id=workspace, key=f"digest:{new_id()}", kind="digest", channel="U0ANA", state=state, due_at=at,
            created_at=at, **values,
        )  # fmt: skip
        ledger.add(row)


@contextmanager
def slack_with_a_clock() -> Iterator[WebClient]:
    """A Slack that answers auth.test alone, and says what time it is as every web server does."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"ok": True, "user": "keepwarm", "team": "Acorn Agency"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("x-oauth-scopes", ",".join((*REQUIRED_SCOPES, *OPTIONAL_SCOPES)))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield WebClient(token=BOT_TOKEN, base_url=f"http://127.0.0.1:{server.server_port}/api/", retry_handlers=[])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def working(store: Store, workspace: int) -> tuple[Store, int]:
    """A workspace where everything works: sample customers, a clock that ticked, a digest that was sent."""
    load_sample(store, workspace, today=NOW.date(), now=NOW)
    with store.session() as session:
        session.execute(update(Delivery).values(state=DeliveryState.SENT, sent_at=NOW - timedelta(hours=6)))
    change(store, workspace, ticked_at=NOW - timedelta(seconds=40))
    owe(store, workspace, DeliveryState.SENT, NOW - timedelta(hours=3), sent_at=NOW - timedelta(hours=3))
    return store, workspace


def test_nothing_is_wrong_where_everything_works(working: tuple[Store, int]) -> None:
    with slack_with_a_clock() as client:
        found = look(working[0], client)
    assert {name for name, finding in found.items() if finding.ok is not True} == set()
    assert set(found) - {"jobs"} == {
        "settings", "encryption", "token", "scopes", "clock", "database", "migrations", "tick", "digest", "deliveries",
        "rates", "owners",
    }  # fmt: skip
    assert found["digest"].sentence == "the last one was sent 3 hours ago."


@pytest.mark.parametrize(
    ("given", "ok", "word"),
    [
        ({}, True, "Socket Mode"),
        ({"app_token": None, "signing_secret": SecretStr("s")}, True, "127.0.0.1:3000"),
        ({"app_token": None}, False, "SLACK_SIGNING_SECRET"),
    ],
)
def test_it_says_how_slack_is_reached_and_what_is_missing(given: dict[str, Any], ok: bool, word: str) -> None:
    finding = look(**given)["settings"]
    assert finding.ok is ok
    assert word in finding.sentence


def test_without_keys_it_says_how_to_make_one() -> None:
    finding = look(secret_keys=SecretStr(""))["encryption"]
    assert finding.ok is None
    assert "--new-key" in finding.sentence


def test_a_new_key_is_one_that_the_settings_take() -> None:
    assert settings(secret_keys=SecretStr(f"{new_key()},{new_key()}")).fernet is not None


def test_a_missing_token_is_named() -> None:
    assert look()["token"].ok is False


def test_a_token_that_slack_refuses_is_named_with_slacks_word() -> None:
    with build_slack(Now()) as slack:
        client = WebClient(token="xoxb-someone-elses", base_url=slack.api_url, retry_handlers=[])
        finding = look(client=client)["token"]
    assert finding.ok is False
    assert "invalid_auth" in finding.sentence


def test_a_slack_that_cannot_be_reached_is_no_crash() -> None:
    with build_slack(Now()) as slack:
        client = web_client(slack)
    finding = look(client=client)["token"]
    assert finding.ok is False
    assert "can't be reached" in finding.sentence


def test_a_missing_scope_is_named_with_what_it_costs() -> None:
    scopes = [scope for scope in REQUIRED_SCOPES if scope != "im:history"]
    with build_slack(Now(), scopes=scopes) as slack:
        found = look(client=web_client(slack))
    assert found["scopes"].ok is False
    assert "im:history" in found["scopes"].sentence
    assert REQUIRED_SCOPES["im:history"] in found["scopes"].sentence
    assert found["optional scopes"].ok is None
    assert all(scope in found["optional scopes"].sentence for scope in OPTIONAL_SCOPES)


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (50, True), (-50, True), (300, False), (-300, False)])
def test_a_clock_that_slack_would_not_believe_is_found(seconds: int, ok: bool) -> None:
    with slack_with_a_clock() as client:
        finding = look(client=client, real_time=time.time() + seconds)["clock"]
    assert finding.ok is ok
    if not ok:
        assert ("5 minutes ahead" if seconds > 0 else "5 minutes behind") in finding.sentence


def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    found = by_name(examine_here(settings(database_url=f"sqlite:///{path}", bot_token=None), now=NOW))
    assert found["database"].ok is None
    assert not path.exists()


def test_a_database_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"this is no database, however long one looks at it" * 100)
    found = by_name(examine_here(settings(database_url=f"sqlite:///{path}", bot_token=None), now=NOW))
    assert found["database"].ok is False
    assert "DATABASE_URL" in found["database"].sentence


def test_an_old_schema_is_named(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE something (id INTEGER)"))
    finding = look(Store(engine))["migrations"]
    engine.dispose()
    assert finding.ok is False
    assert "python -m bot migrate" in finding.sentence


def test_a_clock_that_stopped_is_found(working: tuple[Store, int]) -> None:
    store, workspace = working
    change(store, workspace, ticked_at=NOW - timedelta(hours=4))
    assert look(store)["tick"] == Finding(
        "tick", False, "the clock ticked last 4 hours ago. Start `python -m bot run`, or look at its log."
    )


def test_a_new_installation_is_not_scolded(store: Store, workspace: int) -> None:
    found = look(store)
    assert (found["tick"].ok, found["digest"].ok, found["deliveries"].ok) == (None, None, True)


def test_failed_messages_are_named_by_slacks_reason(working: tuple[Store, int]) -> None:
    store, workspace = working
    for _ in range(2):
        owe(store, workspace, DeliveryState.FAILED, NOW - timedelta(days=1), error="channel_not_found")
    owe(store, workspace, DeliveryState.FAILED, NOW - timedelta(days=9), error="long_ago")
    finding = look(store)["deliveries"]
    assert finding.ok is False
    assert "2 × digest (channel_not_found)" in finding.sentence
    assert "long_ago" not in finding.sentence


def test_a_message_that_waits_for_hours_is_found(working: tuple[Store, int]) -> None:
    store, workspace = working
    owe(store, workspace, DeliveryState.PENDING, NOW - timedelta(minutes=30))
    assert look(store)["deliveries"].ok is True
    owe(store, workspace, DeliveryState.UNKNOWN, NOW - timedelta(hours=5))
    assert "5 hours" in look(store)["deliveries"].sentence


def test_a_currency_without_a_rate_is_named(working: tuple[Store, int]) -> None:
    store, workspace = working
    change(store, workspace, rates={"GBP": 1.15})
    finding = look(store)["rates"]
    assert finding.ok is False
    assert "USD" in finding.sentence
    assert "GBP" not in finding.sentence


def test_owners_whom_slack_does_not_know_are_named(working: tuple[Store, int]) -> None:
    store, workspace = working
    with store.write(workspace) as ledger:
        zoe = ledger.add(TeammateRow(workspace_id=workspace, name="Zoe", email="zoe@example.com"))
        ledger.add(TeammateRow(workspace_id=workspace, name="Owns nobody", email="no@example.com"))
        first = ledger.rows(Customer)[0]
        first.owner_id = zoe.id
        ledger.add(first)
    finding = look(store)["owners"]
    assert finding.ok is False
    assert "zoe@example.com" in finding.sentence
    assert "no@example.com" not in finding.sentence


def test_customers_that_nobody_owns_are_counted(working: tuple[Store, int]) -> None:
    store, workspace = working
    with store.write(workspace) as ledger:
        for row in ledger.rows(Customer)[:3]:
            row.owner_id = None
            ledger.add(row)
    finding = look(store)["owners"]
    assert (finding.ok, "3 customers" in finding.sentence) == (None, True)


def test_a_workspace_is_named_where_there_are_several(
    working: tuple[Store, int], make_workspace: Callable[[Store, str], int]
) -> None:
    store, _ = working
    other = make_workspace(store, "T0OTHER")
    change(store, other, name="Beech House")
    lines = [finding.line for finding in examine(settings(), store, None, now=NOW, real_time=0.0)]
    assert any("in Beech House" in line for line in lines)


def test_a_token_written_with_a_lost_key_is_found(store: Store, workspace: int) -> None:
    before = Keyring.fernet
    try:
        Keyring.fernet = settings().fernet
        change(store, workspace, bot_token="xoxb-stored")
        Keyring.fernet = settings().fernet
        finding = look(store)["encryption"]
    finally:
        Keyring.fernet = before
    assert finding.ok is False
    assert "KEEPWARM_SECRET_KEYS" in finding.sentence


@pytest.mark.parametrize("given", [{}, {"secret_keys": SecretStr("")}])
def test_a_note_written_with_a_lost_key_is_found(store: Store, workspace: int, given: dict[str, Any]) -> None:
    written_with = settings()
    Keyring.fernet = written_with.fernet
    with store.write(workspace) as ledger:
        write_cast(ledger, NOW.date())
    assert look(store, secret_keys=written_with.secret_keys)["encryption"].ok is True
    finding = look(store, **given)["encryption"]
    assert finding.ok is False
    assert "KEEPWARM_SECRET_KEYS" in finding.sentence


@pytest.mark.parametrize(("ok", "mark"), [(True, "✓"), (False, "✗"), (None, "–")])
def test_a_finding_is_one_line_with_its_mark(ok: bool | None, mark: str) -> None:
    assert Finding("clock", ok, "it ticks.").line == f"{mark} clock: it ticks."


def test_a_place_that_slack_refuses_is_named(store: Store, workspace: int) -> None:
    hour = timedelta(hours=1)
    with store.write(workspace) as ledger:
        lanes.close(ledger, "C0OLD", error="is_archived", now=NOW - 3 * hour, shortest=hour, longest=hour)
    found = look(store)["deliveries"]
    assert found.ok is False
    assert found.sentence.startswith("Slack stopped taking anything for C0OLD 3 hours ago (is_archived).")


def test_postgresql_without_the_tables_of_the_jobs_is_told_to_migrate(postgresql_store: Store) -> None:
    assert look(postgresql_store)["jobs"].ok is True
    with postgresql_store.engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS '00.00'"))
    found = look(postgresql_store)["jobs"]
    with postgresql_store.engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS '99'"))
        migrate_jobs(connection)
    assert (found.ok, "python -m bot migrate" in found.sentence) == (False, True)
