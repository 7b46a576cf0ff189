"""Installations across workspaces: organisations, states that wait for Slack, and the rows whose token must change."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from storage.models import InstallState, Organisation, Workspace
from storage.people import TOKENS_LATER

# A lost key must not keep a new installation from replacing them.
_SECRETS_LATER = tuple(defer(col(secret)) for secret in (Organisation.bot_token, Organisation.refresh_token))  # type: ignore[arg-type]
InstalledT = TypeVar("InstalledT", Workspace, Organisation)


def organisation_of(session: Session, slack_enterprise_id: str) -> Organisation | None:
    """Return an organisation that installed the bot at some time."""
    query = select(Organisation).where(Organisation.slack_enterprise_id == slack_enterprise_id)
    return session.exec(query.options(*_SECRETS_LATER)).first()


def workspaces_of(session: Session, slack_enterprise_id: str) -> Sequence[Workspace]:
    """Return the workspaces of an organisation that are known here."""
    query = select(Workspace).where(Workspace.slack_enterprise_id == slack_enterprise_id)
    return session.exec(query.options(*TOKENS_LATER)).all()


def has_own_token(session: Session, workspace_id: int) -> bool:
    """Say whether a workspace was installed by itself, beside its organisation."""
    query = select(Workspace.id).where(Workspace.id == workspace_id, col(Workspace.bot_token).is_not(None))
    return session.exec(query).first() is not None


def working_with(session: Session, row: Workspace | Organisation) -> Sequence[int]:
    """Return the workspaces that work with the token of an installation."""
    if isinstance(row, Workspace):
        return [row.id]
    query = select(Workspace.id).where(
        Workspace.slack_enterprise_id == row.slack_enterprise_id,
        col(Workspace.bot_token).is_(None),
        col(Workspace.uninstalled_at).is_(None),
    )
    return session.exec(query).all()


def has_token_error(session: Session, workspace_id: int) -> bool:
    """Say whether Slack gives no next token for the one that a workspace works with."""
    row = session.exec(select(Workspace).where(Workspace.id == workspace_id).options(*TOKENS_LATER)).first()
    if row is None or row.token_error or row.slack_enterprise_id is None or has_own_token(session, workspace_id):
        return row is not None and row.token_error is not None
    organisation = organisation_of(session, row.slack_enterprise_id)
    return organisation is not None and organisation.token_error is not None


def scopes_of(session: Session, workspace_id: int) -> str | None:
    """Return the scopes of the token that works in a workspace, with commas between; None when Slack has not said."""
    row = session.exec(select(Workspace).where(Workspace.id == workspace_id).options(*TOKENS_LATER)).first()
    if row is None or row.scopes or row.slack_enterprise_id is None:
        return row.scopes if row else None
    organisation = organisation_of(session, row.slack_enterprise_id)
    return organisation.scopes if organisation else None


def keep_state(session: Session, *, state: str, browser: str, expires_at: datetime) -> None:
    """Remember the hashes of an installation that somebody begins."""
    session.add(InstallState(state=state, browser=browser, expires_at=expires_at))


def use_state(session: Session, *, state: str, browser: str, now: datetime) -> bool:
    """Use a state up; say whether it was there, of this browser and not too old. A second use finds nothing.

    One statement, so that of two that bring the same state only one is told yes. Of another browser it stays: who
    learned the state must not be able to spoil it.
    """
    result = session.connection().execute(
        delete(InstallState)
        .where(col(InstallState.state) == state, col(InstallState.browser) == browser)
        .returning(col(InstallState.expires_at))
    )
    expires_at = result.scalar_one_or_none()
    return expires_at is not None and expires_at > now


def forget_states(session: Session, *, before: datetime) -> None:
    """Throw away the states that nobody came back with."""
    session.execute(
        delete(InstallState).where(col(InstallState.expires_at) <= before).execution_options(synchronize_session=False)
    )


def expiring(session: Session, model: type[InstalledT], *, before: datetime) -> Sequence[int]:
    """Return the ids of installations whose token ends before then and can be replaced."""
    query = select(model.id).where(
        col(model.token_expires_at) <= before,
        col(model.refresh_token).is_not(None),
        col(model.token_error).is_(None),
        col(model.uninstalled_at).is_(None),
    )
    return session.exec(query).all()


def locked(session: Session, model: type[InstalledT], row_id: int) -> InstalledT | None:
    """Return an installation that nobody else can change until this transaction ends; whoever is later waits.

    FOR NO KEY UPDATE: rows that point to the workspace can be written meanwhile. SQLite has one writer anyway.
    """
    query = select(model).where(model.id == row_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).first()


def refused(session: Session) -> Sequence[tuple[str, str]]:
    """Return (name, Slack's word) of the installations that Slack gives no next token."""
    found = []
    for model in (Workspace, Organisation):
        query = select(model.name, model.token_error).where(
            col(model.token_error).is_not(None), col(model.uninstalled_at).is_(None)
        )
        found += [(name or "a workspace", error or "") for name, error in session.exec(query)]
    return found


def granted(session: Session) -> Sequence[tuple[str, str]]:
    """Return (name, scopes) of the installations of which Slack said what was granted."""
    found = []
    for model in (Workspace, Organisation):
        query = select(model.name, model.scopes).where(
            col(model.scopes).is_not(None), col(model.uninstalled_at).is_(None), col(model.bot_token).is_not(None)
        )
        found += [(name or "a workspace", scopes or "") for name, scopes in session.exec(query)]
    return found


def count_working(session: Session) -> int:
    """Return how many workspaces and organisations have installed the bot."""
    return sum(
        session.exec(
            select(func.count()).select_from(model)
            .where(col(model.uninstalled_at).is_(None), col(model.bot_token).is_not(None))
        ).one()
        for model in (Workspace, Organisation)
    )  # fmt: skip
