"""The tables of who installed the bot: workspaces, organisations, and installations that have begun."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

import storage.tables  # noqa: F401  names the constraints before there is a table
from bot.domain.circle import SEATS_EACH, SEATS_TEAM
from storage.columns import Encrypted, Instant, new_id


class Installed(SQLModel):
    """What Slack gave when somebody installed the bot. A token that expires comes with one that gets the next.

    `scopes` are the granted ones with commas between, None when Slack has not said. `token_error` is why Slack gives no
    next token: somebody has to install the bot again.
    """

    slack_bot_user_id: str | None = None
    bot_token: str | None = Field(default=None, sa_type=Encrypted)
    refresh_token: str | None = Field(default=None, sa_type=Encrypted)
    token_expires_at: datetime | None = Field(default=None, sa_type=Instant)
    token_error: str | None = None
    scopes: str | None = None
    installed_at: datetime | None = Field(default=None, sa_type=Instant)
    slack_installer_id: str | None = None
    uninstalled_at: datetime | None = Field(default=None, sa_type=Instant)


class Workspace(Installed, table=True):
    """A Slack workspace where the bot works, by a token of its own or by that of its organisation."""

    __table_args__ = (Index("ix_workspace_organisation", "slack_enterprise_id"),)

    id: int = Field(default_factory=new_id, sa_type=BigInteger, primary_key=True)
    slack_team_id: str = Field(unique=True)
    slack_enterprise_id: str | None = None
    name: str = ""
    base_currency: str = "EUR"
    rates: dict[str, float] = Field(default_factory=dict, sa_type=JSON)
    timezone: str = "UTC"
    locale: str = "en-US"
    welcomed_at: datetime | None = Field(default=None, sa_type=Instant)
    ticked_at: datetime | None = Field(default=None, sa_type=Instant)
    people_seen_at: datetime | None = Field(default=None, sa_type=Instant)
    seats_each: int = Field(default=SEATS_EACH, sa_column_kwargs={"server_default": str(SEATS_EACH)})
    seats_team: int = Field(default=SEATS_TEAM, sa_column_kwargs={"server_default": str(SEATS_TEAM)})
    audit_days: int = Field(default=400, sa_column_kwargs={"server_default": "400"})
    messages_days: int = Field(default=400, sa_column_kwargs={"server_default": "400"})
    notes_months: int | None = None


class Organisation(Installed, table=True):
    """An Enterprise organisation that installed the bot once for its workspaces."""

    id: int = Field(default_factory=new_id, sa_type=BigInteger, primary_key=True)
    slack_enterprise_id: str = Field(unique=True)
    name: str = ""


class InstallState(SQLModel, table=True):
    """An installation that somebody began: hashes of the state that Slack brings back and of the browser's cookie."""

    __tablename__ = "install_state"

    state: str = Field(primary_key=True)
    browser: str
    expires_at: datetime = Field(sa_type=Instant)
