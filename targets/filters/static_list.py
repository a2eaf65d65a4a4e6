"""TG27: people chosen by hand, put on a list."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.families import Measure, family
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, named_evidence
from targets.filter import Filter
from targets.inputs import Choice
from targets.models import StaticEntry, StaticList
from targets.operands.choice import ChoiceOperand
from targets.picks import INCLUDED, STATIC_FILTER, side_of
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase

TABLE = "targets_staticentry"


class OnList(Filter):
    id = STATIC_FILTER
    label = gettext_lazy("List of people")
    section = "groups"
    facts = (TABLE,)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: catalog.load("static_lists", offered), can_be_missing=False)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        ids = _ids([slug for leaf in leaves for slug in leaf.values["value"]])
        measures = []
        for leaf in leaves:
            asked = [ids[slug] for slug in leaf.values["value"] if slug in ids]
            op, value = ("gte", 1) if leaf.values["op"] == "any" else ("eq", 0)
            condition = f"list_id = ANY({scope.bind(asked, 'bigint[]')})"
            measures.append(Measure(condition, op=op, value=value))
        return family(self.id, TABLE, measures, scope)

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"{TABLE}:{pk}" for pk in _ids(leaf.values["value"]).values()]

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        rows = (
            StaticEntry.objects.filter(
                customer_id=asking.person, list__slug__in=leaf.values["value"]
            )
            .select_related("list")
            .order_by("list__name", "list_id")
        )
        witnesses = [
            Witness(
                kind=self.id,
                id=one.list_id,
                label=one.list.get_side_display() or one.list.name,
                at=one.added_at,
            )
            for one in rows
        ]
        return named_evidence(witnesses, nobody=_("not on it"))

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        side = side_of(leaf.values["value"][0])
        if side:
            put = side == INCLUDED
            return phrase(_("were put in by hand") if put else _("were not left out by hand"))
        words = self.operand({}, catalog).words("any", leaf.values["value"])
        if leaf.values["op"] == "any":
            return phrase(_("are on the list %(lists)s"), lists=words)
        return phrase(_("are not on the list %(lists)s"), lists=words)


def _ids(slugs: Sequence[str]) -> dict[str, int]:
    return dict(StaticList.objects.filter(slug__in=slugs).values_list("slug", "pk"))


def offered() -> list[Choice]:
    """Lists of their own; those of targets are not asked for by name."""
    rows = StaticList.objects.filter(target=None).order_by("name", "id").values_list("slug", "name")
    return [Choice(slug, name) for slug, name in rows]


FILTER = OnList()
