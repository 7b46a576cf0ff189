"""The App Home: due, coming, snoozed and settings; the welcome, once; and adding a customer."""

from datetime import timedelta

from bot.blocks.ids import ActionId
from bot.playground import Message, View
from bot.playground.line import Request
from storage.models import Customer
from tests.handlers.acting import command, customer, element_about, press, said, submit
from tests.support.books import Books
from tests.support.bot import Office
from tests.support.cast import Cast


def home(office: Office, user: str) -> View:
    assert office.slack.open_home(user).ok
    office.settle()
    shown = office.slack.home(user)
    assert shown is not None
    return shown


def now_shown(office: Office, user: str) -> str:
    shown = office.slack.home(user)
    assert shown is not None
    return said(shown)


def test_it_shows_who_is_due_coming_and_asleep(office: Office, cast: Cast) -> None:
    text = said(home(office, "U0ANA"))
    assert text.index("Acme") < text.index("Fjord") < text.index("Gale")
    assert "Dune comes back on Tuesday, 1 December." in text
    assert "9:00" in text


def test_it_holds_the_same_as_the_list(office: Office, cast: Cast) -> None:
    listed = said(command(office, "U0ANA", "C0TEAM", "/whois-neglected"))
    shown = said(home(office, "U0ANA"))
    for name in ("Acme", "Fjord", "Gale", "Cedar", "Birch"):
        assert (f"{name}\n" in listed) == (f"{name}\n" in shown), name


def test_customers_who_are_silent_for_too_long_are_counted_until_they_are_seen_to(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        today = office.clock.now.date()
        books.customer(
            "Quay", segment_id=cast.segment_id, owner_id=books.person("U0ANA"), value=1,
            since_on=today - timedelta(days=400), touched=[today - timedelta(days=210)],
        )  # fmt: skip
        books.settle()
    assert "1 customer has been silent for so long that the digest leaves them out." in said(home(office, "U0ANA"))
    command(office, "U0ANA", "C0TEAM", "/touch Quay: called today")
    assert "the digest leaves" not in now_shown(office, "U0ANA")


def test_somebody_without_customers_reads_how_to_get_some_in_their_language(office: Office, cast: Cast) -> None:
    text = said(home(office, "U0CHI"))
    assert "Kunden" in text
    assert "Acme" not in text


def test_waking_a_customer_early(office: Office, cast: Cast) -> None:
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.WAKE, "Dune")
    assert customer(office, cast.dune).snoozed_until_on is None
    assert "Dune comes back" not in now_shown(office, "U0ANA")
    assert "Dune" in now_shown(office, "U0ANA")


def test_whom_somebody_put_to_sleep_for_a_colleague_is_in_both_homes_and_woken_from_theirs(
    office: Office, cast: Cast
) -> None:
    command(office, "U0ANA", "C0TEAM", "/whois-neglected @ben")
    press(office, "U0ANA", office.slack.ephemerals("U0ANA")[-1], ActionId.SNOOZE, "Cedar")
    assert submit(office, "U0ANA", on="2026-11-29") == {}
    assert "Cedar comes back to ben on Monday, 30 November." in said(home(office, "U0ANA"))
    assert "Cedar comes back on Monday, November 30." in said(home(office, "U0BEN"))
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.WAKE, "Cedar")
    assert customer(office, cast.cedar).snoozed_until_on is None
    assert "Cedar comes back" not in now_shown(office, "U0ANA")
    assert "Cedar comes back" not in now_shown(office, "U0BEN")


def test_once_a_colleague_chose_another_day_it_is_theirs_alone(office: Office, cast: Cast) -> None:
    command(office, "U0ANA", "C0TEAM", "/whois-neglected @ben")
    press(office, "U0ANA", office.slack.ephemerals("U0ANA")[-1], ActionId.SNOOZE, "Cedar")
    submit(office, "U0ANA", on="2026-12-03")
    press(office, "U0BEN", home(office, "U0BEN"), ActionId.WAKE, "Cedar")
    press(office, "U0BEN", home(office, "U0BEN"), ActionId.SNOOZE, "Cedar")
    submit(office, "U0BEN", on="2026-12-04")
    assert "Cedar comes back" not in said(home(office, "U0ANA"))


