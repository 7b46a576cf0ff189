"""What the neglect list asks, in the words that each database answers fastest.

The best of every segment come in the order of `ix_customer_neglect`, which holds all that chooses among them: nothing
is sorted but those few, and no row is read but those that the list shows. For PostgreSQL that is one scan, begun anew
for every segment. SQLite has no LATERAL, so that its scans are the parts of a union.

Every scan is told its `share`, `segment_id`, `reached_id`, `is_beyond` and `lost_on`, in this order.
"""

from functools import lru_cache

from storage.customers import RELATIONSHIP_COLUMNS

_COLUMNS = ", ".join(f"customer.{name}" for name in RELATIONSHIP_COLUMNS)

# `rank` orders customers of all segments alike: the stored key and the share of it that passes with the calendar. The
# index is named, since for two owners SQLite would rather walk the whole team's, which has the order.
_OF_SEGMENT = """SELECT * FROM (SELECT rowid AS place, id, sort_key + ? AS rank FROM customer INDEXED BY {index}
WHERE segment_id = ? AND (id > ?) = ? AND silent_since_on {silence} ?
AND workspace_id = ? AND nudge_from_on <= ?{narrowed}
ORDER BY sort_key DESC, id LIMIT ?) AS of_segment"""
# By its place a row is found in one tree, by its key in two.
_BEST_ON_SQLITE = f"""WITH due AS MATERIALIZED ({{of_segments}}),
best AS (SELECT place, rank FROM due ORDER BY rank DESC, id LIMIT ?)
SELECT {_COLUMNS}, rank FROM best CROSS JOIN customer ON customer.rowid = place ORDER BY rank DESC, id"""  # noqa: S608  our own names

# An array a column, so that the text is the same for however many segments. `+ 0` keeps the days from being looked up
# in the index: PostgreSQL 18 would try to skip by them, and that takes longer than to pass the few who are not due.
_BEST_ON_POSTGRESQL = f"""SELECT {_COLUMNS}, rank FROM (
SELECT due.id AS best_id, sort_key + share AS rank
FROM unnest(?::float8[], ?::bigint[], ?::bigint[], ?::boolean[], ?::date[])
AS scan(share, segment_id, reached_id, is_beyond, lost_on) CROSS JOIN LATERAL (SELECT id, sort_key FROM customer
WHERE segment_id = scan.segment_id AND (id > reached_id) = is_beyond AND silent_since_on + 0 {{silence}} lost_on
AND workspace_id = ? AND nudge_from_on + 0 <= ?{{narrowed}}
ORDER BY sort_key DESC, id LIMIT ?) AS due
ORDER BY rank DESC, due.id LIMIT ?) AS best
JOIN customer ON workspace_id = ? AND id = best_id ORDER BY rank DESC, id"""  # noqa: S608  our own names

_OF_ANY = "segment_id = ? AND (id > ?) = ? AND silent_since_on {silence} ?"


@lru_cache(maxsize=256)
def best_on_sqlite(scans: int, narrowed: str, *, lost: bool) -> str:
    """Return the list of so many scans: each takes what it is told, workspace, day, what narrows it and the limit."""
    index = "ix_customer_neglect" if "owner_id" in narrowed else "ix_customer_neglect_team"
    of_segment = _OF_SEGMENT.format(silence=_silence(lost=lost), narrowed=narrowed, index=index)
    return _BEST_ON_SQLITE.format(of_segments=" UNION ALL ".join([of_segment] * scans))


@lru_cache(maxsize=256)
def best_on_postgresql(narrowed: str, *, lost: bool) -> str:
    """Return the list: it takes the scans by column, workspace, day, what narrows it, the limit twice, workspace."""
    return _BEST_ON_POSTGRESQL.format(silence=_silence(lost=lost), narrowed=narrowed)


@lru_cache(maxsize=256)
def count(scans: int, narrowed: str, *, lost: bool) -> str:
    """Return the number of those on the list: it takes workspace, day, what narrows it and the scans but shares."""
    return (
        f"SELECT count(*) FROM customer WHERE workspace_id = ? AND nudge_from_on <= ?{narrowed}"  # noqa: S608  our words
        f" AND {_of_any(scans, lost=lost)}"
    )


@lru_cache(maxsize=256)
def due(scans: int, is_any_of: str) -> str:
    """Return -rank, id and owner of everybody who is due: it takes each scan's customers and share, workspace, owners,
    day, and the scans but shares.
    """
    shares = " ".join(["WHEN segment_id = ? AND (id > ?) = ? THEN ?"] * scans)
    return (
        f"SELECT -(sort_key + CASE {shares} END), id, owner_id FROM customer"  # noqa: S608  our words
        f" WHERE workspace_id = ? AND owner_id {is_any_of} AND nudge_from_on <= ? AND {_of_any(scans, lost=False)}"
    )


def _of_any(scans: int, *, lost: bool) -> str:
    return f"({' OR '.join([_OF_ANY.format(silence=_silence(lost=lost))] * scans)})"


def _silence(*, lost: bool) -> str:
    """Return how the last touch lies to the day before which it makes a customer lost."""
    return "<" if lost else ">="
