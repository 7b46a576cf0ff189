"""What a customer is to us: shown with the reason, set by a person whose word wins, and given back to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.circle import Seated, Seats, who_may_leave
from bot.domain.model import Role, Standing, Teammate
from bot.domain.standing import StandingView, Word, judge, settle
from bot.domain.working_time import local_day
from bot.errors import NotAllowed, NotFound
from bot.usecases.showing import refresh_messages, refresh_owners_home
from bot.usecases.touches import derived_of, lock_customer
from storage import circle, customers, standings
from storage.ledger import Ledger
from storage.models import Customer, TeammateRow
from storage.standing_models import StandingWord

OWNER_DECIDES = "Only {owner}, who looks after {name}, or an admin decides what they are to you."


@dataclass(frozen=True, slots=True)
class Full:
    """Nobody can be added to the inner circle until somebody leaves: whose seats are taken, and who may go.

    `owner` is the teammate whose own circle is full, None when it is the team's. `may_leave` are those whom the person
    who asked may decide about, the least contacted first.
    """

    name: str
    seats: Seats
    owner: str | None
    may_leave: tuple[Seated, ...]


def standing_view(ledger: Ledger, customer_id: int) -> StandingView:
    """Return a customer's standing with what it rests on, as of now. Raises NotFound."""
    known = standings.known(ledger, customer_id)
    if known is None:
        raise NotFound("That customer is not in this workspace any more.")
    evidence = standings.evidence_of(ledger, [known])[customer_id]
    judged = judge(evidence)
    row = standings.word_of(ledger, customer_id)
    if row is None:
        return StandingView(settle(known.standing, evidence), judged, evidence)
    by = ledger.get(TeammateRow, row.by_id)
    said_on = local_day(row.said_at, by.timezone if by else "UTC") if row.said_at else None
    word = Word(row.standing, by=by.name if by else None, on=said_on, from_file=row.from_file)
    return StandingView(row.standing, judged, evidence, word)


def standing_to_decide(ledger: Ledger, customer_id: int, *, by: Teammate) -> StandingView:
    """Return a customer's standing to a person who may decide it. Raises NotAllowed before anything is filled in."""
    view = standing_view(ledger, customer_id)
    customer = ledger.get(Customer, customer_id)
    if customer is not None:
        may_decide(ledger, customer, by)
    return view


def may_decide(ledger: Ledger, customer: Customer, by: Teammate | None) -> None:
    """Raise NotAllowed unless a person may decide what a customer is: its owner, or an admin.

    Whom nobody looks after, anybody who works here may decide about; None is somebody at the terminal.
    """
    if by is None or by.role is Role.ADMIN or customer.owner_id == by.id:
        return
    if by.role is Role.VIEWER:
        raise NotAllowed("You can look at customers here. An admin of Keepwarm can let you log touches too.")
    owner = ledger.get(TeammateRow, customer.owner_id)
    if owner is not None:
        raise NotAllowed(OWNER_DECIDES, owner=owner.name, name=customer.name)


def set_standing(
    ledger: Ledger,
    customer_id: int,
    standing: Standing | None,
    *,
    by: Teammate | None,
    now: datetime,
    leaves: int | None = None,
) -> Full | None:
    """Write a person's word on what a customer is; None withdraws it, and the evidence decides again.

    A seat in a full circle wants to know who `leaves`; the two change places in this transaction, or nothing happens
    and who may leave is returned. Raises NotFound, NotAllowed.
    """
    if standing is Standing.INNER_CIRCLE:
        # Before any customer, so that two people who add at once wait here and never for each other.
        circle.hold_seats(ledger)
    rows = [_locked(ledger, each) for each in sorted({customer_id, *([leaves] if leaves else [])})]
    customer = next(row for row in rows if row.id == customer_id)
    leaver = next((row for row in rows if row.id == leaves != customer_id), None)
    for row in rows:
        may_decide(ledger, row, by)
    if standing is Standing.INNER_CIRCLE and not _is_seated(ledger, customer):
        if leaver is not None and not _is_seated(ledger, leaver):
            leaver = None
        seats = circle.seats(ledger, customer.owner_id)
        if _would_overflow(seats, customer, leaver):
            return _full(ledger, customer, seats, by=by, today=local_day(now, by.timezone if by else "UTC"))
        if leaver is not None:
            write_word(ledger, leaver, None, by=by, now=now)
    write_word(ledger, customer, standing, by=by, now=now)
    return None


def _is_seated(ledger: Ledger, customer: Customer) -> bool:
    word = standings.word_of(ledger, customer.id)
    return word is not None and word.standing is Standing.INNER_CIRCLE


def _would_overflow(seats: Seats, customer: Customer, leaver: Customer | None) -> bool:
    freed = 1 if leaver is not None else 0
    freed_own = freed if leaver is not None and leaver.owner_id == customer.owner_id else 0
    own = customer.owner_id is not None and seats.taken - freed_own >= seats.each
    return own or seats.team_taken - freed >= seats.team


def _full(ledger: Ledger, customer: Customer, seats: Seats, *, by: Teammate | None, today: date) -> Full:
    owner = ledger.get(TeammateRow, customer.owner_id)
    own_is_full = owner is not None and seats.own_is_full
    seated = circle.members(ledger, owner_id=customer.owner_id, whole_team=not own_is_full, today=today)
    return Full(
        name=customer.name,
        seats=seats,
        owner=owner.name if owner is not None and own_is_full else None,
        may_leave=tuple(_decided_by(seated, by)),
    )


def _decided_by(seated: Sequence[Seated], by: Teammate | None) -> list[Seated]:
    everybody = by is None or by.role is Role.ADMIN
    return who_may_leave([each for each in seated if everybody or by is None or each.owner_id in {by.id, None}])


def write_word(
    ledger: Ledger, customer: Customer, standing: Standing | None, *, by: Teammate | None, now: datetime
) -> None:
    """Write or withdraw a person's word, and the standing and the days that follow; the row must be held."""
    row = standings.word_of(ledger, customer.id)
    if standing is None:
        if row is not None:
            ledger.session.delete(row)
            ledger.session.flush()
    else:
        row = row or StandingWord(workspace_id=ledger.workspace_id, customer_id=customer.id, standing=standing)
        row.standing, row.by_id, row.said_at = standing, by.id if by else None, now
        row.from_file, row.kept_on = False, None
        ledger.add(row)
    stand(ledger, customer.id, standing or _judged(ledger, customer.id))
    refresh_messages(ledger, customer.id, now=now)
    refresh_owners_home(ledger, customer.id, now=now)


def stand(ledger: Ledger, customer_id: int, standing: Standing) -> None:
    """Write a customer's standing and the day from which it may be nudged about."""
    derived = derived_of(ledger, customer_id, standing=standing)
    customers.change(ledger, customer_id, {"standing": standing, "nudge_from_on": derived.nudge_from_on})
    row = ledger.get(Customer, customer_id)
    if row is not None:
        ledger.session.refresh(row)


def _judged(ledger: Ledger, customer_id: int) -> Standing:
    """What the evidence says: who withdraws a word asks the ledger to decide, for a lurker too."""
    return standing_view(ledger, customer_id).judged.standing


def _locked(ledger: Ledger, customer_id: int) -> Customer:
    lock_customer(ledger, customer_id)
    row = ledger.get(Customer, customer_id)
    if row is None:
        raise NotFound("That customer is not in this workspace any more.")
    ledger.session.refresh(row)
    return row
