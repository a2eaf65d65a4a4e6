"""Custom fields as they are defined now."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from config.kit import clock
from customers.models import CustomField
from customers.rules.profile import Context


def custom_fields() -> "QuerySet[CustomField]":
    """All definitions in their order, the disabled ones too."""
    return CustomField.objects.order_by("position", "id")


def custom_fields_enabled() -> "QuerySet[CustomField]":
    return custom_fields().filter(disabled_at=None)


def custom_fields_of_the_customer() -> "QuerySet[CustomField]":
    """Those that customers see in their account."""
    return custom_fields_enabled().filter(is_visible=True)


def custom_label(field: CustomField) -> str:
    """The label in the reader's language."""
    english = (get_language() or "").startswith("en")
    return field.label_en if english and field.label_en else field.label


def reading_context(
    *,
    fields: Iterable[CustomField] | None = None,
    date_order: str = "dmy",
    decimal: str = ",",
    phone: str = "",
) -> Context:
    """How texts are read here and today: what ``customer_normalise`` asks for.

    ``phone`` is the one that the record has.
    """
    chosen = custom_fields_enabled() if fields is None else fields
    return Context(
        country=settings.SITE_COUNTRY,
        today=clock.today(),
        date_order=date_order,
        decimal=decimal,
        custom_fields={field.key: field for field in chosen},
        phone=phone,
    )
