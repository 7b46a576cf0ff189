"""Reading how a person is reached: e-mail addresses and phone numbers."""

import re
from functools import lru_cache

from bot.usecases.imports.refusal import FieldRefused

_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_INTERNATIONAL = re.compile(r"(?:\+|00)[1-9](?:[ \t()/.\-\u00a0\u202f]*[0-9]){6,14}")

_MARKS = str.maketrans("", "", "+()/.- \t\u00a0\u202f")


def read_email(cell: str) -> str:
    """Return an e-mail address; anything unusual is checked by the library that knows the rules."""
    cell = cell.removeprefix("mailto:")
    if _PLAIN_EMAIL.fullmatch(cell) and ".." not in cell:
        return cell
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(cell, check_deliverability=False).normalized
    except EmailNotValidError:
        raise FieldRefused("is not an e-mail address. Write one like ana@example.com, or leave it empty.") from None


def read_phone(cell: str, region: str) -> str:
    """Return the number in its international form if `region` ("DE") makes it one; else what was written."""
    if _INTERNATIONAL.fullmatch(cell):
        return "+" + cell.replace("(0)", "").translate(_MARKS).removeprefix("00")
    return _national(cell[:60], region)


@lru_cache(maxsize=10_000)
def _national(cell: str, region: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(cell, region or None)
    except phonenumbers.NumberParseException:
        return cell
    if not phonenumbers.is_valid_number(number):
        return cell
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
