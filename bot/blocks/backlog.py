"""How the bot speaks of attention: what somebody has a week, what is gone of it, and when the list is worked off."""

from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.attention import DIGEST_CAP, Budget, budget_of
from bot.domain.model import Frequency
from bot.domain.views import HomeView

_TOUCHES = Counted(Phrase("{number} touch", "{number} Kontakt"), Phrase("{number} touches", "{number} Kontakte"))
_MINUTES = Counted(Phrase("{number} minute", "{number} Minute"), Phrase("{number} minutes", "{number} Minuten"))
_SPENT = Phrase("This week: {spent} of {amount}.", "Diese Woche: {spent} von {amount}.")
_A_DAY = Phrase("{number} a day", "{number} am Tag")
_A_WEEK = Phrase("{number} a week", "{number} in der Woche")
_AMOUNT_A_WEEK = Phrase("{amount} a week", "{amount} in der Woche")
_THROUGH = Phrase("{due} are due; at {pace} you are through {on}.", "{due} sind fällig; bei {pace} bist du {on} durch.")
_GROWS = Phrase(
    "{due} are due; at {pace} the list grows by about {number} a week."
    " More room in your settings, or a longer rhythm for a segment, would hold it.",
    "{due} sind fällig; bei {pace} wächst die Liste um etwa {number} in der Woche."
    " Mehr Zeit in deinen Einstellungen oder ein längerer Rhythmus für ein Segment würde sie halten.",
)
_STAYS = Phrase(
    "{due} are due; at {pace} you are not through within a year."
    " More room in your settings, or a longer rhythm for a segment, would change that.",
    "{due} sind fällig; bei {pace} bist du in einem Jahr nicht durch."
    " Mehr Zeit in deinen Einstellungen oder ein längerer Rhythmus für ein Segment würde das ändern.",
)


def say_budget(budget: Budget | None, say: Voice) -> str:
    """Say what somebody has a week, as they could type it: "10 touches", "90 minutes"; empty without a budget."""
    if budget is None:
        return ""
    counted = _MINUTES if budget.in_minutes else _TOUCHES
    # Not grouped: it stands in a form, and "1,200 minutes" would be read as little more than one.
    return say(counted.one if budget.amount == 1 else counted.many, number=budget.amount)


def say_spent(budget: Budget, spent: int, say: Voice) -> str:
    """Say what is gone of a week's attention: "This week: 6 of 10 touches."."""
    return say(_SPENT, spent=spent, amount=say_budget(budget, say))


def say_backlog(view: HomeView, say: Voice) -> str:
    """Say when what is due is worked off, or that it is not: "212 are due; at 5 a day you are through on …"."""
    pace, backlog = _say_pace(view, say), view.backlog
    if backlog is None:
        return ""
    if backlog.done_on:
        return say(_THROUGH, due=say.whole(view.due_total), pace=pace, on=say.full_day(backlog.done_on))
    phrase = _GROWS if backlog.growth_a_week else _STAYS
    return say(phrase, due=say.whole(view.due_total), pace=pace, number=say.whole(backlog.growth_a_week))


def _say_pace(view: HomeView, say: Voice) -> str:
    if budget := budget_of(view.reader):
        return say(_AMOUNT_A_WEEK, amount=say_budget(budget, say))
    return say(_A_WEEK if view.frequency is Frequency.WEEKLY else _A_DAY, number=DIGEST_CAP)
