"""The list equals an evaluation of every customer from the raw ledger, on any day and on both databases."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.counted_days import counted_days
from bot.domain.model import Counts, Direction, Policy, Relationship, Rhythm, Segment, Source, Standing, TouchKind
from bot.domain.rhythm import due_on, is_lost, replay, score
from bot.usecases.neglect import rank
from bot.usecases.touches import NewTouch, record_touch
from storage import neglect_list, people
from storage.customers import by_ids
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer
from tests.support.books import Books

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Told:
    """What a random ledger says of one customer."""

    segment: int
    since: int
    value: float
    owner: str
    standing: Standing
    snoozed_for: int | None
    muted: bool
    touched: tuple[int, ...]
    noted: tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """What a segment's policy is."""

    policy: Policy
    set_days: int | None
    exponent: float
    counts: Counts
    pauses: str
    lost_after: int


days_ago = st.integers(0, 400)
told = st.builds(
    Told,
    segment=st.integers(0, 2),
    since=days_ago,
    value=st.floats(1, 1e6).map(lambda value: round(value, 2)),
    owner=st.sampled_from(["U0ANA", "U0BEN"]),
    standing=st.sampled_from([Standing.CUSTOMER, Standing.PROSPECT, Standing.LURKER]),
    snoozed_for=st.none() | st.integers(-20, 60),
    muted=st.sampled_from([False, False, True]),
    touched=st.lists(days_ago, max_size=8).map(tuple),
    noted=st.lists(days_ago, max_size=2).map(tuple),
)
segment_rules = st.builds(
    Rule,
    policy=st.sampled_from(Policy),
    set_days=st.none() | st.integers(1, 90),
    exponent=st.sampled_from([0.0, 0.5, 1.0]),
    counts=st.sampled_from(Counts),
    pauses=st.sampled_from(["", "08-01..08-31", "12-24..01-01", "07-15..08-10,12-24..01-01"]),
    lost_after=st.sampled_from([6, 6, 2]),
)


def write(books: Books, rules: list[Rule], customers: list[Told]) -> None:
    segments = [
        books.segment(
            f"s{number}",
            policy=rule.policy,
            set_cadence_days=rule.set_days,
            exponent=rule.exponent,
            counts=rule.counts,
            pauses=rule.pauses,
            lost_after=rule.lost_after,
        )
        for number, rule in enumerate(rules)
    ]
    for number, told in enumerate(customers):
        customer_id = books.customer(
            f"c{number}", segment_id=segments[told.segment], since_on=TODAY - timedelta(days=told.since),
            value=told.value, owner_id=books.person(told.owner), standing=told.standing,
            snoozed_until_on=None if told.snoozed_for is None else TODAY + timedelta(days=told.snoozed_for),
            muted_because="asked for" if told.muted else None,
            touched=[TODAY - timedelta(days=days) for days in told.touched],
        )  # fmt: skip
        for days in told.noted:
            books.touch(customer_id, TODAY - timedelta(days=days), TouchKind.NOTE)
    books.settle()


def brute_force(rules: list[Rule], customers: list[Told], as_of: date, *, everyone: bool) -> dict[str, float]:
    """Return the score of everybody who belongs on the list, from what was told alone."""
    known = [
        {TODAY - timedelta(days=n) for n in told.touched if TODAY - timedelta(days=n) <= as_of} for told in customers
    ]
    found = {}
    for number, rule in enumerate(rules):
        counted = counted_days(rule.counts, rule.pauses)
        gaps = [
            counted.between(min(days), max(days)) / (len(days) - 1)
            for told, days in zip(customers, known, strict=True)
            if told.segment == number and len(days) > 1
        ]
        number_of_gaps = sum(
            len(days) - 1 for told, days in zip(customers, known, strict=True) if told.segment == number and days
        )
        learned = max(1.0, median(gaps)) if number_of_gaps >= 5 else 30.0
        cadence = float(rule.set_days or learned)
        segment = Segment(number, f"s{number}", rule.policy, cadence, rule.exponent, counted, rule.lost_after)
        for index, (told, days) in enumerate(zip(customers, known, strict=True)):
            since = TODAY - timedelta(days=told.since)
            came_later = not days and since > as_of
            if told.segment != number or (came_later and not everyone):
                continue
            since = min(since, as_of)
            rhythm = replay(days, segment)
            relationship = as_relationship(told, since, rhythm, segment)
            asleep = (
                told.snoozed_for is not None and as_of >= TODAY and TODAY + timedelta(days=told.snoozed_for) > as_of
            )
            silent = told.muted or told.standing is Standing.LURKER or asleep
            lost = is_lost(relationship.silent_since_on, segment, as_of)
            if everyone or (relationship.due_on <= as_of and not silent and not lost):
                found[f"c{index}"] = score(relationship, as_of)
    return found


