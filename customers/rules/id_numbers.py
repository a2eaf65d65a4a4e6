"""ID numbers, typed by country: checked, kept compact, shown as the country writes them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from stdnum.ar import cuit as ar_cuit
from stdnum.br import cpf as br_cpf
from stdnum.cl import rut as cl_rut
from stdnum.co import nit as co_nit
from stdnum.cr import cpf as cr_cpf
from stdnum.do import cedula as do_cedula
from stdnum.ec import ci as ec_ci
from stdnum.ec import ruc as ec_ruc
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.es import nif as es_nif
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.mx import curp as mx_curp
from stdnum.mx import rfc as mx_rfc
from stdnum.pe import ruc as pe_ruc
from stdnum.py import ruc as py_ruc
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif as ve_rif

from config.kit.errors import DomainError
from customers.rules.texts import one_line

LIMIT = 40
SEPARATORS = str.maketrans("", "", " .-/\u00a0\u2013\u2011")
UY_WEIGHTS = (2, 9, 8, 7, 6, 3, 4)


@dataclass(frozen=True, kw_only=True)
class IdType:
    """A kind of document. ``validate`` raises stdnum's errors and returns the compact number.

    ``right_digit`` says what should stand at the end of a number whose check digit is wrong.
    """

    label: str | Promise
    country: str
    validate: Callable[[str], str]
    display: Callable[[str], str]
    right_digit: Callable[[str], str] | None = None


def _digits(least: int, most: int) -> Callable[[str], str]:
    def validate(number: str) -> str:
        if not number.isascii() or not number.isdigit():
            raise ValidationError
        if not least <= len(number) <= most:
            raise InvalidLength
        return number

    return validate


def _free(number: str) -> str:
    if not re.fullmatch(r"[0-9A-Z]{3,40}", number):
        raise ValidationError
    return number


def _plain(number: str) -> str:
    return number


def thousands(number: str) -> str:
    """``17842365`` as ``17.842.365``."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", number)


def _rut_compact(number: str) -> str:
    return str(cl_rut.validate(number.lstrip("0")))


def _uy_ci_digit(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, UY_WEIGHTS, strict=True))
    return str(-total % 10)


def _uy_ci(number: str) -> str:
    if not number.isascii() or not number.isdigit():
        raise ValidationError
    if len(number) not in (7, 8):
        raise InvalidLength
    if _uy_ci_digit(number[:-1].zfill(7)) != number[-1]:
        raise InvalidChecksum
    return number


def _before_last(number: str) -> str:
    return f"{thousands(number[:-1])}-{number[-1]}"


def _cuit_display(number: str) -> str:
    return f"{number[:2]}-{number[2:-1]}-{number[-1]}"


def _cpf_display(number: str) -> str:
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def _letter_display(number: str) -> str:
    return f"{number[:-1]}-{number[-1]}"


def _ve_display(number: str) -> str:
    return f"{number[0]}-{thousands(number[1:])}" if number[:1].isalpha() else thousands(number)


def _ve_ci(number: str) -> str:
    if not re.fullmatch(r"[VE]?\d{5,9}", number):
        raise ValidationError
    return number if number[0] in "VE" else f"V{number}"


def _last_by(module: ModuleType) -> Callable[[str], str]:
    """The check digit that the module would give to all but the last character."""
    return lambda number: str(module.calc_check_digit(number[:-1]))


def _whole_by(module: ModuleType) -> Callable[[str], str]:
    return lambda number: str(module.calc_check_digit(number))


def _spanish_letter(number: str) -> str:
    module = es_nie if number[0] in "XYZ" else es_dni
    return str(module.calc_check_digit(number[:-1]))


def _type(
    label: str | Promise,
    country: str,
    validate: Callable[[str], str],
    display: Callable[[str], str] = _plain,
    right_digit: Callable[[str], str] | None = None,
) -> IdType:
    return IdType(
        label=label, country=country, validate=validate, display=display, right_digit=right_digit
    )


