"""Roles as permission sets: made, copied, renamed, edited, reset, deleted.

Whoever edits a role gives only rights of their own, and the owner's role stays as it is. The trail
holds each box of the matrix that changed, before and after.
"""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import abilities, audit
from config.kit.errors import DomainError
from customers.models import StaffRole, User
from customers.roles import (
    OWNER,
    ROLES,
    default_permissions,
    group_permissions,
    group_permissions_set,
    known_permissions,
)
from customers.rules.profile import clean_text
from customers.selectors.roles import role_choices
from customers.services.staff_guards import actor_lock, refuse_rights_beyond

NAME_LIMIT = 60


@transaction.atomic
def role_create(
    *, name: str, by: User, copy_of: StaffRole | None = None, request: HttpRequest | None = None
) -> StaffRole:
    """Make a role of the shop's own: empty, or with the rights of another.

    :raises DomainError: ``by_gone``, a name that is empty or taken, rights that ``by`` lacks.
    """
    by = actor_lock(by=by, permission="customers.add_staffrole")
    name = _clean_name(name)
    wanted = group_permissions(copy_of.group) if copy_of is not None else frozenset()
    refuse_rights_beyond(by, wanted)
    group = Group.objects.create(name=name)
    pks = known_permissions()
    role = StaffRole.objects.create(
        key=_free_key(name), group=group, name=name, offered=sorted(pks)
    )
    group_permissions_set(group, wanted, pks)
    _record("created", role, by, request, after={"name": name, **_boxes(wanted)})
    return role


@transaction.atomic
def role_rename(
    *, role: StaffRole, name: str, by: User, request: HttpRequest | None = None
) -> None:
    """
    :raises DomainError: ``by_gone``, a built-in role, a name that is empty or taken.
    """
    by = actor_lock(by=by, permission="customers.change_staffrole")
    held = _own_role(role)
    name = _clean_name(name, but=held)
    before, held.name, held.group.name = held.name, name, name
    if before == name:
        return
    held.group.save(update_fields=["name"])
    held.save(update_fields=["name"])
    _record("renamed", held, by, request, before={"name": before}, after={"name": name})


@transaction.atomic
def role_rights_set(
    *,
    role: StaffRole,
    boxes: Collection[str],
    version: int,
    by: User,
    request: HttpRequest | None = None,
) -> bool:
    """Tick these boxes of the matrix and no others; False when that changes nothing.

    :raises DomainError: ``by_gone``, ``role_fixed``, ``conflict``, rights that ``by`` lacks.
    """
    by = actor_lock(by=by, permission="customers.change_staffrole")
    held = _editable(role)
    if held.version != version:
        raise DomainError(
            "conflict", _("Somebody changed this role meanwhile. Compare, then save again.")
        )
    ticked = (abilities.boxes()[key].permissions for key in boxes if key in abilities.boxes())
    before = group_permissions(held.group)
    after = frozenset().union(*ticked) | (before - abilities.covered())
    return _rights_change(held, before, after, "edited", by, request, is_edited=held.is_builtin)


@transaction.atomic
def role_reset(*, role: StaffRole, by: User, request: HttpRequest | None = None) -> bool:
    """Give a built-in role its default again; False when it has it.

    :raises DomainError: ``by_gone``, ``role_fixed``, rights that ``by`` lacks.
    """
    by = actor_lock(by=by, permission="customers.change_staffrole")
    held = _editable(role)
    if not held.is_builtin:
        raise DomainError("role_own", _("Only a built-in role has a default."))
    before = group_permissions(held.group)
    after = default_permissions(held.key, frozenset(known_permissions()))
    return _rights_change(held, before, after, "reset", by, request, is_edited=False)


@transaction.atomic
def role_delete(*, role: StaffRole, by: User, request: HttpRequest | None = None) -> None:
    """
    :raises DomainError: ``by_gone``, a built-in role, or somebody has it.
    """
    by = actor_lock(by=by, permission="customers.delete_staffrole")
    held = _own_role(role)
    people = User.objects.filter(groups=held.group_id).count()
    if people:
        text = ngettext(
            "%(n)s person has this role. Give them another one first.",
            "%(n)s people have this role. Give them another one first.",
            people,
        )
        raise DomainError("role_used", text % {"n": people})
    before = {"name": held.name, **_boxes(group_permissions(held.group))}
    _record("deleted", held, by, request, before=before)
    held.group.delete()


def _rights_change(
    role: StaffRole,
    before: frozenset[str],
    after: frozenset[str],
    action: str,
    by: User,
    request: HttpRequest | None,
    *,
    is_edited: bool,
) -> bool:
    if before == after and role.is_edited == is_edited:
        return False
    refuse_rights_beyond(by, before | after)
    group_permissions_set(role.group, after, known_permissions())
    role.is_edited = is_edited
    role.version += 1
    role.save(update_fields=["is_edited", "version"])
    old, new = _boxes(before), _boxes(after)
    changed = {key for key in old.keys() | new.keys() if key not in old or key not in new}
    _record(
        action,
        role,
        by,
        request,
        before={key: key in old for key in sorted(changed)},
        after={key: key in new for key in sorted(changed)},
    )
    return True


def _boxes(permissions: frozenset[str]) -> dict[str, bool]:
    return dict.fromkeys(sorted(abilities.held_boxes(set(permissions))), True)


def _locked(role: StaffRole) -> StaffRole:
    held = StaffRole.objects.select_for_update().select_related("group").filter(pk=role.pk).first()
    if held is None:
        raise DomainError("role_gone", _("This role was deleted meanwhile."))
    return held


def _editable(role: StaffRole) -> StaffRole:
    held = _locked(role)
    if held.key == OWNER:
        raise DomainError("role_fixed", _("The owner may everything, always."))
    return held


def _own_role(role: StaffRole) -> StaffRole:
    held = _locked(role)
    if held.is_builtin:
        raise DomainError("role_builtin", _("A built-in role stays, with its name."))
    return held


def _clean_name(name: str, but: StaffRole | None = None) -> str:
    clean = clean_text(name, limit=NAME_LIMIT, field="name")
    if not clean:
        raise DomainError("name_empty", _("Write the name of the role."), field="name")
    taken = {label.casefold() for key, label in role_choices() if but is None or key != but.key}
    if clean.casefold() in taken | set(ROLES):
        raise DomainError("name_taken", _("There is a role of this name already."), field="name")
    return clean


def _free_key(name: str) -> str:
    """Short, readable in an address, and never that of another role."""
    start = slugify(name)[:40] or "role"
    taken = set(StaffRole.objects.filter(key__startswith=start).values_list("key", flat=True))
    taken |= {"new", *ROLES}
    if start not in taken:
        return start
    return next(key for number in range(2, 9999) if (key := f"{start}-{number}") not in taken)


def _record(
    what: str,
    role: StaffRole,
    by: User,
    request: HttpRequest | None,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        f"customers.role.{what}",
        actor=by,
        subject=role,
        before=before,
        after=after,
        data={"role": role.key},
        request=request,
    )
