"""What a rule proposes to change about itself, with the figures, for admins. Nobody who put a customer off is named."""

from collections.abc import Sequence

from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, message, section
from bot.blocks.segments_said import say_counted
from bot.blocks.text import capitalized, cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Occasion
from bot.domain.views import ProposalView

OCCASIONS = {
    Occasion.OVERDUE: Phrase("silence", "Stille"),
    Occasion.BIRTHDAY: Phrase("birthdays", "Geburtstage"),
    Occasion.RENEWAL: Phrase("renewals", "Verlängerungen"),
    Occasion.ANNIVERSARY: Phrase("anniversaries", "Jahrestage"),
    Occasion.FIRST_MONTH: Phrase("the first month", "erster Monat"),
    Occasion.PROMISE: Phrase("promises", "Zusagen"),
}
_SEGMENT = 40

_EARLY = Phrase(
    "{segment}, {occasion}: {early} of {nudges} nudges in the last four weeks came too early.",
    "{segment}, {occasion}: In den letzten vier Wochen kamen {early} von {nudges} Hinweisen zu früh.",
)
_WRONG = Phrase(
    "{segment}, {occasion}: {wrong} of {nudges} nudges in the last four weeks went to the wrong person or were not"
    " relevant.",
    "{segment}, {occasion}: In den letzten vier Wochen gingen {wrong} von {nudges} Hinweisen an die falsche Person oder"
    " waren nicht relevant.",
)
_BOTH = Phrase(
    "{segment}, {occasion}: {early} of {nudges} nudges in the last four weeks came too early, {wrong} went to the wrong"
    " person or were not relevant.",
    "{segment}, {occasion}: In den letzten vier Wochen kamen {early} von {nudges} Hinweisen zu früh, {wrong} gingen an"
    " die falsche Person oder waren nicht relevant.",
)
_ASKED = Phrase(
    "{segment}: a customer was put off three times in a row, and somebody asks for a longer gap.",
    "{segment}: Ein Kunde wurde dreimal nacheinander zurückgestellt, und jemand bittet um einen größeren Abstand.",
)
_SLOWER = Phrase(
    "{to} instead of {from_} would have left out {number} of them",
    "{to} statt {from_} hätten {number} davon erspart",
)
_ALL_KEPT = Phrase("{slower}.", "{slower}.")
_LATER = Counted(
    Phrase(
        "{slower}, and told one that helped later or not at all.",
        "{slower}; einer, der geholfen hat, wäre später oder nicht gekommen.",
    ),
    Phrase(
        "{slower}, and told {number} that helped later or not at all.",
        "{slower}; {number}, die geholfen haben, wären später oder nicht gekommen.",
    ),
)
_STOPPED = Phrase("Without them, those would not have come.", "Ohne sie wären diese nicht gekommen.")
_STOPPED_TOO = Counted(
    Phrase(
        "Without them, those would not have come, nor one that helped.",
        "Ohne sie wären diese nicht gekommen, und einer, der geholfen hat, auch nicht.",
    ),
    Phrase(
        "Without them, those would not have come, nor {number} that helped.",
        "Ohne sie wären diese nicht gekommen, und {number}, die geholfen haben, auch nicht.",
    ),
)
_DOUBLE = Phrase("Now it is {from_}; {to} is proposed.", "Jetzt sind es {from_}; vorgeschlagen sind {to}.")

_CHANGE = Phrase("Change to {to}", "Auf {to} ändern")
_STOP = Phrase("Stop {occasion}", "{occasion} weglassen")
_LEAVE = Phrase("Leave it", "So lassen")
_UNDO = Phrase("Undo", "Rückgängig")
_LABEL_LEAVE = Phrase("Leave {segment} as it is", "{segment} so lassen")
_LABEL_CHANGE = Phrase("Talk to all of {segment} every {to}", "Mit allen aus {segment} alle {to} sprechen")
_LABEL_STOP = Phrase("Stop {occasion} for {segment}", "{occasion} bei {segment} weglassen")
_LABEL_UNDO = Phrase("Undo the answer about {segment}", "Die Antwort zu {segment} rückgängig machen")

