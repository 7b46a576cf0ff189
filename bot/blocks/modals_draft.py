"""The form with a drafted message: to change, to copy or open in mail, and to mark as done once it is sent.

Keepwarm sends nothing to a customer. The draft's fields get new block ids with every wording, because Slack would keep
the old text under an old id; read them by their action ids.
"""

from urllib.parse import quote

from bot.blocks.ended import say_name
from bot.blocks.ids import ActionId, Field, ViewId
from bot.blocks.kit import Json, actions, button, labelled, modal, mrkdwn, section, typed
from bot.blocks.modals_card import CANCEL
from bot.blocks.touches import say_colleague, say_drafts
from bot.blocks.voice import Phrase, Voice
from bot.domain.views import Card

_TITLE = Phrase("Draft", "Entwurf")
_START = Phrase(
    "Something to start from. Change it until it sounds like you.",
    "Ein Anfang. Ändere ihn, bis er nach dir klingt.",
)
_START_CALL = Phrase("Something to start from when you call.", "Ein Anfang für das Gespräch.")
_SUBJECT = Phrase("Subject", "Betreff")
_TO = Phrase("Message to {name}", "Nachricht an {name}")
_POINTS = Phrase("To talk about with {name}", "Zu besprechen mit {name}")
_COPY_HINT = Phrase(
    "Copy it into your own message. Nothing is sent from here.",
    "Kopiere den Text in deine Nachricht. Von hier wird nichts verschickt.",
)
_ANOTHER = Phrase("Another wording", "Andere Fassung")
_OPEN_MAIL = Phrase("Open this wording in mail", "Diese Fassung im Mailprogramm öffnen")
_TALK_FIRST = Phrase("You may want to talk first.", "Vielleicht sprecht ihr euch erst ab.")
_SUBMIT = Phrase("Mark as done", "Erledigt")

# A link sits in a section of 3,000 characters, beside its label.
_LONGEST_LINK = 2900


def build_draft(
    card: Card,
    say: Voice,
    *,
    text: str,
    variant: str,
    subject: str | None = None,
    email: str | None = None,
    by_phone: bool = False,
    has_more: bool = True,
) -> Json:
    """Draw a suggestion for a customer. The metadata, and the value of "Another wording", are `<ref>:<variant>`.

    `email` adds a link that opens the wording in mail; `has_more` offers the next one.
    """
    name, state = say_name(card, say), f"{card.ref}:{variant}"
    others = _say_others(card, say)
    blocks = [*([section(others)] if others else ()), section(say(_START_CALL if by_phone else _START))]
    if subject is not None and not by_phone:
        field = typed(Field.SUBJECT, value=subject, most=200)
        blocks.append(labelled(say(_SUBJECT), field, optional=True, block_id=f"{Field.SUBJECT}.{variant}"))
    label = say(_POINTS if by_phone else _TO, name=name)
    body = typed(Field.TEXT, value=text, lines=True)
    hint = "" if by_phone else say(_COPY_HINT)
    blocks.append(labelled(label, body, hint=hint, optional=True, block_id=f"{Field.TEXT}.{variant}"))
    if has_more:
        blocks.append(actions([button(say(_ANOTHER), ActionId.NEXT_VARIANT, state)], block_id=f"next.{variant}"))
    link = mail_link(email, subject, text) if email and not by_phone else None
    if link:
        blocks.append(mrkdwn(f"<{link}|{say(_OPEN_MAIL)}>"))
    view = modal(ViewId.DRAFT, say(_TITLE), blocks, submit=say(_SUBMIT), close=say(CANCEL), metadata=state)
    # Colleagues see that somebody drafts: closing it tells them that nobody does any more.
    return {**view, "notify_on_close": True}


def _say_others(card: Card, say: Voice) -> str | None:
    """Say what colleagues have done or are doing, since two messages on one day are one too many."""
    colleague = card.colleague_wrote
    said = [say_colleague(colleague, say, room=0)] if colleague else []
    said += say_drafts(card.drafting, say)
    return " ".join([*said, say(_TALK_FIRST)]) if said else None


def mail_link(email: str, subject: str | None, text: str) -> str | None:
    """Return a mailto link with everything percent-encoded, so that no text can end the link or start another.

    Without the text when that would make it too long; None for what is no address.
    """
    if email.count("@") != 1 or any(c.isspace() for c in email):
        return None
    address = f"mailto:{quote(email, safe='@')}"
    parts = [f"{key}={quote(words, safe='')}" for key, words in (("subject", subject), ("body", text)) if words]
    while parts and len(address) + sum(len(part) + 1 for part in parts) > _LONGEST_LINK:
        parts.pop()
    link = address + ("?" + "&amp;".join(parts) if parts else "")
    return link if len(link) <= _LONGEST_LINK else None
