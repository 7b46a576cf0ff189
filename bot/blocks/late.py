"""News for an admin: digests that are late, and why."""

from datetime import datetime

from bot.blocks.kit import Json, message, rich, words
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.views import LateView
from bot.domain.working_time import local_day

_AWAY = Counted(
    Phrase(
        "I was not running from {since} until {until}. One digest came late or was left out.",
        "Ich lief von {since} bis {until} nicht. Eine Übersicht kam zu spät oder fiel aus.",
    ),
    Phrase(
        "I was not running from {since} until {until}. {number} digests came late or were left out.",
        "Ich lief von {since} bis {until} nicht. {number} Übersichten kamen zu spät oder fielen aus.",
    ),
)
_WAITING = Counted(
    Phrase(
        "One digest has waited for Slack since {since}. It is tried again and again; python -m bot doctor says more.",
        "Eine Übersicht wartet seit {since} auf Slack. Ich versuche es weiter; python -m bot doctor sagt mehr.",
    ),
    Phrase(
        "{number} digests have waited for Slack since {since}. They are tried again and again; python -m bot doctor"
        " says more.",
        "{number} Übersichten warten seit {since} auf Slack. Ich versuche es weiter; python -m bot doctor sagt mehr.",
    ),
)
_LOST = Counted(
    Phrase(
        "One digest of today could not be sent; python -m bot doctor says why. The Home tab has what was in it.",
        "Eine Übersicht von heute ließ sich nicht senden; python -m bot doctor sagt, warum. Was darin stand, ist im"
        " Home-Tab.",
    ),
    Phrase(
        "{number} digests of today could not be sent; python -m bot doctor says why. The Home tabs have what was in"
        " them.",
        "{number} Übersichten von heute ließen sich nicht senden; python -m bot doctor sagt, warum. Was darin stand,"
        " ist in den Home-Tabs.",
    ),
)
_UNPLANNED = Phrase(
    "A digest that was due at {since} can't be put together. It is tried again every ten minutes; the log says why.",
    "Eine Übersicht, die um {since} fällig war, lässt sich nicht zusammenstellen. Ich versuche es alle zehn Minuten;"
    " warum, steht im Log.",
)
_MOMENT = Phrase("{day} {time}", "{day} {time}")


def build_late(view: LateView, say: Voice) -> Json:
    """Draw the news for an admin."""
    since = _moment(view.since_at, say)
    if view.is_unplanned:
        text = say(_UNPLANNED, since=since)
    elif view.is_lost:
        text = say.count(_LOST, view.count)
    elif view.until_at is None:
        text = say.count(_WAITING, view.count, since=since)
    else:
        text = say.count(_AWAY, view.count, since=since, until=_moment(view.until_at, say))
    return message([text], [rich([[words(text)]])])


def _moment(instant: datetime, say: Voice) -> str:
    """Say a moment: "9:02" of today, "Friday 17:02" of another day."""
    day = local_day(instant, say.timezone)
    return say.time(instant) if day == say.today else say(_MOMENT, day=say.day(day), time=say.time(instant))
