"""Names of fields and their values as people read them."""

from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import formats
from customers.models import Customer, CustomField
from customers.rules.codes import country_name
from customers.rules.custom_values import option_label
from customers.rules.id_numbers import ID_TYPES, id_number_display
from customers.rules.phones import phone_display
from customers.selectors.custom_fields import custom_fields, custom_label

LABELS: dict[str, str | Promise] = {
    "first_name": lazy("First name"),
    "last_name": lazy("Last name"),
    "second_last_name": lazy("Second last name"),
    "email": lazy("E-mail"),
    "phone": lazy("Phone"),
    "id_type": lazy("Type of document"),
    "id_number": lazy("Document number"),
    "gender": lazy("Gender"),
    "city": lazy("City"),
    "country": lazy("Country"),
    "birth_date": lazy("Birthday"),
    "birthday": lazy("Birthday"),
    "language": lazy("Language"),
    "time_zone": lazy("Time zone"),
    "lifecycle": lazy("Stage"),
    "address": lazy("E-mail"),
    "line1": lazy("Address"),
    "line2": lazy("Apartment, office"),
    "district": lazy("District"),
    "region": lazy("Region"),
    "postal_code": lazy("Postal code"),
    "label": lazy("Name"),
    "system": lazy("System"),
    "value": lazy("Code"),
    "number": lazy("Phone"),
    "is_main": lazy("Main one"),
}


def field_labels() -> dict[str, str]:
    """The labels of the fields of the record, and of custom fields as ``custom.<key>``."""
    custom = {f"custom.{field.key}": custom_label(field) for field in custom_fields()}
    return {name: str(label) for name, label in LABELS.items()} | custom


def value_text(name: str, value: Any) -> str:
    """A kept value of a field, as it is read; empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "phone":
        return phone_display(str(value))
    if name == "country":
        return country_name(str(value), get_language() or "es")
    if name == "id_type":
        return str(ID_TYPES[value].label) if value in ID_TYPES else str(value)
    if name == "gender":
        return str(dict(Customer.Gender.choices).get(value, value))
    if name == "lifecycle":
        return str(dict(Customer.Lifecycle.choices).get(value, value))
    if name == "birth_date":
        return formats.day(date.fromisoformat(str(value)))
    return str(value)


def custom_text(field: CustomField, value: Any) -> str:
    """A value of a custom field, as it is read; empty for none."""
    if value is None or value == "":
        return ""
    if field.kind == CustomField.Kind.CHECKBOX:
        return _("Yes") if value else _("No")
    if field.kind == CustomField.Kind.DATE:
        return formats.day(date.fromisoformat(str(value)))
    if field.kind == CustomField.Kind.NUMBER:
        return formats.number(value, 0 if isinstance(value, int) else 2)
    if field.kind in {CustomField.Kind.DROPDOWN, CustomField.Kind.CHOICE}:
        return option_label(field, value)
    return str(value)


def birthday_text(customer: Customer) -> str:
    """``14-06-1992``, or ``14-06`` when the year is not known."""
    if customer.birth_date:
        return formats.day(customer.birth_date)
    if customer.birth_month and customer.birth_day:
        return f"{customer.birth_day:02d}-{customer.birth_month:02d}"
    return ""


def id_text(customer: Customer) -> str:
    return id_number_display(customer.id_type, customer.id_number)
