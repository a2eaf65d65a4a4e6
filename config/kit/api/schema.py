"""The base of what programs send and get."""

from typing import Any, Self

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, model_validator


class Incoming(Schema):
    """What a program sends; a name that is not known is refused, so that no typo is lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="after")
    def refuse_what_is_no_text(self) -> Self:
        """What JSON can write and a database cannot keep: NUL, half a character."""
        if not all(_is_text(one) for one in vars(self).values()):
            raise ValueError(_("It has characters that are no text."))
        return self


class Outgoing(Schema):
    """What a program gets."""


def _is_text(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_text(key) and _is_text(one) for key, one in value.items())
    if isinstance(value, list):
        return all(_is_text(one) for one in value)
    if not isinstance(value, str):
        return True
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
