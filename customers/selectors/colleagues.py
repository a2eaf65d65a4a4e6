"""Members of staff by what they may do: whom a note can mention, who answers requests."""

from django.db.models import Q, QuerySet

from customers.models import User
from customers.rules.mentions import Colleague


def staff_who_may(codename: str) -> "QuerySet[User]":
    """Active staff with a permission of this app, in the order of their names."""
    from_groups = Q(
        groups__permissions__content_type__app_label="customers",
        groups__permissions__codename=codename,
    )
    own = Q(
        user_permissions__content_type__app_label="customers",
        user_permissions__codename=codename,
    )
    staff = User.objects.filter(is_staff=True, is_active=True)
    people = staff.filter(from_groups | own | Q(is_superuser=True)).distinct()
    return people.order_by("name", "email")


def colleagues_who_see_customers() -> list[Colleague]:
    """In the order of their names."""
    return [Colleague(one.pk, one.name, one.email) for one in staff_who_may("view_customer")]
