"""Which token works where: from memory for some seconds, else from the ledger; Slack is never asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.usecases.installing import join_organisation
from storage import installs
from storage.engine import Store
from storage.models import Workspace
from storage.people import workspace_of

# What another process learned of an uninstallation or a new token is known here after this long.
FRESH_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Held:
    """A workspace with the token that works in it. `scopes` is None where Slack has not said which were granted;
    `enterprise_id` where the workspace belongs to no organisation.
    """

    workspace_id: int
    team_id: str
    bot_user_id: str
    token: str
    expires_at: datetime | None
    scopes: frozenset[str] | None
    enterprise_id: str | None = None


class Tokens:
    """Knows tokens. `refresh_now` gets a workspace the next token when the one that is held has ended."""

    def __init__(
        self, store: Store, *, clock: Callable[[], datetime], refresh_now: Callable[[int], object] = lambda _id: None
    ) -> None:
        self._store, self._clock, self._refresh_now = store, clock, refresh_now
        self._given: dict[int, str] = {}
        self._held: dict[int, tuple[datetime, Held]] = {}
        self._teams: dict[str, int] = {}

    def give(self, workspace_id: int, token: str) -> None:
        """Use the token of the environment, which is stored nowhere when there are no keys."""
        self._given[workspace_id] = token
        self._held.pop(workspace_id, None)

    def forget(self, workspace_id: int) -> None:
        """Drop everything that memory holds of a workspace."""
        self._given.pop(workspace_id, None)
        self._held.pop(workspace_id, None)

    def of_team(self, team_id: str, enterprise_id: str | None = None) -> Held | None:
        """Return what works in a Slack team: its own token, else its organisation's; None where there is none.

        A team of which only the organisation is known begins to be a workspace here.
        """
        workspace_id = self._teams.get(team_id)
        held = self.of_workspace(workspace_id) if workspace_id is not None else None
        if held is not None:
            return held
        with self._store.session(writes=False) as session:
            row = workspace_of(session, team_id)
        if row is None and enterprise_id:
            with self._store.session() as session:
                workspace_id = join_organisation(session, team_id, enterprise_id, now=self._clock())
        else:
            workspace_id = row.id if row else None
        if workspace_id is None:
            return None
        self._teams[team_id] = workspace_id
        return self.of_workspace(workspace_id)

    def of_organisation(self, enterprise_id: str) -> str | None:
        """Return an organisation's token, for the few events that name no workspace."""
        with self._store.session(writes=False) as session:
            organisation = installs.organisation_of(session, enterprise_id)
            return organisation.bot_token if organisation and organisation.uninstalled_at is None else None

    def of_workspace(self, workspace_id: int) -> Held | None:
        """Return what works in a workspace; None when the bot is not installed there any more."""
        now = self._clock()
        read_at, held = self._held.get(workspace_id, (None, None))
        if read_at is None or abs(now - read_at) > FRESH_FOR:
            held = self._read(workspace_id)
            if held is not None and held.expires_at is not None and held.expires_at <= now:
                self._refresh_now(workspace_id)
                held = self._read(workspace_id)
            if held is None:
                self._held.pop(workspace_id, None)
                return None
            self._held[workspace_id] = (now, held)
        return held

    def _read(self, workspace_id: int) -> Held | None:
        with self._store.session(writes=False) as session:
            row = session.get(Workspace, workspace_id)
            if row is None or row.uninstalled_at is not None:
                return None
            given = self._given.get(workspace_id)
            if given is not None:
                return Held(
                    row.id, row.slack_team_id, row.slack_bot_user_id or "", given, None, _scopes(row.scopes),
                    row.slack_enterprise_id,
                )  # fmt: skip
            if row.bot_token is not None:
                return Held(
                    row.id, row.slack_team_id, row.slack_bot_user_id or "", row.bot_token, row.token_expires_at,
                    _scopes(row.scopes), row.slack_enterprise_id,
                )  # fmt: skip
            return _of_organisation(session, row)


def _of_organisation(session: Session, row: Workspace) -> Held | None:
    organisation = installs.organisation_of(session, row.slack_enterprise_id) if row.slack_enterprise_id else None
    if organisation is None or organisation.uninstalled_at is not None or organisation.bot_token is None:
        return None
    return Held(
        row.id,
        row.slack_team_id,
        organisation.slack_bot_user_id or "",
        organisation.bot_token,
        organisation.token_expires_at,
        _scopes(organisation.scopes),
        row.slack_enterprise_id,
    )


def _scopes(text: str | None) -> frozenset[str] | None:
    return frozenset(part.strip() for part in text.split(",")) if text else None
