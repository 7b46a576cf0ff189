"""Two workspaces that look alike: nothing of one can be seen, changed or pointed to from the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col

from bot.domain.model import Direction, Frequency, PromiseState, Role, Source, Standing, Teammate, TouchKind
from bot.domain.standing import Act
from bot.domain.views import CardRef
from bot.errors import UserError
from bot.usecases import (
    cards,
    circle,
    digest_view,
    digests,
    drafting,
    entries,
    entry_answers,
    explaining,
    home,
    lists,
    neglect,
    nudges,
    promises,
    promotions,
    quieter,
    recompute,
    segments,
    standings,
    suggestions,
    teammates,
    touches,
)
from bot.usecases import customers as customer_desk
from bot.usecases.cards import card_of
from storage import customers, neglect_list, outbox, people
from storage import touches as ledger_touches
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import (
    ChannelRow,
    Contact,
    Delivery,
    Entry,
    EntryLine,
    Nudge,
    Promise,
    TeammateRow,
)
from storage.models_team import Cover
from storage.standing_models import Promotion
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of everything in one workspace. Names and external ids are the same in both."""

    workspace: int
    acme: int
    touch: int
    nudge: int
    done: int
    digest: int
    entry: int
    asking: int
    logged: int
    list_id: int
    segment: int
    ana: int
    channel: int
    delivery: int
    promise: int
    promotion: int
    left: int
    proposal: int


def fill(store: Store, workspace_id: int) -> Ids:
    with store.write(workspace_id) as ledger:
        books = Books(ledger)
        segment = books.segment("Clients", set_cadence_days=30)
        ana = books.person("U0ANA")
        row = ledger.get(TeammateRow, ana)
        assert row is not None
        by = people.teammate(row)
        days = [TODAY - days * DAY for days in (120, 90, 60)]
        acme = books.customer("Acme", segment_id=segment, since_on=days[0], owner_id=ana, value=1000, touched=days)
        other = books.customer("Birch", segment_id=segment, since_on=days[0], owner_id=ana, value=900, touched=days)
        books.settle()
        ledger.add(Contact(workspace_id=workspace_id, customer_id=acme, name="Ana Köhler", email="ana@acme.example"))
        digest = digests.plan_for(ledger, digests.audience_of(ledger, people.teammate(row)), now=NOW, due_at=NOW)
        waiting = ledger.first(Nudge, col(Nudge.customer_id) == acme)
        second = ledger.first(Nudge, col(Nudge.customer_id) == other)
        assert digest and waiting and second
        nudges.mark_done(ledger, CardRef(other, second.id), by=by, now=NOW)
        ledger.add(Entry(workspace_id=workspace_id, id=(entry := new_id()), teammate_id=ana, source=Source.REPLY,
                         slack_channel_id="D0ANA", slack_ts="1.1", written_at=NOW))  # fmt: skip
        reading = {"customers": [acme], "candidates": [acme]}
        said = reading | {"promise": {"what": "send docs", "on": (TODAY + DAY).isoformat()}}
        touch = books.touch(acme, days[-1])
        books.settle()
        asking = ledger.add(EntryLine(workspace_id=workspace_id, entry_id=entry, position=1, words="a", status="asking",
                                      reading=reading)).id  # fmt: skip
        logged = ledger.add(EntryLine(workspace_id=workspace_id, entry_id=entry, position=2, words="b", status="logged",
                                      touch_id=touch, reading=said)).id  # fmt: skip
        promise = ledger.add(Promise(workspace_id=workspace_id, customer_id=acme, teammate_id=ana, what="send docs",
                                     due_on=TODAY + DAY, line_id=logged, made_at=NOW)).id  # fmt: skip
        drafting.begin_draft(ledger, acme, by=by, now=NOW)
        quieter.ask_admins(ledger, acme, now=NOW)
        (proposal,) = quieter.open_proposals(ledger)
        list_id = lists.open_list(ledger, lists.Question(owner_id=ana), by=by, channel="C0TEAM", now=NOW)
        channel = ledger.add(
            ChannelRow(workspace_id=workspace_id, slack_channel_id="C0TEAM", frequency=Frequency.DAILY)
        ).id
        ledger.add(Cover(workspace_id=workspace_id, teammate_id=ana, cover_id=books.person("U0BEN")))
        standings.set_standing(ledger, other, Standing.LURKER, by=None, now=NOW)
        standings.set_standing(ledger, acme, Standing.INNER_CIRCLE, by=None, now=NOW)
        promotion, left = (
            ledger.add(
                Promotion(workspace_id=workspace_id, customer_id=other, act=act, proposed=Standing.PROSPECT,
                          asked_on=TODAY, state=state)
            ).id
            for act, state in ((Act.WROTE, "open"), (Act.BOUGHT, "left"))
        )  # fmt: skip
        delivery = ledger.first(Delivery, col(Delivery.kind) == "digest")
        assert delivery is not None
        return Ids(
            workspace_id, acme, touch, waiting.id, second.id, digest, entry, asking, logged, list_id, segment, ana,
            channel, delivery.id, promise, promotion, left, proposal.id,
        )  # fmt: skip


