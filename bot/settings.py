"""Everything that is set from outside, in one place; a wrong value stops the start and names every wrong one."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError
from storage.sealed import Keys

_REMEDIES = {
    "DATABASE_URL": "write sqlite:///keepwarm.db or postgresql://user:password@host/name",
    "SLACK_BOT_TOKEN": "it starts with xoxb-; Slack shows it under OAuth & Permissions",
    "SLACK_APP_TOKEN": "it starts with xapp-; Slack shows it under Basic Information, App-Level Tokens",
    "SLACK_API_URL": "write a URL that starts with https:// (http:// only for this machine) and ends with /api/",
    "KEEPWARM_PUBLIC_URL": "write the address at which browsers reach the bot, like https://bot.example.com",
    "KEEPWARM_GRACE_DAYS": "write a number of days from 0 to 365",
    "KEEPWARM_SECRET_KEYS": "write keys that `keepwarm doctor --new-key` makes, newest first, with commas between",
    "KEEPWARM_PORT": "write a number from 1 to 65535",
    "KEEPWARM_LOG_LEVEL": "write debug, info, warning or error",
    "KEEPWARM_WHEN_UNSURE": "write never (a message may be lost) or twice (a message may come twice)",
}
# What these hold is nobody's to read in a log.
_UNSPOKEN = frozenset({"DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "KEEPWARM_SECRET_KEYS"})


def _database_url(value: str) -> str:
    value = value.replace("postgres://", "postgresql://", 1)
    if not value.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("not a database address")
    try:
        database = make_url(value).database
    except (ArgumentError, ValueError):
        raise ValueError("not a database address") from None
    if value.startswith("sqlite") and database in {None, "", ":memory:"}:
        raise ValueError("a ledger that ends with the process")
    return value


def _prefixed(prefix: str) -> AfterValidator:
    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(prefix):
            raise ValueError(f"does not start with {prefix}")
        return value

    return AfterValidator(check)


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not (local or (parts.scheme == "https" and parts.hostname)):
        raise ValueError("not a safe address")
    return value if value.endswith("/") else value + "/"


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not (local or (parts.scheme == "https" and parts.hostname)) or parts.query or parts.fragment or parts.username:
        raise ValueError("not an https address")
    return value.rstrip("/")


def _fernet_keys(value: SecretStr) -> SecretStr:
    for key in filter(None, (part.strip() for part in value.get_secret_value().split(","))):
        try:
            Fernet(key)
        except ValueError:
            raise ValueError("not a Fernet key") from None
    return value


def _log_level(value: str) -> str:
    if value.lower() not in {"debug", "info", "warning", "error"}:
        raise ValueError("not a log level")
    return value.lower()


class WhenUnsure(StrEnum):
    """What happens to a message of which nobody can find out whether Slack took it."""

    NEVER = "never"
    TWICE = "twice"


class Settings(BaseSettings):
    """The environment, checked. Secrets never show in a repr or a log.

    KEEPWARM_WHEN_UNSURE chooses between two evils. After a broken connection the bot looks into the conversation for
    its message. Where it can't look (a first message to somebody, a sentence that one person sees, a channel whose
    history it may not read), `never` gives the message up, so that nothing arrives twice; `twice` sends it again, so
    that nothing is lost.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True, env_ignore_empty=True)

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "sqlite:///keepwarm.db", validation_alias="DATABASE_URL"
    )
    bot_token: Annotated[SecretStr | None, _prefixed("xoxb-")] = Field(None, validation_alias="SLACK_BOT_TOKEN")
    app_token: Annotated[SecretStr | None, _prefixed("xapp-")] = Field(None, validation_alias="SLACK_APP_TOKEN")
    signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    client_id: str | None = Field(None, validation_alias="SLACK_CLIENT_ID")
    client_secret: SecretStr | None = Field(None, validation_alias="SLACK_CLIENT_SECRET")
    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(None, validation_alias="KEEPWARM_PUBLIC_URL")
    grace_days: int = Field(30, ge=0, le=365, validation_alias="KEEPWARM_GRACE_DAYS")
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        "https://slack.com/api/", validation_alias="SLACK_API_URL"
    )
    secret_keys: Annotated[SecretStr, AfterValidator(_fernet_keys)] = Field(
        SecretStr(""), validation_alias="KEEPWARM_SECRET_KEYS"
    )
    host: str = Field("127.0.0.1", validation_alias="KEEPWARM_HOST")
    port: int = Field(3000, ge=0, le=65535, validation_alias="KEEPWARM_PORT")
    log_level: Annotated[str, AfterValidator(_log_level)] = Field("info", validation_alias="KEEPWARM_LOG_LEVEL")

    when_unsure: WhenUnsure = Field(WhenUnsure.NEVER, validation_alias="KEEPWARM_WHEN_UNSURE")

    def missing_for_installs(self) -> list[str]:
        """Return a line for each setting without which people can't install the bot themselves."""
        needed = {
            "SLACK_CLIENT_ID": (self.client_id, "Slack shows it under Basic Information, beside the secret"),
            "SLACK_CLIENT_SECRET": (self.client_secret, "Slack shows it under Basic Information, beside the id"),
            "KEEPWARM_PUBLIC_URL": (self.public_url, _REMEDIES["KEEPWARM_PUBLIC_URL"]),
            "KEEPWARM_SECRET_KEYS": (self.fernet, "make a key with `python -m bot doctor --new-key`"),
        }
        return [
            f"{name}: it is needed for installing in several workspaces. Remedy: {remedy}."
            for name, (value, remedy) in needed.items()
            if not value
        ]

    @property
    def fernet(self) -> Keys | None:
        """The keys that encrypt tokens and notes, newest first; None when none is set."""
        keys = [part.strip() for part in self.secret_keys.get_secret_value().split(",") if part.strip()]
        return Keys(keys) if keys else None


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`. Raises SettingsError with one line for every wrong value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        lines = []
        for error in wrong.errors():
            name = str(error["loc"][0])
            value = "its value" if name in _UNSPOKEN else f"'{error['input']}'"
            remedy = _REMEDIES.get(name, "see the configuration table in the README")
            lines.append(f"{name}: {value} can't be used. Remedy: {remedy}.")
        raise SettingsError("\n".join(lines)) from None
