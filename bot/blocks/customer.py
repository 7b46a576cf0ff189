"""One customer in full: when they are due and why, the last touches, the people, what is known. Never in a channel."""

from urllib.parse import quote

from bot.blocks.cards import NO_OWNER, OWNER, SUGGESTION, build_buttons, build_ended, build_wake, say_value
from bot.blocks.ended import say_ended, say_name
from bot.blocks.ids import ActionId, PromiseChoice, ViewId
from bot.blocks.kit import (
    Json,
    actions,
    bullets,
    button,
    context,
    header,
    message,
    modal,
    option,
    overflow,
    rich,
    section,
    words,
)
from bot.blocks.reasons import say_noted, say_why
from bot.blocks.standing_said import say_standing
from bot.blocks.text import cut, tidy, tidy_lines
from bot.blocks.touches import PERSON, say_colleague, say_drafts, say_touch_line
from bot.blocks.voice import Phrase, Voice
from bot.domain.views import ContactView, CustomerView

TOUCHES = Phrase("Last touches", "Letzte Kontakte")
_PEOPLE = Phrase("People", "Personen")
_KNOWN = Phrase("Also known", "Außerdem bekannt")
_NO_TOUCH = Phrase("No touch is recorded yet.", "Noch ist kein Kontakt festgehalten.")
_DUE = Phrase("Next due {on}.", "Wieder fällig {on}.")
_ASLEEP = Phrase("Snoozed; comes back {on}.", "Zurückgestellt; kommt {on} wieder.")
_OFF = Phrase("Not on any list.", "Auf keiner Liste.")
_TAGS = Phrase("Tags: {tags}", "Schlagwörter: {tags}")
_CLOSE = Phrase("Close", "Schließen")
_KEPT = Phrase("Kept", "Eingelöst")
_DROP = Phrase("Drop it", "Verwerfen")
_CHANGE = Phrase("Change…", "Ändern…")
_LABEL_CHANGE = Phrase("Change what {name} is to us", "Ändern, was {name} für uns ist")

_NOTES = 1000
_FACTS = 6
_CONTACTS = 5
_PROMISES = 5
_IN_LABEL = 40
_ALREADY_SHOWN = frozenset({"crm_url", "url"})


def build_customer(view: CustomerView, say: Voice, *, place: str) -> Json:
    """Draw the answer to /customer."""
    name = say_name(view.card, say)
    lines = [name, *customer_lines(view, say)]
    return message(lines, [header(name), *_build_body(view, say, place=place)])


def build_customer_modal(view: CustomerView, say: Voice, *, place: str) -> Json:
    """Draw the same as a modal, for "Show customer" on a card.

    Slack tells when it is closed: a draft on top of it is closed with it, and only of the lowest window it says so.
    """
    drawn = modal(
        ViewId.CUSTOMER,
        say_name(view.card, say),
        _build_body(view, say, place=place),
        submit=None,
        close=say(_CLOSE),
        metadata=str(view.card.ref),
    )
    return {**drawn, "notify_on_close": True}


def customer_lines(view: CustomerView, say: Voice) -> list[str]:
    """Return all that is known of a customer, as lines for a screen reader."""
    owner_id = view.card.relationship.owner_id
    lines = [*_silence(view, say), *([say_ended(view.taken_off, say)] if view.taken_off else [])]
    lines.append(". ".join(_facts(view, say)) + ".")
    lines += [say_noted(promise, say) for promise in view.promises[:_PROMISES]]
    lines += [say_standing(view.standing, say)] if view.standing else []
    lines += [say_touch_line(touch, say, owner_id=owner_id) for touch in view.touches] or [say(_NO_TOUCH)]
    lines += [_contact(contact) for contact in view.contacts[:_CONTACTS]]
    return [*lines, *_known(view, say), cut(tidy(view.card.suggestion or ""), SUGGESTION)]


def build_touches(view: CustomerView, say: Voice) -> list[Json]:
    """Draw the last touches as a list, if there are any."""
    if not view.touches:
        return []
    owner_id = view.card.relationship.owner_id
    return [bullets(say(TOUCHES), [[words(say_touch_line(touch, say, owner_id=owner_id))] for touch in view.touches])]


def build_people(view: CustomerView, say: Voice) -> list[Json]:
    """Draw the people at a customer, with a link that opens a mail, if any are known."""
    if not view.contacts:
        return []
    return [bullets(say(_PEOPLE), [_build_contact(contact) for contact in view.contacts[:_CONTACTS]])]


def build_known(view: CustomerView, say: Voice) -> list[Json]:
    """Draw tags, notes and imported columns, if there are any."""
    known = _known(view, say)
    return [bullets(say(_KNOWN), [[words(line)] for line in known])] if known else []


