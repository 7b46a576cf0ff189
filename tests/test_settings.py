"""Settings: what is taken, what is refused with a remedy, and that secrets stay secret."""

import pytest
from cryptography.fernet import Fernet

from bot.errors import SettingsError
from bot.settings import Settings, WhenUnsure, load_settings

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def test_without_any_setting_everything_stays_on_this_machine() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 3000, "sqlite:///keepwarm.db")
    assert (settings.api_url, settings.log_level) == ("https://slack.com/api/", "info")
    assert (settings.bot_token, settings.app_token, settings.signing_secret, settings.fernet) == (None,) * 4
    assert settings.when_unsure is WhenUnsure.NEVER


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("DATABASE_URL", "postgres://u:p@h/d", "database_url", "postgresql://u:p@h/d"),
        ("DATABASE_URL", "postgresql://u:p@h/d", "database_url", "postgresql://u:p@h/d"),
        ("DATABASE_URL", "sqlite:////var/lib/k.db", "database_url", "sqlite:////var/lib/k.db"),
        ("SLACK_API_URL", "http://127.0.0.1:4000/api", "api_url", "http://127.0.0.1:4000/api/"),
        ("SLACK_API_URL", "https://gov.slack.com/api/", "api_url", "https://gov.slack.com/api/"),
        ("KEEPWARM_PORT", "0", "port", 0),
        ("KEEPWARM_PORT", "65535", "port", 65535),
        ("KEEPWARM_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("KEEPWARM_LOG_LEVEL", "DEBUG", "log_level", "debug"),
        ("KEEPWARM_LOG_LEVEL", "", "log_level", "info"),
        ("KEEPWARM_WHEN_UNSURE", "twice", "when_unsure", WhenUnsure.TWICE),
        ("SLACK_BOT_TOKEN", "", "bot_token", None),
    ],
)
def test_a_value_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, read: object) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(), field) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "keepwarm.db"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "mysql://user:secret@host/name"),
        ("DATABASE_URL", "postgresql://user:secret@host:many/name"),
        ("DATABASE_URL", "sqlite:///?mode=memory"),
        ("SLACK_BOT_TOKEN", "xapp-1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("SLACK_API_URL", "http://127.0.0.1.evil.example/api/"),
        ("SLACK_API_URL", "http://localhost@evil.example/api/"),
        ("SLACK_API_URL", "ftp://127.0.0.1/"),
        ("KEEPWARM_SECRET_KEYS", "not a key"),
        ("KEEPWARM_SECRET_KEYS", "short,shorter"),
        ("KEEPWARM_PORT", "-1"),
        ("KEEPWARM_PORT", "65536"),
        ("KEEPWARM_PORT", "many"),
        ("KEEPWARM_LOG_LEVEL", "loud"),
        ("KEEPWARM_WHEN_UNSURE", "maybe"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    said = str(refused.value)
    assert said.startswith(f"{name}: ")
    assert "Remedy: " in said
    assert "README" not in said, "every setting has a remedy of its own"
    if "KEY" in name or "TOKEN" in name or "DATABASE" in name:
        assert value not in said.partition("Remedy")[0]
    else:
        assert f"'{value}' can't be used" in said


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "KEEPWARM_PORT", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "wrong")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert sorted(line.split(":")[0] for line in str(refused.value).splitlines()) == [
        "DATABASE_URL", "KEEPWARM_PORT", "SLACK_BOT_TOKEN",
    ]  # fmt: skip


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-secret-1", "SLACK_APP_TOKEN": "xapp-secret-2", "SLACK_SIGNING_SECRET": "secret-3",
        "SLACK_CLIENT_SECRET": "secret-4", "KEEPWARM_SECRET_KEYS": KEY,
    }  # fmt: skip
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    shown = f"{load_settings()!r} {load_settings()} {load_settings().model_dump()}"
    assert [value for value in secrets.values() if value in shown] == []


def test_older_keys_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Fernet.generate_key().decode()
    monkeypatch.setenv("KEEPWARM_SECRET_KEYS", f" {new} , {KEY} ,")
    ring = load_settings().fernet
    assert ring is not None
    assert ring.decrypt(Fernet(KEY).encrypt(b"old")) == b"old"
    assert Fernet(new).decrypt(ring.encrypt(b"new")) == b"new"
