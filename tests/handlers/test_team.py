"""The team in Slack: roles, people who leave, covers and the settings that go with them."""

from bot.blocks.ids import ActionId, Field, ViewId
from bot.domain.model import Role
from bot.playground import Message
from storage.models import Customer, TeammateRow
from storage.people import by_slack_id
from tests.handlers.acting import command
from tests.handlers.test_rights import set_role
from tests.support.bot import Office
from tests.support.cast import Cast


def row(office: Office, who: str) -> TeammateRow:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        found = by_slack_id(ledger, who)
        assert found is not None
        return found


def said_in(office: Office, who: str) -> str:
    modal = office.slack.modal(who)
    assert modal is not None
    return str(modal.blocks[0]["text"]["text"])


def open_home_and_press(office: Office, who: str, action: ActionId) -> None:
    office.slack.open_home(who)
    office.settle()
    home = office.slack.home(who)
    assert home is not None
    assert office.slack.click(who, home, action).ok
    office.settle()


def test_an_admin_sets_a_role_in_the_app_home(office: Office, cast: Cast) -> None:
    open_home_and_press(office, "U0ANA", ActionId.OPEN_TEAM)
    view = office.slack.modal("U0ANA")
    assert view is not None
    assert view.callback_id == ViewId.TEAM
    office.slack.submit("U0ANA", {Field.TEAMMATE: "U0BEN", Field.ROLE: "viewer"})
    assert row(office, "U0BEN").role is Role.VIEWER
    assert "viewer" in said_in(office, "U0ANA")


def test_somebody_who_leaves_is_told_to_the_admin_who_chooses_an_owner_in_one_step(office: Office, cast: Cast) -> None:
    office.slack.change_person("U0BEN", deleted=True)
    office.keepwarm.look_after(office.workspace_id)
    office.settle()
    notice: Message = office.slack.last_message("U0ANA")
    assert notice.text == "ben left Slack. 3 customers have no owner now. /whois-neglected unowned shows who waits."
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected unowned")
    assert "Customers without an owner" in shown.text
    assert "Cedar" in shown.text
    assert office.slack.click("U0ANA", notice, ActionId.OPEN_GIVE).ok
    office.slack.submit("U0ANA", {Field.TEAMMATE: "U0CHI"})
    assert said_in(office, "U0ANA") == "3 customers are chi's now."
    assert "No customer without an owner is due" in command(office, "U0ANA", "C0TEAM", "/whois-neglected unowned").text


def test_holidays_a_cover_and_quiet_hours_are_set_in_the_settings(office: Office, cast: Cast) -> None:
    command_opens(office)
    office.slack.submit(
        "U0ANA",
        {
            Field.HOLIDAYS: "Germany, Bayern", Field.COVER: "U0BEN", Field.QUIET_FROM: str(18 * 60),
            Field.QUIET_UNTIL: str(8 * 60), Field.PAUSE: "2026-12-03",
        },
    )  # fmt: skip
    office.settle()
    ana = row(office, "U0ANA")
    assert (ana.holiday_region, ana.quiet_from_minute, ana.quiet_until_minute) == ("DE-BY", 1080, 480)
    office.clock.forward(hours=1)
    office.tick()
    told = office.slack.last_message("U0BEN")
    assert told.text.startswith("ana is away until December 3. Those of their customers who are due come with your")
    office.clock.forward(hours=6)
    office.tick()
    digest = office.slack.last_message("U0BEN")
    assert digest.ts != told.ts
    assert "For ana, who is away until December 3." in digest.text
    office.slack.open_home("U0ANA")
    office.settle()
    assert "they come again on Thursday, 3 December. ben covers for you until then." in str(office.slack.home("U0ANA"))


def command_opens(office: Office) -> None:
    office.slack.slash("U0ANA", "C0TEAM", "/keepwarm", "settings")


def test_what_no_calendar_knows_is_refused_beside_the_field(office: Office, cast: Cast) -> None:
    for field, value, words in (
        (Field.HOLIDAYS, "Atlantis", "I don't know the holidays of 'Atlantis'"),
        (Field.QUIET_FROM, str(8 * 60), "Your digest lies in your quiet hours"),
        (Field.QUIET_FROM, str(12 * 60), "Quiet hours that end when they begin are none."),
    ):
        command_opens(office)
        answer = office.slack.submit("U0ANA", {field: value, Field.QUIET_UNTIL: str(12 * 60)})
        assert words in str(answer.json)
        office.slack.close("U0ANA")


def test_the_company_s_holidays_are_written_down_by_an_admin(office: Office, cast: Cast) -> None:
    open_home_and_press(office, "U0ANA", ActionId.OPEN_HOLIDAYS)
    refused = office.slack.submit("U0ANA", {Field.COMPANY_HOLIDAY: "2026-11-24 Off-site\nat Christmas"})
    assert "'at' is not a day" in str(refused.json)
    office.slack.submit("U0ANA", {Field.COMPANY_HOLIDAY: "2026-11-24..2026-11-25 Off-site"})
    assert said_in(office, "U0ANA") == "1 holiday of the company is set."
    office.clock.forward(hours=1)
    digests = []
    for _ in range(3):
        office.tick()
        # The admin is told first that nothing ticked for a day.
        office.clock.forward(seconds=5)
        office.settle()
        digests.append(sum("people to write to" in message.text for message in office.slack.from_bot("U0ANA")))
        office.clock.forward(hours=24, seconds=-5)
    assert digests == [0, 0, 1]


