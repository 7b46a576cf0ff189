"""Workspaces and the people in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from bot.domain.model import Frequency, Role, Seat, Teammate
from storage.columns import day_of, instant_of
from storage.ledger import Ledger
from storage.look import Look
from storage.models import TeammateRow, Workspace

TOKENS_LATER = tuple(defer(col(secret)) for secret in (Workspace.bot_token, Workspace.refresh_token))  # type: ignore[arg-type]


def workspace_of(session: Session, slack_team_id: str) -> Workspace | None:
    """Return the workspace of a Slack team, or None when the bot is not installed there.

    Its tokens are read when they are asked for: a lost key must not keep a new installation from replacing it.
    """
    query = select(Workspace).where(Workspace.slack_team_id == slack_team_id)
    return session.exec(query.options(*TOKENS_LATER)).first()


def installed(session: Session) -> list[Workspace]:
    """Return the workspaces where the bot is installed."""
    query = select(Workspace).where(col(Workspace.uninstalled_at).is_(None))
    return list(session.exec(query.options(*TOKENS_LATER)).all())


def teammate(row: TeammateRow) -> Teammate:
    """Return a teammate as a domain value."""
    return Teammate(
        id=row.id,
        slack_user_id=row.slack_user_id,
        name=row.name,
        timezone=row.timezone,
        locale=row.locale,
        role=row.role,
        seat=row.seat,
        language=row.language,
        digest_minute=row.digest_minute,
        work_days=row.work_days,
        digest_frequency=row.digest_frequency,
        paused_until_on=row.paused_until_on,
        email=row.email,
        holiday_region=row.holiday_region,
        quiet_from_minute=row.quiet_from_minute,
        quiet_until_minute=row.quiet_until_minute,
        touches_a_week=row.touches_a_week,
        minutes_a_week=row.minutes_a_week,
    )


def by_slack_id(ledger: Ledger, slack_user_id: str) -> TeammateRow | None:
    """Return a person's row by their Slack id."""
    return ledger.first(TeammateRow, col(TeammateRow.slack_user_id) == slack_user_id)


def admins(ledger: Ledger) -> Sequence[TeammateRow]:
    """Return the admins who can be told something, those who came first before the others."""
    return ledger.rows(
        TeammateRow,
        col(TeammateRow.role) == Role.ADMIN,
        col(TeammateRow.seat) == Seat.MEMBER,
        col(TeammateRow.slack_user_id).is_not(None),
        order_by=col(TeammateRow.id),
    )


TEAMMATE_COLUMNS = (
    "id", "slack_user_id", "name", "timezone", "locale", "role", "seat", "language", "digest_minute", "work_days",
    "digest_frequency", "paused_until_on", "email", "holiday_region", "quiet_from_minute", "quiet_until_minute",
    "touches_a_week", "minutes_a_week",
)  # fmt: skip
_TEAM = f"SELECT {', '.join(TEAMMATE_COLUMNS)} FROM teammate WHERE workspace_id = ? ORDER BY id"  # noqa: S608  ours
_SEEN = f"SELECT {', '.join(TEAMMATE_COLUMNS)}, seen_at FROM teammate WHERE workspace_id = ? AND slack_user_id = ?"  # noqa: S608  ours


def read_teammate(row: Sequence[Any]) -> Teammate:
    """Return the teammate whose `TEAMMATE_COLUMNS` a row holds."""
    (
        teammate_id, slack_user_id, name, timezone, locale, role, seat, language, digest_minute, work_days, frequency,
        paused_until_on, email, region, quiet_from, quiet_until, touches_a_week, minutes_a_week,
    ) = row  # fmt: skip
    return Teammate(
        teammate_id, slack_user_id, name, timezone, locale, Role(role), Seat(seat), language, digest_minute, work_days,
        Frequency(frequency), day_of(paused_until_on), email, region, quiet_from, quiet_until, touches_a_week,
        minutes_a_week,
    )  # fmt: skip


def seen(ledger: Ledger, slack_user_id: str) -> tuple[Teammate, datetime | None] | None:
    """Return the teammate with a Slack id and when Slack last showed their profile: what every request begins with."""
    found = ledger.ask(_SEEN, ledger.workspace_id, slack_user_id)
    return (read_teammate(found[0][:-1]), instant_of(found[0][-1])) if found else None


def seat_of(ledger: Ledger, slack_user_id: str) -> Seat | None:
    """Return what Slack says a person is to the workspace; None when they are not known."""
    query = "SELECT seat FROM teammate WHERE workspace_id = ? AND slack_user_id = ?"
    found = ledger.ask(query, ledger.workspace_id, slack_user_id)
    return Seat(found[0][0]) if found else None


def everybody(ledger: Ledger) -> Mapping[int, Teammate]:
    """Return all teammates by id, with what this transaction changed of them."""
    return ledger.team if isinstance(ledger, Look) else {row.id: teammate(row) for row in ledger.rows(TeammateRow)}


def team(ledger: Ledger) -> dict[int, Teammate]:
    """Return all teammates by id, as they are stored."""
    return {row[0]: read_teammate(row) for row in ledger.ask(_TEAM, ledger.workspace_id)}


def awaiting_digest(session: Session, *, now: datetime) -> list[tuple[int, str]]:
    """Return the workspace and Slack id of everybody whose digest is due, without holding their rows."""
    query = (
        select(col(TeammateRow.workspace_id), col(TeammateRow.slack_user_id))
        .join(Workspace, col(Workspace.id) == col(TeammateRow.workspace_id))
        .where(
            col(TeammateRow.next_digest_at) <= now,
            col(TeammateRow.slack_user_id).is_not(None),
            col(Workspace.uninstalled_at).is_(None),
        )
    )
    return [(row[0], row[1] or "") for row in session.exec(query).all()]
