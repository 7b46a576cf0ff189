"""The composition root: who the bot is, what it forgets, and what it says when it can't work."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from sqlalchemy import text
from sqlmodel import col

from bot.app import Keepwarm
from bot.errors import SettingsError
from bot.playground.line import Answer, Request
from bot.settings import Settings
from storage import outbox
from storage.columns import KeyMissing, Keyring
from storage.engine import Store
from storage.models import Delivery, DeliveryState, Workspace
from storage.sealed import Keys
from tests.support.bot import Office, make_office, office
from tests.support.cast import write_cast

__all__ = ["make_office", "office"]


def settings_of(office: Office, **changed: object) -> Settings:
    given: dict[str, object] = {
        "database_url": "sqlite:///unused.db", "bot_token": SecretStr(office.slack.bot_token),
        "api_url": office.slack.api_url, "_env_file": None,
    }  # fmt: skip
    return Settings(**{**given, **changed})  # type: ignore[arg-type]


def stored(store: Store) -> Workspace:
    with store.session(writes=False) as session:
        found = session.get(Workspace, session.execute(text("SELECT id FROM workspace")).scalar_one())
    assert found is not None
    return found


def say_that(office: Office, event: Mapping[str, object], *, team: str = "T0PLAY") -> Answer:
    payload = office.slack.payloads.event({"event_ts": f"{office.clock().timestamp():.6f}", **event})
    payload["team_id"] = team
    for authorization in payload.get("authorizations", []):
        authorization["team_id"] = team
    return office.slack.line.send(Request("event", payload))


def owe(office: Office) -> int:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        owed = outbox.Owed(key="hello", kind="text", channel="C0TEAM", payload={"text": "hello"})
        delivery_id = outbox.owe(ledger, owed, now=office.clock())
    assert delivery_id is not None
    return delivery_id


def state_of(office: Office, delivery_id: int) -> DeliveryState:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        found = ledger.get(Delivery, delivery_id)
    assert found is not None
    return found.state


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}], ids=str
)
def test_a_workspace_that_removes_the_bot_is_left_alone_from_then_on(
    office: Office, event: Mapping[str, object]
) -> None:
    delivery_id = owe(office)
    office.clock.forward(hours=1)
    assert say_that(office, event).ok
    assert stored(office.keepwarm.store).uninstalled_at == office.clock()
    assert office.keepwarm.client_for(office.workspace_id) is None
    assert office.keepwarm.authorize(None, "T0PLAY") is None
    calls = len(office.slack.calls)
    office.tick()
    assert len(office.slack.calls) == calls
    assert state_of(office, delivery_id) is DeliveryState.CANCELLED


def test_being_told_twice_that_the_bot_was_removed_is_normal(office: Office) -> None:
    office.clock.forward(hours=1)
    for event in ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}):
        assert say_that(office, event).ok
    assert say_that(office, {"type": "app_uninstalled"}, team="T0NOBODY").ok


def test_a_person_s_revoked_token_is_not_the_bot_s(office: Office) -> None:
    office.clock.forward(hours=1)
    assert say_that(office, {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANA"]}}).ok
    assert stored(office.keepwarm.store).uninstalled_at is None


def test_news_of_a_removal_that_comes_after_the_next_installation_is_old(office: Office) -> None:
    office.clock.forward(hours=1)
    removed_at = office.clock.now
    assert say_that(office, {"type": "app_uninstalled"}).ok
    office.clock.forward(minutes=5)
    assert office.keepwarm.install() == office.workspace_id
    late = {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}, "event_ts": f"{removed_at.timestamp():.6f}"}
    assert say_that(office, late).ok
    assert stored(office.keepwarm.store).uninstalled_at is None
    assert office.keepwarm.client_for(office.workspace_id) is not None


def test_a_token_that_slack_does_not_take_is_a_sentence(office: Office) -> None:
    other = Keepwarm(settings_of(office, bot_token=SecretStr("xoxb-of-another")), office.keepwarm.store, office.clock)
    with pytest.raises(SettingsError, match=r"^SLACK_BOT_TOKEN: Slack does not take it \(invalid_auth\)"):
        other.install()


def test_a_missing_token_is_a_sentence(office: Office) -> None:
    with pytest.raises(SettingsError, match=r"^SLACK_BOT_TOKEN is not set"):
        Keepwarm(settings_of(office, bot_token=None), office.keepwarm.store, office.clock).install()


def test_a_slack_that_is_away_is_a_sentence(office: Office) -> None:
    office.slack.stop()
    with pytest.raises(SettingsError, match=r"^Slack can't be asked who this bot is"):
        office.keepwarm.install()


def test_two_processes_never_carry_the_same_name(office: Office) -> None:
    other = Keepwarm(settings_of(office), office.keepwarm.store, office.clock)
    assert other.dispatcher._sender.name != office.keepwarm.dispatcher._sender.name


def test_what_to_do_when_unsure_is_a_setting(office: Office) -> None:
    assert not office.keepwarm.dispatcher._sender.send_when_unsure
    bold = Keepwarm(settings_of(office, when_unsure="twice"), office.keepwarm.store, office.clock)
    assert bold.dispatcher._sender.send_when_unsure


def test_a_bot_that_keeps_up_has_no_problems(office: Office) -> None:
    office.tick()
    assert (office.keepwarm.problems(), office.keepwarm.delays()) == ({}, {})


def test_a_message_that_waits_for_an_hour_is_said_and_takes_no_replica_out(office: Office) -> None:
    owe(office)
    office.clock.forward(hours=1, seconds=1)
    office.keepwarm.tick()
    assert (office.keepwarm.problems(), office.keepwarm.delays()) == ({}, {"oldest_unsent_seconds": 3601})


def test_a_clock_that_stopped_is_said(office: Office) -> None:
    office.tick()
    office.clock.forward(minutes=5, seconds=1)
    assert office.keepwarm.delays() == {"last_tick_seconds": 301}


def test_a_database_that_is_away_is_a_problem_and_no_crash(office: Office) -> None:
    with office.keepwarm.store.session() as session:
        session.execute(text("ALTER TABLE delivery RENAME TO away"))
    assert office.keepwarm.problems() == {"database": "can't be used"}


def test_a_database_of_another_version_is_a_problem(office: Office) -> None:
    with office.keepwarm.store.session() as session:
        session.execute(text("DELETE FROM alembic_version"))
    assert "migrations" in office.keepwarm.problems()


@pytest.fixture
def keys() -> Callable[..., Settings]:
    """Settings with secret keys; the ring is emptied afterwards by the next bot that is put together."""
    return lambda office, *names: settings_of(office, secret_keys=SecretStr(",".join(names)))


def test_a_stored_token_is_encrypted_and_rotated_keys_read_it(
    store: Store, make_office: Callable[[Store], Office], keys: Callable[..., Settings]
) -> None:
    office = make_office(store)
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    try:
        Keepwarm(keys(office, old), store, office.clock).install()
        with store.session(writes=False) as session:
            raw = session.execute(text("SELECT bot_token FROM workspace")).scalar_one()
        assert office.slack.bot_token not in raw
        assert Fernet(old).decrypt(raw.encode()).decode() == office.slack.bot_token

        rotated = Keepwarm(keys(office, new, old), store, office.clock)
        client = rotated.client_for(office.workspace_id)
        assert client is not None
        assert client.token == office.slack.bot_token
        rotated.install()
        with store.session(writes=False) as session:
            raw = session.execute(text("SELECT bot_token FROM workspace")).scalar_one()
        assert Fernet(new).decrypt(raw.encode()).decode() == office.slack.bot_token

        with pytest.raises(KeyMissing, match="KEEPWARM_SECRET_KEYS"):
            Keepwarm(keys(office, old), store, office.clock).client_for(office.workspace_id)
        with pytest.raises(KeyMissing, match="KEEPWARM_SECRET_KEYS"):
            Keepwarm(keys(office), store, office.clock).client_for(office.workspace_id)

        lost = Keepwarm(keys(office, Fernet.generate_key().decode()), store, office.clock)
        assert lost.install() == office.workspace_id, "a lost key is mended by a start with the token"
        assert lost.client_for(office.workspace_id) is not None
    finally:
        Keyring.fernet = None


def test_without_keys_a_token_is_not_stored(office: Office) -> None:
    with office.keepwarm.store.session(writes=False) as session:
        assert session.execute(text("SELECT bot_token FROM workspace")).scalar_one() is None
    assert office.keepwarm.client_for(office.workspace_id) is not None


def test_the_same_event_four_times_has_one_effect(store: Store, make_office: Callable[[Store], Office]) -> None:
    office = make_office(store)
    payload = office.slack.payloads.event(
        {"type": "message", "channel": office.slack.dm("U0ANA"), "channel_type": "im", "user": "U0ANA",
         "text": "help", "ts": "1795507200.000100", "event_ts": "1795507200.000100"}
    )  # fmt: skip
    for number in range(4):
        answer = office.slack.line.send(Request("event", payload, retry_num=number, retry_reason="http_timeout"))
        assert answer.ok
    office.settle()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_an_event_that_failed_is_done_when_slack_sends_it_again(
    store: Store, make_office: Callable[[Store], Office]
) -> None:
    office = make_office(store)
    payload = office.slack.payloads.event(
        {"type": "message", "channel": office.slack.dm("U0ANA"), "channel_type": "im", "user": "U0ANA",
         "text": "help", "ts": "1795507200.000100", "event_ts": "1795507200.000100"}
    )  # fmt: skip
    with store.session() as session:
        session.execute(text("ALTER TABLE delivery RENAME TO away"))
    assert office.slack.line.send(Request("event", payload)).status == 500
    with store.session() as session:
        session.execute(text("ALTER TABLE away RENAME TO delivery"))
    assert office.slack.line.send(Request("event", payload, retry_num=1, retry_reason="http_error")).ok
    office.settle()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_a_digest_that_slack_could_not_take_for_days_is_given_up(office: Office) -> None:
    """Slack was away from Tuesday to Friday: on Friday there is one digest, and it is Friday's."""

    with office.keepwarm.store.write(office.workspace_id) as ledger:
        write_cast(ledger, office.clock.now.date())
    port = int(office.slack.url.rsplit(":", 1)[1])
    office.slack.stop()
    for _ in range(4):
        office.clock.now = office.clock.now.replace(hour=9, minute=0)
        office.tick()
        for _ in range(5):
            office.clock.forward(minutes=2)
            office.settle()
        office.clock.forward(days=1)
    office.clock.now = office.clock.now - timedelta(days=1) + timedelta(hours=3)
    office.slack.start(port)
    office.settle()
    digests = [row for row in _deliveries(office) if row.kind == "digest" and row.channel == "U0ANA"]
    assert [message.text.split(":")[0] for message in office.slack.from_bot("U0ANA")] == [
        "I was not running from Tuesday 9",
        "Friday",
    ], "the news of several outages is one"
    assert {row.error for row in digests if row.state is DeliveryState.CANCELLED} == {"too_late"}


