"""The generic custom fields that every shop has, put back whenever one is missing."""

from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver

from customers.models import CustomField

GENERIC = (
    ("text", CustomField.Kind.TEXT, 5, "Texto genérico", "Generic text"),
    ("integer", CustomField.Kind.NUMBER, 5, "Entero genérico", "Generic integer"),
    ("date", CustomField.Kind.DATE, 2, "Fecha genérica", "Generic date"),
)


@receiver(post_migrate, dispatch_uid="customers.builtin_fields_sync")
def builtin_fields_sync(app_config: Any = None, **_kwargs: Any) -> None:
    """Make those that are not there; what staff changed about the others stays."""
    if app_config is not None and app_config.label != "customers":
        return
    wanted = [
        CustomField(
            key=f"generic_{key}_{number}",
            kind=kind,
            label=f"{label} {number}",
            label_en=f"{label_en} {number}",
            is_builtin=True,
        )
        for key, kind, most, label, label_en in GENERIC
        for number in range(1, most + 1)
    ]
    for position, field in enumerate(wanted, start=1):
        field.position = position
    CustomField.objects.bulk_create(wanted, ignore_conflicts=True)
