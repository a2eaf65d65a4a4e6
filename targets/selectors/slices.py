"""Members in the order of their registration, slice by slice, for programs."""

from datetime import datetime

from customers.models import Customer
from targets.models import Target
from targets.selectors.members import members, members_as_of


def targets_all() -> list[Target]:
    return list(Target.objects.order_by("name", "id"))


def target_by_slug(slug: str) -> Target | None:
    return Target.objects.filter(slug=slug).first()


def members_slice(
    target: Target, *, at: datetime | None, after: int, size: int
) -> tuple[list[Customer], bool]:
    """The members behind a key, now or at a past instant; whether there are more."""
    rows = members(target) if at is None else members_as_of(target, at).filter(erased_at=None)
    found = list(
        rows.filter(pk__gt=after).only("id", "public_id", "email").order_by("pk")[: size + 1]
    )
    return found[:size], len(found) > size
