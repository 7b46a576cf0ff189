"""What a customers file and a touches file can hold, and what other tools call it (English and German)."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a file is a list of."""

    CUSTOMERS = "customers"
    TOUCHES = "touches"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the contract; `synonyms` are headings of other tools in their normal form, the surest first."""

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = False


def _fields(*specs: str) -> tuple[FieldSpec, ...]:
    fields = []
    for spec in specs:
        name, _, synonyms = spec.partition(":")
        required = name.endswith("*")
        fields.append(
            FieldSpec(name.rstrip("*"), tuple(word.strip() for word in synonyms.split(",") if word.strip()), required)
        )
    return tuple(fields)


# `last_contact_on` is no column of the contract: see last_contact.py. Nor is `known_since`, from an export of ours: the
# day from which silence counts where nobody said since when they are a customer.
CUSTOMER_FIELDS = _fields(
    "external_id: record id, customer id, customer number, customer no, kundennr, kundennummer, kunden nr,"
    " kd nr, account id,"
    " company id, client id, organization id, deal id, crm id, id, nr, number, nummer",
    "name*: company name, account name, customer name, customer, company, client, client name, organization,"
    " organisation,"
    " organization name, firma, firmenname, firmenbezeichnung, kunde, kundenname, unternehmen, full name,"
    " display name",
    "owner: company owner, account owner, customer owner, owner name, owner email, account manager, betreuer,"
    " kundenbetreuer,"
    " ansprechpartner intern, verantwortlich, verantwortlicher, zustandig, assigned to, sales rep, responsible",
    "segment: kundengruppe, customer group, customer segment, kundensegment, tier, abc, gruppe, kategorie,"
    " category, group",
    "standing: lifecycle stage, lead status, account type, customer type, relationship, kundenstatus",
    "annual_value: annual value, annual revenue, jahresumsatz, umsatz, umsatz pro jahr, yearly revenue, arr, acv,"
    " annual contract value, contract value, revenue, customer value, jahreswert, kundenwert, value, wert",
    "currency: wahrung, currency code, iso currency, wahrungscode",
    "contact_name: ansprechpartner, contact, contact person, primary contact, kontakt, kontaktperson, main contact",
    "contact_email: e mail, email, email address, e mail adresse, contact email address, mail, primary email,"
    " e mail 1 value",
    "contact_phone: phone number, phone, telefon, telefonnummer, tel, mobile, mobile phone, handy,"
    " contact phone number,"
    " phone 1 value",
    "preferred_channel: preferred channel, preferred contact method, bevorzugter kanal, kanal",
    "locale: language, preferred language, sprache",
    "timezone: time zone, zeitzone",
    "birthday: geburtstag, geburtsdatum, date of birth, birth date, dob",
    "customer_since: kunde seit, client since, create date, created date, created at, created, date created,"
    " erstellt,"
    " erstellt am, angelegt, angelegt am, kunde ab, start date, first purchase, erstkontakt",
    "renewal_on: renewal date, renewal, contract end, contract end date, vertragsende, verlangerung, next renewal",
    "tags: labels, schlagworte, stichworte, tag",
    "notes: note, notizen, notiz, bemerkung, bemerkungen, description, beschreibung, comment, comments, kommentar",
    "last_contact_on: last contact, last contacted, last contact date, letzter kontakt, letzter kontakt am,"
    " kontakt zuletzt,"
    " zuletzt kontaktiert, letztes gesprach, last spoke, last talked, last conversation",
    "known_since",
)

TOUCH_FIELDS = _fields(
    "external_id: activity id, touch id, engagement id, event id, task id, record id, aktivitats id, id, nr",
    "customer*: associated company ids, associated company id, company id, account id, customer id, kundennr,"
    " kundennummer,"
    " record id company, associated company, account name, company name, company, account, kunde, kundenname,"
    " firma, client,"
    " organization, related to, customer name, name",
    "customer_name: associated company, company name, account name, company, account, kunde, kundenname, firma,"
    " client,"
    " customer name, organization",
    "at*: activity date, date, datum, touched at, timestamp, date time, when, time, zeitpunkt, occurred at, start,"
    " start date, due date, create date, created at, besuchsdatum, am",
    "kind: activity type, type, typ, art, kontaktart, channel, kanal, aktivitatstyp, engagement type, aktivitat",
    "direction: richtung, inbound outbound, call direction",
    "by: activity assigned to, assigned to, owner, activity owner, created by, mitarbeiter, bearbeiter,"
    " betreuer, user, wer,"
    " teammate, author, von",
    "contact: contact name, associated contact, associated contacts, contact person, ansprechpartner, kontakt,"
    " with, mit",
    "amount: betrag, value, wert, umsatz, total, order value, sum, summe, price, preis",
    "currency: wahrung, currency code",
    "note: body preview, notes, note body, body, subject, betreff, comment, comments, notiz, notizen,"
    " bemerkung, text,"
    " description, beschreibung, inhalt, summary",
)

# Headings that look like one of the above and are not: counters, and dates that an edit or a mass mail moves.
NEVER = frozenset(
    {
        "last activity date", "last activity", "last modified date", "last modified",
        "letzte aktivitat", "letzte anderung",
        "next activity date", "number of times contacted", "number of employees", "parent company", "website",
    }
)  # fmt: skip


def fields_of(subject: Subject) -> tuple[FieldSpec, ...]:
    """Return the fields that a file about the subject can have."""
    return CUSTOMER_FIELDS if subject is Subject.CUSTOMERS else TOUCH_FIELDS
