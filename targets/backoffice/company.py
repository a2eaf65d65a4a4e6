"""Whom the rule under way reaches, and a sample of its people."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from config.kit.access import StaffRequest, StaffUser
from config.kit.errors import DomainError
from customers.models import Customer
from customers.selectors.customers import customers_found
from targets.backoffice.builder import QUICK_MS, Builder
from targets.backoffice.explaining import VIEW_CUSTOMER, Line, deciding_lines
from targets.backoffice.posted import draft_from_post
from targets.backoffice.reaching import reach_lines
from targets.catalog import Catalog
from targets.rules.tree import Rule
from targets.selectors.evaluation import preview, preview_token
from targets.selectors.reaching import Company, company, company_estimated

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
    # Asking for somebody by name must not stop the count that runs beside it.
    token = "" if data.get("who") else preview_token(data.get("token", ""), "company")
    found = found_company(rule, token, total=sized, seed=seed, is_first="exactly" not in data)
    found |= {"draw": seed + 1}
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


def found_company(
    rule: Rule, token: str, *, total: int, seed: int, is_first: bool
) -> dict[str, Any]:
    """``is_first``: exact where that is quick, else an estimate, which says that more follows."""
    try:
        found = _counted(rule, token, total, seed, QUICK_MS if is_first else 0)
    except DomainError as refusal:
        return {"company": None, "refusal": refusal.message}
    return {
        "company": found,
        "reach": reach_lines(found.reaches),
        "is_estimate": found.is_estimate,
        "exact_follows": found.is_estimate and is_first,
    }


def _counted(rule: Rule, token: str, total: int, seed: int, milliseconds: int) -> Company:
    """Exact within so much time (0: that of a preview), else the estimate."""
    try:
        with preview(token, milliseconds=milliseconds):
            return company(rule, total=total, seed=seed)
    except DomainError as slow:
        if slow.code != "preview_too_slow":
            raise
    with preview(token):
        return company_estimated(rule, seed=seed)