def as_relationship(told: Told, since: date, rhythm: Rhythm | None, segment: Segment) -> Relationship:
    due = due_on(rhythm, since, segment)
    return Relationship(
        customer_id=0, external_id=None, name="", owner_id=None, segment=segment, standing=told.standing,
        value_minor=None, currency="EUR", ranked_value=told.value, since_on=since, rhythm=rhythm, due_on=due,
        nudge_from_on=due,
    )  # fmt: skip


def assert_equal_lists(ledger: Ledger, expected: dict[str, float], as_of: date, *, everyone: bool) -> None:
    listed = rank(ledger, as_of=as_of, now_day=TODAY, everyone=everyone)
    scores = [ranked.score for ranked in listed]
    assert scores == sorted(scores, reverse=True)
    assert {ranked.relationship.name for ranked in listed} == set(expected)
    for ranked in listed:
        assert abs(ranked.score / expected[ranked.relationship.name] - 1) < 1e-9


def assert_as_listed_one_by_one(ledger: Ledger, as_of: date) -> None:
    """The batch of a digest round finds for every owner whom their own list holds, in the same order."""
    owner_ids = list(people.everybody(ledger))
    due = neglect_list.due_of_each(ledger, owner_ids, today=as_of)
    for owner_id in owner_ids:
        listed = neglect_list.neglected(ledger, today=as_of, limit=100, owner_id=owner_id)
        assert [customer_id for _, customer_id, _ in sorted(due.get(owner_id, ()))] == [r.customer_id for r in listed]
        assert (owner_id in due) == bool(listed)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=st.lists(segment_rules, min_size=3, max_size=3),
    customers=st.lists(told, max_size=15),
    earlier=st.integers(1, 300),
    later=st.integers(1, 200),
    due=st.integers(0, 14),
)
def test_the_list_equals_an_evaluation_of_everybody(
    store: Store,
    workspace: int,
    rules: list[Rule],
    customers: list[Told],
    earlier: int,
    later: int,
    due: int,
) -> None:
    with store.write(workspace) as ledger:
        write(Books(ledger), rules, customers)
        # The days on which somebody becomes due, and the day before, are where a list goes wrong first.
        due_days = sorted(row.due_on for row in ledger.rows(Customer) if row.due_on >= TODAY)[due : due + 1]
        days = [TODAY, TODAY - timedelta(days=earlier), TODAY + timedelta(days=later), *due_days]
        for as_of in [*days, *(day - timedelta(days=1) for day in due_days)]:
            for everyone in (False, True):
                expected = brute_force(rules, customers, as_of, everyone=everyone)
                assert_equal_lists(ledger, expected, as_of, everyone=everyone)
            assert_as_listed_one_by_one(ledger, as_of)
        ledger.session.rollback()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=segment_rules, arrivals=st.lists(st.tuples(days_ago, st.integers(0, 90)), min_size=1, max_size=12))
def test_whoever_was_talked_to_today_is_not_overdue_today_whatever_was_logged_before(
    store: Store, workspace: int, rule: Rule, arrivals: list[tuple[int, int]]
) -> None:
    """Each touch is logged on its day or some days late, so that they arrive in any order."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        write(books, [rule], [Told(0, 400, 100.0, "U0ANA", Standing.CUSTOMER, None, False, (), ())])
        customer_id = ledger.rows(Customer)[0].id
        logged = sorted(
            (TODAY - timedelta(days=max(0, ago - late)), TODAY - timedelta(days=ago)) for ago, late in arrivals
        )
        for today, on in logged:
            now = datetime.combine(today, time(12), tzinfo=UTC)
            new = NewTouch(customer_id, now, on, TouchKind.CALL, Direction.OUTBOUND, Source.COMMAND)
            record_touch(ledger, new, now=now, today=today)
            listed = neglect_list.neglected(ledger, today=today, limit=9, whole_team=True)
            if on == today:
                (found,) = by_ids(ledger, [customer_id]).values()
                assert found.due_on > today
                assert listed == []
        (found,) = by_ids(ledger, [customer_id]).values()
        assert found.rhythm == replay([on for _, on in logged], found.segment)
        ledger.session.rollback()