def _build_promises(view: CustomerView, say: Voice, *, place: str) -> list[Json]:
    """Draw what is to be done for them, each with a menu that ends it."""
    return [
        section(
            say_noted(promise, say),
            block_id=f"{place}.promise.{promise.id}",
            accessory=overflow(
                ActionId.PROMISE,
                [
                    option(say(_KEPT), f"{PromiseChoice.KEPT}:{promise.id}"),
                    option(say(_DROP), f"{PromiseChoice.DROPPED}:{promise.id}"),
                ],
            ),
        )
        for promise in view.promises[:_PROMISES]
    ]


def say_when(view: CustomerView, say: Voice) -> str:
    """Say why the customer is due, or when they will be."""
    customer = view.card.relationship
    why = say_why(view.card.reason, today=say.today, locale=say.locale)
    if customer.nudge_from_on is None:
        return f"{why} {say(_OFF)}"
    if customer.snoozed_until_on and customer.snoozed_until_on > say.today:
        return f"{why} {say(_ASLEEP, on=say.full_day(view.card.back_on or customer.snoozed_until_on))}"
    if customer.nudge_from_on <= say.today:
        return why
    return f"{why} {say(_DUE, on=say.on(customer.nudge_from_on))}"


def _build_body(view: CustomerView, say: Voice, *, place: str) -> list[Json]:
    suggestion = cut(tidy(view.card.suggestion or ""), SUGGESTION)
    blocks = [
        rich([[words(line)] for line in _silence(view, say)], quote=suggestion, block_id=f"{place}.why"),
        *_build_asleep(view, say, place=place),
        *(build_ended(view.taken_off, say, place=place) if view.taken_off else []),
        context(*_facts(view, say)),
        *_build_promises(view, say, place=place),
        *_build_standing(view, say, place=place),
        *(build_touches(view, say) or [rich([[words(say(_NO_TOUCH))]])]),
        *build_people(view, say),
        *build_known(view, say),
    ]
    return [*blocks, build_buttons(view.card, say, place=place)]


def _silence(view: CustomerView, say: Voice) -> list[str]:
    """When they are due and why, and what colleagues are up to."""
    colleague = view.card.colleague_wrote
    said = [say_colleague(colleague, say, room=0)] if colleague else []
    return [say_when(view, say), *said, *say_drafts(view.card.drafting, say)]


def _build_asleep(view: CustomerView, say: Voice, *, place: str) -> list[Json]:
    """Draw the way to end a snooze early, for whoever sleeps."""
    until_on = view.card.relationship.snoozed_until_on
    if until_on is None or until_on <= say.today:
        return []
    return [actions([build_wake(view.card, say)], block_id=f"{place}.asleep")]


def _build_standing(view: CustomerView, say: Voice, *, place: str) -> list[Json]:
    if view.standing is None:
        return []
    label = say(_LABEL_CHANGE, name=cut(say_name(view.card, say), _IN_LABEL))
    change = button(say(_CHANGE), ActionId.OPEN_STANDING, str(view.card.ref), label=label)
    return [section(say_standing(view.standing, say), block_id=f"{place}.standing", accessory=change)]


def _facts(view: CustomerView, say: Voice) -> list[str]:
    owner = cut(tidy(view.card.owner_name or ""), PERSON)
    segment = cut(tidy(view.card.relationship.segment.name), PERSON)
    facts = [say_value(view.card, say), say(OWNER, owner=owner) if owner else say(NO_OWNER), segment]
    return [fact for fact in facts if fact]


def _known(view: CustomerView, say: Voice) -> list[str]:
    """Notes, tags and the columns of an import that we have no name for."""
    tags, notes = cut(tidy(view.tags), 200), cut(tidy_lines(view.notes), _NOTES)
    lines = [say(_TAGS, tags=tags)] if tags else []
    more = [(key, value) for key, value in view.profile.items() if key not in _ALREADY_SHOWN and tidy(value)]
    lines += [f"{cut(tidy(key), 40)}: {cut(tidy(value), 120)}" for key, value in more[:_FACTS]]
    return [*lines, notes] if notes else lines


def _contact(contact: ContactView) -> str:
    parts = [contact.name, contact.email, contact.phone]
    return " · ".join(cut(tidy(part), PERSON) for part in parts if part and tidy(part)) or "…"


def _build_contact(contact: ContactView) -> list[Json]:
    email = tidy(contact.email or "")
    if "@" not in email or len(email) > PERSON:
        return [words(_contact(contact))]
    link = {"type": "link", "url": f"mailto:{quote(email, safe='@')}", "text": email}
    name, phone = cut(tidy(contact.name), PERSON), cut(tidy(contact.phone or ""), PERSON)
    return [words(f"{name} · " if name else " "), link, *([words(f" · {phone}")] if phone else [])]
