"""Help for each slash command: what it is for, how it is written, and examples that work as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.blocks.ids import ActionId
from bot.blocks.kit import Json, actions, button, context, message, mrkdwn
from bot.blocks.voice import Phrase, Voice
from bot.domain.commands import COMMANDS

KEEPWARM = "/keepwarm"


@dataclass(frozen=True, slots=True)
class Example:
    """Something to type behind the command, and what comes of it."""

    typed: Phrase
    does: Phrase


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """How one command is written and what it is for; `more` is what is good to know beyond the examples."""

    hint: Phrase
    about: Phrase
    examples: tuple[Example, ...]
    more: Phrase


def _help(
    command: str, examples: tuple[Example, ...], more: Phrase, *, hint_in_german: str, about_in_german: str
) -> CommandHelp:
    usage = COMMANDS[command]
    return CommandHelp(Phrase(usage.hint, hint_in_german), Phrase(usage.about, about_in_german), examples, more)


HELP: Mapping[str, CommandHelp] = {
    "/whois-neglected": _help(
        "/whois-neglected",
        (
            Example(Phrase("", ""), Phrase("your own customers who are due", "deine eigenen, die fällig sind")),
            Example(Phrase("all 10", "alle 10"), Phrase("the first ten of the whole team", "die ersten zehn im Team")),
            Example(
                Phrase("over 45 days", "über 45 Tage"), Phrase("silent for longer than that", "die länger still sind")
            ),
            Example(
                Phrase("unowned", "ohne"), Phrase("customers without an owner", "Kunden, um die sich niemand kümmert")
            ),
            Example(
                Phrase("lost", "verloren"),
                Phrase(
                    "silent for so long that the digest leaves them out",
                    "so lange still, dass sie in der Übersicht fehlen",
                ),
            ),
        ),
        Phrase(
            "Only you see the answer, until you post it. A teammate or a segment narrows it down, in any order."
            " Why? on a card shows what put them in their place.",
            "Nur du siehst die Antwort, bis du sie teilst. Ein Teammitglied oder Segment grenzt sie ein."
            " Warum? auf einer Karte zeigt, was den Platz bestimmt.",
        ),
        hint_in_german="[@Name | alle] [Segment] [Anzahl] [über 45 Tage] [verloren] [ohne]",
        about_in_german="Wer von uns hören sollte, die Wichtigsten zuerst",
    ),
    "/touch": _help(
        "/touch",
        (
            Example(
                Phrase('Acme call yesterday "wants pricing"', 'Acme gestern telefoniert "will Preise"'),
                Phrase("one customer", "für einen Kunden"),
            ),
            Example(
                Phrase("Acme, Birch met on Monday", "Acme, Birch am Montag getroffen"),
                Phrase("several at once", "für mehrere zugleich"),
            ),
            Example(Phrase("", ""), Phrase("opens a form", "öffnet ein Formular")),
        ),
        Phrase(
            "I say what I understood, with Undo and Change. A reply in a digest's thread does the same.",
            "Ich sage, was ich verstanden habe, mit Rückgängig und Ändern. Eine Antwort im Thread wirkt genauso.",
        ),
        hint_in_german='[Kunden] [was und wann] ["Notiz"]',
        about_in_german="Ein Telefonat, eine Mail oder ein Treffen eintragen, auch für mehrere",
    ),
    "/customer": _help(
        "/customer",
        (
            Example(Phrase("Acme", "Acme"), Phrase("its card and last touches", "Karte und letzte Kontakte")),
            Example(Phrase("", ""), Phrase("lets you pick one", "zum Auswählen")),
        ),
        Phrase(
            "Only you see the card. Change… on it says what they are to us, and who sits in the inner circle.",
            "Nur du siehst die Karte. Mit Ändern… legst du fest, was sie für uns sind und wer im inneren Kreis sitzt.",
        ),
        hint_in_german="[Name]",
        about_in_german="Alles, was wir über einen Kunden wissen",
    ),
    KEEPWARM: _help(
        KEEPWARM,
        (
            Example(
                Phrase("settings", "einstellungen"),
                Phrase("your hour, days, time, language", "Uhrzeit, Tage, Zeit, Sprache"),
            ),
            Example(
                Phrase("here weekly", "hier wöchentlich"),
                Phrase(
                    "the team's digest in this channel; also daily or off",
                    "die Übersicht des Teams in diesem Kanal; auch täglich oder aus",
                ),
            ),
            Example(Phrase("pause until Monday", "pause bis Montag"), Phrase("no digest until then", "bis dahin Ruhe")),
            Example(Phrase("resume", "weiter"), Phrase("digests again", "wieder Übersichten")),
        ),
        Phrase(
            "Reply in the thread of a digest to log a touch: 2 called yesterday, send docs by Friday. How often each"
            " segment is talked to stands under Segments in the Home tab.",
            "Antworte im Thread der Übersicht, um etwas einzutragen: 2 telefoniert, bis Freitag Preise schicken. Wie"
            " oft mit welchem Segment gesprochen wird, steht im Home-Tab unter Segmente.",
        ),
        hint_in_german="[einstellungen | hier täglich | pause bis … | weiter]",
        about_in_german="Einstellungen, die Übersicht für diesen Kanal und Hilfe",
    ),
}

SET_MY_HOUR = Phrase("Set my hour", "Uhrzeit einstellen")
_LOG = Phrase("Log a touch", "Kontakt eintragen")


# Help says the same to everybody of a language, and drawing it took a quarter of its request.
@lru_cache(maxsize=256)
def build_help(command: str, say: Voice) -> Json:
    """Draw the help of a command of ours, else raise KeyError; `/keepwarm help` names the other commands too."""
    shown = HELP[command]
    others = [other for other in COMMANDS if other != command] if command == KEEPWARM else []
    usages = [_usage(named, say) for named in (*others, command)]
    examples = [(f"{command} {say(example.typed)}".strip(), say(example.does)) for example in shown.examples]
    more = say(shown.more)
    blocks = [
        mrkdwn("\n".join(f"`{written}`\n{about}" for written, about in usages)),
        mrkdwn("\n".join(f"• `{typed}`: {does}" for typed, does in examples)),
        context(more),
    ]
    if command == KEEPWARM:
        buttons = [button(say(SET_MY_HOUR), ActionId.OPEN_SETTINGS), button(say(_LOG), ActionId.OPEN_LOG)]
        blocks.append(actions(buttons, block_id="help.do"))
    lines = [f"{about}: {written}" for written, about in usages]
    lines += [f"{typed}: {does}" for typed, does in examples]
    return message([*lines, more], blocks)


def _usage(command: str, say: Voice) -> tuple[str, str]:
    return f"{command} {say(HELP[command].hint)}", say(HELP[command].about)
