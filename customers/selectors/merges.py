"""Merged records: where they lead, and the merges that were made."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, DuplicatePair, Merge, MergeStep
from customers.selectors.fields import field_labels, value_text
from customers.selectors.search import Search

FEW = 8
TECHNICAL = {"email_key", "birth_month", "birth_day", "status_until", "lifecycle_reason"}


def survivor_id(public_id: UUID) -> int | None:
    """The id of the record that this public id leads to."""
    row = Customer.objects.filter(public_id=public_id).values_list("merged_into_id", "pk").first()
    return (row[0] or row[1]) if row else None


def survivor_of(customer_id: int) -> Customer | None:
    """The person; for a record that was merged, the one it went into."""
    found = Customer.objects.filter(pk=customer_id).select_related("merged_into").first()
    return (found.merged_into or found) if found else None


def family_ids(customer: Customer) -> list[int]:
    """The record, and those that went into it."""
    merged = Customer.objects.filter(merged_into=customer).values_list("pk", flat=True)
    return [customer.pk, *merged.order_by("pk")]


def duplicates_count(*, most: int) -> int:
    """How many pairs wait for somebody's judgement, counted to ``most``."""
    return DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN)[:most].count()


def merges_of(customer: Customer) -> list[Merge]:
    """The merges that stand in this record, newest first."""
    rows = Merge.objects.filter(survivor=customer, state=Merge.State.DONE)
    return list(rows.select_related("loser", "merged_by").order_by("-pk"))


def merge_candidates(customer: Customer, text: str) -> list[Customer]:
    """Live people whom a search finds; without one, those who look like this person.

    :raises DomainError: the search has too many words or wildcards.
    """
    live = Customer.objects.live().exclude(pk=customer.pk)
    if text:
        return list(Search.of(text).apply(live).order_by("sort_name", "pk")[:FEW])
    pairs = DuplicatePair.objects.filter(Q(first=customer) | Q(second=customer), state="open")
    ids = [pk for pair in pairs[:FEW] for pk in (pair.first_id, pair.second_id)]
    return list(live.filter(pk__in=ids).order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class MergedField:
    """A field of the survivor that the merge changed."""

    label: str
    before: str
    after: str


def merge_fields(merge: Merge) -> list[MergedField]:
    step = MergeStep.objects.filter(
        merge=merge, table="customers_customer", row=merge.survivor_id
    ).first()
    if step is None or step.before is None or step.after is None:
        return []
    labels = field_labels() | {"status": _("Status"), "login_count": _("Log-ins")}
    return [
        MergedField(
            label=labels[name],
            before=value_text(name, step.before.get(name)),
            after=value_text(name, step.after.get(name)),
        )
        for name in sorted({**step.before, **step.after})
        if name in labels and name not in TECHNICAL
    ]
