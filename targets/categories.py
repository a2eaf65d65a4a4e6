"""Categories that a target fills, and why a rule must not ask for what it fills.

A target that asks for categories, itself or by a target that it names, fills none: it would follow
itself in a circle.
"""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Category, Customer
from customers.registry import CategorySource, category_sources
from targets.models import MembershipChange, Target
from targets.nesting import leaves_in, slugs_in
from targets.registry import Use, usages
from targets.selectors.members import members
from targets.services.graph import lock_graph

SOURCE = "target"
CATEGORY_FILTER = "category"


def categories_filled(slugs: set[str]) -> QuerySet[Category]:
    return Category.objects.filter(source=SOURCE, source_key__in=slugs)


def asks_for_categories(document: object) -> bool:
    """Whether a rule asks for categories, through other targets too."""
    seen: set[str] = set()
    waiting = [document]
    while waiting:
        rule = waiting.pop()
        if any(leaf["filter"] == CATEGORY_FILTER for leaf in leaves_in(rule)):
            return True
        named = slugs_in(rule) - seen
        seen |= named
        waiting += Target.objects.filter(slug__in=named).values_list("rule", flat=True)
    return False


def _choices() -> list[tuple[str, str]]:
    return list(Target.objects.order_by("name").values_list("slug", "name"))


def _name(slug: str) -> str:
    return Target.objects.filter(slug=slug).values_list("name", flat=True).first() or ""


def _url(slug: str) -> str:
    target = Target.objects.filter(slug=slug).first()
    return reverse("targets:target", args=[target.public_id]) if target else ""


def _members(slug: str) -> QuerySet[Customer]:
    return members(Target.objects.get(slug=slug))


def _stamp(slug: str) -> str | None:
    """The version that is evaluated and the newest change; None before the first evaluation."""
    target = Target.objects.filter(slug=slug).first()
    if target is None or target.evaluated_at is None:
        return None
    last = MembershipChange.objects.filter(target_id=target.pk).order_by("-occurred_at", "-id")
    return f"{target.evaluated_version}:{last.values_list('id', flat=True).first() or 0}"


def _refuse(slug: str, code: str) -> str:
    lock_graph()
    if asks_for_categories(Target.objects.get(slug=slug).rule):
        return _("This target asks for categories itself, so it cannot fill one.")
    return ""


def filled_uses(target: Target) -> list[Use]:
    """The categories that this target fills."""
    return [
        Use(
            label=one.name,
            kind=_("Category"),
            icon="category",
            url=reverse("customers:category_edit", args=[one.pk]),
            effect=_("Is filled with the people of the new rule."),
            follows=True,
        )
        for one in categories_filled({target.slug}).order_by("name")
    ]


def register_all() -> None:
    category_sources.register(
        SOURCE,
        CategorySource(
            label=gettext_lazy("Target"),
            choices=_choices,
            name=_name,
            url=_url,
            members=_members,
            stamp=_stamp,
            refuse=_refuse,
        ),
    )
    usages.register("categories", filled_uses)
