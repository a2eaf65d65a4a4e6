"""What audits of a target found: the last checks, and the incidents with their people."""

from dataclasses import dataclass
from typing import Final

from config.kit.models import Job
from customers.models import Customer
from targets.models import AuditCheck, Drift, Target

CHECK_JOB: Final = "targets.audit"
PEOPLE_SHOWN = 10


def checks_of(target: Target, *, limit: int) -> list[AuditCheck]:
    return list(AuditCheck.objects.filter(target=target).order_by("-at", "-id")[:limit])


def is_being_checked(target: Target) -> bool:
    """Whether somebody asked for a check that has not ended yet."""
    asked = Job.objects.filter(kind=CHECK_JOB, params__target=target.slug)
    return asked.filter(state__in=Job.ACTIVE).exists()


@dataclass(frozen=True)
class Incident:
    """A drift with some of its people: who was missing, and who was held without reason."""

    drift: Drift
    missing: list[Customer]
    surplus: list[Customer]


def incidents_of(target: Target, *, limit: int) -> list[Incident]:
    found = list(Drift.objects.filter(target=target).order_by("-found_at", "-id")[:limit])
    named = {pk for one in found for pk in (*_some(one.missing), *_some(one.surplus))}
    people = Customer.objects.in_bulk(named)
    return [
        Incident(
            one,
            [people[pk] for pk in _some(one.missing) if pk in people],
            [people[pk] for pk in _some(one.surplus) if pk in people],
        )
        for one in found
    ]


def _some(ids: list[int]) -> list[int]:
    return ids[:PEOPLE_SHOWN]
