"""What the apps above add to mails: the variables that a template can read."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from config.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A name that templates read, what it is for people, and a believable value."""

    name: str
    label: str | Promise
    sample: str


@dataclass(frozen=True, kw_only=True)
class VariableSource:
    """Variables under one head (``customer.…``) that one statement reads for a whole batch.

    ``sql`` answers rows of a customer's id and a JSON object of the values by the part of the name
    behind the dot; ``%(ids)s`` are the ids. ``variables`` may be asked at any time.
    """

    head: str
    label: str | Promise
    variables: Any
    sql: str


variables: Registry[VariableSource] = Registry("messaging.variables")
