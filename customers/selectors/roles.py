"""The roles of the staff: what they are called, what they may do, who has them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from config.kit import abilities
from customers.models import StaffRole, User
from customers.roles import OWNER, ROLES

ORDER = {key: place for place, key in enumerate(ROLES)}


@dataclass(frozen=True, kw_only=True)
class ListedRole:
    row: StaffRole
    label: str
    purpose: str
    people: int
    boxes: frozenset[str]

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def is_owner(self) -> bool:
        return self.row.key == OWNER


def roles_listed() -> list[ListedRole]:
    """All roles: the built-in ones in their order, then the shop's own by name."""
    rows = StaffRole.objects.select_related("group").prefetch_related(
        "group__permissions__content_type"
    )
    found = [_listed(row) for row in rows.annotate(people=Count("group__user"))]
    return sorted(found, key=lambda one: (ORDER.get(one.key, len(ORDER)), one.label.casefold()))


def role_listed(row: StaffRole) -> ListedRole:
    row.people = User.objects.filter(groups=row.group_id).count()  # type: ignore[attr-defined]
    return _listed(row)


def _listed(row: StaffRole) -> ListedRole:
    held = {f"{one.content_type.app_label}.{one.codename}" for one in row.group.permissions.all()}
    known = ROLES.get(row.key)
    return ListedRole(
        row=row,
        label=role_label(row.key, row.name),
        purpose=str(known.purpose) if known else "",
        people=int(vars(row)["people"]),
        boxes=frozenset(abilities.held_boxes(held)),
    )


def role_label(key: str, name: str) -> str:
    """What a role is called in the reader's language."""
    if not key:
        return _("No role")
    return str(ROLES[key].label) if key in ROLES else name


def role_choices() -> list[tuple[str, str]]:
    """Keys and names, in the order of the list."""
    rows = StaffRole.objects.values_list("key", "name")
    named = [(key, role_label(key, name)) for key, name in rows]
    return sorted(named, key=lambda one: (ORDER.get(one[0], len(ORDER)), one[1].casefold()))


def roles_named(ids: Iterable[int]) -> list[tuple[int, str, str]]:
    rows = StaffRole.objects.filter(pk__in=list(ids)).values_list("pk", "key", "name")
    return [(pk, key, role_label(key, name)) for pk, key, name in rows]
