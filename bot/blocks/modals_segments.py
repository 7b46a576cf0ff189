"""The segments with their policies in words, and the form in which an admin changes one."""

from collections.abc import Sequence

from bot.blocks.ids import ActionId, Field, ViewId
from bot.blocks.kit import (
    Json,
    actions,
    button,
    context,
    divider,
    header,
    labelled,
    modal,
    option,
    radio,
    rich,
    strong,
    typed,
)
from bot.blocks.kit import section as paragraph
from bot.blocks.kit import words as piece
from bot.blocks.modals_card import CANCEL
from bot.blocks.segments_said import POLICIES, say_customers, say_how_known, say_policy, say_progress, say_what_if
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import Counts
from bot.domain.policies import SegmentState
from bot.domain.what_if import WhatIf

# Slack takes 100 blocks in a modal; a segment is three of them.
SHOWN = 30

_TITLE = Phrase("Segments", "Segmente")
_CLOSE = Phrase("Close", "Schließen")
_CHANGE = Phrase("Change", "Ändern")
_LABEL_CHANGE = Phrase("Change {name}", "{name} ändern")
_NOBODY = Phrase(
    "There are no segments yet. The first customer brings one.",
    "Es gibt noch keine Segmente. Der erste Kunde bringt eines mit.",
)
_MORE = Phrase(
    "Shown are the first {number}. “python -m bot segments” lists all of them.",
    "Das sind die ersten {number}. „python -m bot segments“ zeigt alle.",
)
_SAVE = Phrase("Save", "Speichern")
_WHO = Phrase("Who is due, and when", "Wer wann fällig ist")
_ORDER = Phrase("In what order", "In welcher Reihenfolge")
_POLICY = Phrase("When is a customer due?", "Wann ist ein Kunde fällig?")
_CADENCE = Phrase("Cadence in days", "Abstand in Tagen")
_CADENCE_HINT = Phrase(
    "The gap you aim for. Empty: learned from how these customers are talked to.",
    "Der Abstand, der üblich sein soll. Leer: aus den Kontakten gelernt.",
)
_COUNTS = Phrase("Which days count?", "Welche Tage zählen?")
_COUNTED = {
    Counts.ALL: Phrase("All days", "Alle Tage"),
    Counts.WORKING: Phrase("Working days, Monday to Friday", "Arbeitstage, Montag bis Freitag"),
}
_PAUSES = Phrase("When does the segment sleep every year?", "Wann ruht das Segment jedes Jahr?")
_PAUSES_HINT = Phrase(
    "Month and day of the first and the last day, like 08-01..08-31, 12-24..01-01. Nobody becomes due by a pause.",
    "Monat und Tag des ersten und letzten Tags, etwa 08-01..08-31, 12-24..01-01. Durch eine Pause wird niemand fällig.",
)
_LOST = Phrase("Lost after how many cadences?", "Nach wie vielen Abständen verloren?")
_LOST_HINT = Phrase(
    "Who is silent for longer leaves the digest for the lost list.",
    "Wer länger still ist, steht nicht mehr in der Übersicht, sondern auf der Liste der Verlorenen.",
)
_RENEWAL = Phrase("How many days ahead is a renewal told?", "Wie viele Tage vorher wird eine Verlängerung gemeldet?")
_EXPONENT = Phrase("How much does silence weigh?", "Wie viel zählt die Stille?")
_EXPONENT_HINT = Phrase(
    "0 orders by value alone, 1 divides value by warmth. Empty: learned once a month from who stayed ({now} now).",
    "0 ordnet nur nach Wert, 1 teilt ihn durch die Wärme. Leer: monatlich daraus gelernt, wer blieb (jetzt {now}).",
)
_HORIZON = Phrase("Over how many days is that learned?", "Über wie viele Tage wird das gelernt?")
_WHAT_IF = Phrase("Show what would change", "Zeigen, was sich ändern würde")


def build_segments(states: Sequence[SegmentState], say: Voice, *, may_change: bool) -> Json:
    """Draw the list of segments; who may change one has a button beside each, with the segment's id as value."""
    blocks: list[Json] = [] if states else [paragraph(say(_NOBODY))]
    for number, state in enumerate(states[:SHOWN]):
        blocks += [divider()] if number else []
        blocks += _build_segment(state, say, may_change=may_change)
    if len(states) > SHOWN:
        blocks.append(context(say(_MORE, number=SHOWN)))
    return modal(ViewId.SEGMENTS, say(_TITLE), blocks, submit=None, close=say(_CLOSE))


def _build_segment(state: SegmentState, say: Voice, *, may_change: bool) -> list[Json]:
    name = _name(state)
    customers = say_customers(state.customers, say)
    lines = [[strong(name), piece(f" · {customers}")], [piece(say_policy(state, say))]]
    progress = say_progress(state, say)
    lines += [[piece(progress)]] if progress else []
    blocks = [rich(lines)]
    if may_change and progress is None:
        label = say(_LABEL_CHANGE, name=cut(name, 40))
        change = button(say(_CHANGE), ActionId.CHANGE_SEGMENT, str(state.segment.id), label=label)
        blocks.append(actions([change], block_id=f"segment.{state.segment.id}"))
    return blocks


def build_segment_form(state: SegmentState, say: Voice, *, found: WhatIf | None = None) -> Json:
    """Draw the form of one segment, whose id is the metadata, with what a change would change once it was asked."""
    policy = state.policy
    ways = [option(say(phrase), value) for value, phrase in POLICIES.items()]
    counted = [option(say(phrase), value) for value, phrase in _COUNTED.items()]
    cadence = str(policy.cadence_days or "")
    pauses = ", ".join(map(str, policy.pauses))
    exponent = "" if policy.exponent is None else say.number(policy.exponent, digits=6)
    hint = say(_EXPONENT_HINT, now=say.number(state.segment.exponent, digits=2))
    blocks = [
        rich([[strong(_name(state)), piece(f" · {say_customers(state.customers, say)}")]]),
        header(say(_WHO)),
        labelled(say(_POLICY), radio(Field.POLICY, ways, chosen=policy.policy)),
        labelled(say(_CADENCE), typed(Field.CADENCE, value=cadence, most=6), hint=say(_CADENCE_HINT), optional=True),
        labelled(say(_COUNTS), radio(Field.COUNTS, counted, chosen=policy.counts)),
        labelled(say(_PAUSES), typed(Field.PAUSES, value=pauses, most=300), hint=say(_PAUSES_HINT), optional=True),
        labelled(say(_LOST), typed(Field.LOST_AFTER, value=str(policy.lost_after), most=6), hint=say(_LOST_HINT)),
        labelled(say(_RENEWAL), typed(Field.RENEWAL_AHEAD, value=str(state.segment.renewal_ahead_days), most=6)),
        divider(),
        header(say(_ORDER)),
        labelled(say(_EXPONENT), typed(Field.EXPONENT, value=exponent, most=8), hint=hint, optional=True),
        labelled(say(_HORIZON), typed(Field.HORIZON, value=str(policy.horizon_days), most=6)),
    ]
    if found is not None:
        # Above the button, where the eyes are: what is added below it is out of sight.
        blocks += [paragraph(say_what_if(found, say)), context(say_how_known(found, say))]
    blocks.append(actions([button(say(_WHAT_IF), ActionId.WHAT_IF, str(state.segment.id))], block_id="what_if"))
    return modal(
        ViewId.SEGMENT, say(_TITLE), blocks, submit=say(_SAVE), close=say(CANCEL), metadata=str(state.segment.id)
    )


def _name(state: SegmentState) -> str:
    return cut(tidy(state.segment.name), 100) or "…"
