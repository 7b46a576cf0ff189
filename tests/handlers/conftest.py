"""Everything here talks to the bot through a stand-in for Slack."""

from tests.support.bot import make_office, office

__all__ = ["make_office", "office"]
