"""Where targets show up elsewhere: the menu, the search, the customers' list and record."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.kit import nav, search
from config.kit.access import StaffUser
from config.kit.pages import Panel, formats
from customers import registry as customers_registry
from customers.models import Customer
from targets.backoffice.index import target_url
from targets.backoffice.list_filter import filter_url, target_url_of
from targets.models import Membership, Target
from targets.nesting import dependents_of, leaves_in
from targets.registry import Use, usages
from targets.rules.problems import RuleRefused
from targets.rules.tree import Rule
from targets.selectors.addresses import rule_in_address
from targets.selectors.evaluation import target_sql
from targets.selectors.members import standing
from targets.selectors.words import rule_words

VIEW = "targets.view_target"
MOST_LISTED = 50
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def find_targets(text: str, limit: int) -> list[search.Hit]:
    rows = Target.objects.filter(name__icontains=text) | Target.objects.filter(slug=text)
    return [_hit(row) for row in rows.order_by("name")[:limit]]


def recall_targets(keys: list[str]) -> list[search.Hit]:
    return [_hit(row) for row in Target.objects.filter(public_id__in=keys)]


def _hit(target: Target) -> search.Hit:
    return search.Hit(
        title=target.name,
        detail=_people(target.members_count),
        url=target_url(target),
        key=str(target.public_id),
    )


def _people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": formats.number(count)}


class TargetField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Targets by slug, so that addresses stay readable."""

    def __init__(self) -> None:
        super().__init__(Target.objects.order_by("name"), to_field_name="slug", required=False)


def in_targets(rows: QuerySet[Customer], chosen: Any) -> QuerySet[Customer]:
    """The people in some of these targets, as their memberships stand."""
    held = Membership.objects.filter(
        customer_id=OuterRef("pk"), target_id__in=[one.pk for one in chosen]
    )
    return rows.filter(Exists(held))


class RuleField(forms.CharField):
    """A rule as JSON: the custom filter of the customers list."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> "AskedRule | None":
        text = super().clean(value)
        if not text:
            return None
        try:
            return AskedRule(rule_in_address(text))
        except RuleRefused as refusal:
            why = refusal.problems[0].message
            raise ValidationError(
                gettext("These conditions cannot be asked: %(why)s") % {"why": why}
            ) from None


@dataclass(frozen=True)
class AskedRule:
    """A rule that a chip shows in words."""

    rule: Rule

    def __str__(self) -> str:
        return rule_words(self.rule)


def by_rule(rows: QuerySet[Customer], asked: AskedRule) -> QuerySet[Customer]:
    """The people who satisfy the rule now."""
    sql, params = target_sql(asked.rule)
    ordered = tuple(params[name] for name in PLACEHOLDER.findall(sql))
    numbered = PLACEHOLDER.sub("%s", sql)
    return rows.filter(pk__in=RawSQL(numbered, ordered))  # noqa: S611  our SQL, values bound


def targets_side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    found = standing(customer, inside=True, limit=21)
    return {"targets": found[:20], "has_more": len(found) > 20}


def targets_tab(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()[:80]
    outside = standing(customer, inside=False, name=query, limit=MOST_LISTED + 1)
    return {
        "query": query,
        "tab_url": reverse("customers:panel", args=[customer.public_id, "targets"]),
        "inside": standing(customer, inside=True, name=query, limit=1_000),
        "outside": outside[:MOST_LISTED],
        "has_more": len(outside) > MOST_LISTED,
    }


def nested_uses(target: Target) -> list[Use]:
    """Other targets whose rule refers to this one, directly or through others."""
    users = Target.objects.filter(slug__in=dependents_of(target.slug)).order_by("name", "id")
    return [
        Use(
            label=one.name,
            kind=_("Target"),
            icon="target",
            url=target_url(one),
            effect=_("Its people follow at once."),
            follows=True,
        )
        for one in users
    ]


def register_all() -> None:
    """Fill the slots of the layers below."""
    register_in_chrome()
    register_with_customers()
    usages.register("targets", nested_uses)


def register_in_chrome() -> None:
    nav.items.register(
        "targets",
        nav.NavItem(
            section="people",
            label=_("Targets"),
            icon="target",
            url_name="targets:index",
            go="t",
            permission=VIEW,
            order=20,
        ),
    )
    search.kinds.register(
        "targets",
        search.SearchKind(
            label=_("Targets"),
            icon="target",
            permission=VIEW,
            find=find_targets,
            recall=recall_targets,
        ),
    )
    nav.creations.register(
        "target",
        nav.Creation(
            label=_("New target"),
            icon="target",
            url_name="targets:new",
            permission="targets.add_target",
            order=20,
        ),
    )


def register_with_customers() -> None:
    customers_registry.list_filters.register(
        "target",
        customers_registry.ListFilter(
            label=_("Target"), field=TargetField, apply=in_targets, permission=VIEW
        ),
    )
    customers_registry.list_filters.register(
        "rule",
        customers_registry.ListFilter(
            label=_("Conditions"),
            field=RuleField,
            apply=by_rule,
            permission=VIEW,
            edit_url=filter_url,
        ),
    )
    customers_registry.list_doors.register(
        "rule",
        customers_registry.ListDoor(
            label=_("Ready-made filters and own conditions"),
            icon="target",
            url=lambda asked: filter_url(asked.query),
            permission=VIEW,
        ),
    )
    customers_registry.list_doors.register(
        "target",
        customers_registry.ListDoor(
            label=_("Save as target"),
            icon="target",
            url=target_url_of,
            permission="targets.add_target",
            is_for_applied=True,
        ),
    )
    customers_registry.side_panels.register(
        "targets",
        customers_registry.SidePanel(
            label=_("Targets"),
            template="targets/customer_side.html",
            context=targets_side,
            permission=VIEW,
            order=40,
        ),
    )
    customers_registry.panels.register(
        "targets",
        Panel(_("Targets"), "targets/customer_tab.html", targets_tab, permission=VIEW, order=45),
    )
    customers_registry.usages.register("targets", customers_registry.UsageSource(find=asks_for))


def asks_for(kind: str, thing: Model) -> list[str]:
    """Names of the targets whose rule asks for a tag, a category or a custom field."""
    found = []
    for target in Target.objects.order_by("name"):
        leaves = list(leaves_in(target.rule))
        if any(_names(leaf, kind, thing) for leaf in leaves):
            found.append(target.name)
    return found


def _names(leaf: dict[str, Any], kind: str, thing: Any) -> bool:
    values = leaf.get("value") if isinstance(leaf.get("value"), list) else []
    if kind == "tag":
        asked = [one.lower() for one in values or [] if isinstance(one, str)]
        return bool(leaf["filter"] == "tags" and thing.name.lower() in asked)
    if kind == "category":
        return leaf["filter"] == "category" and thing.code in (values or [])
    return bool(leaf["filter"] == "custom_field" and leaf.get("field") == thing.key)
