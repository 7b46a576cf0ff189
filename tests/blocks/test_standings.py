"""What a customer is, said with its reason in two languages; its forms and cards are sound whatever the names are."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.blocks.home import build_home
from bot.blocks.ids import ActionId, Field
from bot.blocks.modals_standing import build_seats, build_standing, build_who_leaves
from bot.blocks.promotions import build_promotion
from bot.blocks.standing_said import say_standing
from bot.blocks.voice import Voice
from bot.domain.circle import CircleView, Drifting, Seated, Seats
from bot.domain.model import Direction, Standing, TouchKind
from bot.domain.standing import Act, Evidence, PromotionView, StandingView, Word, judge, settle
from tests.blocks.cast import AT_NINE, ENGLISH, GERMAN, LAST_CALL, TODAY, card
from tests.blocks.checks import HOSTILE, TEXTS, assert_slack_takes, element, elements, markup, shown
from tests.blocks.test_home import HOME

DAY = timedelta(days=1)
THIRD = date(2026, 11, 3)
MAIL = replace(LAST_CALL, kind=TouchKind.EMAIL, direction=Direction.INBOUND, on=date(2026, 11, 20), note="The list?")
SENT = Evidence(sent_days=6, sent_first_on=date(2026, 5, 4), sent_last_on=TODAY)
SEATS = Seats(each=8, team=30, taken=2, team_taken=9)
KNOCKED = PromotionView(7, 11, "Elm", Standing.PROSPECT, Act.WROTE, (MAIL, MAIL), Standing.LURKER)


def judged(evidence: Evidence, now_is: Standing = Standing.CUSTOMER, word: Word | None = None) -> StandingView:
    return StandingView(word.standing if word else settle(now_is, evidence), judge(evidence), evidence, word)


@pytest.mark.parametrize(
    ("view", "english", "german"),
    [
        (judged(Evidence(value_minor=1_240_000)), "Customer, because of €12,400 a year.",
         "Kunde, wegen 12.400 € im Jahr."),
        (judged(Evidence(bought_days=1, bought_on=THIRD)), "Customer, because they bought something on 3 November.",
         "Kunde, wegen eines Kaufs am 3. November."),
        (judged(Evidence(renewal_on=date(2026, 12, 31))), "Customer, because a renewal is set on 31 December.",
         "Kunde, wegen der Verlängerung am 31. Dezember."),
        (judged(Evidence(opportunity="Pilot")), "Prospect, because an opportunity is open: Pilot.",
         "Interessent, wegen einer offenen Verkaufschance: Pilot."),
        (judged(Evidence(value_minor=0, back_days=1, back_on=THIRD)),
         "Prospect, because no value is known yet and contact came back on 3 November.",
         "Interessent, weil noch kein Wert bekannt ist und sie sich am 3. November gemeldet haben."),
        (judged(SENT), "Onlooker, because we wrote on 6 days since May and nothing ever came back.",
         "Mitleser, weil wir seit Mai an 6 Tagen geschrieben haben und nie etwas zurückkam."),
        (judged(replace(SENT, back_days=1, back_on=THIRD), Standing.LURKER),
         "Onlooker, until somebody takes them in: contact came back on 3 November.",
         "Mitleser, bis sie jemand aufnimmt: am 3. November haben sie sich gemeldet."),
        (judged(Evidence()), "Customer; nothing speaks against it.", "Kunde; nichts spricht dagegen."),
        (judged(SENT, word=Word(Standing.INNER_CIRCLE, "Ana", THIRD)), "Inner circle, set by Ana on 3 November.",
         "Innerer Kreis, festgelegt von Ana am 3. November."),
        (judged(SENT, word=Word(Standing.PROSPECT, None, THIRD, from_file=True)),
         "Prospect, as an import said on 3 November.", "Interessent, so stand es am 3. November in einem Import."),
        (judged(SENT, word=Word(Standing.PROSPECT, from_file=True)), "Prospect, as an import said.",
         "Interessent, so stand es in einem Import."),
        (judged(SENT, word=Word(Standing.LURKER, None, THIRD)), "Onlooker, set in the terminal on 3 November.",
         "Mitleser, festgelegt im Terminal am 3. November."),
    ],
)  # fmt: skip
def test_a_standing_is_said_with_its_reason(view: StandingView, english: str, german: str) -> None:
    assert say_standing(view, ENGLISH) == english
    assert say_standing(view, GERMAN).replace("\xa0", " ") == german


def test_the_form_shows_the_word_and_what_the_ledger_alone_would_say() -> None:
    form = build_standing(
        judged(SENT, word=Word(Standing.CUSTOMER, "Ana", THIRD)), ENGLISH, name="Elm", metadata="1.0.0|"
    )
    radio = element(form, Field.STANDING)
    assert [each["value"] for each in radio["options"]] == [*Standing, "derived"]
    assert radio["initial_option"]["value"] == "customer"
    assert "The ledger alone would say: Onlooker" in str(form)
    assert (
        element(build_standing(judged(SENT), ENGLISH, name="Elm", metadata=""), Field.STANDING)["initial_option"][
            "value"
        ]
        == "derived"
    )
    assert_slack_takes(form)


def seated(number: int, name: str = "Birch") -> Seated:
    return Seated(
        number, name, 1, 21.0, THIRD, value_minor=100_000 * number, days=(TODAY - number * DAY,) if number else ()
    )


@pytest.mark.parametrize(("number", "kind"), [(1, "radio_buttons"), (10, "radio_buttons"), (11, "static_select"),
                                              (150, "static_select")])  # fmt: skip
def test_any_number_may_be_asked_who_leaves(number: int, kind: str) -> None:
    members = tuple(seated(n) for n in range(number))
    form = build_who_leaves(ENGLISH, name="Acme", seats=SEATS, owner="Ana", may_leave=members, metadata="1.0.0|")
    assert "All 8 seats of Ana are taken. Who leaves for Acme?" in shown(form)
    assert element(form, Field.LEAVES)["type"] == kind
    assert "no touch yet · €0 a year" in str(form)
    assert_slack_takes(form)


def test_one_seat_is_said_as_one() -> None:
    one = replace(SEATS, each=1, team=1)
    mine = build_who_leaves(ENGLISH, name="Acme", seats=one, owner="Ana", may_leave=(), metadata="")
    teams = build_who_leaves(GERMAN, name="Acme", seats=one, owner=None, may_leave=(), metadata="")
    assert "The one seat of Ana is taken. Who leaves for Acme?" in shown(mine)
    assert "Der eine Platz des Teams ist vergeben." in shown(teams)


def test_without_anybody_to_choose_there_is_nothing_to_submit() -> None:
    form = build_who_leaves(GERMAN, name="Acme", seats=SEATS, owner=None, may_leave=(), metadata="")
    assert "Alle 30 Plätze des Teams sind vergeben. Wer geht für Acme?" in shown(form)
    assert "submit" not in form
    assert_slack_takes(form)


def test_the_seats_can_be_typed() -> None:
    form = build_seats(SEATS, ENGLISH)
    assert (element(form, Field.SEATS_EACH)["initial_value"], element(form, Field.SEATS_TEAM)["initial_value"]) == (
        "8", "30",
    )  # fmt: skip
    assert "9 are taken now." in str(form)
    assert_slack_takes(form)


@pytest.mark.parametrize(
    ("changes", "english", "german"),
    [
        ({}, "Elm wrote to you twice this month. Make them a prospect?",
         "Elm hat dir diesen Monat zweimal geschrieben. Als Interessent aufnehmen?"),
        ({"acts": (MAIL,)}, "Elm wrote to you this month.", "Elm hat dir diesen Monat geschrieben."),
        ({"acts": (MAIL,) * 5}, "Elm wrote to you 5 times this month.", "5 Mal geschrieben."),
        ({"acts": (MAIL, LAST_CALL)}, "Elm was in touch with you twice this month.", "zweimal Kontakt mit dir."),
        ({"act": Act.BOUGHT, "acts": (replace(MAIL, kind=TouchKind.PURCHASE, on=THIRD), MAIL),
          "to": Standing.CUSTOMER},
         "Elm bought something on 3 November. Make them a customer?",
         "Elm hat am 3. November etwas gekauft. Als Kunde aufnehmen?"),
        ({"state": "made", "ended_by": "Ben", "ended_at": AT_NINE}, "Ben made Elm a prospect at 9:12.",
         "Ben hat Elm um 10:12 Uhr als Interessent aufgenommen."),
        ({"state": "left", "ended_by": "Ben", "ended_at": AT_NINE}, "Ben left Elm as it is at 9:12.",
         "Ben hat Elm um 10:12 Uhr so gelassen."),
        ({"acts": ()}, "There is nothing to decide about Elm any more.", "nichts mehr zu entscheiden."),
        ({"standing": Standing.CUSTOMER}, "There is nothing to decide about Elm any more.", "nichts mehr"),
    ],
)  # fmt: skip
def test_a_proposal_says_what_they_did_or_what_became_of_it(changes: dict[str, Any], english: str, german: str) -> None:
    view = replace(KNOCKED, **changes)
    for voice, said in ((ENGLISH, english), (GERMAN, german)):
        drawn = build_promotion(view, voice, place="p")
        assert said in shown(drawn)
        assert said in drawn["text"]
        assert_slack_takes(drawn)


def test_a_touch_that_they_made_is_nobodys_of_ours() -> None:
    assert (
        build_promotion(KNOCKED, ENGLISH, place="p")["text"]
        .split("\n")[1]
        .startswith("Email from Ana Köhler, Friday. ")
    )
    assert " durch " not in build_promotion(KNOCKED, GERMAN, place="p")["text"]
    called = replace(KNOCKED, acts=(MAIL, replace(LAST_CALL, on=date(2026, 11, 20))))
    assert "Call with Ana Köhler, Friday, by Ana." in build_promotion(called, ENGLISH, place="p")["text"]


def test_a_proposal_can_be_decided_and_taken_back() -> None:
    ids = {each["action_id"] for each in elements(build_promotion(KNOCKED, ENGLISH, place="p"))}
    assert ids == {ActionId.PROMOTE, ActionId.LEAVE_AS_IS}
    ended = build_promotion(replace(KNOCKED, state="left", ended_at=AT_NINE), ENGLISH, place="p")
    assert [each["action_id"] for each in elements(ended)] == [ActionId.PROMOTION_UNDO]
    assert elements(build_promotion(replace(KNOCKED, acts=()), ENGLISH, place="p")) == []


def circle(name: str = "Birch", number: int = 2) -> CircleView:
    members = tuple(seated(n, name) for n in range(1, number + 1))
    return CircleView(replace(SEATS, taken=number), members, (Drifting(12, name, 63),))


def test_the_home_asks_quietly_about_somebody_who_drifts() -> None:
    view = build_home(replace(HOME, circle=circle(), promotions=(KNOCKED,)), revision="r")
    for said in (
        "Inner circle, 2 of 8 seats: Birch and Birch.",
        "Birch is in your inner circle; you have talked every 9 weeks lately. Keep the seat, or free it?",
        "Elm wrote to you twice this month. Make them a prospect?",
    ):
        assert said in shown(view)
    assert element(view, ActionId.KEEP_SEAT)["value"] == "12.0.0"
    assert ActionId.OPEN_SEATS not in {each["action_id"] for each in elements(view)}
    admins = build_home(replace(HOME, circle=circle(), is_admin=True), revision="r")
    assert element(admins, ActionId.OPEN_SEATS)
    assert_slack_takes(view)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "Inner circle: nobody yet. /customer shows the card on which to give one of 8 seats."),
        (8, "Inner circle, 8 of 8 seats:"),
        (9, "That is one more than there are seats. Who leaves? Their card frees a seat."),
        (10, "That is 2 more than there are seats. Who leaves? Their card frees a seat."),
        (9, "Birch and 1 more."),
    ],
)
def test_the_home_says_how_the_seats_are_taken(number: int, said: str) -> None:
    assert said in shown(build_home(replace(HOME, circle=circle(number=number)), revision="r"))


@pytest.mark.parametrize(
    ("names", "total", "said"),
    [(("Elm",), 1, "Elm never answered"), (("Elm", "Fir", "Gum"), 5, "Elm, Fir, Gum and 2 more never answered")],
)
def test_the_home_names_whom_the_evidence_took_out_of_the_digest(names: tuple[str, ...], total: int, said: str) -> None:
    view = replace(HOME, circle=circle(), unanswering=names, unanswering_total=total)
    assert said in shown(build_home(view, revision="r"))


def everything_about(text: str, say: Voice) -> list[dict[str, Any]]:
    """Every place in which such a text may stand."""
    mail = replace(MAIL, note=text, contact=text, by=text)
    knocked = replace(KNOCKED, name=text, acts=(mail,) * 4)
    word = judged(replace(SENT, opportunity=text), word=Word(Standing.PROSPECT, text, THIRD))
    home = replace(
        HOME, due=(card(text),) * 3, circle=circle(text, 9), promotions=(knocked,) * 3, unanswering=(text,) * 3,
        unanswering_total=9, is_admin=True,
    )  # fmt: skip
    members = tuple(seated(n, text) for n in range(3))
    return [
        build_promotion(knocked, say, place="p"),
        build_promotion(replace(knocked, state="made", ended_by=text, ended_at=AT_NINE), say, place="p"),
        build_standing(word, say, name=text, metadata="1.0.0|"),
        build_standing(judged(Evidence(opportunity=text)), say, name=text, metadata="1.0.0|"),
        build_who_leaves(say, name=text, seats=SEATS, owner=text, may_leave=members, metadata="1.0.0|"),
        build_home(home, revision="r"),
    ]


@given(TEXTS)
def test_any_text_makes_what_slack_takes(text: str) -> None:
    for say in (ENGLISH, GERMAN):
        for drawn in everything_about(text, say):
            assert_slack_takes(drawn)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    for drawn in everything_about(text, ENGLISH):
        assert all("<!" not in each and "<@" not in each and "<http" not in each for each in markup(drawn))
