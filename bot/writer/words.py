"""The words that a template can use, in the language of the message. What is not known is not among them."""

from collections.abc import Callable

from babel import Locale

from bot.domain.facts import Channel, Facts, language_of
from bot.domain.model import TouchKind
from bot.domain.nudges import BUYERS
from bot.writer.greeting import Person, greeting, person, tidy
from bot.writer.moments import say_ahead, say_month, say_since, say_when, say_years, spoken_locale
from bot.writer.notes import Reading, Said, read_note, read_promise
from bot.writer.recall import as_data, is_theirs, quote, recall
from bot.writer.sandbox import Word

# The table in templates/messages/README.md says what each means; a test keeps the two alike.
VOCABULARY = frozenset(
    {"greeting", "name", "customer", "company", "sender", "formal", "sie_du", "years", "birthday_ahead"}
    | {"recall", "note", "topic", "promise", "last_talk", "last_talk_on", "long_since", "new_since"}
    | {"renewal_on", "renewal_in", "together", "anniversary_ahead"}
)

_LAST = {
    "en": {
        TouchKind.CALL: "our last call", TouchKind.MEETING: "our last meeting", TouchKind.VISIT: "our last meeting",
        TouchKind.EMAIL: "our last mail", TouchKind.MESSAGE: "our last message",
    },
    "de": {
        TouchKind.CALL: "unser letztes Telefonat", TouchKind.MEETING: "unser letztes Treffen",
        TouchKind.VISIT: "unser letztes Treffen", TouchKind.EMAIL: "unsere letzte Mail",
        TouchKind.MESSAGE: "unsere letzte Nachricht",
    },
}  # fmt: skip


def words_for(facts: Facts, channel: Channel) -> dict[str, Word]:
    """Work out every word that the facts allow.

    One message makes one point: an open promise comes before what the last note says, and hides it.
    """
    spoken = spoken_locale(facts.locale(channel))
    language = language_of(spoken.language)
    formal = facts.formal if facts.formal is not None else language == "de"
    someone = person(facts.contact_name, facts.salutation)
    customer = tidy(facts.customer_name)
    promise = read_promise(facts.promise)
    reading = read_note(facts.last_touch.note) if facts.last_touch else None
    if promise is None and reading and reading.said is Said.PROMISED:
        promise = as_data(reading.words)
    if promise is not None or (reading and reading.said is Said.PROMISED):
        reading = None

    found: dict[str, Word | None] = {
        "greeting": greeting(someone, customer, language=language, formal=formal),
        "name": _name(someone, formal),
        "customer": customer,
        "company": customer if someone and customer and customer != someone.full else None,
        "sender": tidy(facts.sender_name),
        "formal": formal or None,
        "promise": as_data(promise) if promise else None,
        "sie_du": _choose(formal),
    }
    found |= _history(facts, reading, spoken, formal)
    found |= _dates(facts, spoken)
    return {word: value for word, value in found.items() if value is not None}


def _history(facts: Facts, reading: Reading | None, spoken: Locale, formal: bool) -> dict[str, Word | None]:
    touch = facts.last_touch
    if touch is None:
        is_new = facts.since_on is not None and facts.standing in BUYERS
        return {"new_since": say_month(facts.since_on, facts.today, spoken) if facts.since_on and is_new else None}
    silent_days = facts.silent_days if facts.silent_days is not None else (facts.today - touch.on).days
    told = reading if reading and is_theirs(touch, reading) else None
    language = language_of(spoken.language)
    last_talk = _LAST[language].get(touch.kind)
    return {
        "last_talk": last_talk,
        "last_talk_on": say_when(touch.on, facts.today, spoken) if last_talk else None,
        "recall": recall(told, touch, facts, spoken, formal) if told else None,
        "note": quote(reading, language) if reading else None,
        "topic": told.topic if told else None,
        "long_since": say_since(silent_days, touch.on, facts.today, spoken),
    }


def _dates(facts: Facts, spoken: Locale) -> dict[str, Word | None]:
    language = language_of(spoken.language)
    found: dict[str, Word | None] = {}
    if facts.renewal_on and facts.renewal_on >= facts.today:
        found["renewal_on"] = say_when(facts.renewal_on, facts.today, spoken)
        found["renewal_in"] = say_ahead((facts.renewal_on - facts.today).days, language)
    if facts.birthday_on and facts.birthday_on > facts.today:
        found["birthday_ahead"] = say_when(facts.birthday_on, facts.today, spoken)
    if facts.joined_on and facts.anniversary_on and facts.standing in BUYERS:
        found["together"] = say_years(facts.joined_on, facts.anniversary_on, language)
        if facts.anniversary_on > facts.today:
            found["anniversary_ahead"] = say_when(facts.anniversary_on, facts.today, spoken)
    if facts.since_on and facts.standing in BUYERS:
        found["years"] = say_years(facts.since_on, facts.today, language)
    return found


def _name(someone: Person | None, formal: bool) -> str | None:
    if someone is None:
        return None
    return someone.given if someone.given and not formal else someone.full


def _choose(formal: bool) -> Callable[..., str]:
    def sie_du(formally: str, informally: str) -> str:
        return formally if formal else informally

    return sie_du
