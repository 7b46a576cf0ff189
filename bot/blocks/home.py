"""The App Home: who is due, lost, next or asleep, and the reader's own settings. Always within 100 blocks."""

from datetime import datetime

from bot.blocks.backlog import say_backlog, say_spent
from bot.blocks.cards import build_card, build_wake
from bot.blocks.ended import say_name
from bot.blocks.home_circle import build_circle
from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, bullets, button, context, divider, header, rich, section, strong, words
from bot.blocks.lists import say_more, say_nobody
from bot.blocks.modals_holidays import HOLIDAYS
from bot.blocks.modals_retention import RETENTION
from bot.blocks.proposals import build_proposal_blocks
from bot.blocks.segments_said import say_pace, say_progress
from bot.blocks.team import GIVE, TEAM
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Frequency
from bot.domain.policies import SegmentState
from bot.domain.views import Card, HomeView
from bot.domain.working_time import local_day

SHOWN = 10
_PROPOSALS = 3

_DUE = Counted(
    Phrase("{number} person to write to", "Bei {number} Person melden"),
    Phrase("{number} people to write to", "Bei {number} Leuten melden"),
)
_NOBODY = Phrase("Nobody is waiting for you", "Niemand wartet auf dich")
_EMPTY = Phrase(
    "You look after no customers yet. Add one here, or ask an admin to import a list.",
    "Du betreust noch keine Kunden. Lege hier einen an oder bitte um den Import einer Liste.",
)
_LOST = Counted(
    Phrase(
        "{number} customer has been silent for so long that the digest leaves them out."
        " /whois-neglected lost shows them.",
        "{number} Kunde ist schon so lange still, dass die Übersicht ihn auslässt."
        " /whois-neglected verloren zeigt ihn.",
    ),
    Phrase(
        "{number} customers have been silent for so long that the digest leaves them out."
        " /whois-neglected lost shows them.",
        "{number} Kunden sind schon so lange still, dass die Übersicht sie auslässt."
        " /whois-neglected verloren zeigt sie.",
    ),
)
_COMING = Phrase("In the next seven days", "In den nächsten sieben Tagen")
_COMING_LINE = Phrase("{name}, {on}", "{name}, {on}")
_SNOOZED = Phrase("Snoozed", "Zurückgestellt")
_COMES_BACK = Phrase("{name} comes back {on}.", "{name} kommt {on} wieder.")
_COMES_BACK_TO = Phrase("{name} comes back to {owner} {on}.", "{name} kommt {on} wieder zu {owner}.")
_MORE_ASLEEP = Counted(
    Phrase(
        "{number} more is snoozed for longer. /customer and the name shows until when, and wakes them.",
        "{number} weiterer ist länger zurückgestellt. /customer mit dem Namen zeigt, bis wann, und weckt auf.",
    ),
    Phrase(
        "{number} more are snoozed for longer. /customer and the name shows until when, and wakes them.",
        "{number} weitere sind länger zurückgestellt. /customer mit dem Namen zeigt, bis wann, und weckt auf.",
    ),
)
_LOG = Phrase("Log a touch", "Kontakt eintragen")
_ADD = Phrase("Add a customer", "Kunden anlegen")
_SETTINGS = Phrase("Settings", "Einstellungen")
_SEGMENTS = Phrase("Segments", "Segmente")
_SEGMENT_LINE = Phrase("{name}: {cadence}", "{name}: {cadence}")
_RESUME = Phrase("Resume", "Fortsetzen")

_DAILY = Phrase(
    "Your digest comes at {time} on your working days.", "Deine Übersicht kommt an Arbeitstagen um {time} Uhr."
)
_WEEKLY = Phrase("Your digest comes once a week at {time}.", "Deine Übersicht kommt einmal die Woche um {time} Uhr.")
_OFF = Phrase("You get no digests.", "Du bekommst keine Übersichten.")
_PAUSED = Phrase("Digests are paused; they come again {on}.", "Pause; Übersichten kommen {on} wieder.")
_COVERED = Phrase("{name} covers for you until then.", "{name} vertritt dich bis dahin.")
_NEXT = Phrase("The next one comes {at}.", "Die nächste kommt {at}.")
_TODAY_AT = Phrase("today at {time}", "heute um {time} Uhr")
_LAST = Phrase("The last one came {at}.", "Die letzte kam {at}.")

