"""What is said when nobody hears of the customers of somebody who is away, and the form that chooses who covers."""

from bot.blocks.ids import ActionId, Field, ViewId
from bot.blocks.kit import Json, actions, button, labelled, message, modal, section
from bot.blocks.modals_card import CANCEL
from bot.blocks.text import cut, tidy
from bot.blocks.touches import PERSON
from bot.blocks.voice import Phrase, Voice
from bot.domain.covering import Silence, Unheard

_TO_OTHERS = {
    Silence.NO_DIGESTS: Phrase(
        "{cover} covers for {name}, who is away until {day}, but gets no digests. Nobody hears of the customers who are"
        " due.",
        "{cover} vertritt {name} bis {day}, bekommt aber keine Übersichten. Von den fälligen Kunden erfährt niemand.",
    ),
    Silence.AWAY: Phrase(
        "{cover} covers for {name}, who is away until {day}, and is away as well. Nobody hears of the customers who are"
        " due.",
        "{cover} vertritt {name} bis {day} und ist selbst abwesend. Von den fälligen Kunden erfährt niemand.",
    ),
    Silence.LEFT: Phrase(
        "{cover} covered for {name}, who is away until {day}, and left Slack. Nobody hears of the customers who are"
        " due.",
        "{cover} sollte {name} bis {day} vertreten und ist nicht mehr in Slack. Von den fälligen Kunden erfährt"
        " niemand.",
    ),
    Silence.ONLY_LOOKS: Phrase(
        "{cover} covers for {name}, who is away until {day}, but is a viewer now. Nobody can write to the customers who"
        " are due.",
        "{cover} vertritt {name} bis {day}, darf aber nur noch ansehen. Um die fälligen Kunden kümmert sich niemand.",
    ),
}
_TO_THE_ONE_AWAY = {
    Silence.NO_DIGESTS: Phrase(
        "{cover} covers for you but gets no digests. Nobody hears of your customers who are due until {day}.",
        "{cover} vertritt dich, bekommt aber keine Übersichten. Von deinen fälligen Kunden erfährt bis {day} niemand.",
    ),
    Silence.AWAY: Phrase(
        "{cover} covers for you and is away as well. Nobody hears of your customers who are due until {day}.",
        "{cover} vertritt dich und ist selbst abwesend. Von deinen fälligen Kunden erfährt bis {day} niemand.",
    ),
    Silence.LEFT: Phrase(
        "{cover}, who covered for you, left Slack. Nobody hears of your customers who are due until {day}.",
        "{cover} sollte dich vertreten und ist nicht mehr in Slack. Von deinen fälligen Kunden erfährt bis {day}"
        " niemand.",
    ),
    Silence.ONLY_LOOKS: Phrase(
        "{cover} covers for you but is a viewer now. Nobody can write to your customers who are due until {day}.",
        "{cover} vertritt dich, darf aber nur noch ansehen. Um deine fälligen Kunden kümmert sich bis {day} niemand.",
    ),
}
_TO_THE_COVER = Phrase(
    "You cover for {name} until {day}. Nobody hears of their customers who are due now; I'll pass that on.",
    "Du vertrittst {name} bis {day}. Von den fälligen Kunden erfährt jetzt niemand; ich gebe das weiter.",
)
_TO_A_VIEWER = Phrase(
    "You cover for {name} until {day} but may only look. An admin chooses somebody else, or lets you act.",
    "Du vertrittst {name} bis {day}, darfst aber nur ansehen. Ein Admin wählt jemand anderen oder gibt dir das Recht.",
)
_OR_IN_SETTINGS = Phrase(
    "/keepwarm settings lets you choose somebody else.",
    "Mit /keepwarm einstellungen kannst du jemand anderen wählen.",
)
CHOOSE = Phrase("Choose a cover", "Vertretung wählen")
_WHO = Phrase("Who covers for {name}?", "Wer vertritt {name}?")
_SAVE = Phrase("Save", "Speichern")
_CHOSEN = Phrase("{cover} covers for {name} now.", "{cover} vertritt jetzt {name}.")


def say_unheard(one: Unheard, say: Voice, *, reader_id: int) -> str:
    """Say it to somebody who just changed how the bot speaks to them: the one who is away, or the cover."""
    name, cover, day = cut(tidy(one.away), PERSON), cut(tidy(one.cover), PERSON), say.calendar_day(one.until_on)
    if reader_id == one.away_id:
        return f"{say(_TO_THE_ONE_AWAY[one.silence], cover=cover, day=day)} {say(_OR_IN_SETTINGS)}"
    to_the_cover = _TO_A_VIEWER if one.silence is Silence.ONLY_LOOKS else _TO_THE_COVER
    return say(to_the_cover, name=name, day=day)


def build_unheard(one: Unheard, say: Voice, *, reader_id: int) -> Json:
    """Draw it for an admin, or for the one who is away where no admin is there; one press chooses somebody else."""
    name, cover, day = cut(tidy(one.away), PERSON), cut(tidy(one.cover), PERSON), say.calendar_day(one.until_on)
    phrases = _TO_THE_ONE_AWAY if reader_id == one.away_id else _TO_OTHERS
    sentence = say(phrases[one.silence], name=name, cover=cover, day=day)
    choose = button(say(CHOOSE), ActionId.OPEN_COVER, str(one.away_id))
    return message([sentence], [section(sentence), actions([choose], block_id="unheard.do")])


def build_choose_cover(name: str, away_id: int, say: Voice) -> Json:
    """Draw the form that chooses who covers for somebody; it carries their id."""
    who = {"type": "users_select", "action_id": Field.COVER}
    blocks = [labelled(say(_WHO, name=cut(tidy(name), PERSON)), who)]
    drawn = modal(ViewId.COVER, say(CHOOSE), blocks, submit=say(_SAVE), close=say(CANCEL))
    return {**drawn, "private_metadata": str(away_id)}


def say_cover_chosen(cover: str, name: str, say: Voice) -> str:
    """Say who covers for whom now."""
    return say(_CHOSEN, cover=cut(tidy(cover), PERSON), name=cut(tidy(name), PERSON))
