"""The one message that a teammate gets after the installation: three steps to the first digest."""

from datetime import date, datetime

from bot.blocks.help import SET_MY_HOUR
from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, context, message, mrkdwn, section
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Teammate

_NAME = 60

_HELLO = Phrase(
    "Hello {name}. I remember when each customer was last talked to, and tell you when it is time again."
    " Three steps to your first digest:",
    "Hallo {name}. Ich merke mir, wann mit jedem Kunden zuletzt gesprochen wurde, und sage, wenn es wieder Zeit ist."
    " Drei Schritte zur ersten Übersicht:",
)
_BRING = Phrase(
    "Bring your customers. Add one here, or import a list where I run: {command}",
    "Hol deine Kunden herein. Lege einen hier an oder lies dort, wo ich laufe, eine Liste ein: {command}",
)
_BROUGHT = Counted(
    Phrase("Your customers: 1 is here already.", "Deine Kunden: 1 ist schon da."),
    Phrase("Your customers: {number} are here already.", "Deine Kunden: {number} sind schon da."),
)
_CHECK = Phrase(
    "Check who looks after them with {command}, and set the hour when you want to hear from me.",
    "Sieh mit {command} nach, wer für sie zuständig ist, und stelle ein, wann du von mir hören möchtest.",
)
_FIRST = Phrase(
    "Your first digest comes {at}, if somebody is due by then. Or have it now.",
    "Die erste Übersicht kommt {at}, falls dann jemand fällig ist. Oder jetzt gleich.",
)
_FIRST_OFF = Phrase(
    "Digests are off for you. Turn them on in your settings, or have one now.",
    "Übersichten sind bei dir aus. Schalte sie in den Einstellungen ein, oder sieh jetzt eine an.",
)
_PROMISE = Phrase(
    "I never write to a customer; what I draft, you send. {command} shows the rest.",
    "Ich schreibe nie an Kunden; was ich entwerfe, schickst du ab. {command} zeigt alles Weitere.",
)
_ADD = Phrase("Add a customer", "Kunden anlegen")
_NOW = Phrase("Digest now", "Übersicht jetzt")

_IMPORT = "python -m bot import customers customers.csv"
_OWNERS = Phrase("/whois-neglected all", "/whois-neglected alle")
_HELP = Phrase("/keepwarm help", "/keepwarm hilfe")


def build_welcome(reader: Teammate, *, today: date, next_digest_at: datetime | None = None, customers: int = 0) -> Json:
    """Draw the three steps for one teammate, as far as they are still to do.

    `customers` is how many there are already, `next_digest_at` the instant of the next digest, None when it is off.
    """
    say = Voice.to(reader.speaks, timezone=reader.timezone, today=today)
    hello = say(_HELLO, name=cut(tidy(reader.name), _NAME))
    return message(
        [hello, *_steps(say, customers, next_digest_at), say(_PROMISE, command=say(_HELP))],
        [
            section(hello),
            mrkdwn("\n".join(_steps(say, customers, next_digest_at, mark="`"))),
            actions(
                [
                    button(say(_ADD), ActionId.OPEN_ADD_CUSTOMER),
                    button(say(SET_MY_HOUR), ActionId.OPEN_SETTINGS),
                    button(say(_NOW), ActionId.DIGEST_NOW),
                ],
                block_id="welcome.do",
            ),
            context(say(_PROMISE, command=say(_HELP))),
        ],
    )


def _steps(say: Voice, customers: int, next_digest_at: datetime | None, mark: str = "") -> list[str]:
    """The numbered steps; `mark` goes round what is to be typed."""
    steps = (
        say.count(_BROUGHT, customers) if customers else say(_BRING, command=f"{mark}{_IMPORT}{mark}"),
        say(_CHECK, command=f"{mark}{say(_OWNERS)}{mark}"),
        say(_FIRST, at=say.at(next_digest_at)) if next_digest_at else say(_FIRST_OFF),
    )
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]
