"""A segment's policy in words, and what another one would change."""

from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.counted_days import Pause
from bot.domain.model import Policy, Segment
from bot.domain.policies import SegmentState
from bot.domain.what_if import WEEKS, WhatIf

POLICIES = {
    Policy.LEARNED: Phrase(
        "Learned: due when silence is unusual for this customer and its segment",
        "Gelernt: fällig, wenn die Stille für Kunde und Segment ungewöhnlich ist",
    ),
    Policy.OWN: Phrase(
        "Own: due after twice the customer's own rhythm",
        "Eigen: fällig nach dem Doppelten des eigenen Rhythmus",
    ),
    Policy.FIXED: Phrase("Fixed: due after one cadence", "Fest: fällig nach einem Abstand"),
}
_DAYS = Counted(Phrase("{number} day", "{number} Tag"), Phrase("{number} days", "{number} Tage"))
_WORKING_DAYS = Counted(
    Phrase("{number} working day", "{number} Arbeitstag"), Phrase("{number} working days", "{number} Arbeitstage")
)
_EVERY = Phrase("every {span}", "alle {span}")
_EVERY_DAY = Phrase("every day", "jeden Tag")
_EVERY_WORKING_DAY = Phrase("every working day", "jeden Arbeitstag")
_SET = Phrase("Cadence {days}", "Abstand {days}")
_LEARNED = Phrase("Cadence {days}, learned from the ledger", "Abstand {days}, aus den Kontakten gelernt")
_SLEEPS = Phrase("Sleeps {pauses}", "Ruht {pauses}")
_FROM_TO = Phrase("{first} to {last}", "{first} bis {last}")
_LOST = Counted(
    Phrase("lost after {number} cadence", "verloren nach {number} Abstand"),
    Phrase("lost after {number} cadences", "verloren nach {number} Abständen"),
)
_CUSTOMERS = Counted(Phrase("{number} customer", "{number} Kunde"), Phrase("{number} customers", "{number} Kunden"))
_RECOMPUTING = Phrase("Recomputing {name}: {percent} %.", "{name} wird neu berechnet: {percent} %.")

_CADENCES = Phrase("{before} → {after}", "{before} → {after}")
_SENTENCE = Phrase("{change}: {nudges}, {risk}.", "{change}: {nudges}, {risk}.")
_SAME_CADENCE = Phrase("With this change", "Mit dieser Änderung")
_FEWER = Counted(
    Phrase("{number} fewer nudge a week", "{number} Hinweis weniger pro Woche"),
    Phrase("{number} fewer nudges a week", "{number} Hinweise weniger pro Woche"),
)
_MORE = Counted(
    Phrase("{number} more nudge a week", "{number} Hinweis mehr pro Woche"),
    Phrase("{number} more nudges a week", "{number} Hinweise mehr pro Woche"),
)
_AS_MANY = Phrase("as many nudges a week as now", "so viele Hinweise pro Woche wie jetzt")
_AT_RISK = Counted(
    Phrase("{number} valuable customer more at risk", "{number} wertvoller Kunde mehr in Gefahr"),
    Phrase("{number} valuable customers more at risk", "{number} wertvolle Kunden mehr in Gefahr"),
)
_SOONER = Counted(
    Phrase("{number} valuable customer noticed sooner", "{number} wertvoller Kunde früher bemerkt"),
    Phrase("{number} valuable customers noticed sooner", "{number} wertvolle Kunden früher bemerkt"),
)
_NO_RISK = Phrase("no valuable customer more at risk", "kein wertvoller Kunde mehr in Gefahr")
_SILENCE_WEIGHS_MORE = Phrase(
    "Silence weighs more in the order of the list.", "Stille zählt in der Reihenfolge der Liste mehr."
)
_SILENCE_WEIGHS_LESS = Phrase(
    "Silence weighs less in the order of the list.", "Stille zählt in der Reihenfolge der Liste weniger."
)
_REPLAYED = Phrase(
    "The last {weeks} weeks replayed: {before} nudges a week as it is, {after} with the change. More at risk is who is"
    " on today's list and would not be.",
    "Die letzten {weeks} Wochen nachgespielt: jetzt {before} Hinweise pro Woche, mit der Änderung {after}. In Gefahr"
    " ist, wer heute auf der Liste steht und dann nicht mehr.",
)
_REPLAYED_UNTIL = Phrase(
    "The last touch was on {day}, so the {weeks} weeks until then were replayed: {before} nudges a week as it is,"
    " {after} with the change. More at risk is who was on the list of that day and would not have been.",
    "Der letzte Kontakt war am {day}, daher wurden die {weeks} Wochen bis dahin nachgespielt: jetzt {before} Hinweise"
    " pro Woche, mit der Änderung {after}. In Gefahr ist, wer an dem Tag auf der Liste stand und dann nicht mehr.",
)
_ESTIMATE = Phrase(
    "An estimate from {number} of {total} customers.", "Geschätzt nach {number} von {total} Kunden."
)  # fmt: skip


