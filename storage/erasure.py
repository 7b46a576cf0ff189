"""Finding and removing every trace of a customer: rows, words that people wrote, and messages that show them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlmodel import SQLModel, col

from storage.bulk import BATCH
from storage.ledger import Ledger
from storage.models import Appearance, Customer, Delivery, DeliveryState, Digest, Entry, EntryLine, Touch
from storage.touches import is_live

# Their payload is the text itself; every other kind holds ids and is drawn from the ledger.
_WORDED = ("whisper", "text")


def wipe_deleted(ledger: Ledger) -> None:
    """Let SQLite overwrite what is deleted from here on; its file would keep the words in unused pages otherwise."""
    if ledger.session.get_bind().dialect.name == "sqlite":
        ledger.session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def count_touches(ledger: Ledger, customer_id: int) -> int:
    """Return how many entries about a customer stand."""
    query = select(func.count()).where(
        col(Touch.workspace_id) == ledger.workspace_id, col(Touch.customer_id) == customer_id, is_live()
    )
    return int(ledger.session.execute(query).scalar_one())


def messages_showing(ledger: Ledger, customer_id: int, entry_ids: Collection[int]) -> Sequence[Delivery]:
    """Return the messages that Slack has, or may have by now, with a customer's name in them, however old.

    These are the ones that show its card, digests that say it would have been next, and answers to the given entries.
    """
    mine = col(Delivery.workspace_id) == ledger.workspace_id
    shown: Select[Any] = select(col(Appearance.delivery_id)).where(
        col(Appearance.workspace_id) == ledger.workspace_id, col(Appearance.customer_id) == customer_id
    )
    next_up: Select[Any] = select(col(Digest.id)).where(
        col(Digest.workspace_id) == ledger.workspace_id, col(Digest.next_customer_id) == customer_id
    )
    named = or_(
        col(Delivery.id).in_(shown),
        and_(col(Delivery.kind) == "digest", col(Delivery.subject_id).in_(next_up)),
        and_(col(Delivery.kind) == "logged", col(Delivery.subject_id).in_(entry_ids)),
    )
    there = col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN))
    return ledger.session.execute(select(Delivery).where(mine, named, there)).scalars().all()


def forget_next(ledger: Ledger, customer_id: int) -> None:
    """Take a customer out of the digests that say it would have been next."""
    ledger.session.execute(
        update(Digest)
        .where(col(Digest.workspace_id) == ledger.workspace_id, col(Digest.next_customer_id) == customer_id)
        .values(next_customer_id=None)
    )


def lines(ledger: Ledger) -> Iterable[tuple[EntryLine, int | None]]:
    """Yield every line that somebody wrote, with the customer that its touch is about."""
    query = (
        select(EntryLine, col(Touch.customer_id))
        .join(
            Touch,
            and_(col(Touch.workspace_id) == col(EntryLine.workspace_id), col(Touch.id) == col(EntryLine.touch_id)),
            isouter=True,
        )
        .where(col(EntryLine.workspace_id) == ledger.workspace_id)
        .execution_options(yield_per=BATCH)
    )
    return ((row[0], row[1]) for row in ledger.session.execute(query))


def delete_rows(ledger: Ledger, model: type[SQLModel], ids: Iterable[int]) -> None:
    """Delete rows of the workspace by their ids."""
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        ledger.session.execute(
            delete(model).where(
                model.workspace_id == ledger.workspace_id,  # type: ignore[attr-defined]
                model.id.in_(part),  # type: ignore[attr-defined]
            )
        )


def delete_customer(ledger: Ledger, customer_id: int) -> None:
    """Delete a customer; its contacts, touches, nudges, cards and lines go with it by the database's own rules."""
    ledger.session.execute(
        delete(Customer)
        .where(col(Customer.workspace_id) == ledger.workspace_id, col(Customer.id) == customer_id)
        .execution_options(synchronize_session=False)
    )


def entries_without_lines(ledger: Ledger, entry_ids: Collection[int]) -> list[int]:
    """Return which of the entries have nothing left to show."""
    left = select(col(EntryLine.entry_id)).where(
        col(EntryLine.workspace_id) == ledger.workspace_id, col(EntryLine.status) != "left"
    )
    query = select(col(Entry.id)).where(
        col(Entry.workspace_id) == ledger.workspace_id, col(Entry.id).in_(entry_ids), col(Entry.id).not_in(left)
    )
    return list(ledger.session.execute(query).scalars())


def worded(ledger: Ledger) -> Iterable[Delivery]:
    """Yield the deliveries that carry a text of their own."""
    query = (
        select(Delivery)
        .where(col(Delivery.workspace_id) == ledger.workspace_id, col(Delivery.kind).in_(_WORDED))
        .execution_options(yield_per=BATCH)
    )
    return ledger.session.execute(query).scalars()


def listing(ledger: Ledger) -> Iterable[Delivery]:
    """Yield the lists that were shown: each holds the ids of its customers."""
    query = (
        select(Delivery)
        .where(col(Delivery.workspace_id) == ledger.workspace_id, col(Delivery.kind).in_(("list", "list_post")))
        .execution_options(yield_per=BATCH)
    )
    return ledger.session.execute(query).scalars()


def handed_over(ledger: Ledger, customer_id: int) -> Iterable[Delivery]:
    """Return the hand-overs of a customer: each may hold a note of its giver."""
    return ledger.rows(Delivery, col(Delivery.kind) == "handed_over", col(Delivery.subject_id) == customer_id)


def replace_payload(ledger: Ledger, delivery: Delivery, payload: dict[str, Any]) -> None:
    """Replace what a delivery holds; one that is left without words and was not sent yet is called off."""
    delivery.payload = payload
    if not payload and delivery.state is not DeliveryState.SENT:
        delivery.state = DeliveryState.CANCELLED
    ledger.session.add(delivery)
