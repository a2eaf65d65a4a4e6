"""TG04: the value of a custom field, with the operators of its type."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.models import CustomField
from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.filter import ValueFilter
from targets.inputs import Choice
from targets.operands.base import Operand
from targets.operands.choice import ChoiceOperand, YesNoOperand
from targets.operands.dates import DayTextOperand
from targets.operands.number import NumberOperand
from targets.operands.text import TextOperand
from targets.parameters import NameParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase

Kind = CustomField.Kind
DAY = r"^\d{4}-\d{2}-\d{2}$"
OPERANDS: dict[str, type[Operand]] = {
    Kind.NUMBER: NumberOperand,
    Kind.TEXT: TextOperand,
    Kind.PARAGRAPH: TextOperand,
    Kind.CHECKBOX: YesNoOperand,
    Kind.DATE: DayTextOperand,
}


def fields(catalog: Catalog) -> dict[str, CustomField]:
    return catalog.load(
        "custom_fields", lambda: {one.key: one for one in CustomField.objects.all()}
    )


def find_fields(catalog: Catalog) -> list[Choice]:
    return [Choice(one.key, field_label(one)) for one in fields(catalog).values()]


def field_label(field: CustomField) -> str:
    """Its name in the reader's language."""
    return ((get_language() or "").startswith("en") and field.label_en) or field.label


class CustomFieldValue(ValueFilter):
    id = "custom_field"
    label = gettext_lazy("Custom field")
    section = "record"
    columns = ("custom",)
    parameters = (NameParameter("field", find_fields, label=gettext_lazy("Field"), redraws=True),)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> Operand | None:
        name = values.get("field")
        field = fields(catalog).get(name) if isinstance(name, str) else None
        if field is None:
            return None
        if field.kind in OPERANDS:
            return OPERANDS[field.kind]()
        return ChoiceOperand(lambda: options(field))

    def operands(self) -> list[Operand]:
        return [
            NumberOperand(),
            TextOperand(),
            YesNoOperand(),
            DayTextOperand(),
            ChoiceOperand(lambda: ()),
        ]

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        """What is stored in another type than the field's is no datum, never an SQL error."""
        kind = fields(scope.catalog)[values["field"]].kind
        key = scope.bind(values["field"])
        text = f"(person.custom ->> {key})"
        stored = f"jsonb_typeof(person.custom -> {key})"
        if kind == Kind.NUMBER:
            return f"(CASE WHEN {stored} = 'number' THEN {text}::numeric END)"
        if kind == Kind.CHECKBOX:
            return f"(CASE WHEN {stored} = 'boolean' THEN {text}::boolean END)"
        if kind == Kind.DATE:
            return f'(CASE WHEN {text} ~ {scope.bind(DAY)} THEN {text} END COLLATE "C")'
        return f"nullif({text}, '')"

    def missing(self, leaf: Leaf, catalog: Catalog) -> str:
        if not super().missing(leaf, catalog):
            return ""
        return field_label(fields(catalog)[leaf.values["field"]])

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        name = _("“%(text)s”") % {"text": field_label(fields(catalog)[leaf.values["field"]])}
        operand = self.operand(leaf.values, catalog)
        assert operand is not None  # noqa: S101  the reader refused unknown fields
        return field_phrase(leaf, operand, name)


def field_phrase(leaf: Leaf, operand: Operand, name: str) -> Phrase:
    """The phrase of a condition over a named field, by the kind of its value."""
    op = leaf.values["op"]
    if op in ("empty", "not_empty", "never"):
        template = (
            _("have something in %(field)s")
            if op == "not_empty"
            else _("have nothing in %(field)s")
        )
        return phrase(template, field=name)
    words = operand.words(op, leaf.values["value"])
    if isinstance(operand, TextOperand):
        return phrase(_("have in %(field)s a text that %(value)s"), field=name, value=words)
    return phrase(_("have %(field)s: %(value)s"), field=name, value=words)


def options(field: CustomField) -> list[Choice]:
    """The options of a dropdown or choice."""
    return [
        Choice(str(one["value"]), str(one.get("label") or one["value"]))
        for one in field.options
        if isinstance(one, dict) and "value" in one
    ]


FILTER = CustomFieldValue()
