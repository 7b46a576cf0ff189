"""The form with a teammate's own settings, in three parts: the digest, being away, and when it stays quiet."""

from datetime import date, timedelta

from bot.blocks.backlog import say_budget
from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, checkboxes, datepicker, divider, header, labelled, modal, option, radio, select, typed
from bot.blocks.modals_card import CANCEL
from bot.blocks.text import capitalized
from bot.blocks.voice import Phrase, Voice
from bot.domain.attention import DIGEST_CAP, budget_of
from bot.domain.model import Frequency, Teammate

AS_IN_SLACK = "slack"
NEVER = "never"
MORNING = 8 * 60

_TITLE = Phrase("Settings", "Einstellungen")
_SAVE = Phrase("Save", "Speichern")
_DIGEST = Phrase("Your digest", "Deine Übersicht")
_AWAY = Phrase("While you are away", "Wenn du weg bist")
_REST = Phrase("Days off and quiet hours", "Feiertage und stille Stunden")
_HOUR = Phrase("When does the digest come?", "Wann kommt die Übersicht?")
_HOUR_HINT = Phrase("Your time zone in Slack is {timezone}.", "Deine Zeitzone in Slack ist {timezone}.")
_DAYS = Phrase("On which days?", "An welchen Tagen?")
_FREQUENCY = Phrase("How often?", "Wie oft?")
_FREQUENCIES = {
    Frequency.DAILY: Phrase("On each of these days", "An jedem dieser Tage"),
    Frequency.WEEKLY: Phrase("Once a week, on the first of these days", "Einmal die Woche, am ersten dieser Tage"),
    Frequency.OFF: Phrase("Not at all", "Gar nicht"),
}
_LANGUAGE = Phrase("In which language?", "In welcher Sprache?")
_LANGUAGES = {
    AS_IN_SLACK: Phrase("As in Slack", "Wie in Slack"),
    "en-GB": Phrase("English", "Englisch"),
    "de-DE": Phrase("German", "Deutsch"),
}
_BUDGET = Phrase("How much time a week do you have for it?", "Wie viel Zeit hast du dafür in der Woche?")
_BUDGET_HINT = Phrase(
    "Like 10 touches or 90 minutes. The digest then picks what pays most. Empty means up to {most} customers a day.",
    "Etwa 10 Kontakte oder 90 Minuten. Die Übersicht wählt dann, was am meisten bringt."
    " Leer heißt bis zu {most} Kunden am Tag.",
)
_PAUSE = Phrase("Pause until", "Pause bis")
_PAUSE_HINT = Phrase("Empty means no pause.", "Leer heißt keine Pause.")

_COVER = Phrase("Who covers for you?", "Wer vertritt dich?")
_COVER_HINT = Phrase(
    "Your customers who are due come with their digest then. Choose yourself for nobody.",
    "Deine fälligen Kunden kommen dann mit der Übersicht dieser Person. Wähle dich selbst für niemanden.",
)
_HOLIDAYS = Phrase("Public holidays of", "Feiertage von")
_HOLIDAYS_HINT = Phrase(
    "A country, or a part of one: Germany, Bayern. Empty for none.",
    "Ein Land oder ein Teil davon: Deutschland, Bayern. Leer für keine.",
)
_QUIET_FROM = Phrase("Quiet hours from", "Stille Stunden ab")
_QUIET_UNTIL = Phrase("Quiet hours until", "Stille Stunden bis")
_NEVER_QUIET = Phrase("No quiet hours", "Keine stillen Stunden")
_QUIET_HINT = Phrase(
    "Then I only answer. What I would say first waits.",
    "Dann antworte ich nur. Was ich von mir aus sagen würde, wartet.",
)
_NO_REST = Phrase(
    "Slack's own do-not-disturb is not known to me: an admin can add the scope dnd:read.",
    "Ob du in Slack gerade nicht gestört werden willst, weiß ich nicht: Ein Admin kann den Scope dnd:read geben.",
)

_MONDAY = date(2024, 1, 1)


