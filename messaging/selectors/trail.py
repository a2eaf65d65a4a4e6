"""The campaigns that the audit trail speaks of."""

from collections.abc import Iterable

from django.db.models import QuerySet

from messaging.models import Campaign


def campaigns_of(ids: Iterable[int]) -> "QuerySet[Campaign]":
    return Campaign.objects.only("pk", "public_id", "name").filter(pk__in=list(ids))


def campaigns_like(text: str, limit: int) -> list[int]:
    found = Campaign.objects.filter(name__icontains=text)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])
