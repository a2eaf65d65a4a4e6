"""The contract of a filter. README.md tells how to add one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from targets.capture import PERSON_TABLE
from targets.catalog import Catalog
from targets.compiling.edges import Edge, arrival_edge, by_moment, record_edges, window_edges
from targets.compiling.families import Measure, family
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, counted, nothing, plain
from targets.inputs import FormData, Input
from targets.operands.base import Operand
from targets.parameters import Parameter
from targets.rules.problems import Report
from targets.rules.tree import Leaf
from targets.rules.words import Phrase


class Filter(ABC):
    """One thing that a rule can ask of a person.

    ``facts`` names the tables that its truth depends on, ``columns`` those of the record; without
    them any may decide. ``section`` groups the chooser. ``parameters`` are the keys of a leaf
    beside ``filter``, ``op`` and ``value``.
    """

    id: ClassVar[str]
    label: ClassVar[str | Promise]
    section: ClassVar[str]
    facts: ClassVar[tuple[str, ...]] = (PERSON_TABLE,)
    columns: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[Sequence[Parameter]] = ()

    def operand(self, values: dict[str, Any], catalog: Catalog) -> Operand | None:
        """The kind of value that a leaf with these parameters asks of; None: no ``op``."""
        return None

    def operands(self) -> Sequence[Operand]:
        """Every kind of value that leaves of this filter can have, for the schema."""
        found = self.operand({}, Catalog())
        return [found] if found else []

    @abstractmethod
    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        """Set-based SQL for a family: one three-valued expression for each leaf, in their order.

        True, false, or NULL where the datum is missing. Joins are asked of the scope.
        """

    @abstractmethod
    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        """What people of this condition do or are, as the predicate of a sentence."""

    @abstractmethod
    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        """What was found about one person: the value and the rows that decide."""

    def missing(self, leaf: Leaf, catalog: Catalog) -> str:
        """The name of the datum that a record can lack; empty if none can be missing."""
        return ""

    def presence(self, leaf: Leaf, catalog: Catalog) -> dict[str, Any] | None:
        """The JSON of the condition that its datum is there; None where that cannot be asked."""
        operand = self.operand(leaf.values, catalog)
        if operand is None or not operand.asks_absence or not self.missing(leaf, catalog):
            return None
        kept = {"filter", *(one.key for one in self.parameters)}
        return {key: leaf.values[key] for key in leaf.values if key in kept} | {"op": "not_empty"}

    def sources(self, leaf: Leaf) -> list[str]:
        """Whose changes can change its truth: tables, or ``table:key`` as captured."""
        others = [table for table in self.facts if not (table == PERSON_TABLE and self.columns)]
        return [*others, *(f"{PERSON_TABLE}:{one}" for one in self.columns)]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        """How time alone can flip its truth; nothing if it cannot."""
        return []

    def arrivals(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        """Instants of events that can be dated ahead; upkeep learns of them by the capture."""
        return []

    def read(self, raw: dict[str, Any], report: Report, catalog: Catalog) -> dict[str, Any]:
        """Check the JSON of a leaf and answer it without defaults and repetitions."""
        values: dict[str, Any] = {"filter": self.id}
        for parameter in self.parameters:
            with report.inside(parameter.key):
                if parameter.key in raw:
                    found = parameter.read(raw[parameter.key], report, catalog)
                    if found is not None:
                        values[parameter.key] = found
                elif parameter.is_required:
                    report.add(_("This condition needs “%(key)s”.") % {"key": parameter.key})
        operand = self.operand(values, catalog)
        self._refuse_unknown_keys(raw, operand, report)
        if operand:
            values.update(operand.read(raw, report))
        return values

    def _refuse_unknown_keys(
        self, raw: dict[str, Any], operand: Operand | None, report: Report
    ) -> None:
        known = {"filter", *(parameter.key for parameter in self.parameters)}
        if operand:
            known |= {"op", "value"}
        for key in raw:
            if key not in known:
                with report.inside(key):
                    report.add(_("This key is unknown here."))

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its leaves."""
        properties: dict[str, Any] = {"filter": {"const": self.id}}
        properties.update({one.key: one.schema() for one in self.parameters})
        required = ["filter", *(one.key for one in self.parameters if one.is_required)]
        schema: dict[str, Any] = {
            "type": "object",
            "title": str(self.label),
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
        shapes = [shape for operand in self.operands() for shape in operand.schemas()]
        if shapes:
            properties.update({"op": True, "value": True})
            schema["anyOf"] = shapes
        return schema

    def inputs(self, raw: dict[str, Any], prefix: str, catalog: Catalog) -> list[Input]:
        """The controls of the open condition, in the order of the sentence."""
        before: list[Input] = []
        after: list[Input] = []
        for parameter in self.parameters:
            shown = parameter.inputs(raw.get(parameter.key), f"{prefix}{parameter.key}", catalog)
            (after if parameter.key in ("window", "count") else before).extend(shown)
        operand = self.operand(raw, catalog)
        middle = operand.inputs(raw, prefix) if operand else []
        return [*before, *middle, *after]

    def posted(self, data: FormData, prefix: str, catalog: Catalog) -> dict[str, Any]:
        """The JSON of the leaf whose controls were posted, unchecked."""
        raw: dict[str, Any] = {"filter": self.id}
        for parameter in self.parameters:
            found = parameter.posted(data, f"{prefix}{parameter.key}")
            if found is not None:
                raw[parameter.key] = found
        operand = self.operand(raw, catalog)
        if operand:
            raw.update(operand.posted(data, prefix))
        return raw

    def blank(self, catalog: Catalog) -> dict[str, Any]:
        """The JSON of a new condition; incomplete until someone fills it in."""
        raw: dict[str, Any] = {"filter": self.id}
        for parameter in self.parameters:
            shown = parameter.inputs(None, parameter.key, catalog)
            if parameter.is_required and shown[0].kind == "select" and shown[0].value:
                raw[parameter.key] = shown[0].value
        operand = self.operand(raw, catalog)
        if operand:
            raw["op"] = operand.operators[0]
        return raw


class ValueFilter(Filter):
    """A filter over one expression of the record, NULL where the datum is missing.

    ``witness``: the kind of page on which the datum stands.
    """

    witness: ClassVar[str] = "record"

    @abstractmethod
    def expression(self, values: dict[str, Any], scope: Scope) -> str: ...

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        return [self.leaf_sql(leaf.values, scope) for leaf in leaves]

    def leaf_sql(self, values: dict[str, Any], scope: Scope) -> str:
        operand = self.operand(values, scope.catalog)
        assert operand is not None  # noqa: S101  a value filter has an operand
        return operand.sql(self.expression(values, scope), values["op"], values.get("value"), scope)

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        value = asking.value(lambda scope: self.expression(leaf.values, scope))
        operand = self.operand(leaf.values, asking.catalog)
        if value is None or operand is None:
            return nothing()
        witness = Witness(kind=self.witness, id=asking.person, label="")
        return Evidence(value=plain(value), shown=operand.told(value), witnesses=(witness,))

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        values = leaf.values
        return record_edges(
            lambda scope: self.expression(values, scope),
            lambda scope: self.leaf_sql(values, scope),
            catalog,
        )

    def missing(self, leaf: Leaf, catalog: Catalog) -> str:
        operand = self.operand(leaf.values, catalog)
        asks = leaf.values.get("op") in ("empty", "not_empty", "never")
        return "" if operand is None or asks or not operand.can_be_missing else str(self.label)


class EventFilter(Filter):
    """A filter that counts rows about the person in one table, of a ``moment`` each.

    ``witness_columns`` of the newest rows go to ``witness``, and their moment as the last.
    """

    source: ClassVar[str]
    moment: ClassVar[str] = "occurred_at"
    witness_columns: ClassVar[tuple[str, ...]] = ("id",)

    @abstractmethod
    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        """Which rows a leaf counts, and how many of them satisfy it."""

    @abstractmethod
    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness: ...

    def moments(self) -> tuple[str, ...]:
        """The columns whose instants decide which rows count."""
        return (self.moment,)

    def base(self, leaf: Leaf) -> str:
        """What the edges of its windows look at: a condition without parameters."""
        return "TRUE"

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures = [self.measure(leaf.values, scope) for leaf in leaves]
        return family(self.id, self.source, measures, scope)

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        window = leaf.values.get("window")
        return window_edges(self.source, self.moment, window, by_moment(self.base(leaf)))

    def arrivals(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        return [arrival_edge(self.source, one, self.base(leaf)) for one in self.moments()]

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        measure = self.measure(leaf.values, asking.scope())
        number, rows = asking.newest(
            self.source,
            (*self.witness_columns, self.moment),
            lambda scope: self.measure(leaf.values, scope).whole,
            moment=self.moment,
            counted=measure.counted,
        )
        return counted(number, [self.witness(row, asking.catalog) for row in rows])
