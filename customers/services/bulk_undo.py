"""Taking a bulk action back: exactly the people whom it changed and whom nobody changed since.

1. ``bulk_undo`` claims the run (a second call is told so), stops a job that still runs, and starts
   the job that gives back.
2. ``undo_changes`` waits for the end of the first job, then walks its changes in chunks: the
   records are locked, the lower id first, and their facet is read again.
3. Who stands as the action left them gets back what they had; the others stay and are reported.
"""

import time
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_cancel, job_start
from config.kit.models import Job
from customers.models import BulkChange, BulkRun, Customer, User
from customers.services.bulk import CHANGES, CHUNK, lock_people

PATIENCE: Final = timedelta(seconds=30)


def undo_refusal(run: BulkRun, user: User) -> str:
    """Why this person cannot take it back now; empty when they can."""
    if run.undo_job_id is not None:
        return _("It is undone already.")
    if run.undo_until <= clock.now():
        return _("The 30 days in which it can be undone are over.")
    if not user.has_perm(run.permission):
        return _("You have no right to change these people.")
    return ""


@transaction.atomic
def bulk_undo(*, run: BulkRun, by: User, request: HttpRequest | None = None) -> Job:
    """Start taking it back.

    :raises DomainError: ``undo_refused``: done already, too late, or without the right.
    """
    held = BulkRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if refusal := undo_refusal(held, by):
        raise DomainError("undo_refused", refusal)
    if held.job.is_active:
        job_cancel(job=held.job, by=by)
    held.undo_job = job_start(
        kind="customers.undo_many",
        params={"run": held.pk, "by": by.pk},
        by=by,
        title=_("Undo: %(title)s") % {"title": held.job.title},
    )
    held.save(update_fields=["undo_job"])
    audit.record(
        "customers.bulk.undone",
        actor=by,
        data={"job": str(held.job.public_id), "change": held.change},
        request=request,
    )
    return held.undo_job


def undo_changes(job: JobRun) -> dict[str, Any]:
    """Give back what the run changed; who is left as they are is in the job's errors."""
    run = BulkRun.objects.select_related("job").get(pk=job.params["run"])
    _wait_for(run.job, job)
    if "total" not in job.state:
        job.save_state(total=run.changes.count(), last=0, done=0, undone=0)
    by = User.objects.filter(pk=job.params["by"]).first()
    while True:
        chunk = list(
            run.changes.filter(customer_id__gt=job.state["last"]).order_by("customer_id")[:CHUNK]
        )
        if not chunk:
            break
        _undo_chunk(job, run, chunk, by)
        job.progress(job.state["done"], job.state["total"])
    undone = job.state["undone"]
    return {"undone": undone, "held": job.state["done"] - undone}


def _wait_for(first: Job, job: JobRun) -> None:
    """A job that was told to stop ends at its next chunk, in another worker."""
    waited_until = clock.now() + PATIENCE
    while True:
        first.refresh_from_db(fields=["state", "lease_until"])
        if not first.is_active or (first.lease_until and first.lease_until < clock.now()):
            return
        if clock.now() > waited_until:
            raise DomainError("bulk_still_runs", _("The action still runs. Run this again later."))
        job.progress(0)
        time.sleep(0.2)


@transaction.atomic
def _undo_chunk(job: JobRun, run: BulkRun, chunk: list[BulkChange], by: User | None) -> None:
    params = run.job.params["params"]
    people = {one.pk: one for one in lock_people([one.customer_id for one in chunk])}
    now = CHANGES[run.change].facet.read(list(people), params)
    undone = 0
    for change in chunk:
        customer = people.get(change.customer_id)
        if customer is not None:
            undone += _undo_one(job, run, change, customer, now[customer.pk], by)
    job.save_state(
        last=chunk[-1].customer_id,
        done=job.state["done"] + len(chunk),
        undone=job.state["undone"] + undone,
    )


def _undo_one(
    job: JobRun,
    run: BulkRun,
    change: BulkChange,
    customer: Customer,
    now: dict[str, Any],
    by: User | None,
) -> int:
    try:
        if customer.merged_into_id is not None or customer.erased_at is not None:
            raise DomainError("gone", _("The record was merged or erased since."))
        if now != change.after:
            raise DomainError("changed_since", _("Somebody changed this since; it stays so."))
        with transaction.atomic():
            CHANGES[run.change].facet.restore(customer, change.before, change.after, by)
    except DomainError as refusal:
        job.error(refusal.message, column=str(customer))
        return 0
    return 1


def bulk_runs_forget() -> int:
    """Delete what is kept of actions that can no longer be undone; returns of how many."""
    over = BulkRun.objects.filter(undo_until__lt=clock.now()).order_by("pk")[:50]
    for run in over:
        run.changes.all()._raw_delete(using=run._state.db or "default")
        run.delete()
    return len(over)
