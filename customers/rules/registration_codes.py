"""Codes that people read out and type: eight signs, none of which looks like another."""

import secrets
from typing import Final

from django.utils.translation import gettext as _

from config.kit.errors import DomainError

# No vowels, so that no word comes up; of 2 and Z, 5 and S, 8 and B the digit alone.
ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXY"
LENGTH: Final = 8
READ_AS: Final = str.maketrans({"Z": "2", "S": "5", "B": "8"})
BETWEEN: Final = str.maketrans("", "", " -–._\u00a0")


def new_code() -> str:
    """One of 150 thousand million."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def read_code(text: str) -> str:
    """The code that a person typed, in any case, with or without hyphen; "" if it is none."""
    code = text.strip().upper().translate(BETWEEN).translate(READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def clean_code(text: str, field: str = "code") -> str:
    """
    :raises DomainError: it cannot be a code.
    """
    code = read_code(text)
    if not code:
        raise DomainError(
            "code_unreadable",
            _("A code has 8 letters and digits, never 0, 1, A, E, I, L, O or U."),
            field=field,
        )
    return code


def code_shown(code: str) -> str:
    """In two halves, as it is read out: ``K7QF-3MXR``."""
    return f"{code[:4]}-{code[4:]}"
