"""What is older than a workspace keeps it is forgotten, in small steps; touches stay, and what is owed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col

from bot.domain.found_date import FoundDate
from bot.domain.model import NudgeState, PromiseState, Role, Source
from bot.errors import InputRefused, NotAllowed
from bot.usecases.audit import trail
from bot.usecases.digest_rounds import plan_now
from bot.usecases.entries import Place, log_entry, rewrite_entry
from bot.usecases.erasing import erase_customer
from bot.usecases.imports import Subject, import_file
from bot.usecases.retention import Forgotten, Retention, forget_old, keep_for, retention_of, would_forget
from bot.usecases.verifying import verify_workspace
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import (
    Appearance,
    Customer,
    Delivery,
    DeliveryState,
    Digest,
    DigestCard,
    Entry,
    EntryLine,
    Nudge,
    Promise,
    Touch,
)
from tests.support.cast import Cast, write_cast

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
WAYS = (Delivery, Appearance, Digest, DigestCard, Nudge, Entry, EntryLine)


def no_date(_text: str) -> FoundDate | None:
    return None


@pytest.fixture
def cast(store: Store, workspace: int) -> Cast:
    """A digest was sent and answered on a Tuesday in November; one nudge has ended, the others wait."""
    with store.write(workspace) as ledger:
        cast = write_cast(ledger, NOW.date())
        plan_now(ledger, now=NOW)
        ana = people.teammate(people.by_slack_id(ledger, "U0ANA"))  # type: ignore[arg-type]
        log_entry(
            ledger, "Acme: called, wants a price", by=ana, source=Source.REPLY, cards={}, find_date=no_date, now=NOW,
            place=Place("D0ANA", "2.1", "1.0"),
        )  # fmt: skip
        for number, delivery in enumerate(ledger.rows(Delivery)):
            delivery.state, delivery.sent_at = DeliveryState.SENT, NOW
            delivery.slack_channel_id, delivery.slack_ts = "D0ANA", f"1.{number}"
            ledger.add(delivery)
    return cast


def keep(ledger: Ledger, **changes: int | None) -> None:
    wanted = replace(retention_of(ledger), **changes)  # type: ignore[arg-type]
    keep_for(ledger, wanted, now=NOW, by=None, place="terminal")


def counts(ledger: Ledger) -> dict[str, int]:
    return {str(model.__tablename__): len(ledger.rows(model)) for model in WAYS}


def test_what_is_as_old_as_the_setting_stays_and_a_day_later_it_goes(store: Store, workspace: int, cast: Cast) -> None:
    with store.read(workspace) as ledger:
        before, touches = counts(ledger), len(ledger.rows(Touch))
        waiting = len(ledger.rows(Nudge, col(Nudge.state) == NudgeState.OPEN))
    assert min(before.values()) > 0
    forget_old(store, workspace, now=NOW + timedelta(days=400))
    with store.read(workspace) as ledger:
        assert counts(ledger) == before
    forget_old(store, workspace, now=NOW + timedelta(days=401), chunk=1)
    with store.read(workspace) as ledger:
        # A nudge that still waits is not over, however long ago it was told.
        assert counts(ledger) == dict.fromkeys(before, 0) | {"nudge": waiting}
        assert len(ledger.rows(Touch)) == touches
        assert any(touch.note for touch in ledger.rows(Touch))


def test_a_message_stays_while_its_change_is_on_the_way_to_slack(store: Store, workspace: int, cast: Cast) -> None:
    later = NOW + timedelta(days=399)
    with store.write(workspace) as ledger:
        erase_customer(ledger, cast.acme, now=later)
    forget_old(store, workspace, now=later + timedelta(days=5))
    with store.write(workspace) as ledger:
        targets = {row.target_id for row in ledger.rows(Delivery, col(Delivery.kind) == "update")}
        assert targets
        assert targets <= {row.id for row in ledger.rows(Delivery)}
        for row in ledger.rows(Delivery, col(Delivery.kind).in_(("update", "home"))):
            row.state, row.sent_at = DeliveryState.SENT, later + timedelta(days=5)
            ledger.add(row)
    forget_old(store, workspace, now=later + timedelta(days=6))
    with store.read(workspace) as ledger:
        assert not {row.id for row in ledger.rows(Delivery)} & targets


def test_an_edit_of_a_forgotten_reply_logs_nothing_anew(store: Store, workspace: int, cast: Cast) -> None:
    forget_old(store, workspace, now=NOW + timedelta(days=401))
    with store.write(workspace) as ledger:
        ana = people.teammate(people.by_slack_id(ledger, "U0ANA"))  # type: ignore[arg-type]
        count = len(ledger.rows(Touch))
        followed = rewrite_entry(
            ledger,
            Place("D0ANA", "2.1", "1.0"),
            "Acme: called, wants two",
            by=ana,
            cards={},
            find_date=no_date,
            now=NOW,
        )
        assert (followed, len(ledger.rows(Touch))) == (False, count)


def words(ledger: Ledger, *models: type[SQLModel]) -> str:
    return " ".join(str(row) for model in models for row in ledger.rows(model))


def test_old_notes_go_in_every_version_and_every_rhythm_stays(store: Store, workspace: int, cast: Cast) -> None:
    with store.write(workspace) as ledger:
        keep(ledger, notes_months=3)
        before = [row.model_dump(exclude={"note"}) for row in ledger.rows(Touch, order_by=col(Touch.id))]
        first = words(ledger, Customer)
    forget_old(store, workspace, now=NOW, chunk=2)
    with store.read(workspace) as ledger:
        # The last talks were within three months.
        assert "three-year price" in words(ledger, Touch)
    forget_old(store, workspace, now=NOW + timedelta(days=60))
    with store.read(workspace) as ledger:
        kept = [row.note for row in ledger.rows(Touch) if row.note]
        assert set(kept) == {"Wants the three-year price", "wants a price"}
        assert len(kept) == 2
    forget_old(store, workspace, now=NOW + timedelta(days=93))
    with store.read(workspace) as ledger:
        assert "price" not in words(ledger, Touch, Entry, EntryLine)
        assert [row.model_dump(exclude={"note"}) for row in ledger.rows(Touch, order_by=col(Touch.id))] == before
        assert words(ledger, Customer) == first
    assert list(verify_workspace(store, workspace)) == []


def test_a_promise_that_is_open_keeps_its_line(store: Store, workspace: int, cast: Cast) -> None:
    with store.write(workspace) as ledger:
        keep(ledger, notes_months=1)
        line = ledger.rows(EntryLine)[0]
        row = Promise(
            workspace_id=workspace, customer_id=cast.acme, teammate_id=ledger.rows(Entry)[0].teammate_id, what="call",
            due_on=date(2028, 1, 1), line_id=line.id, made_at=NOW,
        )  # fmt: skip
        promise_id = ledger.add(row).id
    forget_old(store, workspace, now=NOW + timedelta(days=500))
    with store.write(workspace) as ledger:
        promise = ledger.get(Promise, promise_id)
        assert promise is not None
        promise.state = PromiseState.KEPT
        ledger.add(promise)
    forget_old(store, workspace, now=NOW + timedelta(days=500))
    with store.read(workspace) as ledger:
        assert (ledger.rows(Promise), ledger.rows(Entry)) == ([], [])


def test_an_import_leaves_older_notes_out_and_twice_is_once(store: Store, workspace: int, tmp_path: Path) -> None:
    file = tmp_path / "touches.csv"
    file.write_text(
        "customer,at,kind,note\nAcme,2026-11-20,call,fresh words\nAcme,2025-11-20,call,old words\n", encoding="utf-8"
    )
    with store.write(workspace) as ledger:
        write_cast(ledger, NOW.date())
        keep(ledger, notes_months=6)
    first = import_file(store, workspace, Subject.TOUCHES, file, now=NOW)
    forget_old(store, workspace, now=NOW)
    again = import_file(store, workspace, Subject.TOUCHES, file, now=NOW)
    with store.read(workspace) as ledger:
        assert "fresh words" in words(ledger, Touch)
        assert "old words" not in words(ledger, Touch)
    assert (first.created, again.created, again.updated) == (2, 0, 0)


def test_of_another_workspace_nothing_is_forgotten(
    store: Store, workspace: int, cast: Cast, make_workspace: Callable[[Store, str], int]
) -> None:
    other = make_workspace(store, "T0OTHER")
    with store.write(other) as ledger:
        keep(ledger, notes_months=1)
    with store.read(workspace) as ledger:
        before = counts(ledger)
    forget_old(store, other, now=NOW + timedelta(days=900))
    with store.read(workspace) as ledger:
        assert counts(ledger) == before


@pytest.mark.parametrize("days", [59, 3651])
def test_days_that_are_too_few_or_too_many_are_refused(store: Store, workspace: int, days: int) -> None:
    with store.write(workspace) as ledger:
        with pytest.raises(InputRefused, match="60 to 3650 days"):
            keep(ledger, messages_days=days)
        with pytest.raises(InputRefused, match="or forever"):
            keep(ledger, notes_months=0)
        keep(ledger, messages_days=60)
        assert retention_of(ledger).messages_days == 60


def test_what_is_said_to_be_forgotten_is_what_is_forgotten(store: Store, workspace: int, cast: Cast) -> None:
    later = NOW + timedelta(days=90)
    wanted = Retention(messages_days=60, notes_months=2)
    with store.write(workspace) as ledger:
        said = would_forget(ledger, wanted, now=later)
        assert would_forget(ledger, retention_of(ledger), now=later) == Forgotten(0, 0, 0, 0)
        before, notes = counts(ledger), sum(1 for touch in ledger.rows(Touch) if touch.note)
        waiting = len(ledger.rows(Nudge, col(Nudge.state) == NudgeState.OPEN))
        keep_for(ledger, wanted, now=later, by=None, place="terminal")
    assert said.anything
    forget_old(store, workspace, now=later)
    with store.read(workspace) as ledger:
        assert said == Forgotten(before["delivery"], before["nudge"] - waiting, before["entry"], notes)
        assert not any(touch.note for touch in ledger.rows(Touch))


def test_only_an_admin_sets_it_and_who_did_is_on_record(store: Store, workspace: int, cast: Cast) -> None:
    with store.write(workspace) as ledger:
        ana = people.teammate(people.by_slack_id(ledger, "U0ANA"))  # type: ignore[arg-type]
        with pytest.raises(NotAllowed, match="Only admins"):
            keep_for(ledger, Retention(90, None), now=NOW, by=replace(ana, role=Role.MEMBER), place="modal")
        for _ in range(2):
            keep_for(ledger, Retention(90, 24), now=NOW, by=replace(ana, role=Role.ADMIN), place="modal")
        written = [record for record in trail(ledger, since=NOW) if record.verb == "retention"]
        assert [(record.by_id, record.detail) for record in written] == [
            (ana.id, "messages for 90 days"), (ana.id, "notes for 24 months"),
        ]  # fmt: skip
