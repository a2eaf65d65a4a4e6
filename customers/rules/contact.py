"""The contact block of a record: what orders bring along, and what an edit by staff locks."""

from collections.abc import Iterable
from typing import Final

BLOCK: Final = "block"
# A field → the columns that belong to it. ``address`` is the main postal address.
CONTACT: Final[dict[str, tuple[str, ...]]] = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "second_last_name": ("second_last_name",),
    "phone": ("phone",),
    "id_number": ("id_type", "id_number"),
    "city": ("city",),
    "country": ("country",),
    "address": (),
}
# What is no field that an order changes, but part of the block: an edit of it locks all.
AROUND: Final = frozenset({"email", "email_alias", "phones"})
_FIELD_OF: Final = {column: name for name, columns in CONTACT.items() for column in columns}


def contact_fields(changed: Iterable[str]) -> list[str]:
    """The fields of the block among these columns and names, each once."""
    found = [_FIELD_OF.get(one, one) for one in changed]
    return list(dict.fromkeys(one for one in found if one in CONTACT))


def touches_block(changed: Iterable[str]) -> bool:
    names = list(changed)
    return bool(contact_fields(names)) or not AROUND.isdisjoint(names)
