"""What each app holds of a person: how it is given out, and what an erasure does to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

from config.kit.registry import Registry
from customers.models import Customer

Text = str | Promise
PEOPLE = "customer_id = ANY(%(people)s)"


@dataclass(frozen=True, kw_only=True)
class PersonalTable:
    """One table. Names and SQL are our own; values come as parameters.

    ``where`` finds the person's rows by ``people`` (ids of the record and of those merged into it),
    ``users`` (their log-ins), ``addresses`` (their e-mail keys). ``erasing``: the rows are deleted,
    or ``blank`` sets columns (to SQL expressions), or they are kept; ``why`` says what stays and
    for which reason, on the certificate. ``export``: the query whose rows are given to the person,
    with the same parameters; empty: there is nothing to give. ``label`` is what it is called; none
    for what only the machine needs.
    """

    table: str
    label: Text
    erasing: Literal["delete", "blank", "keep"]
    where: str = PEOPLE
    blank: Mapping[str, str] = field(default_factory=dict)
    why: Text = ""
    export: str = ""


def _none(customer: Customer) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class PrivacyPart:
    """An app's part. ``blockers(customer)``: what forbids an erasure now, as whole sentences.

    Tables are erased in their order: what refers to others first.
    """

    tables: tuple[PersonalTable, ...]
    blockers: Callable[[Customer], list[str]] = _none


privacy: Registry[PrivacyPart] = Registry("customers.privacy")


def personal_tables() -> list[PersonalTable]:
    """The apps above first: their rows lean on ours."""
    return [table for part in reversed(privacy.values()) for table in part.tables]
