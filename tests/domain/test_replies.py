"""What people reply to a digest, as they write it, in English and German with some French and Spanish."""

import time
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Direction, TouchKind
from bot.domain.replies import Ask, AskReason, Chatter, Named, SaidTouch
from tests.domain.replying import (
    ACME,
    ACMES_THREAD,
    APPLE,
    BIRCH,
    CALL,
    CEDAR,
    DIGEST,
    DUNE,
    ELM,
    EMAIL,
    GIFT,
    GLOBEX,
    GLOBEX_LABS,
    IN,
    KOEHLER,
    MEETING,
    MESSAGE,
    METRO,
    MUTUAL,
    NORTHWIND,
    NOTE,
    OUT,
    PEOPLE,
    PURCHASE,
    VISIT,
    WEDNESDAY,
    ask,
    replied,
    touch,
)


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("2 called yesterday, wants pricing", (BIRCH,)),
        ("2: called", (BIRCH,)),
        ("#2 called", (BIRCH,)),
        ("2. called", (BIRCH,)),
        ("2) called", (BIRCH,)),
        ("2 - called", (BIRCH,)),
        ("- 2 called", (BIRCH,)),
        ("• Acme: called", (ACME,)),
        ("> 2 called", (BIRCH,)),
        ("2, 4 called both", (BIRCH, DUNE)),
        ("2,4 called", (BIRCH, DUNE)),
        ("2 + 4 called", (BIRCH, DUNE)),
        ("2 und 4 angerufen", (BIRCH, DUNE)),
        ("#2, #4: called", (BIRCH, DUNE)),
        ("1-3 emailed", (ACME, BIRCH, CEDAR)),
        ("3-1 emailed", (ACME, BIRCH, CEDAR)),
        ("1 to 2, 5 emailed", (ACME, BIRCH, ELM)),
        ("2, 2 called", (BIRCH,)),
        ("Acme: met Ana", (ACME,)),
        ("acme: met Ana", (ACME,)),
        ("Acme met Ana", (ACME,)),
        ("Acme GmbH met Ana", (ACME,)),
        ("Acme - called", (ACME,)),
        ("Birch and Co: called", (BIRCH,)),
        ("Birch, Cedar: emailed", (BIRCH, CEDAR)),
        ("acme and birch emailed yesterday", (ACME, BIRCH)),
        ("acme, cedar call yesterday", (ACME, CEDAR)),
        ("ced called", (CEDAR,)),
        ("called Acme yesterday", (ACME,)),
        ("called Acme, wants pricing", (ACME,)),
        ("quick call with Acme", (ACME,)),
        ("habe mit Acme telefoniert", (ACME,)),
        ("met Ana from Acme last Friday", (ACME,)),
        ("2 weeks ago called Acme", (ACME,)),
        ("koehler: besucht", (KOEHLER,)),
        ("Kohler Backerei besucht", (KOEHLER,)),
        ("köhler bäckerei besucht", (KOEHLER,)),
        ("Globex Labs call", (GLOBEX_LABS,)),
        ("Globex call", (GLOBEX,)),
        ("North: call", (NORTHWIND,)),
        ("met metro yesterday", (METRO,)),
    ],
)
def test_customers_are_named_by_number_or_by_name(text: str, customers: tuple[Named, ...]) -> None:
    assert touch(text).customers == customers


