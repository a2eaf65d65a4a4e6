"""Phone numbers as other systems write them, read with more patience than a form's."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from config.kit.errors import DomainError
from customers.rules.phones import KINDS
from customers.rules.profile import clean_phone

SEPARATORS = str.maketrans("", "", " .-()/\u00a0\u200b\u200e\u202d\u202c")
# Where the customers of such a business live: a national number may belong to one of these.
NEIGHBOURS = "AR BO BR CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV US UY VE".split()


def read_phone(text: str, country: str) -> tuple[str, bool]:
    """The number as E.164 (or ``""``), and whether its country had to be guessed.

    In this order: valid as it stands; with its code of the country, valid or at least of a length
    that exists there; without the leading zero that was dialled before; valid in exactly one of
    the ``NEIGHBOURS``, or a mobile number in exactly one.

    :raises DomainError: none of these.
    """
    bare = text.translate(SEPARATORS)
    if not bare:
        return "", False
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+"):
        return _international(bare), False
    try:
        return clean_phone(bare, country), False
    except DomainError as refusal:
        plain = bare.lstrip("0")
        return _otherwise(plain, country, refusal) if plain != bare else _guessed(bare, refusal)


def _otherwise(plain: str, country: str, refusal: DomainError) -> tuple[str, bool]:
    code = phonenumbers.country_code_for_region(country)
    try:
        return clean_phone(plain, country), False
    except DomainError:
        possible = _possible(f"+{code}{plain}")
        return (possible, False) if possible else _guessed(plain, refusal)


def _international(bare: str) -> str:
    """A number with its code: valid at once, else parsed, else of a possible length."""
    for length in (2, 3, 1):
        numbers = _valid_after(bare[1 : 1 + length])
        if numbers and numbers.fullmatch(bare[1 + length :]):
            return bare
    try:
        return clean_phone(bare, "ZZ")
    except DomainError:
        if possible := _possible(bare):
            return possible
        raise


def _possible(bare: str) -> str:
    try:
        number = phonenumbers.parse(bare, None)
    except NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _guessed(bare: str, refusal: DomainError) -> tuple[str, bool]:
    found = {_valid_in(bare, country) for country in NEIGHBOURS} - {""}
    if len(found) > 1:
        found = {number for number in found if _is_mobile(number)}
    if len(found) == 1:
        return found.pop(), True
    raise refusal


def _is_mobile(number: str) -> bool:
    kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _valid_in(bare: str, country: str) -> str:
    try:
        return clean_phone(bare, country)
    except DomainError:
        return ""


@lru_cache(maxsize=512)
def _valid_after(code: str) -> re.Pattern[str] | None:
    """The valid national numbers of a country's code as one expression."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code.isdigit() else None
    if regions is None or len(regions) > 1:
        return None
    found = phonenumbers.PhoneMetadata.metadata_for_region(regions[0])
    if found is None:
        return None
    kinds = [getattr(found, kind) for kind in KINDS]
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    return re.compile("|".join(f"(?:{one})" for one in patterns if one and one != "NA"))
