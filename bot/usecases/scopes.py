"""What an installation left out: a feature that would need it says so where somebody uses it."""

from storage import installs
from storage.ledger import Ledger

REPLIES_IN_PUBLIC, REPLIES_IN_PRIVATE = "channels:history", "groups:history"
DO_NOT_DISTURB, EMAILS = "dnd:read", "users:read.email"


def lacks(ledger: Ledger, scope: str) -> bool:
    """Say whether Slack granted the workspace's token other scopes, but not this one; False when Slack has not said."""
    granted = installs.scopes_of(ledger.session, ledger.workspace_id)
    return granted is not None and scope not in {one.strip() for one in granted.split(",")}