def test_more_than_the_home_shows_are_counted_and_woken_where_the_customer_is_shown(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books = Books(ledger)
        today = office.clock.now.date()
        for number in range(12):
            books.customer(
                f"Quay {number}", segment_id=cast.segment_id, owner_id=books.person("U0ANA"), since_on=today,
                snoozed_until_on=today + timedelta(days=20 + number),
            )  # fmt: skip
        books.settle()
    assert "3 more are snoozed for longer. /customer and the name shows until when, and wakes them." in said(
        home(office, "U0ANA")
    )
    shown = command(office, "U0ANA", "C0TEAM", "/customer Quay 11")
    # Chosen is Christmas, a Friday; in London the Monday after is a holiday as well.
    assert "Snoozed; comes back on Tuesday, 29 December." in said(shown)
    press(office, "U0ANA", shown, ActionId.WAKE, "Quay 11")
    assert "Snoozed" not in said(office.slack.ephemerals("U0ANA")[-1])
    assert "2 more are snoozed for longer." in now_shown(office, "U0ANA")


def test_acting_in_the_home_changes_the_home_and_the_digest(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.DONE, "Acme")
    assert "Acme" not in now_shown(office, "U0ANA")
    assert "ana marked Acme as done" in said(digest)


def test_the_owners_home_follows_what_a_colleague_logs(office: Office, cast: Cast) -> None:
    home(office, "U0ANA")
    command(office, "U0BEN", "C0TEAM", "/touch Acme: called today")
    assert "Acme" not in now_shown(office, "U0ANA")


def test_a_click_in_a_home_that_is_out_of_date_says_who_was_first(office: Office, cast: Cast) -> None:
    shown = home(office, "U0ANA")
    slack = office.slack
    block_id, button = element_about(shown, ActionId.DONE, "Acme")
    pressed = {"type": "button", "block_id": block_id, "action_id": button["action_id"], "value": button["value"]}
    stale = slack.payloads.actions(slack.workspace.person("U0ANA"), shown, {**pressed, "action_ts": "1.0"}, {})
    command(office, "U0BEN", "C0TEAM", "/whois-neglected all")
    press(office, "U0BEN", slack.ephemerals("U0BEN")[-1], ActionId.DONE, "Acme")
    assert slack.line.send(Request("interaction", stale)).ok
    refusal = slack.modal("U0ANA")
    assert refusal is not None
    assert said(refusal).splitlines()[-1] == "ben marked Acme as done at 8:00."


def test_a_pause_is_shown_and_ended(office: Office, cast: Cast) -> None:
    home(office, "U0ANA")
    command(office, "U0ANA", "C0TEAM", "/keepwarm pause until 30 November")
    assert "30 November" in now_shown(office, "U0ANA")
    shown = office.slack.home("U0ANA")
    assert shown is not None
    press(office, "U0ANA", shown, ActionId.RESUME)
    assert "30 November" not in now_shown(office, "U0ANA")


def test_the_doors_open_their_forms(office: Office, cast: Cast) -> None:
    shown = home(office, "U0ANA")
    for action, title in (
        (ActionId.OPEN_LOG, "Log a touch"),
        (ActionId.OPEN_ADD_CUSTOMER, "Add a customer"),
        (ActionId.OPEN_SETTINGS, "Settings"),
    ):
        press(office, "U0ANA", shown, action)
        form = office.slack.modal("U0ANA")
        assert form is not None
        assert form.title == title
        office.slack.close("U0ANA")


def test_a_customer_is_added_by_hand(office: Office, cast: Cast) -> None:
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.OPEN_ADD_CUSTOMER)
    assert (
        submit(office, "U0ANA", name="Heron & Sons", value="12.5k", contact="Kim Lee", email="kim@heron.example") == {}
    )
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = next(row for row in ledger.rows(Customer) if row.name == "Heron & Sons")
        assert (row.value_minor, row.currency) == (1_250_000, "EUR")
    shown = office.slack.modal("U0ANA")
    assert shown is not None
    assert said(shown).splitlines()[-1] == "Heron &amp; Sons is one of your customers now."
    assert "kim@heron.example" in said(command(office, "U0ANA", "C0TEAM", "/customer Heron"))


