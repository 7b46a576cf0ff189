"""Every form, with every field filled in, about the rows that some ids name: as they could be forged, or are typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.blocks.ids import Field, ViewId
from bot.domain.views import CardRef
from tests.usecases.test_isolation import Ids

Given = Mapping[str, Any]
NOTHING: Given = {"value": None}


@dataclass(frozen=True, slots=True)
class Named:
    """What forms name beside ids: a teammate by their Slack id, a segment, and the customer who is not Acme."""

    slack_user_id: str
    segment: str
    birch: int


def fields(ids: Ids, named: Named) -> dict[Field, Given]:
    """Return what stands in each field there is, of whatever form; `OTHERWISE` says where a form means it otherwise."""
    someone = {"selected_user": named.slack_user_id}
    return {
        Field.KIND: option("call"), Field.DIRECTION: option("outbound"), Field.ON: {"selected_date": "2026-11-23"},
        Field.NOTE: {"value": "a note"}, Field.PRESET: option("2026-12-01"), Field.WORDS: {"value": "in 2 weeks"},
        Field.TEAMMATE: someone, Field.REASON: option("gone"), Field.CUSTOMER: option(str(ids.acme)),
        Field.HOUR: option("540"), Field.DAYS: {"selected_options": [{"value": "1"}, {"value": "2"}]},
        Field.FREQUENCY: option("daily"), Field.LANGUAGE: option("slack"), Field.PAUSE: {"selected_date": "2026-12-03"},
        Field.BUDGET: {"value": "10 touches"}, Field.SUBJECT: {"value": "subject"}, Field.POLICY: option("fixed"),
        Field.CADENCE: {"value": "45"}, Field.COUNTS: option("working"), Field.PAUSES: {"value": "08-01..08-31"},
        Field.LOST_AFTER: {"value": "7"}, Field.RENEWAL_AHEAD: {"value": "20"}, Field.EXPONENT: {"value": "0.7"},
        Field.HORIZON: {"value": "120"}, Field.TEXT: {"value": "text"}, Field.NAME: {"value": "New one"},
        Field.SEGMENT: option(str(ids.segment)), Field.VALUE: {"value": "12500"}, Field.CURRENCY: {"value": "EUR"},
        Field.CONTACT: {"value": "Nora"}, Field.EMAIL: {"value": "n@new.example"}, Field.STANDING: option("prospect"),
        Field.LEAVES: option(str(ids.acme)), Field.SEATS_EACH: {"value": "4"}, Field.SEATS_TEAM: {"value": "40"},
        Field.ROLE: option("viewer"), Field.COVER: someone, Field.HOLIDAYS: {"value": "Germany, Bayern"},
        Field.COMPANY_HOLIDAY: {"value": "2026-12-24..2027-01-01 Break"}, Field.QUIET_FROM: option("1200"),
        Field.QUIET_UNTIL: option("420"), Field.SINCE: {"selected_date": "2026-01-05"},
        Field.KEEP_MESSAGES: {"value": "400"}, Field.KEEP_NOTES: {"value": "24"},
    }  # fmt: skip


def option(value: str) -> Given:
    return {"selected_option": {"value": value}}


def otherwise(view: str, named: Named) -> dict[Field, Given]:
    """Return what stands in fields of a form that mean something else than in others."""
    return {
        ViewId.SNOOZE: {Field.ON: NOTHING, Field.REASON: {"value": "on holiday"}},
        ViewId.ADD_CUSTOMER: {Field.SEGMENT: option(named.segment)},
    }.get(ViewId(view), {})


def privates(view: str, ids: Ids, named: Named, url: str) -> Iterator[str]:
    """Return what a form may carry about rows: first what it does carry, then what others do."""
    cards = [CardRef(ids.acme, ids.nudge), CardRef(ids.acme, 0, ids.touch), CardRef(ids.acme), CardRef(named.birch)]
    about_cards = [
        f"{card}|{place}" for card in cards for place in ("", f"list:{ids.list_id}|{url}", f"customer:{ids.acme}|{url}")
    ]
    own = {
        ViewId.SEGMENT: [str(ids.segment)], ViewId.COVER: [str(ids.ana)], ViewId.RETENTION_CONFIRM: ["400|24"],
        ViewId.WHO_LEAVES: [f"{cards[3]}|"],
    }.get(ViewId(view), [])  # fmt: skip
    yield from (*own, *about_cards, *(f"{line}|{url}" for line in (ids.logged, ids.asking)))


def submission(view: str, private: str, typed: Mapping[Field, Given], *, view_id: str) -> dict[str, Any]:
    """Return the part of a submitted form's payload that is not about the person."""
    blocks = [{"type": "input", "block_id": name, "element": {}} for name in typed]
    state = {"values": {str(name): {str(name): given} for name, given in typed.items()}}
    return {
        "type": "view_submission",
        "view": {
            "id": view_id, "hash": "h", "type": "modal", "callback_id": view, "private_metadata": private,
            "state": state, "blocks": blocks, "previous_view_id": None,
        },
    }  # fmt: skip