@pytest.mark.parametrize(
    ("text", "kind", "direction", "day", "note"),
    [
        ("2 called yesterday, wants pricing", CALL, OUT, 17, "wants pricing"),
        ("2 called", CALL, OUT, 18, None),
        ("2 phoned them on Monday", CALL, OUT, 16, None),
        ("2 call", CALL, OUT, 18, None),
        ("2 they called, want a quote by Friday", CALL, IN, 18, "want a quote by Friday"),
        ("2 called me back this morning", CALL, IN, 18, None),
        ("2 Ana called yesterday", CALL, IN, 17, "Ana called"),
        ("Acme called yesterday, wants pricing", CALL, IN, 17, "wants pricing"),
        ("Acme: called yesterday, wants pricing", CALL, OUT, 17, "wants pricing"),
        ("2 we called Ana", CALL, OUT, 18, "we called Ana"),
        ("2 called, they lost a client last week", CALL, OUT, 18, "they lost a client last week"),
        ("2 wants pricing, called yesterday", CALL, OUT, 17, "wants pricing"),
        ("2 they moved last month, called yesterday", CALL, OUT, 17, "they moved last month"),
        ("2 called, yesterday", CALL, OUT, 17, None),
        ("2 called, renewal in 2 weeks", CALL, OUT, 18, "renewal in 2 weeks"),
        ('2 called yesterday "wants pricing"', CALL, OUT, 17, "wants pricing"),
        ("2 „will Preise“ gestern angerufen", CALL, OUT, 17, "will Preise"),
        ("2 emailed", EMAIL, OUT, 18, None),
        ("2 emailed the offer on 4 Nov", EMAIL, OUT, 4, "emailed the offer"),
        ("2 got an email from Ana", EMAIL, IN, 18, "got an email from Ana"),
        ("2 mail from them, asks for dates", EMAIL, IN, 18, "asks for dates"),
        ("2 call from them yesterday", CALL, IN, 17, None),
        ("Mail von Acme, will Preise", EMAIL, IN, 18, "will Preise"),
        ("email from Acme today asking for prices", EMAIL, IN, 18, "email from Acme asking for prices"),
        ("2 called, they got a mail from a rival", CALL, OUT, 18, "they got a mail from a rival"),
        ("2 emailed, no answer yet", EMAIL, OUT, 18, "no answer yet"),
        ("2 met Ana", MEETING, MUTUAL, 18, "met Ana"),
        ("2 met last Friday", MEETING, MUTUAL, 13, None),
        ("2 lunch with Ana, she leaves in May", MEETING, MUTUAL, 18, "lunch with Ana, she leaves in May"),
        ("2 demo yesterday, went well", MEETING, MUTUAL, 17, "went well"),
        (
            "2 met Ana and agreed to talk again next week",
            MEETING,
            MUTUAL,
            18,
            "met Ana and agreed to talk again next week",
        ),
        ("2 texted", MESSAGE, OUT, 18, None),
        ("2 whatsapp gestern", MESSAGE, OUT, 17, None),
        ("2 linkedin message", MESSAGE, OUT, 18, None),
        ("2 visited on Monday", VISIT, MUTUAL, 16, None),
        ("2 on site yesterday", VISIT, MUTUAL, 17, None),
        ("2 sent flowers", GIFT, OUT, 18, None),
        ("2 bought 20 licences", PURCHASE, IN, 18, "bought 20 licences"),
        ("2 signed the renewal yesterday", PURCHASE, IN, 17, "signed the renewal"),
        ("2 note: prefers mail", NOTE, OUT, 18, "prefers mail"),
        ("2 fyi Ana left", NOTE, OUT, 18, "Ana left"),
        ("2 angerufen", CALL, OUT, 18, None),
        ("2 gestern angerufen, will Preise", CALL, OUT, 17, "will Preise"),
        ("2 hat angerufen", CALL, IN, 18, None),
        ("2 hat gestern angerufen: braucht Hilfe", CALL, IN, 17, "braucht Hilfe"),
        ("2 heute mit Ana telefoniert, will Preis", CALL, OUT, 18, "mit Ana telefoniert, will Preis"),
        ("2 ich habe Ana angerufen", CALL, OUT, 18, "ich habe Ana angerufen"),
        ("2 am 3. November getroffen", MEETING, MUTUAL, 3, None),
        ("2 am Montag besucht: neue Halle steht", VISIT, MUTUAL, 16, "neue Halle steht"),
        ("2 vorgestern gemailt", EMAIL, OUT, 16, None),
        ("2 Blumen geschickt", GIFT, OUT, 18, None),
        ("2 Notiz: mag keine Anrufe", NOTE, OUT, 18, "mag keine Anrufe"),
        ("2 appelé", CALL, OUT, 18, None),
        ("2 llamé, quiere precio", CALL, OUT, 18, "quiere precio"),
        ("2 reunión", MEETING, MUTUAL, 18, None),
    ],
)
def test_a_line_says_kind_direction_day_and_what_to_remember(
    text: str, kind: TouchKind, direction: Direction, day: int, note: str | None
) -> None:
    said = touch(text).said
    assert (said.kind, said.direction, said.on, said.note) == (kind, direction, date(2026, 11, day), note)
    assert not said.kind_guessed


