"""Data of which a person can have many: some value of theirs has to satisfy the condition.

Unknown for who has none, as everywhere. What would say something of *all* values ("is not") is not
offered: "not" around the condition says it without a doubt.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, nothing
from targets.operands.base import ABSENCE, listed, shape
from targets.operands.text import TEXT_SCHEMA, TextOperand
from targets.rules.words import both

SHOWN = 20


class SomeTextOperand(TextOperand):
    """Texts of which one is enough."""

    labels = {op: label for op, label in TextOperand.labels.items() if op not in ("is_not", "none")}

    def value_schemas(self) -> list[dict[str, Any]]:
        single = [op for op in self.labels if op != "any"]
        return [shape(single, TEXT_SCHEMA), shape(["any"], listed(TEXT_SCHEMA))]


@dataclass(frozen=True)
class Several:
    """A text column of a table that has rows of a person. ``matters``: which rows are meant."""

    label: str | Promise
    table: str
    column: str
    matters: str = "TRUE"

    def operand(self) -> SomeTextOperand:
        return SomeTextOperand()

    def sql(self, values: dict[str, Any], scope: Scope) -> str:
        """One pass over the table for a leaf: true, false, or NULL where there is no value."""
        op = values["op"]
        held = f"nullif({self.column}, '')"
        asked = (
            "TRUE" if op in ABSENCE else self.operand().sql(held, op, values.get("value"), scope)
        )
        alias = self._joined(f"bool_or({asked}) AS held", scope)
        if op in ABSENCE:
            return f"({alias}.held IS {'NOT NULL' if op == 'not_empty' else 'NULL'})"
        return f"{alias}.held"

    def evidence(self, asking: Asking) -> Evidence:
        """All that the person has of it, in the order in which it came."""
        held = asking.value(
            lambda scope: (
                f"{self._joined(f'array_agg({self.column} ORDER BY id) AS held', scope)}.held"
            )
        )
        if not held:
            return nothing()
        quoted = [_("“%(text)s”") % {"text": one} for one in held[:SHOWN]]
        witness = Witness(kind="record", id=asking.person, label="")
        return Evidence(value=held, shown=both(quoted), witnesses=(witness,))

    def _joined(self, column: str, scope: Scope) -> str:
        return scope.join(
            self.table,
            f"(SELECT customer_id, {column} FROM {scope.source(self.table)} "  # noqa: S608
            f"WHERE {self.column} <> '' AND {self.matters} GROUP BY customer_id)",
        )
