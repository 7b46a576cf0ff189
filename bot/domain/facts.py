"""What the ledger knows when somebody is about to write to a customer. Anything may be missing; that is normal."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bot.domain.model import Standing, TouchView

LANGUAGES = ("en", "de")
DEFAULT_LOCALE = "en-GB"

_CHAT_WORDS = frozenset({"chat", "message", "sms", "text", "whatsapp", "slack", "teams", "signal", "telegram"})
_PHONE_WORDS = frozenset({"phone", "call", "telephone", "mobile", "telefon", "anruf", "handy"})


class Channel(StrEnum):
    """How a suggestion will reach the customer. By phone it is talking points for the caller."""

    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"

    @classmethod
    def named(cls, words: str | None) -> "Channel":
        """Read a `preferred_channel` as people and other tools write it; unknown or missing means mail."""
        word = (words or "").strip().casefold()
        if word in _CHAT_WORDS:
            return cls.CHAT
        return cls.PHONE if word in _PHONE_WORDS else cls.EMAIL


@dataclass(frozen=True, slots=True)
class Facts:
    """One customer, seen by the teammate who writes.

    `last_touch` is the newest touch that counts. `salutation` is a title that somebody wrote down ("Frau", "Dr."),
    `formal` a form of address that somebody chose. `promise` is what we still owe them, in words. `birthday_on` is the
    next birthday, not the day of birth; `anniversary_on` the next day with the date on which they became a customer
    (`joined_on`). Locales look like `de-AT`.
    """

    customer_name: str
    today: date
    contact_name: str | None = None
    salutation: str | None = None
    formal: bool | None = None
    contact_locale: str | None = None
    customer_locale: str | None = None
    preferred_channel: Channel = Channel.EMAIL
    standing: Standing = Standing.CUSTOMER
    since_on: date | None = None
    silent_days: int | None = None
    last_touch: TouchView | None = None
    promise: str | None = None
    birthday_on: date | None = None
    joined_on: date | None = None
    anniversary_on: date | None = None
    renewal_on: date | None = None
    sender_id: int | None = None
    sender_name: str | None = None
    sender_locale: str | None = None

    @property
    def wrote_last_touch(self) -> bool:
        """Whether the sender, or nobody in particular, made the last touch; a colleague is named instead."""
        touch = self.last_touch
        return touch is None or touch.by is None or touch.by_id is None or touch.by_id == self.sender_id

    def locale(self, channel: Channel) -> str:
        """The locale to write in: the customer's, but the caller's own for talking points, which only they read."""
        if channel is Channel.PHONE and self.sender_locale:
            return self.sender_locale
        return self.contact_locale or self.customer_locale or self.sender_locale or DEFAULT_LOCALE


@lru_cache(maxsize=256)
def language_of(locale: str | None) -> str:
    """The language of ours that a locale is written to in; English where we have none."""
    language = (locale or "").replace("_", "-").split("-")[0].casefold()
    return language if language in LANGUAGES else LANGUAGES[0]