def say_cadence(segment: Segment, say: Voice) -> str:
    """Say a segment's cadence in the days that it counts: "30 days", "22 working days"."""
    return say_counted(round(segment.cadence_days), say, working=segment.counted.working)


def say_pace(segment: Segment, say: Voice) -> str:
    """Say how often a segment is talked to, as people would: "every 6 weeks", "every 22 working days"."""
    days, working = round(segment.cadence_days), segment.counted.working
    if days <= 1:
        return say(_EVERY_WORKING_DAY if working else _EVERY_DAY)
    return say(_EVERY, span=say_counted(days, say, working=True) if working else say.span(days))


def say_counted(days: int, say: Voice, *, working: bool) -> str:
    """Say so many days of those that a segment counts: "30 days", "22 working days"."""
    return say.count(_WORKING_DAYS if working else _DAYS, days)


def say_customers(number: int, say: Voice) -> str:
    """Say how many customers a segment has."""
    return say.count(_CUSTOMERS, number)


def say_pause(pause: Pause, say: Voice) -> str:
    """Say the days on which a segment sleeps: "1 August to 31 August", "3 October"."""
    first, last = (say.day_of_year(*day) for day in (pause.first, pause.last))
    return first if pause.first == pause.last else say(_FROM_TO, first=first, last=last)


def say_policy(state: SegmentState, say: Voice) -> str:
    """Say a segment's policy: how due days are found, cadence, when it sleeps, when a customer is lost."""
    segment, policy = state.segment, state.policy
    cadence = say(_LEARNED if policy.cadence_days is None else _SET, days=say_cadence(segment, say))
    said = f"{say(POLICIES[policy.policy])}. {cadence}; {say.count(_LOST, policy.lost_after)}."
    if policy.pauses:
        said += f" {say(_SLEEPS, pauses=say.names([say_pause(pause, say) for pause in policy.pauses]))}."
    return said


def say_progress(state: SegmentState, say: Voice) -> str | None:
    """Say how far a changed policy has come; None when it is in force for everybody."""
    if state.recomputed_percent is None:
        return None
    return say(_RECOMPUTING, name=state.segment.name, percent=state.recomputed_percent)


def say_what_if(found: WhatIf, say: Voice) -> str:
    """Say what a change would change: "30 → 45 days: 12 fewer nudges a week, 2 valuable customers more at risk."."""
    said = say(_SENTENCE, change=_say_change(found, say), nudges=_say_nudges(found, say), risk=_say_risk(found, say))
    if found.before.exponent == found.after.exponent:
        return said
    more = found.after.exponent > found.before.exponent
    return f"{said} {say(_SILENCE_WEIGHS_MORE if more else _SILENCE_WEIGHS_LESS)}"


def say_how_known(found: WhatIf, say: Voice) -> str:
    """Say what the numbers come from, and that they are an estimate when they are."""
    before, after = say.whole(round(found.nudges_before)), say.whole(round(found.nudges_after))
    if found.until is None:
        said = say(_REPLAYED, weeks=WEEKS, before=before, after=after)
    else:
        day = say.calendar_day(found.until)
        said = say(_REPLAYED_UNTIL, day=day, weeks=WEEKS, before=before, after=after)
    if found.is_estimate:
        said += " " + say(_ESTIMATE, number=say.whole(found.looked_at), total=say.whole(found.customers))
    return said


def _say_change(found: WhatIf, say: Voice) -> str:
    before, after = say_cadence(found.before, say), say_cadence(found.after, say)
    if before == after:
        return say(_SAME_CADENCE)
    if found.before.counted.working == found.after.counted.working:
        before = str(round(found.before.cadence_days))
    return say(_CADENCES, before=before, after=after)


def _say_nudges(found: WhatIf, say: Voice) -> str:
    # Of the rounded numbers, which stand beside it: nobody should find that they do not add up.
    change = round(found.nudges_after) - round(found.nudges_before)
    if change == 0:
        return say(_AS_MANY)
    return say.count(_MORE if change > 0 else _FEWER, abs(change))


def _say_risk(found: WhatIf, say: Voice) -> str:
    said = [
        say.count(phrase, number)
        for phrase, number in ((_AT_RISK, found.more_at_risk), (_SOONER, found.noticed_sooner))
        if number
    ]
    return ", ".join(said) or say(_NO_RISK)