def test_a_cover_without_digests_is_refused_beside_the_field(office: Office, cast: Cast) -> None:
    command(office, "U0BEN", "C0TEAM", "/keepwarm pause")
    command_opens(office)
    answer = office.slack.submit("U0ANA", {Field.COVER: "U0BEN"})
    assert answer.json["errors"] == {
        Field.COVER: "ben gets no digests and would not hear of the customers. Choose somebody else."
    }


def test_a_viewer_is_neither_a_cover_nor_given_customers(office: Office, cast: Cast) -> None:
    set_role(office, "U0BEN", Role.VIEWER)
    command_opens(office)
    answer = office.slack.submit("U0ANA", {Field.COVER: "U0BEN"})
    assert answer.json["errors"][Field.COVER].startswith("ben is a viewer: they see customers and can't act on them.")
    office.slack.close("U0ANA")
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        acme = ledger.get(Customer, cast.acme)
        assert acme is not None
        acme.owner_id = None
        ledger.add(acme)
    open_home_and_press(office, "U0ANA", ActionId.OPEN_GIVE)
    answer = office.slack.submit("U0ANA", {Field.TEAMMATE: "U0BEN"})
    assert "Choose somebody else, or an admin makes them a member" in answer.json["errors"][Field.TEAMMATE]
    office.slack.submit("U0ANA", {Field.TEAMMATE: "U0CHI"})
    assert said_in(office, "U0ANA") == "1 customer is chi's now."


def test_whoever_becomes_a_viewer_keeps_a_cover_s_place_in_nobody_s_settings(office: Office, cast: Cast) -> None:
    command_opens(office)
    office.slack.submit("U0ANA", {Field.COVER: "U0BEN", Field.PAUSE: "2026-12-03"})
    set_role(office, "U0CHI", Role.ADMIN)
    open_home_and_press(office, "U0CHI", ActionId.OPEN_TEAM)
    office.slack.submit("U0CHI", {Field.TEAMMATE: "U0BEN", Field.ROLE: "viewer"})
    assert said_in(office, "U0CHI") == (
        "ben ist jetzt: Zuschauer. Diese Person kümmert sich noch um 3 Kunden; die Karten in /whois-neglected @ben oder"
        " /customer übergeben sie."
    )
    command_opens(office)
    office.slack.submit("U0ANA", {Field.HOUR: "600"})
    assert said_in(office, "U0ANA").startswith("ben covers for you but is a viewer now."), "nothing else is held up"
    office.clock.forward(minutes=11)
    office.tick()
    assert "ben vertritt ana bis 3. Dezember, darf aber nur noch ansehen." in office.slack.last_message("U0CHI").text


def test_a_cover_who_stops_reading_is_answered_and_the_admin_chooses_another(office: Office, cast: Cast) -> None:
    command_opens(office)
    office.slack.submit("U0ANA", {Field.COVER: "U0BEN", Field.PAUSE: "2026-12-03"})
    set_role(office, "U0CHI", Role.ADMIN)
    answer = command(office, "U0BEN", "C0TEAM", "/keepwarm pause").text
    assert "You cover for ana until December 3. Nobody hears of their customers who are due now" in answer
    office.clock.forward(minutes=11)
    office.tick()
    notice = office.slack.last_message("U0CHI")
    assert notice.text.startswith("ben vertritt ana bis 3. Dezember, bekommt aber keine Übersichten.")
    assert office.slack.click("U0CHI", notice, ActionId.OPEN_COVER).ok
    view = office.slack.modal("U0CHI")
    assert view is not None
    assert view.callback_id == ViewId.COVER
    office.slack.submit("U0CHI", {Field.COVER: "U0CHI"})
    assert said_in(office, "U0CHI") == "chi vertritt jetzt ana."
    assert "ana" in command(office, "U0CHI", "C0TEAM", "/whois-neglected").text


def test_whoever_goes_away_with_a_cover_who_hears_nothing_is_told_at_once(office: Office, cast: Cast) -> None:
    command_opens(office)
    office.slack.submit("U0ANA", {Field.COVER: "U0BEN"})
    command(office, "U0BEN", "C0TEAM", "/keepwarm pause")
    answer = command(office, "U0ANA", "C0TEAM", "/keepwarm pause until 2026-12-03").text
    sentence = "ben covers for you but gets no digests. Nobody hears of your customers who are due until 3 December."
    assert sentence in answer
    assert "/keepwarm settings lets you choose somebody else." in answer
    command_opens(office)
    office.slack.submit("U0ANA", {Field.PAUSE: "2026-12-03"})
    assert said_in(office, "U0ANA").startswith(sentence)
