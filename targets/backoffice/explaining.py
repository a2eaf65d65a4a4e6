"""The page that says why somebody is in a target or not, until when, and by which rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import clock
from config.kit.access import StaffRequest, StaffUser
from config.kit.pages import formats
from config.kit.pages.pieces import Tone
from customers.models import Customer
from targets.backoffice.movements import why
from targets.backoffice.picking import by_hand
from targets.catalog import Catalog
from targets.evidence import Witness
from targets.models import StaticList, Target
from targets.registry import WitnessKind, witnesses
from targets.rules.problems import RuleRefused
from targets.rules.tree import Rule
from targets.rules.words import Phrase
from targets.selectors.explaining import Explanation, Part, deciding, explain, judged
from targets.selectors.words import target_words

VIEW_CUSTOMER = "customers.view_customer"
GROUPS: dict[str, str | Promise] = {
    "all": gettext_lazy("All of these"),
    "any": gettext_lazy("At least one of these"),
    "not": gettext_lazy("Not this"),
}


@dataclass(frozen=True)
class Mark:
    """How a truth is drawn: a sign of its own, its word, and only then a colour."""

    icon: str
    word: str | Promise
    tone: Tone


MARKS = {
    True: Mark("check", gettext_lazy("holds"), "ok"),
    False: Mark("x", gettext_lazy("does not hold"), "danger"),
    None: Mark("question-mark", gettext_lazy("is unknown"), "neutral"),
}


@dataclass(frozen=True)
class WitnessLine:
    """``url`` is empty where the reader may not see it."""

    label: str
    at: datetime | None
    url: str


@dataclass
class Line:
    """A node of the rule as the page draws it."""

    mark: Mark
    group: str | Promise = ""
    phrase: Phrase | None = None
    found: str = ""
    witnesses: list[WitnessLine] = field(default_factory=list)
    more: int = 0
    flips: str = ""
    parts: list["Line"] = field(default_factory=list)


def explained_page(
    request: StaffRequest, target: Target, customer: Customer, at: datetime | None
) -> HttpResponse:
    context: dict[str, Any] = {
        "target": target,
        "customer": customer,
        "words": target_words(target),
    }
    try:
        found = explain(target, customer, at)
    except RuleRefused as refusal:
        context["refusal"] = refusal.message
        return render(request, "targets/explain.html", context)
    context |= {
        "found": found,
        "verdict": verdict(found),
        "mark": MARKS[found.is_member],
        "future": future(found),
        "notes": notes(found, target),
        "line": line_of(found.root, customer, request.user),
        "others": reverse("customers:panel", args=[customer.public_id, "targets"]),
        "by_hand": by_hand(target, customer),
    }
    return render(request, "targets/explain.html", context)


def verdict(found: Explanation) -> str:
    """ "In since 3 Mar 2026 10:00: their tags changed."."""
    since = found.since
    if since is None:
        return _("In this target.") if found.is_member else _("Not in this target, and never was.")
    values = {"moment": formats.moment(since.occurred_at), "why": why(since)}
    if since.is_entry:
        return _("In since %(moment)s. %(why)s.") % values
    return _("Out since %(moment)s. %(why)s.") % values


def future(found: Explanation) -> str:
    """What time alone will do."""
    if not found.is_live:
        return ""
    if found.flips_at:
        moment = {"moment": exact(found.flips_at), "ago": formats.ago(found.flips_at)}
        if found.satisfies:
            return _("Leaves on %(moment)s (%(ago)s) if nothing else happens.") % moment
        return _("Enters on %(moment)s (%(ago)s) if nothing else happens.") % moment
    if found.is_known_until:
        return _("Nothing changes before %(moment)s if nothing else happens.") % {
            "moment": exact(found.is_known_until)
        }
    if found.satisfies:
        return _("Stays in for as long as their data stay as they are.")
    return _("Stays out for as long as their data stay as they are.")


def exact(moment: datetime) -> str:
    """To the second: that is when upkeep acts."""
    local = moment.astimezone(clock.site_zone())
    return f"{formats.moment(moment)}:{local:%S}"


def notes(found: Explanation, target: Target) -> list[str]:
    told = []
    if not found.is_live:
        told.append(
            _("This customer is in the trash, merged or erased: nobody gone is in a target.")
        )
    if found.is_waiting:
        told.append(_("A change of theirs is being worked off right now."))
    elif target.evaluated_version != target.version:
        told.append(_("The people of this version of the rule are still being found."))
    elif found.is_member != found.satisfies:
        told.append(_("The list of members does not show this yet: it follows within a second."))
    return told


def line_of(part: Part, customer: Customer, user: StaffUser) -> Line:
    line = Line(
        mark=MARKS[part.truth],
        group=GROUPS.get(part.kind, ""),
        phrase=part.phrase,
        parts=[line_of(one, customer, user) for one in part.parts],
    )
    if part.flips_at:
        line.flips = _("Changes on %(moment)s if nothing else happens.") % {
            "moment": exact(part.flips_at)
        }
    if part.evidence:
        line.found = part.evidence.shown
        line.more = part.evidence.more
        line.witnesses = [_seen(one, customer, user) for one in part.evidence.witnesses]
    return line


def deciding_lines(rule: Rule, person: Customer, user: StaffUser) -> tuple[bool, list[Line]]:
    """Whether a rule, saved or not, holds for somebody now, and the conditions that decide it."""
    try:
        part = judged(rule, person, Catalog())
    except RuleRefused:
        return False, []
    return part.truth is True, [line_of(one, person, user) for one in deciding(part)]


def _seen(witness: Witness, customer: Customer, user: StaffUser) -> WitnessLine:
    kind = witnesses.get(witness.kind)
    may_see = kind is not None and user.has_perm(kind.permission)
    url = kind.url(witness, customer) if kind and may_see else ""
    return WitnessLine(witness.label or _("See their record"), witness.at, url)


def record_url(witness: Witness, customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "details"])


def activity_url(witness: Witness, customer: Customer) -> str:
    """That day of their activity."""
    url = reverse("customers:panel", args=[customer.public_id, "activity"])
    if witness.at is None:
        return url
    day = witness.at.astimezone(clock.site_zone()).date().isoformat()
    return f"{url}?since={day}&until={day}"


def consents_url(witness: Witness, customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "consents"])


def inner_url(witness: Witness, customer: Customer) -> str:
    """Why they are in the target that the rule names."""
    inner = Target.objects.filter(pk=witness.id).values_list("public_id", flat=True).first()
    return reverse("targets:explain", args=[inner, customer.public_id]) if inner else ""


def people_list_url(witness: Witness, customer: Customer) -> str:
    """The list, or whom the target that it lies on has by hand."""
    found = StaticList.objects.select_related("target").filter(pk=witness.id).first()
    if found is None:
        return ""
    if found.target is None:
        return reverse("targets:list", args=[found.public_id])
    return reverse("targets:panel", args=[found.target.public_id, "people"]) + "#by-hand"


def customer_url(witness: Witness, customer: Customer) -> str:
    return reverse("customers:record", args=[customer.public_id])


def register_all() -> None:
    for kind, url in {
        "record": record_url,
        "activity": activity_url,
        "tag": customer_url,
        "category": customer_url,
    }.items():
        witnesses.register(kind, WitnessKind(permission=VIEW_CUSTOMER, url=url))
    witnesses.register(
        "consent", WitnessKind(permission="customers.view_consentevent", url=consents_url)
    )
    witnesses.register(
        "static_list", WitnessKind(permission="targets.view_target", url=people_list_url)
    )
    witnesses.register("target", WitnessKind(permission="targets.view_target", url=inner_url))
