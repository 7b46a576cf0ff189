"""Cells that a spreadsheet program opens without running them, and the columns of a rejects file."""

REJECT_COLUMNS = ("rejected_line", "rejected_field", "rejected_value", "remedy")

# A spreadsheet takes a cell that starts like this for a formula and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: what starts like a formula gets an apostrophe in front."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def as_written(cell: str) -> str:
    """Take the apostrophe of `harmless` off again; to a spreadsheet it says "this is text" and is no part of it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
