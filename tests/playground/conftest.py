from tests.support.slack import now, slack

__all__ = ["now", "slack"]
