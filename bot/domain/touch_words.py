"""The words by which a sentence tells the kind of a touch, its direction and whether it happened, in four languages.

All patterns are for folded text (lower case, no accents): English, German, and the basics of French and Spanish.
"""

import re
from collections.abc import Mapping

from bot.domain.model import TouchKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What was done: a past form, which says that it happened.
DONE: Mapping[TouchKind, str] = {
    TouchKind.CALL: (
        r"called|phoned|rang|telefoniert|angerufen|zuruckgerufen|zurueckgerufen|rief(?: \w+){0,3} an|durchgeklingelt"
        r"|appelee?|rappelee?|telephone|llame|llamo|llamado|llamamos|telefonee"
    ),
    TouchKind.EMAIL: r"e-?mailed|mailed|ge(?:e-?)?mailt|angemailt|angeschrieben",
    TouchKind.MEETING: (
        r"met|getroffen|zusammengesessen|had (?:lunch|coffee|dinner)|rencontree?s?"
        r"|reunido|reunimos|quede con"
    ),
    TouchKind.MESSAGE: r"messaged|texted|dm(?:e?d|'d)|slacked|whatsapp(?:ed|'d)|pinged|chatted|gechattet|gesimst",
    TouchKind.VISIT: r"visited|dropped (?:by|in)|besucht|vorbeigeschaut|visitee?|visito",
    TouchKind.GIFT: r"gifted|geschenkt",
    TouchKind.PURCHASE: (
        r"bought|purchased|ordered|renewed|signed|gekauft|bestellt|unterschrieben|verlangert|verlaengert|achetee?|commandee?"
        r"|compro|compraron|firmo|renovo"
    ),
}
# What it is called: a noun or a bare verb, which may as well be a plan.
NAMED: Mapping[TouchKind, str] = {
    TouchKind.CALL: (
        r"(?:phone |video ?|quick )?calls?|phone|zoom|anrufe?|telefonate?|tel|telefonisch|telefontermin"
        r"|appel|coup de fil|telephone|llamadas?|telefono"
    ),
    TouchKind.EMAIL: r"e-?mails?|mails?|courriel|correo|mailing",
    TouchKind.MEETING: (
        r"meetings?|meet|lunch|coffee|dinner|breakfast|workshop|demo|treffen|termin|besprechung|mittagessen|essen|kaffee"
        r"|reunion|rendez-vous|rdv|dejeuner|comida"
    ),
    TouchKind.MESSAGE: r"messages?|msg|text|sms|dm|chat|whatsapp|linkedin|signal|telegram|nachricht(?:en)?|mensajes?",
    TouchKind.VISIT: r"visits?|on-?site|on site|besuche?|vor ort|visite|visita",
    TouchKind.GIFT: r"gifts?|flowers|presents?|hamper|geschenke?|blumen|cadeau|fleurs|regalo|flores",
    TouchKind.PURCHASE: r"purchase|kauf|bestellung|compra",
}
# Contact for certain, but by which way is a guess.
VAGUE: Mapping[TouchKind, str] = {
    TouchKind.CALL: r"spoke|spoken|talked|talk|gesprochen|parle|hable|hablado|hablamos|caught up",
    TouchKind.EMAIL: (
        r"wrote|written|sent|replied|answered|responded|geschrieben|schrieb|geschickt|gesendet|geantwortet|beantwortet"
        r"|ecrit|envoyee?|repondu|escribi|escribio|escrito|envie|enviado|respondio|contesto"
    ),
    TouchKind.MESSAGE: (
        r"done|erledigt|fait|hecho|contacted|reached out|followed up|checked in|in touch|got back"
        r"|kontaktiert|nachgefasst|gemeldet"
    ),
}
NOTE_PREFIX = re.compile(r"(?:(?:note|notiz|nota|memo|fyi|ps)\b\s*[:\-–—]?|(?:info|remarque)\s*:)\s*")