def everything(store: Store, workspace_id: int) -> dict[str, list[Any]]:
    """Every row of a workspace, and its own."""
    with store.session(writes=False) as session:
        return {
            name: sorted(map(repr, session.execute(select(table).where(column == workspace_id))))
            for name, table in SQLModel.metadata.tables.items()
            if (column := table.c.id if name == "workspace" else table.c.get("workspace_id")) is not None
        }


@pytest.fixture
def both(store: Store, make_workspace: Callable[[Store, str], int]) -> tuple[Ids, Ids]:
    ours, theirs = make_workspace(store, "T0OURS"), make_workspace(store, "T0THEIRS")
    return fill(store, ours), fill(store, theirs)


def our_birch(ledger: Ledger) -> int:
    return customer_desk.exactly(ledger, "Birch")[0][0]


# Every use-case that takes an id: called in our workspace, as our Ana, with the other workspace's ids.
CALLS: dict[str, Callable[[Ledger, Ids, Teammate], object]] = {
    "mark_done": lambda our, x, ana: nudges.mark_done(our, CardRef(x.acme, x.nudge), by=ana, now=NOW),
    "mark_done on a list": lambda our, x, ana: nudges.mark_done(our, CardRef(x.acme, 0, x.touch), by=ana, now=NOW),
    "standing_view": lambda our, x, ana: standings.standing_view(our, x.acme),
    "set_standing": lambda our, x, ana: standings.set_standing(our, x.acme, Standing.PROSPECT, by=ana, now=NOW),
    "set_standing, leaves": lambda our, x, ana: standings.set_standing(
        our, our_birch(our), Standing.INNER_CIRCLE, by=ana, now=NOW, leaves=x.acme
    ),
    "keep_seat": lambda our, x, ana: circle.keep_seat(our, x.acme, by=ana, now=NOW),
    "free_seat": lambda our, x, ana: circle.free_seat(our, x.acme, by=ana, now=NOW),
    "promote": lambda our, x, ana: promotions.promote(our, x.promotion, by=ana, now=NOW),
    "leave_as_is": lambda our, x, ana: promotions.leave_as_is(our, x.promotion, by=ana, now=NOW),
    "take_back a promotion": lambda our, x, ana: promotions.take_back(our, x.left, by=ana, now=NOW),
    "snooze": lambda our, x, ana: nudges.snooze(
        our, CardRef(x.acme, x.nudge), until_on=TODAY + DAY, by=ana, now=NOW
    ),
    "dismiss": lambda our, x, ana: nudges.dismiss(our, CardRef(x.acme, x.nudge), because="gone", by=ana, now=NOW),
    "hand_over": lambda our, x, ana: nudges.hand_over(
        our, CardRef(x.acme, x.nudge), to=_row(our, "U0BEN"), by=ana, now=NOW
    ),
    "undo": lambda our, x, ana: nudges.undo(our, x.done, by=ana, now=NOW),
    "remind": lambda our, x, ana: entry_answers.remind(our, x.logged, by=ana, now=NOW),
    "forget": lambda our, x, ana: entry_answers.forget(our, x.logged, by=ana, now=NOW),
    "end_promise": lambda our, x, ana: promises.end_promise(our, x.promise, PromiseState.KEPT, by=ana, now=NOW),
    "wake": lambda our, x, ana: nudges.wake(our, x.acme, now=NOW),
    "record_touch": lambda our, x, ana: touches.record_touch(
        our,
        touches.NewTouch(x.acme, NOW, TODAY, TouchKind.CALL, Direction.OUTBOUND, Source.COMMAND, by_id=ana.id),
        now=NOW,
        today=TODAY,
    ),
    "change_touch": lambda our, x, ana: touches.change_touch(our, x.touch, {"note": "x"}, now=NOW, today=TODAY),
    "retract_touch": lambda our, x, ana: touches.retract_touch(our, x.touch, now=NOW),
    "derived_of": lambda our, x, ana: touches.derived_of(our, x.acme),
    "recompute_segment": lambda our, x, ana: recompute.recompute_segment(our, x.segment) or None,
    "talk_less_often": lambda our, x, ana: segments.talk_less_often(our, x.acme, by=ana, now=NOW),
    "digest_view": lambda our, x, ana: digest_view.digest_view(our, x.digest),
    "home_view": lambda our, x, ana: home.home_view(our, x.ana, now=NOW),
    "list_view": lambda our, x, ana: lists.list_view(our, x.list_id, reader=ana, now=NOW),
    "next_page": lambda our, x, ana: lists.next_page(our, x.list_id),
    "reader_of": lambda our, x, ana: lists.reader_of(our, x.list_id),
    "post_list": lambda our, x, ana: lists.post_list(our, x.list_id, slack_channel_id="C0TEAM", by=ana, now=NOW),
    "a list of their teammate's": lambda our, x, ana: neglect_list.neglected(
        our, today=TODAY, limit=9, owner_id=x.ana
    )
    or None,
    "a count of their teammate's": lambda our, x, ana: neglect_list.count_neglected(our, today=TODAY, owner_id=x.ana)
    or None,
    "those due of their teammates": lambda our, x, ana: neglect_list.due_of_each(our, [x.ana], today=TODAY) or None,
    "card_of": lambda our, x, ana: cards.card_of(our, CardRef(x.acme, x.nudge), today=TODAY),
    "card_of a list": lambda our, x, ana: cards.card_of(our, CardRef(x.acme), today=TODAY),
    "cards_for_nudges": lambda our, x, ana: cards.cards_for_nudges(our, [(x.nudge, 1)], today=TODAY) or None,
    "customer_view": lambda our, x, ana: cards.customer_view(our, x.acme, today=TODAY),
    "answer_customer": lambda our, x, ana: entry_answers.answer_customer(our, x.asking, x.acme, by=ana, now=NOW),
    "answer_date": lambda our, x, ana: entry_answers.answer_date(our, x.asking, TODAY, by=ana, now=NOW),
    "change_line": lambda our, x, ana: entry_answers.change_line(
        our, x.logged, customer_id=x.acme, kind=TouchKind.CALL, direction=Direction.MUTUAL, on=TODAY, note=None,
        by=ana, now=NOW,
    ),
    "leave_line": lambda our, x, ana: entry_answers.leave_line(our, x.asking, by=ana, now=NOW),
    "undo_line": lambda our, x, ana: entry_answers.undo_line(our, x.logged, by=ana, now=NOW),
    "touch_of_line": lambda our, x, ana: entry_answers.touch_of_line(our, x.logged, by=ana),
    "entry_view": lambda our, x, ana: entry_answers.entry_view(our, x.entry, now=NOW),
    "log_form": lambda our, x, ana: entries.log_form(
        our, customer_id=x.acme, kind=TouchKind.CALL, direction=Direction.OUTBOUND, on=TODAY, note=None, by=ana,
        now=NOW, source=Source.SHORTCUT,
    ),
    "cards_of_thread": lambda our, x, ana: entries.cards_of_thread(
        our, Delivery(workspace_id=our.workspace_id, key="k", kind="digest", channel="D", subject_id=x.digest,
                      due_at=NOW, created_at=NOW)
    ) or None,
    "facts_of": lambda our, x, ana: suggestions.facts_of(our, x.acme, today=TODAY, sender=ana),
    "facts_about": lambda our, x, ana: suggestions.facts_about(
        our, [card_of(Ledger(our.session, x.workspace), CardRef(x.acme, 0), today=TODAY)], today=TODAY, sender=ana
    ) or None,
    "contact_email": lambda our, x, ana: suggestions.contact_email(our, x.acme),
    "name_of": lambda our, x, ana: customer_desk.name_of(our, x.acme) or None,
    "row_of": lambda our, x, ana: teammates.row_of(our, x.ana),
    "change_settings": lambda our, x, ana: teammates.change_settings(our, x.ana, now=NOW, digest_minute=60),
    "pause": lambda our, x, ana: teammates.pause(our, x.ana, until_on=TODAY + DAY, now=NOW),
    "resume": lambda our, x, ana: teammates.resume(our, x.ana, now=NOW),
    "refresh_home_of": lambda our, x, ana: teammates.refresh_home_of(our, x.ana, now=NOW),
    "touches by id": lambda our, x, ana: ledger_touches.views_by_id(our, [x.touch]) or None,
    "touches with names": lambda our, x, ana: ledger_touches.with_customer(our, [x.touch]) or None,
    "latest touches": lambda our, x, ana: ledger_touches.latest(our, x.acme, limit=5) or None,
    "explain_customer": lambda our, x, ana: explaining.explain_customer(our, x.acme, as_of=TODAY, now_day=TODAY),
    "proposal_view": lambda our, x, ana: quieter.proposal_view(our, x.proposal),
    "accept": lambda our, x, ana: quieter.accept(our, x.proposal, by=ana, now=NOW),
    "ask_admins": lambda our, x, ana: quieter.ask_admins(our, x.acme, now=NOW),
    "end_draft": lambda our, x, ana: drafting.end_draft(our, x.acme, by=ana, now=NOW),
    "messages showing": lambda our, x, ana: list(outbox.messages_showing(our, x.acme, since=NOW - DAY)) or None,
}  # fmt: skip


