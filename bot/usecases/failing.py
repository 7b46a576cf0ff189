"""What a request that failed means for Slack's next try: whether it could succeed then."""

from sqlalchemy.exc import DataError, DBAPIError

# What Python raises for an object that is not as the code expects, and a database for a value that it cannot hold (a
# text with a NUL in PostgreSQL): the same request would fail the same way again.
_LASTING = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, RecursionError, DataError,
)  # fmt: skip


def may_pass(error: Exception) -> bool:
    """Say whether a request that failed may succeed when it comes again: a database or Slack was away for a moment."""
    return not isinstance(error, _LASTING)


def is_database_away(error: Exception) -> bool:
    """Say whether a request failed because the database could not be used."""
    return isinstance(error, DBAPIError) and may_pass(error)