# A call that reached nobody. It is kept as a note, which counts for nothing: the customer has heard nothing.
ATTEMPT = re.compile(
    r"\b(?:tried|versucht|voice ?mail|vm|mailbox|anrufbeantworter|besetzt|line (?:was )?busy"
    r"|injoignable|messagerie|buzon"
    r"|(?:no|keine|pas de|sin) (?:answer|reply|response|luck|antwort|reponse|respuesta)"
    r"(?=\s*(?:$|[,.;!)]|yet|so\b|but\b))"
    r"|(?:did ?n'?o?t|didnt|couldn'?t|could not|can'?t) (?:pick up|answer|reach|get through|get hold)"
    r"|nicht (?:erreicht|rangegangen|drangegangen|abgenommen|erreichbar|ran)|niemand(?:en)? (?:da|erreicht|ran)"
    r"|not reached|unreachable|no contesta|nobody (?:there|answered|picked up))\b"
)
# Standing before the touch, they say that it has not happened.
_PLANS = (
    r"will|i'll|we'll|gonna|going to|should|shall|must|needs? to|have to|has to|got to|plan(?:ning|s|ned)? to"
    r"|(?:wants?|would like|hope) to|please|(?:can|could) (?:you|we|i|someone)|let's|remind(?:er)?|to-?do|let me"
    r"|werde|wird|werden|muss|mussen|muessen|soll|sollten?|wollen|mochte|moechte|bitte|kannst|konntest|koenntest"
    r"|vais|va|dois|il faut|voy a|hay que|tengo que"
)
_NEGATIONS = (
    r"(?:did|have|has)(?:n't|nt| not)|not(?: yet)?|never|noch nicht|nicht|noch kein(?:en?)?|pas encore|todavia no"
)
TO_DO = re.compile(
    rf"^\W*(?:(?:i|we|ich|wir|someone|noch)\s+)?(?:{_PLANS})\b"
    r"|\b(?:an(?:zu)?rufen|schreiben|mailen|telefonieren|besuchen|nachfassen)\b"
)
NOT_YET = re.compile(rf"\b(?:{_PLANS}|{_NEGATIONS})\b")
OURS = re.compile(
    r"^\W*(?:(?:just|yesterday|today|gestern|heute)\s+)?(?:i|we|ich|wir|je|j'ai|nous|yo|@\w+)\b|\b(?:habe|hab) ich\b"
)
THEIRS = re.compile(
    r"\b(?:they|he|she|(?:the )?(?:customer|client)|(?:der )?kunde|(?:die )?kundin|er|sie)(?: \w+){0,2}?"
    r" (?:called|rang|phoned|e-?mailed|mailed|wrote|texted|messaged|replied|responded|answered|sent"
    r"|hat|haben|rief|schrieb|meldeten?)\b"
    r"|\b(?:called|rang|phoned|e-?mailed|mailed|texted|messaged|pinged|sent|wrote|contacted) (?:me|us|in)\b"
    r"|\b(?:replied|responded|answered|wrote back|got back|came back)\b(?! to (?!me\b|us\b))"
    r"|\b(?:got|received|had) (?:an?|the|their|his|her) (?:reply|answer|response)\b"
    r"|\b(?:incoming|inbound|eingehend\w*)\b"
    r"|\bhat(?: \w+){0,4} (?:angerufen|geschrieben|gemailt|geantwortet|gemeldet|geschickt|zurue?ckgerufen)\b"
    r"|\brief(?: \w+){0,2} an\b|\bgeantwortet\b|\bgemeldet\b|\bmeldete sich\b|\bantwort (?:bekommen|erhalten|von)\b"
    r"|\b(?:mich|uns|mir) (?:\w+ )?(?:angerufen|geschrieben|gemailt|kontaktiert)\b"
    r"|\b(?:m'a|nous a|ils ont|il a|elle a) \w+|\ba (?:appele|ecrit|repondu)\b"
    r"|\b(?:(?:me|nos) (?:llamo|escribio)|ha llamado|llamo|respondio|contesto)\b"
)
# Something that comes from somebody, whoever that is: "mail from Acme".
FROM_THEM = re.compile(
    r"\b(?:calls?|(?:e-?)?mails?|messages?|reply|replies|answer|text|anrufe?|ruckrufe?|nachricht(?:en)?|antwort(?:en)?)"
    r" (?:from|von)\b"
)
_PAST_VERBS = r"called|rang|phoned|e-?mailed|mailed|wrote|texted|messaged|replied|responded|answered|sent"
STARTS_WITH_VERB = re.compile(rf"\s*(?:just |also |already )?(?:{_PAST_VERBS})\b")
SUBJECT_AND_VERB = re.compile(rf"\s*([A-ZÄÖÜÉ][\w'-]*)(?: [A-ZÄÖÜÉ][\w'-]*)? (?:just |also )?(?:{_PAST_VERBS})\b")

