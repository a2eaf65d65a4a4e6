"""Gender, country, language and time zone: from the words of people and files to their codes."""

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import fold
from customers.rules.texts import one_line

GENDERS = {
    word: gender
    for gender, words in {
        "female": "f female femenino femenina fem mujer woman feminino mulher girl she",
        "male": "m male masculino masc h hombre varon man homem boy he",
        "other": "o x other otro otra outro no_binario nonbinary non-binary nb",
    }.items()
    for word in words.split()
}
COUNTRY_WORDS = {
    "eeuu": "US",
    "ee.uu.": "US",
    "estados unidos de america": "US",
    "usa": "US",
    "brasil": "BR",
    "republica argentina": "AR",
    "inglaterra": "GB",
}


def clean_gender(text: str, field: str = "gender") -> str:
    """``female``, ``male``, ``other`` or ``""``; a lone M is masculine."""
    word = fold(one_line(text)).replace("no binario", "no_binario")
    if not word:
        return ""
    if word in GENDERS:
        return GENDERS[word]
    raise DomainError(
        "gender_unknown", _("Use female, male or other, or leave it empty."), field=field
    )


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "pt", "es"):
        for code, name in Locale(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in {"ZZ", "XA", "XB", "EU", "EZ", "UN"}
            ):
                found[fold(name)] = code
                found[code.lower()] = code
    return found | COUNTRY_WORDS


def country_choices(language: str) -> list[tuple[str, str]]:
    """Codes and names of all countries, by name."""
    names, english = Locale(language).territories, Locale("en").territories
    codes = set(_countries().values())
    named = ((code, str(names.get(code) or english.get(code, code))) for code in codes)
    return sorted(named, key=lambda one: fold(one[1]))


def country_name(code: str, language: str) -> str:
    return str(Locale(language).territories.get(code, code))


@lru_cache(maxsize=2048)
def clean_country(text: str, field: str = "country") -> str:
    """An ISO 3166 code of two letters, or ``""``; names in Spanish and English are understood."""
    word = fold(one_line(text))
    if not word:
        return ""
    code = _countries().get(word)
    if code is None:
        raise DomainError("country_unknown", _("There is no country of this name."), field=field)
    return code


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "es"):
        for code, name in Locale(language).languages.items():
            if len(code) == 2:
                found[fold(name)] = code
                found[code] = code
    return found


@lru_cache(maxsize=2048)
def clean_language(text: str, field: str = "language") -> str:
    """A language code of two letters, or ``""``: ``es-CL`` and ``Español`` are ``es``."""
    word = fold(one_line(text)).replace("_", "-")
    if not word:
        return ""
    code = _languages().get(word) or _languages().get(word.split("-")[0])
    if code is None:
        raise DomainError("language_unknown", _("There is no language of this name."), field=field)
    return code


@lru_cache(maxsize=2048)
def clean_time_zone(text: str, field: str = "time_zone") -> str:
    """A name of the time zone database, or ``""``."""
    name = one_line(text)
    if name and name not in available_timezones():
        raise DomainError("time_zone_unknown", _("There is no such time zone."), field=field)
    return name