_COVERAGE = Phrase(
    "{touched} of {owned} are within their rhythm.",
    "{touched} von {owned} sind in ihrem Rhythmus.",
)
_UNOWNED = Counted(
    Phrase("{number} customer has no owner.", "{number} Kunde hat niemanden, der sich kümmert."),
    Phrase("{number} customers have no owner.", "{number} Kunden haben niemanden, der sich kümmert."),
)
_IMPORT = Phrase(
    "To import customers, run “python -m bot import customers FILE” where Keepwarm runs.",
    "Zum Importieren dort, wo Keepwarm läuft, „python -m bot import customers DATEI“ ausführen.",
)
_HELP = Phrase("What else I understand: /keepwarm help", "Was ich noch verstehe: /keepwarm hilfe")


def build_home(view: HomeView, *, revision: str) -> Json:
    """Draw the App Home. `revision` makes its block ids new with every update."""
    say = Voice.to_teammate(view.reader, today=view.today)
    blocks = [
        header(say.count(_DUE, view.due_total) if view.due_total else say(_NOBODY)),
        _build_doors(say, place=revision),
        *_build_proposals(view, say, place=revision),
        *_build_due(view, say, place=revision),
        *([section(say_backlog(view, say))] if view.backlog else ()),
        *([section(say.count(_LOST, view.lost_total))] if view.lost_total else ()),
        *_build_coming(view.coming[:SHOWN], say),
        *_build_snoozed(view, say, place=revision),
        *build_circle(view, say, place=revision),
        divider(),
        *_build_settings(view, say, place=revision),
        context(say(_HELP)),
    ]
    return {"type": "home", "callback_id": "home", "blocks": blocks}


def build_closed_home(sentence: str) -> Json:
    """Draw the App Home of somebody who sees no customers: why."""
    return {"type": "home", "callback_id": "home", "blocks": [section(sentence)]}


def _build_doors(say: Voice, *, place: str) -> Json:
    doors = [
        button(say(_LOG), ActionId.OPEN_LOG),
        button(say(_ADD), ActionId.OPEN_ADD_CUSTOMER),
        button(say(_SETTINGS), ActionId.OPEN_SETTINGS),
        button(say(_SEGMENTS), ActionId.OPEN_SEGMENTS),
    ]
    return actions(doors, block_id=f"{place}.doors")


def _build_proposals(view: HomeView, say: Voice, *, place: str) -> list[Json]:
    """What rules propose to an admin, a few at a time."""
    blocks: list[Json] = []
    for number, proposal in enumerate(view.proposals[:_PROPOSALS], start=1):
        blocks += [divider(), *build_proposal_blocks(proposal, say, place=f"{place}.{number}")]
    return blocks


def _build_due(view: HomeView, say: Voice, *, place: str) -> list[Json]:
    if not view.owned and not view.due:
        return [section(say(_EMPTY))]
    if not view.due:
        next_due = view.coming[0] if view.coming else None
        return [section(say_nobody(next_due, say))]
    blocks: list[Json] = []
    for number, card in enumerate(view.due[:SHOWN], start=1):
        blocks += [divider(), *build_card(card, say, place=f"{place}.{number}")]
    more = say_more(view.due_total - len(view.due[:SHOWN]), None, say)
    return [*blocks, section(more)] if more else blocks


def _build_coming(cards: tuple[Card, ...], say: Voice) -> list[Json]:
    if not cards:
        return []
    lines = []
    for card in cards:
        due = card.relationship.nudge_from_on or card.relationship.due_on
        lines.append([words(say(_COMING_LINE, name=say_name(card, say), on=say.on(due)))])
    return [divider(), bullets(say(_COMING), lines)]


