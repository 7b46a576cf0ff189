"""News for an admin: where Slack takes nothing, what waits there, and what mends it."""

from bot.blocks.kit import Json, message, rich, words
from bot.blocks.text import capitalized
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.views import TroubleView

# Where a sentence names the place; a mention in a block, its id where Slack reads text.
_HERE = "\0"
_CHANNEL = Phrase("channel {lane}", "Kanal {lane}")

_EVERYTHING = Phrase(
    "Slack stopped taking my messages {since} ({error}). It takes them again; what was still worth sending follows.",
    "Slack hat meine Nachrichten {since} nicht mehr angenommen ({error}). Jetzt geht es wieder; was noch sinnvoll ist,"
    " kommt nach.",
)
_TOKEN = Phrase(
    "Slack does not renew my permission to work here ({error}), and the one I have ends within two hours. Install the"
    " app again; nothing is lost.",
    "Slack erneuert meine Berechtigung hier nicht ({error}), und die jetzige endet binnen zwei Stunden. Installiere die"
    " App neu; es geht nichts verloren.",
)
_PERSON = Phrase("Messages don't reach {place} any more.", "Nachrichten erreichen {place} nicht mehr.")
_METHOD = Phrase(
    "Slack does not let me call {place}: a permission is missing.",
    "Slack lässt mich {place} nicht aufrufen: Es fehlt eine Berechtigung.",
)
_PLACES = {
    "is_archived": Phrase("{place} is archived.", "{place} ist archiviert."),
    "is_inactive": Phrase("{place} is archived.", "{place} ist archiviert."),
    "not_in_channel": Phrase("I am not in {place} any more.", "Ich bin nicht mehr in {place}."),
    "channel_not_found": Phrase(
        "{place} is gone, or I am not in it any more.", "{place} gibt es nicht mehr, oder ich bin nicht mehr darin."
    ),
    "shared_channel": Phrase(
        "People of another organisation read {place} now, so no customers are shown there.",
        "In {place} lesen jetzt Menschen aus einer anderen Organisation mit, darum zeige ich dort keine Kunden.",
    ),
}
_PLACE = Phrase("{place} takes no messages of mine.", "{place} nimmt keine Nachrichten von mir an.")
_REMEDIES = {
    "is_archived": Phrase("Unarchive it", "Stelle den Kanal wieder her"),
    "is_inactive": Phrase("Unarchive it", "Stelle den Kanal wieder her"),
    "not_in_channel": Phrase("Invite me again with /invite", "Lade mich mit /invite wieder ein"),
    "channel_not_found": Phrase("Invite me again with /invite", "Lade mich mit /invite wieder ein"),
}
_TOLD_TO_STOP = Phrase(
    "{remedy}, or end the digest there with /keepwarm here off.",
    "{remedy}, oder beende dort die Übersicht mit /keepwarm hier aus.",
)
_STOP = Phrase("End the digest there with /keepwarm here off.", "Beende dort die Übersicht mit /keepwarm hier aus.")
_PERSON_LEFT = Phrase(
    "If they left, hand their customers over: /whois-neglected {place}.",
    "Falls die Person gegangen ist, übergib ihre Kunden: /whois-neglected {place}.",
)
_INSTALL = Phrase(
    "Install the app again; python -m bot doctor names what is missing.",
    "Installiere die App neu; python -m bot doctor nennt, was fehlt.",
)
_WAITING = Counted(
    Phrase("One message waits and is tried again every hour.", "Eine Nachricht wartet; ich versuche es jede Stunde."),
    Phrase(
        "{number} messages wait and are tried again every hour.",
        "{number} Nachrichten warten; ich versuche es jede Stunde.",
    ),
)


def build_trouble(view: TroubleView, say: Voice) -> Json:
    """Draw the news for an admin. Nothing in it was written by a customer: ids, method names and Slack's own words."""
    if view.is_everything:
        said = [say(_EVERYTHING, since=say.at(view.since_at), error=view.error)]
    elif view.is_token:
        said = [say(_TOKEN, error=view.error)]
    else:
        waiting = [say.count(_WAITING, view.waiting)] if view.waiting else []
        said = [say(_what(view), place=_HERE), *waiting, _remedy(view, say)]
    named = view.lane if view.is_method or view.is_person else say(_CHANNEL, lane=view.lane)
    text = " ".join(said)
    return message([capitalized(text.replace(_HERE, named))], [rich([_with_mentions(text, view)])])


def _with_mentions(text: str, view: TroubleView) -> list[Json]:
    if view.is_method:
        return [words(text.replace(_HERE, view.lane))]
    mention = {"type": "user", "user_id": view.lane} if view.is_person else {"type": "channel", "channel_id": view.lane}
    first, *others = text.split(_HERE)
    pieces = [[words(first)], *([mention, words(other)] for other in others)]
    return [piece for group in pieces for piece in group if piece.get("text") != ""]


def _what(view: TroubleView) -> Phrase:
    if view.is_method:
        return _METHOD
    return _PERSON if view.is_person else _PLACES.get(view.error, _PLACE)


def _remedy(view: TroubleView, say: Voice) -> str:
    if view.is_method:
        return say(_INSTALL)
    if view.is_person:
        return say(_PERSON_LEFT, place=_HERE)
    remedy = _REMEDIES.get(view.error)
    return say(_TOLD_TO_STOP, remedy=say(remedy)) if remedy else say(_STOP)
