"""ID numbers of files, which seldom say by which country they are."""

import re
from functools import lru_cache

from config.kit.errors import DomainError
from customers.identity import fold
from customers.rules.profile import ID_TYPES, clean_id_number, default_id_type

RUT = re.compile(r"\d{1,3}(?:\.?\d{3}){1,2}-[\dkK]")
TYPES_OF_WORD = {
    "rut": {"CL": "cl_rut", "UY": "uy_rut"},
    "run": {"CL": "cl_rut"},
    "dni": {"AR": "ar_dni", "PE": "pe_dni", "ES": "es_nif"},
    "cuit": {"AR": "ar_cuit"},
    "cuil": {"AR": "ar_cuit"},
    "nif": {"ES": "es_nif"},
    "nie": {"ES": "es_nie"},
    "curp": {"MX": "mx_curp"},
    "rfc": {"MX": "mx_rfc"},
    "cpf": {"BR": "br_cpf"},
    "nit": {"CO": "co_nit"},
    "cc": {"CO": "co_cc"},
    "ce": {"CO": "co_ce", "PE": "pe_ce"},
    "ruc": {"PE": "pe_ruc", "EC": "ec_ruc", "PY": "py_ruc"},
    "rif": {"VE": "ve_rif"},
    "ci": {"UY": "uy_ci", "EC": "ec_ci", "BO": "bo_ci", "PY": "py_ci", "VE": "ve_ci"},
    "cedula": {"CO": "co_cc", "EC": "ec_ci", "UY": "uy_ci", "VE": "ve_ci", "DO": "do_cedula"},
    "pasaporte": {"": "passport"},
    "passport": {"": "passport"},
}


@lru_cache(maxsize=1000)
def types_named(text: str, country: str) -> tuple[str, ...]:
    """The types that a header or a cell (``DNI / CUIT``) names, that of ``country`` first."""
    plain = fold(text)
    if plain in ID_TYPES:
        return (plain,)
    found: dict[str, None] = {}
    for word in re.split(r"[^a-z0-9]+", plain.replace(".", "")):
        by_country = TYPES_OF_WORD.get(word, {})
        if country in by_country:
            found.setdefault(by_country[country])
        elif len(by_country) == 1 or (by_country and not country):
            found.setdefault(next(iter(by_country.values())))
    return tuple(found)


def rut_digit(number: str) -> str:
    """The check digit of a RUT: ``9`` for ``8158259``."""
    total, weight = 0, 2
    for digit in reversed(number):
        total += int(digit) * weight
        weight = weight + 1 if weight < 7 else 2
    return "0123456789K0"[11 - total % 11]


def read_id_number(
    text: str, *, named: tuple[str, ...], country: str, site_country: str
) -> tuple[str, str]:
    """The type and the compact number, of the first type that fits.

    A Chilean RUT shows by its dash; then come the types that the file names, that of the person's
    country, that of the site's.

    :raises DomainError: it fits none; the reason is that of the likeliest.
    """
    if RUT.fullmatch(text) and (site_country == "CL" or "cl_rut" in named):
        compact = text.replace(".", "").replace("-", "").upper()
        if rut_digit(compact[:-1]) == compact[-1]:
            return "cl_rut", compact.lstrip("0")
    candidates = dict.fromkeys(named)
    if not candidates or (RUT.fullmatch(text) and site_country == "CL"):
        candidates = dict.fromkeys(
            [
                *(["cl_rut"] if RUT.fullmatch(text) else []),
                *named,
                default_id_type(country or site_country),
            ]
        )
    refusal: DomainError | None = None
    for id_type in candidates:
        try:
            return id_type, clean_id_number(text, id_type, "id_number")
        except DomainError as found:
            refusal = refusal or found
    raise refusal or DomainError("id_type_missing", "", field="id_number")
