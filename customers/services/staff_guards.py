"""Who may change whose access, judged under locks.

``staff_lock`` comes first in each service that touches access: it holds the rows of who acts, of
whom it is about and of all owners, in the order of their keys, so that two of them queue up and
never wait for each other. What it returns was read after the wait.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import email_key
from customers.models import StaffRole, User
from customers.roles import OWNER, group_permissions
from customers.selectors.factors import factor_exists


def staff_lock(*, by: User, user: User, permission: str) -> tuple[User, User]:
    """Who acts and whom it is about, as they are now, held until the transaction ends.

    :raises DomainError: ``by_gone`` when who acts was deactivated or lost the right meanwhile.
    """
    held = _hold({by.pk, user.pk})
    return _acting(held, by, permission), held[user.pk]


def actor_lock(*, by: User, permission: str) -> User:
    """Who acts, as they are now, held until the transaction ends.

    :raises DomainError: ``by_gone``.
    """
    return _acting(_hold({by.pk}), by, permission)


def newcomer_lock(*, by: User, address: str, permission: str) -> tuple[User, User | None]:
    """Who acts, and the log-in that has this address already, both held.

    :raises DomainError: ``by_gone``; ``email_taken`` when the address is staff already.
    """
    known = User.objects.filter(email_key=email_key(address)).values_list("pk", flat=True)
    held = _hold({by.pk, *known})
    actor = _acting(held, by, permission)
    return actor, free_of_staff(address)


def free_of_staff(address: str) -> User | None:
    """The log-in with this address, which may become staff, held; None when there is none.

    :raises DomainError: ``email_taken``.
    """
    user = User.objects.select_for_update().filter(email_key=email_key(address)).first()
    if user is not None and user.is_staff:
        raise DomainError("email_taken", _("This person is staff already."), field="email")
    return user


def _hold(keys: set[int]) -> dict[int, User]:
    owners = User.groups.through.objects.filter(group__name=OWNER).values("user_id")
    rows = User.objects.select_for_update().filter(Q(pk__in=keys) | Q(pk__in=owners))
    return {one.pk: one for one in rows.order_by("pk")}


def _acting(held: dict[int, User], by: User, permission: str) -> User:
    actor = held.get(by.pk)
    if actor is None or not (actor.is_staff and actor.is_active and actor.has_perm(permission)):
        raise DomainError("by_gone", _("You may not do this any more. Nothing was changed."))
    return actor


def role_of(user: User) -> str:
    """The key of this person's role, empty for none."""
    return StaffRole.objects.filter(group__user=user).values_list("key", flat=True).first() or ""


def role_to_give(by: User | None, key: str) -> StaffRole:
    """The role of this key, held. Nobody gives rights that they lack; only owners make owners.

    :raises DomainError: ``role_unknown``, ``role_too_high``.
    """
    role = StaffRole.objects.select_for_update().filter(key=key).first()
    if role is None:
        raise DomainError("role_unknown", _("There is no such role."), field="role")
    if by is None:
        return role
    if key == OWNER and role_of(by) != OWNER:
        raise _too_high()
    refuse_rights_beyond(by, group_permissions(role.group))
    return role


def refuse_rights_beyond(by: User, permissions: frozenset[str]) -> None:
    if not permissions <= by.get_all_permissions():
        raise _too_high()


def _too_high() -> DomainError:
    return DomainError(
        "role_too_high", _("You cannot give rights that you do not have."), field="role"
    )


def refuse_above(by: User, user: User) -> None:
    """A person is above oneself who may something that one may not, or who is an owner."""
    is_owner = role_of(user) == OWNER and role_of(by) != OWNER
    if is_owner or not _rights_of(user) <= by.get_all_permissions():
        raise DomainError("staff_above", _("This person may more than you."))


def _rights_of(user: User) -> frozenset[str]:
    """Those of the role, also while the person is deactivated."""
    groups = user.groups.all()
    return frozenset().union(*(group_permissions(group) for group in groups))


def refuse_oneself(by: User, user: User) -> None:
    if by.pk == user.pk:
        raise DomainError("staff_self", _("Somebody else has to do this for you."))


def refuse_last_owner(user: User) -> None:
    """Where one of the owners has a second factor, one who has it stays."""
    owners = User.objects.filter(is_active=True, is_staff=True, groups__name=OWNER)
    others = list(owners.exclude(pk=user.pk))
    if not others:
        raise DomainError("last_owner", _("There has to be at least one owner."))
    if factor_exists(user=user) and not any(factor_exists(user=one) for one in others):
        raise DomainError(
            "last_owner", _("There has to be at least one owner with a second factor.")
        )
