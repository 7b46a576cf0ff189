"""Who the sample customers are: three teammates, four segments, thirty-six customers, each with a small story.

Days are counted from the day of loading, so that the first morning's digest always has something to tell.
"""

from dataclasses import dataclass

from bot.domain.model import Role, Standing, TouchKind

Said = tuple[TouchKind, str]

CALL, EMAIL, MEETING = TouchKind.CALL, TouchKind.EMAIL, TouchKind.MEETING
MESSAGE, VISIT, PURCHASE = TouchKind.MESSAGE, TouchKind.VISIT, TouchKind.PURCHASE


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A teammate of the sample."""

    slack_user_id: str
    name: str
    email: str
    timezone: str
    locale: str
    role: Role = Role.MEMBER


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """A customer of the sample.

    `value` is money a year in major units. `overdue` is how many days past its due day it is, below zero how many are
    left; None: nobody has talked to them in all the `since` days. `touches` came about every `gap` days (None: the
    segment's cadence). `notes` belong to the latest touches, newest first. `by` wrote the last one.
    They became a customer `years` before the day of loading; `promise` is what their owner noted to do tomorrow.
    """

    name: str
    segment: str
    value: int | None
    currency: str
    contact: str
    overdue: int | None
    notes: tuple[Said, ...] = ()
    gap: int | None = None
    touches: int = 7
    since: int = 400
    phone: str | None = None
    channel: str = "email"
    locale: str | None = None
    standing: Standing = Standing.CUSTOMER
    by: str | None = None
    birthday_in: int | None = None
    years: int | None = None
    promise: str | None = None
    renewal_in: int | None = None
    snoozed_for: int | None = None
    tags: str = ""


ANA = SamplePerson("U0ANA", "Ana", "ana@example.com", "Europe/London", "en-GB", Role.ADMIN)
BEN = SamplePerson("U0BEN", "Ben", "ben@example.com", "America/New_York", "en-US")
CHI = SamplePerson("U0CHI", "Chi", "chi@example.com", "Europe/Berlin", "de-DE")

# Segments and the gap in days that each aims for.
KEY, CLIENT, PARTNER, PROSPECT = "Key accounts", "Clients", "Partners", "Prospects"
CADENCE_DAYS = {KEY: 21, CLIENT: 42, PARTNER: 56, PROSPECT: 14}

# What one unit is worth in euros: round numbers, so that the sample needs no network.
RATES = {"GBP": 1.15, "USD": 0.9}

ANAS = (
    SampleCustomer(
        "Acme", KEY, 84_000, "EUR", "Jana Köhler", 17,
        ((CALL, "Wants the three-year price."), (MEETING, "Hamburg opening went well. Jonas runs the site now."),
         (EMAIL, "Asked about the API."), (CALL, "Happy with the first quarter.")),
        touches=9, phone="+44 20 7946 0101", standing=Standing.INNER_CIRCLE, tags="logistics, reference",
    ),
    SampleCustomer(
        "Dune Hotels", KEY, 61_000, "GBP", "Marcus Reed", 12,
        ((CALL, "Budget is decided after the holidays."), (MEETING, "Showed the new booking page.")), snoozed_for=9,
    ),
    SampleCustomer(
        "Thornbury Press", CLIENT, 28_000, "GBP", "Isla Grant", 24,
        ((EMAIL, "Asked for samples of the spring catalogue."), (CALL, "Printer is booked until May.")), gap=35,
    ),
    SampleCustomer("Harbour & Vale", CLIENT, 19_500, "GBP", "Owen Price", None, since=75, channel="phone",
                   phone="+44 20 7946 0144"),
    SampleCustomer(
        "Wrenfield Nursery", PARTNER, 9_000, "GBP", "Ruth Adeyemi", 9,
        ((VISIT, "Needs a new contact for deliveries."), (EMAIL, "Sent photos of the greenhouse.")), channel="visit",
    ),
    SampleCustomer(
        "Kestrel Coffee", CLIENT, 33_000, "GBP", "Nadia Haddad", -1,
        ((CALL, "Interested in the loyalty cards."), (PURCHASE, "Second order, 400 bags.")), channel="phone",
        phone="+44 20 7946 0177",
    ),
    SampleCustomer(
        "Larkspur Studio", CLIENT, 14_000, "GBP", "Tom Ashby", -61,
        ((MESSAGE, "Asked if the invoice arrived."),), by="U0BEN", birthday_in=1, channel="chat",
    ),
    SampleCustomer("Moorgate Dental", KEY, 42_000, "GBP", "Priya Nair", -26,
                   ((MEETING, "Signed for two more rooms."),), years=3, since=1_200),
    SampleCustomer("Pennine Outdoor", CLIENT, 22_000, "GBP", "Callum Hughes", -4,
                   ((EMAIL, "Waiting for the tent sizes."),), promise="send the tent sizes"),
    SampleCustomer("Quill & Rowe", PARTNER, 12_000, "GBP", "Helen Rowe", -60, ((CALL, "Checked the contract terms."),),
                   renewal_in=35),
    SampleCustomer("Saltmarsh Bakery", PROSPECT, 8_000, "GBP", "Finn Doyle", -12, ((VISIT, "Tasting on site."),),
                   touches=3, since=50, standing=Standing.PROSPECT),
    SampleCustomer(
        "Elm Street Books", CLIENT, None, "GBP", "Ida Novak", -48,
        ((EMAIL, "Asked what a window display would cost."), (EMAIL, "Thanks for the newsletter.")), gap=12, touches=3,
        since=200, standing=Standing.LURKER,
    ),
)  # fmt: skip

BENS = (
    SampleCustomer(
        "Birch & Sons", KEY, 96_000, "USD", "Walter Birch", -28,
        ((MEETING, "Walked through next year's plan."), (CALL, "Pleased with the new schedule.")),
        touches=10, standing=Standing.INNER_CIRCLE,
    ),
    SampleCustomer("Cedar Dental", CLIENT, 4_800, "USD", "Amy Cho", 30, ((EMAIL, "Asked for the fee table."),)),
    SampleCustomer(
        "Granite Peak", KEY, 72_000, "USD", "Luis Ortega", 11,
        ((CALL, "Needs the new price list before the fall order."), (PURCHASE, "Spring order, 220 units.")),
        channel="phone", phone="+1 212 555 0142",
    ),
    SampleCustomer("Hudson Lofts", CLIENT, 38_000, "USD", "Dana Whitfield", 16,
                   ((MEETING, "Wants a quote for the roof terrace."), (EMAIL, "Shared the floor plan."))),
    SampleCustomer("Ivy Lane School", CLIENT, 26_000, "USD", "Robert Kim", 5,
                   ((CALL, "Waiting for the board vote on tablets."),)),
    SampleCustomer("Juniper Labs", PROSPECT, 54_000, "USD", "Maya Stein", 6,
                   ((MEETING, "Asked for a pilot with two teams."),), touches=4, since=70, standing=Standing.PROSPECT),
    SampleCustomer("Kodiak Freight", CLIENT, 31_000, "USD", "Erik Dahl", 40,
                   ((CALL, "Promised the tracking report."), (EMAIL, "Asked about customs forms.")), gap=30),
    SampleCustomer("Lakeview Clinics", KEY, 58_000, "USD", "Susan Bell", 2,
                   ((EMAIL, "Interested in the night shift plan."),)),
    SampleCustomer("Maple & Main", CLIENT, 17_000, "USD", "Jordan Lee", -1, ((MESSAGE, "Asked for a new sign."),),
                   channel="chat"),
    SampleCustomer("Northgate Theater", PARTNER, 11_000, "USD", "Paula Dunn", -50,
                   ((MEETING, "Planned the summer season."),),
                   renewal_in=31),
    SampleCustomer("Tamar Yachts", CLIENT, None, "USD", "Grace Penrose", -8, ((CALL, "Asked about winter storage."),)),
    SampleCustomer("Orchard Supply", CLIENT, 21_000, "USD", "Sam Whitaker", -51,
                   ((CALL, "Reordered the small crates."),)),
)  # fmt: skip

CHIS = (
    SampleCustomer(
        "Fuchs Maschinenbau", KEY, 120_000, "EUR", "Sabine Fuchs", 8,
        ((CALL, "Will den Wartungsvertrag um drei Jahre verlängern."), (VISIT, "Die neue Halle ist fertig.")),
        touches=9, locale="de-DE", phone="+49 30 23125 101", standing=Standing.INNER_CIRCLE,
    ),
    SampleCustomer("Gärtnerei Blumenthal", CLIENT, 15_000, "EUR", "Uwe Blumenthal", 20,
                   ((EMAIL, "Fragt nach den Lieferzeiten im Frühjahr."),), locale="de-DE"),
    SampleCustomer("Hofmann Akustik", CLIENT, 27_000, "EUR", "Petra Hofmann", 13,
                   ((MEETING, "Braucht ein Angebot für die zweite Halle."), (CALL, "Alles gut.")), gap=30,
                   locale="de-DE"),
    SampleCustomer("Inselhotel Rügen", PARTNER, 18_000, "EUR", "Katrin Voss", -40,
                   ((CALL, "Wartet auf die Preise für den Sommer."),), locale="de-DE", renewal_in=20),
    SampleCustomer("Jansen Druck", CLIENT, 23_000, "EUR", "Malte Jansen", -1,
                   ((EMAIL, "Fragt nach Recyclingpapier."),), locale="de-DE"),
    SampleCustomer("Kaltenberg Brauerei", KEY, 66_000, "EUR", "Anton Huber", -27,
                   ((VISIT, "Neue Abfüllanlage gezeigt."),), locale="de-DE", channel="visit"),
    SampleCustomer("Lindner Optik", CLIENT, 12_000, "EUR", "Birgit Lindner", -3,
                   ((CALL, "Interessiert sich für den Schaukasten."),), locale="de-DE", channel="phone",
                   phone="+49 30 23125 144"),
    SampleCustomer("Meister & Co", PARTNER, 9_500, "EUR", "Jörg Meister", -45,
                   ((MEETING, "Messe geplant."),), locale="de-DE"),
    SampleCustomer("Nordlicht Energie", PROSPECT, 80_000, "EUR", "Lena Petersen", 4,
                   ((MEETING, "Wartet auf die Referenzen."),), touches=4, since=60, locale="de-DE",
                   standing=Standing.PROSPECT),
    SampleCustomer("Oderland Apotheken", CLIENT, 31_000, "EUR", "Heike Brandt", 6,
                   ((CALL, "Nach dem Umbau wieder melden."),), locale="de-DE", snoozed_for=21),
    SampleCustomer("Pfeffer Feinkost", CLIENT, None, "EUR", "Giulia Conti", -55, ((EMAIL, "Neue Karte geschickt."),),
                   locale="de-DE"),
    SampleCustomer("Quartier Vier", CLIENT, 14_500, "EUR", "Nils Albrecht", 230, ((EMAIL, "Projekt verschoben."),),
                   touches=4, since=700, locale="de-DE"),
)  # fmt: skip

CAST = ((ANA, ANAS), (BEN, BENS), (CHI, CHIS))
