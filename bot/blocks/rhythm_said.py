"""Sentences that answer a change of how often the bot speaks: to a person, or in a channel."""

from collections.abc import Sequence
from datetime import date

from bot.blocks.kit import Json, message, section
from bot.blocks.unheard import say_unheard
from bot.blocks.voice import Phrase, Voice
from bot.domain.covering import Unheard
from bot.domain.model import Frequency, Teammate

_DAILY = Phrase("You get a digest every working day.", "Du bekommst an jedem Arbeitstag eine Übersicht.")
_WEEKLY = Phrase("You get a digest once a week.", "Du bekommst einmal in der Woche eine Übersicht.")
_OFF = Phrase(
    "No more digests. /whois-neglected still answers, and /keepwarm resume brings them back.",
    "Keine Übersichten mehr. /whois-neglected antwortet weiterhin, und mit /keepwarm weiter kommen sie wieder.",
)
_PAUSED = Phrase(
    "Digests come again {on}. /keepwarm resume brings them back earlier.",
    "Übersichten kommen {on} wieder. Mit /keepwarm weiter kommen sie früher zurück.",
)
_HERE = {
    Frequency.DAILY: Phrase(
        "This channel gets the team's digest every working day. /keepwarm here off ends it.",
        "Dieser Kanal bekommt an jedem Arbeitstag die Übersicht des Teams. /keepwarm hier aus beendet das.",
    ),
    Frequency.WEEKLY: Phrase(
        "This channel gets the team's digest on Mondays. /keepwarm here off ends it.",
        "Dieser Kanal bekommt montags die Übersicht des Teams. /keepwarm hier aus beendet das.",
    ),
    Frequency.OFF: Phrase(
        "This channel gets no digest any more, and no customers are shown here.",
        "Dieser Kanal bekommt keine Übersicht mehr, und hier werden keine Kunden gezeigt.",
    ),
}
_UNREAD = Phrase(
    "Replies under it are not read here, because the app may not: an admin can add the scope {scope} and install the"
    " app again. Until then /touch logs.",
    "Antworten darunter werden hier nicht gelesen, weil die App es nicht darf: Ein Admin kann ihr den Scope {scope}"
    " geben und sie neu installieren. Bis dahin erfasst /touch.",
)


def say_rhythm(teammate: Teammate, say: Voice, *, again_on: date | None) -> str:
    """Say how often a teammate's digest comes from now on; `again_on` is the day of the first one after a pause."""
    if teammate.digest_frequency is Frequency.OFF:
        return say(_OFF)
    if teammate.paused_until_on and teammate.paused_until_on > say.today:
        return say(_PAUSED, on=say.full_day(again_on or teammate.paused_until_on))
    return say(_WEEKLY if teammate.digest_frequency is Frequency.WEEKLY else _DAILY)


def build_rhythm(
    teammate: Teammate, say: Voice, *, again_on: date | None = None, unheard: Sequence[Unheard] = ()
) -> Json:
    """Draw how often a teammate's digest comes from now on, and of whose customers nobody hears for that reason."""
    sentences = [say_rhythm(teammate, say, again_on=again_on)]
    sentences += [say_unheard(one, say, reader_id=teammate.id) for one in unheard]
    return message(sentences, [section(sentence) for sentence in sentences])


def build_channel_rhythm(frequency: Frequency, say: Voice, *, lacking: str | None = None) -> Json:
    """Draw how often a channel gets the team's digest from now on; `lacking` is the scope to read replies there."""
    sentences = [say(_HERE[frequency]), *([say(_UNREAD, scope=lacking)] if lacking else [])]
    return message(sentences, [section(sentence) for sentence in sentences])
