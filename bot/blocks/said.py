"""The bot's short answers to one person: what happened, who was first, what is not allowed and who can help.

Sentences without a field are phrases: `say(said.POSTED)`. Functions return plain text; `build_said` makes a message.
"""

from collections.abc import Sequence
from datetime import date

from bot.blocks.ended import NAME, say_ended, say_name
from bot.blocks.kit import Json, message, section
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Phrase, Voice
from bot.domain.views import Card

POSTED = Phrase("Posted, without what was noted.", "Geteilt, ohne die Notizen.")
MEMBERS_ONLY = Phrase(
    "Keepwarm is for full members of this workspace.", "Keepwarm ist für volle Mitglieder dieses Workspace."
)
SHARED_CHANNEL = Phrase(
    "This channel is shared with another organisation, so I show no customers here.",
    "Dieser Kanal ist mit einer anderen Organisation geteilt, deshalb zeige ich hier keine Kunden.",
)
CHANNEL_NOT_ALLOWED = Phrase(
    "This channel may not show customers yet. An admin allows it with /keepwarm here daily.",
    "Dieser Kanal darf noch keine Kunden zeigen. Ein Admin erlaubt es mit /keepwarm here daily.",
)
NOT_IN_CHANNEL = Phrase(
    "I am not in this channel. Write /invite @Keepwarm here first.",
    "Ich bin nicht in diesem Kanal. Schreib hier zuerst /invite @Keepwarm.",
)

# What only admins do, as the rest of "Only admins …".
CHANGE_SEGMENTS = Phrase("change segments", "ändern Segmente")
ALLOW_CHANNELS = Phrase("choose channels for customer lists", "wählen Kanäle für Kundenlisten")
IMPORT_CUSTOMERS = Phrase("import customers", "importieren Kunden")

_UNDONE = Phrase("{name} is back on the list.", "{name} ist wieder auf der Liste.")
_AWAKE = Phrase("{name} is awake again.", "{name} ist wieder wach.")
_REMINDED = Phrase("{name} comes back {on}.", "{name} kommt {on} wieder.")
_ADDED = Phrase("{name} is one of your customers now.", "{name} gehört jetzt zu deinen Kunden.")
_ADMINS_ONLY = Phrase("Only admins {what}. Yours are {admins}.", "Nur Admins {what}. Deine sind {admins}.")
_ADMINS_ONLY_NONE = Phrase("Only admins {what}.", "Nur Admins {what}.")
_WENT_WRONG = Phrase(
    "That did not work, and it is our fault. Nothing was changed. Reference: {reference}",
    "Das hat nicht geklappt, und es liegt an uns. Nichts wurde geändert. Kennung: {reference}",
)
_OUTAGE = Phrase(
    "Slack was unreachable from {start} to {end}. This is today's list.",
    "Slack war von {start} bis {end} nicht erreichbar. Das ist die Liste von heute.",
)


def build_said(sentence: str) -> Json:
    """Make a message of a plain text, escaped."""
    return message([sentence], [section(sentence)])


def too_late(card: Card, say: Voice) -> str:
    """Say who was first, when and with what words: "Ben marked Acme as done at 9:12: 'called, all good'."."""
    return say_ended(card, say)


def undone(card: Card, say: Voice) -> str:
    """Say that what was done is taken back."""
    return say(_UNDONE, name=say_name(card, say))


def woken(card: Card, say: Voice) -> str:
    """Say that a snooze ended early."""
    return say(_AWAKE, name=say_name(card, say))


def reminded(customer_name: str, on: date, say: Voice) -> str:
    """Say that a customer comes back on the day that somebody named."""
    return say(_REMINDED, name=cut(tidy(customer_name), NAME), on=say.full_day(on))


def added(customer_name: str, say: Voice) -> str:
    """Say that a customer was added."""
    return say(_ADDED, name=cut(tidy(customer_name), NAME))


def admins_only(what: Phrase, admins: Sequence[str], say: Voice) -> str:
    """Say that only admins may do this, and who they are: "Only admins change segments. Yours are Ana and Ben."."""
    names = [cut(tidy(name), PERSON) for name in admins if tidy(name)]
    if not names:
        return say(_ADMINS_ONLY_NONE, what=say(what))
    return say(_ADMINS_ONLY, what=say(what), admins=say.names(names))


def went_wrong(reference: str, say: Voice) -> str:
    """Say that something failed on our side, with a reference to find it by."""
    return say(_WENT_WRONG, reference=reference)


def outage(start: str, end: str, say: Voice) -> str:
    """Say why a digest comes late; `start` and `end` are times of day in words, as `Voice.time` says them."""
    return say(_OUTAGE, start=start, end=end)
