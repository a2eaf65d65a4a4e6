"""What saving an edited rule would do: who enters, who leaves and why, and what uses the target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.kit.access import StaffUser
from config.kit.errors import DomainError
from customers.models import Customer
from targets.backoffice.builder import QUICK_MS, Builder
from targets.backoffice.explaining import VIEW_CUSTOMER, Line, deciding_lines
from targets.models import Target
from targets.picks import with_picks
from targets.registry import uses_of, uses_seen
from targets.rules.tree import Rule
from targets.selectors.comparing import Change, change, change_estimated
from targets.selectors.evaluation import preview, preview_token

VERBS = ("change", "change_exact")


@dataclass(frozen=True)
class Mover:
    """Somebody who would enter or leave, with the conditions that decide it."""

    person: Customer
    enters: bool
    reasons: list[Line]


def change_context(
    target: Target, builder: Builder, user: StaffUser, *, verb: str, version: int
) -> dict[str, Any]:
    """For ``targets/change.html``; without ``change`` there is nothing to compare, or no time."""
    context: dict[str, Any] = {
        "is_behind": target.version != version,
        "is_being_built": target.evaluated_version != target.version,
        "uses": uses_seen([one for one in uses_of(target) if one.effect], user),
    }
    if builder.rule is None or not builder.is_complete:
        return context
    token = preview_token(builder.token, "change")
    try:
        found = _found(target, builder.rule, token, is_quick=verb == "change")
    except DomainError as refusal:
        return context | {"change_refusal": refusal.message}
    movers = (
        _movers(found, with_picks(builder.rule, target.slug), user)
        if user.has_perm(VIEW_CUSTOMER)
        else []
    )
    return context | {"change": found, "movers": list(movers)}


def _found(target: Target, rule: Rule, token: str, *, is_quick: bool) -> Change:
    """Exact when that is quick, else an estimate first; asked again, as exact as time allows."""
    try:
        with preview(token, milliseconds=QUICK_MS if is_quick else 0):
            return change(target, rule)
    except DomainError as slow:
        if slow.code != "preview_too_slow":
            raise
    with preview(token):
        return change_estimated(target, rule)


def _movers(found: Change, rule: Rule, user: StaffUser) -> Iterator[Mover]:
    for people, enters in ((found.who_enter, True), (found.who_leave, False)):
        for person in people:
            yield Mover(person, enters, deciding_lines(rule, person, user)[1])
