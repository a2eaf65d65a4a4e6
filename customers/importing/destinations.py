"""Every destination of a column, with the custom fields and the systems of this business."""

from django.utils.translation import get_language

from customers.importing.fields import BY_KEY, CUSTOM, EXTERNAL, FIXED, Field, code_label
from customers.models import CustomField


def custom_fields_of() -> dict[str, CustomField]:
    """Custom fields in use by their key, in their order."""
    return {one.key: one for one in CustomField.objects.filter(disabled_at=None)}


def all_fields(custom: dict[str, CustomField], systems: list[str]) -> list[Field]:
    """Every destination that can be chosen, in order."""
    external = [
        Field(
            key=EXTERNAL + system,
            group="external",
            label=code_label(system),
            is_key=True,
        )
        for system in systems
    ]
    own = [
        Field(
            key=CUSTOM + key,
            group="custom",
            label=label_of(one),
            words=f"{one.label} | {one.label_en} | {key}",
        )
        for key, one in custom.items()
    ]
    return [*FIXED, *external, *own]


def label_of(field: CustomField) -> str:
    if (get_language() or "es").startswith("en") and field.label_en:
        return field.label_en
    return field.label


def label_of_key(key: str, custom: dict[str, CustomField]) -> str:
    """How a destination is called."""
    if key.startswith(CUSTOM):
        one = custom.get(key.removeprefix(CUSTOM))
        return label_of(one) if one else key
    if key.startswith(EXTERNAL):
        return code_label(key.removeprefix(EXTERNAL))
    return str(BY_KEY[key].label) if key in BY_KEY else ""
