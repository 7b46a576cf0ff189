"""A suggestion is true, particular, short and safe, whatever is missing from the ledger or written into it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import Channel, Facts, language_of
from bot.domain.model import Direction, Occasion, Standing, TouchKind, TouchView
from bot.errors import NotFound
from bot.writer import fitting_variants, one_line, write
from bot.writer.sandbox import WORD_LIMITS

TODAY = date(2026, 11, 24)
ANA_ID, BEN_ID = 1, 2


def touch(
    note: str | None,
    *,
    on: date = date(2026, 9, 30),
    kind: TouchKind = TouchKind.CALL,
    direction: Direction = Direction.MUTUAL,
    by: str | None = "Ana Silva",
    by_id: int | None = ANA_ID,
) -> TouchView:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return TouchView(7, at, on, kind, direction, by, None, note, by_id=by_id)


ACME = Facts(
    customer_name="Acme",
    today=TODAY,
    contact_name="Ana Köhler",
    contact_locale="en-GB",
    last_touch=touch("wants the three-year price"),
    sender_id=ANA_ID,
    sender_name="Ana Silva",
    sender_locale="en-GB",
    since_on=date(2022, 5, 3),
)
ACME_IN_GERMAN = replace(ACME, contact_locale="de-DE", last_touch=touch("will den Dreijahrespreis"))
NOBODY_KNOWN = Facts(customer_name="Acme", today=TODAY)


def overdue(facts: Facts, variant: str | None = None) -> str:
    return write(facts, occasion=Occasion.OVERDUE, variant=variant).text


def test_a_note_that_is_understood_is_told_to_the_customer_in_the_second_person() -> None:
    suggestion = write(ACME, occasion=Occasion.OVERDUE, variant="after_a_talk")
    assert suggestion.text == (
        "Hi Ana,\n\n"
        "When we spoke in September, you wanted the three-year price. How did that turn out?\n\n"
        "If anything is stuck on our side, tell me and I will take care of it.\n\n"
        "Best wishes\nAna Silva"
    )
    assert suggestion.subject == "Three-year price"


def test_what_somebody_waited_for_is_told_as_people_say_it() -> None:
    waiting = replace(ACME_IN_GERMAN, last_touch=touch("wartet noch auf die Preise"))
    assert "warteten Sie noch auf die Preise." in overdue(waiting, "after_a_talk")
    assert "hast du noch auf die Preise gewartet." in overdue(replace(waiting, formal=False), "after_a_talk")


def test_german_is_formal_unless_somebody_chose_otherwise() -> None:
    formal = overdue(ACME_IN_GERMAN, "after_a_talk")
    informal = overdue(replace(ACME_IN_GERMAN, formal=False), "after_a_talk")
    assert formal.startswith(
        "Guten Tag Ana Köhler,\n\nin unserem Gespräch im September wollten Sie den Dreijahrespreis. Wie ist"
    )
    assert informal.startswith(
        "Hallo Ana,\n\nin unserem Gespräch im September wolltest du den Dreijahrespreis. Wie ist"
    )


@pytest.mark.parametrize(
    ("name", "salutation", "locale", "formal", "greeting"),
    [
        ("Ana Köhler", None, "de-DE", None, "Guten Tag Ana Köhler,"),
        ("Frau Dr. Ana Köhler", None, "de-DE", None, "Guten Tag Frau Dr. Köhler,"),
        ("Köhler, Ana", "Frau", "de-AT", None, "Guten Tag Frau Köhler,"),
        ("Jonas Weber", "Mr.", "de-CH", None, "Guten Tag Herr Weber,"),
        ("Prof. Dr. Hans von der Leyen", None, "de-DE", None, "Guten Tag Prof. Dr. von der Leyen,"),
        ("Ana", None, "de-DE", False, "Hallo Ana,"),
        ("Ana Köhler", None, "en-GB", None, "Hi Ana,"),
        ("Herr Weber", None, "en-US", None, "Hello Mr. Weber,"),
        ("Dr. Ana Köhler", None, "en-GB", True, "Dear Dr. Köhler,"),
        ("Ana Köhler", None, "en-GB", True, "Dear Ana Köhler,"),
        ("王小明", None, "zh-CN", None, "Hello 王小明,"),
        ("info@acme.example", None, "en-GB", None, "Hello Acme,"),
        (None, None, "de-DE", None, "Guten Tag Acme,"),
    ],
)
def test_the_greeting_is_by_name_and_never_guesses_a_gender(
    name: str | None, salutation: str | None, locale: str, formal: bool | None, greeting: str
) -> None:
    facts = replace(ACME, contact_name=name, salutation=salutation, contact_locale=locale, formal=formal)
    assert overdue(facts).splitlines()[0] == greeting


def test_without_any_name_the_greeting_still_is_one() -> None:
    assert overdue(replace(NOBODY_KNOWN, customer_name="4711")).splitlines()[0] == "Hello,"


def test_a_language_that_we_do_not_write_is_answered_in_english() -> None:
    assert write(replace(ACME, contact_locale="fr-FR"), occasion=Occasion.OVERDUE).language == "en"


def test_a_note_in_another_language_is_quoted_as_it_was_written() -> None:
    text = overdue(replace(ACME, contact_locale="de-DE"), "after_a_talk")
    assert "im September habe ich mir notiert: „wants the three-year price“." in text


def test_a_colleague_who_talked_last_is_named() -> None:
    by_ben = replace(ACME, last_touch=touch("asked about the API", by="Ben Ode", by_id=BEN_ID))
    assert "When you spoke with Ben Ode in September, you asked about the API." in overdue(by_ben, "after_a_talk")


def test_what_we_asked_in_our_own_letter_is_not_put_into_the_customers_mouth() -> None:
    ours = touch("asked about the API", kind=TouchKind.EMAIL, direction=Direction.OUTBOUND)
    assert "API" not in overdue(replace(ACME, last_touch=ours))


@pytest.mark.parametrize(
    "note",
    [
        "private: wants the three-year price",
        "Intern: will den Dreijahrespreis",
        "wants the three-year price [private]",
        "wants the three-year price, churn risk",
        "called, all good",
        "left voicemail",
        "lunch, good mood",
        "met Ana Köhler",
        "wants his invoice",
        "wants it",
        "",
        None,
    ],
)
def test_a_note_that_is_private_unkind_or_empty_is_never_used(note: str | None) -> None:
    for channel in Channel:
        text = write(replace(ACME, last_touch=touch(note)), occasion=Occasion.OVERDUE, channel=channel).text
        assert not re.search(
            r"price|preis|voicemail|called|invoice|noted|wants|churn|met |mood", text, re.IGNORECASE
        ), text


def test_an_open_promise_comes_before_the_last_note() -> None:
    promised = replace(ACME, promise="the data sheet")
    assert "waiting for something from me: the data sheet." in overdue(promised)
    assert "three-year" not in overdue(promised)
    assert "after_a_talk" not in fitting_variants(promised, occasion=Occasion.OVERDUE)


def test_only_our_own_promises_are_ours() -> None:
    ours, theirs = touch("I promised the data sheet"), touch("Ana promised the data sheet")
    assert "promised" in fitting_variants(replace(ACME, last_touch=ours), occasion=Occasion.OVERDUE)
    assert "promised" not in fitting_variants(replace(ACME, last_touch=theirs), occasion=Occasion.OVERDUE)


def test_long_silence_is_named_and_taken_on_us() -> None:
    silent = replace(ACME, last_touch=touch("called, all good", on=date(2026, 3, 9)))
    assert "We have not been in touch since March, and that is on me. How is it going at Acme?" in overdue(silent)


def test_a_customer_that_nobody_talked_to_is_asked_what_they_expected() -> None:
    new = replace(ACME, last_touch=None, since_on=date(2026, 5, 4))
    assert "You have been with us since May" in overdue(new)


def test_a_prospect_is_not_told_that_they_are_with_us() -> None:
    prospect = replace(ACME, last_touch=None, standing=Standing.PROSPECT)
    for occasion in Occasion:
        assert not re.search("with us|together", write(prospect, occasion=occasion).text)


def test_a_renewal_says_the_day_and_how_long_that_is() -> None:
    renewing = replace(ACME_IN_GERMAN, renewal_on=date(2026, 12, 29))
    text = write(renewing, occasion=Occasion.RENEWAL, variant="with_date").text
    assert "steht am 29. Dezember zur Verlängerung an, also in 5 Wochen." in text


def test_a_renewal_that_has_passed_is_not_called_ahead() -> None:
    passed = replace(ACME, renewal_on=date(2026, 11, 20))
    assert fitting_variants(passed, occasion=Occasion.RENEWAL) == ["plain"]
    assert "comes up" not in write(passed, occasion=Occasion.RENEWAL, channel=Channel.CHAT).text


def test_a_birthday_is_wished_for_the_day_and_in_german_not_before_it() -> None:
    friday = date(2026, 11, 27)
    assert "Happy birthday." in write(ACME, occasion=Occasion.BIRTHDAY).text
    assert (
        "Have a good birthday on Friday." in write(replace(ACME, birthday_on=friday), occasion=Occasion.BIRTHDAY).text
    )
    points = write(
        replace(ACME, birthday_on=friday, sender_locale="de-DE"), occasion=Occasion.BIRTHDAY, channel=Channel.PHONE
    )
    assert points.text.startswith("Geburtstag am Freitag: erst am Tag selbst gratulieren · ")


def test_talking_points_are_in_the_callers_language_joined_by_dots() -> None:
    points = write(ACME_IN_GERMAN, occasion=Occasion.OVERDUE, variant="after_a_talk", channel=Channel.PHONE)
    assert points.language == "en"
    assert points.subject is None
    assert points.text == (
        "“will den Dreijahrespreis” (in September): how did that turn out? · Anything stuck on our side?"
    )


def test_the_preferred_channel_decides_and_only_a_mail_has_a_subject() -> None:
    chat = write(replace(ACME, preferred_channel=Channel.CHAT), occasion=Occasion.OVERDUE, variant="after_a_talk")
    assert chat.subject is None
    assert chat.text == "Hi Ana, when we spoke in September, you wanted the three-year price. How did that turn out?"


@pytest.mark.parametrize(
    ("words", "channel"),
    [("Phone", Channel.PHONE), ("whatsapp", Channel.CHAT), ("E-Mail", Channel.EMAIL), (None, Channel.EMAIL)],
)
def test_a_preferred_channel_is_read_as_people_write_it(words: str | None, channel: Channel) -> None:
    assert Channel.named(words) is channel


def test_a_wording_that_does_not_fit_gives_way_to_one_that_does() -> None:
    assert write(NOBODY_KNOWN, occasion=Occasion.OVERDUE, variant="after_a_talk").variant == "plain"
    assert write(NOBODY_KNOWN, occasion=Occasion.RENEWAL, variant="with_date").variant == "plain"


def test_a_wording_that_does_not_exist_is_refused_with_the_ones_that_do() -> None:
    with pytest.raises(NotFound, match=r"no wording 'poem' for birthday. There are: plain, with_thanks"):
        write(ACME, occasion=Occasion.BIRTHDAY, variant="poem")


def test_the_same_customer_gets_the_same_wording_and_customers_differ() -> None:
    silent = replace(ACME, last_touch=touch("wants the three-year price", on=date(2026, 3, 9)))
    chosen = [write(silent, occasion=Occasion.OVERDUE, seed=customer_id).variant for customer_id in range(40)]
    again = [write(silent, occasion=Occasion.OVERDUE, seed=customer_id).variant for customer_id in range(40)]
    assert chosen == again
    assert set(chosen) == {"after_a_talk", "long_silent"}


def test_the_opening_line_asks_about_the_one_thing_that_is_open() -> None:
    assert one_line(ACME) == "Ask Ana where the three-year price landed."
    assert one_line(replace(ACME, contact_name=None, last_touch=touch("asked about the API"))) == (
        "Ask whether they got an answer about the API."
    )
    assert one_line(replace(ACME, last_touch=touch("I promised the data sheet"))) == (
        "Promised and still open: the data sheet."
    )
    assert one_line(replace(ACME, last_touch=touch("wants to see a demo"))) == "Ask Ana what came of “to see a demo”."


def test_the_opening_line_is_in_the_language_of_its_reader() -> None:
    reader_is_german = replace(ACME, sender_locale="de-DE")
    assert one_line(reader_is_german) == "Frag Ana, was aus „three-year price“ geworden ist."


@pytest.mark.parametrize("note", ["called, all good", "Renewal terms", "private: wants out", None])
def test_there_is_no_opening_line_when_nothing_particular_is_known(note: str | None) -> None:
    assert one_line(replace(ACME, last_touch=touch(note))) is None


words = st.one_of(
    st.none(),
    st.text(max_size=200),
    st.sampled_from(["{{7*7}}", "wants {{7*7}}", "wants {% raw %}", "asked about <!channel>", "a " * 90, "\u202e\x00"]),
    st.text(max_size=60).map(lambda text: f"wants {text}"),
)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))
locales = st.sampled_from([None, "de-DE", "de_AT", "en-US", "fr", "", "xx-YY", "de-XX-$", "english"]) | st.text(
    max_size=8
)
any_facts = st.builds(
    Facts,
    customer_name=words.map(lambda text: text or ""),
    today=days,
    contact_name=words,
    salutation=words,
    formal=st.none() | st.booleans(),
    contact_locale=locales,
    customer_locale=locales,
    preferred_channel=st.sampled_from(Channel),
    standing=st.sampled_from(Standing),
    since_on=st.none() | days,
    silent_days=st.none() | st.integers(-5, 9000),
    last_touch=st.none()
    | st.builds(
        touch,
        words,
        on=days,
        kind=st.sampled_from(TouchKind),
        direction=st.sampled_from(Direction),
        by=words,
        by_id=st.none() | st.integers(1, 3),
    ),
    promise=words,
    birthday_on=st.none() | days,
    renewal_on=st.none() | days,
    sender_id=st.none() | st.integers(1, 3),
    sender_name=words,
    sender_locale=locales,
)


@given(facts=any_facts, occasion=st.sampled_from(Occasion), seed=st.integers())
@settings(max_examples=150, deadline=None)
def test_whatever_is_in_the_ledger_a_short_message_with_a_greeting_comes_out(
    facts: Facts, occasion: Occasion, seed: int
) -> None:
    suggestion = write(facts, occasion=occasion, seed=seed)
    assert len(suggestion.text.split()) < WORD_LIMITS[suggestion.channel]
    assert suggestion.language == language_of(facts.locale(suggestion.channel))
    if suggestion.channel is not Channel.PHONE:
        assert re.match(r"(Hi|Hello|Dear|Hallo|Guten Tag)( \S[^,\n]*)?(?<!\s),", suggestion.text)


@given(facts=any_facts)
@settings(max_examples=150, deadline=None)
def test_the_opening_line_is_never_long(facts: Facts) -> None:
    line = one_line(facts)
    assert line is None or 0 < len(line) <= 120


def test_template_syntax_in_a_note_stays_what_it_is() -> None:
    noted = replace(ACME, last_touch=touch('wants {{7*7}} & <b>"more"</b>'))
    assert 'you wanted {{7*7}} & <b>"more"</b>.' in overdue(noted, "after_a_talk")
