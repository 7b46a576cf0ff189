"""Handing over: the new owner is told once, with what they need; and who can't take a customer over."""

from datetime import timedelta

import pytest

from bot.blocks.ids import ActionId, MoreChoice
from bot.domain.model import Role
from bot.playground import Message
from tests.handlers.acting import choose, customer, days_pass, press, reply, said, submit, touches_of
from tests.handlers.test_rights import set_role
from tests.support.bot import Office
from tests.support.cast import Cast


def hand_over(office: Office, user: str, shown: Message, name: str, to: str) -> dict[str, str]:
    choose(office, user, shown, MoreChoice.HAND_OVER, name)
    return submit(office, user, teammate=to)


def test_the_new_owner_is_told_once_with_the_last_five_touches(office: Office, cast: Cast, digest: Message) -> None:
    assert hand_over(office, "U0ANA", digest, "Acme", "U0CHI") == {}
    assert "Acme is chi's now." in said(digest)
    (told,) = office.slack.from_bot("U0CHI")
    assert "ana hat dir Acme übergeben." in said(told)
    assert "Fünf Kontakte seit" in said(told)
    assert said(told).count("Wants the three-year price") >= 1
    assert told.text.startswith("ana hat dir Acme übergeben.")
    owner = customer(office, cast.acme).owner_id
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        from storage.people import by_slack_id

        chi = by_slack_id(ledger, "U0CHI")
        assert chi is not None
        assert owner == chi.id


def test_the_next_digest_goes_to_the_new_owner(office: Office, cast: Cast, digest: Message) -> None:
    hand_over(office, "U0ANA", digest, "Acme", "U0CHI")
    days_pass(office, 8)
    anas = [m for m in office.slack.from_bot("U0ANA") if m is not digest]
    chis = office.slack.from_bot("U0CHI")[1:]
    assert any(". Acme" in said(message) for message in chis)
    assert not any("Acme" in said(message) for message in anas)


def test_once_it_is_taken_back_the_message_says_whose_it_is(office: Office, cast: Cast, digest: Message) -> None:
    hand_over(office, "U0ANA", digest, "Acme", "U0CHI")
    (told,) = office.slack.from_bot("U0CHI")
    press(office, "U0ANA", digest, ActionId.UNDO, "Acme")
    assert said(told) == "ana hatte dir Acme übergeben; inzwischen kümmert sich ana darum."
    assert told.text == said(told)
    hand_over(office, "U0ANA", digest, "Acme", "U0CHI")
    assert "ana hat dir Acme übergeben." in said(told)


def test_undo_gives_the_customer_back(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.acme).owner_id
    hand_over(office, "U0ANA", digest, "Acme", "U0CHI")
    press(office, "U0ANA", digest, ActionId.UNDO, "Acme")
    assert customer(office, cast.acme).owner_id == before
    assert "1. Acme" in said(digest)


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("U0GUE", "gus can't take one over"),
        ("U0EXT", "eve can't take one over"),
        ("U0OLD", "olga can't take one over"),
        ("U0BOT", "keepwarm can't take one over"),
        ("U0ANA", "Acme is ana's already."),
    ],
)
def test_who_cannot_take_a_customer_over(office: Office, cast: Cast, digest: Message, to: str, why: str) -> None:
    before = customer(office, cast.acme).owner_id
    errors = hand_over(office, "U0ANA", digest, "Acme", to)
    assert list(errors) == ["teammate"]
    assert why in errors["teammate"]
    assert customer(office, cast.acme).owner_id == before
    assert "1. Acme" in said(digest)


def test_a_viewer_is_refused_beside_the_field_with_who_can_change_it(
    office: Office, cast: Cast, digest: Message
) -> None:
    before = customer(office, cast.acme).owner_id
    set_role(office, "U0CHI", Role.VIEWER)
    assert hand_over(office, "U0ANA", digest, "Acme", "U0CHI") == {
        "teammate": "chi is a viewer: they see customers and can't act on them. Choose somebody else, or an admin makes"
        " them a member with Team in the Home tab. Yours is ana."
    }
    assert customer(office, cast.acme).owner_id == before
    set_role(office, "U0CHI", Role.MEMBER)
    assert submit(office, "U0ANA", teammate="U0CHI") == {}
    assert customer(office, cast.acme).owner_id != before


def test_a_reply_under_a_hand_over_needs_no_name(office: Office, cast: Cast, digest: Message) -> None:
    hand_over(office, "U0ANA", digest, "Acme", "U0CHI")
    (told,) = office.slack.from_bot("U0CHI")
    reply(office, "U0CHI", told, "gestern angerufen, klingt gut")
    (touch, *_) = touches_of(office, cast.acme)
    assert touch.touched_on == office.clock.now.date() - timedelta(days=1)
    assert touch.note == "klingt gut"
    assert "Acme: Telefonat, gestern." in office.slack.replies(told)[-1].text
