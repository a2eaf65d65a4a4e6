"""Whom the rule under way reaches, and a sample of its people."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from config.kit.access import StaffRequest
from config.kit.errors import DomainError
from config.kit.pages import formats
from targets.backoffice.builder import Builder
from targets.backoffice.posted import draft_from_post
from targets.backoffice.words import REASONS
from targets.catalog import Catalog
from targets.rules.tree import Rule
from targets.rules.words import both
from targets.selectors.evaluation import preview
from targets.selectors.members import Company, company


def company_context(request: StaffRequest) -> dict[str, Any]:
    """For ``targets/company.html``; nothing where the rule cannot be evaluated (in time)."""
    data: QueryDict = request.POST
    builder = Builder(draft_from_post(data, Catalog()), Catalog())
    draw = data.get("draw", "")
    seed = int(draw) if draw.isdecimal() and len(draw) < 10 else 0
    total = data.get("total", "")
    sized = int(total) if total.isdecimal() and len(total) < 16 else 0
    if builder.rule is None:
        return {"company": None, "refusal": builder.refusal, "draw": seed}
    return {**found_company(builder.rule, total=sized, seed=seed), "draw": seed + 1}


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
