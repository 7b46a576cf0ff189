"""What is said about the team: who left, who is away, what was done meanwhile; and the forms for roles and owners."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.blocks.ended import NAME, say_ended
from bot.blocks.ids import ActionId, Field, ViewId
from bot.blocks.kit import (
    Json,
    actions,
    bullets,
    button,
    labelled,
    message,
    modal,
    option,
    radio,
    rich,
    section,
    select,
    words,
)
from bot.blocks.modals_card import CANCEL
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Counted, Phrase, Voice
from bot.domain.model import Role, Teammate
from bot.domain.views import Card

ALL_SEGMENTS = "all"
_MOST_OPTIONS = 99
_MOST_LISTED = 40

_LEFT_TO = Counted(
    Phrase(
        "{name} left Slack. {number} customer goes to {heir}, who covered for them.",
        "{name} ist nicht mehr in Slack. {number} Kunde geht an {heir}, die Vertretung.",
    ),
    Phrase(
        "{name} left Slack. {number} customers go to {heir}, who covered for them.",
        "{name} ist nicht mehr in Slack. {number} Kunden gehen an {heir}, die Vertretung.",
    ),
)
_LEFT_UNOWNED = Counted(
    Phrase(
        "{name} left Slack. {number} customer has no owner now. /whois-neglected unowned shows who waits.",
        "{name} ist nicht mehr in Slack. Um {number} Kunden kümmert sich niemand."
        " /whois-neglected ohne zeigt, wer wartet.",
    ),
    Phrase(
        "{name} left Slack. {number} customers have no owner now. /whois-neglected unowned shows who waits.",
        "{name} ist nicht mehr in Slack. Um {number} Kunden kümmert sich niemand."
        " /whois-neglected ohne zeigt, wer wartet.",
    ),
)
GIVE = Phrase("Choose an owner", "Zuständige wählen")
TEAM = Phrase("Team", "Team")
_SHARED = Phrase(
    "People of another organisation read {channel} now. The digest there has ended, and the lists I posted there are"
    " being removed.",
    "{channel} lesen jetzt auch Leute einer anderen Organisation. Die Übersicht dort ist beendet, und meine Listen dort"
    " werden entfernt.",
)
_COVERING = Phrase(
    "{name} is away until {day}. Those of their customers who are due come with your digest until then.",
    "{name} ist bis {day} abwesend. Wer von den Kunden fällig wird, kommt bis dahin mit deiner Übersicht.",
)
_BACK = Phrase("Welcome back. While you were away:", "Willkommen zurück. Während du weg warst:")

_GIVE_WHOM = Phrase("Which customers?", "Welche Kunden?")
_GIVE_ALL = Phrase("All without an owner", "Alle, um die sich niemand kümmert")
_GIVE_TO = Phrase("Who looks after them?", "Wer kümmert sich?")
_GIVEN = Counted(
    Phrase("{number} customer is {name}'s now.", "Um {number} Kunden kümmert sich jetzt {name}."),
    Phrase("{number} customers are {name}'s now.", "Um {number} Kunden kümmert sich jetzt {name}."),
)
_SAVE = Phrase("Save", "Speichern")
_WHO = Phrase("Whose role changes?", "Wessen Rolle ändert sich?")
_WHICH = Phrase("What may they do?", "Was darf diese Person?")
ROLES: Mapping[Role, Phrase] = {
    Role.ADMIN: Phrase("Admin: sets up, and everything else", "Admin: richtet ein und darf alles"),
    Role.MEMBER: Phrase("Member: looks after customers", "Mitglied: kümmert sich um Kunden"),
    Role.VIEWER: Phrase("Viewer: may only look", "Zuschauer: darf nur ansehen"),
}
_SHORT: Mapping[Role, Phrase] = {
    Role.ADMIN: Phrase("admin", "Admin"),
    Role.MEMBER: Phrase("member", "Mitglied"),
    Role.VIEWER: Phrase("viewer", "Zuschauer"),
}
_LISTED = Phrase("{name}: {role}", "{name}: {role}")
_PEOPLE = Phrase("As it is now", "So ist es jetzt")
_SET = Phrase("{name} is now: {role}.", "{name} ist jetzt: {role}.")
_STILL_THEIRS = Counted(
    Phrase(
        "They still look after {number} customer; its card in /whois-neglected @{name} hands it over.",
        "Diese Person kümmert sich noch um {number} Kunden; seine Karte in /whois-neglected @{name} übergibt ihn.",
    ),
    Phrase(
        "They still look after {number} customers; the cards in /whois-neglected @{name} or /customer hand them over.",
        "Diese Person kümmert sich noch um {number} Kunden; die Karten in /whois-neglected @{name} oder /customer"
        " übergeben sie.",
    ),
)


def build_left(name: str, count: int, say: Voice, *, heir: str | None, may_give: bool) -> Json:
    """Draw that somebody is gone from Slack, and where their customers went; `may_give` offers to choose an owner."""
    who = cut(tidy(name), PERSON)
    if heir:
        sentence = say.count(_LEFT_TO, count, name=who, heir=cut(tidy(heir), PERSON))
        return message([sentence], [section(sentence)])
    sentence = say.count(_LEFT_UNOWNED, count, name=who)
    choose = [actions([button(say(GIVE), ActionId.OPEN_GIVE)], block_id="left.do")] if may_give else []
    return message([sentence], [section(sentence), *choose])


def build_shared(slack_channel_id: str, say: Voice) -> Json:
    """Draw that a channel is read by others now, so that no customers are shown there any more."""
    before, after = say(_SHARED, channel="\n").split("\n")
    mention: Json = {"type": "channel", "channel_id": slack_channel_id}
    pieces = [*([words(before)] if before else []), mention, words(after)]
    return message([f"{before}{slack_channel_id}{after}"], [rich([pieces], block_id="shared")])


def build_covering(name: str, until_on: date, say: Voice) -> Json:
    """Draw that somebody is away and that the reader covers for them."""
    sentence = say(_COVERING, name=cut(tidy(name), PERSON), day=say.calendar_day(until_on))
    return message([sentence], [section(sentence)])


def build_back(cards: Sequence[Card], say: Voice) -> Json:
    """Draw what others did for the reader's customers while they were away: one line each."""
    lines = [say_ended(card, say) for card in cards]
    return message([say(_BACK), *lines], [bullets(say(_BACK), [[words(line)] for line in lines])])


