"""What a request that failed means for Slack's next try: whether it could succeed then."""

from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError

# What Python raises for an object that is not as the code expects, and a database for a value that it cannot hold (a
# text with a NUL in PostgreSQL): the same request would fail the same way again.
_LASTING = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, RecursionError, DataError,
)  # fmt: skip
# A list where a text belongs: the driver takes none (no SQLSTATE), or PostgreSQL has nothing to compare them by
# (postgresql.org/docs/current/errcodes-appendix.html). A table that is missing is one that a migration brings.
_OF_ANOTHER_KIND = {None, "42883", "42804"}


def may_pass(error: Exception) -> bool:
    """Say whether a request that failed may succeed when it comes again: a database or Slack was away for a moment."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) not in _OF_ANOTHER_KIND
    return not isinstance(error, _LASTING)


def is_database_away(error: Exception) -> bool:
    """Say whether a request failed because the database could not be used."""
    return isinstance(error, DBAPIError) and may_pass(error)
