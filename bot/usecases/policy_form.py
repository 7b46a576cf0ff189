"""Reading a segment's policy as a person typed it into a form."""

import re
from dataclasses import dataclass

from bot.domain.counted_days import Pause
from bot.domain.model import Counts, Policy
from bot.domain.policies import SegmentPolicy
from bot.errors import InputRefused
from bot.usecases.policies import checked


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """What stands in the fields of the form; an empty cadence or exponent is learned, empty pauses are none."""

    policy: Policy
    cadence: str
    counts: Counts
    pauses: str
    lost_after: str
    exponent: str
    horizon: str


def read_policy(form: PolicyForm) -> SegmentPolicy:
    """Return the policy that a form asks for. Raises InputRefused with the field, the value and the remedy."""
    return checked(
        SegmentPolicy(
            policy=form.policy,
            cadence_days=_days(form.cadence) if form.cadence else None,
            exponent=_exponent(form.exponent) if form.exponent else None,
            counts=form.counts,
            pauses=tuple(_pause(text) for text in re.split(r"[,;\n]", form.pauses) if text.strip()),
            lost_after=_lost_after(form.lost_after),
            horizon_days=_horizon(form.horizon),
        )
    )


def _days(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise InputRefused("'{words}' is not a number of days. Write one like 45, or nothing to have it learned.",
                           about="cadence", words=text)  # fmt: skip
    return int(text)


def _exponent(text: str) -> float:
    if not re.fullmatch(r"\d{0,3}([.,]\d{1,6})?", text):
        raise InputRefused("'{words}' is not a number. Write one from 0 to 1, like 0.5, or nothing to have it learned.",
                           about="exponent", words=text)  # fmt: skip
    return float(text.replace(",", "."))


def _pause(text: str) -> Pause:
    try:
        return Pause.parse(text)
    except ValueError:
        raise InputRefused(
            "'{words}' is not a pause. Write month and day of its first and last day, like 08-01..08-31.",
            about="pauses", words=text.strip(),
        ) from None  # fmt: skip


def _horizon(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise InputRefused("'{words}' is not a number of days. Write one like 90.", about="horizon", words=text)
    return int(text)


def _lost_after(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise InputRefused("'{words}' is not a number of cadences. Write one like 6.", about="lost_after", words=text)
    return int(text)
