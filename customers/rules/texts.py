"""Names and other short texts as people and files write them."""

import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.errors import DomainError
from customers.identity import ZERO_WIDTH

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SPACES = re.compile(r"\s+")
NAME_LIMIT = 150


def one_line(text: str) -> str:
    """NFC, without control and zero-width characters, white space single and trimmed."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    plain = unicodedata.normalize("NFC", text).translate(ZERO_WIDTH)
    return SPACES.sub(" ", CONTROL.sub("", plain)).strip()


def paragraphs(text: str) -> str:
    """As ``one_line``, but line breaks stay (as ``\\n``)."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return CONTROL.sub("", plain.translate(ZERO_WIDTH)).strip()


def within(text: str, limit: int, field: str | None) -> str:
    """The text, unless it is longer than ``limit`` characters."""
    if len(text) <= limit:
        return text
    raise DomainError(
        "too_long",
        ngettext(
            "It may have at most %(limit)d character; this has %(length)d.",
            "It may have at most %(limit)d characters; this has %(length)d.",
            limit,
        )
        % {"limit": limit, "length": len(text)},
        field=field,
    )


def clean_text(text: str, *, limit: int, field: str) -> str:
    """A text of one line within its limit."""
    return within(one_line(text), limit, field)


def clean_name(text: str, field: str = "first_name") -> str:
    """A first or last name. An e-mail address in its place is refused."""
    name = within(one_line(text), NAME_LIMIT, field)
    if "@" in name and "." in name.rpartition("@")[2]:
        raise DomainError("name_is_email", _("This is an e-mail address, not a name."), field=field)
    return name
