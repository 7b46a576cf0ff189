"""The way of a file into the ledger, step by step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from bot.errors import InputRefused
from bot.usecases.imports import customer_rows, touch_rows
from bot.usecases.imports.customer_rows import CustomerRows
from bot.usecases.imports.customers import adopt_currency, settle_identities, write_customers
from bot.usecases.imports.fields import Subject
from bot.usecases.imports.mapping import ColumnMapping, map_columns
from bot.usecases.imports.names import SHOWN, NearDuplicate, near_duplicates
from bot.usecases.imports.outcome import Outcome
from bot.usecases.imports.reading import Table, open_table
from bot.usecases.imports.refusal import RowRefused
from bot.usecases.imports.rejects import Rejects
from bot.usecases.imports.roster import Roster, Segments
from bot.usecases.imports.setting import Setting
from bot.usecases.imports.touch_rows import CustomersNamed, TouchRows
from bot.usecases.imports.touches import write_touches
from bot.usecases.scopes import EMAILS, lacks
from storage.bulk import BATCH, instant_encoder
from storage.engine import Store
from storage.ledger import Ledger
from storage.staged_customers import currencies_in_use
from storage.staging import STAGED_CUSTOMER, STAGED_TOUCH, Staging, stage, staging

Progress = Callable[[int, int], None]


class _Rows(Protocol):
    """Reads the rows of one file."""

    def witness(self, cells: Sequence[str]) -> None: ...
    def learn(self, batch: Iterable[Sequence[str]]) -> None: ...
    def read(self, line: int, cells: Sequence[str]) -> tuple[Any, ...]: ...


def import_file(
    store: Store,
    workspace_id: int,
    subject: Subject,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    rejects_path: Path | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Take a file of customers or touches into a workspace's ledger; the same file twice changes nothing.

    1. Find out how the file is written and which column is which; `columns` says so where a person knows better, field
    by field ('' leaves a field out). 2. Read it once for what its cells prove about commas and days. 3. Read it again:
    a row that is right goes to a staging table, any other to the rejects. No lock is held yet. 4. In one transaction,
    find out who is meant, write, and work out the state that follows; a dry run does the same and takes it back.

    A wrong row stops no other. Rejects are written to `rejects_path`, `FILE.rejects.csv` beside the file by default.
    `progress` is told (rows done, rows in all). Raises InputRefused when the file as a whole cannot be taken.
    """
    if rejects_path is not None and rejects_path.resolve() == path.resolve():
        raise InputRefused(f"{path} is the file itself. Name another place for the rejected rows with --rejects.")
    with staging(store, workspace_id) as waiting:
        rejects = Rejects(waiting.connection)
        with store.read(workspace_id) as ledger:
            setting, roster, segments = Setting.of(ledger, now=now), Roster.of(ledger), Segments.of(ledger)
            table = open_table(path, locale=setting.locale)
            mapping = map_columns(path.name, table.header, subject, columns)
            rows = _rows_of(subject, mapping, setting, roster, segments, ledger)
            total = _survey(table, rows)
            _stage(waiting, subject, table, rows, rejects, lambda done: progress(done, total) if progress else None)
        with waiting.writing(keep=not dry_run) as writing:
            if subject is Subject.CUSTOMERS:
                settle_identities(writing, rejects)
                before, setting = setting, adopt_currency(writing, setting)
                adopted = setting.base_currency if setting is not before else None
                alike, alike_count = _near_duplicates(writing)
                written = write_customers(writing, roster=roster, segments=segments, setting=setting)
            else:
                alike, alike_count, adopted = (), 0, None
                written = write_touches(writing, rejects, roster=roster, segments=segments, setting=setting)
            rejected = rejects.count()
            if rejected:
                rejects_path = rejects_path or path.with_name(f"{path.stem}.rejects.csv")
                _write_rejects(rejects, rejects_path, table)
            return Outcome(
                subject=subject, file_name=path.name, dry_run=dry_run, encoding=table.encoding,
                separator=table.separator, mapping=mapping, created=written.created, updated=written.updated,
                skipped=written.skipped, rejected=rejected, rejects=rejects.first(),
                rejects_path=rejects_path if rejected else None, near_duplicates=alike,
                near_duplicate_count=alike_count, last_contacts=written.last_contacts,
                new_owners=tuple(sorted(row.name or row.slack_user_id or "" for row in roster.added)),
                emails_unread=any(row.email for row in roster.added) and lacks(writing, EMAILS),
                new_segments=tuple(sorted(segment.name for segment in segments.added)),
                unheard=written.unheard, adopted_currency=adopted,
                missing_rates=_missing_rates(writing, setting) if subject is Subject.CUSTOMERS else (),
            )  # fmt: skip


def _rows_of(
    subject: Subject, mapping: ColumnMapping, setting: Setting, roster: Roster, segments: Segments, ledger: Ledger
) -> _Rows:
    if subject is Subject.CUSTOMERS:
        return CustomerRows(mapping, setting, roster, segments)
    return TouchRows(mapping, setting, roster, CustomersNamed(ledger))


def _survey(table: Table, rows: _Rows) -> int:
    """Show every row to `rows`, and so find out whether the file is a table to its end; return how many there are."""
    total = 0
    for _, cells in table.rows():
        total += 1
        if not isinstance(cells, str):
            rows.witness(cells)
    if not total:
        raise InputRefused(f"{table.path.name} has column names and no rows. There is nothing to import.")
    return total


def _stage(
    waiting: Staging, subject: Subject, table: Table, rows: _Rows, rejects: Rejects, told: Callable[[int], None]
) -> None:
    connection = waiting.connection
    if subject is Subject.CUSTOMERS:
        stage(connection, STAGED_CUSTOMER, customer_rows.STAGED_COLUMNS, _read(table, rows, rejects, told))
    else:
        instant, at = instant_encoder(connection), touch_rows.STAGED_COLUMNS.index("touched_at")
        read = _read(table, rows, rejects, told)
        stored = ((*row[:at], instant(row[at]), *row[at + 1 :]) for row in read)
        stage(connection, STAGED_TOUCH, touch_rows.STAGED_COLUMNS, stored)


def _read(table: Table, rows: _Rows, rejects: Rejects, told: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    source, done = table.rows(), 0
    while batch := list(islice(source, BATCH)):
        rows.learn(cells for _, cells in batch if not isinstance(cells, str))
        for line, cells in batch:
            if isinstance(cells, str):
                rejects.add(line, "", cells, "the row does not fit the column names. Check its quotes and separators.")
                continue
            try:
                yield rows.read(line, cells)
            except RowRefused as refusal:
                rejects.add(line, refusal.field, refusal.value, refusal.why)
        done += len(batch)
        told(done)


def _write_rejects(rejects: Rejects, path: Path, table: Table) -> None:
    try:
        rejects.write(path, table)
    except OSError as error:
        raise InputRefused(
            f"{path} cannot be written: {error.strerror or error}. Nothing was imported. Name another place for the"
            " rejected rows with --rejects."
        ) from error


def _near_duplicates(ledger: Ledger) -> tuple[tuple[NearDuplicate, ...], int]:
    found = near_duplicates(ledger)
    first = tuple(islice(found, SHOWN))
    return first, len(first) + sum(1 for _ in found)


def _missing_rates(ledger: Ledger, setting: Setting) -> tuple[str, ...]:
    return tuple(sorted(code for code in currencies_in_use(ledger) if not setting.worth.has_rate(code)))
