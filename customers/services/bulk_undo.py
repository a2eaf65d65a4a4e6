"""Taking a bulk action back: exactly the people whom it changed and whom nobody changed since.

1. ``bulk_undo`` claims the run (a second call is told so), stops a job that still runs, and starts
   the job that gives back.
2. ``undo_changes`` waits for the end of the first job, then walks its changes in chunks: the
   records are locked, the lower id first, and their facet is read again.
3. Who stands as the action left them gets back what they had; the others stay and are reported.
4. An action that came before finds what it left again, so that two are undone from the last to the
   first. Who stayed can be undone once more, when they stand as the action left them again.
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
    if run.undo_job is not None and run.undo_job.is_active:
        return _("It is being undone.")
    if run.undo_job is not None and not run.changes.exists():
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
    # What a job that came meanwhile looks like is read after the lock, not beside it.
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
    undone = [
        change
        for change in chunk
        if (customer := people.get(change.customer_id)) is not None
        and _undo_one(job, run, change, customer, now[customer.pk], by)
    ]
    _hand_back(run, undone)
    job.save_state(
        last=chunk[-1].customer_id,
        done=job.state["done"] + len(chunk),
        undone=job.state["undone"] + len(undone),
    )


def _hand_back(run: BulkRun, undone: list[BulkChange]) -> None:
    """What other actions left on these people is there again, in new rows."""
    facet = CHANGES[run.change].facet
    kin = [name for name, one in CHANGES.items() if one.facet is facet]
    ids = [one.customer_id for one in undone]
    now = facet.read(ids, run.job.params["params"])
    before = {one.customer_id: one.before for one in undone}
    others = BulkChange.objects.filter(customer__in=ids, run__change__in=kin).exclude(run=run)
    changed = []
    for other in others:
        pk = other.customer_id
        left = facet.renewed(other.after, before[pk], now[pk])
        if left != other.after:
            other.after = left
            changed.append(other)
    BulkChange.objects.bulk_update(changed, ["after"])
    BulkChange.objects.filter(pk__in=[one.pk for one in undone]).delete()


def _undo_one(
    job: JobRun,
    run: BulkRun,
    change: BulkChange,
    customer: Customer,
    now: dict[str, Any],
    by: User | None,
) -> bool:
    try:
        if customer.merged_into_id is not None or customer.erased_at is not None:
            raise DomainError("gone", _("The record was merged or erased since."))
        if now != change.after:
            raise DomainError("changed_since", _("Somebody changed this since; it stays so."))
        with transaction.atomic():
            CHANGES[run.change].facet.restore(customer, change.before, change.after, by)
    except DomainError as refusal:
        job.error(refusal.message, column=str(customer))
        return False
    return True


def bulk_runs_forget() -> int:
    """Delete what is kept of actions that can no longer be undone; returns of how many."""
    over = BulkRun.objects.filter(undo_until__lt=clock.now()).order_by("pk")[:50]
    for run in over:
        run.changes.all()._raw_delete(using=run._state.db or "default")
        run.delete()
    return len(over)
