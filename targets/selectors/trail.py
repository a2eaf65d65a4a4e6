"""The targets and lists of people that the audit trail speaks of."""

from collections.abc import Iterable

from django.db.models import QuerySet

from targets.models import StaticList, Target


def targets_of(ids: Iterable[int]) -> "QuerySet[Target]":
    return Target.objects.only("pk", "public_id", "name").filter(pk__in=list(ids))


def targets_like(text: str, limit: int) -> list[int]:
    found = Target.objects.filter(name__icontains=text)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def lists_of(ids: Iterable[int]) -> "QuerySet[StaticList]":
    return StaticList.objects.only("pk", "public_id", "name").filter(pk__in=list(ids))


def lists_like(text: str, limit: int) -> list[int]:
    found = StaticList.objects.filter(target=None, name__icontains=text)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])
