"""The words in which people give dates, per language; month and weekday names come from CLDR by way of babel.

Fragments are regular expressions over folded text (lower case, no accents). In a template `{n}` stands for a
number, `{unit}` for a unit of time, and `{x}` for a weekday, a unit or a month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class DateWords:
    """One language: `near` gives days from today, `few` means about three, the templates come as alternatives."""

    near: Mapping[str, int]
    time_of_day: str
    units: Mapping[Unit, str]
    numbers: Mapping[str, int]
    few: str
    ago: tuple[str, ...]
    ahead: tuple[str, ...]
    last: tuple[str, ...]
    this: tuple[str, ...]
    next: tuple[str, ...]
    on: str
    end: tuple[str, ...]
    middle: tuple[str, ...]
    start: tuple[str, ...]
    day_of_month: str = ""
    extra_weekdays: Mapping[str, int] = field(default_factory=dict)


ENGLISH = DateWords(
    near={
        r"(?:the )?day before yesterday": -2,
        r"yesterday|last night": -1,
        r"today|this (?:morning|afternoon|evening)|tonight|just now|eod|cob": 0,
        r"tomorrow|tmrw|tmr": 1,
        r"(?:the )?day after tomorrow": 2,
    },
    time_of_day=r"morning|noon|lunchtime|afternoon|evening|night",
    units={"day": "days?", "week": "weeks?|wks?", "month": "months?", "year": "years?|yrs?"},
    numbers={
        "an?|one": 1,
        "two|(?:a )?couple(?: of)?": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
    },
    few="a few|few|several|some",
    ago=(r"(?:about )?{n} {unit} (?:ago|back)",),
    ahead=(r"in (?:about )?{n} {unit}", r"{n} {unit} from (?:now|today)"),
    last=(r"(?:the )?(?:last|past|previous) {x}",),
    this=(r"(?:earlier |later )?this {x}",),
    next=(r"(?:the )?(?:next|coming) {x}",),
    on="on|this past",
    end=(r"(?:at )?(?:the )?end of (?:the )?{x}",),
    middle=(r"(?:in )?mid(?:-| |dle of (?:the )?){x}",),
    start=(r"(?:at )?(?:the )?(?:early(?: in)?|beginning of|start of) (?:the )?{x}",),
    day_of_month=r"(?:on )?the (?P<day>\d{1,2})(?:st|nd|rd|th)",
    extra_weekdays={"tues": 1, "thur": 3, "thurs": 3},
)

GERMAN = DateWords(
    near={
        r"vorgestern": -2,
        r"gestern": -1,
        r"heute|gerade eben|soeben": 0,
        r"(?<!guten )(?<!am )(?<!jeden )morgen": 1,
        r"(?:ue|u)bermorgen": 2,
    },
    time_of_day=r"fr(?:ue|u)h|morgen|vormittag|mittag|nachmittag|abend|nacht",
    units={"day": "tag(?:en?)?", "week": "wochen?", "month": "monat(?:en?)?", "year": "jahr(?:en?)?"},
    numbers={
        "ein(?:e[mnr]?)?": 1,
        "zwei|ein paar": 2,
        "drei": 3,
        "vier": 4,
        "f(?:ue|u)nf": 5,
        "sechs": 6,
        "sieben": 7,
        "acht": 8,
        "neun": 9,
        "zehn": 10,
        "elf": 11,
        "zw(?:oe|o)lf": 12,
    },
    few="einigen?|mehreren?",
    ago=(r"(?:etwa )?vor (?:etwa |ca\.? )?{n} {unit}",),
    ahead=(r"in (?:etwa |ca\.? )?{n} {unit}",),
    last=(r"(?:am |im |in der )?(?:letzt|vergangen|vorig)e[mnrs]? {x}",),
    this=(r"(?:am |im |in )?diese[mnrs]? {x}",),
    next=(r"(?:am |im |in der )?(?:n(?:ae|a)chst|kommend)e[mnrs]? {x}",),
    on="am|den|an dem",
    end=(r"(?:am |zum |gegen )?ende (?:des |der )?{x}s?", r"(?:am |zum )?{x}s?ende"),
    middle=(r"mitte (?:des |der )?{x}s?",),
    start=(r"(?:am )?(?:anfang|beginn) (?:des |der )?{x}s?",),
    day_of_month=r"am (?P<day>\d{1,2})\.(?=\s*(?:$|[,;:!)]|mit|bei|telefon|angeruf|getroff|geschrieb|gemail|besuch))",
)

FRENCH = DateWords(
    near={
        r"avant[- ]hier": -2,
        r"hier": -1,
        r"aujourd'?hui|ce (?:matin|soir|midi)|cet apres-midi|tout a l'heure": 0,
        r"(?<!apres-)(?<!apres )demain": 1,
        r"apres[- ]demain": 2,
    },
    time_of_day=r"matin|midi|apres-midi|soir",
    units={"day": "jours?", "week": "semaines?", "month": "mois", "year": "ans?|annees?"},
    numbers={"une?": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10},
    few="quelques",
    ago=(r"il y a (?:environ )?{n} {unit}",),
    ahead=(r"dans (?:environ )?{n} {unit}", r"d'ici {n} {unit}"),
    last=(r"(?:l[ae] )?{x} (?:derni(?:er|ere)|passee?)",),
    this=(r"ce(?:t|tte)? {x}",),
    next=(r"(?:l[ae] )?{x} prochaine?",),
    on="le",
    end=(r"(?:a la |en )?fin (?:du |de la |de l'|de |d')?{x}",),
    middle=(r"(?:a la )?mi-{x}", r"milieu (?:du |de la |de )?{x}"),
    start=(r"(?:au )?debut (?:du |de la |de |d')?{x}",),
)

SPANISH = DateWords(
    near={
        r"anteayer|antes de ayer": -2,
        r"ayer|anoche": -1,
        r"hoy|esta (?:manana|tarde|noche)": 0,
        r"(?<!la )(?<!esta )(?<!pasado )manana": 1,
        r"pasado manana": 2,
    },
    time_of_day=r"(?:por|a|en) la (?:manana|tarde|noche)",
    units={"day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "year": "anos?"},
    numbers={"una?": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "diez": 10},
    few="unos|unas|algunos|algunas",
    ago=(r"hace (?:unos |unas )?{n} {unit}",),
    ahead=(r"(?:en|dentro de) {n} {unit}",),
    last=(r"(?:el |la )?{x} pasad[oa]", r"(?:el |la )?ultim[oa] {x}"),
    this=(r"est[ea] {x}",),
    next=(r"(?:el |la )?proxim[oa] {x}", r"(?:el |la )?{x} (?:que viene|proxim[oa])"),
    on="el",
    end=(r"(?:a )?(?:finales|fines|final|fin) del? {x}",),
    middle=(r"(?:a )?mediados de {x}",),
    start=(r"(?:a )?(?:principios|comienzos) de {x}",),
)

LANGUAGES: Mapping[str, DateWords] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}

# Right before a date they make it a deadline or somebody's plan, not the day on which something happened.
DEADLINE = (
    r"(?:by|until|till|til|before|for|from|since|after|bis|fuer|fur|ab|seit|nach|vor|zum|pour|avant|jusqu'?a?u?|depuis"
    r"|para|hasta|desde|antes del?|of|vom)(?: the| zum| zu| le| el| au)?"
)
