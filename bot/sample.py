"""Loading the sample customers into an empty ledger, for the demo and for anybody who wants to look around first."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import ceil

from sqlmodel import col

from bot.domain.folding import fold
from bot.domain.model import Direction, Segment, Source, Standing, TouchKind
from bot.domain.names import name_key
from bot.domain.nudges import birthday_in, day_key
from bot.domain.rhythm import due_on, replay
from bot.domain.working_time import instant_at
from bot.sample_cast import CADENCE_DAYS, CAST, RATES, SampleCustomer, SamplePerson
from bot.usecases.days_off import days_off_of
from bot.usecases.deriving import derive_standings
from bot.usecases.digest_hours import next_digest_of
from bot.usecases.exponents import relearn_exponents
from bot.usecases.recompute import recompute_workspace
from bot.usecases.worth import minor_digits
from storage import customers, people, touches
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Contact, Customer, Entry, EntryLine, Promise, SegmentRow, TeammateRow, Workspace
from storage.standing_models import StandingWord

# Gaps as shares of the usual one; they are never quite alike, and come out even over five.
_UNEVEN = (1.0, 0.8, 1.2, 0.9, 1.1)
_WAYS = (TouchKind.EMAIL, TouchKind.CALL, TouchKind.EMAIL, TouchKind.MEETING)
_MUTUAL = frozenset({TouchKind.CALL, TouchKind.MEETING, TouchKind.VISIT})


def load_sample(store: Store, workspace_id: int, *, today: date, now: datetime) -> int:
    """Write the sample customers with their touches up to `today`; return how many.

    A ledger that has customers is left alone.
    """
    with store.write(workspace_id) as ledger:
        if customers.total(ledger):
            return 0
        _add_rates(ledger)
        segments = {name: _add_segment(ledger, name, days) for name, days in CADENCE_DAYS.items()}
        teammates = {person.slack_user_id: _teammate(ledger, person, today) for person, _ in CAST}
        written = 0
        for person, theirs in CAST:
            owner = teammates[person.slack_user_id]
            for sample in theirs:
                author = teammates[sample.by] if sample.by else owner
                customer_id = _add_customer(ledger, sample, owner, segments[sample.segment], today)
                _add_touches(ledger, sample, customer_id, owner, author, today, now)
                written += 1
        recompute_workspace(ledger)
    relearn_exponents(store, workspace_id, now=now)
    derive_standings(store, workspace_id, now=now)
    return written


def _add_rates(ledger: Ledger) -> None:
    row = ledger.session.get(Workspace, ledger.workspace_id)
    if row is not None and not row.rates:
        row.rates = dict(RATES)
        ledger.add(row)


def _add_segment(ledger: Ledger, name: str, cadence_days: int) -> int:
    row = ledger.first(SegmentRow, col(SegmentRow.name) == name)
    row = row or SegmentRow(workspace_id=ledger.workspace_id, id=new_id(), name=name)
    row.set_cadence_days, row.cadence_days = cadence_days, float(cadence_days)
    return ledger.add(row).id


def _teammate(ledger: Ledger, person: SamplePerson, today: date) -> TeammateRow:
    """Return the person's row, made now if Slack has not shown them yet; their first digest is today's."""
    row = people.by_slack_id(ledger, person.slack_user_id)
    if row is None:
        row = TeammateRow(
            workspace_id=ledger.workspace_id, id=new_id(), slack_user_id=person.slack_user_id, name=person.name,
            email=person.email, timezone=person.timezone, locale=person.locale, role=person.role,
            # Whoever looks at the demo on a holiday wants to see a digest all the same.
            holiday_region="",
        )  # fmt: skip
    if row.next_digest_at is None:
        known = people.teammate(row)
        after = instant_at(today, 0, row.timezone)
        row.next_digest_at = next_digest_of(known, after=after, off=days_off_of(ledger, known))
    return ledger.add(row)


def _add_customer(ledger: Ledger, sample: SampleCustomer, owner: TeammateRow, segment_id: int, today: date) -> int:
    birthday = None if sample.birthday_in is None else _next_workday(today + timedelta(days=sample.birthday_in))
    born_on = birthday_in(birthday, birthday.year - 40) if birthday else None
    since_on = today - timedelta(days=sample.since)
    # On the second morning, as the first one is for those who are going quiet.
    joined = _next_workday(today + timedelta(days=1))
    joined_on = birthday_in(joined, joined.year - sample.years) if sample.years else None
    customer_id = new_id()
    key = re.sub(r"\W+", "-", fold(sample.name))
    row = Customer(
        workspace_id=ledger.workspace_id, id=customer_id, external_id=f"sample-{key}", name=sample.name,
        name_key=name_key(sample.name), owner_id=owner.id, segment_id=segment_id, standing=sample.standing,
        value_minor=None if sample.value is None else sample.value * 10 ** minor_digits(sample.currency),
        currency=sample.currency, preferred_channel=sample.channel, locale=sample.locale or owner.locale,
        timezone=owner.timezone, birthday_on=born_on, birthday_key=day_key(born_on) if born_on else None,
        since_on=since_on, joined_on=joined_on, joined_key=day_key(joined_on) if joined_on else None,
        renewal_on=_ahead(today, sample.renewal_in), tags=sample.tags,
        snoozed_until_on=_ahead(today, sample.snoozed_for), snoozed_in_a_row=int(sample.snoozed_for is not None),
        # Worked out again from the ledger once everything is written.
        warm_key=0.0, ranked_value=1.0, sort_key=0.0, due_on=since_on, silent_since_on=since_on, nudge_from_on=since_on,
    )  # fmt: skip
    ledger.add(row)
    if sample.standing is not Standing.CUSTOMER:
        ledger.add(StandingWord(workspace_id=ledger.workspace_id, customer_id=customer_id, standing=sample.standing,
                                by_id=owner.id, said_at=instant_at(since_on, 600, owner.timezone)))  # fmt: skip
    local = name_key(sample.contact.split(" ")[0])
    contact = Contact(
        workspace_id=ledger.workspace_id, id=new_id(), customer_id=customer_id, name=sample.contact,
        email=f"{local}@{key}.example", phone=sample.phone,
    )  # fmt: skip
    ledger.add(contact)
    if sample.promise:
        _add_promise(ledger, sample.promise, customer_id, owner, today)
    return customer_id


def _add_promise(ledger: Ledger, what: str, customer_id: int, owner: TeammateRow, today: date) -> None:
    """Note something to do for the next working day, as if its owner had asked for that yesterday."""
    written_at = instant_at(today - timedelta(days=1), 600, owner.timezone)
    entry = ledger.add(
        Entry(workspace_id=ledger.workspace_id, teammate_id=owner.id, source=Source.REPLY, written_at=written_at)
    )
    line = ledger.add(
        EntryLine(workspace_id=ledger.workspace_id, entry_id=entry.id, position=1, words=what, status="left")
    )
    promise = Promise(
        workspace_id=ledger.workspace_id, id=new_id(), customer_id=customer_id, teammate_id=owner.id, as_owner=True,
        what=what, due_on=_next_workday(today + timedelta(days=1)), line_id=line.id, made_at=written_at,
    )  # fmt: skip
    ledger.add(promise)


def _ahead(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _add_touches(
    ledger: Ledger, sample: SampleCustomer, customer_id: int, owner: TeammateRow, author: TeammateRow, today: date,
    now: datetime,
) -> None:  # fmt: skip
    for number, day in enumerate(touch_days(sample, today)):
        kind, note = sample.notes[number] if number < len(sample.notes) else (_WAYS[number % len(_WAYS)], None)
        by = owner if number else author
        at = min(now, instant_at(day, 570 + 95 * ((number * 3 + len(sample.name)) % 5), by.timezone))
        direction = _direction(kind, said=note is not None and by is owner)
        entry = touches.Entry(
            new_id(), customer_id, at, day, kind, direction, Source.IMPORT, at, by.id, sample.contact, note
        )
        touches.append(ledger, entry)


def _direction(kind: TouchKind, *, said: bool) -> Direction:
    """Talks go both ways; a letter of which we noted what it said is one that they wrote."""
    if kind in _MUTUAL:
        return Direction.MUTUAL
    return Direction.INBOUND if said or kind is TouchKind.PURCHASE else Direction.OUTBOUND


def touch_days(sample: SampleCustomer, today: date) -> list[date]:
    """Return the days of a customer's touches, newest first, so that it is as overdue as its story says."""
    if sample.overdue is None:
        return []
    ages = list(_ages(sample))
    last = today - timedelta(days=1)
    segment = Segment(0, sample.segment, cadence_days=CADENCE_DAYS[sample.segment])
    rhythm = replay([last - timedelta(days=age) for age in ages], segment)
    patience = (due_on(rhythm, last, segment) - last).days
    last = min(today - timedelta(days=1), today - timedelta(days=sample.overdue + patience))
    days = [last - timedelta(days=age) for age in ages]
    # The day on which somebody becomes due follows from the first and the last; the rest can keep to working days.
    first = len(days) - 1
    return [_workday(day) if 0 < n < first or abs(sample.overdue) > 5 else day for n, day in enumerate(days)]


def _workday(day: date) -> date:
    return day - timedelta(days=max(0, day.isoweekday() - 5))


def _next_workday(day: date) -> date:
    return day + timedelta(days=8 - day.isoweekday() if day.isoweekday() > 5 else 0)


def _ages(sample: SampleCustomer) -> Iterator[int]:
    """Yield how many days before the last touch each one was, beginning with 0."""
    usual = sample.gap or CADENCE_DAYS[sample.segment]
    age = 0
    for number in range(sample.touches):
        yield age
        age += max(1, ceil(usual * _UNEVEN[number % len(_UNEVEN)]))
