"""The draft: something to start from, another wording, a link for one's own mail, and nothing sent by itself."""

from bot.blocks.ids import ActionId
from bot.domain.model import TouchKind
from bot.playground import Message, View
from tests.handlers.acting import press, said, submit, touches_of
from tests.support.bot import Office
from tests.support.cast import Cast


def opened(office: Office, digest: Message, name: str) -> View:
    press(office, "U0ANA", digest, ActionId.DRAFT, name)
    form = office.slack.modal("U0ANA")
    assert form is not None
    return form


def wording(form: View) -> str:
    (text,) = [
        block["element"]["initial_value"]
        for block in form.blocks
        if block["type"] == "input" and block["element"]["action_id"] == "text"
    ]
    return str(text)


def test_it_opens_a_wording_that_uses_what_the_ledger_knows(office: Office, cast: Cast, digest: Message) -> None:
    form = opened(office, digest, "Acme")
    assert "Something to start from" in said(form)
    assert "three-year price" in wording(form)
    assert "Hi ," not in wording(form)


def test_another_wording_replaces_the_first_and_they_come_round(office: Office, cast: Cast, digest: Message) -> None:
    seen = [wording(opened(office, digest, "Acme"))]
    for _ in range(4):
        form = office.slack.modal("U0ANA")
        assert form is not None
        press(office, "U0ANA", form, ActionId.NEXT_VARIANT)
        form = office.slack.modal("U0ANA")
        assert form is not None
        seen.append(wording(form))
    assert seen[0] != seen[1]
    assert seen[0] in seen[2:]


def test_a_mail_link_needs_an_address(office: Office, cast: Cast, digest: Message) -> None:
    assert "mailto:koehler@acme.example" in said(opened(office, digest, "Acme"))
    office.slack.close("U0ANA")
    assert "mailto" not in said(opened(office, digest, "Gale"))


def test_mark_as_done_logs_a_mail_by_hand(office: Office, cast: Cast, digest: Message) -> None:
    opened(office, digest, "Acme")
    assert submit(office, "U0ANA") == {}
    (touch, *_) = touches_of(office, cast.acme)
    assert touch.kind is TouchKind.EMAIL
    assert "ana marked Acme as done" in said(digest)


def test_another_wording_and_then_done(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", opened(office, digest, "Acme"), ActionId.NEXT_VARIANT)
    assert submit(office, "U0ANA") == {}
    assert "ana marked Acme as done" in said(digest)