def _build_snoozed(view: HomeView, say: Voice, *, place: str) -> list[Json]:
    cards = view.snoozed[:SHOWN]
    if not cards:
        return []
    blocks: list[Json] = [divider(), rich([[strong(say(_SNOOZED))]])]
    for number, card in enumerate(cards, start=1):
        name, back = say_name(card, say), card.back_on or card.relationship.snoozed_until_on
        on = say.full_day(back or card.relationship.due_on)
        owner = cut(tidy(card.owner_name or ""), 100)
        is_theirs = owner and card.relationship.owner_id != view.reader.id
        sentence = say(_COMES_BACK_TO if is_theirs else _COMES_BACK, name=name, owner=owner, on=on)
        blocks.append(section(sentence, block_id=f"{place}.asleep.{number}", accessory=build_wake(card, say)))
    more = view.snoozed_total - len(cards)
    return [*blocks, context(say.count(_MORE_ASLEEP, more))] if more > 0 else blocks


def _build_settings(view: HomeView, say: Voice, *, place: str) -> list[Json]:
    resume = None
    if view.reader.paused_until_on and view.reader.paused_until_on > view.today:
        resume = button(say(_RESUME), ActionId.RESUME)
    blocks = [section(_say_digests(view, say), block_id=f"{place}.digests", accessory=resume)]
    if view.budget:
        blocks.append(context(say_spent(view.budget, view.spent, say)))
    if view.owned:
        blocks.append(context(say(_COVERAGE, touched=say.whole(view.touched_in_rhythm), owned=say.whole(view.owned))))
    if view.is_admin:
        doors = [button(say(TEAM), ActionId.OPEN_TEAM), button(say(HOLIDAYS), ActionId.OPEN_HOLIDAYS)]
        doors.append(button(say(RETENTION), ActionId.OPEN_RETENTION))
        doors += [button(say(GIVE), ActionId.OPEN_GIVE)] if view.unowned else []
        blocks.append(actions(doors, block_id=f"{place}.admin"))
        unowned = [say.count(_UNOWNED, view.unowned)] if view.unowned else []
        blocks.append(context(*unowned, say(_IMPORT)))
    if view.segments:
        blocks.append(bullets(say(_SEGMENTS), [_say_segment(state, say) for state in view.segments[:SHOWN]]))
    return blocks


def _say_segment(state: SegmentState, say: Voice) -> list[Json]:
    """Say a segment's cadence, or how far a change of its policy has come."""
    name = cut(tidy(state.segment.name), 100) or "…"
    progress = say_progress(state, say)
    return [words(progress or say(_SEGMENT_LINE, name=name, cadence=say_pace(state.segment, say)))]


def _say_digests(view: HomeView, say: Voice) -> str:
    """Say when digests come, when the next one does, and when the last one did."""
    reader = view.reader
    if view.frequency is Frequency.OFF:
        said = [say(_OFF)]
    elif reader.paused_until_on and reader.paused_until_on > view.today:
        next_on = local_day(view.next_digest_at, say.timezone) if view.next_digest_at else reader.paused_until_on
        said = [say(_PAUSED, on=say.full_day(max(next_on, reader.paused_until_on)))]
        said += [say(_COVERED, name=cut(tidy(view.covered_by), 100))] if view.covered_by else []
    else:
        time = say.clock(reader.digest_minute)
        said = [say(_WEEKLY if view.frequency is Frequency.WEEKLY else _DAILY, time=time)]
        if view.next_digest_at:
            said.append(say(_NEXT, at=say.at(view.next_digest_at)))
    if view.last_digest_at:
        said.append(say(_LAST, at=_say_past(view.last_digest_at, say)))
    return " ".join(said)


def _say_past(instant: datetime, say: Voice) -> str:
    """Say a moment beside one that is still to come, so that today is said: "today at 9:12"."""
    is_today = local_day(instant, say.timezone) == say.today
    return say(_TODAY_AT, time=say.time(instant)) if is_today else say.at(instant)
