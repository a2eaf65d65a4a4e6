"""TG27: any field of the record, with the operators of its type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.registry import stage_reasons
from targets.capture import PERSON_TABLE
from targets.catalog import Catalog
from targets.compiling.edges import Edge
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence
from targets.filter import ValueFilter
from targets.filters.custom_field import field_phrase
from targets.inputs import Choice
from targets.operands.base import Operand
from targets.operands.choice import ChoiceOperand
from targets.operands.dates import DateOperand, DayOfTimeOperand, PastTimeOperand, TimeOperand
from targets.operands.number import NumberOperand
from targets.operands.text import TextOperand
from targets.parameters import NameParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, either, phrase
from targets.several import Several, SomeTextOperand

PHONES, EMAILS = "customers_customerphone", "customers_customeremail"
ADDRESSES, CODES = "customers_address", "customers_externalid"
COLUMN = re.compile(r"\bperson\.(\w+)")


@dataclass(frozen=True)
class RecordField:
    label: str | Promise
    column: str
    operand: Callable[[], Operand]


def text(label: Promise, column: str) -> RecordField:
    return RecordField(label, f"nullif(person.{column}, '')", TextOperand)


def choices_of(name: str) -> Callable[[], list[Choice]]:
    choices = getattr(Customer, name).choices
    return lambda: [Choice(value, label) for value, label in choices]


def reasons() -> list[Choice]:
    return [Choice(key, label) for key, label in stage_reasons.items()]


FIELDS: dict[str, RecordField | Several] = {
    "first_name": text(gettext_lazy("First name"), "first_name"),
    "last_name": text(gettext_lazy("Last name"), "last_name"),
    "second_last_name": text(gettext_lazy("Second last name"), "second_last_name"),
    "email": text(gettext_lazy("E-mail"), "email"),
    "phone": text(gettext_lazy("Phone"), "phone"),
    "id_type": text(gettext_lazy("Type of ID"), "id_type"),
    "id_number": text(gettext_lazy("ID number"), "id_number"),
    "city": text(gettext_lazy("City"), "city"),
    "country": text(gettext_lazy("Country"), "country"),
    "language": text(gettext_lazy("Language"), "language"),
    "time_zone": text(gettext_lazy("Time zone"), "time_zone"),
    "source": text(gettext_lazy("Source"), "source"),
    "public_id": RecordField(gettext_lazy("Public id"), "person.public_id::text", TextOperand),
    "gender": RecordField(
        gettext_lazy("Gender"),
        "nullif(person.gender, '')",
        lambda: ChoiceOperand(choices_of("Gender")),
    ),
    "status": RecordField(
        gettext_lazy("Status"),
        "person.status",
        lambda: ChoiceOperand(choices_of("Status"), can_be_missing=False, asks_absence=True),
    ),
    "lifecycle": RecordField(
        gettext_lazy("Stage"),
        "person.lifecycle",
        lambda: ChoiceOperand(choices_of("Lifecycle"), can_be_missing=False, asks_absence=True),
    ),
    "lifecycle_reason": RecordField(
        gettext_lazy("Reason of the stage"),
        "coalesce(nullif(person.lifecycle_reason, ''), person.source)",
        lambda: ChoiceOperand(reasons, can_be_missing=False, asks_absence=True),
    ),
    "lifecycle_at": RecordField(
        gettext_lazy("At this stage since"),
        "person.lifecycle_at",
        lambda: TimeOperand(can_be_missing=False, asks_absence=True),
    ),
    "status_until": RecordField(gettext_lazy("Inactive until"), "person.status_until", TimeOperand),
    "blocked_at": RecordField(gettext_lazy("Blocked since"), "person.blocked_at", TimeOperand),
    "birth_date": RecordField(gettext_lazy("Birth date"), "person.birth_date", DateOperand),
    "registered_at": RecordField(
        gettext_lazy("Registration date"),
        "person.registered_at",
        lambda: TimeOperand(can_be_missing=False, asks_absence=True),
    ),
    "verified_at": RecordField(
        gettext_lazy("Verification date"), "person.verified_at", TimeOperand
    ),
    "last_login_at": RecordField(
        gettext_lazy("Last log-in"), "person.last_login_at", PastTimeOperand
    ),
    "created_at": RecordField(
        gettext_lazy("Created"),
        "person.created_at",
        lambda: TimeOperand(can_be_missing=False, asks_absence=True),
    ),
    "updated_at": RecordField(
        gettext_lazy("Last change"),
        "person.updated_at",
        lambda: DayOfTimeOperand(can_be_missing=False, asks_absence=True),
    ),
    "login_count": RecordField(
        gettext_lazy("Number of log-ins"),
        "person.login_count",
        lambda: NumberOperand(can_be_missing=False, whole=True),
    ),
    "further_email": Several(gettext_lazy("Further e-mail"), EMAILS, "address", "NOT is_primary"),
    "further_phone": Several(gettext_lazy("Further phone"), PHONES, "number"),
    "address_line": Several(gettext_lazy("Street of an address"), ADDRESSES, "line1"),
    "address_district": Several(gettext_lazy("District of an address"), ADDRESSES, "district"),
    "address_city": Several(gettext_lazy("City of an address"), ADDRESSES, "city"),
    "address_region": Several(gettext_lazy("Region of an address"), ADDRESSES, "region"),
    "address_postal_code": Several(
        gettext_lazy("Postal code of an address"), ADDRESSES, "postal_code"
    ),
    "address_country": Several(gettext_lazy("Country of an address"), ADDRESSES, "country"),
    "external_id": Several(gettext_lazy("Id in another system"), CODES, "value"),
}


def find_fields(catalog: Catalog) -> list[Choice]:
    return [Choice(key, field.label) for key, field in FIELDS.items()]


class Field(ValueFilter):
    id = "field"
    label = gettext_lazy("Field of the record")
    section = "record"
    facts = (PERSON_TABLE, PHONES, EMAILS, ADDRESSES, CODES)
    parameters = (NameParameter("field", find_fields, label=gettext_lazy("Field"), redraws=True),)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> Operand | None:
        name = values.get("field")
        found = FIELDS.get(name) if isinstance(name, str) else None
        return found.operand() if found else None

    def operands(self) -> list[Operand]:
        return [
            TextOperand(),
            ChoiceOperand(lambda: ()),
            PastTimeOperand(),
            NumberOperand(),
            SomeTextOperand(),
        ]

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return FIELDS[values["field"]].column

    def leaf_sql(self, values: dict[str, Any], scope: Scope) -> str:
        found = FIELDS[values["field"]]
        return (
            found.sql(values, scope)
            if isinstance(found, Several)
            else super().leaf_sql(values, scope)
        )

    def sources(self, leaf: Leaf) -> list[str]:
        found = FIELDS[leaf.values["field"]]
        if isinstance(found, Several):
            return [found.table]
        return [f"{PERSON_TABLE}:{one}" for one in COLUMN.findall(found.column)]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        is_several = isinstance(FIELDS[leaf.values["field"]], Several)
        return [] if is_several else super().edges(leaf, catalog)

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        found = FIELDS[leaf.values["field"]]
        return (
            found.evidence(asking) if isinstance(found, Several) else super().evidence(leaf, asking)
        )

    def missing(self, leaf: Leaf, catalog: Catalog) -> str:
        return str(FIELDS[leaf.values["field"]].label) if super().missing(leaf, catalog) else ""

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        values = leaf.values
        if values["field"] == "city" and values["op"] in ("is", "any"):
            asked = values["value"]
            return phrase(
                _("live in %(city)s"), city=either([asked] if values["op"] == "is" else asked)
            )
        found = FIELDS[values["field"]]
        name = _("“%(text)s”") % {"text": found.label}
        return field_phrase(leaf, found.operand(), name)


FILTER = Field()
