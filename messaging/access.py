"""The one door from a request's id to a row of this app; 404 for what is not there."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.models import Customer, Suppression
from messaging.models import Campaign, Delivery
from messaging.selectors.messages import delivery_find


def campaign_get(public_id: UUID) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("created_by"), public_id=public_id)


def delivery_get(pk: int) -> Delivery:
    delivery = delivery_find(pk)
    if delivery is None:
        raise Http404
    return delivery


def recipient_get(public_id: UUID) -> Customer:
    """A live person who may be written to again."""
    return get_object_or_404(Customer.objects.live(), public_id=public_id)


def suppression_get(pk: int) -> Suppression:
    return get_object_or_404(Suppression, pk=pk)
