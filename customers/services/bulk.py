"""Actions on many people at once: jobs over a selection, in chunks, each told apart.

1. The list's handler starts the job with the selection and writes one audit row with the plan.
2. The job walks the selected ids in order, a chunk a transaction, and keeps the last id with it,
   so that after a kill it goes on where it was.
3. Who cannot be changed is reported by name of the record, and the rest goes on.
4. What changed on whom is kept for 30 days (``bulk_facets``); ``bulk_undo`` gives it back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.models import BulkChange, BulkRun, Category, CategoryAssignment, Customer, User
from customers.rules.statuses import EDIT, TRASH
from customers.services.bulk_facets import CATEGORIES, STANDING, TAGS, VERIFIED, Facet, Values
from customers.services.categories import category_assign
from customers.services.history import history_announce
from customers.services.status import (
    customer_restore,
    customer_status_change,
    customer_trash,
)
from customers.services.tags import tag_add_many, tag_remove_many
from customers.services.verification import customer_verify

CHUNK = 500
ChangeOne = Callable[[Customer, Values, User | None], object]
ChangeMany = Callable[..., object]


@dataclass(frozen=True, kw_only=True)
class Change:
    """``one`` works on a person, ``many`` on the ids of a whole chunk."""

    facet: Facet
    permission: str = EDIT
    one: ChangeOne | None = None
    many: ChangeMany | None = None


def _categorise(customer: Customer, params: Values, by: User | None) -> None:
    chosen = Category.objects.filter(code__in=params["categories"])
    held = CategoryAssignment.objects.filter(customer=customer).values_list("category", flat=True)
    kept = Category.objects.filter(pk__in=held) if params["keep"] else Category.objects.none()
    category_assign(customer=customer, categories=[*kept, *chosen], by=by)


def _status(customer: Customer, params: Values, by: User | None) -> None:
    until = params.get("until")
    customer_status_change(
        customer=customer,
        status=params["status"],
        reason=params["reason"],
        until=datetime.fromisoformat(until) if until else None,
        by=by,
    )


CHANGES: dict[str, Change] = {
    "tag": Change(facet=TAGS, many=tag_add_many),
    "untag": Change(facet=TAGS, many=tag_remove_many),
    "categorise": Change(facet=CATEGORIES, one=_categorise),
    "status": Change(facet=STANDING, one=_status),
    "verify": Change(
        facet=VERIFIED, one=lambda customer, _params, by: customer_verify(customer=customer, by=by)
    ),
    "trash": Change(
        facet=STANDING,
        permission=TRASH,
        one=lambda customer, _params, by: customer_trash(customer=customer, by=by),
    ),
    "restore": Change(
        facet=STANDING,
        permission=TRASH,
        one=lambda customer, _params, by: customer_restore(customer=customer, by=by),
    ),
}


@transaction.atomic
def customers_change(
    *,
    change: str,
    selection: dict[str, Any],
    count: int,
    params: dict[str, Any],
    by: User,
    title: str,
    request: HttpRequest | None = None,
) -> Job:
    """Start the job; ``selection`` is what ``Selection.to_params`` gives."""
    job = job_start(
        kind="customers.change_many",
        params={"change": change, "selection": selection, "params": params, "by": by.pk},
        by=by,
        title=title,
    )
    BulkRun.objects.create(job=job, change=change, permission=CHANGES[change].permission)
    audit.record(
        f"customers.bulk.{change}",
        actor=by,
        data={"job": str(job.public_id), "count": count, "selection": selection, **params},
        request=request,
    )
    return job


def change_selected(job: JobRun, rows: "QuerySet[Customer]") -> dict[str, Any]:
    """Run the change of ``job`` over ``rows``; who was refused is in the job's errors."""
    run = BulkRun.objects.get(job=job.job)
    if run.undo_job_id is not None:
        raise DomainError("bulk_is_undone", _("It was undone. Start it anew from the list."))
    if "total" not in job.state:
        job.save_state(total=rows.count(), last=0, done=0, changed=0)
    by = User.objects.filter(pk=job.params["by"]).first()
    while True:
        chunk = list(
            rows.filter(pk__gt=job.state["last"])
            .order_by("pk")
            .values_list("pk", flat=True)[:CHUNK]
        )
        if not chunk:
            break
        _change_chunk(job, run, chunk, by)
        job.progress(job.state["done"], max(job.state["total"], job.state["done"]))
    changed = job.state["changed"]
    return {"changed": changed, "unchanged": job.state["done"] - changed}


@transaction.atomic
def _change_chunk(job: JobRun, run: BulkRun, chunk: list[int], by: User | None) -> None:
    change, params = CHANGES[run.change], job.params["params"]
    history_announce(by=by, origin="bulk")
    people = lock_people(chunk)
    before = change.facet.read(chunk, params)
    if change.many is not None:
        change.many(ids=chunk, names=params["tags"], by=by)
    if change.one is not None:
        for customer in people:
            _change_one(job, change.one, params, customer, by)
    after = change.facet.read(chunk, params)
    made = [
        BulkChange(run=run, customer_id=pk, before=before[pk], after=after[pk])
        for pk in chunk
        if before.get(pk) != after.get(pk)
    ]
    BulkChange.objects.bulk_create(made)
    job.save_state(
        last=chunk[-1],
        done=job.state["done"] + len(chunk),
        changed=job.state["changed"] + len(made),
    )


def lock_people(ids: list[int]) -> list[Customer]:
    """The records, the lower id first, held until the transaction ends."""
    rows = Customer.objects.select_related("user").select_for_update(of=("self",))
    return list(rows.filter(pk__in=ids).order_by("pk"))


def _change_one(
    job: JobRun, change: ChangeOne, params: Values, customer: Customer, by: User | None
) -> None:
    try:
        with transaction.atomic():
            change(customer, params, by)
    except DomainError as refusal:
        job.error(refusal.message, column=str(customer))