def build_give(say: Voice, *, segments: Mapping[str, int]) -> Json:
    """Draw the form that gives customers without an owner to somebody; a segment's option has its id as value."""
    choices = [option(say(_GIVE_ALL), ALL_SEGMENTS)]
    choices += [option(cut(tidy(name), NAME) or str(i), str(i)) for name, i in list(segments.items())[:_MOST_OPTIONS]]
    blocks = [
        labelled(say(_GIVE_WHOM), select(Field.SEGMENT, choices, chosen=ALL_SEGMENTS)),
        labelled(say(_GIVE_TO), {"type": "users_select", "action_id": Field.TEAMMATE}),
    ]
    return modal(ViewId.GIVE, say(GIVE), blocks, submit=say(_SAVE), close=say(CANCEL))


def say_given(count: int, name: str, say: Voice) -> str:
    """Say how many customers somebody has got."""
    return say.count(_GIVEN, count, name=cut(tidy(name), PERSON))


def build_team(team: Sequence[Teammate], say: Voice) -> Json:
    """Draw the roles as they are, and the form that changes one."""
    listed = [
        [words(say(_LISTED, name=cut(tidy(person.name), PERSON), role=say(_SHORT[person.role])))]
        for person in team[:_MOST_LISTED]
    ]
    roles = [option(say(phrase), role) for role, phrase in ROLES.items()]
    blocks = [
        bullets(say(_PEOPLE), listed),
        labelled(say(_WHO), {"type": "users_select", "action_id": Field.TEAMMATE}),
        labelled(say(_WHICH), radio(Field.ROLE, roles, chosen=Role.MEMBER)),
    ]
    return modal(ViewId.TEAM, say(TEAM), blocks, submit=say(_SAVE), close=say(CANCEL))


def say_role_set(person: Teammate, say: Voice, *, owned: int) -> str:
    """Say what somebody may do from now on, and that a viewer still has so many customers (`owned`)."""
    name = cut(tidy(person.name), PERSON)
    said = say(_SET, name=name, role=say(_SHORT[person.role]))
    if person.role is not Role.VIEWER or not owned:
        return said
    return f"{said} {say.count(_STILL_THEIRS, owned, name=name)}"
