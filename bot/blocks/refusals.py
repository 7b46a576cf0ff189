"""What cannot be done, said in the language of the person who asked: the German twin of every English template.

The English sentences stand where they are raised; a test collects them and wants a twin for each, with the same fields.
"""

from collections.abc import Mapping

from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.sentences import Admins
from bot.errors import UserError

_VALUE = 80

GERMAN: Mapping[str, str] = {
    # Currencies.
    "{currency} is not a currency. Write three letters, like USD.": (
        "{currency} ist keine Währung. Schreib drei Buchstaben, zum Beispiel USD."
    ),
    "{currency} is this workspace's own currency; it needs no rate.": (
        "{currency} ist die Währung dieses Workspace und braucht keinen Kurs."
    ),
    "A rate is a number above 0: what one {currency} is worth.": (
        "Ein Kurs ist eine Zahl über 0: was ein {currency} wert ist."
    ),
    # Who may, and where.
    "Keepwarm is for members of this workspace. Guests can't see customers.": (
        "Keepwarm ist für Mitglieder dieses Workspace. Gäste sehen keine Kunden."
    ),
    "Keepwarm answers people, not other apps.": "Keepwarm antwortet Menschen, keinen anderen Apps.",
    "Keepwarm belongs to another organisation. Its customers are not shown outside it.": (
        "Keepwarm gehört zu einer anderen Organisation. Deren Kunden werden außerhalb nicht gezeigt."
    ),
    "This account is deactivated.": "Dieses Konto ist deaktiviert.",
    "Slack does not know you in this workspace.": "Slack kennt dich in diesem Workspace nicht.",
    "Keepwarm is not installed in this workspace.": "Keepwarm ist in diesem Workspace nicht installiert.",
    "Keepwarm is not installed in this workspace any more.": (
        "Keepwarm ist in diesem Workspace nicht mehr installiert."
    ),
    "Only admins choose who covers for somebody else. {admins}.": (
        "Nur Admins wählen, wer jemand anderen vertritt. {admins}."
    ),
    "Only admins decide for how long things are kept. {admins}.": (
        "Nur Admins entscheiden, wie lange etwas aufbewahrt wird. {admins}."
    ),
    "Keep messages for {least} to {most} days.": "Bewahre Nachrichten {least} bis {most} Tage auf.",
    "Keep notes for 1 to {most} months, or forever.": "Bewahre Notizen 1 bis {most} Monate auf, oder für immer.",
    "'{typed}' is not a whole number.": "„{typed}“ ist keine ganze Zahl.",
    "{name} gets no digests and would not hear of the customers. Choose somebody else.": (
        "{name} bekommt keine Übersichten und würde von den Kunden nichts erfahren. Wähle jemand anderen."
    ),
    "You can look at customers here. An admin of Keepwarm can let you log touches too.": (
        "Du kannst hier Kunden ansehen. Ein Admin von Keepwarm kann dich auch Kontakte eintragen lassen."
    ),
    "Only admins of this workspace in Slack can do that.": "Das können nur Admins dieses Workspace in Slack.",
    "Only admins choose which channels get the team's digest. {admins}.": (
        "Nur Admins wählen, welche Kanäle die Übersicht des Teams bekommen. {admins}."
    ),
    "Only admins change how often a segment is talked to. {admins}.": (
        "Nur Admins ändern, wie oft mit einem Segment gesprochen wird. {admins}."
    ),
    "Only admins change how often a segment is talked to. {admins}. I have passed the question on.": (
        "Nur Admins ändern, wie oft mit einem Segment gesprochen wird. {admins}. Ich habe die Frage weitergegeben."
    ),
    "{name} answered that already.": "{name} hat das schon beantwortet.",
    "{segment} was changed again since.": "{segment} wurde seitdem noch einmal geändert.",
    "That proposal is not there any more.": "Diesen Vorschlag gibt es nicht mehr.",
    "Only the person who did this, or the owner, can take it back.": (
        "Das kann nur zurücknehmen, wer es getan hat oder zuständig ist."
    ),
    "Only the person who wrote this can change it.": "Das kann nur ändern, wer es geschrieben hat.",
    "Keepwarm looks after customers for members of this workspace. {name} can't take one over.": (
        "Um Kunden kümmern sich Mitglieder dieses Workspace. {name} kann keinen übernehmen."
    ),
    "{name} is a viewer: they see customers and can't act on them. Choose somebody else, or an admin makes them a"
    " member with Team in the Home tab. {admins}.": (
        "{name} darf nur ansehen und kann für Kunden nichts tun. Wähle jemand anderen, oder ein Admin macht unter"
        " Team im Home-Tab ein Mitglied daraus. {admins}."
    ),
    "This is a direct message. Write it in the channel that should get the team's digest.": (
        "Das ist eine Direktnachricht. Schreib es in den Kanal, der die Übersicht des Teams bekommen soll."
    ),
    "People of another organisation read this channel, so no customers are shown here.": (
        "Diesen Kanal lesen Leute einer anderen Organisation, deshalb werden hier keine Kunden gezeigt."
    ),
    "Customers are not shown in this channel yet. An admin can allow it with /keepwarm here daily.": (
        "In diesem Kanal werden noch keine Kunden gezeigt. Ein Admin erlaubt es mit /keepwarm hier täglich."
    ),
    "I am not in this channel yet. Invite me with /invite, then write this again.": (
        "Ich bin noch nicht in diesem Kanal. Lade mich mit /invite ein und schreib das noch einmal."
    ),
    "I can't see who reads this channel. An admin can add the scopes channels:read and groups:read"
    " to the app and install it again.": (
        "Ich kann nicht sehen, wer diesen Kanal liest. Ein Admin kann der App die Scopes channels:read und groups:read"
        " geben und sie neu installieren."
    ),
    # The team.
    "Only admins decide who may do what. {admins}.": ("Nur Admins entscheiden, wer was darf. {admins}."),
    "Only admins write down when the company is closed. {admins}.": (
        "Nur Admins tragen ein, wann die Firma geschlossen ist. {admins}."
    ),
    "Only admins hand out customers that nobody owns. {admins}.": (
        "Nur Admins vergeben Kunden, um die sich niemand kümmert. {admins}."
    ),
    "{name} can't use Keepwarm: it is for members of this workspace.": (
        "{name} kann Keepwarm nicht benutzen: Es ist für Mitglieder dieses Workspace."
    ),
    "{name} is the only admin. Make somebody else one first.": (
        "{name} ist der einzige Admin. Ernenne zuerst jemand anderen."
    ),
    "Choose a teammate.": "Wähle jemanden aus dem Team.",
    # Days off.
    "I don't know the holidays of '{region}'. Write a country like Germany, or a part of one like Germany, Bayern.": (
        "Die Feiertage von „{region}“ kenne ich nicht. Schreib ein Land wie Deutschland oder einen Teil davon wie"
        " Deutschland, Bayern."
    ),
    "Quiet hours that end when they begin are none. Choose another hour for one of them.": (
        "Stille Stunden, die mit ihrem Anfang enden, sind keine. Wähle für eines von beiden eine andere Zeit."
    ),
    "Your digest lies in your quiet hours. Choose another hour for one of them.": (
        "Deine Übersicht liegt in deinen stillen Stunden. Wähle für eines von beiden eine andere Zeit."
    ),
    "'{text}' is not a day or a span of days. Write 2026-12-24 or 2026-12-24..2027-01-01.": (
        "„{text}“ ist kein Tag und kein Zeitraum. Schreib 2026-12-24 oder 2026-12-24..2027-01-01."
    ),
    "{text} ends before it begins, or lasts for more than {most} days.": (
        "{text} endet vor dem Anfang oder dauert länger als {most} Tage."
    ),
    "{text} is there already.": "{text} ist schon da.",
    "The company has no holiday on {text}.": "Die Firma hat am {text} nicht frei.",
    "Keep the trail for 1 to {most} days.": "Bewahre das Protokoll 1 bis {most} Tage auf.",
    "Only {owner}, who looks after {name}, or an admin decides what they are to you.": (
        "Was {name} für euch ist, entscheidet nur {owner} als zuständige Person oder ein Admin."
    ),
    "Only admins change how many seats the inner circle has. {admins}.": (
        "Nur Admins ändern, wie viele Plätze der innere Kreis hat. {admins}."
    ),
    # What is gone, or was done already.
    "{name} is not in the inner circle any more.": "{name} ist nicht mehr im inneren Kreis.",
    "{who} has taken {name} in already.": "{who} hat {name} schon aufgenommen.",
    "{who} has left {name} as it is already.": "{who} hat {name} schon so gelassen.",
    "Somebody decided otherwise about {name} since.": "Über {name} hat inzwischen jemand anders entschieden.",
    "That customer is not in this workspace any more.": "Dieser Kunde ist nicht mehr in diesem Workspace.",
    "That customer is not in this workspace.": "Dieser Kunde ist nicht in diesem Workspace.",
    "That card is not there any more.": "Diese Karte gibt es nicht mehr.",
    "That list is gone. Ask for it again with /whois-neglected.": (
        "Diese Liste gibt es nicht mehr. Mit /whois-neglected bekommst du sie neu."
    ),
    "That button is from an older version. Ask for the list again.": (
        "Dieser Knopf ist von einer älteren Version. Frag noch einmal nach der Liste."
    ),
    "That entry is gone.": "Diesen Eintrag gibt es nicht mehr.",
    "That line is gone.": "Diese Zeile gibt es nicht mehr.",
    "That touch is not in the ledger any more.": "Diesen Kontakt gibt es nicht mehr.",
    "That touch was changed or removed in the meantime.": "Dieser Kontakt wurde inzwischen geändert oder entfernt.",
    "It was taken back already.": "Das ist schon zurückgenommen.",
    "Somebody was first.": "Jemand war schneller.",
    "I can't read '{budget}' as a week's attention. Write 10 touches or 90 minutes.": (
        "„{budget}“ kann ich nicht als Zeit in der Woche lesen. Schreib 10 Kontakte oder 90 Minuten."
    ),
    "'{days}' is no number of days. Write 0 to {most}.": "„{days}“ ist keine Anzahl von Tagen. Schreib 0 bis {most}.",
    "That question is answered already.": "Diese Frage ist schon beantwortet.",
    "That line says nothing to be reminded of any more.": "In dieser Zeile steht nichts mehr zum Erinnern.",
    "That promise is not there any more.": "Diese Zusage gibt es nicht mehr.",
    "That promise was ended already.": "Diese Zusage ist schon erledigt.",
    "Only the person who gave it, or the owner, can end this promise.": (
        "Nur wer sie gegeben hat oder zuständig ist, kann diese Zusage beenden."
    ),
    "That person is not known to Keepwarm yet. They can open its Home tab once.": (
        "Keepwarm kennt diese Person noch nicht. Sie kann einmal den Home-Tab öffnen."
    ),
    "They look after no customers in Keepwarm yet.": "Diese Person kümmert sich noch um keine Kunden in Keepwarm.",
    "Nobody called '{name}' is known here. Write a Slack id, an e-mail address or a name.": (
        "Hier kennt niemand „{name}“. Schreib eine Slack-Kennung, eine E-Mail-Adresse oder einen Namen."
    ),
    "I don't know a customer called '{name}'. /customer alone opens a list to search.": (
        "Ich kenne keinen Kunden namens „{name}“. /customer allein öffnet eine Liste zum Suchen."
    ),
    # Segments.
    "Only admins change segments. {admins}.": "Nur Admins ändern Segmente. {admins}.",
    "That segment is not in this workspace.": "Dieses Segment ist nicht in diesem Workspace.",
    "segment '{name}': there is none of that name. Known: {known}.": (
        "Segment „{name}“: Keines heißt so. Bekannt: {known}."
    ),
    "{segment} is still being recomputed ({percent} %). Change it again when that is done.": (
        "{segment} wird noch neu berechnet ({percent} %). Ändere es wieder, wenn das fertig ist."
    ),
    "A cadence of {days} days can't be kept. Write 1 to {most}.": (
        "Ein Abstand von {days} Tagen lässt sich nicht einhalten. Schreib 1 bis {most}."
    ),
    "A horizon of {days} days is out of range. Write 1 to {most}.": (
        "Ein Horizont von {days} Tagen geht nicht. Schreib 1 bis {most}."
    ),
    "An exponent of {value} is out of range. Write 0 (only value counts) to 1.": (
        "Ein Exponent von {value} geht nicht. Schreib 0 (nur der Wert zählt) bis 1."
    ),
    "Lost after {number} cadences is out of range. Write {least} to {most}.": (
        "Verloren nach {number} Abständen geht nicht. Schreib {least} bis {most}."
    ),
    "Lost after {number} is too soon: with this policy customers become due at about {due} × the cadence, and would"
    " leave the digest before anybody wrote. Write {least} to {most}.": (
        "Verloren nach {number} ist zu früh: Mit dieser Regel werden Kunden bei etwa {due} × Abstand fällig und wären"
        " aus der Übersicht, bevor jemand schreibt. Schreib {least} bis {most}."
    ),
    "{pause} goes over New Year and takes {days} days of the year. If that is the wrong way round, write {turned}.": (
        "{pause} geht über Neujahr und nimmt {days} Tage des Jahres ein. Falls es verkehrt herum ist, schreib {turned}."
    ),
    "'{words}' is not a number of days. Write one like 45, or nothing to have it learned.": (
        "„{words}“ ist keine Zahl von Tagen. Schreib eine wie 45, oder nichts, um sie lernen zu lassen."
    ),
    "'{words}' is not a number of days. Write one like 90.": (
        "„{words}“ ist keine Zahl von Tagen. Schreib eine wie 90."
    ),
    "'{words}' is not a number. Write one from 0 to 1, like 0.5, or nothing to have it learned.": (
        "„{words}“ ist keine Zahl. Schreib eine von 0 bis 1, etwa 0,5, oder nichts, um sie lernen zu lassen."
    ),
    "'{words}' is not a pause. Write month and day of its first and last day, like 08-01..08-31.": (
        "„{words}“ ist keine Pause. Schreib Monat und Tag des ersten und letzten Tags, etwa 08-01..08-31."
    ),
    "'{words}' is not a number of cadences. Write one like 6.": (
        "„{words}“ ist keine Zahl von Abständen. Schreib eine wie 6."
    ),
    "{number} pauses are too many. Keep {most}.": "{number} Pausen sind zu viele. Behalte {most}.",
    "The pauses take {days} days of the year. Leave at least half of it: {most} days at the most.": (
        "Die Pausen nehmen {days} Tage des Jahres ein. Lass mindestens die Hälfte übrig: höchstens {most} Tage."
    ),
    # What was typed or chosen.
    "That day is still ahead. Choose today or an earlier day.": (
        "Dieser Tag liegt noch vor uns. Wähle heute oder einen früheren Tag."
    ),
    "That day is not ahead. Choose tomorrow or later.": "Dieser Tag liegt nicht vor uns. Wähle morgen oder später.",
    "That is more than two years ahead. Choose an earlier day.": (
        "Das ist in mehr als zwei Jahren. Wähle einen früheren Tag."
    ),
    "That is more than a year ahead. Set the digest to off instead.": (
        "Das ist in mehr als einem Jahr. Schalte die Übersicht stattdessen ab."
    ),
    "I can't read '{words}' as a day. Write something like 3 weeks, next Monday or 30 November.": (
        "„{words}“ kann ich nicht als Tag lesen. Schreib etwa 3 Wochen, nächsten Montag oder 30. November."
    ),
    "'{words}' is {typed}, and the calendar above says {picked}. Which of the two? Clear the other one.": (
        "„{words}“ ist der {typed}, und im Kalender darüber steht der {picked}. Was von beiden? Leere das andere."
    ),
    "'{words}' is not in the calendar. Write a day that is.": (
        "„{words}“ gibt es im Kalender nicht. Schreib einen Tag, den es gibt."
    ),
    "'{words}' is not ahead of us. Write a later day.": "„{words}“ liegt nicht vor uns. Schreib einen späteren Tag.",
    "{name} is {owner}'s already.": "Um {name} kümmert sich schon {owner}.",
    "Choose the customer.": "Wähle den Kunden.",
    "Choose who leaves.": "Wähle, wer geht.",
    "Write a number of seats from 0 to {most}.": "Schreib eine Zahl von Plätzen zwischen 0 und {most}.",
    "Choose why, or write it in your words.": "Wähle, warum, oder schreib es in deinen Worten.",
    "Choose at least one day, or set the digest to off.": "Wähle mindestens einen Tag oder schalte die Übersicht ab.",
    "Write the customer's name, at most {most} letters.": ("Schreib den Namen des Kunden, höchstens {most} Zeichen."),
    "{name} is here already. Write /customer {name} to see them.": (
        "{name} ist schon da. Schreib /customer {name}, um mehr zu sehen."
    ),
    "'{currency}' is no currency. Write three letters, like EUR.": (
        "„{currency}“ ist keine Währung. Schreib drei Buchstaben, etwa EUR."
    ),
    "'{value}' is not an amount. Write 12500 or 12.5k.": "„{value}“ ist kein Betrag. Schreib 12500 oder 12,5k.",
    'Write who and how, like: /touch Acme called yesterday "wants pricing"': (
        "Schreib, wer und wie, etwa: /touch Acme gestern angerufen „will ein Angebot“"
    ),
    "That names two teammates. Ask for one at a time.": "Das nennt zwei Leute. Frag nach einem.",
    "That names two segments. Ask for one at a time.": "Das nennt zwei Segmente. Frag nach einem.",
    "That names two numbers. Ask for one at a time.": "Das nennt zwei Anzahlen. Frag nach einer.",
    "That names two silences. Ask for one.": "Das nennt zweimal, wie lange es still war. Frag nach einem.",
    "That asks for one teammate and for everybody. Ask for one of them.": (
        "Das fragt nach einer Person und nach allen. Frag nach einem von beiden."
    ),
    "I don't know @{name}. Type @ and pick the teammate from Slack's list.": (
        "Ich kenne @{name} nicht. Tippe @ und wähle die Person aus der Liste von Slack."
    ),
    "{number} is not a number I can list. Ask for 1 to {most} customers.": (
        "{number} kann ich nicht auflisten. Frag nach 1 bis {most} Kunden."
    ),
    'I don\'t know "{word}". I understand @name, all or me, a segment, a number of customers,'
    " a silence such as 45d, lost, and unowned.": (
        "„{word}“ kenne ich nicht. Ich verstehe @Name, alle oder ich, ein Segment, eine Anzahl von Kunden,"
        " eine Stille wie 45t, verloren und ohne."
    ),
    'I don\'t know "{word}". I understand @name, all or me, a segment, a number of customers,'
    " a silence such as 45d, lost, and unowned. Your segments are {segments}.": (
        "„{word}“ kenne ich nicht. Ich verstehe @Name, alle oder ich, ein Segment, eine Anzahl von Kunden,"
        " eine Stille wie 45t, verloren und ohne. Deine Segmente sind {segments}."
    ),
    'I don\'t know "{words}". I understand settings, here daily, here weekly, here off, pause until a day, resume,'
    " and help.": (
        "„{words}“ kenne ich nicht. Ich verstehe einstellungen, hier täglich, hier wöchentlich, hier aus, pause bis zu"
        " einem Tag, weiter und hilfe."
    ),
    "How often should the digest come here? Write here daily, here weekly or here off.": (
        "Wie oft soll die Übersicht hierher kommen? Schreib hier täglich, hier wöchentlich oder hier aus."
    ),
}


def say_refusal(error: UserError, say: Voice) -> str:
    """Say why something cannot be done, in the reader's language where it is known: plain text, nothing escaped."""
    template = GERMAN.get(error.template, error.template) if say.language == "de" else error.template
    if not error.values:
        return template
    return template.format(**{name: _said(value, say) for name, value in error.values.items()})


_YOURS = Counted(
    Phrase("Yours is {names}", "Dein Admin ist {names}"), Phrase("Yours are {names}", "Deine sind {names}")
)


def _said(value: object, say: Voice) -> str:
    if isinstance(value, Admins):
        return say.count(_YOURS, len(value), names=say.names([cut(tidy(name), _VALUE) for name in value]))
    if isinstance(value, list | tuple):
        return say.names([cut(tidy(str(each)), _VALUE) for each in value])
    return cut(tidy(str(value)), _VALUE)
