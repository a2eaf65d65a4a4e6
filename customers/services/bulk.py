"""Actions on many people at once: jobs over a selection, in chunks, each told apart.

1. The list's handler starts the job with the selection and writes one audit row with the plan.
2. The job walks the selected ids in order, a chunk a transaction, and keeps the last id with it,
   so that after a kill it goes on where it was.
3. Who cannot be changed is reported by name of the record, and the rest goes on.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.models import Category, CategoryAssignment, Customer, User
from customers.services.categories import category_assign
from customers.services.status import (
    customer_restore,
    customer_status_change,
    customer_trash,
)
from customers.services.tags import tag_add_many, tag_remove_many

CHUNK = 500
Change = Callable[[Customer, dict[str, Any], User | None], None]


def _categorise(customer: Customer, params: dict[str, Any], by: User | None) -> None:
    chosen = Category.objects.filter(code__in=params["categories"])
    held = CategoryAssignment.objects.filter(customer=customer).values_list("category", flat=True)
    kept = Category.objects.filter(pk__in=held) if params["keep"] else Category.objects.none()
    category_assign(customer=customer, categories=[*kept, *chosen], by=by)


def _status(customer: Customer, params: dict[str, Any], by: User | None) -> None:
    until = params.get("until")
    customer_status_change(
        customer=customer,
        status=params["status"],
        reason=params["reason"],
        until=datetime.fromisoformat(until) if until else None,
        by=by,
    )


def _trash(customer: Customer, params: dict[str, Any], by: User | None) -> None:
    customer_trash(customer=customer, by=by)


def _restore(customer: Customer, params: dict[str, Any], by: User | None) -> None:
    customer_restore(customer=customer, by=by)


CHANGES: dict[str, Change] = {
    "categorise": _categorise,
    "status": _status,
    "trash": _trash,
    "restore": _restore,
}
WHOLE_CHUNKS: dict[str, Callable[..., int]] = {"tag": tag_add_many, "untag": tag_remove_many}


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
    audit.record(
        f"customers.bulk.{change}",
        actor=by,
        data={"job": str(job.public_id), "count": count, "selection": selection, **params},
        request=request,
    )
    return job


def change_selected(job: JobRun, rows: "QuerySet[Customer]") -> dict[str, Any]:
    """Run the change of ``job`` over ``rows``; who was refused is in the job's errors."""
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
        _change_chunk(job, chunk, by)
        job.progress(job.state["done"], max(job.state["total"], job.state["done"]))
    changed = job.state["changed"]
    return {"changed": changed, "unchanged": job.state["done"] - changed}


@transaction.atomic
def _change_chunk(job: JobRun, chunk: list[int], by: User | None) -> None:
    name, params = job.params["change"], job.params["params"]
    if name in WHOLE_CHUNKS:
        changed = WHOLE_CHUNKS[name](ids=chunk, names=params["tags"], by=by)
    else:
        found = Customer.objects.select_related("user").filter(pk__in=chunk).order_by("pk")
        changed = sum(_change_one(job, CHANGES[name], params, one, by) for one in found)
    job.save_state(
        last=chunk[-1],
        done=job.state["done"] + len(chunk),
        changed=job.state["changed"] + changed,
    )


def _change_one(
    job: JobRun, change: Change, params: dict[str, Any], customer: Customer, by: User | None
) -> int:
    try:
        with transaction.atomic():
            change(customer, params, by)
    except DomainError as refusal:
        job.error(refusal.message, column=str(customer))
        return 0
    return 1
