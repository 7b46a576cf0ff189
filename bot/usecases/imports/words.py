"""What other tools call the kinds of touch, the directions and the standings."""

from bot.domain.model import Direction, Standing, TouchKind
from bot.usecases.imports.mapping import normal_heading
from bot.usecases.imports.refusal import FieldRefused


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word.strip(): meaning for meaning, words in table.items() for word in words.split(",")}


_KINDS = _by_word(
    {
        "call": "call, phone, phone call, telephone, anruf, telefonat, telefon, telefongesprach, outbound call,"
        " inbound call,"
        " logged call, voip, video call, videoanruf",
        "email": "email, e mail, mail, logged email, outgoing email, incoming email, email sent, brief, letter",
        "meeting": "meeting, termin, besprechung, treffen, demo, lunch, appointment, zoom, teams, webinar,"
        " workshop, event,"
        " video conference, videokonferenz",
        "message": "message, nachricht, linkedin message, linkedin, whatsapp, whatsapp message, sms, chat,"
        " text, slack, teams chat,"
        " conversation, dm, direct message, instagram, signal, telegram",
        "visit": "visit, besuch, site visit, kundenbesuch, vor ort, vor ort termin, on site",
        "gift": "gift, geschenk, prasent, postal mail, postcard, karte",
        "purchase": "purchase, order, kauf, bestellung, auftrag, sale, invoice, rechnung, deal won, transaction",
        "note": "note, notiz, notes, comment, kommentar, vermerk, bemerkung, memo",
    }
)
# Nobody talked to anybody: these would reset the clock for nothing.
_NO_TOUCH = _by_word(
    {
        "a mass mail": "mass mail, mass email, marketing email, newsletter, campaign, bulk email, mailing,"
        " rundmail, sequence email,"
        " email campaign, serienmail",
        "an automatic reply": "auto reply, autoreply, automatic reply, out of office, ooo, abwesenheitsnotiz,"
        " automatische antwort,"
        " bounce, bounced email",
        "an internal meeting": "internal meeting, internal, internes meeting, interner termin, intern, team meeting",
        "a plan, not a touch": "task, aufgabe, to do, todo, reminder, wiedervorlage, erinnerung, deadline",
        "an event without contact": "page view, form submission, email open, email click, opened email,"
        " clicked email, website visit",
    }
)
_DIRECTIONS = _by_word(
    {
        "outbound": "outbound, outgoing, out, sent, ausgehend, aus, von uns, outgoing email, to customer",
        "inbound": "inbound, incoming, in, received, eingehend, ein, vom kunden, from customer, incoming email",
        "mutual": "mutual, both, beide, gegenseitig, both ways",
    }
)
_STANDINGS = _by_word(
    {
        "inner_circle": "inner circle, innercircle, vip, key account, strategic, top kunde, schlusselkunde,"
        " partner, friend",
        "customer": "customer, kunde, client, active, aktiv, evangelist, existing customer, bestandskunde,"
        " paying, active customer,"
        " stammkunde, won",
        "prospect": "prospect, lead, opportunity, interessent, marketing qualified lead, sales qualified lead,"
        " mql, sql, trial, new,"
        " neukunde, potential customer, qualified, open, in progress, open deal, salesqualifiedlead,"
        " marketingqualifiedlead",
        "lurker": "lurker, subscriber, other, abonnent, newsletter, sonstige, sonstiger, visitor, follower,"
        " community, inactive,"
        " inaktiv, former customer, ehemalig, ex kunde, churned, lost, unqualified",
    }
)
_CHANNELS = _by_word(
    {
        "email": "email, e mail, mail", "phone": "phone, call, telefon, anruf, mobile, handy, telephone",
        "chat": "chat, message, whatsapp, sms, slack, nachricht, linkedin",
        "visit": "visit, besuch, in person, personlich",
    }
)  # fmt: skip

_USUAL_DIRECTION = {
    TouchKind.CALL: Direction.MUTUAL, TouchKind.MEETING: Direction.MUTUAL, TouchKind.VISIT: Direction.MUTUAL,
    TouchKind.PURCHASE: Direction.INBOUND,
}  # fmt: skip


def read_kind(cell: str) -> TouchKind:
    """Return the kind of touch; what is none (mass mail, automatic replies, internal meetings, tasks) is refused."""
    word = normal_heading(cell)
    if word in _NO_TOUCH:
        raise FieldRefused(f"is {_NO_TOUCH[word]} and counts for nothing. Leave it out, or write note to keep it.")
    if word not in _KINDS:
        raise FieldRefused(f"is no kind of touch. Write one of {', '.join(TouchKind)}.")
    return TouchKind(_KINDS[word])


def read_direction(cell: str) -> Direction:
    """Return who reached out."""
    word = normal_heading(cell)
    if word not in _DIRECTIONS:
        raise FieldRefused("is no direction. Write outbound, inbound or mutual, or leave it empty.")
    return Direction(_DIRECTIONS[word])


def usual_direction(kind: TouchKind) -> Direction:
    """Return the direction when the file says none: talks go both ways, purchases come in, the rest goes out."""
    return _USUAL_DIRECTION.get(kind, Direction.OUTBOUND)


def read_standing(cell: str) -> Standing:
    """Return what the relationship is."""
    word = normal_heading(cell)
    if word not in _STANDINGS:
        raise FieldRefused(f"is no standing. Write one of {', '.join(Standing)}.")
    return Standing(_STANDINGS[word])


def read_channel(cell: str) -> str:
    """Return email, phone, chat or visit; any other word is kept as it is."""
    return _CHANNELS.get(normal_heading(cell), cell[:40])
