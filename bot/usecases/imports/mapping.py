"""Which column is which field: by name, by what other tools call it, by likeness, or because a person said so."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.errors import InputRefused
from bot.usecases.imports.amounts import known_currencies
from bot.usecases.imports.fields import NEVER, FieldSpec, Subject, fields_of
from bot.usecases.imports.spreadsheet import REJECT_COLUMNS

# 'anual revenue' is 96 like 'annual revenue'; 'company name' is only 77 like 'company owner'.
LIKE_ENOUGH = 88
_IN_BRACKETS = re.compile(r"[(\[](.*?)[)\]]")


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A field and the column that holds it; `because` is `name`, `synonym`, `likeness` or `told`."""

    field: str
    column: str
    index: int
    because: str


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Where each field of the file is, what else the file holds, and what could have been meant as well."""

    columns: tuple[MappedColumn, ...]
    kept: tuple[tuple[str, int], ...]
    doubts: tuple[str, ...] = ()
    currency: str | None = None

    def index_of(self, field: str) -> int | None:
        """Return the position of the field's column, None when the file has none."""
        return next((column.index for column in self.columns if column.field == field), None)

    def column_of(self, field: str) -> str:
        """Return what the file calls the field."""
        return next((column.column for column in self.columns if column.field == field), field)


def normal_heading(heading: str) -> str:
    """Return a heading without case, accents, punctuation and what stands in brackets: 'E-Mail (work)' is 'e mail'."""
    text = unicodedata.normalize("NFKD", _IN_BRACKETS.sub(" ", heading).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", text))


def map_columns(
    file_name: str, header: Sequence[str], subject: Subject, told: Mapping[str, str] | None = None
) -> ColumnMapping:
    """Find each field's column; `told` maps fields to columns ('' leaves a field out). Raises InputRefused."""
    specs = {spec.name: spec for spec in fields_of(subject)}
    # The columns that a rejects file has in front: it can be corrected and imported as it is.
    free = {
        index: normal_heading(name)
        for index, name in enumerate(header)
        if name and name.casefold() not in REJECT_COLUMNS
    }
    found: dict[str, MappedColumn] = {}
    for field, column in (told or {}).items():
        index = _told_index(file_name, header, specs, field, column)
        if index is not None:
            free.pop(index, None)
            found[field] = MappedColumn(field, header[index], index, "told")
    open_specs = [spec for spec in specs.values() if spec.name not in (told or {})]
    doubts: list[str] = []
    for because, rank in (("name", _own_name), ("synonym", _synonym), ("likeness", _likeness)):
        _take(because, rank, header, open_specs, free, found, doubts)
    missing = [spec.name for spec in specs.values() if spec.required and spec.name not in found]
    if missing == ["customer"] and "customer_name" in found:
        missing = []
    if missing:
        raise InputRefused(_missing(file_name, header, subject, missing))
    kept = tuple((header[index], index) for index in sorted(free))
    return ColumnMapping(
        columns=tuple(sorted(found.values(), key=lambda column: column.index)),
        kept=kept, doubts=tuple(doubts), currency=_currency_of(found),
    )  # fmt: skip


def _own_name(heading: str, spec: FieldSpec) -> float:
    return 100.0 if heading == spec.name.replace("_", " ") else 0.0


def _synonym(heading: str, spec: FieldSpec) -> float:
    # The order of the synonyms says how sure they are.
    return 100.0 - spec.synonyms.index(heading) if heading in spec.synonyms else 0.0


def _likeness(heading: str, spec: FieldSpec) -> float:
    if len(heading) < 4 or heading in NEVER:
        return 0.0
    score = max(fuzz.ratio(heading, name) for name in (spec.name.replace("_", " "), *spec.synonyms))
    return score if score >= LIKE_ENOUGH else 0.0


def _take(
    because: str, rank: Callable[[str, FieldSpec], float], header: Sequence[str],
    specs: Sequence[FieldSpec], free: dict[int, str], found: dict[str, MappedColumn], doubts: list[str],
) -> None:  # fmt: skip
    """Give each open field the free column that suits it best, the surest pairs first."""
    pairs = [
        (rank(heading, spec), -position, spec.name, index)
        for position, spec in enumerate(specs)
        if spec.name not in found
        for index, heading in free.items()
        if heading not in NEVER
    ]
    for _, _, field, index in sorted((pair for pair in pairs if pair[0]), reverse=True):
        if index not in free:
            continue
        if field in found:
            doubts.append(
                f"'{header[index]}' could be {field} too; '{found[field].column}' was taken."
                f" To choose: --map '{field}={header[index]}'"
            )
            continue
        free.pop(index)
        found[field] = MappedColumn(field, header[index], index, because)


def _told_index(
    file_name: str, header: Sequence[str], specs: Mapping[str, FieldSpec], field: str, column: str
) -> int | None:
    if field not in specs:
        raise InputRefused(f"--map {field}={column}: there is no field '{field}'. The fields are {', '.join(specs)}.")
    if not column:
        return None
    wanted = " ".join(column.split()).casefold()
    for index, name in enumerate(header):
        if name.casefold() == wanted:
            return index
    raise InputRefused(f"--map {field}={column}: {file_name} has no column '{column}'. It has {_listed(header)}.")


def _missing(file_name: str, header: Sequence[str], subject: Subject, missing: Sequence[str]) -> str:
    fields = " and ".join(missing)
    return (
        f"{file_name} has no column for {fields}, which every list of {subject} needs. It has {_listed(header)}."
        f" Say which one it is: --map '{missing[0]}=COLUMN'."
    )


def _listed(header: Sequence[str]) -> str:
    names = [f"'{name[:40]}'" for name in header if name]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return (", ".join(names[:12]) or "no column names") + more


def _currency_of(found: Mapping[str, MappedColumn]) -> str | None:
    """Return the currency that a heading like 'Jahresumsatz (EUR)' names."""
    for field in ("annual_value", "amount"):
        if field in found:
            for word in re.findall(r"[^\W\d_]+|[€$£]", found[field].column):
                code = str({"€": "EUR", "£": "GBP", "$": "USD"}.get(word, word))
                if code in known_currencies():
                    return code
    return None
