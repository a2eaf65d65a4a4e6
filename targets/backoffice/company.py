"""Whom the rule under way reaches, and a sample of its people."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from config.kit.access import StaffRequest, StaffUser
from config.kit.errors import DomainError
from config.kit.pages import formats
from customers.models import Customer
from customers.selectors.customers import customers_found
from targets.backoffice.builder import Builder
from targets.backoffice.explaining import VIEW_CUSTOMER, Line, deciding_lines
from targets.backoffice.posted import draft_from_post
from targets.backoffice.words import REASONS
from targets.catalog import Catalog
from targets.rules.tree import Rule
from targets.rules.words import both
from targets.selectors.evaluation import preview
from targets.selectors.members import Company, company

MOST_ASKED = 4


@dataclass(frozen=True)
class Known:
    """Somebody, whether the rule under way holds for them, and the conditions that decide it."""

    person: Customer
    is_in: bool
    reasons: list[Line]


def company_context(request: StaffRequest) -> dict[str, Any]:
    """For ``targets/company.html``; nothing where the rule cannot be evaluated (in time)."""
    data: QueryDict = request.POST
    catalog = Catalog(own_slug=data.get("own_slug", "")[:80])
    builder = Builder(draft_from_post(data, catalog), catalog)
    draw = data.get("draw", "")
    seed = int(draw) if draw.isdecimal() and len(draw) < 10 else 0
    total = data.get("total", "")
    sized = int(total) if total.isdecimal() and len(total) < 16 else 0
    if builder.rule is None:
        return {"company": None, "refusal": builder.refusal, "draw": seed}
    rule = builder.whole(builder.rule)
    found = {**found_company(rule, total=sized, seed=seed), "draw": seed + 1}
    if not request.user.has_perm(VIEW_CUSTOMER):
        return found
    query = data.get("who", "").strip()[:200]
    drawn = found["company"].sample if found["company"] else []
    return found | {
        "may_ask_why": True,
        "who": query,
        "known": _known(rule, drawn, request.user),
        "asked": _known(rule, customers_found(query, MOST_ASKED) if query else [], request.user),
    }


def _known(rule: Rule, people: list[Customer], user: StaffUser) -> list[Known]:
    return [Known(one, *deciding_lines(rule, one, user)) for one in people]


def found_company(rule: Rule, *, total: int, seed: int = 0) -> dict[str, Any]:
    try:
        with preview():
            found = company(rule, total=total, seed=seed)
    except DomainError as refusal:
        return {"company": None, "refusal": refusal.message}
    return {"company": found, "share": share(found), "why_not": why_not(found)}


def share(found: Company) -> float | None:
    return found.reach.reachable / found.total if found.total else None


def why_not(found: Company) -> str:
    """ "Not by e-mail 346: 281 without consent, 41 suppressed"."""
    missing = sum(found.reach.reasons.values())
    if not missing:
        return ""
    parts = [
        _("%(number)s %(reason)s")
        % {"number": formats.number(number), "reason": REASONS.get(reason, reason)}
        for reason, number in found.reach.reasons.items()
    ]
    return _("Not by e-mail %(number)s: %(reasons)s.") % {
        "number": formats.number(missing),
        "reasons": both(parts),
    }
