"""How two targets overlap, as their memberships stand."""

from dataclasses import dataclass

from targets.models import Target
from targets.upkeep.database import fetch

OVERLAP = """
SELECT count(*) FILTER (WHERE second.customer_id IS NULL),
    count(*) FILTER (WHERE first.customer_id = second.customer_id),
    count(*) FILTER (WHERE first.customer_id IS NULL)
FROM (SELECT customer_id FROM targets_membership WHERE target_id = $1) AS first
FULL JOIN (SELECT customer_id FROM targets_membership WHERE target_id = $2) AS second
    USING (customer_id)
"""


@dataclass(frozen=True)
class Overlap:
    """People in the first target alone, in both, in the second alone."""

    first: int
    both: int
    second: int

    @property
    def total(self) -> int:
        return self.first + self.both + self.second


def overlap(first: Target, second: Target) -> Overlap:
    """Exact, in one snapshot."""
    return Overlap(*fetch(OVERLAP, first.pk, second.pk)[0])


def targets_called(slugs: list[str]) -> dict[str, Target]:
    return {one.slug: one for one in Target.objects.filter(slug__in=slugs)}


def targets_named() -> list[tuple[str, str]]:
    """Slug and name of every target, by name."""
    return list(Target.objects.order_by("name", "id").values_list("slug", "name"))
