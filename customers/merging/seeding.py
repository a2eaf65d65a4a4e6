"""People who stand in the demo company twice, as they do in every real one."""

from django.db import transaction

from customers.merging.duplicates import duplicates_refresh
from customers.models import Customer

SHARED = ("first_name", "last_name", "second_last_name", "phone", "city", "country")


@transaction.atomic
def doubles_seed(*, pairs: int) -> int:
    """Make the newest leads second records of older customers; returns how many pairs there are."""
    known = Customer.objects.filter(lifecycle="customer").exclude(phone="").order_by("pk")
    leads = Customer.objects.filter(lifecycle="lead").exclude(email="").order_by("-pk")
    for number, (older, newer) in enumerate(zip(known[:pairs], leads[:pairs], strict=False)):
        for name in SHARED:
            setattr(newer, name, getattr(older, name))
        if number % 3 == 0 and older.email:
            local, _at, domain = older.email.partition("@")
            newer.set_email(f"{local}+tienda@{domain}")
        if number % 2 and older.id_number:
            newer.id_type, newer.id_number = older.id_type, older.id_number
        newer.save()
    return duplicates_refresh()