_CHANGED = Phrase("{who} changed {segment} to {to} {at}.", "{who} hat {segment} {at} auf {to} geändert.")
_ENDED = Phrase("{who} stopped {occasion} for {segment} {at}.", "{who} hat {occasion} bei {segment} {at} abgestellt.")
_LEFT = Phrase("{who} left {segment} as it is {at}.", "{who} hat {segment} {at} so gelassen.")
_SOMEBODY = Phrase("Somebody", "Jemand")


def build_proposal(view: ProposalView, say: Voice, *, place: str) -> Json:
    """Draw a proposal as a message: the figures, the change, and two buttons; once answered, who did and Undo."""
    return message(proposal_lines(view, say), build_proposal_blocks(view, say, place=place))


def build_proposal_blocks(view: ProposalView, say: Voice, *, place: str) -> list[Json]:
    """Draw the same as part of the App Home."""
    text, value = " ".join(proposal_lines(view, say)), str(view.id)
    segment = cut(tidy(view.segment_name), _SEGMENT)
    if view.answered_at is not None:
        undo = button(say(_UNDO), ActionId.PROPOSAL_UNDO, value, label=say(_LABEL_UNDO, segment=segment))
        return [section(text, block_id=f"{place}.proposal", accessory=undo)]
    if view.change.to_days is None:
        occasion = say(OCCASIONS[view.occasion])
        change = capitalized(say(_STOP, occasion=occasion))
        label = capitalized(say(_LABEL_STOP, occasion=occasion, segment=segment))
    else:
        change = say(_CHANGE, to=_to(view, say))
        label = say(_LABEL_CHANGE, segment=segment, to=_to(view, say))
    buttons = [
        button(change, ActionId.PROPOSAL_ACCEPT, value, label=label),
        button(say(_LEAVE), ActionId.PROPOSAL_LEAVE, value, label=say(_LABEL_LEAVE, segment=segment)),
    ]
    return [section(text, block_id=f"{place}.proposal"), actions(buttons, block_id=f"{place}.proposal.do")]


def proposal_lines(view: ProposalView, say: Voice) -> Sequence[str]:
    """Say a proposal: what happened, and what the change would have done; once answered, only who did and how."""
    if view.answered_at is not None:
        return [_say_answer(view, say)]
    change, segment = view.change, cut(tidy(view.segment_name), _SEGMENT)
    if view.asked:
        now = say_counted(change.from_days, say, working=view.in_working_days)
        return [say(_ASKED, segment=segment), say(_DOUBLE, from_=now, to=change.to_days)]
    phrase = _BOTH if change.too_early and change.wrong else _EARLY if change.too_early else _WRONG
    told = say(
        phrase,
        segment=segment,
        occasion=say(OCCASIONS[view.occasion]),
        early=change.too_early,
        wrong=change.wrong,
        nudges=change.nudges,
    )
    return [told, _say_change(view, say)]


def _say_change(view: ProposalView, say: Voice) -> str:
    change = view.change
    if change.to_days is None:
        return say.count(_STOPPED_TOO, change.later) if change.later else say(_STOPPED)
    slower = say(_SLOWER, to=_to(view, say), from_=change.from_days, number=change.left_out)
    return say.count(_LATER, change.later, slower=slower) if change.later else say(_ALL_KEPT, slower=slower)


def _say_answer(view: ProposalView, say: Voice) -> str:
    who = cut(tidy(view.answered_by or ""), PERSON) or say(_SOMEBODY)
    segment, at = cut(tidy(view.segment_name), _SEGMENT), say.at(view.answered_at) if view.answered_at else ""
    if not view.accepted:
        return say(_LEFT, who=who, segment=segment, at=at)
    if view.change.to_days is None:
        return say(_ENDED, who=who, segment=segment, at=at, occasion=say(OCCASIONS[view.occasion]))
    return say(_CHANGED, who=who, segment=segment, at=at, to=_to(view, say))


def _to(view: ProposalView, say: Voice) -> str:
    """The cadence that is proposed, in the days that the segment counts."""
    return say_counted(view.change.to_days or 0, say, working=view.in_working_days)
