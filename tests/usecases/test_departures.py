"""Nobody's customers are lost when somebody leaves or is away: covers, the unowned, roles, and who is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.model import NudgeState, Role, Seat, Teammate
from bot.domain.people import SlackPerson
from bot.domain.views import CardRef
from bot.errors import InputRefused, NotAllowed
from bot.usecases import covers, departures, nudges, team, teammates
from bot.usecases.digest_rounds import plan_due_digests
from bot.usecases.digests import audience_of, plan_for
from storage import people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, Delivery, DeliveryState, DigestCard, Nudge, TeammateRow
from tests.support.cast import Cast, write_cast

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 9, 5, tzinfo=UTC)
PROFILES = {
    "U0ANA": SlackPerson("U0ANA", "Ana", "Europe/London", "en-GB", Seat.MEMBER, is_admin=True, email="ana@example.com"),
    "U0BEN": SlackPerson("U0BEN", "Ben", "America/New_York", "en-US", Seat.MEMBER, email="ben@example.com"),
    "U0CHI": SlackPerson("U0CHI", "Chi", "Europe/Berlin", "de-DE", Seat.MEMBER, is_admin=True, email="chi@example.com"),
}


class Desk:
    """A ledger with the cast, whose people Slack has shown."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.cast: Cast = write_cast(ledger, TODAY)
        for who in PROFILES:
            self.slack_shows(who)

    def slack_shows(self, who: str, **changes: Any) -> None:
        teammates.remember(self.ledger, replace(PROFILES[who], **changes), now=NOW)

    def row(self, who: str) -> TeammateRow:
        found = people.by_slack_id(self.ledger, who)
        assert found is not None
        return found

    def person(self, who: str) -> Teammate:
        return people.teammate(self.row(who))

    def owners(self) -> set[int | None]:
        cast = self.cast
        rows = self.ledger.rows(Customer, col(Customer.id).in_([cast.acme, cast.fjord, cast.gale, cast.dune]))
        return {row.owner_id for row in rows}

    def told(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        rows = self.ledger.rows(Delivery, col(Delivery.kind) == kind, order_by=col(Delivery.channel))
        return [(row.channel, row.payload) for row in rows]

    def digest(self, who: str, now: datetime = NOW) -> list[int]:
        """Plan somebody's digest, which Slack takes at once; the customers in it."""
        digest_id = plan_for(self.ledger, audience_of(self.ledger, self.person(who)), now=now, due_at=now)
        for row in self.ledger.rows(Delivery, col(Delivery.subject_id) == digest_id):
            row.state, row.sent_at = DeliveryState.SENT, now
            self.ledger.add(row)
        cards = self.ledger.rows(DigestCard, col(DigestCard.digest_id) == (digest_id or 0))
        found = [self.ledger.get(Nudge, card.nudge_id) for card in sorted(cards, key=lambda card: card.position)]
        return [nudge.customer_id for nudge in found if nudge]

    def away(self, who: str, cover: str, until_on: date = date(2026, 12, 3)) -> None:
        covers.set_cover(self.ledger, self.row(who).id, self.person(cover))
        teammates.pause(self.ledger, self.row(who).id, until_on=until_on, now=NOW)


@pytest.fixture
def desk(store: Store, workspace: int) -> Iterator[Desk]:
    with store.write(workspace) as ledger:
        yield Desk(ledger)


def test_who_leaves_hands_their_customers_and_open_cards_to_their_cover(desk: Desk) -> None:
    desk.digest("U0ANA")
    covers.set_cover(desk.ledger, desk.row("U0ANA").id, desk.person("U0BEN"))
    desk.slack_shows("U0ANA", seat=Seat.GONE)
    ben = desk.row("U0BEN").id
    assert desk.owners() == {ben}
    waiting = desk.ledger.rows(Nudge, col(Nudge.state) == NudgeState.OPEN)
    assert {nudge.teammate_id for nudge in waiting} == {ben}
    assert [(who, said["count"]) for who, said in desk.told("left")] == [("U0BEN", 4), ("U0CHI", 4)]


def test_without_a_cover_they_wait_for_an_owner_and_the_admins_are_told_once(desk: Desk) -> None:
    for _ in range(3):  # Slack says it more than once
        desk.slack_shows("U0ANA", seat=Seat.GONE)
    assert desk.owners() == {None}
    assert [(who, said["to"]) for who, said in desk.told("left")] == [("U0CHI", None)]


def test_who_comes_back_gets_nothing_back_in_silence(desk: Desk) -> None:
    desk.slack_shows("U0ANA", seat=Seat.GONE)
    desk.slack_shows("U0ANA")
    assert desk.owners() == {None}


@pytest.mark.parametrize("seat", [Seat.GUEST, Seat.GONE])
def test_a_cover_who_is_gone_as_well_passes_on_to_theirs(desk: Desk, seat: Seat) -> None:
    covers.set_cover(desk.ledger, desk.row("U0ANA").id, desk.person("U0BEN"))
    covers.set_cover(desk.ledger, desk.row("U0BEN").id, desk.person("U0CHI"))
    desk.row("U0BEN").seat = seat
    desk.slack_shows("U0ANA", seat=Seat.GONE)
    assert desk.owners() == {desk.row("U0CHI").id}


def test_the_unowned_are_given_away_in_one_step_all_or_by_segment(desk: Desk) -> None:
    desk.slack_shows("U0ANA", seat=Seat.GONE)
    to: dict[str, Any] = {"to": desk.row("U0BEN"), "by_id": desk.row("U0CHI").id, "place": "modal", "now": NOW}
    assert departures.give_unowned(desk.ledger, segment_id=1, **to) == 0
    assert departures.give_unowned(desk.ledger, segment_id=desk.cast.segment_id, **to) == 4
    assert desk.owners() == {desk.row("U0BEN").id}


def test_when_the_last_admin_leaves_slack_s_own_take_over(desk: Desk) -> None:
    for who, role in (("U0BEN", Role.ADMIN), ("U0ANA", Role.MEMBER), ("U0CHI", Role.MEMBER)):
        team.set_role(desk.ledger, desk.row(who).id, role, by=None, place="terminal", now=NOW)
    desk.slack_shows("U0BEN", seat=Seat.GONE)
    assert {row.slack_user_id for row in people.admins(desk.ledger)} == {"U0ANA", "U0CHI"}
    assert {who for who, _ in desk.told("left")} == {"U0ANA", "U0CHI"}


def test_a_role_that_an_admin_set_outlives_what_slack_says(desk: Desk) -> None:
    ben = desk.row("U0BEN").id
    team.set_role(desk.ledger, ben, Role.ADMIN, by=desk.person("U0ANA"), place="modal", now=NOW)
    desk.slack_shows("U0BEN")
    assert desk.person("U0BEN").role is Role.ADMIN


def test_only_admins_set_roles_and_the_last_one_stays(desk: Desk) -> None:
    ana, chi = desk.row("U0ANA").id, desk.row("U0CHI").id
    with pytest.raises(NotAllowed, match="Yours are Ana"):
        team.set_role(desk.ledger, ana, Role.VIEWER, by=desk.person("U0BEN"), place="modal", now=NOW)
    team.set_role(desk.ledger, chi, Role.MEMBER, by=desk.person("U0ANA"), place="modal", now=NOW)
    with pytest.raises(InputRefused, match="Ana is the only admin"):
        team.set_role(desk.ledger, ana, Role.MEMBER, by=desk.person("U0ANA"), place="modal", now=NOW)


def test_whoever_installed_the_bot_is_an_admin(desk: Desk) -> None:
    desk.slack_shows("U0ANA", is_admin=False)
    desk.slack_shows("U0CHI", is_admin=False)
    assert (desk.person("U0ANA").role, desk.person("U0CHI").role) == (Role.ADMIN, Role.MEMBER)


def test_while_somebody_is_away_their_due_customers_come_with_their_cover_s_digest(desk: Desk) -> None:
    assert desk.digest("U0BEN", NOW - timedelta(days=1)) == [desk.cast.cedar]
    desk.away("U0ANA", "U0BEN")
    cast = desk.cast
    assert set(desk.digest("U0BEN")) == {cast.acme, cast.fjord, cast.gale}
    assert [who for who, _ in desk.told("covering")] == ["U0BEN"]


def test_somebody_who_covers_a_cover_who_is_away_covers_both(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    desk.away("U0BEN", "U0CHI")
    assert covers.covered_by(desk.ledger, desk.row("U0CHI").id, today=TODAY) == (
        desk.row("U0BEN").id, desk.row("U0ANA").id,
    )  # fmt: skip
    assert covers.covered_by(desk.ledger, desk.row("U0CHI").id, today=date(2026, 12, 3)) == ()


def test_two_who_cover_for_each_other_and_are_both_away_wait(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    desk.away("U0BEN", "U0ANA")
    assert covers.covered_by(desk.ledger, desk.row("U0CHI").id, today=TODAY) == ()
    assert covers.covered_by(desk.ledger, desk.row("U0ANA").id, today=TODAY) == (desk.row("U0BEN").id,)


def test_back_again_one_hears_once_what_was_done_and_is_told_of_nothing_twice(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        desk = Desk(ledger)
        desk.away("U0ANA", "U0BEN")
        desk.digest("U0BEN")
        acme = ledger.first(Nudge, col(Nudge.customer_id) == desk.cast.acme, col(Nudge.state) == NudgeState.OPEN)
        assert acme is not None
        nudges.mark_done(ledger, CardRef(desk.cast.acme, acme.id), by=desk.person("U0BEN"), now=NOW)
    for minute in range(3):
        plan_due_digests(store, now=LATER + timedelta(minutes=minute))
    with store.read(workspace) as ledger:
        back = ledger.rows(Delivery, col(Delivery.kind) == "back")
        assert [(row.channel, row.payload["nudges"]) for row in back] == [("U0ANA", [acme.id])]
        row = people.by_slack_id(ledger, "U0ANA")
        assert row is not None
        assert row.away_since_on is None
