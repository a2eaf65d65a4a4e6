"""What a bulk action works on, as it is before and after, and how it is given back.

A facet is small JSON of ids and instants. It differs also when somebody made the same change anew
(another row, a later entry of the timeline), so that "nobody changed it since" is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import (
    Activity,
    Category,
    CategoryAssignment,
    Customer,
    Tag,
    Tagging,
    User,
)
from customers.services.categories import category_assign
from customers.services.status import customer_standing_restore
from customers.services.tags import tag_add, tag_remove
from customers.services.verification import customer_unverify

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """``read(ids, params)`` answers for each id; ``restore`` brings ``before`` back.

    ``restore`` is called only while the facet is as ``after`` says. What came back has other rows
    than before: ``renewed(left, before, now)`` is what another action ``left``, with these.
    """

    read: Callable[[Sequence[int], Values], dict[int, Values]]
    restore: Callable[[Customer, Values, Values, User | None], None]
    renewed: Callable[[Values, Values, Values], Values]


def _rows_renewed(left: Values, before: Values, now: Values) -> Values:
    """By label: the row of before has become the one of now."""
    return {
        key: now[key] if key in now and before.get(key) == row else row for key, row in left.items()
    }


def _whole_renewed(left: Values, before: Values, now: Values) -> Values:
    return now if left == before else left


def _tags_read(ids: Sequence[int], params: Values) -> dict[int, Values]:
    """The taggings of the tags in question: tag → row."""
    found: dict[int, Values] = {pk: {} for pk in ids}
    for name in params["tags"]:
        tag = Tag.objects.filter(name__iexact=name.strip()).first()
        if tag is not None:
            for pk, row in Tagging.objects.filter(tag=tag, customer__in=ids).values_list(
                "customer_id", "pk"
            ):
                found[pk][str(tag.pk)] = row
    return found


def _tags_restore(customer: Customer, before: Values, after: Values, by: User | None) -> None:
    tags = {str(tag.pk): tag for tag in Tag.objects.filter(pk__in=[*before, *after])}
    if missing := before.keys() - tags.keys() - after.keys():
        raise DomainError("label_gone", _gone(len(missing)))
    for pk in after.keys() - before.keys():
        tag_remove(customer=customer, tag=tags[pk], by=by)
    tag_add(customer=customer, names=[tags[pk].name for pk in before.keys() - after.keys()], by=by)


def _categories_read(ids: Sequence[int], params: Values) -> dict[int, Values]:
    found: dict[int, Values] = {pk: {} for pk in ids}
    rows = CategoryAssignment.objects.filter(customer__in=ids, category__source="")
    for pk, category, row in rows.values_list("customer_id", "category_id", "pk"):
        found[pk][str(category)] = row
    return found


def _categories_restore(customer: Customer, before: Values, after: Values, by: User | None) -> None:
    categories = list(Category.objects.filter(pk__in=list(before)))
    if len(categories) < len(before):
        raise DomainError("label_gone", _gone(len(before) - len(categories)))
    category_assign(customer=customer, categories=categories, by=by)


def _gone(count: int) -> str:
    return _("What this person had was deleted meanwhile, so it cannot be given back.")


def _standing_read(ids: Sequence[int], params: Values) -> dict[int, Values]:
    """Status, end and place, with the last entry that tells of a change of them."""
    told = dict(
        Activity.objects.filter(customer__in=ids, kind="status_changed")
        .values("customer_id")
        .annotate(last=Max("id"))
        .values_list("customer_id", "last")
    )
    rows = Customer.objects.filter(pk__in=ids)
    return {
        pk: {
            "status": status,
            "until": until.isoformat() if until else None,
            "trashed_at": trashed.isoformat() if trashed else None,
            "told": told.get(pk),
        }
        for pk, status, until, trashed in rows.values_list(
            "pk", "status", "status_until", "trashed_at"
        )
    }


def _standing_restore(customer: Customer, before: Values, after: Values, by: User | None) -> None:
    customer_standing_restore(
        customer=customer,
        status=before["status"],
        until=_instant(before["until"]),
        trashed_at=_instant(before["trashed_at"]),
        reason=_("A bulk action was undone."),
        by=by,
    )


def _verified_read(ids: Sequence[int], params: Values) -> dict[int, Values]:
    rows = Customer.objects.filter(pk__in=ids).values_list("pk", "verified_at")
    return {pk: {"at": at.isoformat() if at else None} for pk, at in rows}


def _verified_restore(customer: Customer, before: Values, after: Values, by: User | None) -> None:
    customer_unverify(customer=customer, at=datetime.fromisoformat(after["at"]), by=by)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


TAGS = Facet(read=_tags_read, restore=_tags_restore, renewed=_rows_renewed)
CATEGORIES = Facet(read=_categories_read, restore=_categories_restore, renewed=_rows_renewed)
STANDING = Facet(read=_standing_read, restore=_standing_restore, renewed=_whole_renewed)
VERIFIED = Facet(read=_verified_read, restore=_verified_restore, renewed=_whole_renewed)
