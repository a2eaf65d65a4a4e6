"""The search of people: what was typed, taken apart, and as patterns of the search text.

``Customer.search_text`` has a line for each field: its letter, ``": "``, the folded value, and
where signs join words, ``\\x1f`` and the words apart. Every word stands behind a space.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import fold
from customers.rules.texts import one_line

LENGTH = 200
MOST_TOKENS = 10
MOST_WILDCARDS = 8
FIELDS = {
    "first": "f",
    "nombre": "f",
    "last": "l",
    "apellido": "l",
    "phone": "p",
    "telefono": "p",
    "email": "e",
    "correo": "e",
    "id": "i",
    "documento": "i",
    "user": "u",
    "codigo": "u",
    "ext": "x",
    "externo": "x",
}
PREFIX = re.compile(r"([a-z]+):(.*)", re.DOTALL)
PIECES = re.compile(r'(?:([^\s":]+):)?"([^"]*)"|(\S+)')
LIGATURES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
SIGNS = str.maketrans("", "", "+-.()/ ")
ALL = "flepiu"
ANY = "%"


@dataclass(frozen=True)
class Token:
    """One word or phrase, folded; ``field`` is a letter of the search text, ``x`` or empty.

    ``parts`` are what stands between the wildcards; a token without wildcards has one part.
    """

    parts: tuple[str, ...]
    field: str = ""

    @property
    def is_pattern(self) -> bool:
        return len(self.parts) > 1

    @property
    def word(self) -> str:
        return self.parts[0]

    @property
    def digits(self) -> str:
        """The token as the digits (and the final K of a RUT) of a phone or ID; else empty."""
        bare = self.word.translate(SIGNS)
        return bare if re.fullmatch(r"[0-9]+k?", bare) else ""


def parse_search(text: str) -> list[Token]:
    """The tokens that must all match; none for an empty search or one of wildcards alone.

    :raises DomainError: more than 200 characters, 10 words or 8 wildcards.
    """
    if len(text) > LENGTH:
        raise DomainError("search_too_long", _("Search with at most 200 characters."))
    tokens = [_token(found) for found in PIECES.finditer(one_line(text))]
    if len(tokens) > MOST_TOKENS:
        raise DomainError("search_too_many_words", _("Search with at most 10 words."))
    if sum(len(token.parts) - 1 for token in tokens) > MOST_WILDCARDS:
        raise DomainError("search_too_many_wildcards", _("Search with at most 8 signs %."))
    return [token for token in tokens if any(token.parts)]


def _token(found: re.Match[str]) -> Token:
    label, phrase, plain = found[1], found[2], found[3]
    if phrase is None:
        prefixed = PREFIX.fullmatch(fold(plain)) if ":" in plain else None
        if prefixed and prefixed[1] in FIELDS:
            return Token(_parts(plain.partition(":")[2]), FIELDS[prefixed[1]])
        return Token(_parts(plain))
    if label and fold(label) in FIELDS:
        return Token(_parts(phrase), FIELDS[fold(label)])
    return Token(_parts(f"{label}:{phrase}" if label else phrase))


def _parts(text: str) -> tuple[str, ...]:
    """Split at ``%``; ``\\%`` is the sign itself."""
    marked = fold(text).translate(LIGATURES).replace("\\%", "\x00")
    return tuple(part.replace("\x00", "%") for part in marked.split(ANY))


def like(text: str) -> str:
    """The text as LIKE takes it literally."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def literal(text: str) -> str:
    """The text as a regular expression of PostgreSQL takes it literally."""
    return "".join(char if char.isalnum() or char == " " else f"\\{char}" for char in text)


def line_expression(token: Token) -> str:
    """A regular expression over ``search_text`` for a token with wildcards or of one field."""
    letters = token.field or ALL
    if not token.is_pattern:
        return _word_in(token, letters)
    inner = "[^\n\x1f]*".join(literal(part) for part in token.parts if part)
    first, last = token.parts[0], token.parts[-1]
    start = "[^\n]* " if first and letters == "l" else " " if first else " [^\n]*"
    end = "(?: \x1f|\n)" if last and first else ""
    if first and not token.field:
        return f"\n(?:[fepiu]: |l:[^\n]* ){inner}{end}"
    return f"\n[{letters}]:{start}{inner}{end}"


def _word_in(token: Token, letters: str) -> str:
    """Names and addresses: at the start of a word; phone and ID: anywhere; code: at its start."""
    if letters in "pi":
        wanted = token.word.translate(SIGNS)
        return f"\n{letters}: [0-9a-z]*{literal(wanted)}"
    if letters == "u":
        return f"\nu: {literal(token.word)}"
    return f"\n[{letters}]:[^\n]* {literal(token.word)}"


def digits_expression(token: Token) -> str:
    """Where the digits stand inside a phone or an ID number."""
    return f"\n[pi]: [0-9a-z]*{token.digits}"
