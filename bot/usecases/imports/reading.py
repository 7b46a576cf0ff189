"""Reading a CSV file of unknown origin: its charset, its separator, its column names, and its rows one at a time."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.errors import InputRefused
from bot.usecases.imports.spreadsheet import as_written

SAMPLE_BYTES = 64 * 1024
MAX_COLUMNS = 500
# Longer lines are not rows of a table, and reading one whole could fill the memory.
MAX_LINE = 1_000_000
SEPARATORS = ",;\t|"
_REMEDY = "Save the sheet as 'CSV UTF-8'."
# How files begin that somebody may take for a table.
_NO_TABLE = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet or an archive",
    b"BEGIN:VCARD": "a vCard",
    b"%PDF": "a PDF",
    b'{"': "JSON",
    b"[{": "JSON",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
}

# What a spreadsheet writes when it does not write UTF-8 depends on the language of the machine; western otherwise.
_WESTERN = "cp1252"
_LEGACY = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl", "ro"), "cp1250"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be"), "cp1251"),
    **dict.fromkeys(("et", "lv", "lt"), "cp1257"),
    "el": "cp1253", "tr": "cp1254", "he": "cp1255", "ar": "cp1256", "ja": "cp932", "zh": "gb18030", "ko": "cp949",
}  # fmt: skip
# The other Latin pages are left out: a sample cannot tell them from the western one.
_TOLD_APART = ("cp1251", "cp1253", "cp932", "gb18030", "cp949")


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that can be read from the start as often as needed. `lines` bounds the number of rows from above."""

    path: Path
    encoding: str
    separator: str
    header: tuple[str, ...]
    header_line: int
    lines: int

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield (line on which the row starts, its cells), its text where they cannot be told apart; no blank rows.

        Raises InputRefused where the file stops being a table.
        """
        records = _records(self.path, self.encoding, self.separator)
        width = len(self.header)
        for line, cells in records:
            if line <= self.header_line:
                continue
            if isinstance(cells, str):
                yield line, cells
            elif any(cells[width:]):
                yield line, self.separator.join(cells)
            elif any(cells):
                if len(cells) < width:
                    cells.extend([""] * (width - len(cells)))
                yield line, list(map(as_written, cells)) if "'" in "".join(cells) else cells


def open_table(path: Path, *, locale: str) -> Table:
    """Find out how the file is written; `locale` ("de-DE") decides what bytes alone cannot. Raises InputRefused."""
    if not path.is_file():
        raise InputRefused(f"There is no file {path}. Check the name and the folder.")
    try:
        encoding, lines = _find_encoding(path, locale)
    except OSError as error:
        raise InputRefused(f"{path.name} cannot be read: {error.strerror or error}.") from error
    first_line, text = _first_line(path, encoding)
    separator = text[4:5] if text.casefold().startswith("sep=") else _find_separator(path, encoding, text)
    for line, cells in _records(path, encoding, separator):
        if line < first_line or isinstance(cells, str) or not any(cells) or cells[0].casefold().startswith("sep="):
            continue
        return Table(path, encoding, separator, _checked_header(path, line, cells), line, lines)
    raise InputRefused(f"{path.name} is empty. It needs a line of column names and a line for each row.")


def _checked_header(path: Path, line: int, cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells.pop()
    header = tuple(as_written(" ".join(cell.split())) for cell in cells)
    if len(header) > MAX_COLUMNS:
        raise InputRefused(
            f"{path.name} line {line}: {len(header):,} columns are more than the {MAX_COLUMNS} that can be read."
            " Keep the columns that matter."
        )
    seen: set[str] = set()
    for name in filter(None, (column.casefold() for column in header)):
        if name in seen:
            raise InputRefused(
                f"{path.name} line {line}: two columns are called '{name[:60]}'. Rename or remove one of them."
            )
        seen.add(name)
    return header


def _find_encoding(path: Path, locale: str) -> tuple[str, int]:
    """Return the charset and a bound of the number of lines, after one look at every byte."""
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", _scan(path, "utf-16").lines
    for beginning, what in _NO_TABLE.items():
        if start.startswith(beginning):
            raise InputRefused(f"{path.name} is {what}, not a CSV file. {_REMEDY}")
    scanned = _scan(path, "utf-8-sig")
    if scanned.nul_line:
        raise InputRefused(
            f"{path.name} line {scanned.nul_line} holds bytes that no text has: this is not a CSV file. {_REMEDY}"
        )
    if scanned.unreadable_at is None:
        return "utf-8-sig", scanned.lines
    with path.open("rb") as file:
        file.seek(max(0, scanned.unreadable_at - SAMPLE_BYTES // 2))
        encoding = _guess_encoding(file.read(SAMPLE_BYTES), locale)
    if _scan(path, encoding).unreadable_at is not None:
        raise InputRefused(f"{path.name} is neither UTF-8 nor {encoding}. {_REMEDY}")
    return encoding, scanned.lines


class _Scanned(NamedTuple):
    """What a look at every byte finds; offsets and lines are None and 0 when there is nothing of the kind."""

    unreadable_at: int | None
    lines: int
    nul_line: int


def _scan(path: Path, encoding: str) -> _Scanned:
    decoder = codecs.getincrementaldecoder(encoding)()
    unreadable_at: int | None = None
    offset, lines, nul_line = 0, 1, 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if unreadable_at is None:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    unreadable_at = offset + error.start
            if not nul_line and b"\0" in chunk:
                nul_line = lines + chunk.count(b"\n", 0, chunk.index(b"\0"))
            lines += chunk.count(b"\n") or chunk.count(b"\r")
            offset += len(chunk)
    if unreadable_at is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            unreadable_at = offset
    return _Scanned(unreadable_at, lines, nul_line)


def _guess_encoding(sample: bytes, locale: str) -> str:
    """Return the workspace's own legacy charset unless another makes clearly more sense of the sample."""
    from charset_normalizer import from_bytes

    own = _LEGACY.get(locale.partition("-")[0], _WESTERN)
    readings = {reading.encoding: reading.chaos for reading in from_bytes(sample, cp_isolation=[own, *_TOLD_APART])}
    if not readings or readings.get(own, 1.0) <= min(readings.values()):
        return own
    return min(readings, key=lambda encoding: readings[encoding])


