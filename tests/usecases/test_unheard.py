"""Nobody who is away is forgotten because their cover is told of nobody either: who hears of it, when, and once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col

from bot.delivery.draw import draw
from bot.domain.covering import Silence
from bot.domain.model import Frequency, Role, Seat
from bot.errors import InputRefused, NotAllowed
from bot.usecases import covers, team, teammates, unheard
from storage.engine import Store
from storage.models import Customer, Delivery
from tests.usecases.test_departures import NOW, Desk

BACK_ON = date(2026, 12, 3)


@pytest.fixture
def desk(store: Store, workspace: int) -> Iterator[Desk]:
    """Ana and Chi are admins, Ben is not; Ana has four customers, Ben three, Chi none."""
    with store.write(workspace) as ledger:
        yield Desk(ledger)


def change(desk: Desk, who: str, **settings: Any) -> None:
    teammates.change_settings(desk.ledger, desk.row(who).id, now=NOW, **settings)


def cases(desk: Desk) -> list[tuple[str, str, Silence]]:
    return [(one.away, one.cover, one.silence) for one in unheard.unheard(desk.ledger, now=NOW)]


def said(desk: Desk, *, after: timedelta = unheard.GRACE) -> dict[str, str]:
    """What is said to whom, when it is drawn."""
    found = {}
    for row in desk.ledger.rows(Delivery, col(Delivery.kind) == "unheard", order_by=col(Delivery.id)):
        call = draw(desk.ledger, row, now=NOW + after)
        if call is not None:
            found[row.channel] = str(call.arguments["text"])
    return found


def test_a_cover_who_turns_digests_off_is_told_to_the_admin_who_is_there(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    assert cases(desk) == []
    change(desk, "U0BEN", frequency=Frequency.OFF)
    assert cases(desk) == [("Ana", "Ben", Silence.NO_DIGESTS)]
    assert said(desk) == {
        "U0CHI": "Ben vertritt Ana bis 3. Dezember, bekommt aber keine Übersichten. Von den fälligen Kunden erfährt"
        " niemand."
    }
    (row,) = desk.ledger.rows(Delivery, col(Delivery.kind) == "unheard")
    assert row.due_at == NOW + unheard.GRACE


def test_it_is_told_once_and_again_only_when_it_happens_again(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    change(desk, "U0BEN", frequency=Frequency.OFF)
    change(desk, "U0BEN", language="de-DE")
    change(desk, "U0CHI", digest_minute=600)
    assert len(desk.told("unheard")) == 1


def test_what_was_mended_before_the_message_went_out_is_not_told(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    change(desk, "U0BEN", frequency=Frequency.OFF)
    change(desk, "U0BEN", frequency=Frequency.WEEKLY)
    assert (cases(desk), said(desk)) == ([], {})


def test_whoever_is_back_needs_nobody(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    change(desk, "U0BEN", frequency=Frequency.OFF)
    change(desk, "U0ANA", resume=True)
    assert said(desk) == {}


def test_a_cover_who_goes_away_passes_on_or_is_told_of(desk: Desk) -> None:
    desk.away("U0BEN", "U0ANA")
    desk.away("U0ANA", "U0CHI")
    assert cases(desk) == [], "Chi hears of both"
    change(desk, "U0CHI", pause_until_on=BACK_ON)
    assert set(cases(desk)) == {("Ben", "Chi", Silence.AWAY), ("Ana", "Chi", Silence.AWAY)}
    # No admin is there: those who are away hear of it themselves.
    assert set(said(desk)) == {"U0ANA", "U0BEN"}
    assert said(desk)["U0ANA"] == (
        "Chi covers for you and is away as well. Nobody hears of your customers who are due until 3 December."
    )


def test_two_who_cover_for_each_other_and_are_both_away_are_told_of(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    desk.away("U0BEN", "U0ANA")
    assert {(away, silence) for away, _, silence in cases(desk)} == {("Ana", Silence.AWAY), ("Ben", Silence.AWAY)}
    assert set(said(desk)) == {"U0CHI"}


def test_who_wants_no_cover_and_who_has_no_customers_is_no_case(desk: Desk) -> None:
    change(desk, "U0ANA", pause_until_on=BACK_ON)
    desk.away("U0CHI", "U0BEN")
    change(desk, "U0BEN", frequency=Frequency.OFF)
    assert desk.ledger.first(Customer, col(Customer.owner_id) == desk.row("U0CHI").id) is None
    assert cases(desk) == []


def test_a_cover_who_leaves_slack_hands_covering_on_to_whoever_takes_over(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    covers.set_cover(desk.ledger, desk.row("U0BEN").id, desk.person("U0CHI"))
    desk.slack_shows("U0BEN", seat=Seat.GONE)
    assert (cases(desk), said(desk)) == ([], {})
    assert covers.covered_by(desk.ledger, desk.row("U0CHI").id, today=NOW.date()) == (desk.row("U0ANA").id,)
    assert [who for who, _ in desk.told("covering")] == ["U0BEN", "U0CHI"]


def test_a_cover_who_leaves_slack_without_one_is_told_of(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    desk.slack_shows("U0BEN", seat=Seat.GONE)
    assert said(desk) == {
        "U0CHI": "Ben sollte Ana bis 3. Dezember vertreten und ist nicht mehr in Slack. Von den fälligen Kunden erfährt"
        " niemand."
    }


def test_a_cover_who_becomes_a_viewer_is_told_of_and_takes_over_nothing(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    team.set_role(desk.ledger, desk.row("U0BEN").id, Role.VIEWER, by=None, place="terminal", now=NOW)
    assert cases(desk) == [("Ana", "Ben", Silence.ONLY_LOOKS)]
    assert set(said(desk)) == {"U0CHI"}
    assert covers.heir_of(desk.ledger, desk.row("U0ANA").id) is None
    team.set_role(desk.ledger, desk.row("U0BEN").id, Role.MEMBER, by=None, place="terminal", now=NOW)
    assert (cases(desk), said(desk)) == ([], {})


def test_somebody_without_digests_is_not_taken_as_a_cover_but_stays_one(desk: Desk) -> None:
    covers.set_cover(desk.ledger, desk.row("U0ANA").id, desk.person("U0BEN"))
    change(desk, "U0BEN", frequency=Frequency.OFF)
    covers.set_cover(desk.ledger, desk.row("U0ANA").id, desk.person("U0BEN"))
    with pytest.raises(InputRefused, match="Ben gets no digests") as refused:
        covers.set_cover(desk.ledger, desk.row("U0CHI").id, desk.person("U0BEN"))
    assert refused.value.about == ("cover",)


def test_an_admin_or_the_one_away_chooses_the_next_cover_and_nobody_else(desk: Desk) -> None:
    desk.away("U0ANA", "U0BEN")
    change(desk, "U0BEN", frequency=Frequency.OFF)
    team.set_role(desk.ledger, desk.row("U0CHI").id, Role.MEMBER, by=None, place="terminal", now=NOW)
    ana, wanted = desk.row("U0ANA").id, desk.person("U0CHI")
    for who in ("U0BEN", "U0CHI"):
        with pytest.raises(NotAllowed, match="Only admins choose who covers"):
            team.choose_cover(desk.ledger, ana, wanted, by=desk.person(who), place="modal", now=NOW)
    team.choose_cover(desk.ledger, ana, wanted, by=desk.person("U0ANA"), place="modal", now=NOW)
    assert (cases(desk), said(desk)) == ([], {})
    assert covers.covered_by(desk.ledger, wanted.id, today=NOW.date()) == (ana,)