def build_settings(
    teammate: Teammate, say: Voice, *, region: str = "", cover: str | None = None, knows_rest: bool = True
) -> Json:
    """Draw a teammate's settings as they are.

    Values: minutes since midnight, ISO weekdays "1" to "7", a Frequency, a locale or AS_IN_SLACK, an ISO day, NEVER or
    minutes for quiet hours. `region` is whose public holidays they have, in words; `cover` the Slack id of who covers;
    without `knows_rest` the form says that Slack's do-not-disturb can't be seen.
    """
    minutes = sorted({*range(0, 24 * 60, 30), teammate.digest_minute})
    hours = [option(say.clock(minute), str(minute)) for minute in minutes]
    weekdays = [(str(n + 1), say.weekday(_MONDAY + timedelta(days=n))) for n in range(7)]
    days = [option(capitalized(name), value) for value, name in weekdays]
    often = [option(say(phrase), value) for value, phrase in _FREQUENCIES.items()]
    languages = [option(say(phrase), value) for value, phrase in _LANGUAGES.items()]
    paused_until_on = teammate.paused_until_on
    if paused_until_on and paused_until_on <= say.today:
        paused_until_on = None
    blocks = [
        header(say(_DIGEST)),
        labelled(
            say(_HOUR),
            select(Field.HOUR, hours, chosen=str(teammate.digest_minute)),
            hint=say(_HOUR_HINT, timezone=teammate.timezone),
        ),
        labelled(say(_DAYS), checkboxes(Field.DAYS, days, chosen=teammate.work_days)),
        labelled(say(_FREQUENCY), radio(Field.FREQUENCY, often, chosen=teammate.digest_frequency)),
        labelled(
            say(_BUDGET),
            typed(Field.BUDGET, value=say_budget(budget_of(teammate), say), most=40),
            hint=say(_BUDGET_HINT, most=DIGEST_CAP),
            optional=True,
        ),
        labelled(say(_LANGUAGE), select(Field.LANGUAGE, languages, chosen=_language(teammate))),
        divider(),
        header(say(_AWAY)),
        labelled(say(_PAUSE), datepicker(Field.PAUSE, chosen=paused_until_on), hint=say(_PAUSE_HINT), optional=True),
        labelled(say(_COVER), _users(Field.COVER, cover), hint=say(_COVER_HINT), optional=True),
        divider(),
        header(say(_REST)),
        labelled(say(_HOLIDAYS), typed(Field.HOLIDAYS, value=region, most=80), hint=say(_HOLIDAYS_HINT), optional=True),
        *_build_quiet_hours(teammate, say, knows_rest=knows_rest),
    ]
    return modal(ViewId.SETTINGS, say(_TITLE), blocks, submit=say(_SAVE), close=say(CANCEL))


def _users(field: Field, chosen: str | None) -> Json:
    return {"type": "users_select", "action_id": field, **({"initial_user": chosen} if chosen else {})}


def _build_quiet_hours(teammate: Teammate, say: Voice, *, knows_rest: bool) -> list[Json]:
    minutes = range(0, 24 * 60, 30)
    never = option(say(_NEVER_QUIET), NEVER)
    hours = [option(say.clock(minute), str(minute)) for minute in minutes]
    begins, ends = teammate.quiet_from_minute, teammate.quiet_until_minute
    chosen = NEVER if begins is None else str(begins)
    hint = say(_QUIET_HINT) if knows_rest else f"{say(_QUIET_HINT)} {say(_NO_REST)}"
    return [
        labelled(say(_QUIET_FROM), select(Field.QUIET_FROM, [never, *hours], chosen=chosen), hint=hint),
        labelled(say(_QUIET_UNTIL), select(Field.QUIET_UNTIL, hours, chosen=str(MORNING if ends is None else ends))),
    ]


def _language(teammate: Teammate) -> str:
    """The choice that stands for the language a teammate chose, whatever its region."""
    chosen = (teammate.language or "")[:2]
    return next((locale for locale in _LANGUAGES if chosen and locale.startswith(chosen)), AS_IN_SLACK)