def _deliveries(office: Office) -> list[Delivery]:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return list(ledger.rows(Delivery, order_by=col(Delivery.id)))


def test_a_digest_that_cannot_be_drawn_for_want_of_a_key_waits_until_it_is_there(
    store: Store, make_office: Callable[[Store], Office]
) -> None:
    office = make_office(store)
    right, another = (Keys([Fernet.generate_key().decode()]) for _ in range(2))
    Keyring.fernet = right
    with store.write(office.workspace_id) as ledger:
        write_cast(ledger, office.clock.now.date())
    office.clock.forward(hours=1)
    assert office.keepwarm.tick() == 1
    for lacking in (another, None):
        Keyring.fernet = lacking
        office.clock.forward(minutes=5)
        office.settle()
        assert office.slack.from_bot("U0ANA") == []
        with store.read(office.workspace_id) as ledger:
            row = ledger.first(Delivery, col(Delivery.kind) == "digest")
        assert row is not None
        assert (row.state, row.attempts, row.error) == (DeliveryState.PENDING, 0, "no_key")
    Keyring.fernet = right
    office.clock.forward(minutes=5)
    office.settle()
    assert "Acme" in office.slack.last_message("U0ANA").text


def test_what_is_too_old_is_forgotten_also_where_slack_does_not_answer(office: Office) -> None:
    delivery_id = owe(office)
    office.settle()
    office.clock.forward(days=401)
    office.slack.faults.next("users.list", error="fatal_error")
    with pytest.raises(SlackApiError):
        office.keepwarm.look_after(office.workspace_id)
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        assert ledger.get(Delivery, delivery_id) is None
