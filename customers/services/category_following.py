"""Categories that a source fills: each keeps itself equal to who the source names.

``registry.category_sources`` says who that is. A change of it shows in the source's ``stamp``;
once an hour a category is compared whatever the stamp says.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from config.kit import clock
from config.kit.events import emit_select
from customers.events import CustomerUpdated
from customers.models import Category, CategoryAssignment, Customer
from customers.registry import CategorySource, category_sources
from customers.services.activity import ActivityRow, activity_record_many
from customers.services.tags import CHANGED_PEOPLE

CHUNK: Final = 2_000
WHOLE_EVERY: Final = timedelta(hours=1)


def categories_follow() -> int:
    """Bring every category that a source fills in step; returns how many people changed."""
    filled = Category.objects.exclude(source="").order_by("pk")
    return sum(category_follow(category=one) for one in filled)


def category_follow(*, category: Category, is_whole: bool = False) -> int:
    """Bring one in step, if its source changed; returns how many people came or went."""
    source = category_sources.get(category.source)
    if source is None:
        return 0
    stamp = source.stamp(category.source_key)
    seen = category.followed_at
    is_stale = seen is None or seen < clock.now() - WHOLE_EVERY
    if stamp is None or (category.followed_stamp == stamp and not is_stale and not is_whole):
        return 0
    changed = 0
    while step := _follow_chunk(category.pk, source):
        changed += step
    Category.objects.filter(
        pk=category.pk, source=category.source, source_key=category.source_key
    ).update(followed_at=clock.now(), followed_stamp=stamp)
    return changed


@transaction.atomic
def _follow_chunk(pk: int, source: CategorySource) -> int:
    category = Category.objects.select_for_update().get(pk=pk)
    if category_sources.get(category.source) is not source:
        return 0
    wanted = source.members(category.source_key)
    held = CategoryAssignment.objects.filter(category=category).values("customer")
    coming = list(wanted.exclude(pk__in=held).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    going = _going(category, wanted)
    CategoryAssignment.objects.bulk_create(
        [CategoryAssignment(customer_id=one, category=category) for one in coming],
        ignore_conflicts=True,
    )
    CategoryAssignment.objects.filter(category=category, customer__in=going).delete()
    _tell(category, coming, going)
    return len(coming) + len(going)


def _going(category: Category, wanted: "QuerySet[Customer]") -> list[int]:
    rows = CategoryAssignment.objects.filter(category=category).exclude(
        customer__in=wanted.values("pk")
    )
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:CHUNK])


def _tell(category: Category, coming: list[int], going: list[int]) -> None:
    words = {
        "added": {"added": [category.name], "removed": []},
        "removed": {"added": [], "removed": [category.name]},
    }
    activity_record_many(
        rows=[
            ActivityRow(
                customer_id=pk,
                kind="category_changed",
                origin="system",
                object_kind="category",
                object_id=category.pk,
                data=words[what],
            )
            for what, ids in (("added", coming), ("removed", going))
            for pk in ids
        ]
    )
    emit_select(CustomerUpdated, CHANGED_PEOPLE, {"ids": coming + going})
