"""TG19: tags, by name, whatever the case. Names that nobody has yet are allowed."""

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Tag, Tagging
from targets.catalog import Catalog
from targets.compiling.families import Measure, family
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, named_evidence
from targets.filter import Filter
from targets.inputs import Choice
from targets.operands.choice import SetOperand
from targets.rules.problems import Report
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase

MOST_OFFERED = 1_000


class TagsOperand(SetOperand):
    def read_value(self, op: str, raw: Any, report: Report) -> list[str]:
        named = super().read_value(op, raw, report)
        return list({name.lower(): name for name in reversed(named)}.values())[::-1]


class Tags(Filter):
    id = "tags"
    label = gettext_lazy("Tags")
    section = "groups"
    facts = ("customers_tagging", "customers_tag")

    def operand(self, values: dict[str, Any], catalog: Catalog) -> TagsOperand:
        return TagsOperand(lambda: catalog.load("tags", offered), is_open=True)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        ids = self._ids(leaves)
        often = self.operand({}, scope.catalog).often
        measures = [
            Measure(
                f"tag_id = ANY({scope.bind(self._asked(leaf, ids), 'bigint[]')})"
                if "value" in leaf.values
                else "TRUE",
                **often(leaf.values["op"], leaf.values.get("value")),
            )
            for leaf in leaves
        ]
        return family("tags", "customers_tagging", measures, scope)

    def _ids(self, leaves: Sequence[Leaf]) -> dict[str, int]:
        names = {name.lower() for leaf in leaves for name in leaf.values.get("value", [])}
        found = Tag.objects.annotate(folded=Lower("name")).filter(folded__in=names)
        return {tag.name.lower(): tag.pk for tag in found}

    def _asked(self, leaf: Leaf, ids: dict[str, int]) -> list[int]:
        return [ids[name.lower()] for name in leaf.values["value"] if name.lower() in ids]

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        held = Tagging.objects.filter(customer_id=asking.person)
        if "value" in leaf.values:
            held = held.filter(tag_id__in=self._asked(leaf, self._ids([leaf])))
        rows = held.select_related("tag").order_by("tag__name")
        return named_evidence(
            [
                Witness(kind="tag", id=one.tag_id, label=one.tag.name, at=one.created_at)
                for one in rows
            ],
            nobody=_("none of these tags"),
        )

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        op = leaf.values["op"]
        if op in ("empty", "not_empty"):
            return phrase(_("have no tags") if op == "empty" else _("have some tag"))
        templates = {
            "any": _("have the tag %(tags)s"),
            "all": _("have the tags %(tags)s"),
            "none": _("do not have the tag %(tags)s"),
        }
        words = self.operand({}, catalog).words(op, leaf.values["value"])
        return phrase(templates[op], tags=words)


def offered() -> list[Choice]:
    names = Tag.objects.order_by("name").values_list("name", flat=True)[:MOST_OFFERED]
    return [Choice(name, name) for name in names]


FILTER = Tags()
