"""Phone numbers as other systems write them, read with more patience than a form's.

Millions of them are read, so that expressions made of the metadata come first, and the parser only
where these do not fit.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

from config.kit.errors import DomainError
from customers.rules.phones import KINDS
from customers.rules.profile import clean_phone

SEPARATORS = str.maketrans("", "", " .-()/\u00a0\u200b\u200e\u202d\u202c")
# Where the customers of such a business live: a national number may belong to one of these.
NEIGHBOURS = "AR BO BR CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV US UY VE".split()


def read_phone(text: str, country: str) -> tuple[str, bool]:
    """The number as E.164 (or ``""``), and whether its country had to be guessed.

    In this order: with its code of the country, of a length that exists there; valid in
    ``country`` as it stands; without the zero that was dialled before, of a length that exists;
    valid in exactly one of the ``NEIGHBOURS``, or a mobile number in exactly one.

    :raises DomainError: none of these.
    """
    bare = text.translate(SEPARATORS)
    if not bare:
        return "", False
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+"):
        return _international(bare), False
    found = _in_country(bare, country)
    if found:
        return found, False
    if bare.startswith("0") and (found := _after_zero(bare.lstrip("0"), country)):
        return found, False
    guessed = _guessed(bare)
    if guessed:
        return guessed, True
    return clean_phone(text, country), False


def _international(bare: str) -> str:
    digits = bare[1:]
    if digits.isascii() and digits.isdigit():
        for length in (2, 3, 1):
            if len(digits) - length in _lengths(digits[:length]):
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


def _in_country(bare: str, country: str) -> str:
    """Valid as it stands, with or without a trunk zero; numbers with other prefixes are parsed."""
    code, whole, _mobile = _numbers_of(country)
    plain = bare.lstrip("0")
    if whole.fullmatch(plain):
        return f"+{code}{plain}"
    if _has_trunk(country):
        try:
            return clean_phone(bare, country)
        except DomainError:
            return ""
    return ""


def _after_zero(plain: str, country: str) -> str:
    code = str(_numbers_of(country)[0])
    fits = plain.isascii() and plain.isdigit() and len(plain) in _lengths(code)
    return f"+{code}{plain}" if fits else ""


def _guessed(plain: str) -> str:
    found = [one for one in map(_numbers_of, NEIGHBOURS) if one[1].fullmatch(plain)]
    codes = {code for code, _whole, _mobile in found}
    if len(codes) > 1:
        codes = {code for code, _whole, mobile in found if mobile.fullmatch(plain)}
    return f"+{codes.pop()}{plain}" if len(codes) == 1 else ""


@lru_cache(maxsize=512)
def _numbers_of(country: str) -> tuple[int, re.Pattern[str], re.Pattern[str]]:
    """The code of a country, its valid numbers and its mobile numbers as expressions."""
    found = PhoneMetadata.metadata_for_region(country)
    if found is None:
        return 0, re.compile(r"(?!)"), re.compile(r"(?!)")
    kinds = [getattr(found, kind) for kind in KINDS]
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    whole = "|".join(f"(?:{one})" for one in patterns if one and one != "NA")
    mobile = getattr(found.mobile, "national_number_pattern", None) or "(?!)"
    return found.country_code or 0, re.compile(whole), re.compile(mobile)


@lru_cache(maxsize=512)
def _has_trunk(country: str) -> bool:
    found = PhoneMetadata.metadata_for_region(country)
    return bool(found and found.national_prefix_for_parsing)


@lru_cache(maxsize=2048)
def _lengths(code: str) -> frozenset[int]:
    """How long national numbers behind a code are; nothing where several countries share it."""
    if code.startswith("0"):
        return frozenset()
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    if len(regions) != 1 or regions[0] == "001":
        return frozenset()
    found = PhoneMetadata.metadata_for_region(regions[0])
    if found is None or found.general_desc is None:
        return frozenset()
    return frozenset(found.general_desc.possible_length)