def test_what_is_wrong_with_a_new_customer_is_said_beside_its_field(office: Office, cast: Cast) -> None:
    press(office, "U0ANA", home(office, "U0ANA"), ActionId.OPEN_ADD_CUSTOMER)
    assert list(submit(office, "U0ANA", name="acme")) == ["name"]
    assert submit(office, "U0ANA", name="Heron", value="much") == {
        "value": "'much' is not an amount. Write 12500 or 12.5k."
    }
    assert list(submit(office, "U0ANA", name="Heron", value="5", currency="E1")) == ["currency"]
    assert submit(office, "U0ANA", name="Heron", value="5", currency="usd") == {}


def test_the_first_person_is_welcomed_once(office: Office, cast: Cast) -> None:
    home(office, "U0ANA")
    home(office, "U0ANA")
    home(office, "U0BEN")
    (welcome,) = office.slack.from_bot("U0ANA")
    assert "1" in welcome.text and "2" in welcome.text and "3" in welcome.text
    assert office.slack.from_bot("U0BEN") == []


def test_the_welcome_leads_to_the_first_digest_at_once(office: Office, cast: Cast) -> None:
    home(office, "U0ANA")
    (welcome,) = office.slack.from_bot("U0ANA")
    press(office, "U0ANA", welcome, ActionId.DIGEST_NOW)
    assert "1. Acme" in said(office.slack.from_bot("U0ANA")[1])
    office.clock.forward(hours=1)
    office.tick()
    digests = [m for m in office.slack.from_bot("U0ANA") if "people to write to" in m.text]
    assert len(digests) == 1, "the same day twice is impossible"


def test_a_thousand_due_fit_into_the_home(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        books, today = Books(ledger), office.clock.now.date()
        for number in range(300):
            books.customer(
                f"Customer {number:03} " + "x" * 200, segment_id=cast.segment_id, owner_id=books.person("U0ANA"),
                since_on=today - timedelta(days=40),
            )  # fmt: skip
        books.settle()
    assert "293 more are due." in said(home(office, "U0ANA"))


def test_how_often_is_set_from_the_digest_itself(office: Office, cast: Cast, digest: Message) -> None:
    said_of = {"weekly": "once a week", "pause": "come again", "off": "No more digests."}
    for choice, expected in (*said_of.items(), ("pause", "come again")):
        office.slack.select("U0ANA", digest, ActionId.QUIETER, choice)
        office.settle()
        assert expected in office.slack.ephemerals("U0ANA")[-1].text


def test_a_weeks_attention_is_set_in_words_and_said_in_the_home_tab(office: Office, cast: Cast) -> None:
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    assert submit(office, "U0ANA", budget="lots") == {
        "budget": "I can't read 'lots' as a week's attention. Write 10 touches or 90 minutes."
    }
    assert submit(office, "U0ANA", budget="10 touches") == {}
    assert "This week: 0 of 10 touches." in said(home(office, "U0ANA"))
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
    assert submit(office, "U0ANA", budget="") == {}
    assert "This week" not in said(home(office, "U0ANA"))


def test_the_settings_say_that_do_not_disturb_is_not_known_where_the_scope_is_missing(
    office: Office, cast: Cast
) -> None:
    for missing in (frozenset(), frozenset({"dnd:read"})):
        settings = office.slack.workspace.settings
        settings.scopes = settings.scopes - missing
        office.keepwarm.install()
        office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")
        shown = str(office.slack.modal("U0ANA"))
        assert ("an admin can add the scope dnd:read" in shown) is bool(missing)
