"""One row of a customers file as values: every cell read by its field's rule, and the state of somebody new."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.model import Segment, Standing
from bot.domain.names import name_key
from bot.domain.nudges import day_key
from bot.domain.rhythm import derive
from bot.usecases.imports.amounts import AmountColumn, currency_of
from bot.usecases.imports.cells import Plan, read_cells
from bot.usecases.imports.contacts import read_email, read_phone
from bot.usecases.imports.days import DayColumn
from bot.usecases.imports.mapping import ColumnMapping
from bot.usecases.imports.refusal import FieldRefused, RowRefused
from bot.usecases.imports.roster import Roster, Segments
from bot.usecases.imports.setting import Setting
from bot.usecases.imports.words import read_channel, read_standing
from storage.columns import new_id

# The columns of a staged row, in the order of the tuples made here.
STAGED_COLUMNS = (
    "line", "id", "external_id", "name", "name_key", "owner_id", "segment_id", "standing", "value_minor", "currency",
    "preferred_channel", "locale", "timezone", "birthday_on", "birthday_key", "since_on", "joined_on", "joined_key",
    "renewal_on", "tags", "notes", "profile", "has_contact", "contact_name", "contact_email", "contact_phone",
    "last_contact_on", "begun_on", "warm_key", "ranked_value", "sort_key", "due_on", "nudge_from_on",
)  # fmt: skip

_TO_JSON = json.JSONEncoder(ensure_ascii=False).encode

MAX_NAME, MAX_ID, MAX_TEXT, MAX_PROFILE = 200, 200, 10_000, 50_000
_DAYS = ("birthday", "customer_since", "known_since", "renewal_on", "last_contact_on")


@dataclass(slots=True)
class CustomerRows:
    """Reads the rows of one file: `witness` every row first, then `read` each."""

    mapping: ColumnMapping
    setting: Setting
    roster: Roster
    segments: Segments
    _amounts: AmountColumn = field(default_factory=AmountColumn)
    _days: dict[str, DayColumn] = field(default_factory=lambda: {name: DayColumn() for name in _DAYS})
    _plan: Plan = ()
    _witnesses: list[tuple[int, Callable[[str], None]]] = field(default_factory=list)
    _currency_at: int | None = None

    def __post_init__(self) -> None:
        readers = self._readers()
        self._plan = [(column.field, column.index, readers[column.field]) for column in self.mapping.columns]
        self._currency_at = self.mapping.index_of("currency")
        judges = {"annual_value": self._amounts.witness} | {name: days.witness for name, days in self._days.items()}
        self._witnesses = [
            (column.index, judges[column.field]) for column in self.mapping.columns if column.field in judges
        ]

    def witness(self, cells: Sequence[str]) -> None:
        """Let the row say how numbers and dates are written in its columns."""
        for index, judge in self._witnesses:
            if cell := cells[index]:
                judge(cell)

    def learn(self, batch: Iterable[Sequence[str]]) -> None:
        """Nothing to look up: the database ties customers to rows once all are staged."""

    def read(self, line: int, cells: Sequence[str]) -> tuple[Any, ...]:
        """Return the row as STAGED_COLUMNS. Raises RowRefused."""
        found = read_cells(self._plan, cells)
        get = found.get
        if "name" not in found:
            raise RowRefused("", "", "the row has no name. Every customer needs one.")
        value_minor, currency = self._value(cells, get("annual_value"))
        segment: Segment | None = get("segment")
        standing: Standing | None = get("standing")
        joined: date | None = get("customer_since")
        since: date | None = joined or get("known_since")
        begun_on = since or self.setting.today
        if value_minor is not None:
            ranked = self.setting.worth.ranked(value_minor, currency or self.setting.base_currency)
        else:
            ranked = self.segments.median_of(segment)
        state = derive(
            None, since_on=begun_on, segment=segment or self.segments.default, ranked_value=ranked,
            standing=standing or Standing.CUSTOMER, snoozed_until_on=None, muted=False,
        )  # fmt: skip
        birthday: tuple[str | None, int] | None = get("birthday")
        person = get("contact_name"), get("contact_email"), get("contact_phone")
        return (
            line, new_id(), get("external_id"), found["name"], name_key(found["name"]), get("owner"),
            segment.id if segment else None, standing.value if standing else None, value_minor, currency,
            get("preferred_channel"), get("locale"), get("timezone"),
            birthday[0] if birthday else None, birthday[1] if birthday else None,
            since.isoformat() if since else None, joined.isoformat() if joined else None,
            day_key(joined) if joined else None, get("renewal_on"), get("tags"), get("notes"), self._profile(cells),
            any(person), *person, get("last_contact_on"), begun_on.isoformat(),
            state.warm_key, ranked, state.sort_key, state.due_on.isoformat(),
            state.nudge_from_on.isoformat() if state.nudge_from_on else None,
        )  # fmt: skip

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        days, setting = self._days, self.setting
        return {
            "external_id": _within(MAX_ID), "name": _name, "owner": self.roster.owner, "segment": self.segments.named,
            "standing": lru_cache(1_000)(read_standing), "annual_value": str, "currency": str,
            "contact_name": _within(MAX_NAME), "contact_email": read_email,
            "contact_phone": lambda cell: read_phone(cell, setting.region), "preferred_channel": read_channel,
            "locale": _locale, "timezone": _timezone, "birthday": self._birthday,
            "customer_since": self._since, "known_since": days["known_since"].read_day,
            "renewal_on": lambda cell: days["renewal_on"].read_day(cell).isoformat(),
            "last_contact_on": self._last_contact, "tags": _tags, "notes": _within(MAX_TEXT),
        }  # fmt: skip

    def _value(self, cells: Sequence[str], written: str | None) -> tuple[int | None, str | None]:
        """Return (minor units, currency); the currency alone is kept too, for the amounts of later touches."""
        currency = self.mapping.currency
        if self._currency_at is not None and (cell := cells[self._currency_at].strip()):
            try:
                currency = currency_of(cell, self.setting.base_currency)
            except FieldRefused as refusal:
                raise RowRefused("currency", cell, str(refusal)) from None
        if written is None:
            return None, currency
        try:
            return self._amounts.read(written, currency, self.setting.base_currency)
        except FieldRefused as refusal:
            raise RowRefused("annual_value", written, str(refusal)) from None

    def _birthday(self, cell: str) -> tuple[str | None, int]:
        """Return (date if the year is known, month and day as a number like 509 for 9 May)."""
        day = self._days["birthday"].read_birthday(cell, self.setting.today)
        return day.isoformat(), day_key(day)

    def _since(self, cell: str) -> date:
        day = self._days["customer_since"].read_day(cell)
        if day > self.setting.today:
            raise FieldRefused("is ahead of us. Write a day that was, or leave it empty.")
        return day

    def _last_contact(self, cell: str) -> str:
        day = self._days["last_contact_on"].read_day(cell)
        if day > self.setting.today:
            raise FieldRefused("is ahead of us. Write the day of the last contact that was.")
        return day.isoformat()

    def _profile(self, cells: Sequence[str]) -> str | None:
        kept = {name: cell for name, index in self.mapping.kept if (cell := cells[index].strip())}
        if not kept:
            return None
        profile = _TO_JSON(kept)
        if len(profile) > MAX_PROFILE:
            raise RowRefused("", "", "the columns that are kept in the profile are too long together. Shorten them.")
        return profile


def _within(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise FieldRefused(f"is longer than {limit:,} letters. Shorten it.")
        return cell

    return read


def _name(cell: str) -> str:
    if len(cell) > MAX_NAME:
        raise FieldRefused(f"is longer than {MAX_NAME} letters. Shorten it.")
    return " ".join(cell.split())


@lru_cache(1_000)
def _timezone(cell: str) -> str:
    try:
        return ZoneInfo(cell).key
    except (KeyError, OSError, ValueError):
        raise FieldRefused("is no time zone. Write one like Europe/Berlin.") from None


@lru_cache(1_000)
def _locale(cell: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(cell.replace("-", "_"))).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        raise FieldRefused("is no language. Write one like de or en-GB.") from None


@lru_cache(1_000)
def _tags(cell: str) -> str:
    tags = [tag.strip() for tag in cell.replace(";", ",").split(",")]
    return ", ".join(dict.fromkeys(filter(None, tags)))[:MAX_TEXT]
