"""Files of unknown origin: read as they are, or refused with a sentence."""

import csv
import random
from pathlib import Path

import pytest

from bot.errors import InputRefused
from bot.usecases.imports.reading import MAX_LINE, Table, open_table


def table(tmp_path: Path, content: str | bytes, *, locale: str = "en-GB") -> Table:
    path = tmp_path / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, locale=locale)


def cells(found: Table) -> list[list[str] | str]:
    return [row for _, row in found.rows()]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,city\nKöhler,Łódź\n".encode(), "utf-8-sig"),
        ("name,city\nKöhler,Łódź\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name\tcity\nKöhler\tŁódź\n".encode("utf-16"), "utf-16"),
        ("name;city\r\nKöhler;Łódź\r\n".encode(), "utf-8-sig"),
        ("name|city\rKöhler|Łódź\r".encode(), "utf-8-sig"),
        ("sep=;\r\nname;city\r\nKöhler;Łódź\r\n".encode(), "utf-8-sig"),
        ("\n\n,,\nname,city\n\nKöhler,Łódź\n,\n".encode(), "utf-8-sig"),
    ],
)
def test_charset_separator_and_line_ends_are_found(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = table(tmp_path, content)
    assert (found.encoding, found.header, cells(found)) == (encoding, ("name", "city"), [["Köhler", "Łódź"]])


def test_bytes_that_are_not_utf8_are_read_as_the_language_of_the_workspace_writes(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "name\nMüller\n".encode("cp1252"), locale="de-DE")) == [["Müller"]]
    assert cells(table(tmp_path, "name\nŁódź\n".encode("cp1250"), locale="pl-PL")) == [["Łódź"]]
    assert cells(table(tmp_path, "name\nЗавод Молоко\n".encode("cp1251"), locale="ru-RU")) == [["Завод Молоко"]]


def test_another_alphabet_is_recognised_in_a_western_workspace(tmp_path: Path) -> None:
    content = "Firma;Ort\nЗавод;Москва\nМолоко;Киев\n".encode("cp1251")
    assert table(tmp_path, content).encoding == "cp1251"


def test_a_byte_that_is_not_utf8_is_found_however_late(tmp_path: Path) -> None:
    content = b"name\n" + b"Acme\n" * 100_000 + "Köhler\n".encode("cp1252")
    assert cells(table(tmp_path, content))[-1] == ["Köhler"]


def test_a_separator_inside_a_column_name_does_not_mislead(tmp_path: Path) -> None:
    found = table(tmp_path, "Firma;Umsatz (EUR, netto);Ort\nAcme;1;Oslo\nBirch;2;Lyon\n")
    assert found.header == ("Firma", "Umsatz (EUR, netto)", "Ort")


def test_a_value_may_have_several_lines_and_rows_keep_their_line_numbers(tmp_path: Path) -> None:
    found = table(tmp_path, 'name,notes\nAcme,"one\ntwo"\nBirch,x\n')
    assert list(found.rows()) == [(2, ["Acme", "one\ntwo"]), (4, ["Birch", "x"])]


def test_a_short_row_is_filled_and_a_long_one_is_not_a_row(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "name,city\nAcme\nBirch,Oslo,,\nCedar,Oslo,extra\n")) == [
        ["Acme", ""],
        ["Birch", "Oslo", "", ""],
        "Cedar,Oslo,extra",
    ]


def test_a_quote_in_the_middle_of_a_cell_spoils_only_its_row(tmp_path: Path) -> None:
    assert cells(table(tmp_path, 'name,city\n"Acme" Ltd,Oslo\nBirch,Lyon\n')) == [
        '"Acme" Ltd,Oslo',
        ["Birch", "Lyon"],
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n,,\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04rest of a workbook", "spreadsheet"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n", "is a vCard, not a CSV file"),
        (b'[{"name": "Acme"}]', "is JSON"),
        (b"<!DOCTYPE html>", "is a web page"),
        (b"name\n" + b"x" * 200_000 + b"\n", "line 2: a value is longer than 131,072 letters"),
        (b"name,city\nAcme,Os\x00lo\n", "line 2 holds bytes that no text has"),
        (b"name,city,Name\nAcme,Oslo,x\n", "two columns are called 'name'"),
        (",".join(f"c{number}" for number in range(10_000)).encode(), "10,000 columns"),
        (random.Random(5).randbytes(5_000_000), "not a CSV file"),
        (b"x" * (MAX_LINE + 1), "longer than a million"),
    ],
    ids=["nothing", "blanks", "a mark", "a workbook", "an address book", "objects", "a page", "one cell", "zero bytes",
         "twins", "ten thousand", "noise", "one line"],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputRefused, match=words) as refusal:
        cells(table(tmp_path, content))
    assert "file.csv" in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("rest", ["Birch,Lyon\n", "Birch,Lyon\n" * 50_000])
def test_a_quote_that_is_never_closed_is_refused_with_its_line(tmp_path: Path, rest: str) -> None:
    with pytest.raises(InputRefused, match=r"file\.csv line 3: a quote is opened and never closed"):
        cells(table(tmp_path, 'name,city\nElm,Oslo\n"Acme,Oslo\n' + rest))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="There is no file"):
        open_table(tmp_path / "none.csv", locale="en-GB")
    with pytest.raises(InputRefused, match="There is no file"):
        open_table(tmp_path, locale="en-GB")


@pytest.mark.parametrize("seed", range(20))
def test_what_a_csv_writer_writes_is_read_back(tmp_path: Path, seed: int) -> None:
    noise = random.Random(seed)
    letters = 'aä,;"\n\r\t|=\u2028 '
    rows = [["x" + "".join(noise.choices(letters, k=noise.randrange(8))) for _ in range(3)] for _ in range(50)]
    path = tmp_path / "file.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name", "two", "three"], *rows])
    assert cells(open_table(path, locale="en-GB")) == rows
