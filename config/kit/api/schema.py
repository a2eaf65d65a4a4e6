"""The base of what programs send and get."""

from ninja import Schema
from pydantic import ConfigDict


class Incoming(Schema):
    """What a program sends; a name that is not known is refused, so that no typo is lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Outgoing(Schema):
    """What a program gets."""
