"""A reason is a sentence a colleague would say, made of the numbers that put the customer on the list."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.reasons import say_why, say_why_short
from bot.domain.model import Occasion
from bot.domain.views import NotedPromise, Reason

TODAY = date(2026, 11, 24)
EN, DE = "en-GB", "de-DE"


def overdue(silent_days: int, rhythm_days: int, overdue_days: int = 10) -> Reason:
    return Reason(
        occasions=(Occasion.OVERDUE,),
        silent_days=silent_days,
        rhythm_days=rhythm_days,
        overdue_days=overdue_days,
        touched=True,
        since_on=date(2025, 1, 7),
    )


ACME = overdue(49, 21)
BUYER = replace(ACME, only_buys=True)


@pytest.mark.parametrize(
    ("reason", "english", "german", "short"),
    [
        (BUYER, "They usually buy every 3 weeks. It has been 7.", "Sie kaufen sonst alle 3 Wochen. Jetzt sind es 7.",
         "7 weeks, they usually buy every 3"),
        (replace(BUYER, silent_days=1), "They bought yesterday.", "Sie haben gestern gekauft.",
         "they bought yesterday"),
    ],
)  # fmt: skip
def test_whoever_only_buys_is_not_said_to_talk(reason: Reason, english: str, german: str, short: str) -> None:
    assert say_why(reason, TODAY, EN) == english
    assert say_why(reason, TODAY, DE) == german
    assert say_why_short(reason, TODAY, EN) == short


@pytest.mark.parametrize(
    ("reason", "english", "german"),
    [
        (ACME, "You usually talk every 3 weeks. It has been 7.", "Ihr sprecht sonst alle 3 Wochen. Jetzt sind es 7."),
        (
            overdue(20, 5),
            "You usually talk every 5 days. It has been 20.",
            "Ihr sprecht sonst alle 5 Tage. Jetzt sind es 20.",
        ),
        (
            overdue(49, 5),
            "You usually talk every 5 days. It has been 7 weeks.",
            "Ihr sprecht sonst alle 5 Tage. Jetzt sind es 7 Wochen.",
        ),
        (
            overdue(15, 7),
            "You usually talk every week. It has been 2 weeks.",
            "Ihr sprecht sonst jede Woche. Jetzt sind es 2 Wochen.",
        ),
        (
            overdue(3, 1),
            "You usually talk every day. It has been 3 days.",
            "Ihr sprecht sonst jeden Tag. Jetzt sind es 3 Tage.",
        ),
        (
            overdue(150, 91),
            "You usually talk every 3 months. It has been 5.",
            "Ihr sprecht sonst alle 3 Monate. Jetzt sind es 5.",
        ),
        (
            overdue(99, 28),
            "You usually talk every 4 weeks. It has been 14.",
            "Ihr sprecht sonst alle 4 Wochen. Jetzt sind es 14.",
        ),
        (
            overdue(400, 28),
            "You usually talk every 4 weeks. It has been 13 months.",
            "Ihr sprecht sonst alle 4 Wochen. Jetzt sind es 13 Monate.",
        ),
        (
            overdue(1500, 800),
            "You usually talk every 2 years. It has been 4 years.",
            "Ihr sprecht sonst alle 2 Jahre. Jetzt sind es 4 Jahre.",
        ),
        (
            overdue(22, 20),
            "You usually talk every 3 weeks. It has been just over 3.",
            "Ihr sprecht sonst alle 3 Wochen. Jetzt sind es gut 3.",
        ),
        (
            overdue(3, 21, 0),
            "You usually talk every 3 weeks. It has been 3 days.",
            "Ihr sprecht sonst alle 3 Wochen. Jetzt sind es 3 Tage.",
        ),
        (overdue(1, 21, 0), "You talked yesterday.", "Ihr habt gestern gesprochen."),
        (overdue(0, 21, 0), "You talked today.", "Ihr habt heute gesprochen."),
        (overdue(35, 63, 7), "Meant for every 4 weeks. It has been 5.", "Gedacht ist alle 4 Wochen. Jetzt sind es 5."),
    ],
)
def test_silence_is_measured_by_the_rhythm_in_a_unit_that_can_be_pictured(
    reason: Reason, english: str, german: str
) -> None:
    assert say_why(reason, today=TODAY, locale=EN) == english
    assert say_why(reason, today=TODAY, locale=DE) == german


def test_a_customer_nobody_has_talked_to_is_new() -> None:
    new = replace(ACME, touched=False, since_on=date(2026, 5, 4))
    assert say_why(new, today=TODAY, locale=EN) == "New since May. Nobody has talked to them yet."
    assert say_why(new, today=TODAY, locale=DE) == "Neu seit Mai. Noch hat niemand mit ihnen gesprochen."
    assert say_why_short(new, today=TODAY, locale=EN) == "new since May"


def test_somebody_who_comes_later_is_not_new_yet() -> None:
    later = replace(ACME, touched=False, since_on=date(2027, 3, 1))
    assert say_why(later, today=TODAY, locale=EN) == "Not here before 1 March 2027."
    assert say_why(later, today=TODAY, locale=DE) == "Vor dem 1. März 2027 noch nicht da."


def test_a_customer_of_years_is_not_called_new_because_the_ledger_is() -> None:
    old = replace(ACME, touched=False, since_on=date(2019, 3, 1))
    assert say_why(old, today=TODAY, locale=EN) == "Known since March 2019. No touch is recorded yet."


ONCE = replace(overdue(213, 49), touch_days=1, segment_name="Clients")


def test_one_touch_is_no_rhythm_and_the_segments_is_said_to_be_that() -> None:
    assert say_why(ONCE, today=TODAY, locale=EN) == (
        "One touch so far, 7 months ago. In Clients you usually talk every 7 weeks."
    )
    assert say_why(ONCE, today=TODAY, locale=DE) == (
        "Bisher ein Kontakt, das ist 7 Monate her. In Clients sprecht ihr sonst alle 7 Wochen."
    )
    assert say_why_short(ONCE, today=TODAY, locale=EN) == "one touch so far, 7 months ago"
    assert say_why_short(ONCE, today=TODAY, locale=DE) == "bisher ein Kontakt, das ist 7 Monate her"
    renewing = replace(ONCE, occasions=(Occasion.RENEWAL, Occasion.OVERDUE), renewal_on=date(2026, 11, 26))
    assert say_why(renewing, today=TODAY, locale=EN) == ("The contract renews on Thursday, and it has been 7 months.")


def test_two_days_of_contact_are_a_rhythm_of_their_own() -> None:
    twice = replace(ONCE, touch_days=2)
    assert say_why(twice, today=TODAY, locale=EN) == "You usually talk every 7 weeks. It has been 7 months."


def test_a_single_touch_of_today_is_told_as_such() -> None:
    assert say_why(replace(ONCE, silent_days=0, overdue_days=0), today=TODAY, locale=EN) == "You talked today."


def test_a_birthday_and_a_renewal_say_their_day() -> None:
    birthday = replace(ACME, occasions=(Occasion.BIRTHDAY,), birthday_on=date(2026, 11, 26))
    renewal = replace(ACME, occasions=(Occasion.RENEWAL,), renewal_on=date(2026, 12, 22))
    assert say_why(birthday, today=TODAY, locale=EN) == "Birthday on Thursday."
    assert say_why(birthday, today=date(2026, 11, 26), locale=DE) == "Geburtstag heute."
    assert say_why(renewal, today=TODAY, locale=EN) == "The contract renews on 22 December, in 4 weeks."
    assert say_why(renewal, today=TODAY, locale="en-US") == "The contract renews on December 22, in 4 weeks."
    assert say_why(renewal, today=TODAY, locale=DE) == "Der Vertrag verlängert sich am 22. Dezember, in 4 Wochen."
    assert say_why(renewal, today=date(2026, 12, 15), locale=DE) == "Der Vertrag verlängert sich am 22. Dezember."


def test_several_reasons_make_one_sentence_the_dated_ones_first() -> None:
    everything = replace(
        ACME,
        occasions=(Occasion.OVERDUE, Occasion.RENEWAL, Occasion.BIRTHDAY),
        birthday_on=date(2026, 11, 26),
        renewal_on=date(2026, 12, 22),
    )
    assert say_why(everything, today=TODAY, locale=EN) == (
        "Birthday on Thursday, the contract renews on 22 December, and it has been 7 weeks."
    )
    assert say_why(everything, today=TODAY, locale=DE) == (
        "Geburtstag am Donnerstag, der Vertrag verlängert sich am 22. Dezember, "
        "und der letzte Kontakt ist 7 Wochen her."
    )
    assert say_why_short(everything, today=TODAY, locale=EN) == "birthday on Thursday"


def test_the_short_reason_follows_a_name() -> None:
    assert say_why_short(ACME, today=TODAY, locale=EN) == "7 weeks, you usually talk every 3"
    assert say_why_short(ACME, today=TODAY, locale=DE) == "7 Wochen, ihr sprecht sonst alle 3"
    assert say_why_short(overdue(49, 5), today=TODAY, locale=EN) == "7 weeks, you usually talk every 5 days"
    assert say_why_short(overdue(12, 7), today=TODAY, locale=DE) == "12 Tage, ihr sprecht sonst jede Woche"
    assert say_why_short(overdue(35, 63, 7), today=TODAY, locale=EN) == "5 weeks, meant for every 4"


def test_a_language_the_bot_does_not_speak_is_answered_in_english() -> None:
    assert say_why(ACME, today=TODAY, locale="fr-FR") == "You usually talk every 3 weeks. It has been 7."


reasons = st.builds(
    Reason,
    occasions=st.lists(st.sampled_from(Occasion), unique=True).map(tuple),
    silent_days=st.integers(0, 20_000),
    rhythm_days=st.integers(1, 20_000),
    overdue_days=st.integers(0, 20_000),
    touched=st.booleans(),
    since_on=st.integers(-9000, 9000).map(lambda days: TODAY + timedelta(days)),
    birthday_on=st.none() | st.integers(0, 366).map(lambda days: TODAY + timedelta(days)),
    renewal_on=st.none() | st.integers(-300, 900).map(lambda days: TODAY + timedelta(days)),
    touch_days=st.none() | st.integers(0, 3),
    segment_name=st.sampled_from(["", " ", "Clients", "<@U0ANA> & {co}", "x" * 300]),
)


@given(reason=reasons, locale=st.sampled_from([EN, DE, "en-US", "de-AT", "ja-JP"]))
def test_there_is_always_a_reason_and_it_is_whole_sentences(reason: Reason, locale: str) -> None:
    why, short = say_why(reason, today=TODAY, locale=locale), say_why_short(reason, today=TODAY, locale=locale)
    assert why[0].isupper()
    assert why.endswith(".")
    assert short
    assert not short.endswith(".")
    assert "None" not in why + short
    assert "!" not in why + short


DOCS = NotedPromise(5, "send docs", TODAY)
FOR_BEN = NotedPromise(6, "send docs", date(2026, 11, 27), by="Ben")
JOINED = replace(ACME, joined_on=date(2023, 11, 24), anniversary_on=TODAY)


def test_an_anniversary_says_how_many_years() -> None:
    today = replace(JOINED, occasions=(Occasion.ANNIVERSARY,))
    assert say_why(today, today=TODAY, locale=EN) == "3 years as a customer today."
    assert say_why(today, today=TODAY, locale=DE) == "Heute 3 Jahre Kunde."
    first = replace(today, joined_on=date(2025, 11, 26), anniversary_on=date(2026, 11, 26))
    assert say_why(first, today=TODAY, locale=EN) == "A year as a customer on Thursday."
    assert say_why(first, today=TODAY, locale=DE) == "Am Donnerstag ein Jahr Kunde."


def test_a_first_month_says_since_when_and_that_nobody_talked() -> None:
    new = replace(ACME, occasions=(Occasion.FIRST_MONTH,), joined_on=date(2026, 11, 12), since_on=date(2026, 11, 12))
    assert say_why(replace(new, touched=False), today=TODAY, locale=EN) == (
        "New since 12 November, and nobody has talked to them yet."
    )
    assert say_why(replace(new, silent_days=14), today=TODAY, locale=DE) == (
        "Neu seit 12. November, und der letzte Kontakt ist 2 Wochen her."
    )


def test_a_promise_is_quoted_and_somebody_elses_is_named() -> None:
    reason = replace(ACME, occasions=(Occasion.PROMISE, Occasion.OVERDUE), promises=(DOCS,))
    assert say_why(reason, today=TODAY, locale=EN) == "Noted for today: 'send docs', and it has been 7 weeks."
    assert say_why(reason, today=TODAY, locale=DE) == (
        "Für heute notiert: „send docs“, und der letzte Kontakt ist 7 Wochen her."
    )
    theirs = replace(reason, occasions=(Occasion.PROMISE,), promises=(FOR_BEN,))
    assert say_why(theirs, today=TODAY, locale=EN) == "Ben noted for Friday: 'send docs'."
    assert say_why_short(theirs, today=TODAY, locale=DE) == "Ben hat für Freitag notiert: „send docs“"
    late = replace(theirs, promises=tuple(replace(one, due_on=date(2026, 11, 6)) for one in theirs.promises))
    assert say_why(late, today=TODAY, locale=EN) == "Ben noted for 6 November: 'send docs'."
    assert say_why(late, today=TODAY, locale=DE) == "Ben hat für den 6. November notiert: „send docs“."


def test_what_was_noted_for_one_day_is_said_together() -> None:
    call, later = replace(DOCS, what="call back"), replace(DOCS, what="ask", due_on=date(2026, 11, 27))
    reason = replace(ACME, occasions=(Occasion.PROMISE, Occasion.OVERDUE), promises=(DOCS, call, later, FOR_BEN))
    assert say_why(reason, today=TODAY, locale=EN) == (
        "Noted for today: 'send docs' and 'call back', noted for Friday: 'ask', Ben noted for Friday: 'send docs',"
        " and it has been 7 weeks."
    )
    assert say_why(reason, today=TODAY, locale=EN, private=False) == (
        "Something was promised for today, something was promised for Friday, and it has been 7 weeks."
    )


def test_in_a_channel_a_promise_is_not_quoted() -> None:
    reason = replace(ACME, occasions=(Occasion.PROMISE,), promises=(DOCS,))
    assert say_why(reason, today=TODAY, locale=EN, private=False) == "Something was promised for today."
    assert say_why(reason, today=TODAY, locale=DE, private=False) == "Für heute ist etwas zugesagt."


def test_a_promise_that_is_gone_leaves_the_silence() -> None:
    assert say_why(replace(ACME, occasions=(Occasion.PROMISE,)), today=TODAY, locale=EN) == say_why(
        ACME, today=TODAY, locale=EN
    )


@given(st.sets(st.sampled_from(Occasion), min_size=1), st.sampled_from([EN, DE]))
def test_however_many_reasons_there_are_they_make_one_sentence(occasions: set[Occasion], locale: str) -> None:
    everything = replace(
        JOINED, occasions=tuple(occasions), promises=(DOCS,), birthday_on=TODAY, renewal_on=date(2026, 12, 3)
    )
    said = say_why(everything, today=TODAY, locale=locale)
    assert said.endswith(".")
    assert not said[0].islower()
    # A number before the dot is a German day, not the end of a sentence.
    assert len(occasions) == 1 or not re.search(r"\D\. ", said)
