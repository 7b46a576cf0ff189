"""The forms about what a customer is: choosing a standing, who leaves a full circle, and how many seats there are."""

from bot.blocks.ended import NAME
from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, labelled, modal, option, radio, section, select, typed
from bot.blocks.modals_card import CANCEL
from bot.blocks.standing_said import STANDINGS, say_judged, say_standing
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.circle import MOST_SEATS, Seated, Seats
from bot.domain.model import Standing
from bot.domain.standing import StandingView

DERIVED = "derived"

_TITLE = Phrase("What are they to us?", "Was sind sie für uns?")
_SAVE = Phrase("Save", "Speichern")
_STANDING = Phrase("Standing", "Einordnung")
_MEANINGS = {
    Standing.INNER_CIRCLE: Phrase("One of the few with a seat", "Eine der wenigen mit einem Platz"),
    Standing.CUSTOMER: Phrase("They buy from us", "Sie kaufen bei uns"),
    Standing.PROSPECT: Phrase("They may buy one day", "Sie könnten einmal kaufen"),
    Standing.LURKER: Phrase("Never in a digest", "Nie in einer Übersicht"),
}
_LET_DECIDE = Phrase("Let the ledger decide", "Das Buch entscheiden lassen")
_LEDGER_SAYS = Phrase("The ledger alone would say: {judged}", "Das Buch allein würde sagen: {judged}")

_FULL_TITLE = Phrase("Who leaves?", "Wer geht?")
_MINE_FULL = Counted(
    Phrase(
        "The one seat of {owner} is taken. Who leaves for {name}?",
        "Der eine Platz von {owner} ist vergeben. Wer geht für {name}?",
    ),
    Phrase(
        "All {number} seats of {owner} are taken. Who leaves for {name}?",
        "Alle {number} Plätze von {owner} sind vergeben. Wer geht für {name}?",
    ),
)
_TEAM_FULL = Counted(
    Phrase(
        "The one seat of the team is taken. Who leaves for {name}?",
        "Der eine Platz des Teams ist vergeben. Wer geht für {name}?",
    ),
    Phrase(
        "All {number} seats of the team are taken. Who leaves for {name}?",
        "Alle {number} Plätze des Teams sind vergeben. Wer geht für {name}?",
    ),
)
_NOBODY_TO_ASK = Phrase(
    "None of them is yours to decide about. An admin can free a seat, or add some.",
    "Über niemanden davon entscheidest du. Admins können einen Platz freimachen oder mehr einrichten.",
)
_LEAVES = Phrase("Leaves the inner circle", "Verlässt den inneren Kreis")
_LEAVES_HINT = Phrase(
    "The least contacted first. They stay a customer of yours.",
    "Zuerst, mit wem am längsten niemand sprach. Sie bleiben in deiner Liste.",
)
_SWAP = Phrase("Change places", "Plätze tauschen")
_CLOSE = Phrase("Close", "Schließen")
_LAST = Phrase("last touch {on}", "zuletzt {on}")
_NEVER = Phrase("no touch yet", "noch kein Kontakt")
_WORTH = Phrase("{amount} a year", "{amount} im Jahr")

_SEATS_TITLE = Phrase("Inner circle", "Innerer Kreis")
_SEATS_EACH = Phrase("Seats for each teammate", "Plätze für jede Person")
_SEATS_TEAM = Phrase("Seats for the whole team", "Plätze für das ganze Team")
_SEATS_HINT = Phrase(
    "{taken} are taken now. Nobody loses a seat; nobody is added while it is full.",
    "{taken} sind vergeben. Niemand verliert einen Platz; bei vollem Kreis kommt niemand dazu.",
)
_MOST_RADIOS, _MOST_OPTIONS = 10, 100


def build_standing(view: StandingView, say: Voice, *, name: str, metadata: str) -> Json:
    """Draw the four standings and the way back to the evidence; the values are a Standing's or DERIVED."""
    choices = [option(say(phrase), kind, description=say(_MEANINGS[kind])) for kind, phrase in STANDINGS.items()]
    choices.append(option(say(_LET_DECIDE), DERIVED))
    chosen = view.standing.value if view.word else DERIVED
    title = cut(tidy(name), NAME)
    blocks = [
        section(f"{title}\n{say_standing(view, say)}" if title else say_standing(view, say)),
        labelled(
            say(_STANDING),
            radio(Field.STANDING, choices, chosen=chosen),
            hint=say(_LEDGER_SAYS, judged=say_judged(view, say)),
        ),
    ]
    return modal(ViewId.STANDING, say(_TITLE), blocks, submit=say(_SAVE), close=say(CANCEL), metadata=metadata)


def build_who_leaves(
    say: Voice, *, name: str, seats: Seats, owner: str | None, may_leave: tuple[Seated, ...], metadata: str
) -> Json:
    """Draw who sits in a full circle, with last touch and value; the values are customer ids.

    `owner` is whose circle is full, None when it is the team's. Without anybody to choose there is nothing to submit.
    """
    who = {"name": cut(tidy(name), NAME), "owner": cut(tidy(owner or ""), PERSON)}
    question = say.count(_MINE_FULL, seats.each, **who) if owner else say.count(_TEAM_FULL, seats.team, **who)
    blocks = [section(question)]
    if not may_leave:
        blocks.append(section(say(_NOBODY_TO_ASK)))
        return modal(ViewId.WHO_LEAVES, say(_FULL_TITLE), blocks, submit=None, close=say(_CLOSE), metadata=metadata)
    choices = [
        option(cut(tidy(each.name), NAME) or "…", str(each.customer_id), description=_say_seated(each, say))
        for each in may_leave[:_MOST_OPTIONS]
    ]
    menu = radio(Field.LEAVES, choices) if len(choices) <= _MOST_RADIOS else select(Field.LEAVES, choices)
    blocks.append(labelled(say(_LEAVES), menu, hint=say(_LEAVES_HINT)))
    return modal(ViewId.WHO_LEAVES, say(_FULL_TITLE), blocks, submit=say(_SWAP), close=say(CANCEL), metadata=metadata)


def build_seats(seats: Seats, say: Voice) -> Json:
    """Draw how many seats the circle has, for a teammate and for the team."""
    blocks = [
        labelled(say(_SEATS_EACH), typed(Field.SEATS_EACH, value=str(seats.each), most=len(str(MOST_SEATS)))),
        labelled(
            say(_SEATS_TEAM),
            typed(Field.SEATS_TEAM, value=str(seats.team), most=len(str(MOST_SEATS))),
            hint=say(_SEATS_HINT, taken=seats.team_taken),
        ),
    ]
    return modal(ViewId.SEATS, say(_SEATS_TITLE), blocks, submit=say(_SAVE), close=say(CANCEL))


def _say_seated(seated: Seated, say: Voice) -> str:
    facts = [say(_LAST, on=say.on(seated.last_on)) if seated.last_on else say(_NEVER)]
    if seated.value_minor is not None:
        facts.append(say(_WORTH, amount=say.money(seated.value_minor, seated.currency)))
    return " · ".join(facts)
