"""Phone numbers: kept as E.164, shown as the country writes them."""

import re
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

from config.kit.errors import DomainError
from customers.rules.texts import one_line

SEPARATORS = str.maketrans("", "", " .-()/\u00a0")
SCIENTIFIC = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)
# Codes of several countries, or whose numbers keep a leading zero: left to the parser.
SHARED_CODES = (1, 7, 39, 44)
KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def clean_phone(text: str, country: str, field: str = "phone", held: str = "") -> str:
    """The number as E.164, or ``""``. Without ``+`` it is read as one of ``country``.

    ``held`` is the record's number: files are read with more patience, so that it may be one that
    is refused here; a text that says it again leaves it.

    :raises DomainError: it is no number that exists.
    """
    bare = text.translate(SEPARATORS)
    if not bare:
        return ""
    if bare == held:
        return held
    quick = _plain_number(bare, country)
    return quick or _parsed(one_line(text), country, field)


def _plain_number(bare: str, country: str) -> str:
    code, national = _numbers_of(country)
    if national is None:
        return ""
    prefix = f"+{code}"
    rest = bare[len(prefix) :] if bare.startswith(prefix) else bare
    return prefix + rest if rest.isascii() and national.fullmatch(rest) else ""


@lru_cache(maxsize=64)
def _numbers_of(country: str) -> tuple[int, re.Pattern[str] | None]:
    """The country's valid numbers as one expression; None where a trunk prefix needs parsing."""
    found = PhoneMetadata.metadata_for_region(country)
    if found is None or found.country_code is None or found.country_code in SHARED_CODES:
        return 0, None
    if found.national_prefix_for_parsing:
        return 0, None
    kinds = [getattr(found, kind) for kind in KINDS]
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    known = [pattern for pattern in patterns if pattern and pattern != "NA"]
    return found.country_code, re.compile("|".join(f"(?:{pattern})" for pattern in known))


def _parsed(text: str, country: str, field: str) -> str:
    if SCIENTIFIC.fullmatch(text):
        raise DomainError(
            "phone_shortened",
            _("A spreadsheet has shortened this number; its last digits are lost."),
            field=field,
        )
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException as cause:
        raise DomainError("phone_invalid", _reason(cause), field=field) from cause
    if not phonenumbers.is_valid_number(number):
        raise DomainError("phone_invalid", _why_not_valid(number), field=field)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _reason(cause: NumberParseException) -> str:
    if cause.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return _("No country has this code. Begin with + and the code of the country.")
    if cause.error_type == NumberParseException.TOO_LONG:
        return _("This phone number is too long.")
    if cause.error_type == NumberParseException.NOT_A_NUMBER:
        return _("This is not a phone number.")
    return _("This phone number is too short.")


def _why_not_valid(number: phonenumbers.PhoneNumber) -> str:
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in (
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    ):
        return _("This phone number is too short.")
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return _("This phone number is too long.")
    return _("No phone in that country begins like this.")


@lru_cache(maxsize=4096)
def phone_display(number: str) -> str:
    """An E.164 number for people: ``+56 9 8412 3390``. Anything else comes back as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL))
