"""What the apps above add to targets: filters, uses of a target, tabs of its page."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffUser
from config.kit.pages import Action, Panel
from config.kit.registry import Registry
from customers.models import Customer
from targets.evidence import Witness
from targets.filter import Filter
from targets.models import Target


@dataclass(frozen=True, kw_only=True)
class Use:
    """Something that uses a target, and would change or break with it.

    ``effect``: what an edit of the rule does to it, as a sentence; empty: nothing, it is over.
    ``follows``: it goes by the new rule. Who lacks ``permission`` is only told that there is one.
    """

    label: str
    kind: str | Promise
    icon: str
    url: str
    state: str = ""
    tone: str = "neutral"
    effect: str | Promise = ""
    follows: bool = False
    permission: str = ""


@dataclass(frozen=True)
class UsesSeen:
    """What a member of staff may see of the uses; ``hidden``: how many they may not."""

    uses: list[Use]
    hidden: int

    @property
    def number(self) -> int:
        return len(self.uses) + self.hidden


@dataclass(frozen=True, kw_only=True)
class WitnessKind:
    """Where rows of a kind are seen, and who may: ``url`` is empty for what has no page."""

    permission: str
    url: Callable[[Witness, Customer], str]


@dataclass(frozen=True, kw_only=True)
class Sender:
    """An app that writes on a channel, and whom it cannot write to though the gate lets it.

    ``refusal`` is SQL over ``customers_customer AS person``: the code of the reason, or ''.
    ``words`` are what a screen calls its codes: "no valid address".
    """

    refusal: str = "''"
    params: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str | Promise] = field(default_factory=dict)


# id of the filter -> the filter; the order is that of the builder's chooser within a section
filters: Registry[Filter] = Registry("targets.filters")
# name -> what uses this target
usages: Registry[Callable[[Target], list[Use]]] = Registry("targets.usages")
# name -> a button of the page of a target
record_actions: Registry[Callable[[Target], Action]] = Registry("targets.record_actions")
# channel -> who writes on it; a channel without one is only asked consent for
senders: Registry[Sender] = Registry("targets.senders")
panels: Registry[Panel] = Registry("targets.panels")
list_panels: Registry[Panel] = Registry("targets.list_panels")
# kind of a witness -> where it is seen
witnesses: Registry[WitnessKind] = Registry("targets.witnesses")
# table, or table:key, of a captured change -> what happened, as a sentence
happenings: Registry[str | Promise] = Registry("targets.happenings")

SECTIONS: dict[str, str | Promise] = {
    "classes": _("How active they are"),
    "person": _("The person"),
    "record": _("Their record"),
    "visits": _("Log-ins and activity"),
    "mail": _("E-mails"),
    "consent": _("Consent"),
    "groups": _("Groups"),
}


def register_filters(package: str) -> None:
    """Register the ``FILTER`` of every module of a package: a filter is one file."""
    for module in sorted(
        pkgutil.iter_modules(import_module(package).__path__), key=lambda m: m.name
    ):
        found = import_module(f"{package}.{module.name}").FILTER
        filters.register(found.id, found)


def uses_of(target: Target) -> list[Use]:
    """Everything that uses the target, across the apps."""
    return [use for find in usages.values() for use in find(target)]


def uses_seen(uses: list[Use], user: StaffUser) -> UsesSeen:
    """Those that this member of staff may see."""
    seen = [use for use in uses if not use.permission or user.has_perm(use.permission)]
    return UsesSeen(seen, len(uses) - len(seen))
