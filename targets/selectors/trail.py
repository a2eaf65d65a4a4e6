"""The targets that the audit trail speaks of."""

from collections.abc import Iterable

from django.db.models import QuerySet

from targets.models import Target


def targets_of(ids: Iterable[int]) -> "QuerySet[Target]":
    return Target.objects.only("pk", "public_id", "name").filter(pk__in=list(ids))


def targets_like(text: str, limit: int) -> list[int]:
    found = Target.objects.filter(name__icontains=text)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])