# Words that add nothing to a note once kind, day and customer are known.
FILLERS = _words(
    """
    with him her them both again back just briefly quick quickly short a an the from had have i we ich wir habe
    haben hab mit ihm ihr ihnen ihn sie von beide beiden beide kurz erneut wieder nochmal via per by phone left
    me us they he she hat hatte er all everyone alle allen at um on over in person video also already schon
    bereits auch je j ai nous lui yo le les follow up done and und
    """
)
# Words that begin sentences, so that alone and without a colon they name no customer.
COMMON = FILLERS | _words(
    """
    it its this that these those is are was were be been has will would should can could may might must do
    did does not no yes my our your their his its to of for from as if so or but about re since until next
    last yesterday today tomorrow wants want needs need asked asks said says told likes think thinks there
    here now soon then when who what why how good great nice new next first second please thanks thank der
    die das den dem des ein eine einen einem es du ihr war waren ist sind hatten wird werden will wollen
    soll kann muss nicht kein keine noch nur von vom zu zum zur bei beim am im in an auf aus nach vor seit
    bis fur fuer uber ueber gestern heute morgen letzte letzten nachste naechste mochte moechte braucht
    fragt sagt dann wenn wer was wie warum gut gute neue neuer alles danke bitte ja nein la un une el los
    las de du et y que il elle est sont pas hier demain ayer hoy con para por
    """
)
_THANKS = _words(
    """
    ok okay okey k kk thanks thank you thx ty cheers great nice cool perfect super awesome lovely noted got
    it will do on sure yes no yep yup nope ja nein jo danke dir euch ihnen sehr schon vielen dank bitte
    gerne gern top prima klasse merci beaucoup d accord gracias vale lol haha hi hello hey hallo moin servus
    good morning guten tag alles klar passt mach ich verstanden wird gemacht so much very right alright fine
    sounds understood roger team all
    """
)
_GRATEFUL = frozenset({"thanks", "thx", "ty", "cheers", "danke", "merci", "gracias"})
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_MENTION = re.compile(r"@\w+")


def is_chatter(folded: str) -> bool:
    """Whether a line is thanks, a nod, a greeting or emoji alone, so that there is nothing to log."""
    words = re.findall(r"\w+", _MENTION.sub(" ", _EMOJI.sub(" ", folded)))
    if words and words[0] in _GRATEFUL and len(words) <= 3:  # "thanks Ben"
        return not any(sign.search(folded) for sign in (DONE_SIGN, NAMED_SIGN, VAGUE_SIGN))
    return len(words) <= 5 and all(word in _THANKS for word in words)


def _one_of(patterns: Mapping[TouchKind, str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?P<{kind.name}>(?<![\w-])(?:{words})(?![\w-]))" for kind, words in patterns.items()))


DONE_SIGN = _one_of(DONE)
NAMED_SIGN = _one_of(NAMED)
VAGUE_SIGN = _one_of(VAGUE)
