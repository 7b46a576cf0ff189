"""Customers of a file into the ledger: find who is meant, write who is new, change what differs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from bot.usecases.imports.last_contact import add_last_contacts
from bot.usecases.imports.names import same_name
from bot.usecases.imports.rejects import Rejects
from bot.usecases.imports.roster import Roster, Segments, add_people_and_segments, default_segment_id
from bot.usecases.imports.setting import Setting
from bot.usecases.imports.standings import ALL_HEARD, Unheard, settle_standings
from bot.usecases.rates import set_base_currency
from bot.usecases.recompute import recompute_stale
from bot.usecases.worth import Worth
from storage import staged_customers as staged
from storage.ledger import Ledger
from storage.staged_standings import record_words
from storage.staging import mark_stale_ids

_AT = {name: position for position, name in enumerate(staged.UPDATABLE)}
# What the derived state of a customer depends on.
_DERIVED_FROM = [_AT[name] for name in ("segment_id", "standing", "value_minor", "currency", "since_on")]


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows made something, changed something, or said nothing new."""

    created: int
    updated: int
    skipped: int
    last_contacts: int = 0
    unheard: Unheard = ALL_HEARD


def settle_identities(ledger: Ledger, rejects: Rejects) -> None:
    """Tie every staged row to the customer it means, and reject the rows that name one customer twice.

    1. An external id that the file gives twice. 2. An external id that the ledger knows. 3. The same name (but for case
    and spaces) where the row or the customer has no external id: two ids are two customers, however alike their names.
    4. Two rows that turned out to mean one customer.
    """
    connection = ledger.session.connection()
    staged.reject_repeated(connection, "external_id")
    if staged.has_customers(ledger):
        staged.match_external_ids(ledger)
        for batch in staged.name_candidates(ledger):
            staged.set_matches(connection, list(_match_names(batch, rejects)))
        rejects.store()
        staged.drop_rejected(connection)
        staged.reject_repeated(connection, "customer_id")
    for line, name, first in _namesakes(ledger):
        rejects.add(
            line, "name", name, f"is on line {first} already. Put both into one row, or give each an external_id."
        )
    rejects.store()
    staged.drop_rejected(connection)


def adopt_currency(ledger: Ledger, setting: Setting) -> Setting:
    """Make the currency of a ledger's first customers its own, where all their values name the same one.

    The values stay as they were read: what has no rate is ranked by its number.
    """
    if setting.worth.rates or staged.has_customers(ledger):
        return setting
    named = staged.currencies_named(ledger.session.connection())
    code = named.pop() if len(named) == 1 else None
    if code is None or code == setting.base_currency:
        return setting
    set_base_currency(ledger, code)
    return replace(setting, worth=Worth.of(ledger))


def write_customers(ledger: Ledger, *, roster: Roster, segments: Segments, setting: Setting) -> Written:
    """Write the staged rows and the state that follows from them."""
    connection = ledger.session.connection()
    owner_ids, segment_ids = staged.used_ids(connection, "owner_id"), staged.used_ids(connection, "segment_id")
    add_people_and_segments(ledger, roster, segments, setting, used=owner_ids | segment_ids)
    default_id = default_segment_id(ledger, segments) if staged.needs_default_segment(connection) else None
    unheard = settle_standings(ledger)
    created = staged.insert_new(ledger, default_segment_id=default_id, base_currency=setting.base_currency)
    changed = _update(ledger) | staged.update_contacts(ledger) | staged.insert_contacts(ledger)
    record_words(ledger, now=setting.now)
    last_contacts, touched = add_last_contacts(ledger, setting)
    changed |= touched
    # Whoever is new and was never talked to has their state already; they only move the median value.
    recompute_stale(ledger, values_moved=True)
    matched = staged.count_matched(connection)
    return Written(created, len(changed), matched - len(changed), last_contacts, unheard)


def _match_names(batch: Iterable[Row[Any]], rejects: Rejects) -> Iterator[tuple[int, int]]:
    """Yield (customer id, line) of the rows whose name is a customer's."""
    for line, rows in groupby(batch, key=lambda row: row.line):
        namesakes = [row for row in rows if same_name(row.name, row.known_name)]
        free = [row for row in namesakes if row.known_external_id is None]
        found = free if free or (namesakes and namesakes[0].external_id is not None) else namesakes
        if len(found) == 1:
            yield found[0].known_id, line
        elif found:
            rejects.add(
                line, "name", found[0].name, "is the name of several customers. Give the external_id of the one."
            )


def _namesakes(ledger: Ledger) -> Iterator[tuple[int, str, int]]:
    """Yield (line, name, line of the first) of rows that repeat a name where one of the two has no external id."""
    for _, rows in groupby(staged.namesakes_without_id(ledger.session.connection()), key=lambda row: row[0]):
        earlier: list[tuple[int, str, str | None]] = []
        for _, line, name, external_id in rows:
            first = next(
                (row for row in earlier if same_name(row[1], name) and (external_id is None or row[2] is None)), None
            )
            if first is not None:
                yield line, name, first[0]
            elif len(earlier) < 50:
                earlier.append((line, name, external_id))


def _update(ledger: Ledger) -> set[int]:
    """Change what the file says otherwise; an empty cell says nothing. Return the customers that changed."""
    changed: set[int] = set()
    for batch in staged.matched_rows(ledger):
        rows, stale = [], []
        for customer_id, first_on, stored, said in batch:
            values = _merged(stored, said, first_on)
            if values == stored:
                continue
            changed.add(customer_id)
            rows.append((*values, ledger.workspace_id, customer_id))
            if any(values[position] != stored[position] for position in _DERIVED_FROM):
                stale.append(customer_id)
        staged.update_customers(ledger, rows)
        mark_stale_ids(ledger.session.connection(), stale)
    return changed


def _merged(stored: tuple[Any, ...], said: tuple[Any, ...], first_on: str | None) -> tuple[Any, ...]:
    values = [old if new is None else new for old, new in zip(stored, said, strict=True)]
    since, profile = _AT["since_on"], _AT["profile"]
    # A relationship began with its first touch at the latest.
    if said[since] is not None and first_on is not None:
        values[since] = min(said[since], first_on)
    if said[profile] is not None and said[profile] != stored[profile]:
        known = json.loads(stored[profile])
        merged = known | json.loads(said[profile])
        values[profile] = stored[profile] if merged == known else json.dumps(merged, ensure_ascii=False)
    return tuple(values)
