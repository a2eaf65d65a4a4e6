"""Where a person stands with the law: blocked, held, to be erased; copies made of their data."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from config.kit import clock
from config.kit.models import Job
from customers.models import Customer, Erasure, LegalHold, PrivacyRequest
from customers.selectors.requests import requests_of

EXPORT = "customers.export_personal"


@dataclass(frozen=True, kw_only=True)
class PrivacyState:
    """``copies``: jobs that made a file of the person's data in the last day. ``requests``: the
    newest ones of theirs.
    """

    hold: LegalHold | None
    erasure: Erasure | None
    copies: list[Job]
    requests: list[PrivacyRequest]


def privacy_state(customer: Customer) -> PrivacyState:
    copies = Job.objects.filter(
        kind=EXPORT,
        params__customer=str(customer.public_id),
        created_at__gte=clock.now() - timedelta(days=1),
    )
    return PrivacyState(
        hold=LegalHold.objects.filter(customer=customer, lifted_at=None)
        .select_related("placed_by")
        .first(),
        erasure=Erasure.objects.filter(customer=customer, state=Erasure.State.SCHEDULED)
        .select_related("requested_by")
        .first(),
        requests=list(requests_of(customer)[:5]),
        copies=list(copies.prefetch_related("files").order_by("-pk")[:5]),
    )


def erasures_listed() -> "QuerySet[Erasure]":
    """Every erasure with its people, and as ``hold_reason`` why it must wait, if it must."""
    holds = LegalHold.objects.filter(customer=OuterRef("customer"), lifted_at=None)
    rows = Erasure.objects.select_related("customer", "requested_by")
    return rows.annotate(hold_reason=Subquery(holds.order_by("pk").values("reason")[:1]))
