"""TG27: categories, by code."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Category, CategoryAssignment
from targets.catalog import Catalog
from targets.compiling.families import Measure, family
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, named_evidence
from targets.filter import Filter
from targets.inputs import Choice
from targets.operands.choice import SetOperand
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase


class InCategory(Filter):
    id = "category"
    label = gettext_lazy("Categories")
    section = "groups"
    facts = ("customers_categoryassignment",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> SetOperand:
        return SetOperand(lambda: catalog.load("categories", offered))

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        codes = {code for leaf in leaves for code in leaf.values.get("value", [])}
        ids = dict(Category.objects.filter(code__in=codes).values_list("code", "pk"))
        often = self.operand({}, scope.catalog).often
        measures = []
        for leaf in leaves:
            asked = [ids[code] for code in leaf.values.get("value", []) if code in ids]
            everything = "value" not in leaf.values
            measures.append(
                Measure(
                    "TRUE" if everything else f"category_id = ANY({scope.bind(asked, 'bigint[]')})",
                    **often(leaf.values["op"], leaf.values.get("value")),
                )
            )
        return family("category", "customers_categoryassignment", measures, scope)

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        held = CategoryAssignment.objects.filter(customer_id=asking.person)
        if "value" in leaf.values:
            held = held.filter(category__code__in=leaf.values["value"])
        rows = held.select_related("category").order_by("category__name")
        return named_evidence(
            [
                Witness(
                    kind="category", id=one.category_id, label=one.category.name, at=one.created_at
                )
                for one in rows
            ],
            nobody=_("none of these categories"),
        )

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        op = leaf.values["op"]
        if op in ("empty", "not_empty"):
            return phrase(_("are in no category") if op == "empty" else _("are in some category"))
        templates = {
            "any": _("are in the category %(categories)s"),
            "all": _("are in the categories %(categories)s"),
            "none": _("are not in the category %(categories)s"),
        }
        words = self.operand({}, catalog).words(op, leaf.values["value"])
        return phrase(templates[op], categories=words)


def offered() -> list[Choice]:
    found = Category.objects.order_by("name").values_list("code", "name")
    return [Choice(code, name) for code, name in found]


FILTER = InCategory()
