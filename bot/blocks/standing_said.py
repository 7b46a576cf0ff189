"""What a customer is to us, said with the reason: the numbers that decided it, or the person who said so."""

from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Standing
from bot.domain.standing import Evidence, Ground, StandingView, Word

STANDINGS = {
    Standing.INNER_CIRCLE: Phrase("Inner circle", "Innerer Kreis"),
    Standing.CUSTOMER: Phrase("Customer", "Kunde"),
    Standing.PROSPECT: Phrase("Prospect", "Interessent"),
    Standing.LURKER: Phrase("Onlooker", "Mitleser"),
}

_BY = Phrase("{standing}, set by {who} {on}.", "{standing}, festgelegt von {who} {on}.")
_BY_SOMEBODY = Phrase("{standing}, set by {who}.", "{standing}, festgelegt von {who}.")
_BY_FILE = Phrase("{standing}, as an import said {on}.", "{standing}, so stand es {on} in einem Import.")
_BY_OLD_FILE = Phrase("{standing}, as an import said.", "{standing}, so stand es in einem Import.")
_BY_TERMINAL = Phrase("{standing}, set in the terminal {on}.", "{standing}, festgelegt im Terminal {on}.")
_WAITS = Phrase(
    "{standing}, until somebody takes them in: contact came back {on}.",
    "{standing}, bis sie jemand aufnimmt: {on} haben sie sich gemeldet.",
)
_VALUE = Phrase("{standing}, because of {amount} a year.", "{standing}, wegen {amount} im Jahr.")
_PURCHASE = Phrase("{standing}, because they bought something {on}.", "{standing}, wegen eines Kaufs {on}.")
_RENEWAL = Phrase("{standing}, because a renewal is set {on}.", "{standing}, wegen der Verlängerung {on}.")
_OPPORTUNITY = Phrase(
    "{standing}, because an opportunity is open: {words}.", "{standing}, wegen einer offenen Verkaufschance: {words}."
)
_CAME_BACK = Phrase(
    "{standing}, because no value is known yet and contact came back {on}.",
    "{standing}, weil noch kein Wert bekannt ist und sie sich {on} gemeldet haben.",
)
_ONE_SIDED = Counted(
    Phrase(
        "{standing}, because we wrote on {number} day since {month} and nothing ever came back.",
        "{standing}, weil wir seit {month} an {number} Tag geschrieben haben und nie etwas zurückkam.",
    ),
    Phrase(
        "{standing}, because we wrote on {number} days since {month} and nothing ever came back.",
        "{standing}, weil wir seit {month} an {number} Tagen geschrieben haben und nie etwas zurückkam.",
    ),
)
_NOTHING = Phrase("{standing}; nothing speaks against it.", "{standing}; nichts spricht dagegen.")

_DATED = {Ground.PURCHASE: _PURCHASE, Ground.RENEWAL: _RENEWAL, Ground.CAME_BACK: _CAME_BACK}
_WORDS = 80


def say_standing_name(standing: Standing, say: Voice) -> str:
    """Say a standing as a choice of a menu."""
    return say(STANDINGS[standing])


def say_standing(view: StandingView, say: Voice) -> str:
    """Say a standing and why: "Customer, because of €12,400 a year.", "Inner circle, set by Ana on 3 November."."""
    standing = say_standing_name(view.standing, say)
    if view.word is not None:
        return _say_word(view.word, standing, say)
    if view.standing is Standing.LURKER and view.judged.standing is not Standing.LURKER and view.evidence.back_on:
        return say(_WAITS, standing=standing, on=say.on(view.evidence.back_on))
    return say_judged(view, say)


def say_judged(view: StandingView, say: Voice) -> str:
    """Say what the evidence alone makes of a customer, whatever a person said."""
    return _say_ground(view.judged.ground, view.evidence, say_standing_name(view.judged.standing, say), say)


def _say_word(word: Word, standing: str, say: Voice) -> str:
    who, on = cut(tidy(word.by or ""), PERSON), say.on(word.on) if word.on else ""
    if who:
        return say(_BY, standing=standing, who=who, on=on) if on else say(_BY_SOMEBODY, standing=standing, who=who)
    if word.from_file or not on:
        return say(_BY_FILE, standing=standing, on=on) if on else say(_BY_OLD_FILE, standing=standing)
    return say(_BY_TERMINAL, standing=standing, on=on)


def _say_ground(ground: Ground, evidence: Evidence, standing: str, say: Voice) -> str:
    days = {
        Ground.PURCHASE: evidence.bought_on,
        Ground.RENEWAL: evidence.renewal_on,
        Ground.CAME_BACK: evidence.back_on,
    }
    if day := days.get(ground):
        return say(_DATED[ground], standing=standing, on=say.on(day))
    if ground is Ground.VALUE:
        return say(_VALUE, standing=standing, amount=say.money(evidence.value_minor or 0, evidence.currency))
    if ground is Ground.OPPORTUNITY:
        return say(_OPPORTUNITY, standing=standing, words=cut(tidy(evidence.opportunity or ""), _WORDS))
    if ground is Ground.ONE_SIDED and evidence.sent_first_on:
        month = say.month(evidence.sent_first_on)
        return say.count(_ONE_SIDED, evidence.sent_days, standing=standing, month=month)
    return say(_NOTHING, standing=standing)