@pytest.mark.parametrize(
    ("text", "kind", "direction"),
    [
        ("2 wrote to them yesterday", EMAIL, OUT),
        ("2 replied, all good", EMAIL, IN),
        ("2 sent the offer", EMAIL, OUT),
        ("2 hat geschrieben, will ein Angebot bis Freitag", EMAIL, IN),
        ("2 letzte Woche geschrieben", EMAIL, OUT),
        ("2 spoke with Ana on Monday re pricing", CALL, OUT),
        ("2 done", MESSAGE, OUT),
        ("2 erledigt", MESSAGE, OUT),
        ("2 sie hat sich gemeldet", MESSAGE, IN),
        ("2 wants pricing", MESSAGE, OUT),
    ],
)
def test_a_kind_that_the_words_leave_open_is_marked_as_guessed(
    text: str, kind: TouchKind, direction: Direction
) -> None:
    said = touch(text).said
    assert (said.kind, said.direction, said.kind_guessed) == (kind, direction, True)


@pytest.mark.parametrize(
    "text",
    [
        "2 tried to call, no answer",
        "2 left voicemail",
        "2 called, no answer",
        "2 called, didn't pick up",
        "2 nicht erreicht",
        "2 angerufen, niemand da",
        "2 auf die Mailbox gesprochen",
    ],
)
def test_a_call_that_reached_nobody_is_a_note_and_counts_for_nothing(text: str) -> None:
    said = touch(text).said
    assert said.kind is NOTE
    assert not said.kind.counts
    assert said.note == text.removeprefix("2 ")


@pytest.mark.parametrize(
    "text", ["thanks", "Thanks Ben!", "ok", "danke dir", "👍", ":+1:", ":tada: :tada:", "on it", "alles klar", "…"]
)
def test_thanks_and_nods_are_nothing_to_log(text: str) -> None:
    for cards in (DIGEST, ACMES_THREAD):
        assert replied(text, cards) == [Chatter(text)]


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("met Isla", ACME),
        ("met isla yesterday", ACME),
        ("met Isla Brown", ACME),
        ("Isla: called", ACME),
        ("called Sam Lee, wants pricing", BIRCH),
        ("mit Isla telefoniert", None),
        ("Birch: met Isla", BIRCH),
        ("2 met Isla", BIRCH),
        ("Sam called", None),
        ("met Al", None),
        ("met Ida", None),
        ("met Brown", None),
    ],
)
def test_who_somebody_talked_to_says_which_card_it_was(text: str, customer: Named | None) -> None:
    (line,) = replied(text, PEOPLE)
    assert (line.customers if isinstance(line, SaidTouch) else ()) == ((customer,) if customer else ())


def test_whom_they_talked_to_stays_in_the_note() -> None:
    assert touch("met Isla, wants the price", PEOPLE).said.note == touch("met Acme, wants the price").said.note


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("called yesterday, wants pricing", "wants pricing"),
        ("met Ana", "met Ana"),
        ("wants pricing", "wants pricing"),
        ("2 people came to the meeting", "2 people came to the meeting"),
        ("20 licences sold", "20 licences sold"),
        ("Ana wants pricing", "Ana wants pricing"),
        ("Pricing: they want it cheaper", "Pricing: they want it cheaper"),
        ("Acme: met Ana", "met Ana"),
        ("1 met Ana", "met Ana"),
        ("gestern war ich da", "war ich da"),
        ("done", None),
    ],
)
def test_a_thread_of_one_card_needs_no_name(text: str, note: str | None) -> None:
    line = touch(text, ACMES_THREAD)
    assert line.customers == (ACME,)
    assert line.said.note == note


