"""Everything out again: files that an import turns back into the same relationships, and the ledger line by line."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bot.errors import InputRefused
from bot.usecases.imports.fields import Subject
from bot.usecases.imports.mapping import map_columns
from bot.usecases.imports.spreadsheet import harmless
from bot.usecases.worth import minor_digits
from storage import exporting
from storage.exporting import OUR_IDS
from storage.ledger import Ledger
from storage.models import Workspace

CUSTOMER_COLUMNS = (
    "external_id", "name", "owner", "segment", "standing", "annual_value", "currency", "contact_name", "contact_email",
    "contact_phone", "preferred_channel", "locale", "timezone", "birthday", "customer_since", "renewal_on", "tags",
    "notes",
)  # fmt: skip
# Of customers of whom nobody said since when they are one: an anniversary must not come of a guess.
KNOWN_SINCE = "known_since"
TOUCH_COLUMNS = ("external_id", "customer", "at", "kind", "direction", "by", "contact", "amount", "note")
# A customers file holds one contact of a customer; each further one stands in a file like it.
CONTACT_COLUMNS = ("external_id", "name", "contact_name", "contact_email", "contact_phone")
LEDGER_FILE = "ledger.jsonl"


def export_workspace(ledger: Ledger, directory: Path) -> list[Path]:
    """Write customers.csv, touches.csv and ledger.jsonl into a folder; return the files.

    Importing the two, in this order, into an empty workspace gives the same customers, contacts and touches, and so the
    same list; what a profile holds becomes columns. `contacts-2.csv` and so on are written when customers have several
    contacts, and are imported as customers too. Snoozes, settings and every superseded entry are in ledger.jsonl.
    Rows stream: memory does not grow with the ledger. A file is there when it is whole, or not at all. Raises
    InputRefused when the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return [
            *_write_customers(ledger, directory),
            _write_touches(ledger, directory / "touches.csv"),
            _write_ledger(ledger, directory / LEDGER_FILE),
        ]
    except OSError as error:
        raise InputRefused(f"{directory} can't be written: {error.strerror or error}. Name another folder.") from error


def _write_customers(ledger: Ledger, directory: Path) -> list[Path]:
    profile_columns = _profile_columns(exporting.profile_keys(ledger))
    written = []
    with ExitStack() as files:
        path = directory / "customers.csv"
        rows = csv.writer(files.enter_context(_WholeFile(path)))
        rows.writerow([*CUSTOMER_COLUMNS, KNOWN_SINCE, *map(harmless, profile_columns.values())])
        written.append(path)
        more: list[Any] = []
        for customer, contacts in exporting.customers(ledger):
            first = contacts[0] if contacts else ("", None, None)
            rows.writerow(_cells(_customer(customer, first, profile_columns)))
            for number, contact in enumerate(contacts[1:]):
                if number == len(more):
                    path = directory / f"contacts-{number + 2}.csv"
                    more.append(csv.writer(files.enter_context(_WholeFile(path))))
                    more[number].writerow(CONTACT_COLUMNS)
                    written.append(path)
                more[number].writerow(_cells([_id_of(customer), customer.name, *contact]))
    return written


def _customer(row: Any, contact: tuple[Any, ...], profile_columns: Mapping[str, str]) -> list[Any]:
    return [
        _id_of(row), row.name, row.owner, row.segment, row.standing, _amount(row.value_minor, row.currency),
        row.currency, *contact, row.preferred_channel, row.locale, row.timezone, row.birthday_on,
        row.joined_on, row.renewal_on, row.tags, row.notes, None if row.joined_on else row.since_on,
        *(_profile_value(row.profile.get(key)) for key in profile_columns),
    ]  # fmt: skip


def _id_of(row: Any) -> str | None:
    """Return what names the customer in a file; a customer without an id needs one where another is called the same."""
    return row.external_id or (f"{OUR_IDS}{row.id}" if row.is_ambiguous else None)


def _profile_columns(keys: Iterable[str]) -> dict[str, str]:
    """Return the column of every key of a profile, named so that an import keeps it in the profile.

    A key that an import would take for one of its own fields, or for another key, gets "profile" in front.
    """
    names: dict[str, str] = {}
    taken = {name.casefold() for name in CUSTOMER_COLUMNS}
    for key in keys:
        name = " ".join(key.split())
        while name.casefold() in taken or _is_field(name):
            name = f"profile {name}"
        taken.add(name.casefold())
        names[key] = name
    return names


def _is_field(name: str) -> bool:
    mapping = map_columns(LEDGER_FILE, [*CUSTOMER_COLUMNS, name], Subject.CUSTOMERS)
    return (name, len(CUSTOMER_COLUMNS)) not in mapping.kept


def _profile_value(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write_touches(ledger: Ledger, path: Path) -> Path:
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    zone = ZoneInfo(workspace.timezone if workspace else "UTC")
    with _WholeFile(path) as file:
        rows = csv.writer(file)
        rows.writerow(TOUCH_COLUMNS)
        for touch in exporting.live_touches(ledger):
            amount = _amount(touch.amount_minor, touch.currency)
            if amount and touch.currency != touch.customer_currency:
                amount = f"{touch.currency} {amount}"
            rows.writerow(
                _cells(
                    [
                        touch.external_id or f"{OUR_IDS}{touch.id}", _customer_of(touch), _moment(touch, zone),
                        touch.kind, touch.direction, touch.by, touch.contact, amount, touch.note,
                    ]
                )
            )  # fmt: skip
    return path


def _customer_of(touch: Any) -> str:
    return touch.customer_external_id or (
        f"{OUR_IDS}{touch.customer_id}" if touch.is_ambiguous else str(touch.customer_name)
    )


def _moment(touch: Any, zone: ZoneInfo) -> str:
    """Return the instant of a touch in the workspace's zone, or only its day where that is another day in this zone.

    The day is what a rhythm is made of, and it is the day where the person was who talked to the customer.
    """
    local = touch.touched_at.astimezone(zone)
    if local.date() != touch.touched_on:
        return str(touch.touched_on.isoformat())
    return str(local.isoformat(timespec="seconds"))


def _amount(minor: int | None, currency: str | None) -> str | None:
    """Return minor units as a plain number with a decimal point that nobody can take for a thousands separator."""
    if minor is None:
        return None
    digits = minor_digits(currency or "EUR")
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    if not part:
        return f"{sign}{whole}"
    # "1.250" can be read as 1250, "1.2500" cannot.
    return f"{sign}{whole}.{part:0{digits}}" + ("0" if digits == 3 else "")


def _cells(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield "" if value is None else harmless(value.isoformat() if isinstance(value, date) else str(value))


def _write_ledger(ledger: Ledger, path: Path) -> Path:
    """Write every row as one JSON object with its table's name; tokens and the outbox stay here."""
    with _WholeFile(path) as file:
        for table, rows in groupby(exporting.everything(ledger), key=lambda pair: pair[0]):
            for _, row in rows:
                file.write(json.dumps({"table": table, **row}, ensure_ascii=False, default=_plain) + "\n")
    return path


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


class _WholeFile:
    """A file that only its owner reads, and that takes its name once it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")

    def __enter__(self) -> TextIO:
        self._part.unlink(missing_ok=True)
        self._part.touch(mode=0o600)
        self._file: TextIO = self._part.open("w", encoding="utf-8", newline="")
        return self._file

    def __exit__(self, broken: object, *_: object) -> None:
        self._file.close()
        if broken is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