def _first_line(path: Path, encoding: str) -> tuple[int, str]:
    for number, line in enumerate(_lines(path, encoding), 1):
        if line.strip(" \t\r\n" + SEPARATORS):
            return number, line
    raise InputRefused(f"{path.name} is empty. It needs a line of column names and a line for each row.")


def _find_separator(path: Path, encoding: str, first_line: str) -> str:
    outside_quotes = "".join(first_line.split('"')[::2])
    found = [separator for separator in SEPARATORS if separator in outside_quotes]
    if len(found) < 2:
        return found[0] if found else ","
    # Several candidates in the column names: let the shape of the rows decide.
    import clevercsv

    with path.open(encoding=encoding, newline="", errors="replace") as file:
        sample = file.read(SAMPLE_BYTES // 4)
    try:
        dialect = clevercsv.Sniffer().sniff(sample, delimiters=found)
    except clevercsv.Error:
        dialect = None
    if dialect is not None and dialect.delimiter in found:
        return str(dialect.delimiter)
    return max(found, key=outside_quotes.count)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and line[-1] not in "\r\n":
                raise InputRefused(
                    f"{path.name} line {number} is longer than a million characters: this is not a table of rows."
                )
            yield line


def _records(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str] | str]]:
    latest = ""

    def lines() -> Iterator[str]:
        nonlocal latest
        for latest in _lines(path, encoding):  # noqa: UP028  what was read last is the text of a row that is none
            yield latest

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if len(latest) > csv.field_size_limit():
                raise InputRefused(
                    f"{path.name} line {line}: a value is longer than {csv.field_size_limit():,} letters. Shorten it."
                ) from None
            if "unexpected end" in str(error) or "field limit" in str(error):
                raise InputRefused(
                    f"{path.name} line {line}: a quote is opened and never closed. Close it, or double it if it is part"
                    " of the value."
                ) from None
            yield line, latest.rstrip("\r\n")
        else:
            yield line, cells
