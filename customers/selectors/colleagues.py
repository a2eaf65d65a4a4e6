"""Members of staff who may see customers: those whom a note can mention."""

from django.db.models import Q

from customers.models import User
from customers.rules.mentions import Colleague


def colleagues_who_see_customers() -> list[Colleague]:
    """In the order of their names."""
    from_groups = Q(
        groups__permissions__content_type__app_label="customers",
        groups__permissions__codename="view_customer",
    )
    own = Q(
        user_permissions__content_type__app_label="customers",
        user_permissions__codename="view_customer",
    )
    staff = User.objects.filter(is_staff=True, is_active=True)
    people = staff.filter(from_groups | own | Q(is_superuser=True)).distinct()
    return [Colleague(one.pk, one.name, one.email) for one in people.order_by("name", "email")]
