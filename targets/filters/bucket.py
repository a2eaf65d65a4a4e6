"""TG27: a stable random share of the people, the same for the same salt."""

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, nothing
from targets.filter import Filter
from targets.operands.number import exact
from targets.parameters import PercentParameter, TextParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, shown_number

STEPS = 2**32


class Bucket(Filter):
    id = "bucket"
    label = gettext_lazy("Random share")
    section = "groups"
    columns = ("public_id",)
    parameters = (
        PercentParameter("percent", label=gettext_lazy("Percent"), is_required=True),
        TextParameter("salt", label=gettext_lazy("Name of the draw"), is_required=True),
    )

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        return [self._sql(leaf, scope) for leaf in leaves]

    def _sql(self, leaf: Leaf, scope: Scope) -> str:
        """The first four bytes of SHA-256 of salt and public id lie under the share."""
        limit = int(exact(leaf.values["percent"]) * STEPS / 100)
        if limit >= STEPS:
            return "TRUE"
        threshold = scope.bind(f"\\x{limit:08x}", "bytea")
        return f"(sha256(convert_to({self._salted(leaf, scope)}, 'UTF8')) < {threshold})"

    def _salted(self, leaf: Leaf, scope: Scope) -> str:
        return f"{scope.bind(leaf.values['salt'], 'text')} || ':' || person.public_id::text"

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        """Where in the draw the person stands, in percent."""
        drawn = asking.value(
            lambda scope: (
                "('x' || encode(substr(sha256(convert_to("
                f"{self._salted(leaf, scope)}, 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint"
            )
        )
        if drawn is None:
            return nothing()
        place = math.floor(drawn * 10_000 / STEPS) / 100
        return Evidence(
            value=place, shown=_("at %(place)s of 100") % {"place": shown_number(place)}
        )

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return phrase(
            _("are in the %(percent)s percent of the draw %(salt)s"),
            percent=shown_number(leaf.values["percent"]),
            salt=_("“%(text)s”") % {"text": leaf.values["salt"]},
        )


FILTER = Bucket()
