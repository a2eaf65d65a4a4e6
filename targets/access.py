"""From a request's id to a row."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.models import Customer
from customers.selectors.customers import customers_listed
from targets.models import StaticList, Target
from targets.selectors.lists import lists_with_people


def target_or_404(public_id: UUID) -> Target:
    """The target of this address.

    :raises Http404: there is none.
    """
    target = Target.objects.select_related("created_by").filter(public_id=public_id).first()
    if target is None:
        raise Http404
    return target


def customer_or_404(public_id: UUID) -> Customer:
    """The customer of this address, live or in the trash."""
    return get_object_or_404(customers_listed(), public_id=public_id)


def list_or_404(public_id: UUID) -> StaticList:
    """The list of people of this address; those that lie on targets have none."""
    return get_object_or_404(lists_with_people().select_related("created_by"), public_id=public_id)