def _row(ledger: Ledger, slack_user_id: str) -> TeammateRow:
    row = people.by_slack_id(ledger, slack_user_id)
    assert row is not None
    return row


def test_an_id_of_another_workspace_finds_and_changes_nothing(store: Store, both: tuple[Ids, Ids]) -> None:
    ours, theirs = both
    before = everything(store, ours.workspace), everything(store, theirs.workspace)
    for name, call in CALLS.items():
        found: object = None
        try:
            with store.write(ours.workspace) as ledger:
                found = call(ledger, theirs, people.teammate(_row(ledger, "U0ANA")))
        except UserError:
            pass
        assert found is None, name
        assert (everything(store, ours.workspace), everything(store, theirs.workspace)) == before, name


SAYS_NOTHING = {"recompute_segment", "wake", "post_list", "refresh_home_of", "log_form"} | {
    "set_standing", "set_standing, leaves", "keep_seat", "free_seat", "promote", "leave_as_is", "take_back a promotion",
    "accept", "ask_admins", "end_draft",
}  # fmt: skip


def test_the_same_calls_with_ones_own_ids_find_something(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    """Without this the test above could be right about calls that never work."""
    ours = fill(sqlite_store, make_workspace(sqlite_store, "T0OURS"))
    for name in sorted(set(CALLS) - SAYS_NOTHING):
        with sqlite_store.session() as session:
            ledger = Ledger(session, ours.workspace)
            row = _row(ledger, "U0ANA")
            row.role = Role.ADMIN
            assert CALLS[name](ledger, ours, people.teammate(row)) is not None, name
            session.rollback()


def test_names_and_external_ids_find_ones_own(store: Store, both: tuple[Ids, Ids]) -> None:
    for ids in both:
        with store.read(ids.workspace) as ledger:
            assert customer_desk.exactly(ledger, "Acme") == [(ids.acme, "Acme")]
            assert customer_desk.find(ledger, "acm") == [(ids.acme, "Acme")]
            assert [r.relationship.customer_id for r in neglect.rank(ledger, as_of=TODAY, now_day=TODAY)] == [ids.acme]
            assert teammates.find_owner(ledger, "U0ANA").id == ids.ana
            assert set(customers.segments(ledger)) == {ids.segment}


def links() -> list[tuple[str, str, str]]:
    """Every (table, column, target) of the tables in which a row points to another of its workspace."""
    return [
        (name, key.column_keys[-1], key.referred_table.name)
        for name, table in SQLModel.metadata.tables.items()
        for key in table.foreign_key_constraints
        if len(key.column_keys) == 2
    ]


def test_every_pointer_between_rows_of_a_workspace_carries_the_workspace() -> None:
    for name, table in SQLModel.metadata.tables.items():
        if name == "workspace" or "workspace_id" not in table.c:
            continue
        assert next(iter(table.primary_key.columns)).name == "workspace_id", name
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "workspace_id", (name, key.column_keys)


def test_the_database_refuses_a_row_that_points_into_another_workspace(store: Store, both: tuple[Ids, Ids]) -> None:
    ours, theirs = both
    foreign = {
        "teammate": theirs.ana, "segment": theirs.segment, "customer": theirs.acme, "digest": theirs.digest,
        "nudge": theirs.nudge, "channel": theirs.channel, "entry": theirs.entry, "touch": theirs.touch,
        "delivery": theirs.delivery, "entry_line": theirs.logged,
    }  # fmt: skip
    for name, column, target in links():
        table: Table = SQLModel.metadata.tables[name]
        with store.session() as session:
            changed = table.update().where(table.c.workspace_id == ours.workspace).values({column: foreign[target]})
            with pytest.raises(IntegrityError):
                session.execute(changed)
            session.rollback()


def test_there_is_something_to_refuse_in_every_table(store: Store, both: tuple[Ids, Ids]) -> None:
    rows = everything(store, both[0].workspace)
    assert [table for table, _, _ in links() if not rows[table]] == []