def test_somebody_else_in_a_thread_of_one_card_must_be_named_with_a_colon() -> None:
    assert touch("Apple: called", ACMES_THREAD).customers == (APPLE,)
    assert ask("Apple called", ACMES_THREAD).candidates == (ACME, APPLE)


@pytest.mark.parametrize(
    ("text", "customers", "note"),
    [
        ('acme, globex call yesterday "note"', (ACME, GLOBEX), "note"),
        ("acme, northwind: call yesterday", (ACME, NORTHWIND), None),
        ("north call", (NORTHWIND,), None),
        ("apple, elm, cedar met at the fair last Tuesday", (APPLE, ELM, CEDAR), "met at the fair"),
        ("met apple yesterday, wants pricing", (APPLE,), "wants pricing"),
    ],
)
def test_a_touch_without_a_thread_names_its_customers(
    text: str, customers: tuple[Named, ...], note: str | None
) -> None:
    line = touch(text, {})
    assert line.customers == customers
    assert line.said.note == note


def test_without_a_thread_a_number_is_no_card_and_a_first_name_no_customer() -> None:
    assert ask("2 called", {}).reason is AskReason.WHICH_CUSTOMER
    assert ask("met Ana", {}).reason is AskReason.WHICH_CUSTOMER


def test_each_line_stands_for_itself() -> None:
    called, asked, met, thanks = replied("2 called yesterday\nwants pricing\n\n  - Acme: met Ana\nthanks")
    assert isinstance(called, SaidTouch)
    assert called.customers == (BIRCH,)
    assert isinstance(asked, Ask)
    assert asked.candidates[0] == BIRCH  # the line before is the likeliest
    assert isinstance(met, SaidTouch)
    assert met.text == "- Acme: met Ana"
    assert thanks == Chatter("thanks")


SCRAPS = (
    "1 2 2, 3: #4 9 - acme Acme: globex, and called call? met Ana gestern angerufen next friday tomorrow 3. Mai note:"
    ' "quoted note" not wants pricing, people ok thanks 👍 will may 3/5 ( ) : ; . Köhler no answer'
)
WORDS = st.sampled_from(SCRAPS.split())
WORDS_WITHOUT_NUMBERS = st.sampled_from([word for word in SCRAPS.split() if not any(map(str.isdigit, word))])


@given(
    st.text(max_size=300) | st.lists(WORDS | st.just("\n"), max_size=30).map(" ".join),
    st.sampled_from([DIGEST, ACMES_THREAD, {}]),
)
def test_every_line_that_says_something_gets_one_answer_in_its_place(text: str, cards: Mapping[int, Named]) -> None:
    lines = replied(text, cards)
    assert [line.text for line in lines] == [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if isinstance(line, SaidTouch):
            assert line.customers
            assert not line.said.on > WEDNESDAY


@given(st.integers(min_value=1, max_value=5), st.lists(WORDS_WITHOUT_NUMBERS, min_size=1, max_size=8).map(" ".join))
def test_a_note_never_holds_the_number_that_named_the_customer(number: int, words: str) -> None:
    (line,) = replied(f"#{number}: {words}")
    said = None if isinstance(line, Chatter) else line.said
    if said is not None and said.note is not None:
        assert str(number) not in said.note


def test_a_long_reply_is_read_in_the_blink_of_an_eye() -> None:
    text = "\n".join(["Acme: gestern mit Ana telefoniert, will bis Freitag ein Angebot"] * 40)
    replied(text)
    started = time.perf_counter()
    replied(text)
    assert time.perf_counter() - started < 0.5