ID_TYPES: dict[str, IdType] = {
    "cl_rut": _type(lazy("RUT, Chile"), "CL", _rut_compact, _before_last, _last_by(cl_rut)),
    "ar_dni": _type(lazy("DNI, Argentina"), "AR", _digits(7, 8), thousands),
    "ar_cuit": _type(
        lazy("CUIT or CUIL, Argentina"), "AR", ar_cuit.validate, _cuit_display, _whole_by(ar_cuit)
    ),
    "bo_ci": _type(lazy("CI, Bolivia"), "BO", _digits(5, 10)),
    "br_cpf": _type(lazy("CPF, Brazil"), "BR", br_cpf.validate, _cpf_display),
    "co_cc": _type(lazy("CC, Colombia"), "CO", _digits(4, 10), thousands),
    "co_ce": _type(lazy("CE, Colombia"), "CO", _digits(4, 10)),
    "co_nit": _type(lazy("NIT, Colombia"), "CO", co_nit.validate, _before_last, _last_by(co_nit)),
    "cr_ci": _type(lazy("Cédula, Costa Rica"), "CR", cr_cpf.validate),
    "do_cedula": _type(
        lazy("Cédula, Dominican Republic"), "DO", do_cedula.validate, do_cedula.format
    ),
    "ec_ci": _type(lazy("CI, Ecuador"), "EC", ec_ci.validate),
    "ec_ruc": _type(lazy("RUC, Ecuador"), "EC", ec_ruc.validate),
    "es_nif": _type(
        lazy("DNI or NIF, Spain"), "ES", es_nif.validate, _letter_display, _spanish_letter
    ),
    "es_nie": _type(lazy("NIE, Spain"), "ES", es_nie.validate, _letter_display, _spanish_letter),
    "mx_curp": _type(lazy("CURP, Mexico"), "MX", mx_curp.validate, _plain, _whole_by(mx_curp)),
    "mx_rfc": _type(lazy("RFC, Mexico"), "MX", mx_rfc.validate),
    "pe_dni": _type(lazy("DNI, Peru"), "PE", _digits(8, 8)),
    "pe_ce": _type(lazy("CE, Peru"), "PE", _free),
    "pe_ruc": _type(lazy("RUC, Peru"), "PE", pe_ruc.validate, _plain, _whole_by(pe_ruc)),
    "py_ci": _type(lazy("CI, Paraguay"), "PY", _digits(5, 8), thousands),
    "py_ruc": _type(
        lazy("RUC, Paraguay"), "PY", py_ruc.validate, _letter_display, _last_by(py_ruc)
    ),
    "uy_ci": _type(
        lazy("CI, Uruguay"),
        "UY",
        _uy_ci,
        _before_last,
        lambda number: _uy_ci_digit(number[:-1].zfill(7)),
    ),
    "uy_rut": _type(lazy("RUT, Uruguay"), "UY", uy_rut.validate, _plain, _whole_by(uy_rut)),
    "ve_ci": _type(lazy("CI, Venezuela"), "VE", _ve_ci, _ve_display),
    "ve_rif": _type(
        lazy("RIF, Venezuela"), "VE", ve_rif.validate, _letter_display, _last_by(ve_rif)
    ),
    "passport": _type(lazy("Passport"), "", _free),
    "other": _type(lazy("Another document"), "", _free),
}
DEFAULTS = {
    "CL": "cl_rut",
    "AR": "ar_dni",
    "BO": "bo_ci",
    "BR": "br_cpf",
    "CO": "co_cc",
    "CR": "cr_ci",
    "DO": "do_cedula",
    "EC": "ec_ci",
    "ES": "es_nif",
    "MX": "mx_curp",
    "PE": "pe_dni",
    "PY": "py_ci",
    "UY": "uy_ci",
    "VE": "ve_ci",
}


def default_id_type(country: str) -> str:
    """The document that people of this country give."""
    return DEFAULTS.get(country, "other")


def clean_id_type(text: str, field: str = "id_type") -> str:
    """A key of ``ID_TYPES``, or ``""``."""
    key = one_line(text).lower()
    if key and key not in ID_TYPES:
        raise DomainError("id_type_unknown", _("There is no such type of document."), field=field)
    return key


def clean_id_number(text: str, id_type: str, field: str = "id_number") -> str:
    """The number without separators, checked as its type asks, or ``""``.

    :raises DomainError: the message names the right check digit where it is known.
    """
    compact = text.translate(SEPARATORS).upper()
    if not compact:
        return ""
    known = ID_TYPES.get(id_type)
    if known is None:
        raise DomainError("id_type_missing", _("Say which document this is."), field="id_type")
    try:
        return known.validate(compact)
    except InvalidChecksum as cause:
        raise DomainError("id_check_digit", _wrong_digit(known, compact), field=field) from cause
    except InvalidLength as cause:
        raise DomainError("id_length", _wrong_length(known, compact), field=field) from cause
    except ValidationError as cause:
        raise DomainError(
            "id_invalid",
            _("This is not a number of the type “%(type)s”.") % {"type": known.label},
            field=field,
        ) from cause


def _wrong_digit(known: IdType, compact: str) -> str:
    if known.right_digit is None:
        return _("The check digit is wrong.")
    body = known.display(compact)[:-1].rstrip("-")
    return _("The check digit is wrong. For %(number)s it is %(digit)s.") % {
        "number": body,
        "digit": known.right_digit(compact),
    }


def _wrong_length(known: IdType, compact: str) -> str:
    return _("It has %(length)d characters: too few or too many for “%(type)s”.") % {
        "type": known.label,
        "length": len(compact),
    }


@lru_cache(maxsize=4096)
def id_number_display(id_type: str, number: str) -> str:
    """A kept number as its country writes it: ``17.842.365-7``."""
    known = ID_TYPES.get(id_type)
    return known.display(number) if known and number else number
